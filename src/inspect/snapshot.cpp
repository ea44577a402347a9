// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A whole schema at once.

#include "inspect/catalog.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/selection_text.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/snapshot_reading.hpp"
#include "inspect/snapshot_statements.hpp"
#include "inspect/version_query.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/sqlstate.hpp>

#include <unordered_set>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;
using reflected::schema_snapshot;

// One that meets changes all the time goes on for so long.
constexpr int attempts = 500;
// What a transaction has lost from its snapshot doesn't come back.
constexpr int attempts_within = 3;

bool is_view(const reflected::relation& relation) {
    return relation.kind == reflected::relation_kind::view ||
           relation.kind == reflected::relation_kind::materialized_view;
}

std::unordered_set<std::uint32_t> relations_of(const schema_snapshot& found) {
    std::unordered_set<std::uint32_t> relations;
    for (const auto& [name, table] : found.tables)
        relations.insert(table.relation.oid);
    return relations;
}

bool is_locked_out(const pipeline_results& answers) {
    for (std::size_t i = 0; i != answers.size(); ++i)
        if (answers.outcome(i).error == sqlstate::lock_not_available)
            return true;
    return false;
}

// Each in a transaction of its own: the server locks what a view is made of until the end of the transaction, and with
// several of them it would come into the way of those who lock them in another order. False if it has to be tried
// again.
asio::awaitable<bool> read_view_definitions(catalog::pointer source, schema_snapshot& found, const statement* versions,
                                            const snapshot_answers& answers, bool within) {
    pipeline work(pipeline_mode::isolated);
    std::vector<reflected::table*> views;
    for (auto& [name, table] : found.tables) {
        if (!is_view(table.relation))
            continue;
        views.push_back(&table);
        work.execute(within ? view_definition_query(table.relation.oid)
                            : brief_view_definition_query(table.relation.oid));
    }
    if (views.empty())
        co_return true;
    if (versions)
        work.execute(*versions);
    pipeline_results definitions = co_await source->run_pipeline(work);
    while (!within && is_locked_out(definitions))
        definitions = co_await source->run_pipeline(work);
    if (has_stumbled(definitions, within))
        co_return false;
    bool is_complete = true;
    for (std::size_t i = 0; i != views.size(); ++i) {
        views[i]->view_definition = definitions.outcome(i).output[0][0].as<std::optional<std::string>>();
        is_complete = is_complete && views[i]->view_definition;
    }
    if (versions && is_complete)
        is_complete = are_still_there(answers.first_versions, definitions.outcome(definitions.size() - 1).output,
                                      relations_of(found));
    co_return is_complete;
}

asio::awaitable<std::optional<snapshot_answers>> ask_once(catalog::pointer source, const snapshot_statements& asked,
                                                          const statement* versions, bool within, bool is_final,
                                                          bool is_spread) {
    // In this order, and the second one without waiting: whoever waits has nothing that somebody else may wait for.
    catalog::pointer leader;
    catalog::pointer helper;
    if (is_spread && !within)
        leader = co_await source->connect();
    if (leader)
        helper = source->try_connect();
    std::optional<snapshot_answers> answers;
    if (helper)
        answers = co_await ask_snapshot_of_two(leader, helper, asked, versions);
    else
        answers = co_await ask_snapshot(leader ? leader : source, asked, versions, within, is_final);
    co_return answers;
}

asio::awaitable<schema_snapshot> read_snapshot(catalog::pointer source, snapshot_request wanted) {
    const bool within = co_await source->is_in_transaction();
    const snapshot_statements asked(wanted);
    const statement of_versions = versions_query(wanted.has_views);
    const statement* const versions = wanted.is_checked && !within ? &of_versions : nullptr;
    for (int attempt = 1;; ++attempt) {
        const bool has_more = attempt != (within ? attempts_within : attempts);
        const std::optional<snapshot_answers> answers =
            co_await ask_once(source, asked, versions, within, !has_more, wanted.is_spread && attempt == 1);
        if (!answers)
            continue;
        bool is_complete = true;
        schema_snapshot found = asked.read(answers->parts, is_complete);
        if (versions && is_complete)
            is_complete = are_still_there(answers->first_versions, answers->last_versions, relations_of(found));
        if (!is_complete && has_more)
            continue;
        if (wanted.has_views)
            is_complete = co_await read_view_definitions(source, found, versions, *answers, within);
        if (is_complete || !has_more)
            co_return found;
    }
}

asio::awaitable<by_relation<reflected::table>> read_tables(catalog::pointer source, relation_selection selection) {
    snapshot_request wanted;
    wanted.has_types = false;
    wanted.is_checked = !selection.names(); // For a few tables it would cost more than they do.
    wanted.relations = std::move(selection);
    schema_snapshot found = co_await read_snapshot(std::move(source), std::move(wanted));
    co_return std::move(found.tables);
}

} // namespace

} // namespace detail

asio::awaitable<reflected::schema_snapshot> inspector::snapshot(snapshot_options options) const {
    detail::snapshot_request wanted;
    wanted.relations = options.relations();
    wanted.has_views = options.view_definitions();
    wanted.is_spread = options.connections() > 1;
    return detail::read_snapshot(catalog_, std::move(wanted));
}

asio::awaitable<reflected::table> inspector::reflect(std::string name, std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_tables(catalog_, detail::named_relation(name, schema)), name, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<reflected::table>> inspector::reflect(relation_selection selection) const {
    return detail::read_tables(catalog_, std::move(selection));
}

} // namespace coropq
