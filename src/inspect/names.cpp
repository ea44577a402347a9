// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/names.hpp"

#include "inspect/names_query.hpp"
#include "inspect/query_service.hpp"
#include "inspect/relation_groups.hpp"

#include <coropq/inspect/inspector.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using names = std::vector<std::string>;

names first_column(const result& rows) {
    names found = rows.scalars<std::string>();
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

asio::awaitable<names> read_names(catalog::pointer source, statement query) {
    const result rows = co_await read_catalog(std::move(source), std::move(query));
    co_return first_column(rows);
}

asio::awaitable<names> read_unreserved_names(catalog::pointer source, statement query) {
    names found = co_await read_names(std::move(source), std::move(query));
    // PostgreSQL keeps the prefix to itself: nobody else can create such a schema. Not a LIKE 'pg_%', where the
    // underscore stands for any character and hides schemas such as pgsql.
    std::erase_if(found, [](const std::string& name) { return name.starts_with("pg_"); });
    co_return found;
}

asio::awaitable<bool> read_existence(catalog::pointer source, statement query) {
    const result rows = co_await read_catalog(std::move(source), std::move(query));
    co_return !rows.empty();
}

namespace {

asio::awaitable<std::optional<std::string>> read_default_schema(catalog::pointer source) {
    const result rows = co_await read_catalog(std::move(source), default_schema_query());
    co_return rows[0][0].as<std::optional<std::string>>();
}

asio::awaitable<names> read_search_path(catalog::pointer source) {
    const result rows = co_await read_catalog(std::move(source), search_path_query());
    co_return rows.scalars<std::string>();
}

asio::awaitable<std::uint32_t> read_table_oid(catalog::pointer source, std::string name,
                                              std::optional<std::string> schema) {
    const result rows = co_await read_catalog(std::move(source), table_query(name, schema));
    if (rows.empty())
        throw_no_relation(name, schema, "table or view");
    co_return rows[0][0].as<std::uint32_t>();
}

} // namespace

} // namespace detail

using names = std::vector<std::string>;

asio::awaitable<names> inspector::table_names(std::optional<std::string> schema) const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::tables, schema));
}

asio::awaitable<names> inspector::view_names(std::optional<std::string> schema) const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::views, schema));
}

asio::awaitable<names> inspector::materialized_view_names(std::optional<std::string> schema) const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::materialized_views, schema));
}

asio::awaitable<names> inspector::foreign_table_names(std::optional<std::string> schema) const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::foreign_tables, schema));
}

asio::awaitable<names> inspector::sequence_names(std::optional<std::string> schema) const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::sequences, schema));
}

asio::awaitable<names> inspector::temporary_table_names() const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::temporary_tables, {}));
}

asio::awaitable<names> inspector::temporary_view_names() const {
    return detail::read_names(catalog_, detail::names_query(detail::name_list::temporary_views, {}));
}

asio::awaitable<names> inspector::schema_names() const {
    return detail::read_unreserved_names(catalog_, detail::schema_names_query());
}

asio::awaitable<std::optional<std::string>> inspector::default_schema() const {
    return detail::read_default_schema(catalog_);
}

asio::awaitable<names> inspector::search_path() const { return detail::read_search_path(catalog_); }

asio::awaitable<bool> inspector::has_table(std::string name, std::optional<std::string> schema) const {
    return detail::read_existence(catalog_, detail::table_query(name, schema));
}

asio::awaitable<names> inspector::existing_tables(names candidates, std::optional<std::string> schema) const {
    return detail::read_any_existing_tables(catalog_, std::move(candidates), std::move(schema));
}

asio::awaitable<bool> inspector::has_sequence(std::string name, std::optional<std::string> schema) const {
    return detail::read_existence(catalog_, detail::sequence_query(name, schema));
}

asio::awaitable<bool> inspector::has_schema(std::string name) const {
    return detail::read_existence(catalog_, detail::schema_query(name));
}

asio::awaitable<bool> inspector::has_column(std::string table, std::string column,
                                            std::optional<std::string> schema) const {
    return detail::read_any_column_existence(catalog_, std::move(table), std::move(column), std::move(schema));
}

asio::awaitable<bool> inspector::has_index(std::string table, std::string index,
                                           std::optional<std::string> schema) const {
    return detail::read_existence(catalog_, detail::index_query(table, index, schema));
}

asio::awaitable<bool> inspector::has_constraint(std::string table, std::string constraint,
                                                std::optional<std::string> schema) const {
    return detail::read_existence(catalog_, detail::constraint_query(table, constraint, schema));
}

asio::awaitable<bool> inspector::has_trigger(std::string table, std::string trigger,
                                             std::optional<std::string> schema) const {
    return detail::read_existence(catalog_, detail::trigger_query(table, trigger, schema));
}

asio::awaitable<bool> inspector::has_policy(std::string table, std::string policy,
                                            std::optional<std::string> schema) const {
    return detail::read_existence(catalog_, detail::policy_query(table, policy, schema));
}

asio::awaitable<bool> inspector::has_routine(std::string name, schema_selection schemas) const {
    return detail::read_existence(catalog_, detail::routine_query(name, schemas));
}

asio::awaitable<bool> inspector::has_type(std::string name, schema_selection schemas) const {
    return detail::read_existence(catalog_, detail::type_query(name, schemas));
}

asio::awaitable<std::uint32_t> inspector::table_oid(std::string name, std::optional<std::string> schema) const {
    return detail::read_table_oid(catalog_, std::move(name), std::move(schema));
}

} // namespace coropq
