// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_RANGE_TYPE_HPP
#define COROPQ_INSPECT_RANGE_TYPE_HPP

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace coropq::reflected {

/// A range type, and the multirange type that comes with it.
struct range_type {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;
    bool visible = true; ///< Whether the search path leads to it.
    std::string owner;
    data_type subtype;             ///< What it is a range of.
    qualified_name operator_class; ///< By which its values are in order.
    bool default_operator_class = true;
    std::optional<qualified_name> collation; ///< If it isn't that of the subtype.
    /// The function that gives a range its canonical form; nothing for ranges that aren't discrete.
    std::optional<qualified_name> canonical;
    std::optional<qualified_name> difference;      ///< The function `subtype_diff`, of which indexes make use.
    std::optional<qualified_name> multirange_type; ///< PostgreSQL 14.
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const range_type&, const range_type&) = default;
};
BOOST_DESCRIBE_STRUCT(range_type, (),
                      (oid, schema, name, visible, owner, subtype, operator_class, default_operator_class, collation,
                       canonical, difference, multirange_type, comment, extension))

std::ostream& operator<<(std::ostream& stream, const range_type& value);

} // namespace coropq::reflected

#endif
