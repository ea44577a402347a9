// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/raw_query.hpp"

#include "inspect/borrowed_names.hpp"
#include "inspect/data_type_reader.hpp"
#include "inspect/held_privileges.hpp"
#include "inspect/selection_text.hpp"

#include <string>

namespace coropq::detail {

namespace {

std::string relations(const relation_selection& selection) {
    return "pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace and " +
           relation_condition(selection, "c", "n");
}

} // namespace

statement raw_names_query(const relation_selection& selection) {
    std::string collations = "pg_catalog.pg_collation co";
    if (selection.names())
        collations += " where co.oid in (select a.attcollation from " + relations(selection) +
                      " join pg_catalog.pg_attribute a on a.attrelid = c.oid union all "
                      "select pg_catalog.unnest(cast(i.indcollation as pg_catalog.oid[])) from " +
                      relations(selection) + " join pg_catalog.pg_index i on i.indrelid = c.oid)";
    const std::string text =
        "select 'namespace' as catalog, oid, cast(0 as pg_catalog.oid) as name_space, nspname as name, "
        "false as is_default from pg_catalog.pg_namespace "
        "union all select 'opclass', oid, opcnamespace, opcname, opcdefault from pg_catalog.pg_opclass "
        "union all select 'am', oid, cast(0 as pg_catalog.oid), amname, false from pg_catalog.pg_am "
        "union all select 'tablespace', oid, cast(0 as pg_catalog.oid), spcname, false from pg_catalog.pg_tablespace "
        "union all select 'collation', co.oid, co.collnamespace, co.collname, false from " +
        collations;
    return selection.names() ? detail::bind(text, selection) : statement(text);
}

// A true array is one whose element says so: not oidvector, point and others that only have a type of elements.
statement raw_types_query(const relation_selection& selection) {
    const std::string outputs =
        "select t.oid, t.typnamespace as name_space, t.typname as name, cast(t.typtype as text) as kind, "
        "coalesce(pg_catalog.format_type(t.oid, -1), '') as text, coalesce(e.oid, 0) as element, "
        "t.typbasetype as base, t.typtypmod as base_modifier, "
        "case when t.typtype = 'd' and t.typtypmod <> -1 then pg_catalog.format_type(t.typbasetype, t.typtypmod) end "
        "as base_text, t.typndims as base_dimensions, t.typnotnull as not_null, t.typcollation as collation from ";
    const std::string elements = " left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid";
    if (!selection.names())
        return statement(outputs + "pg_catalog.pg_type t" + elements);
    return detail::bind(
        "with recursive used(oid) as (select a.atttypid from " + relations(selection) +
            " join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
            "union select p.oid from used u join pg_catalog.pg_type t on t.oid = u.oid "
            "cross join lateral (values (t.typelem), (t.typbasetype)) p(oid) where p.oid <> 0) " +
            outputs + "used u join pg_catalog.pg_type t on t.oid = u.oid" + elements,
        selection);
}

namespace {

// For each privilege that a list grants: to whom (NULL: everybody), what, whether it may be passed on, by whom.
std::string grants() {
    return "array(select v.value from pg_catalog.aclexplode(a.attacl) with ordinality "
           "as x(grantor, grantee, privilege_type, is_grantable, position)" +
           std::string(grant_roles_joins) + "cross join lateral (values (1, " + std::string(grantee_name) +
           "), (2, x.privilege_type), (3, cast(x.is_grantable as text)), (4, " + std::string(grantor_name) +
           ")) v(place, value) order by x.position, v.place)";
}

} // namespace

// Nulls cost less than values. attcompression is there since PostgreSQL 14: see raw_indexes_query.
statement raw_columns_query(const relation_selection& selection) {
    return detail::bind(
        "select a.attrelid as relation, a.attnum as position, a.attname as name, a.atttypid as type, "
        "nullif(a.atttypmod, -1) as modifier, "
        "case when a.atttypmod <> -1 and a.atttypid not in (" +
            std::string(types_with_known_text) +
            ") then pg_catalog.format_type(a.atttypid, a.atttypmod) end as text, "
            "case when a.attndims <> 0 then cast(a.attndims as integer) end as dimensions, "
            "a.attnotnull as not_null, "
            "case when a.attidentity <> '' then cast(a.attidentity as text) end as identity, "
            "case when a.attgenerated <> '' then cast(a.attgenerated as text) end as generated, "
            "case when a.attcollation not in (0, 100) then a.attcollation end as collation, nullif(a.attislocal, true) "
            "as is_local, "
            "cast(nullif(a.attinhcount, 0) as integer) as inherited_count, "
            "case when a.attstorage <> 'p' then cast(a.attstorage as text) end as storage, "
            "case when a.attcompression <> '' then cast(a.attcompression as text) end as compression, "
            "cast(nullif(a.attstattarget, -1) as integer) as statistics_target, "
            "a.attoptions as attribute_options, a.attfdwoptions as foreign_options, "
            "case when a.attacl is not null then " +
            grants() + " end as grants from " + relations(selection) +
            " join (select found.* from (select cast('' as \"char\") as attcompression) missing "
            "cross join lateral (select attrelid, attnum, attname, atttypid, atttypmod, attndims, attnotnull, "
            "attidentity, attgenerated, attcollation, attislocal, attinhcount, attstorage, attcompression, "
            "attstattarget, attoptions, attfdwoptions, attacl from pg_catalog.pg_attribute where not attisdropped) "
            "found) a on a.attrelid = c.oid and a.attnum > 0",
        selection);
}

// The default of an ordinary column mentions no column (a Var), so it is turned into text without the table:
// pg_get_expr would lock that, and wait for whoever alters it. What computes a column does mention others.
statement raw_defaults_query(const relation_selection& selection) {
    return detail::bind("select d.adrelid as relation, d.adnum as position, pg_catalog.pg_get_expr(d.adbin, "
                        "case when pg_catalog.starts_with(cast(d.adbin as text), '{CONST ') "
                        "or pg_catalog.strpos(cast(d.adbin as text), '{VAR ') = 0 then 0 else d.adrelid end) "
                        "as expression from " +
                            relations(selection) + " join pg_catalog.pg_attrdef d on d.adrelid = c.oid",
                        selection);
}

statement raw_comments_query(const relation_selection& selection) {
    const std::string of_relations = "cast('pg_catalog.pg_class' as pg_catalog.regclass)";
    const std::string of_constraints = "cast('pg_catalog.pg_constraint' as pg_catalog.regclass)";
    const std::string outputs = "select d.classoid <> " + of_relations +
                                " as is_constraint, d.objoid as object, d.objsubid as position, "
                                "d.description as comment from ";
    if (!selection.names())
        return statement(outputs + "pg_catalog.pg_description d where d.classoid = " + of_relations +
                         " or d.classoid = " + of_constraints);
    return detail::bind(
        outputs + relations(selection) + " join pg_catalog.pg_description d on d.objoid = c.oid and d.classoid = " +
            of_relations + " union all " + outputs + relations(selection) +
            " join pg_catalog.pg_index i on i.indrelid = c.oid join pg_catalog.pg_description d "
            "on d.objoid = i.indexrelid and d.classoid = " +
            of_relations + " union all " + outputs + relations(selection) +
            " join pg_catalog.pg_constraint con on con.conrelid = c.oid join pg_catalog.pg_description d "
            "on d.objoid = con.oid and d.classoid = " +
            of_constraints,
        selection);
}

// Internal dependencies ('i') tie the sequence of an identity column to it; it has at most one. Without the class, an
// object of another catalog with the same OID would count. Since PostgreSQL 17, identity columns of partitions have
// none of their own, but that of the topmost table (src/backend/catalog/pg_depend.c, getIdentitySequence).
statement raw_sequences_query(const relation_selection& selection) {
    const std::string own = "pg_catalog.pg_depend p on p.classid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
                            "and p.deptype = 'i' and p.refobjsubid > 0 "
                            "and p.refclassid = cast('pg_catalog.pg_class' as pg_catalog.regclass) ";
    return detail::bind(
        "with recursive used(sequence, relation, position) as (select s.seqrelid, p.refobjid, p.refobjsubid "
        "from pg_catalog.pg_sequence s join " +
            own +
            "and p.objid = s.seqrelid union all select u.sequence, i.inhrelid, cast(a.attnum as integer) "
            "from used u join pg_catalog.pg_attribute above on above.attrelid = u.relation "
            "and above.attnum = u.position join pg_catalog.pg_inherits i on i.inhparent = u.relation "
            "join pg_catalog.pg_attribute a on a.attrelid = i.inhrelid and a.attname = above.attname "
            "and a.attidentity <> '' left join " +
            own +
            "and p.refobjid = a.attrelid and p.refobjsubid = a.attnum where p.objid is null) "
            "select u.relation, u.position, sc.relnamespace as name_space, "
            "sc.relname as name, s.seqstart as start, s.seqincrement as increment, s.seqmin as minimum, "
            "s.seqmax as maximum, s.seqcache as cache, s.seqcycle as cycle from used u "
            "join pg_catalog.pg_sequence s on s.seqrelid = u.sequence "
            "join pg_catalog.pg_class sc on sc.oid = s.seqrelid join " +
            relations(selection) + " on c.oid = u.relation",
        selection);
}

// Where a version has no such column, its name in the inner query is that of the constant beside it, else the column
// itself: indnullsnotdistinct (PostgreSQL 15). Operator classes that PostgreSQL brings for B-trees (403) have no
// parameters, so there is no need to look for them.
statement raw_indexes_query(const relation_selection& selection) {
    const auto parameters = [](std::string_view output) {
        return "case when x.relam <> 403 or 16384 <= any (cast(i.indclass as pg_catalog.oid[])) then array(select " +
               std::string(output) +
               " from pg_catalog.pg_attribute a cross join lateral pg_catalog.unnest(a.attoptions) "
               "with ordinality as o(text, position) where a.attrelid = i.indexrelid "
               "order by a.attnum, o.position) end";
    };
    return detail::bind(
        "select i.indrelid as relation, i.indexrelid as oid, x.relname as name, x.relam as method, "
        "x.reltablespace as tablespace, x.reloptions as storage_parameters, i.indisunique as is_unique, "
        "i.indnullsnotdistinct as nulls_not_distinct, i.indisvalid as is_valid, i.indisclustered as is_clustered, "
        "i.indisreplident as is_replica_identity, cast(i.indnkeyatts as integer) as key_count, "
        "cast(i.indkey as int2[]) as attributes, cast(i.indoption as int2[]) as options, "
        "cast(i.indclass as pg_catalog.oid[]) as classes, cast(i.indcollation as pg_catalog.oid[]) as collations, "
        "i.indpred is not null as has_predicate, i.indexprs is not null as has_expressions, "
        "pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate, "
        "pg_catalog.pg_get_expr(i.indexprs, i.indrelid) as expressions, "
        "px.relnamespace as parent_name_space, px.relname as parent_name, " +
            parameters("a.attnum") + " as parameter_positions, " + parameters("o.text") + " as parameters from " +
            relations(selection) +
            " join (select found.* from (select false as indnullsnotdistinct) missing cross join lateral "
            "(select indexrelid, indrelid, indisunique, indnullsnotdistinct, indisvalid, indisclustered, "
            "indisreplident, indnkeyatts, indkey, indoption, indclass, indcollation, indpred, indexprs "
            "from pg_catalog.pg_index where indislive) found) i on i.indrelid = c.oid "
            "join pg_catalog.pg_class x on x.oid = i.indexrelid "
            "left join pg_catalog.pg_inherits h on h.inhrelid = i.indexrelid "
            "left join pg_catalog.pg_class px on px.oid = h.inhparent",
        selection);
}

// confdelsetcols is there since PostgreSQL 15: see above. To a partitioned table, the server keeps one more foreign key
// for each of its partitions, below the one that was declared; they refer to something else than that. The one that a
// partition gets from its partitioned table refers to the same.
statement raw_constraints_query(const relation_selection& selection, bool borrows) {
    const auto operators = [](std::string_view output) {
        return "case when con.contype = 'x' then array(select " + std::string(output) +
               " from pg_catalog.unnest(con.conexclop) with ordinality as u(oid, position) "
               "join pg_catalog.pg_operator o on o.oid = u.oid "
               "join pg_catalog.pg_namespace n on n.oid = o.oprnamespace order by u.position) end";
    };
    return detail::bind(
        "select con.conrelid as relation, con.oid, con.conname as name, cast(con.contype as text) as type, "
        "con.condeferrable as is_deferrable, con.condeferred as is_deferred, con.convalidated as is_validated, "
        "con.conislocal as is_local, con.connoinherit as no_inherit, con.conindid as index, "
        "case when con.contype in ('c', 'f') then con.conkey end as columns, "
        "case when con.contype = 'c' then pg_catalog.pg_get_expr(con.conbin, " +
            (borrows ? "case when " + may_borrow_names("con.conkey") +
                           " then cast('pg_catalog.pg_class' as pg_catalog.regclass) else con.conrelid end"
                     : std::string("con.conrelid")) +
            ") end as expression, con.contype = 'c' and " + (borrows ? may_borrow_names("con.conkey") : "false") +
            " as is_borrowed, "
            "con.confrelid as referred_oid, fc.relnamespace as referred_name_space, fc.relname as referred_table, "
            "con.confkey as referred_columns, case when con.contype = 'f' then cast(con.confmatchtype as text) end as "
            "match, "
            "case when con.contype = 'f' then cast(con.confupdtype as text) end as on_update, "
            "case when con.contype = 'f' then cast(con.confdeltype as text) end as on_delete, "
            "case when con.confdeltype in ('n', 'd') then con.confdelsetcols end as changed_by_delete, " +
            operators("cast(n.nspname as text)") + " as operator_schemas, " + operators("cast(o.oprname as text)") +
            " as operators from " + relations(selection) +
            " join (select found.* from (select cast(null as int2[]) as confdelsetcols) missing cross join lateral "
            "(select oid, conname, contype, condeferrable, condeferred, convalidated, conislocal, connoinherit, "
            "conrelid, conindid, conkey, conbin, confrelid, confkey, confmatchtype, confupdtype, confdeltype, "
            "confdelsetcols, conexclop, conparentid from pg_catalog.pg_constraint "
            "where contype in ('c', 'f', 'p', 'u', 'x')) found) con on con.conrelid = c.oid "
            "left join pg_catalog.pg_class fc on fc.oid = con.confrelid "
            "left join pg_catalog.pg_constraint above on above.oid = con.conparentid and con.contype = 'f' "
            "where above.oid is null or above.confrelid = con.confrelid",
        selection);
}

statement raw_other_columns_query(const relation_selection& selection) {
    return detail::bind("select a.attrelid as relation, a.attnum as position, a.attname as name from " +
                            relations(selection) +
                            " join pg_catalog.pg_constraint con on con.conrelid = c.oid and con.contype = 'f' "
                            "join pg_catalog.pg_class fc on fc.oid = con.confrelid "
                            "join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace "
                            "join pg_catalog.pg_attribute a on a.attrelid = fc.oid and a.attnum = any (con.confkey) "
                            "where not (" +
                            relation_condition(selection, "fc", "fn") + ")",
                        selection);
}

} // namespace coropq::detail
