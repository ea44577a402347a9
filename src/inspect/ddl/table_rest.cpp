// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/table_rest.hpp"

#include "inspect/ddl/table_statements.hpp"
#include "inspect/sql_text.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace coropq::detail {

namespace {

using texts = std::vector<std::string>;

// --- triggers ---

std::string events_of(const reflected::trigger& trigger) {
    texts events;
    if (trigger.on_insert)
        events.emplace_back("insert");
    if (trigger.on_update)
        events.push_back("update" + (trigger.update_columns.empty() ? std::string()
                                                                    : " of " + quoted_names(trigger.update_columns)));
    if (trigger.on_delete)
        events.emplace_back("delete");
    if (trigger.on_truncate)
        events.emplace_back("truncate");
    std::string text;
    for (const std::string& event : events)
        text += (text.empty() ? "" : " or ") + event;
    return text;
}

std::string_view timing_text(reflected::trigger_timing timing) noexcept {
    switch (timing) {
    case reflected::trigger_timing::before: break;
    case reflected::trigger_timing::after: return "after";
    case reflected::trigger_timing::instead_of: return "instead of";
    }
    return "before";
}

} // namespace

std::string trigger_definition(const reflected::trigger& trigger, const std::string& table) {
    std::string text = std::string(timing_text(trigger.timing)) + ' ' + events_of(trigger);
    if (!table.empty())
        text += " on " + table;
    if (trigger.referred_table)
        text += " from " + quoted_name(*trigger.referred_table);
    if (trigger.deferrable)
        text += trigger.initially_deferred ? " deferrable initially deferred" : " deferrable";
    if (trigger.old_table || trigger.new_table)
        text += " referencing";
    if (trigger.old_table)
        text += " old table as " + quoted_name(*trigger.old_table);
    if (trigger.new_table)
        text += " new table as " + quoted_name(*trigger.new_table);
    text += std::string(" for each ") + (trigger.for_each_row ? "row" : "statement");
    if (trigger.condition)
        text += " when (" + *trigger.condition + ')';
    text += " execute function " + quoted_name(trigger.function) + '(';
    for (bool is_first = true; const std::string& argument : trigger.arguments)
        text += (std::exchange(is_first, false) ? "" : ", ") + quoted_literal(argument);
    return text + ')';
}

namespace {

std::string_view state_text(reflected::trigger_state state) noexcept {
    switch (state) {
    case reflected::trigger_state::origin: break;
    case reflected::trigger_state::disabled: return "disable trigger ";
    case reflected::trigger_state::replica: return "enable replica trigger ";
    case reflected::trigger_state::always: return "enable always trigger ";
    }
    return "enable trigger ";
}

void add_triggers(texts& to, const reflected::table& table, const std::string& quoted) {
    for (const reflected::trigger& trigger : table.triggers) {
        const std::string name = quoted_name(trigger.name);
        // One that a partitioned table hands down is there already.
        if (!trigger.parent)
            to.push_back(std::string("create ") + (trigger.constraint ? "constraint " : "") + "trigger " + name + ' ' +
                         trigger_definition(trigger, quoted));
        if (trigger.state != reflected::trigger_state::origin)
            to.push_back("alter table only " + quoted + ' ' + std::string(state_text(trigger.state)) + name);
        add_comment(to, "trigger " + name + " on " + quoted, trigger.comment);
    }
}

// --- row-level security ---

std::string_view command_text(reflected::policy_command command) noexcept {
    switch (command) {
    case reflected::policy_command::for_all: break;
    case reflected::policy_command::for_select: return "select";
    case reflected::policy_command::for_insert: return "insert";
    case reflected::policy_command::for_update: return "update";
    case reflected::policy_command::for_delete: return "delete";
    }
    return "all";
}

} // namespace

std::string policy_definition(const reflected::policy& policy) {
    std::string text = std::string(policy.permissive ? "" : "as restrictive ") + "for " +
                       std::string(command_text(policy.command)) + " to " +
                       (policy.roles.empty() ? std::string("public") : quoted_names(policy.roles));
    if (policy.using_expression)
        text += " using (" + *policy.using_expression + ')';
    if (policy.check_expression)
        text += " with check (" + *policy.check_expression + ')';
    return text;
}

namespace {

void add_row_security(texts& to, const reflected::table& table, const std::string& quoted) {
    if (table.relation.row_security)
        to.push_back("alter table " + quoted + " enable row level security");
    if (table.relation.force_row_security)
        to.push_back("alter table " + quoted + " force row level security");
    for (const reflected::policy& policy : table.policies) {
        const std::string on = quoted_name(policy.name) + " on " + quoted;
        to.push_back("create policy " + on + ' ' + policy_definition(policy));
        add_comment(to, "policy " + on, policy.comment);
    }
}

void add_replica_identity(texts& to, const reflected::table& table, const std::string& alter) {
    using reflected::relation_kind;
    using reflected::replica_identity;
    // The others have none, which can't be set.
    if (table.relation.kind == relation_kind::view || table.relation.kind == relation_kind::foreign_table)
        return;
    if (table.relation.replica_identity == replica_identity::nothing)
        to.push_back(alter + "replica identity nothing");
    if (table.relation.replica_identity == replica_identity::all_columns)
        to.push_back(alter + "replica identity full");
    for (const reflected::index& index : table.indexes)
        if (index.replica_identity)
            to.push_back(alter + "replica identity using index " + quoted_name(index.name));
}

// --- comments ---

template <typename Constraints>
void add_comments(texts& to, const Constraints& constraints, const std::string& quoted) {
    for (const auto& constraint : constraints)
        add_comment(to, "constraint " + quoted_name(constraint.name) + " on " + quoted, constraint.comment);
}

void add_all_comments(texts& to, const reflected::table& table, const std::string& quoted) {
    add_comment(to, std::string(kind_text(table.relation.kind)) + ' ' + quoted, table.relation.comment);
    for (const reflected::column& column : table.columns)
        add_comment(to, "column " + quoted + '.' + quoted_name(column.name), column.comment);
    if (table.primary_key)
        add_comments(to, std::vector{*table.primary_key}, quoted);
    add_comments(to, table.foreign_keys, quoted);
    add_comments(to, table.unique_constraints, quoted);
    add_comments(to, table.check_constraints, quoted);
    add_comments(to, table.exclusion_constraints, quoted);
    for (const reflected::index& index : table.indexes)
        add_comment(to, "index " + quoted_name({table.relation.schema, index.name}), index.comment);
}

} // namespace

void add_comment(texts& to, const std::string& what, const std::optional<std::string>& comment) {
    if (comment)
        to.push_back("comment on " + what + " is " + quoted_literal(*comment));
}

void add_privileges(texts& to, texts& omitted, const std::string& what, const std::string& owner,
                    const std::vector<reflected::privilege>& privileges) {
    const auto role_text = [](const std::optional<std::string>& role) {
        return role ? quoted_name(*role) : std::string("public");
    };
    to.push_back("revoke all on " + what + " from public, " + quoted_name(owner));
    // What goes to the same role in the same way, in one statement.
    std::map<std::pair<std::string, bool>, std::string> grants;
    for (const reflected::privilege& privilege : privileges) {
        if (privilege.grantor != owner)
            omitted.push_back("who granted " + privilege.name + " on " + what + " to " + role_text(privilege.grantee) +
                              ": it is granted by the owner");
        std::string& list = grants[{role_text(privilege.grantee), privilege.grantable}];
        list += (list.empty() ? "" : ", ") + privilege.name +
                (privilege.column ? " (" + quoted_name(*privilege.column) + ')' : std::string());
    }
    for (const auto& [to_whom, list] : grants)
        to.push_back("grant " + list + " on " + what + " to " + to_whom.first +
                     (to_whom.second ? " with grant option" : ""));
}

void add_table_rest(texts& to, texts& omitted, const reflected::table& table, const ddl_options& options) {
    const reflected::relation& relation = table.relation;
    const std::string quoted = quoted_name({relation.schema, relation.name});
    const std::string alter = "alter " + std::string(kind_text(relation.kind)) + ' ';
    for (const reflected::index& index : table.indexes)
        if (index.clustered)
            to.push_back(alter + quoted + " cluster on " + quoted_name(index.name));
    add_replica_identity(to, table, alter + quoted + ' ');
    add_row_security(to, table, quoted);
    add_triggers(to, table, quoted);
    if (options.owners())
        to.push_back(alter + quoted + " owner to " + quoted_name(relation.owner));
    if (options.privileges())
        add_privileges(to, omitted, quoted, relation.owner, table.privileges);
    add_all_comments(to, table, quoted);
}

} // namespace coropq::detail
