// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/constraints_query.hpp"

#include "inspect/selection_text.hpp"

#include <string>

namespace coropq::detail {

namespace {

constexpr std::string_view common_outputs =
    "select r.relation, cast(r.schema_name as text) as schema_name, cast(r.relation_name as text) as relation_name, "
    "coalesce(con.oid, 0) as oid, coalesce(cast(con.conname as text), '') as name, "
    "coalesce(con.convalidated, true) as is_validated, coalesce(not con.conislocal, false) as is_inherited, "
    "ds.description as comment, cast(coalesce(k.position, 0) as integer) as position, "
    "cast(a.attname as text) as column_name, ";

// Without the class, the comment of an object of another catalog with the same OID would count.
constexpr std::string_view comments =
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_constraint' as pg_catalog.regclass) "
    "and ds.objoid = con.oid and ds.objsubid = 0 ";

constexpr std::string_view columns =
    "left join pg_catalog.pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attribute ";

constexpr std::string_view check_outputs =
    "case when coalesce(k.position, 1) = 1 then pg_catalog.pg_get_expr(con.conbin, con.conrelid) end as expression, "
    "coalesce(con.connoinherit, false) as no_inherit from chosen r "
    "left join pg_catalog.pg_constraint con on con.conrelid = r.relation and con.contype = 'c' "
    "left join lateral pg_catalog.unnest(con.conkey) with ordinality as k(attribute, position) on true ";

// confdelsetcols is there since PostgreSQL 15, which the text of a statement can't ask for.
constexpr std::string_view key_outputs =
    "cast(fn.nspname as text) as referred_schema, cast(fc.relname as text) as referred_table, "
    "coalesce(con.confrelid, 0) as referred_oid, cast(fa.attname as text) as referred_column, "
    "coalesce(cast(con.confmatchtype as text), '') as match, coalesce(cast(con.confupdtype as text), '') as on_update, "
    "coalesce(cast(con.confdeltype as text), '') as on_delete, "
    "case when con.confdeltype in ('n', 'd') then coalesce(pg_catalog.to_jsonb(con) -> 'confdelsetcols' @> "
    "pg_catalog.to_jsonb(k.attribute), false) else false end as changed_by_delete, "
    "coalesce(con.condeferrable, false) as is_deferrable, coalesce(con.condeferred, false) as is_deferred "
    "from chosen r ";

// To a partitioned table, the server keeps one more foreign key for each of its partitions, below the one that was
// declared; they refer to something else than that. The one that a partition gets from its partitioned table refers to
// the same.
constexpr std::string_view keys =
    "left join (pg_catalog.pg_constraint con left join pg_catalog.pg_constraint above on above.oid = con.conparentid) "
    "on con.conrelid = r.relation and con.contype = 'f' and (above.oid is null or above.confrelid = con.confrelid) "
    "left join pg_catalog.pg_class fc on fc.oid = con.confrelid "
    "left join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace "
    "left join lateral rows from (pg_catalog.unnest(con.conkey), pg_catalog.unnest(con.confkey)) "
    "with ordinality as k(attribute, referred, position) on true "
    "left join pg_catalog.pg_attribute fa on fa.attrelid = con.confrelid and fa.attnum = k.referred ";

std::string with_relations(const relation_selection& selection) {
    return "with chosen as (" + selected_relations(selection) + ") " + std::string(common_outputs);
}

} // namespace

statement checks_query(const relation_selection& selection) {
    return detail::bind(with_relations(selection) + std::string(check_outputs) + std::string(columns) +
                            std::string(comments),
                        selection);
}

statement foreign_keys_query(const relation_selection& selection) {
    return detail::bind(with_relations(selection) + std::string(key_outputs) + std::string(keys) +
                            std::string(columns) + std::string(comments),
                        selection);
}

} // namespace coropq::detail
