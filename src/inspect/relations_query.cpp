// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/relations_query.hpp"

#include "inspect/selection_text.hpp"

namespace coropq::detail {

namespace {

// The parents in two arrays of the same order: a name alone says nothing. The bound of a partition mentions no column,
// so it is turned into text without the table, which pg_get_expr would lock.
std::string parents(std::string_view output) {
    return "array(select cast(" + std::string(output) +
           " as text) from pg_catalog.pg_inherits h join pg_catalog.pg_class pc on pc.oid = h.inhparent "
           "join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where h.inhrelid = c.oid "
           "order by h.inhseqno)";
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

} // namespace

statement relations_query(const relation_selection& selection, found_by way) {
    const std::string text =
        "with chosen as (" + selected_relations(selection, way) +
        ") select r.relation, cast(r.schema_name as text) as schema_name, "
        "cast(r.relation_name as text) as relation_name, cast(c.relkind as text) as kind, "
        "cast(c.relpersistence as text) as persistence, cast(o.rolname as text) as owner, "
        "cast(am.amname as text) as access_method, cast(ts.spcname as text) as tablespace, "
        "c.reloptions as storage_parameters, " +
        parents("pn.nspname") + " as parent_schemas, " + parents("pc.relname") + " as parent_names, " +
        sources("sn.nspname") + " as source_schemas, " + sources("sc.relname") +
        " as source_names, c.relispartition as is_partition, "
        "pg_catalog.pg_get_expr(c.relpartbound, 0) as partition_bound, c.relrowsecurity as row_security, "
        "c.relforcerowsecurity as force_row_security, c.relispopulated as is_populated, ds.description as comment "
        "from chosen r join pg_catalog.pg_class c on c.oid = r.relation "
        "left join pg_catalog.pg_roles o on o.oid = c.relowner "
        "left join pg_catalog.pg_am am on am.oid = c.relam "
        "left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace "
        "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
        "and ds.objoid = c.oid and ds.objsubid = 0";
    return bind(text, selection);
}

statement view_definition_query(const relation_selection& selection) {
    return bind("with chosen as (" + selected_relations(selection) +
                    ") select pg_catalog.pg_get_viewdef(r.relation) from chosen r",
                selection);
}

} // namespace coropq::detail
