// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/policies.hpp"

#include "inspect/catalog.hpp"
#include "inspect/locking_texts.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/snapshot_reading.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

/// A row of `policies_query`: one for each policy, in any order. `oid` is 0 when the relation has none.
struct policy_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::uint32_t oid = 0;
    std::string_view name;
    bool is_permissive = false;
    std::string_view command;
    bool is_for_all_roles = false;
    std::vector<std::string> roles;
    bool has_using = false;
    bool has_check = false;
    std::optional<std::string_view> using_text;
    std::optional<std::string_view> check_text;
    std::optional<std::string_view> comment;
};
BOOST_DESCRIBE_STRUCT(policy_row, (),
                      (relation, schema_name, relation_name, oid, name, is_permissive, command, is_for_all_roles, roles,
                       has_using, has_check, using_text, check_text, comment))

// Role 0 is everybody. A subquery is a SubLink in the tree of an expression (src/include/nodes/primnodes.h of
// PostgreSQL); a name can't look like that, as its brace would have a backslash in front.
constexpr std::string_view outputs =
    "select r.relation, cast(r.schema_name as text) as schema_name, cast(r.relation_name as text) as relation_name, "
    "coalesce(p.oid, 0) as oid, coalesce(cast(p.polname as text), '') as name, "
    "coalesce(p.polpermissive, true) as is_permissive, coalesce(cast(p.polcmd as text), '') as command, "
    "coalesce(0 = any (p.polroles), false) as is_for_all_roles, array(select cast(u.rolname as text) "
    "from pg_catalog.pg_roles u where u.oid = any (p.polroles)) as roles, "
    "p.polqual is not null as has_using, p.polwithcheck is not null as has_check, "
    "case when pg_catalog.strpos(cast(p.polqual as text), '{SUBLINK ') > 0 then '' "
    "else pg_catalog.pg_get_expr(p.polqual, p.polrelid) end as using_text, "
    "case when pg_catalog.strpos(cast(p.polwithcheck as text), '{SUBLINK ') > 0 then '' "
    "else pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) end as check_text, ds.description as comment "
    "from chosen r left join pg_catalog.pg_policy p on p.polrelid = r.relation "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_policy' as pg_catalog.regclass) "
    "and ds.objoid = p.oid and ds.objsubid = 0";

reflected::policy_command command_of(std::string_view code) {
    if (code == "r")
        return reflected::policy_command::for_select;
    if (code == "a")
        return reflected::policy_command::for_insert;
    if (code == "w")
        return reflected::policy_command::for_update;
    return code == "d" ? reflected::policy_command::for_delete : reflected::policy_command::for_all;
}

// Nothing if a part of it is gone: then the relation is, too.
std::optional<reflected::policy> policy_from(policy_row& row) {
    if ((row.has_using && !row.using_text) || (row.has_check && !row.check_text) ||
        (row.roles.empty() && !row.is_for_all_roles))
        return std::nullopt;
    reflected::policy found;
    found.oid = row.oid;
    found.name = row.name;
    found.permissive = row.is_permissive;
    found.command = command_of(row.command);
    found.roles = std::move(row.roles);
    std::sort(found.roles.begin(), found.roles.end());
    found.using_expression = copy(row.using_text);
    found.check_expression = copy(row.check_text);
    found.comment = copy(row.comment);
    return found;
}

bool is_unread(const reflected::policy& policy) {
    return policy.using_expression == "" || policy.check_expression == "";
}

// False if something has vanished.
asio::awaitable<bool> read_subqueries(catalog::pointer source,
                                      reflected::by_relation<std::vector<reflected::policy>>& found) {
    std::vector<reflected::policy*> unread;
    for (auto& [name, all] : found)
        add_unread(unread, all);
    if (unread.empty())
        co_return true;
    const bool within = co_await source->is_in_transaction();
    pipeline work(pipeline_mode::isolated);
    for (const reflected::policy* each : unread)
        work.execute(policy_expressions_query(each->oid, within));
    const pipeline_results texts = co_await read_locking(source, std::move(work), within);
    if (has_stumbled(texts, within))
        co_return false;
    bool is_complete = true;
    for (std::size_t i = 0; i != unread.size(); ++i)
        is_complete = take_policy_expressions(*unread[i], texts.outcome(i).output) && is_complete;
    co_return is_complete;
}

asio::awaitable<reflected::by_relation<std::vector<reflected::policy>>> read_policies(catalog::pointer source,
                                                                                      relation_selection selection) {
    for (int attempt = 1;; ++attempt) {
        reflected::by_relation<std::vector<reflected::policy>> found =
            co_await read_catalog(source, policies_query(selection), &policies_from);
        const bool is_complete = co_await read_subqueries(source, found);
        if (!is_complete && attempt != catalog_attempts)
            continue;
        for (auto& [name, all] : found)
            leave_out_unread(all);
        co_return found;
    }
}

} // namespace

void add_unread(std::vector<reflected::policy*>& to, std::vector<reflected::policy>& all) {
    for (reflected::policy& each : all)
        if (is_unread(each))
            to.push_back(&each);
}

statement policy_expressions_query(std::uint32_t policy, bool within) {
    return statement("select " + without_waiting("pg_catalog.pg_get_expr(p.polqual, p.polrelid)", within) + ", " +
                         without_waiting("pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)", within) +
                         " from pg_catalog.pg_policy p where p.oid = cast(cast($1 as text) as pg_catalog.oid)",
                     std::to_string(policy));
}

bool take_policy_expressions(reflected::policy& to, const result& rows) {
    if (rows.empty())
        return false;
    auto using_text = rows[0][0].as<std::optional<std::string>>();
    auto check_text = rows[0][1].as<std::optional<std::string>>();
    if (using_text.has_value() != to.using_expression.has_value() ||
        check_text.has_value() != to.check_expression.has_value())
        return false;
    to.using_expression = std::move(using_text);
    to.check_expression = std::move(check_text);
    return true;
}

void leave_out_unread(std::vector<reflected::policy>& all) { std::erase_if(all, &is_unread); }

statement policies_query(const relation_selection& selection, found_by way) {
    return detail::bind("with chosen as (" + selected_relations(selection, way) + ") " + std::string(outputs),
                        selection);
}

reflected::by_relation<std::vector<reflected::policy>> policies_from(const result& rows, bool& is_complete) {
    relation_groups<std::vector<reflected::policy>> groups;
    for (policy_row row : rows.rows<policy_row>()) {
        std::vector<reflected::policy>& all = groups.of(row.relation, row.schema_name, row.relation_name);
        if (row.oid == 0)
            continue;
        if (std::optional<reflected::policy> found = policy_from(row))
            all.push_back(std::move(*found));
        else
            groups.leave_out(row.relation);
    }
    is_complete = is_complete && !groups.has_left_out();
    return groups.take([](std::uint32_t, std::vector<reflected::policy>& all) {
        std::sort(all.begin(), all.end(),
                  [](const reflected::policy& a, const reflected::policy& b) { return a.name < b.name; });
    });
}

} // namespace detail

asio::awaitable<std::vector<reflected::policy>> inspector::policies(std::string table,
                                                                    std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_policies(catalog_, detail::named_relation(table, schema)), table, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::policy>>>
inspector::policies(relation_selection selection) const {
    return detail::read_policies(catalog_, std::move(selection));
}

} // namespace coropq
