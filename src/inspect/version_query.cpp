// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/version_query.hpp"

#include "inspect/borrowed_names.hpp"

#include <coropq/mapping.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace coropq::detail {

namespace {

std::string catalog(std::string_view name) {
    return "cast('pg_catalog." + std::string(name) + "' as pg_catalog.regclass)";
}

// One part of the answer.
std::string rows(std::string_view name, std::string_view object, std::string_view part, std::string_view row,
                 const std::string& from) {
    return " union all select '" + std::string(name) + "', " + std::string(object) + ", cast(" + std::string(part) +
           " as integer), cast(" + std::string(row) + ".xmin as text) from " + from;
}

// What users have made. What PostgreSQL brings isn't renamed.
std::string user_objects(std::string_view name, std::string_view more = "") {
    return rows(name, "o.oid", "0", "o",
                "pg_catalog." + std::string(name) + " o where o.oid >= 16384" + std::string(more));
}

// The columns that checks mention, unless the snapshot gives them their names; all columns of tables with generated
// columns (their expressions have a Var), or with expressions in indexes. Those of checks are a few of many: a subquery
// for each keeps the server from reading all.
std::string mentioned_columns() {
    return " union all select 'pg_attribute', k.relation, cast(k.attribute as integer), coalesce(cast(("
           "select a.xmin from pg_catalog.pg_attribute a where a.attrelid = k.relation and a.attnum = k.attribute) "
           "as text), '') from (select con.conrelid, pg_catalog.unnest(con.conkey) from pg_catalog.pg_constraint con "
           "where con.contype = 'c' and con.conrelid <> 0 and not " +
           may_borrow_names("con.conkey") + ") k(relation, attribute)" +
           rows("pg_attribute", "a.attrelid", "a.attnum", "a",
                "(select d.adrelid from pg_catalog.pg_attrdef d "
                "where not pg_catalog.starts_with(cast(d.adbin as text), '{CONST ') "
                "and pg_catalog.strpos(cast(d.adbin as text), '{VAR ') > 0 "
                "union select i.indrelid from pg_catalog.pg_index i "
                "where i.indexprs is not null or i.indpred is not null) k(relation) "
                "join pg_catalog.pg_attribute a on a.attrelid = k.relation and a.attnum > 0");
}

// A view, a policy or a trigger with each of the relations and columns that it names.
std::string dependent(const std::string& name, const std::string& condition) {
    return " union all select '" + name + " ' || cast(r.oid as text), d.refobjid, d.refobjsubid, " +
           "pg_catalog.concat(r.xmin, ' ', o.xmin, ' ', a.xmin) from pg_catalog." + name +
           " r join pg_catalog.pg_depend d on d.classid = " + catalog(name) +
           " and d.objid = r.oid and d.refclassid = " + catalog("pg_class") +
           " join pg_catalog.pg_class o on o.oid = d.refobjid "
           "left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where " +
           condition;
}

} // namespace

// Sequences are in defaults as constants, which turn into a number when the sequence is gone. Of types with rows, only
// the names of columns' types are of interest, which `raw_types` compares.
statement versions_query(bool with_views) {
    return statement("select 'search path' as catalog, cast(0 as pg_catalog.oid) as object, 0 as part, "
                     "cast(pg_catalog.current_schemas(true) as text) as version" +
                     rows("pg_namespace", "o.oid", "0", "o",
                          "pg_catalog.pg_namespace o where pg_catalog.left(o.nspname, 8) <> 'pg_temp_' "
                          "and pg_catalog.left(o.nspname, 9) <> 'pg_toast_'") +
                     rows("pg_class", "o.oid", "0", "o", "pg_catalog.pg_class o where o.relkind = 'S'") +
                     user_objects("pg_enum") + user_objects("pg_proc") + user_objects("pg_operator") +
                     user_objects("pg_collation") +
                     user_objects("pg_type", " and o.typrelid = 0 and o.typcategory <> 'A'") + mentioned_columns() +
                     dependent("pg_policy", "true") + dependent("pg_trigger", "r.tgqual is not null") +
                     (with_views ? dependent("pg_rewrite", "r.oid >= 16384") : std::string()));
}

row_versions::row_versions(const result& first) : first_(first) {
    versions_.reserve(first_.size());
    for (const version_row& row : first_.rows<version_row>())
        versions_.emplace(key{row.catalog, row.object, row.part}, version{row.version, versions_.size()});
}

bool row_versions::are_in(const result& second, const std::unordered_set<std::uint32_t>& relations) const {
    std::vector<bool> found(versions_.size());
    for (const version_row& row : second.rows<version_row>()) {
        const auto place = versions_.find(key{row.catalog, row.object, row.part});
        if (place != versions_.end() && place->second.text == row.version)
            found[place->second.number] = true;
    }
    return std::all_of(versions_.begin(), versions_.end(), [&](const auto& each) {
        return found[each.second.number] ||
               (each.first.catalog == "pg_attribute" && !relations.contains(each.first.object));
    });
}

} // namespace coropq::detail
