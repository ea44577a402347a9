// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_TABLE_STATEMENTS_HPP
#define COROPQ_SRC_INSPECT_DDL_TABLE_STATEMENTS_HPP

#include <coropq/inspect/ddl.hpp>

#include <string>
#include <vector>

namespace coropq::detail {

/// What makes one table or view, by when it can be run.
struct table_statements {
    /// The table with its columns, keys and checks; its indexes. Needs its parents.
    std::vector<std::string> create;
    /// Makes it a child of its parents. Indexes, keys and checks that are there already are taken for those of the
    /// parents.
    std::vector<std::string> attach;
    /// Checks and indexes that children are given, or aren't, when their parents are: after all tables.
    std::vector<std::string> checks;
    std::vector<std::string> foreign_keys;
    /// Everything else, which needs nothing but the table.
    std::vector<std::string> rest;
    std::vector<std::string> omitted;
};

/// `others` are the tables that are made by the same script, in front of this one or behind it.
table_statements statements_of(const reflected::table& table, const ddl_options& options,
                               const reflected::by_relation<reflected::table>& others);

/// `table`, `view`, `materialized view`, `foreign table`.
std::string_view kind_text(reflected::relation_kind kind) noexcept;

} // namespace coropq::detail

#endif
