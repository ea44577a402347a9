// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/held_privileges.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace coropq::detail {

// A list may mention roles that don't exist any more: they have no name but what the server makes of their OID.
constexpr std::string_view grantee_name = "case when x.grantee <> 0 then coalesce(cast(x_to.rolname as text), "
                                          "cast(pg_catalog.pg_get_userbyid(x.grantee) as text)) end";
constexpr std::string_view grantor_name =
    "coalesce(cast(x_by.rolname as text), cast(pg_catalog.pg_get_userbyid(x.grantor) as text))";
constexpr std::string_view grant_roles_joins = " left join pg_catalog.pg_roles x_to on x_to.oid = x.grantee "
                                               "left join pg_catalog.pg_roles x_by on x_by.oid = x.grantor ";

constexpr std::string_view held_privileges_columns =
    "held.grantees, held.privilege_names, held.privileges_grantable, held.grantors";

std::string held_privileges_join(std::string_view list, char object_class, std::string_view owner) {
    return " left join lateral (select pg_catalog.array_agg(" + std::string(grantee_name) +
           ") as grantees, pg_catalog.array_agg(x.privilege_type) as privilege_names, "
           "pg_catalog.array_agg(x.is_grantable) as privileges_grantable, pg_catalog.array_agg(" +
           std::string(grantor_name) + ") as grantors from pg_catalog.aclexplode(coalesce(" + std::string(list) +
           ", pg_catalog.acldefault('" + object_class + "', " + std::string(owner) + "))) x" +
           std::string(grant_roles_joins) + ") held on true ";
}

void sort_privileges(std::vector<reflected::privilege>& all) {
    std::sort(all.begin(), all.end(), [](const reflected::privilege& a, const reflected::privilege& b) {
        return std::tie(a.grantee, a.name, a.grantor) < std::tie(b.grantee, b.name, b.grantor);
    });
}

std::vector<reflected::privilege> privileges_of(held_privileges_row row) {
    std::vector<reflected::privilege> all;
    if (!row.grantees || !row.privilege_names || !row.privileges_grantable || !row.grantors)
        return all;
    for (std::size_t i = 0; i != row.grantees->size(); ++i) {
        reflected::privilege& found = all.emplace_back();
        found.grantee = std::move(row.grantees->at(i));
        found.name = std::move(row.privilege_names->at(i));
        found.grantable = row.privileges_grantable->at(i);
        found.grantor = std::move(row.grantors->at(i));
    }
    sort_privileges(all);
    return all;
}

} // namespace coropq::detail
