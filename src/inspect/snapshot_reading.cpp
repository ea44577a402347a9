// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_reading.hpp"

#include <coropq/error.hpp>
#include <coropq/mapping.hpp>
#include <coropq/pipeline.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

constexpr std::string_view begin = "begin isolation level repeatable read, read only";

// All types in the answers are known, so they needn't come as text the first time.
void add(pipeline& work, statement one) { work.execute(std::move(one.results(result_format::binary))); }

// What is compiled for large catalogs would run for less time than that takes (jit_above_cost is about one of them).
constexpr std::string_view without_jit = "set local jit = off";

void add_all(pipeline& work, const std::vector<snapshot_part>& parts) {
    for (const snapshot_part& each : parts)
        add(work, each.question);
}

void take(snapshot_reader& to, const pipeline_results& from, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i != first + count; ++i)
        to.take_part(from.outcome(i).output);
}

// Two connections have different temporary tables, and perhaps search paths.
constexpr std::string_view surroundings = "select cast(pg_catalog.current_schemas(true) as text), "
                                          "cast(pg_catalog.pg_my_temp_schema() as text)";
std::pair<std::string, std::string> surroundings_in(const result& answer) {
    return answer.one<std::pair<std::string, std::string>>();
}

bool is_all_done(const std::exception_ptr& problem, const pipeline_results& answers) {
    return !problem && answers.all_done();
}

} // namespace

bool has_stumbled(const pipeline_results& answers, bool is_final) {
    for (std::size_t i = 0; i != answers.size(); ++i) {
        const stage_outcome& each = answers.outcome(i);
        if (each.status != stage_status::failed)
            continue;
        if (!is_final && is_about_what_vanished(each.error))
            return true;
        break;
    }
    throw_if_failed(answers);
    return false;
}

asio::awaitable<std::optional<snapshot_answers>> ask_snapshot(catalog::pointer source,
                                                              std::shared_ptr<const snapshot_statements> asked,
                                                              const statement* versions, bool within, bool is_final) {
    pipeline work(pipeline_mode::isolated);
    if (!within)
        work.execute(begin);
    if (!within)
        work.execute(without_jit);
    if (!within && asked->want_generic_plans())
        work.execute("set local plan_cache_mode = force_generic_plan");
    if (versions)
        add(work, *versions);
    snapshot_answers found;
    found.parts = std::make_shared<snapshot_reader>(asked, versions != nullptr, work.size());
    add_all(work, asked->first_part());
    add_all(work, asked->second_part());
    if (!within)
        work.execute("commit");
    if (versions)
        add(work, *versions);
    const pipeline_results answers = co_await source->run_pipeline(std::move(work), found.parts);
    if (has_stumbled(answers, within || is_final))
        co_return std::nullopt;
    if (versions)
        found.last_versions = answers.outcome(answers.size() - 1).output;
    co_return found;
}

asio::awaitable<std::optional<snapshot_answers>> ask_snapshot_of_two(catalog::pointer leader, catalog::pointer helper,
                                                                     std::shared_ptr<const snapshot_statements> asked,
                                                                     const statement* versions) {
    snapshot_answers found;
    found.parts = std::make_shared<snapshot_reader>(asked, versions != nullptr, 0);
    pipeline opening(pipeline_mode::isolated);
    opening.execute(begin);
    opening.execute(without_jit);
    if (versions)
        add(opening, *versions);
    opening.execute("select pg_catalog.pg_export_snapshot()");
    opening.execute(surroundings);
    const pipeline_results opened = co_await leader->run_pipeline(std::move(opening));
    throw_if_failed(opened);
    if (versions)
        found.parts->take_versions(opened.outcome(2).output);
    const auto exported = opened.outcome(opened.size() - 2).output.one<std::string>();
    const result& ours = opened.outcome(opened.size() - 1).output;

    // Its name is made of digits, letters and hyphens.
    pipeline helping(pipeline_mode::isolated);
    helping.execute(begin);
    helping.execute("set transaction snapshot '" + exported + "'");
    helping.execute(without_jit);
    helping.execute(surroundings);
    add_all(helping, asked->first_part());
    helping.execute("commit");
    pipeline leading(pipeline_mode::isolated);
    add_all(leading, asked->second_part());
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    auto both = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, helper->run_pipeline(std::move(helping)), asio::deferred),
        asio::co_spawn(executor, leader->run_pipeline(std::move(leading)), asio::deferred));
    const auto [order, help_problem, helped, lead_problem, led] =
        co_await both.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    if (lead_problem)
        std::rethrow_exception(lead_problem);
    if (has_stumbled(led, false))
        co_return std::nullopt;
    const auto [path, temporary] = surroundings_in(ours);
    const bool has_help = is_all_done(help_problem, helped) && temporary == "0" &&
                          surroundings_in(helped.outcome(3).output) == surroundings_in(ours);

    pipeline closing(pipeline_mode::isolated);
    if (!has_help)
        add_all(closing, asked->first_part());
    closing.execute("commit");
    if (versions)
        add(closing, *versions);
    const pipeline_results closed = co_await leader->run_pipeline(std::move(closing));
    if (has_stumbled(closed, false))
        co_return std::nullopt;
    take(*found.parts, has_help ? helped : closed, has_help ? 4 : 0, asked->first_part().size());
    take(*found.parts, led, 0, asked->second_part().size());
    if (versions)
        found.last_versions = closed.outcome(closed.size() - 1).output;
    co_return found;
}

} // namespace coropq::detail
