// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Tables as one value, and what can be looked up in them.

#include "error/diagnostics_fields.hpp"
#include "error/near_names.hpp"
#include "inspect/catalog.hpp"
#include "inspect/checks.hpp"
#include "inspect/columns.hpp"
#include "inspect/columns_query.hpp"
#include "inspect/constraints_query.hpp"
#include "inspect/foreign_keys.hpp"
#include "inspect/indexes.hpp"
#include "inspect/indexes_query.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/relations.hpp"
#include "inspect/relations_query.hpp"
#include "inspect/selection_text.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/sql_text.hpp"

#include <coropq/error.hpp>
#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/pipeline.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;
using tables = by_relation<reflected::table>;

constexpr int attempts = 10;

/// The statements in one pipeline: those of the single functions. In a transaction of somebody, that is what they see;
/// otherwise they are a transaction with one snapshot.
class table_pipeline {
public:
    table_pipeline(const relation_selection& selection, bool within) : work_(pipeline_mode::isolated) {
        if (!within)
            work_.execute("begin isolation level repeatable read, read only");
        first_ = work_.size();
        work_.execute(relations_query(selection));
        work_.execute(columns_query(selection));
        work_.execute(indexes_query(selection, std::nullopt));
        work_.execute(foreign_keys_query(selection));
        work_.execute(checks_query(selection));
        if (!within)
            work_.execute("commit");
    }

    const pipeline& work() const noexcept { return work_; }

    tables read(const pipeline_results& answers, bool& is_complete) const {
        std::size_t next = first_;
        const auto answer = [&]() -> const result& { return answers.outcome(next++).output; };
        tables found;
        for (auto& [name, relation] : relations_from(answer(), is_complete))
            found[name].relation = std::move(relation);
        move_to(found, columns_from(answer(), is_complete), &reflected::table::columns, is_complete);
        add_indexes(found, indexes_from(answer(), is_complete));
        move_to(found, foreign_keys_from(answer(), is_complete), &reflected::table::foreign_keys, is_complete);
        move_to(found, checks_from(answer(), is_complete), &reflected::table::check_constraints, is_complete);
        return found;
    }

private:
    // Tables without an entry have lost something, and are left out.
    template <typename T>
    static void move_to(tables& all, by_relation<T> parts, T reflected::table::*member, bool& is_complete) {
        for (auto each = all.begin(); each != all.end();) {
            const auto part = parts.find(each->first);
            if (part == parts.end()) {
                is_complete = false;
                each = all.erase(each);
                continue;
            }
            each->second.*member = std::move(part->second);
            ++each;
        }
    }

    static void add_indexes(tables& all, by_relation<std::vector<index_of_constraint>> parts) {
        for (auto& [name, indexes] : parts) {
            const auto place = all.find(name);
            if (place == all.end())
                continue;
            reflected::table& table = place->second;
            for (index_of_constraint& each : indexes) {
                switch (each.index.role) {
                case reflected::index_role::primary_key: table.primary_key = key_of(each); break;
                case reflected::index_role::unique_constraint: table.unique_constraints.push_back(key_of(each)); break;
                case reflected::index_role::exclusion_constraint:
                    table.exclusion_constraints.push_back(exclusion_of(each));
                    break;
                case reflected::index_role::none: break;
                }
                table.indexes.push_back(std::move(each.index));
            }
            const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
            std::sort(table.unique_constraints.begin(), table.unique_constraints.end(), by_name);
            std::sort(table.exclusion_constraints.begin(), table.exclusion_constraints.end(), by_name);
        }
    }

    pipeline work_;
    std::size_t first_ = 0;
};

bool has_definition(const reflected::relation& relation) {
    return relation.kind == reflected::relation_kind::view ||
           relation.kind == reflected::relation_kind::materialized_view;
}

// Whether what failed first has stumbled over something that vanished. Throws other errors.
bool has_stumbled(const pipeline_results& answers, bool within) {
    for (std::size_t i = 0; i != answers.size(); ++i) {
        const stage_outcome& each = answers.outcome(i);
        if (each.status != stage_status::failed)
            continue;
        if (!within && is_about_what_vanished(each.error))
            return true;
        break;
    }
    throw_if_failed(answers);
    return false;
}

// Each in a transaction of its own: the server locks what a view is made of until the end of the transaction, and with
// several of them it would come into the way of those who lock them in another order.
asio::awaitable<bool> read_view_definitions(catalog::pointer source, tables& found, bool within) {
    pipeline work(pipeline_mode::isolated);
    std::vector<reflected::table*> views;
    for (auto& [name, table] : found) {
        if (!has_definition(table.relation))
            continue;
        views.push_back(&table);
        work.execute(view_definition_query(table.relation.oid));
    }
    if (views.empty())
        co_return true;
    const pipeline_results answers = co_await source->run_pipeline(std::move(work));
    if (has_stumbled(answers, within))
        co_return false;
    bool is_complete = true;
    for (std::size_t i = 0; i != views.size(); ++i) {
        views[i]->view_definition = answers.outcome(i).output[0][0].as<std::optional<std::string>>();
        is_complete = is_complete && views[i]->view_definition;
    }
    co_return is_complete;
}

asio::awaitable<tables> read_tables(catalog::pointer source, relation_selection selection) {
    const bool within = co_await source->is_in_transaction();
    const table_pipeline statements(selection, within);
    for (int attempt = 1;; ++attempt) {
        const pipeline_results answers = co_await source->run_pipeline(statements.work());
        if (has_stumbled(answers, within) && attempt != attempts)
            continue;
        throw_if_failed(answers);
        bool is_complete = true;
        tables found = statements.read(answers, is_complete);
        if (is_complete)
            is_complete = co_await read_view_definitions(source, found, within);
        if (is_complete || attempt == attempts)
            co_return found;
    }
}

template <typename T>
const T* find(const std::vector<T>& all, std::string_view name) noexcept {
    const auto place = std::find_if(all.begin(), all.end(), [&](const T& each) { return each.name == name; });
    return place == all.end() ? nullptr : &*place;
}

} // namespace

} // namespace detail

asio::awaitable<reflected::table> inspector::reflect(std::string name, std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_tables(catalog_, detail::named_relation(name, schema)), name, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<reflected::table>> inspector::reflect(relation_selection selection) const {
    return detail::read_tables(catalog_, std::move(selection));
}

namespace reflected {

qualified_name table::name() const { return {relation.schema, relation.name}; }

std::string table::quoted_name() const { return detail::quoted_name(name()); }

const column* table::find_column(std::string_view name) const noexcept { return detail::find(columns, name); }

const column& table::column(std::string_view name) const {
    if (const reflected::column* found = find_column(name))
        return *found;
    std::vector<std::string> names;
    for (const reflected::column& each : columns)
        names.push_back(each.name);
    const std::string near = detail::near_names(name, names);
    throw_error(errc::no_such_object,
                detail::make_diagnostics(
                    errc::no_such_object, "there is no column \"" + std::string(name) + "\" in " + quoted_name(),
                    near.empty() ? "names are compared as they are: without quotes, upper and lower case count"
                                 : "did you mean " + near + "?"));
}

std::vector<std::string> table::primary_key_columns() const {
    return primary_key ? primary_key->columns : std::vector<std::string>();
}

const index* table::find_index(std::string_view name) const noexcept { return detail::find(indexes, name); }

const foreign_key* table::find_foreign_key(std::string_view name) const noexcept {
    return detail::find(foreign_keys, name);
}

} // namespace reflected

} // namespace coropq
