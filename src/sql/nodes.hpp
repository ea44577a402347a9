// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_SQL_NODES_HPP
#define COROPQ_SRC_SQL_NODES_HPP

// The tree that statements are made of: see coropq/sql/tree.hpp.

#include <coropq/sql/tree.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::sql::tree {

enum class node_kind : std::uint8_t {
    column,
    all_columns,
    name,
    text,
    value,
    composed,
    select,
    insert,
    update,
    remove
};

struct node {
    node_kind kind;
    precedence own;
};

enum class source_kind : std::uint8_t {
    table,
    derived,  ///< A query.
    common,   ///< A query in front of the statement.
    excluded, ///< Known wherever it is used.
};

struct source {
    source_kind kind = source_kind::table;
    std::string schema;
    std::string name;
    std::string alias;
    pointer query = nullptr; ///< Of a derived one; of a common one, unless this is its use of itself.
    bool is_lateral = false;
    bool is_recursive = false;

    /// Two uses of a table are one, if they are called the same.
    friend bool operator==(const source& left, const source& right) {
        return left.kind == right.kind && left.alias == right.alias && left.name == right.name &&
               left.schema == right.schema;
    }
};

struct column_node : node {
    source_pointer from;
    std::string name;
};

struct all_columns_node : node {
    source_pointer from;
};

struct name_node : node {
    std::string schema; ///< Empty: none.
    std::string name;
};

struct text_node : node {
    std::string words;
};

struct value_node : node {
    coropq::detail::encoded_parameters encoded; ///< One.
};

struct composed_node : node {
    std::vector<piece> pieces;
    std::string_view end;
};

struct assignment {
    std::string column;
    pointer value;
};

struct join {
    join_kind kind;
    source_pointer joined;
    pointer condition; ///< Null for a cross join.
};

struct row_lock {
    std::string_view words;
    std::vector<source_pointer> of;
    std::string_view wait;
};

struct select_node : node {
    std::vector<item> items;
    std::vector<source_pointer> from;
    std::vector<join> joins; ///< To the last of `from`.
    pointer where;
    std::vector<pointer> groups;
    pointer having;
    std::vector<pointer> orders;
    bool distinct = false;
    std::vector<pointer> distinct_on;
    pointer limit;
    pointer offset;
    std::vector<row_lock> locks;
    // A `union` or its like has these, order, limit and offset only:
    std::string_view operation;
    std::vector<pointer> operands;
};

struct insert_node : node {
    source_pointer target;
    std::vector<std::string> columns;
    std::vector<std::vector<pointer>> rows;
    pointer query; ///< Instead of rows.
    // On conflict:
    std::vector<std::string> conflict_columns;
    pointer conflict_where;
    std::string conflict_constraint;
    bool do_nothing = false;
    std::vector<assignment> conflict_assignments;
    pointer update_where;
    std::vector<item> returning;
};

struct update_node : node {
    source_pointer target;
    std::vector<assignment> assignments;
    std::vector<source_pointer> from;
    pointer where;
    std::vector<item> returning;
};

struct delete_node : node {
    source_pointer target;
    std::vector<source_pointer> using_;
    pointer where;
    std::vector<item> returning;
};

/// Throws `option_error` for a NUL byte, which no name has.
std::string checked_name(std::string_view name);

} // namespace coropq::sql::tree

#endif
