// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_INDEX_HPP
#define COROPQ_INSPECT_INDEX_HPP

#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// What an index is for.
enum class index_role : std::uint8_t { none, primary_key, unique_constraint, exclusion_constraint };
BOOST_DESCRIBE_ENUM(index_role, none, primary_key, unique_constraint, exclusion_constraint)

/// What an index is sorted or looked up by: a column or an expression.
struct index_element {
    std::optional<std::string> column; ///< Nothing: an expression.
    std::string expression;            ///< In the server's words; empty: a column. SQL wants parentheses around it.
    bool descending = false;
    bool nulls_first = false; ///< The default is last if ascending, first if descending.
    qualified_name operator_class;
    bool default_operator_class = true; ///< Whether it is one that needn't be written for a type.
    /// If it isn't that of the column; of an expression: if it isn't the default one.
    std::optional<qualified_name> collation;
    std::vector<std::string> parameters; ///< Of the operator class: `siglen=32`.

    friend bool operator==(const index_element&, const index_element&) = default;
};
BOOST_DESCRIBE_STRUCT(index_element, (),
                      (column, expression, descending, nulls_first, operator_class, default_operator_class, collation,
                       parameters))

/// An index of a table or materialized view. It is in the schema of its table.
struct index {
    std::uint32_t oid = 0;
    std::string name;
    std::string method; ///< `btree`, `gin` …
    bool unique = false;
    bool nulls_not_distinct = false; ///< PostgreSQL 15.
    std::vector<index_element> elements;
    std::vector<std::string> included; ///< Columns that are only carried (`include`).
    std::optional<std::string> predicate;
    index_role role = index_role::none;
    std::optional<std::string> constraint; ///< The constraint that it serves, if its role is one.
    bool valid = true;      ///< false: it can't be used (`create index concurrently` has failed or works).
    bool clustered = false; ///< `cluster` goes by it.
    bool replica_identity = false;
    std::vector<std::string> storage_parameters;
    std::optional<std::string> tablespace; ///< Nothing: that of the database.
    std::optional<qualified_name> parent;  ///< Of an index of a partition: the one of the partitioned table.
    std::optional<std::string> comment;

    friend bool operator==(const index&, const index&) = default;
};
BOOST_DESCRIBE_STRUCT(index, (),
                      (oid, name, method, unique, nulls_not_distinct, elements, included, predicate, role, constraint,
                       valid, clustered, replica_identity, storage_parameters, tablespace, parent, comment))

std::ostream& operator<<(std::ostream& stream, const index_element& value);
std::ostream& operator<<(std::ostream& stream, const index& value);

} // namespace coropq::reflected

#endif
