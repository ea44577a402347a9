// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A whole schema at once.

#include "inspect/catalog.hpp"
#include "inspect/locking_texts.hpp"
#include "inspect/policies.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/selection_text.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/snapshot_reading.hpp"
#include "inspect/snapshot_statements.hpp"
#include "inspect/version_query.hpp"
#include "operation/random_factor.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <unordered_set>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;
using reflected::schema_snapshot;

// One that meets changes all the time goes on for so long, but not before it has tried it so often.
constexpr std::chrono::seconds longest(60);
constexpr int fewest_attempts = 20;
// What a transaction has lost from its snapshot doesn't come back.
constexpr int attempts_within = 3;

// Before it tries again. The first ones are at once, as changes are mostly over by then.
asio::awaitable<void> pause_after(int attempt) {
    constexpr int at_once = 3;
    constexpr int longest_exponent = 6; // 64 ms
    if (attempt <= at_once)
        co_return;
    const std::chrono::duration<double, std::milli> pause(random_factor() *
                                                          (1 << std::min(attempt - at_once, longest_exponent)));
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(pause));
    co_await timer.async_wait(asio::use_awaitable);
}

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

// Definitions of views, and policies with subqueries: see locking_texts.hpp. False if it has to be tried again.
asio::awaitable<bool> read_locking_texts(catalog::pointer source, schema_snapshot& found, bool has_views,
                                         const statement* versions, const snapshot_answers& answers, bool within) {
    pipeline work(pipeline_mode::isolated);
    std::vector<reflected::table*> views;
    std::vector<reflected::policy*> policies;
    for (auto& [name, table] : found.tables) {
        if (has_views && is_view(table.relation))
            views.push_back(&table);
        add_unread(policies, table.policies);
    }
    if (views.empty() && policies.empty())
        co_return true;
    for (const reflected::table* view : views)
        work.execute(view_definition_query(view->relation.oid, within));
    for (const reflected::policy* policy : policies)
        work.execute(policy_expressions_query(policy->oid, within));
    if (versions)
        work.execute(*versions);
    const pipeline_results texts = co_await read_locking(source, std::move(work), within);
    if (has_stumbled(texts, within))
        co_return false;
    bool is_complete = true;
    std::size_t next = 0;
    for (reflected::table* view : views) {
        view->view_definition = texts.outcome(next++).output[0][0].as<std::optional<std::string>>();
        is_complete = is_complete && view->view_definition;
    }
    for (reflected::policy* policy : policies)
        is_complete = take_policy_expressions(*policy, texts.outcome(next++).output) && is_complete;
    if (versions && is_complete)
        is_complete = answers.parts->versions().are_in(texts.outcome(next).output, relations_of(found));
    co_return is_complete;
}

asio::awaitable<std::optional<snapshot_answers>> ask_once(catalog::pointer source,
                                                          std::shared_ptr<const snapshot_statements> asked,
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
    auto asked = std::make_shared<const snapshot_statements>(wanted);
    const statement of_versions = versions_query(wanted.has_views);
    const statement* const versions = wanted.is_checked && !within ? &of_versions : nullptr;
    const auto end = std::chrono::steady_clock::now() + longest;
    for (int attempt = 1;; ++attempt) {
        const bool has_more =
            within ? attempt < attempts_within : attempt < fewest_attempts || std::chrono::steady_clock::now() < end;
        if (!within)
            co_await pause_after(attempt);
        const std::optional<snapshot_answers> answers =
            co_await ask_once(source, asked, versions, within, !has_more, wanted.is_spread && attempt == 1);
        if (!answers)
            continue;
        bool is_complete = true;
        schema_snapshot found = answers->parts->finish(is_complete);
        if (std::exchange(wanted.borrows_names, wanted.borrows_names && !answers->parts->has_unclear_names()) !=
            wanted.borrows_names) {
            asked = std::make_shared<const snapshot_statements>(wanted);
            continue;
        }
        if (versions && is_complete)
            is_complete = answers->parts->versions().are_in(answers->last_versions, relations_of(found));
        if (!is_complete && has_more)
            continue;
        is_complete = co_await read_locking_texts(source, found, wanted.has_views, versions, *answers, within);
        if (!is_complete && has_more)
            continue;
        for (auto& [name, table] : found.tables)
            leave_out_unread(table.policies);
        co_return found;
    }
}

asio::awaitable<by_relation<reflected::table>> read_tables(catalog::pointer source, relation_selection selection) {
    snapshot_request wanted;
    wanted.has_types = false;
    wanted.has_sequences = false;
    wanted.has_routines = false;
    wanted.has_extensions = false;
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
    wanted.has_types = options.types();
    wanted.has_sequences = options.sequences();
    wanted.has_routines = options.routines();
    wanted.has_extensions = options.extensions();
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
