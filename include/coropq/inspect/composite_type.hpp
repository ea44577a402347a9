// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_COMPOSITE_TYPE_HPP
#define COROPQ_INSPECT_COMPOSITE_TYPE_HPP

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

struct attribute {
    std::string name;
    int position = 0; ///< Counted from 1, with gaps where attributes were dropped.
    data_type type;
    std::optional<qualified_name> collation; ///< If it isn't that of the type.
    std::optional<std::string> comment;

    friend bool operator==(const attribute&, const attribute&) = default;
};
BOOST_DESCRIBE_STRUCT(attribute, (), (name, position, type, collation, comment))

/// A type that was made by `create type … as (…)`; not the rows of a table, which are a type as well.
struct composite_type {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;
    bool visible = true; ///< Whether the search path leads to it.
    std::string owner;
    std::vector<attribute> attributes; ///< In their order.
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const composite_type&, const composite_type&) = default;
};
BOOST_DESCRIBE_STRUCT(composite_type, (), (oid, schema, name, visible, owner, attributes, comment, extension))

std::ostream& operator<<(std::ostream& stream, const attribute& value);
std::ostream& operator<<(std::ostream& stream, const composite_type& value);

} // namespace coropq::reflected

#endif
