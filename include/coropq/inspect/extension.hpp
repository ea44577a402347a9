// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_EXTENSION_HPP
#define COROPQ_INSPECT_EXTENSION_HPP

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// An extension that has been created in the database.
struct extension {
    std::uint32_t oid = 0;
    std::string name; ///< Unique in the database.
    std::string version;
    std::string schema;       ///< Where what it consists of is, or most of it.
    bool relocatable = false; ///< It can be moved to another schema.
    std::string owner;
    std::vector<std::string> required; ///< The other extensions that it needs, in the order of their names.
    std::optional<std::string> comment;

    friend bool operator==(const extension&, const extension&) = default;
};
BOOST_DESCRIBE_STRUCT(extension, (), (oid, name, version, schema, relocatable, owner, required, comment))

std::ostream& operator<<(std::ostream& stream, const extension& value);

} // namespace coropq::reflected

#endif
