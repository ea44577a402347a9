// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/inspect/inspector.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include "engine/engine_state.hpp"

#include <algorithm>
#include <string_view>

namespace asio = boost::asio;

namespace coropq {

namespace {

using names = std::vector<std::string>;

// pg_class and pg_namespace only, one join, no arrays: Query Service emulates this much of the catalogs, and its
// information_schema is doubtful. Names are sorted here and not by the server, whose order of names changed over time.

// What an unqualified name finds. pg_table_is_visible is NULL for a table that vanishes meanwhile, which leaves it out.
constexpr std::string_view visible = " and n.nspname <> 'pg_catalog' and pg_catalog.pg_table_is_visible(c.oid)";

// Names are compared as texts: a parameter that the server took for a name would be cut to 63 bytes, and find what has
// the beginning of a longer name.
std::string relations(std::string_view column, std::string_view condition) {
    return "select " + std::string(column) +
           " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where " +
           std::string(condition);
}

statement tables_of(const std::optional<std::string>& schema) {
    const std::string text = relations("c.relname", "c.relkind in ('r', 'p') and c.relpersistence <> 't'");
    if (schema)
        return statement(text + " and n.nspname = cast($1 as text)", *schema);
    return statement(text + std::string(visible));
}

statement table_named(const std::string& name, const std::optional<std::string>& schema) {
    const std::string text = relations("1", "c.relkind in ('r', 'p', 'f', 'v', 'm') and c.relname = cast($1 as text)");
    if (schema)
        return statement(text + " and n.nspname = cast($2 as text)", name, *schema);
    return statement(text + std::string(visible), name);
}

names first_column(const result& rows) {
    names found;
    found.reserve(rows.size());
    for (const row entry : rows)
        found.push_back(entry[0].as<std::string>());
    std::sort(found.begin(), found.end());
    return found;
}

using engine_pointer = detail::engine_state::pointer;

asio::awaitable<names> table_names_of(engine_pointer engine, std::optional<std::string> schema) {
    const result rows = co_await detail::execute(engine, tables_of(schema));
    co_return first_column(rows);
}

asio::awaitable<bool> has_table_in(engine_pointer engine, std::string name, std::optional<std::string> schema) {
    const result rows = co_await detail::execute(engine, table_named(name, schema));
    co_return !rows.empty();
}

asio::awaitable<names> schema_names_of(engine_pointer engine) {
    const result rows = co_await detail::execute(engine, statement("select n.nspname from pg_catalog.pg_namespace n"));
    names found = first_column(rows);
    // PostgreSQL keeps the prefix to itself: nobody else can create such a schema. Not a LIKE 'pg_%', where the
    // underscore stands for any character and hides schemas such as pgsql.
    std::erase_if(found, [](const std::string& name) { return name.starts_with("pg_"); });
    co_return found;
}

} // namespace

asio::awaitable<std::vector<std::string>> inspector::table_names(std::optional<std::string> schema) const {
    return table_names_of(state_, std::move(schema));
}

asio::awaitable<bool> inspector::has_table(std::string name, std::optional<std::string> schema) const {
    return has_table_in(state_, std::move(name), std::move(schema));
}

asio::awaitable<std::vector<std::string>> inspector::schema_names() const { return schema_names_of(state_); }

} // namespace coropq
