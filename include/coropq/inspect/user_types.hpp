// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_USER_TYPES_HPP
#define COROPQ_INSPECT_USER_TYPES_HPP

// Types that users have made.

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

struct enum_type {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;
    bool visible = true; ///< Whether the search path leads to it.
    std::string owner;
    std::vector<std::string> labels; ///< In the order of the type.
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const enum_type&, const enum_type&) = default;
};
BOOST_DESCRIBE_STRUCT(enum_type, (), (oid, schema, name, visible, owner, labels, comment, extension))

/// A constraint of a domain.
struct domain_constraint {
    std::string name;
    std::string expression; ///< In the server's words; `VALUE` is the value.
    bool validated = true;

    friend bool operator==(const domain_constraint&, const domain_constraint&) = default;
};
BOOST_DESCRIBE_STRUCT(domain_constraint, (), (name, expression, validated))

struct domain_type {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;
    bool visible = true; ///< Whether the search path leads to it.
    std::string owner;
    data_type type;       ///< What it is made of.
    bool nullable = true; ///< Neither it nor a domain that it is made of is `not null`.
    std::optional<std::string> default_value;
    std::optional<qualified_name> collation; ///< If it isn't that of the type.
    /// In the order in which the server tests them, that of their names; those of a domain below aren't among them.
    std::vector<domain_constraint> constraints;
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const domain_type&, const domain_type&) = default;
};
BOOST_DESCRIBE_STRUCT(domain_type, (),
                      (oid, schema, name, visible, owner, type, nullable, default_value, collation, constraints,
                       comment, extension))

std::ostream& operator<<(std::ostream& stream, const enum_type& value);
std::ostream& operator<<(std::ostream& stream, const domain_constraint& value);
std::ostream& operator<<(std::ostream& stream, const domain_type& value);

} // namespace coropq::reflected

#endif
