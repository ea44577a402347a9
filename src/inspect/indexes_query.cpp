// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/indexes_query.hpp"

#include "inspect/selection_text.hpp"

namespace coropq::detail {

namespace {

// indnullsnotdistinct is there since PostgreSQL 15, which the text of a statement can't ask for.
constexpr std::string_view outputs =
    "select r.relation, cast(r.schema_name as text) as schema_name, cast(r.relation_name as text) as relation_name, "
    "coalesce(i.indexrelid, 0) as index_oid, coalesce(cast(x.relname as text), '') as index_name, "
    "coalesce(cast(am.amname as text), '') as method, coalesce(i.indisunique, false) as is_unique, "
    "case when i.indisunique then coalesce(cast(pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' as boolean), false) "
    "else false end as nulls_not_distinct, "
    "coalesce(i.indisvalid, false) as is_valid, coalesce(i.indisclustered, false) as is_clustered, "
    "coalesce(i.indisreplident, false) as is_replica_identity, i.indpred is not null as has_predicate, "
    "i.indexprs is not null as has_expressions, "
    "case when k.position = 1 then pg_catalog.pg_get_expr(i.indpred, i.indrelid) end as predicate, "
    "case when k.position = 1 then pg_catalog.pg_get_expr(i.indexprs, i.indrelid) end as expressions, "
    "x.reloptions as storage_parameters, cast(ts.spcname as text) as tablespace, "
    "cast(pn.nspname as text) as parent_schema, cast(px.relname as text) as parent_name, "
    "xd.description as index_comment, cast(coalesce(i.indnkeyatts, 0) as integer) as key_count, "
    "cast(coalesce(k.position, 0) as integer) as position, "
    "cast(coalesce(k.attribute, 0) as integer) as attribute_number, cast(a.attname as text) as attribute_name, "
    "cast(coalesce(k.options, 0) as integer) as options, cast(opn.nspname as text) as operator_class_schema, "
    "cast(op.opcname as text) as operator_class_name, coalesce(op.opcdefault, true) as default_operator_class, "
    "cast(cn.nspname as text) as collation_schema, cast(co.collname as text) as collation_name, "
    "xa.attoptions as parameters, coalesce(con.oid, 0) as constraint_oid, "
    "coalesce(cast(con.contype as text), '') as constraint_type, cast(con.conname as text) as constraint_name, "
    "coalesce(con.condeferrable, false) as is_deferrable, coalesce(con.condeferred, false) as is_deferred, "
    "cd.description as constraint_comment, cast(opr_n.nspname as text) as operator_schema, "
    "cast(opr.oprname as text) as operator_name ";

// Only keys have options, operator classes and collations: behind them, these are NULL. An index that is being dropped
// (not indislive) is gone. 100 is the collation "default", that of expressions which have none.
constexpr std::string_view sources =
    "left join pg_catalog.pg_class x on x.oid = i.indexrelid "
    "left join pg_catalog.pg_am am on am.oid = x.relam "
    "left join pg_catalog.pg_tablespace ts on ts.oid = x.reltablespace "
    "left join pg_catalog.pg_inherits h on h.inhrelid = i.indexrelid "
    "left join pg_catalog.pg_class px on px.oid = h.inhparent "
    "left join pg_catalog.pg_namespace pn on pn.oid = px.relnamespace "
    "left join pg_catalog.pg_description xd on xd.classoid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
    "and xd.objoid = i.indexrelid and xd.objsubid = 0 "
    "left join pg_catalog.pg_description cd on cd.classoid = cast('pg_catalog.pg_constraint' as pg_catalog.regclass) "
    "and cd.objoid = con.oid and cd.objsubid = 0 "
    "left join lateral rows from (pg_catalog.unnest(cast(i.indkey as int2[])), "
    "pg_catalog.unnest(cast(i.indoption as int2[])), pg_catalog.unnest(cast(i.indclass as oid[])), "
    "pg_catalog.unnest(cast(i.indcollation as oid[])), pg_catalog.unnest(con.conexclop)) "
    "with ordinality as k(attribute, options, class, collated, operated, position) on true "
    "left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attribute and k.attribute <> 0 "
    "left join pg_catalog.pg_attribute xa on xa.attrelid = i.indexrelid and xa.attnum = k.position "
    "left join pg_catalog.pg_opclass op on op.oid = k.class "
    "left join pg_catalog.pg_namespace opn on opn.oid = op.opcnamespace "
    "left join pg_catalog.pg_collation co on co.oid = k.collated and k.collated <> coalesce(a.attcollation, 100) "
    "left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace "
    "left join pg_catalog.pg_operator opr on opr.oid = k.operated "
    "left join pg_catalog.pg_namespace opr_n on opr_n.oid = opr.oprnamespace";

// The foreign keys that refer to an index belong to it as well (conindid), but not to its table.
std::string indexes_of_relations(std::optional<char> constraint_type) {
    if (!constraint_type)
        return "from chosen r left join pg_catalog.pg_index i on i.indrelid = r.relation and i.indislive "
               "left join pg_catalog.pg_constraint con on con.conrelid = i.indrelid "
               "and con.conindid = i.indexrelid and con.contype in ('p', 'u', 'x') ";
    return "from chosen r left join pg_catalog.pg_constraint con on con.conrelid = r.relation and con.contype = '" +
           std::string(1, *constraint_type) + "' left join pg_catalog.pg_index i on i.indexrelid = con.conindid ";
}

} // namespace

statement indexes_query(const relation_selection& selection, std::optional<char> constraint_type) {
    return detail::bind("with chosen as (" + selected_relations(selection) + ") " + std::string(outputs) +
                            indexes_of_relations(constraint_type) + std::string(sources),
                        selection);
}

} // namespace coropq::detail
