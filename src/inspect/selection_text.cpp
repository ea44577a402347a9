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

std::string schema_condition(const schema_selection& schemas, std::string_view visible, std::string_view object) {
    switch (schemas.which()) {
    // Names are compared as texts: what the server took for names would be cut to 63 bytes.
    case schema_selection::scope::named: return "n.nspname = any (cast($1 as pg_catalog.text[]))";
    // Not a LIKE 'pg_%', where the underscore stands for any character.
    case schema_selection::scope::all:
        return "(pg_catalog.left(n.nspname, 3) <> 'pg_' and n.nspname <> 'information_schema' or "
               "n.oid = pg_catalog.pg_my_temp_schema())";
    case schema_selection::scope::search_path: break;
    }
    // NULL for what vanishes meanwhile, which leaves it out.
    return "n.nspname <> 'pg_catalog' and pg_catalog." + std::string(visible) + "(" + std::string(object) + ")";
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

std::string selected_relations(const relation_selection& selection) {
    std::string text = "select c.oid as relation, n.nspname as schema_name, c.relname as relation_name "
                       "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
                       "where c.relkind in (" +
                       kinds_of(selection) + ")";
    if (selection.names())
        text += std::string(" and c.relname = any (cast(") + (has_schema_names(selection.schemas()) ? "$2" : "$1") +
                " as pg_catalog.text[]))";
    if (selection.temporary())
        text += std::string(" and c.relpersistence ") + (*selection.temporary() ? "=" : "<>") + " 't'";
    return text + " and " + schema_condition(selection.schemas(), "pg_table_is_visible", "c.oid");
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

} // namespace coropq::detail
