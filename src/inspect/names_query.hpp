// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_NAMES_QUERY_HPP
#define COROPQ_SRC_INSPECT_NAMES_QUERY_HPP

#include <coropq/inspect/schema_selection.hpp>
#include <coropq/statement.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

enum class name_list : std::uint8_t {
    tables,
    views,
    materialized_views,
    foreign_tables,
    sequences,
    temporary_tables,
    temporary_views
};

/// Names, in any order.
statement names_query(name_list what, const std::optional<std::string>& schema);
statement schema_names_query();
statement existing_tables_query(const std::vector<std::string>& names, const std::optional<std::string>& schema);

/// One row if it exists. The first column of `table_query` is the OID.
statement table_query(const std::string& name, const std::optional<std::string>& schema);
statement sequence_query(const std::string& name, const std::optional<std::string>& schema);
statement schema_query(const std::string& name);
statement column_query(const std::string& table, const std::string& column, const std::optional<std::string>& schema);
statement index_query(const std::string& table, const std::string& index, const std::optional<std::string>& schema);
statement constraint_query(const std::string& table, const std::string& constraint,
                           const std::optional<std::string>& schema);
statement trigger_query(const std::string& table, const std::string& trigger, const std::optional<std::string>& schema);
statement policy_query(const std::string& table, const std::string& policy, const std::optional<std::string>& schema);
/// One row or several.
statement type_query(const std::string& name, const schema_selection& schemas);
statement routine_query(const std::string& name, const schema_selection& schemas);

/// One row, a name or NULL.
statement default_schema_query();
/// Names, in their order.
statement search_path_query();

} // namespace coropq::detail

#endif
