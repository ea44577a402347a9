// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/privileges.hpp"

#include "inspect/catalog.hpp"
#include "inspect/held_privileges.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;
using reflected::privilege;

/// A row of `privileges_query`: one for each privilege, in any order. There is one without a grantor for each relation
/// about which nobody has any.
struct privilege_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    int position = 0; ///< Of the column; 0: the whole relation.
    std::optional<std::string_view> column_name;
    std::optional<std::string_view> grantee;
    std::optional<std::string_view> name;
    bool is_grantable = false;
    std::optional<std::string_view> grantor;
};
BOOST_DESCRIBE_STRUCT(privilege_row, (),
                      (relation, schema_name, relation_name, position, column_name, grantee, name, is_grantable,
                       grantor))

std::string outputs(std::string_view position, std::string_view column) {
    return "select r.relation, cast(r.schema_name as text) as schema_name, "
           "cast(r.relation_name as text) as relation_name, cast(" +
           std::string(position) + " as integer) as position, cast(" + std::string(column) +
           " as text) as column_name, " + std::string(grantee_name) +
           " as grantee, x.privilege_type as name, coalesce(x.is_grantable, false) as is_grantable, case when "
           "x.grantor is not null then " +
           std::string(grantor_name) + " end as grantor from chosen r ";
}

asio::awaitable<by_relation<std::vector<privilege>>> read_privileges(catalog::pointer source,
                                                                     relation_selection selection) {
    const result rows = co_await read_catalog(std::move(source), privileges_query(selection));
    co_return privileges_from(rows);
}

} // namespace

// A column without a list of its own has no privileges of its own.
statement privileges_query(const relation_selection& selection, found_by way) {
    return detail::bind(
        "with chosen as (" + selected_relations(selection, way) + ") " + outputs("0", "null") +
            "left join pg_catalog.pg_class c on c.oid = r.relation left join lateral "
            "pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) x on true" +
            std::string(grant_roles_joins) + "union all " + outputs("a.attnum", "a.attname") +
            "join pg_catalog.pg_attribute a on a.attrelid = r.relation and a.attacl is not null "
            "and not a.attisdropped cross join lateral pg_catalog.aclexplode(a.attacl) x" +
            std::string(grant_roles_joins),
        selection);
}

by_relation<std::vector<privilege>> privileges_from(const result& rows) {
    // Those about the whole first, then column by column.
    relation_groups<std::map<int, std::vector<privilege>>> groups;
    for (const privilege_row& row : rows.rows<privilege_row>()) {
        std::map<int, std::vector<privilege>>& all = groups.of(row.relation, row.schema_name, row.relation_name);
        if (!row.name || !row.grantor)
            continue;
        privilege& found = all[row.position].emplace_back();
        found.grantee = copy(row.grantee);
        found.name = *row.name;
        found.grantable = row.is_grantable;
        found.grantor = *row.grantor;
        found.column = copy(row.column_name);
    }
    by_relation<std::vector<privilege>> sorted;
    for (auto& [name, of_columns] : groups.take([](std::uint32_t, std::map<int, std::vector<privilege>>&) {})) {
        std::vector<privilege>& all = sorted[name];
        for (auto& [position, some] : of_columns) {
            sort_privileges(some);
            all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
        }
    }
    return sorted;
}

} // namespace detail

asio::awaitable<std::vector<reflected::privilege>> inspector::privileges(std::string table,
                                                                         std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_privileges(catalog_, detail::named_relation(table, schema)), table,
                                 schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::privilege>>>
inspector::privileges(relation_selection selection) const {
    return detail::read_privileges(catalog_, std::move(selection));
}

} // namespace coropq
