// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/relations_query.hpp"

#include "inspect/extension_join.hpp"
#include "inspect/locking_texts.hpp"
#include "inspect/selection_text.hpp"

namespace coropq::detail {

namespace {

// The parents in two arrays of the same order: a name alone says nothing. The bound of a partition mentions no column,
// so it is turned into text without the table, which pg_get_expr would lock.
// Most have none, which is found out at once for all of many.
std::string parents(const relation_selection& selection, std::string_view output) {
    const std::string condition =
        selection.names() ? "true" : "c.oid in (select ch.inhrelid from pg_catalog.pg_inherits ch)";
    return "case when " + condition + " then array(select cast(" + std::string(output) +
           " as text) from pg_catalog.pg_inherits h join pg_catalog.pg_class pc on pc.oid = h.inhparent "
           "join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where h.inhrelid = c.oid "
           "order by h.inhseqno) else '{}' end";
}

// What a view reads, which the rule that makes it a view depends on: in the order of names.
std::string sources(std::string_view output) {
    return "case when c.relkind in ('v', 'm') then array(select cast(" + std::string(output) +
           " as text) from pg_catalog.pg_rewrite w join pg_catalog.pg_depend d "
           "on d.classid = cast('pg_catalog.pg_rewrite' as pg_catalog.regclass) and d.objid = w.oid "
           "and d.refclassid = cast('pg_catalog.pg_class' as pg_catalog.regclass) and d.refobjid <> c.oid "
           "join pg_catalog.pg_class sc on sc.oid = d.refobjid "
           "join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace where w.ev_class = c.oid "
           "group by sn.nspname, sc.relname order by sn.nspname collate \"C\", sc.relname collate \"C\") "
           "else '{}' end";
}

// What a partitioned table is partitioned by. Attribute 0 is an expression. 100 is the collation "default", that of
// expressions which have none.
constexpr std::string_view partition_keys =
    "left join pg_catalog.pg_partitioned_table pt on pt.partrelid = c.oid "
    "left join lateral (select pg_catalog.array_agg(cast(ka.attname as text) order by k.position) as key_columns, "
    "pg_catalog.array_agg(cast(opn.nspname as text) order by k.position) as key_class_schemas, "
    "pg_catalog.array_agg(cast(op.opcname as text) order by k.position) as key_classes, "
    "pg_catalog.array_agg(coalesce(op.opcdefault, true) order by k.position) as key_default_classes, "
    "pg_catalog.array_agg(cast(cn.nspname as text) order by k.position) as key_collation_schemas, "
    "pg_catalog.array_agg(cast(co.collname as text) order by k.position) as key_collations "
    "from rows from (pg_catalog.unnest(cast(pt.partattrs as int2[])), "
    "pg_catalog.unnest(cast(pt.partclass as oid[])), pg_catalog.unnest(cast(pt.partcollation as oid[]))) "
    "with ordinality as k(attribute, class, collated, position) "
    "left join pg_catalog.pg_attribute ka on ka.attrelid = pt.partrelid and ka.attnum = k.attribute "
    "and k.attribute <> 0 "
    "left join pg_catalog.pg_opclass op on op.oid = k.class "
    "left join pg_catalog.pg_namespace opn on opn.oid = op.opcnamespace "
    "left join pg_catalog.pg_collation co on co.oid = k.collated and k.collated <> coalesce(ka.attcollation, 100) "
    "left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace) pk on pt.partrelid is not null ";

} // namespace

statement relations_query(const relation_selection& selection, found_by way) {
    const std::string text =
        "with chosen as (" + selected_relations(selection, way) +
        ") select r.relation, cast(r.schema_name as text) as schema_name, "
        "cast(r.relation_name as text) as relation_name, cast(c.relkind as text) as kind, "
        "cast(c.relpersistence as text) as persistence, cast(o.rolname as text) as owner, "
        "cast(am.amname as text) as access_method, cast(ts.spcname as text) as tablespace, "
        "c.reloptions as storage_parameters, " +
        parents(selection, "pn.nspname") + " as parent_schemas, " + parents(selection, "pc.relname") +
        " as parent_names, " + sources("sn.nspname") + " as source_schemas, " + sources("sc.relname") +
        " as source_names, c.relispartition as is_partition, "
        "pg_catalog.pg_get_expr(c.relpartbound, 0) as partition_bound, c.relrowsecurity as row_security, "
        "c.relforcerowsecurity as force_row_security, c.relispopulated as is_populated, ds.description as comment, "
        "made.extension, "
        "tc.reloptions as toast_parameters, cast(otn.nspname as text) as type_schema, "
        "cast(ot.typname as text) as type_name, cast(fs.srvname as text) as server, "
        "ft.ftoptions as foreign_options, cast(c.relreplident as text) as replica_identity, "
        "cast(pt.partstrat as text) as partition_strategy, pk.key_columns, pk.key_class_schemas, pk.key_classes, "
        "pk.key_default_classes, pk.key_collation_schemas, pk.key_collations, "
        "pt.partexprs is not null as has_key_expressions, "
        "pg_catalog.pg_get_expr(pt.partexprs, pt.partrelid) as key_expressions "
        "from chosen r join pg_catalog.pg_class c on c.oid = r.relation "
        "left join pg_catalog.pg_roles o on o.oid = c.relowner "
        "left join pg_catalog.pg_am am on am.oid = c.relam "
        "left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace "
        "left join pg_catalog.pg_class tc on tc.oid = c.reltoastrelid "
        "left join pg_catalog.pg_type ot on ot.oid = c.reloftype "
        "left join pg_catalog.pg_namespace otn on otn.oid = ot.typnamespace "
        "left join pg_catalog.pg_foreign_table ft on ft.ftrelid = c.oid "
        "left join pg_catalog.pg_foreign_server fs on fs.oid = ft.ftserver " +
        std::string(partition_keys) +
        "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
        "and ds.objoid = c.oid and ds.objsubid = 0" +
        extension_join("pg_class", "c.oid");
    return detail::bind(text, selection);
}

statement view_definition_query(const relation_selection& selection, bool within) {
    return detail::bind("with chosen as (" + selected_relations(selection) + ") select " +
                            without_waiting("pg_catalog.pg_get_viewdef(r.relation)", within) + " from chosen r",
                        selection);
}

} // namespace coropq::detail
