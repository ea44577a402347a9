// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_SCHEMA_HPP
#define COROPQ_INSPECT_SCHEMA_HPP

#include <coropq/inspect/privilege.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// A schema itself, not what it contains.
struct schema {
    std::uint32_t oid = 0;
    std::string name;
    std::string owner;
    std::vector<privilege> privileges;
    std::optional<std::string> comment;

    friend bool operator==(const schema&, const schema&) = default;
};
BOOST_DESCRIBE_STRUCT(schema, (), (oid, name, owner, privileges, comment))

std::ostream& operator<<(std::ostream& stream, const schema& value);

} // namespace coropq::reflected

#endif
