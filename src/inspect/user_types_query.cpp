// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/user_types_query.hpp"

#include "inspect/extension_join.hpp"
#include "inspect/selection_text.hpp"

namespace coropq::detail {

namespace {

constexpr std::string_view comments =
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_type' as pg_catalog.regclass) "
    "and ds.objsubid = 0 and ds.objoid = ";

// Those of domains mention no column, so they are turned into text without a table. The server tests them in the order
// of their names, bytes that is. Not its own not-null constraints ('n', PostgreSQL 17).
std::string constraints(std::string_view output) {
    return "array(select " + std::string(output) +
           " from pg_catalog.pg_constraint con where con.contypid = o.oid and con.contype = 'c' "
           "order by con.conname)";
}

} // namespace

statement enums_query(const schema_selection& schemas, found_by way) {
    return detail::bind("select o.oid, cast(n.nspname as text) as schema_name, cast(o.typname as text) as name, "
                        "coalesce(" +
                            visibility(way, visible_types) +
                            ", false) as is_visible, "
                            "cast(u.rolname as text) as owner, array(select cast(l.enumlabel as text) "
                            "from pg_catalog.pg_enum l where l.enumtypid = o.oid order by l.enumsortorder) as labels, "
                            "ds.description as comment, made.extension from pg_catalog.pg_type o "
                            "join pg_catalog.pg_namespace n on n.oid = o.typnamespace "
                            "left join pg_catalog.pg_roles u on u.oid = o.typowner " +
                            std::string(comments) + "o.oid" + extension_join("pg_type", "o.oid") +
                            "where o.typtype = 'e' and " + schema_condition(schemas, way, visible_types),
                        schemas);
}

statement domains_query(const schema_selection& schemas, found_by way) {
    return detail::bind(
        "with recursive step(domain, depth, type, modifier, dimensions, not_null) as ("
        "select o.oid, 0, o.typbasetype, o.typtypmod, o.typndims, o.typnotnull from pg_catalog.pg_type o "
        "join pg_catalog.pg_namespace n on n.oid = o.typnamespace where o.typtype = 'd' and " +
            schema_condition(schemas, way, visible_types) +
            " union all "
            "select p.domain, p.depth + 1, d.typbasetype, d.typtypmod, d.typndims, d.typnotnull "
            "from step p join pg_catalog.pg_type t on t.oid = p.type "
            "left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid "
            "join pg_catalog.pg_type d on d.oid = coalesce(e.oid, t.oid) and d.typtype = 'd') "
            "select p.domain as oid, p.depth, p.not_null, cast(n.nspname as text) as schema_name, "
            "cast(o.typname as text) as name, coalesce(" +
            visibility(way, visible_types) +
            ", false) as is_visible, "
            "cast(u.rolname as text) as owner, o.typdefaultbin is not null as has_default, "
            "pg_catalog.pg_get_expr(o.typdefaultbin, 0) as default_value, "
            "cast(cn.nspname as text) as collation_schema, cast(co.collname as text) as collation_name, " +
            constraints("cast(con.conname as text)") + " as constraint_names, " +
            constraints("pg_catalog.pg_get_expr(con.conbin, 0)") + " as constraint_expressions, " +
            constraints("con.convalidated") + " as constraints_validated, ds.description as comment, made.extension, " +
            data_type_columns("p.modifier", "p.dimensions") +
            " from step p join pg_catalog.pg_type o on o.oid = p.domain "
            "join pg_catalog.pg_namespace n on n.oid = o.typnamespace "
            "left join pg_catalog.pg_roles u on u.oid = o.typowner " +
            data_type_joins("p.type") +
            "left join pg_catalog.pg_collation co on p.depth = 0 and co.oid = o.typcollation "
            "and o.typcollation <> t.typcollation "
            "left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace " +
            std::string(comments) + "o.oid" + extension_join("pg_type", "o.oid"),
        schemas);
}

} // namespace coropq::detail
