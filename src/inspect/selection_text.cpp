// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/selection_text.hpp"

#include "inspect/codes.hpp"

#include <coropq/types/array.hpp>

#include <utility>

namespace coropq::detail {

relation_selection named_relation(const std::string& name, const std::optional<std::string>& schema) {
    relation_selection selection(selection_of(schema));
    selection.names({name});
    return selection;
}

schema_selection selection_of(const std::optional<std::string>& schema) {
    if (schema)
        return *schema;
    return {};
}

namespace {

// Asked once for each statement, not for each row.
constexpr std::string_view path = "cast((select pg_catalog.current_schemas(true)) as pg_catalog.text[])";

std::string place_in_path(std::string_view schema) {
    return "pg_catalog.array_position(" + std::string(path) + ", cast(" + std::string(schema) + ".nspname as text))";
}

} // namespace

std::string visibility(found_by way, const visible_objects& objects) {
    // NULL for what vanishes meanwhile.
    if (way == found_by::server)
        return "pg_catalog." + std::string(objects.function) + "(o.oid)";
    const std::string name = std::string(objects.prefix) + "name";
    const std::string name_space = std::string(objects.prefix) + "namespace";
    return "(n.nspname = any (" + std::string(path) + ") and not exists (select from pg_catalog." +
           std::string(objects.catalog) + " h join pg_catalog.pg_namespace hn on hn.oid = h." + name_space +
           " where h." + name + " = o." + name + " and h." + name_space + " <> o." + name_space +
           std::string(objects.same) + " and hn.nspname = any (" + std::string(path) + ") and " + place_in_path("hn") +
           " < " + place_in_path("n") + "))";
}

namespace {

std::string condition(const schema_selection& schemas, const std::string& visible) {
    switch (schemas.which()) {
    // Names are compared as texts: what the server took for names would be cut to 63 bytes.
    case schema_selection::scope::named: return "n.nspname = any (cast($1 as pg_catalog.text[]))";
    // Not a LIKE 'pg_%', where the underscore stands for any character.
    case schema_selection::scope::all:
        return "(pg_catalog.left(n.nspname, 3) <> 'pg_' and n.nspname <> 'information_schema' or "
               "n.oid = pg_catalog.pg_my_temp_schema())";
    case schema_selection::scope::search_path: break;
    }
    return "n.nspname <> 'pg_catalog' and " + visible;
}

} // namespace

std::string schema_condition(const schema_selection& schemas, std::string_view visible, std::string_view object) {
    // NULL for what vanishes meanwhile, which leaves it out.
    return condition(schemas, "pg_catalog." + std::string(visible) + "(" + std::string(object) + ")");
}

std::string schema_condition(const schema_selection& schemas, found_by way, const visible_objects& objects) {
    return condition(schemas, visibility(way, objects));
}

namespace {

bool has_schema_names(const schema_selection& schemas) { return schemas.which() == schema_selection::scope::named; }

std::string kinds_of(const relation_selection& selection) {
    if (!selection.kinds())
        return "'r', 'p', 'f', 'v', 'm'";
    std::string list;
    for (const reflected::relation_kind kind : *selection.kinds())
        list += (list.empty() ? "'" : ", '") + std::string(1, code_of(kind)) + "'";
    return list.empty() ? "''" : list;
}

} // namespace

namespace {

std::string beside_schemas(const relation_selection& selection, const std::string& relation) {
    std::string text = relation + ".relkind in (" + kinds_of(selection) + ")";
    if (selection.names())
        text += " and " + relation + ".relname = any (cast(" + (has_schema_names(selection.schemas()) ? "$2" : "$1") +
                " as pg_catalog.text[]))";
    if (selection.temporary())
        text += " and " + relation + ".relpersistence " + (*selection.temporary() ? "=" : "<>") + " 't'";
    return text;
}

} // namespace

std::string selected_relations(const relation_selection& selection, found_by way) {
    return "select o.oid as relation, n.nspname as schema_name, o.relname as relation_name "
           "from pg_catalog.pg_class o join pg_catalog.pg_namespace n on n.oid = o.relnamespace where " +
           beside_schemas(selection, "o") + " and " + schema_condition(selection.schemas(), way, visible_relations);
}

std::string is_selected(const schema_selection& schemas, const std::string& schema) {
    switch (schemas.which()) {
    case schema_selection::scope::named: return schema + ".nspname = any (cast($1 as pg_catalog.text[]))";
    case schema_selection::scope::all:
        return "(pg_catalog.left(" + schema + ".nspname, 3) <> 'pg_' and " + schema +
               ".nspname <> 'information_schema' or " + schema + ".oid = pg_catalog.pg_my_temp_schema())";
    case schema_selection::scope::search_path: break;
    }
    return schema + ".nspname <> 'pg_catalog' and " + schema + ".nspname = any (" + std::string(path) + ")";
}

std::string relation_condition(const relation_selection& selection, const std::string& relation,
                               const std::string& schema) {
    return beside_schemas(selection, relation) + " and " + is_selected(selection.schemas(), schema);
}

statement bind(const std::string& text, const relation_selection& selection) {
    if (!selection.names())
        return bind(text, selection.schemas());
    if (has_schema_names(selection.schemas()))
        return statement(text, selection.schemas().names(), *selection.names());
    return statement(text, *selection.names());
}

statement bind(const std::string& text, const schema_selection& schemas) {
    if (has_schema_names(schemas))
        return statement(text, schemas.names());
    return statement(text);
}

std::string name_condition(const schema_selection& schemas, const std::optional<std::string>& name,
                           std::string_view column) {
    if (!name)
        return {};
    return " and " + std::string(column) + " = cast(" + (has_schema_names(schemas) ? "$2" : "$1") +
           " as pg_catalog.text)";
}

statement bind(const std::string& text, const schema_selection& schemas, const std::optional<std::string>& name) {
    if (!name)
        return bind(text, schemas);
    if (has_schema_names(schemas))
        return statement(text, schemas.names(), *name);
    return statement(text, *name);
}

} // namespace coropq::detail
