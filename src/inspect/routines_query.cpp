// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/routines_query.hpp"

#include "inspect/domain_steps.hpp"
#include "inspect/extension_join.hpp"
#include "inspect/routines.hpp"
#include "inspect/selection_text.hpp"

namespace coropq::detail {

namespace {

std::string chosen(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return "chosen as (select o.oid, n.nspname as schema_name, coalesce(" + visibility(way, visible_routines) +
           ", false) as is_visible "
           "from pg_catalog.pg_proc o join pg_catalog.pg_namespace n on n.oid = o.pronamespace where " +
           schema_condition(schemas, way, visible_routines) + name_condition(schemas, name, "o.proname") + ")";
}

// proallargtypes is there if some arguments aren't input.
constexpr std::string_view parts =
    "part(oid, position, type) as (select o.oid, 0, o.prorettype from chosen r "
    "join pg_catalog.pg_proc o on o.oid = r.oid union all select o.oid, cast(k.position as integer), k.type "
    "from chosen r join pg_catalog.pg_proc o on o.oid = r.oid cross join lateral "
    "pg_catalog.unnest(coalesce(o.proallargtypes, cast(o.proargtypes as oid[]))) "
    "with ordinality as k(type, position)), used(type) as (select k.type from part k)";

// The defaults mention no column, so they are turned into text without a table.
constexpr std::string_view outputs =
    "select 0 as origin, 0 as depth, k.oid, k.position, "
    "case when k.position > 0 then coalesce(o.proargnames[k.position], '') else '' end as argument_name, "
    "case when k.position > 0 then coalesce(cast(o.proargmodes[k.position] as text), 'i') else '' end "
    "as argument_mode, coalesce(cast(r.schema_name as text), '') as schema_name, "
    "coalesce(cast(p.proname as text), '') as name, "
    "coalesce(r.is_visible, false) as is_visible, "
    "coalesce(cast(p.prokind as text), '') as kind, coalesce(k.type <> 0 and p.prokind <> 'p', false) as returns_type, "
    "coalesce(p.proretset, false) as returns_set, cast(coalesce(p.pronargdefaults, 0) as integer) as default_count, "
    "pg_catalog.pg_get_expr(p.proargdefaults, 0) as defaults, cast(l.lanname as text) as language, "
    "coalesce(cast(p.provolatile as text), '') as volatility, coalesce(cast(p.proparallel as text), '') as parallel, "
    "coalesce(p.proisstrict, false) as is_strict, coalesce(p.prosecdef, false) as is_security_definer, "
    "coalesce(p.proleakproof, false) as is_leakproof, p.proconfig as settings, cast(u.rolname as text) as owner, "
    "ds.description as comment, made.extension, ";

// p: the same row as o, but only once.
constexpr std::string_view sources =
    " from part k join pg_catalog.pg_proc o on o.oid = k.oid "
    "left join pg_catalog.pg_proc p on p.oid = k.oid and k.position = 0 "
    "left join chosen r on r.oid = p.oid "
    "left join pg_catalog.pg_language l on l.oid = p.prolang "
    "left join pg_catalog.pg_roles u on u.oid = p.proowner "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_proc' as pg_catalog.regclass) "
    "and ds.objoid = p.oid and ds.objsubid = 0";

constexpr std::string_view step_outputs =
    "union all select p.origin, p.depth, 0, 0, '', '', '', '', false, '', false, false, 0, null, null, '', '', false, "
    "false, false, null, null, null, null, null, null, null, null, ";

} // namespace

statement routines_query(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return detail::bind("with recursive " + chosen(schemas, name, way) + ", " + std::string(parts) + ", " +
                            std::string(domain_steps_query) + std::string(outputs) +
                            std::string(held_privileges_columns) + ", " + data_type_columns("-1", "0") +
                            std::string(sources) + data_type_joins("k.type") +
                            held_privileges_join("p.proacl", 'f', "p.proowner") + extension_join("pg_proc", "p.oid") +
                            std::string(step_outputs) + data_type_columns("p.modifier", "p.dimensions") +
                            " from step p" + data_type_joins("p.type"),
                        schemas, name);
}

} // namespace coropq::detail
