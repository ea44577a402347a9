// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_CONSTRAINTS_QUERY_HPP
#define COROPQ_SRC_INSPECT_CONSTRAINTS_QUERY_HPP

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace coropq::detail {

/// What is common to the rows of both queries: one row for each column of a constraint, in any order. `oid` is 0 when
/// the relation has no such constraint, and `position` when the constraint has no column.
struct constraint_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::uint32_t oid = 0;
    std::string_view name;
    bool is_validated = true;
    bool is_inherited = false;
    std::optional<std::string_view> comment;
    int position = 0; ///< From 1.
    std::optional<std::string_view> column_name;
};
BOOST_DESCRIBE_STRUCT(constraint_row, (),
                      (relation, schema_name, relation_name, oid, name, is_validated, is_inherited, comment, position,
                       column_name))

struct check_row : constraint_row {
    std::optional<std::string_view> expression; ///< In the first row of the constraint.
    bool no_inherit = false;
};
BOOST_DESCRIBE_STRUCT(check_row, (constraint_row), (expression, no_inherit))

struct foreign_key_row : constraint_row {
    std::optional<std::string_view> referred_schema;
    std::optional<std::string_view> referred_table;
    std::uint32_t referred_oid = 0;
    std::optional<std::string_view> referred_column;
    std::string_view match;
    std::string_view on_update;
    std::string_view on_delete;
    bool changed_by_delete = false; ///< The column is in the list of the action.
    bool is_deferrable = false;
    bool is_deferred = false;
};
BOOST_DESCRIBE_STRUCT(foreign_key_row, (constraint_row),
                      (referred_schema, referred_table, referred_oid, referred_column, match, on_update, on_delete,
                       changed_by_delete, is_deferrable, is_deferred))

statement checks_query(const relation_selection& selection);
statement foreign_keys_query(const relation_selection& selection);

} // namespace coropq::detail

#endif
