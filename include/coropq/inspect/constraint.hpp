// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_CONSTRAINT_HPP
#define COROPQ_INSPECT_CONSTRAINT_HPP

#include <coropq/inspect/index.hpp>
#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// A primary key, or a unique constraint. (An index that is only unique is among the indexes.)
struct unique_constraint {
    std::uint32_t oid = 0;
    std::string name;
    std::vector<std::string> columns;  ///< In the order of the key.
    std::vector<std::string> included; ///< Columns that its index only carries (`include`).
    bool nulls_not_distinct = false;   ///< PostgreSQL 15.
    bool deferrable = false;
    bool initially_deferred = false;
    std::string index; ///< The name of its index.
    std::optional<std::string> comment;

    friend bool operator==(const unique_constraint&, const unique_constraint&) = default;
};
BOOST_DESCRIBE_STRUCT(unique_constraint, (),
                      (oid, name, columns, included, nulls_not_distinct, deferrable, initially_deferred, index,
                       comment))
using primary_key = unique_constraint;

struct check_constraint {
    std::uint32_t oid = 0;
    std::string name;
    std::string expression;           ///< In the server's words.
    std::vector<std::string> columns; ///< Those that it mentions.
    bool validated = true;            ///< false: `not valid`: rows that were there before may break it.
    bool no_inherit = false;          ///< Children don't get it.
    bool inherited = false;           ///< Only there because a parent has it.
    std::optional<std::string> comment;

    friend bool operator==(const check_constraint&, const check_constraint&) = default;
};
BOOST_DESCRIBE_STRUCT(check_constraint, (), (oid, name, expression, columns, validated, no_inherit, inherited, comment))

/// What two rows may not have in common: one element, and the operator that must not be true of all elements.
struct exclusion_element {
    index_element element;
    qualified_name operator_name; ///< `&&` in `pg_catalog`, for example.

    friend bool operator==(const exclusion_element&, const exclusion_element&) = default;
};
BOOST_DESCRIBE_STRUCT(exclusion_element, (), (element, operator_name))

struct exclusion_constraint {
    std::uint32_t oid = 0;
    std::string name;
    std::string method; ///< Of its index: `gist` …
    std::vector<exclusion_element> elements;
    std::vector<std::string> included;
    std::optional<std::string> predicate;
    bool deferrable = false;
    bool initially_deferred = false;
    std::string index;
    std::optional<std::string> comment;

    friend bool operator==(const exclusion_constraint&, const exclusion_constraint&) = default;
};
BOOST_DESCRIBE_STRUCT(exclusion_constraint, (),
                      (oid, name, method, elements, included, predicate, deferrable, initially_deferred, index,
                       comment))

std::ostream& operator<<(std::ostream& stream, const unique_constraint& value);
std::ostream& operator<<(std::ostream& stream, const check_constraint& value);
std::ostream& operator<<(std::ostream& stream, const exclusion_element& value);
std::ostream& operator<<(std::ostream& stream, const exclusion_constraint& value);

} // namespace coropq::reflected

#endif
