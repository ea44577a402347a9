// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/table_statements.hpp"

#include "inspect/ddl/clauses.hpp"
#include "inspect/ddl/storage.hpp"
#include "inspect/ddl/table_rest.hpp"
#include "inspect/sql_text.hpp"

#include <algorithm>
#include <utility>

namespace coropq::detail {

namespace {

using reflected::relation_kind;

template <typename T>
const T* named(const std::vector<T>& all, const std::string& name) {
    const auto place = std::find_if(all.begin(), all.end(), [&](const T& each) { return each.name == name; });
    return place == all.end() ? nullptr : &*place;
}

class writer {
public:
    writer(const reflected::table& table, const ddl_options& options,
           const reflected::by_relation<reflected::table>& others)
        : table_(table)
        , relation_(table.relation)
        , options_(options)
        , name_{relation_.schema, relation_.name}
        , quoted_(quoted_name(name_))
        , is_temporary_(relation_.persistence == reflected::persistence::temporary) {
        for (const reflected::qualified_name& parent : relation_.options.parents) {
            const auto place = others.find(parent);
            if (place != others.end())
                parents_.push_back(&place->second);
        }
    }

    table_statements write() && {
        if (is_view())
            write_view();
        else if (relation_.kind == relation_kind::foreign_table && !relation_.options.server)
            omit("the foreign table " + quoted_ + ": its server isn't known");
        else if (relation_.kind == relation_kind::partitioned_table && !relation_.partition_key)
            omit("the partitioned table " + quoted_ + ": its partition key isn't known");
        else
            write_table();
        return std::move(to_);
    }

private:
    bool is_view() const noexcept {
        return relation_.kind == relation_kind::view || relation_.kind == relation_kind::materialized_view;
    }

    void omit(std::string what) { to_.omitted.push_back(std::move(what)); }
    std::string alter(bool only = false) const {
        return "alter " + std::string(kind_text(relation_.kind)) + ' ' + (only ? "only " : "") + quoted_ + ' ';
    }
    std::string tablespace() const {
        return options_.tablespaces() && relation_.options.tablespace
                   ? " tablespace " + quoted_name(*relation_.options.tablespace)
                   : std::string();
    }
    std::string access_method() const {
        const std::optional<std::string>& method = relation_.options.access_method;
        return method && *method != "heap" ? " using " + quoted_name(*method) : std::string();
    }
    std::string storage_parameters() const {
        std::vector<std::string> all = relation_.options.storage_parameters;
        for (const std::string& parameter : relation_.options.toast_parameters)
            all.push_back("toast." + parameter);
        return quoted_options("with", all);
    }

    // --- views ---

    void write_view() {
        if (!table_.view_definition) {
            omit("the view " + quoted_ + ": its definition isn't known");
            return;
        }
        std::string definition = *table_.view_definition;
        while (definition.ends_with(';') || definition.ends_with('\n'))
            definition.pop_back();
        const bool is_materialized = relation_.kind == relation_kind::materialized_view;
        to_.create.push_back("create " + std::string(is_temporary_ ? "temporary " : "") +
                             std::string(kind_text(relation_.kind)) + ' ' + quoted_ + access_method() +
                             storage_parameters() + tablespace() + " as\n" + definition +
                             (is_materialized && !relation_.populated ? "\nwith no data" : ""));
        for (const reflected::column& column : table_.columns)
            if (column.default_value)
                to_.create.push_back(alter() + "alter column " + quoted_name(column.name) + " set default " +
                                     *column.default_value);
        write_storage();
        write_indexes();
        add_table_rest(to_.rest, to_.omitted, table_, options_);
    }

    // --- tables ---

    void write_table() {
        const bool inherits = is_inherited_at_once();
        std::vector<std::string> lines;
        for (const reflected::column& column : table_.columns)
            if (!inherits || column.local)
                lines.push_back(column_definition(column, is_temporary_));
        for (const reflected::check_constraint& check : table_.check_constraints)
            if (!is_given_by_parent(check, inherits) && check.validated)
                lines.push_back(check_definition(check));
        write_keys(lines);

        std::string text = "create " + std::string(is_temporary_ ? "temporary " : "") +
                           (relation_.persistence == reflected::persistence::unlogged ? "unlogged " : "") +
                           std::string(kind_text(relation_.kind)) + ' ' + quoted_ + " (";
        for (std::size_t i = 0; i != lines.size(); ++i)
            text += (i == 0 ? "\n    " : ",\n    ") + lines[i];
        text += lines.empty() ? ")" : "\n)";
        if (inherits)
            text += " inherits (" + parents_text() + ')';
        if (relation_.partition_key)
            text += partition_clause(*relation_.partition_key);
        if (relation_.options.server)
            text += " server " + quoted_name(*relation_.options.server) +
                    foreign_options_clause(relation_.options.foreign_options);
        to_.create.push_back(text + access_method() + storage_parameters() + tablespace());
        if (relation_.options.of_type)
            to_.create.push_back(alter() + "of " + quoted_name(*relation_.options.of_type));

        if (inherits)
            write_changes_of_inherited();
        else
            write_attachment();
        write_late_checks(inherits);
        write_storage();
        write_indexes();
        for (const reflected::foreign_key& key : table_.foreign_keys)
            to_.foreign_keys.push_back(alter() + "add " + foreign_key_definition(key));
        add_table_rest(to_.rest, to_.omitted, table_, options_);
    }

    void write_storage() {
        if (relation_.kind == relation_kind::view)
            return;
        for (const reflected::column& column : table_.columns)
            for (const std::string& change : storage_changes(column))
                to_.create.push_back(alter(relation_.kind != relation_kind::materialized_view) + change);
    }

    std::string parents_text() const {
        std::string list;
        for (const reflected::qualified_name& parent : relation_.options.parents)
            list += (list.empty() ? "" : ", ") + quoted_name(parent);
        return list;
    }

    // What is only there because a parent has it is made by `inherits`, but not by `alter table … inherit`, which keeps
    // the order of the columns.
    bool is_inherited_at_once() {
        if (relation_.is_partition || relation_.options.parents.empty())
            return false;
        if (std::all_of(table_.columns.begin(), table_.columns.end(),
                        [](const reflected::column& column) { return column.local; }) &&
            std::none_of(table_.check_constraints.begin(), table_.check_constraints.end(),
                         [](const reflected::check_constraint& check) { return check.inherited; }))
            return false;
        if (has_order_of_parents())
            return true;
        omit("the table " + quoted_ +
             ": what it inherits is made as its own, because its columns are in another order "
             "than its parents'");
        return false;
    }

    bool has_order_of_parents() const {
        std::vector<std::string> merged;
        for (const reflected::table* parent : parents_)
            for (const reflected::column& column : parent->columns)
                if (std::find(merged.begin(), merged.end(), column.name) == merged.end())
                    merged.push_back(column.name);
        if (parents_.size() != relation_.options.parents.size()) {
            merged.clear();
            for (const reflected::column& column : table_.columns)
                if (column.inherited_count != 0)
                    merged.push_back(column.name);
        }
        return merged.size() <= table_.columns.size() &&
               std::equal(merged.begin(), merged.end(), table_.columns.begin(),
                          [](const std::string& name, const reflected::column& column) { return name == column.name; });
    }

    // Columns that aren't written come with the parent's default, and may be NULL if that of the parent may.
    void write_changes_of_inherited() {
        for (const reflected::column& column : table_.columns) {
            const std::string change = alter(true) + "alter column " + quoted_name(column.name);
            if (column.inherited_count == 0 || column.generated || column.identity)
                continue;
            if (!column.default_value)
                to_.create.push_back(change + " drop default");
            if (column.local)
                continue;
            if (column.default_value)
                to_.create.push_back(change + " set default " + *column.default_value);
            if (!column.nullable)
                to_.create.push_back(change + " set not null");
        }
    }

    void write_attachment() {
        for (const reflected::qualified_name& parent : relation_.options.parents) {
            if (relation_.is_partition)
                to_.attach.push_back("alter table " + quoted_name(parent) + " attach partition " + quoted_ + ' ' +
                                     relation_.partition_bound.value_or("default"));
            else
                to_.attach.push_back(alter() + "inherit " + quoted_name(parent));
        }
    }

    // --- constraints and indexes ---

    const reflected::check_constraint* late_check_of_parent(const reflected::check_constraint& check) const {
        for (const reflected::table* parent : parents_) {
            const reflected::check_constraint* above = named(parent->check_constraints, check.name);
            if (above != nullptr && !above->validated)
                return above;
        }
        return nullptr;
    }

    // By `inherits`, or by the parent's `alter table`, which adds it to children as well.
    bool is_given_by_parent(const reflected::check_constraint& check, bool inherits) const {
        return check.inherited && (inherits || late_check_of_parent(check) != nullptr);
    }

    // In `create table`, a constraint is always valid.
    void write_late_checks(bool inherits) {
        for (const reflected::check_constraint& check : table_.check_constraints) {
            if (is_given_by_parent(check, inherits)) {
                if (check.validated && late_check_of_parent(check) != nullptr)
                    to_.checks.push_back(alter() + "validate constraint " + quoted_name(check.name));
            } else if (!check.validated) {
                // Alone, it is needed before it is attached.
                std::vector<std::string>& where = parents_.empty() && !to_.attach.empty() ? to_.create : to_.checks;
                where.push_back(alter() + "add " + check_definition(check));
            }
        }
    }

    const reflected::index* index_of(const std::string& constraint) const {
        const auto place = std::find_if(table_.indexes.begin(), table_.indexes.end(),
                                        [&](const reflected::index& index) { return index.constraint == constraint; });
        return place == table_.indexes.end() ? nullptr : &*place;
    }

    void write_keys(std::vector<std::string>& lines) const {
        const bool placed = options_.tablespaces();
        if (const auto& key = table_.primary_key)
            lines.push_back(key_definition(*key, true, index_of(key->name), placed));
        for (const reflected::unique_constraint& key : table_.unique_constraints)
            lines.push_back(key_definition(key, false, index_of(key.name), placed));
        for (const reflected::exclusion_constraint& exclusion : table_.exclusion_constraints)
            lines.push_back(exclusion_definition(exclusion, index_of(exclusion.name), placed));
    }

    void write_indexes() {
        const bool is_partitioned = relation_.kind == relation_kind::partitioned_table;
        for (const reflected::index& index : table_.indexes) {
            if (!index.valid && !is_partitioned)
                omit("the index " + quoted_name({relation_.schema, index.name}) + ": it is valid, which it wasn't");
            if (index.role != reflected::index_role::none)
                continue;
            // One that not all partitions have, which would be given it otherwise.
            const bool is_only_here = is_partitioned && !index.valid;
            (is_only_here ? to_.checks : to_.create)
                .push_back(index_statement(index, name_, is_only_here, options_.tablespaces()));
            if (index.parent && is_only_there(*index.parent))
                to_.checks.push_back("alter index " + quoted_name(*index.parent) + " attach partition " +
                                     quoted_name({relation_.schema, index.name}));
        }
    }

    bool is_only_there(const reflected::qualified_name& index) const {
        return std::any_of(parents_.begin(), parents_.end(), [&](const reflected::table* parent) {
            const reflected::index* found =
                parent->relation.schema == index.schema ? parent->find_index(index.name) : nullptr;
            return found != nullptr && !found->valid;
        });
    }

    const reflected::table& table_;
    const reflected::relation& relation_;
    const ddl_options& options_;
    reflected::qualified_name name_;
    std::string quoted_;
    bool is_temporary_;
    std::vector<const reflected::table*> parents_; ///< Those that the same script makes.
    table_statements to_;
};

} // namespace

std::string_view kind_text(relation_kind kind) noexcept {
    switch (kind) {
    case relation_kind::foreign_table: return "foreign table";
    case relation_kind::view: return "view";
    case relation_kind::materialized_view: return "materialized view";
    case relation_kind::table:
    case relation_kind::partitioned_table: break;
    }
    return "table";
}

table_statements statements_of(const reflected::table& table, const ddl_options& options,
                               const reflected::by_relation<reflected::table>& others) {
    return writer(table, options, others).write();
}

} // namespace coropq::detail
