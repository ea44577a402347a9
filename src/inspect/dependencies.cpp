// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The order of tables by what they depend on.

#include "inspect/catalog.hpp"
#include "inspect/dependency_query.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/table_order.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

asio::awaitable<reflected::table_order> read_order(catalog::pointer source, relation_selection selection) {
    const result rows = co_await read_catalog(std::move(source), dependencies_query(selection));
    relation_groups<table_dependencies> groups;
    for (const dependency_row& row : rows.rows<dependency_row>()) {
        table_dependencies& table = groups.of(row.relation, row.schema_name, row.relation_name);
        std::optional<reflected::qualified_name> other = name_of(row.other_schema, row.other_name);
        if (other && row.foreign_key)
            table.foreign_keys.push_back({std::string(*row.foreign_key), std::move(*other)});
        else if (other)
            table.parents.push_back(std::move(*other));
    }
    std::vector<table_dependencies> tables;
    for (auto& [name, table] : groups.take([](std::uint32_t, table_dependencies&) {})) {
        table.table = name;
        tables.push_back(std::move(table));
    }
    co_return order_tables(std::move(tables));
}

} // namespace

} // namespace detail

asio::awaitable<reflected::table_order> inspector::sorted_table_and_foreign_keys(schema_selection schemas) const {
    relation_selection selection(std::move(schemas));
    selection.kinds({reflected::relation_kind::table, reflected::relation_kind::partitioned_table,
                     reflected::relation_kind::foreign_table});
    return detail::read_order(catalog_, std::move(selection));
}

} // namespace coropq
