// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A whole schema at once.

#include "inspect/catalog.hpp"
#include "inspect/raw_query.hpp"
#include "inspect/relations.hpp"
#include "inspect/relations_query.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/snapshot_tables.hpp"
#include "inspect/user_types.hpp"
#include "inspect/user_types_query.hpp"
#include "inspect/version_query.hpp"

#include <coropq/error.hpp>
#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

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

/// The statements of a snapshot in one pipeline. In a transaction of somebody, that is what they see; otherwise they
/// are a transaction with one snapshot.
class snapshot_pipeline {
public:
    snapshot_pipeline(const snapshot_options& options, bool within)
        : work_(pipeline_mode::isolated), versions_(versions_query(options.view_definitions())), within_(within) {
        if (!within_) {
            work_.execute("begin isolation level repeatable read, read only");
            work_.execute(versions_);
        }
        first_ = work_.size();
        // Those that look at a table as it is at that moment begin: the less happens to it until then, the better.
        work_.execute(raw_constraints_query(options.relations()));
        work_.execute(raw_indexes_query(options.relations()));
        work_.execute(raw_defaults_query(options.relations()));
        work_.execute(snapshot_header_query());
        work_.execute(relations_query(options.relations(), found_by::rows));
        work_.execute(raw_names_query());
        work_.execute(raw_types_query());
        work_.execute(raw_columns_query(options.relations()));
        work_.execute(raw_other_columns_query(options.relations()));
        work_.execute(raw_sequences_query(options.relations()));
        work_.execute(raw_comments_query());
        work_.execute(enums_query(options.schemas(), found_by::rows));
        work_.execute(domains_query(options.schemas(), found_by::rows));
        if (!within_) {
            work_.execute("commit");
            work_.execute(versions_);
        }
    }

    const pipeline& work() const noexcept { return work_; }
    const statement& versions() const noexcept { return versions_; }

    /// What its texts name, in the versions that the snapshot has, and behind it.
    const result& first_versions(const pipeline_results& answers) const { return answers.outcome(1).output; }
    const result& last_versions(const pipeline_results& answers) const {
        return answers.outcome(work_.size() - 1).output;
    }

    schema_snapshot read(const pipeline_results& answers, bool& is_complete) const {
        std::size_t next = first_;
        const auto answer = [&]() -> const result& { return answers.outcome(next++).output; };
        const result& constraints = answer();
        const result& indexes = answer();
        const result& defaults = answer();
        schema_snapshot found;
        auto header = answer().one<snapshot_header_row>();
        found.database = std::move(header.database);
        found.server_version = header.server_version;
        found.search_path = std::move(header.search_path);
        by_relation<reflected::relation> relations = relations_from(answer(), is_complete);
        const result& names = answer();
        snapshot_tables tables(std::move(relations), names, answer());
        tables.add_columns(answer());
        tables.add_other_columns(answer());
        tables.add_defaults(defaults);
        tables.add_sequences(answer());
        tables.add_comments(answer());
        tables.add_indexes_and_constraints(indexes, constraints);
        found.tables = tables.take(is_complete);
        found.enums = enums_from(answer());
        found.domains = domains_from(answer(), is_complete);
        return found;
    }

private:
    pipeline work_;
    statement versions_;
    bool within_;
    std::size_t first_ = 0;
};

bool is_view(const reflected::relation& relation) {
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

std::unordered_set<std::uint32_t> relations_of(const schema_snapshot& found) {
    std::unordered_set<std::uint32_t> relations;
    for (const auto& [name, table] : found.tables)
        relations.insert(table.relation.oid);
    return relations;
}

// Each in a transaction of its own: the server locks what a view is made of until the end of the transaction, and with
// several of them it would come into the way of those who lock them in another order. False if it has to be tried
// again.
asio::awaitable<bool> read_view_definitions(catalog::pointer source, schema_snapshot& found,
                                            const snapshot_pipeline& statements, const pipeline_results& answers,
                                            bool within) {
    pipeline work(pipeline_mode::isolated);
    std::vector<reflected::table*> views;
    for (auto& [name, table] : found.tables) {
        if (!is_view(table.relation))
            continue;
        views.push_back(&table);
        work.execute(view_definition_query(table.relation.oid));
    }
    if (views.empty())
        co_return true;
    if (!within)
        work.execute(statements.versions());
    const pipeline_results definitions = co_await source->run_pipeline(std::move(work));
    if (has_stumbled(definitions, within))
        co_return false;
    bool is_complete = true;
    for (std::size_t i = 0; i != views.size(); ++i) {
        views[i]->view_definition = definitions.outcome(i).output[0][0].as<std::optional<std::string>>();
        is_complete = is_complete && views[i]->view_definition;
    }
    if (!within && is_complete)
        is_complete = are_still_there(statements.first_versions(answers),
                                      definitions.outcome(definitions.size() - 1).output, relations_of(found));
    co_return is_complete;
}

asio::awaitable<schema_snapshot> read_snapshot(catalog::pointer source, snapshot_options options) {
    const bool within = co_await source->is_in_transaction();
    const snapshot_pipeline statements(options, within);
    for (int attempt = 1;; ++attempt) {
        const pipeline_results answers = co_await source->run_pipeline(statements.work());
        const bool has_more = attempt != (within ? attempts_within : attempts);
        if (has_stumbled(answers, within) && has_more)
            continue;
        throw_if_failed(answers);
        bool is_complete = true;
        schema_snapshot found = statements.read(answers, is_complete);
        if (!within && is_complete)
            is_complete = are_still_there(statements.first_versions(answers), statements.last_versions(answers),
                                          relations_of(found));
        if (!is_complete && has_more)
            continue;
        if (options.view_definitions())
            is_complete = co_await read_view_definitions(source, found, statements, answers, within);
        if (is_complete || !has_more)
            co_return found;
    }
}

} // namespace

} // namespace detail

asio::awaitable<reflected::schema_snapshot> inspector::snapshot(snapshot_options options) const {
    return detail::read_snapshot(catalog_, std::move(options));
}

} // namespace coropq
