// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/names_query.hpp"

#include "inspect/selection_text.hpp"
#include "inspect/triggers.hpp"

#include <coropq/types/array.hpp>

#include <string_view>

namespace coropq::detail {

namespace {

// pg_class and pg_namespace only, one join, no arrays: Query Service emulates this much of the catalogs, and its
// information_schema is doubtful. Names are sorted by the library and not by the server, whose order of names changed
// over time.

// What an unqualified name finds. pg_table_is_visible is NULL for a table that vanishes meanwhile, which leaves it out.
constexpr std::string_view visible = " and n.nspname <> 'pg_catalog' and pg_catalog.pg_table_is_visible(c.oid)";

constexpr std::string_view like_a_table = "c.relkind in ('r', 'p', 'f', 'v', 'm')";

// Names are compared as texts: a parameter that the server took for a name would be cut to 63 bytes, and find what has
// the beginning of a longer name.
std::string relations(std::string_view column, std::string_view condition) {
    return "select " + std::string(column) +
           " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where " +
           std::string(condition);
}

std::string_view condition_of(name_list what) {
    switch (what) {
    case name_list::tables: return "c.relkind in ('r', 'p') and c.relpersistence <> 't'";
    case name_list::views: return "c.relkind = 'v' and c.relpersistence <> 't'";
    case name_list::materialized_views: return "c.relkind = 'm'";
    case name_list::foreign_tables: return "c.relkind = 'f'";
    case name_list::sequences: return "c.relkind = 'S'";
    case name_list::temporary_tables: return "c.relkind in ('r', 'p') and c.relpersistence = 't'";
    case name_list::temporary_views: return "c.relkind = 'v' and c.relpersistence = 't'";
    }
    return "false";
}

// The relation of a name, with more joined to it.
statement part_of_table(const std::string& table, const std::string& part, const std::optional<std::string>& schema,
                        std::string_view joined, std::string_view condition) {
    const std::string text = "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on "
                             "n.oid = c.relnamespace " +
                             std::string(joined) + " where " + std::string(like_a_table) +
                             " and c.relname = cast($1 as text) and " + std::string(condition);
    if (schema)
        return statement(text + " and n.nspname = cast($3 as text)", table, part, *schema);
    return statement(text + std::string(visible), table, part);
}

statement relation_named(std::string_view kinds, const std::string& name, const std::optional<std::string>& schema) {
    const std::string text = relations("c.oid", std::string(kinds) + " and c.relname = cast($1 as text)");
    if (schema)
        return statement(text + " and n.nspname = cast($2 as text)", name, *schema);
    return statement(text + std::string(visible), name);
}

} // namespace

statement names_query(name_list what, const std::optional<std::string>& schema) {
    const std::string text = relations("c.relname", condition_of(what));
    if (schema)
        return statement(text + " and n.nspname = cast($1 as text)", *schema);
    return statement(text + std::string(visible));
}

statement schema_names_query() { return statement("select n.nspname from pg_catalog.pg_namespace n"); }

statement existing_tables_query(const std::vector<std::string>& names, const std::optional<std::string>& schema) {
    const std::string text =
        relations("c.relname", std::string(like_a_table) + " and c.relname = any (cast($1 as text[]))");
    if (schema)
        return statement(text + " and n.nspname = cast($2 as text)", names, *schema);
    return statement(text + std::string(visible), names);
}

statement table_query(const std::string& name, const std::optional<std::string>& schema) {
    return relation_named(like_a_table, name, schema);
}

statement sequence_query(const std::string& name, const std::optional<std::string>& schema) {
    return relation_named("c.relkind = 'S'", name, schema);
}

statement schema_query(const std::string& name) {
    return statement("select 1 from pg_catalog.pg_namespace n where n.nspname = cast($1 as text)", name);
}

statement column_query(const std::string& table, const std::string& column, const std::optional<std::string>& schema) {
    return part_of_table(table, column, schema, "join pg_catalog.pg_attribute a on a.attrelid = c.oid",
                         "a.attnum > 0 and not a.attisdropped and a.attname = cast($2 as text)");
}

statement index_query(const std::string& table, const std::string& index, const std::optional<std::string>& schema) {
    return part_of_table(table, index, schema,
                         "join pg_catalog.pg_index i on i.indrelid = c.oid "
                         "join pg_catalog.pg_class x on x.oid = i.indexrelid",
                         "x.relname = cast($2 as text)");
}

// Those that the inspector tells of: see constraints_query.cpp.
statement constraint_query(const std::string& table, const std::string& constraint,
                           const std::optional<std::string>& schema) {
    return part_of_table(table, constraint, schema,
                         "join pg_catalog.pg_constraint con on con.conrelid = c.oid "
                         "left join pg_catalog.pg_constraint above on above.oid = con.conparentid",
                         "con.conname = cast($2 as text) and (con.contype in ('c', 'p', 'u', 'x') "
                         "or con.contype = 'f' and (above.oid is null or above.confrelid = con.confrelid))");
}

statement trigger_query(const std::string& table, const std::string& trigger,
                        const std::optional<std::string>& schema) {
    return part_of_table(table, trigger, schema, "join " + std::string(declared_triggers) + "on t.tgrelid = c.oid",
                         std::string(is_declared_trigger) + "and t.tgname = cast($2 as text)");
}

statement policy_query(const std::string& table, const std::string& policy, const std::optional<std::string>& schema) {
    return part_of_table(table, policy, schema, "join pg_catalog.pg_policy p on p.polrelid = c.oid",
                         "p.polname = cast($2 as text)");
}

namespace {

// `from` has the object, and its schema as `n`.
statement in_schemas(const std::string& from, const std::string& condition, const std::string& name_column,
                     const std::string& name, const schema_selection& schemas) {
    const std::string text = "select 1 from " + from + " where " + condition + " and " + name_column + " = cast(";
    if (schemas.which() == schema_selection::scope::named)
        return statement(text + "$2 as text)", schemas.names(), name);
    return statement(text + "$1 as text)", name);
}

} // namespace

statement type_query(const std::string& name, const schema_selection& schemas) {
    return in_schemas("pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace",
                      schema_condition(schemas, "pg_type_is_visible", "t.oid"), "t.typname", name, schemas);
}

statement routine_query(const std::string& name, const schema_selection& schemas) {
    return in_schemas("pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace",
                      schema_condition(schemas, "pg_function_is_visible", "p.oid"), "p.proname", name, schemas);
}

statement default_schema_query() { return statement("select pg_catalog.current_schema()"); }

statement search_path_query() {
    return statement("select s.name from pg_catalog.unnest(pg_catalog.current_schemas(false)) with ordinality "
                     "as s(name, position) order by s.position");
}

} // namespace coropq::detail
