// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/columns_query.hpp"

#include "inspect/selection_text.hpp"

#include <string>

namespace coropq::detail {

namespace {

// The default of an ordinary column mentions no column, so it is turned into text without the table: pg_get_expr would
// lock that, and wait for whoever alters it. What computes a column does mention others.
constexpr std::string_view column_outputs =
    "r.relation, cast(r.schema_name as text) as schema_name, cast(r.relation_name as text) as relation_name, "
    "cast(coalesce(a.attnum, 0) as integer) as position, 0 as depth, coalesce(cast(a.attname as text), '') as name, "
    "coalesce(a.attnotnull, false) as not_null, d.adbin is not null as has_default, "
    "pg_catalog.pg_get_expr(d.adbin, case when a.attgenerated = '' then 0 else d.adrelid end) as expression, "
    "coalesce(cast(a.attgenerated as text), '') as generated, "
    "coalesce(cast(a.attidentity as text), '') as identity, "
    "cast(cn.nspname as text) as collation_schema, cast(co.collname as text) as collation_name, ds.description, "
    "cast(sn.nspname as text) as sequence_schema, cast(sc.relname as text) as sequence_name, "
    "s.seqstart as sequence_start, s.seqincrement as sequence_increment, s.seqmin as sequence_minimum, "
    "s.seqmax as sequence_maximum, s.seqcache as sequence_cache, s.seqcycle as sequence_cycle, "
    "coalesce(a.attislocal, true) as is_local, cast(coalesce(a.attinhcount, 0) as integer) as inherited_count, "
    "coalesce(cast(a.attstorage as text), '') as storage, coalesce(cast(a.compression as text), '') as compression, "
    "cast(nullif(a.attstattarget, -1) as integer) as statistics_target, a.attoptions as options, "
    "a.attfdwoptions as foreign_options, ";

// attcompression is there since PostgreSQL 14: where pg_attribute has no such column, the name means the other one.
constexpr std::string_view columns_of_relations =
    " from chosen r cross join (select cast('' as \"char\") as attcompression) older "
    "left join lateral (select x.*, attcompression as compression from pg_catalog.pg_attribute x) a on a.attrelid = "
    "r.relation and a.attnum > 0 "
    "and not a.attisdropped ";

// Since PostgreSQL 17, an identity column of a partition has the sequence of the topmost table above it, whose column
// of the same name that is (src/backend/catalog/pg_depend.c, getIdentitySequence). Before, partitions may have their
// own.
constexpr std::string_view sequence_from_above =
    "(with recursive up(relation, distance) as (select a.attrelid, 0 union all select i.inhparent, u.distance + 1 "
    "from up u join pg_catalog.pg_inherits i on i.inhrelid = u.relation) "
    "select d.objid from up u join pg_catalog.pg_attribute ua on ua.attrelid = u.relation and ua.attname = a.attname "
    "join pg_catalog.pg_depend d on d.refclassid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
    "and d.refobjid = ua.attrelid and d.refobjsubid = ua.attnum "
    "and d.classid = cast('pg_catalog.pg_class' as pg_catalog.regclass) and d.deptype = 'i' "
    "order by u.distance limit 1)";

// Internal dependencies ('i') tie the sequence of an identity column to it; it has at most one. Without the class, an
// object of another catalog with the same OID would count.
std::string more_of_columns() {
    return "left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum "
           "left join pg_catalog.pg_collation co on co.oid = a.attcollation and a.attcollation <> t.typcollation "
           "left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace "
           "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
           "and ds.objoid = a.attrelid and ds.objsubid = a.attnum "
           "left join pg_catalog.pg_depend p on a.attidentity <> '' "
           "and p.refclassid = cast('pg_catalog.pg_class' as pg_catalog.regclass) and p.refobjid = a.attrelid "
           "and p.refobjsubid = a.attnum and p.classid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
           "and p.deptype = 'i' "
           "left join pg_catalog.pg_sequence s on s.seqrelid = case when a.attidentity <> '' then coalesce(p.objid, " +
           std::string(sequence_from_above) +
           ") end "
           "left join pg_catalog.pg_class sc on sc.oid = s.seqrelid "
           "left join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace";
}

// What the domains are made of, level by level.
constexpr std::string_view steps =
    "step(relation, position, depth, type, modifier, dimensions, not_null) as ("
    "select a.attrelid, a.attnum, 1, d.typbasetype, d.typtypmod, d.typndims, d.typnotnull "
    "from chosen r join pg_catalog.pg_attribute a on a.attrelid = r.relation and a.attnum > 0 "
    "and not a.attisdropped "
    "join pg_catalog.pg_type t on t.oid = a.atttypid "
    "left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid "
    "join pg_catalog.pg_type d on d.oid = coalesce(e.oid, t.oid) and d.typtype = 'd' "
    "union all select p.relation, p.position, p.depth + 1, d.typbasetype, d.typtypmod, d.typndims, d.typnotnull "
    "from step p join pg_catalog.pg_type t on t.oid = p.type "
    "left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid "
    "join pg_catalog.pg_type d on d.oid = coalesce(e.oid, t.oid) and d.typtype = 'd') ";

constexpr std::string_view step_outputs =
    "p.relation, '', '', cast(p.position as integer), p.depth, '', p.not_null, false, null, '', '', null, null, null, "
    "null, null, null, null, null, null, null, null, true, 0, '', '', null, null, null, ";

} // namespace

statement columns_query(const relation_selection& selection) {
    const std::string text = "with recursive chosen as (" + selected_relations(selection) + "), " + std::string(steps) +
                             "select " + std::string(column_outputs) + data_type_columns("a.atttypmod", "a.attndims") +
                             std::string(columns_of_relations) + data_type_joins("a.atttypid") + more_of_columns() +
                             " union all select " + std::string(step_outputs) +
                             data_type_columns("p.modifier", "p.dimensions") + " from step p" +
                             data_type_joins("p.type");
    return detail::bind(text, selection);
}

} // namespace coropq::detail
