// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/privileges.hpp"

#include "inspect/catalog.hpp"
#include "inspect/held_privileges.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <cstdint>
#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;
using reflected::privilege;

/// A row of `privileges_query`, in any order: one for each list of a relation or a column, or one for each privilege in
/// a list, which has no relation then. Many have the same list.
struct privilege_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    int position = 0; ///< Of the column; 0: the whole relation.
    std::optional<std::string_view> column_name;
    std::int64_t list = 0; ///< 0: none.
    std::optional<std::string_view> grantee;
    std::string_view name;
    bool is_grantable = false;
    std::string_view grantor;
};
BOOST_DESCRIBE_STRUCT(privilege_row, (),
                      (relation, schema_name, relation_name, position, column_name, list, grantee, name, is_grantable,
                       grantor))

constexpr std::string_view whole_relations =
    "select r.relation, r.schema_name, r.relation_name, 0 as position, cast(null as text) as column_name, "
    "coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner)) as list "
    "from chosen r left join pg_catalog.pg_class c on c.oid = r.relation";

// A column without a list of its own has no privileges of its own.
constexpr std::string_view columns =
    " union all select r.relation, r.schema_name, r.relation_name, cast(a.attnum as integer), "
    "cast(a.attname as text), a.attacl from chosen r join pg_catalog.pg_attribute a on a.attrelid = r.relation "
    "and a.attacl is not null and not a.attisdropped";

asio::awaitable<by_relation<std::vector<privilege>>> read_privileges(catalog::pointer source,
                                                                     relation_selection selection) {
    const result rows = co_await read_catalog(std::move(source), privileges_query(selection, true));
    co_return privileges_from(rows);
}

} // namespace

statement privileges_query(const relation_selection& selection, bool with_columns, found_by way) {
    return detail::bind(
        "with chosen as (" + selected_relations(selection, way) + "), held as materialized (" +
            std::string(whole_relations) + (with_columns ? std::string(columns) : std::string()) +
            "), lists as materialized (select pg_catalog.row_number() over () as number, d.list "
            "from (select distinct h.list from held h where h.list is not null) d) "
            "select h.relation, cast(h.schema_name as text) as schema_name, "
            "cast(h.relation_name as text) as relation_name, h.position, h.column_name, "
            "coalesce(l.number, 0) as list, cast(null as text) as grantee, '' as name, false as is_grantable, "
            "'' as grantor from held h left join lists l on l.list = h.list "
            "union all select 0, '', '', 0, null, l.number, " +
            std::string(grantee_name) + ", x.privilege_type, x.is_grantable, " + std::string(grantor_name) +
            " from lists l cross join lateral pg_catalog.aclexplode(l.list) x" + std::string(grant_roles_joins),
        selection);
}

by_relation<std::vector<privilege>> privileges_from(const result& rows) {
    std::unordered_map<std::int64_t, std::vector<privilege>> lists;
    for (const privilege_row& row : rows.rows<privilege_row>()) {
        if (row.relation != 0)
            continue;
        privilege& found = lists[row.list].emplace_back();
        found.grantee = copy(row.grantee);
        found.name = row.name;
        found.grantable = row.is_grantable;
        found.grantor = row.grantor;
    }
    for (auto& [number, list] : lists)
        sort_privileges(list);
    // Those about the whole first, then column by column.
    relation_groups<std::map<int, std::vector<privilege>>> groups;
    for (const privilege_row& row : rows.rows<privilege_row>()) {
        if (row.relation == 0)
            continue;
        std::map<int, std::vector<privilege>>& all = groups.of(row.relation, row.schema_name, row.relation_name);
        const auto place = lists.find(row.list);
        if (place == lists.end())
            continue;
        std::vector<privilege>& list = all[row.position] = place->second;
        for (privilege& each : list)
            each.column = copy(row.column_name);
    }
    by_relation<std::vector<privilege>> sorted;
    for (auto& [name, of_columns] : groups.take([](std::uint32_t, std::map<int, std::vector<privilege>>&) {})) {
        std::vector<privilege>& all = sorted[name];
        for (auto& [position, some] : of_columns)
            all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
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
