// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Outcomes that are taken one after the other: how much is read ahead, orders, ends.

#include "fan_out_support.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <deque>
#include <list>
#include <ranges>

namespace {

using namespace coropq;
using namespace coropq::test;
using namespace std::chrono_literals;

using fan_out_streams = fan_out_fixture;

// How many outcomes there were, and the most statements that had been read ahead of them.
asio::awaitable<std::pair<std::size_t, std::size_t>> count_all(fan_out_run<result> work, std::size_t& read) {
    std::size_t count = 0;
    std::size_t most_ahead = 0;
    while (auto outcome = co_await work.next()) {
        most_ahead = std::max(most_ahead, read - count);
        count += outcome->succeeded() ? 1 : 0;
    }
    co_return std::pair(count, most_ahead);
}

// Sanitizers take their time.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t many = 20'000;
#else
constexpr std::size_t many = 1'000'000;
#endif

TEST_F(fan_out_streams, a_million_statements_in_bounded_memory) {
    std::size_t read = 0;
    const statement work("ok");
    auto source = [&]() -> std::optional<statement> {
        if (read == many)
            return std::nullopt;
        ++read;
        return work;
    };
    const auto options = fan_out_options().concurrency(16).window(40);
    const auto [count, most_ahead] = run(count_all(stream(source, options), read));
    EXPECT_EQ(count, many);
    EXPECT_EQ(server->started, many);
    EXPECT_LE(most_ahead, 40u);
    EXPECT_LE(server->most_running, 16u);
}

TEST_F(fan_out_streams, nothing_more_is_read_when_nobody_takes) {
    for (const bool in_order : {false, true}) {
        std::size_t read = 0;
        auto source = [&]() -> std::optional<std::string> {
            ++read;
            return "ok";
        };
        auto work = stream(source, fan_out_options().concurrency(4).in_order(in_order));
        EXPECT_EQ(work.progress().done, 0u);
        EXPECT_EQ(read, 0u) << "before the first next";
        auto one = [](fan_out_run<result>& from) -> asio::awaitable<bool> {
            const auto outcome = co_await from.next();
            co_return outcome.has_value();
        };
        EXPECT_TRUE(run(one(work)));
        EXPECT_EQ(read, 17u) << "four times the concurrency, and the one that was taken";
        EXPECT_EQ(server->running, 0u);
        EXPECT_EQ(work.progress().done, 17u);
        for (int i = 0; i != 100; ++i)
            EXPECT_TRUE(run(one(work)));
        EXPECT_LE(read, 117u);
        EXPECT_GE(read, 110u);
    }
}

asio::awaitable<std::vector<std::size_t>> indexes_of(fan_out_run<result> work) {
    std::vector<std::size_t> indexes;
    while (auto outcome = co_await work.next())
        indexes.push_back(outcome->index());
    co_return indexes;
}

TEST_F(fan_out_streams, in_order_or_as_they_come) {
    std::vector<std::string> work = texts(200);
    for (std::size_t i = 0; i < work.size(); i += 10)
        work[i] = "slow";
    std::vector<std::size_t> expected(work.size());
    for (std::size_t i = 0; i != expected.size(); ++i)
        expected[i] = i;
    EXPECT_EQ(run(indexes_of(stream(work, fan_out_options().concurrency(8).in_order(true)))), expected);
    std::vector<std::size_t> as_they_came = run(indexes_of(stream(work, fan_out_options().concurrency(8))));
    EXPECT_NE(as_they_came, expected);
    std::ranges::sort(as_they_came);
    EXPECT_EQ(as_they_came, expected);
}

TEST_F(fan_out_streams, every_statement_has_one_outcome_also_when_it_ends_early) {
    std::vector<std::string> work = texts(50, "wait");
    work[1] = "fail";
    for (const bool in_order : {false, true}) {
        auto states = [](fan_out_run<result> from) -> asio::awaitable<std::vector<fan_out_state>> {
            std::vector<fan_out_state> found(50, fan_out_state::succeeded);
            while (auto outcome = co_await from.next())
                found[outcome->index()] = outcome->state();
            co_return found;
        };
        const auto found = run(states(stream(work, fan_out_options().in_order(in_order))));
        EXPECT_EQ(found[1], fan_out_state::failed);
        EXPECT_EQ(std::ranges::count(found, fan_out_state::cancelled), 3);
        EXPECT_EQ(std::ranges::count(found, fan_out_state::not_run), 46);
    }
}

TEST_F(fan_out_streams, cancel_ends_what_runs_and_the_rest_can_be_taken) {
    auto cancelled = [](fan_out_run<result> from) -> asio::awaitable<std::size_t> {
        const auto first = co_await from.next();
        EXPECT_TRUE(first->succeeded());
        from.cancel();
        from.cancel();
        std::size_t count = 0;
        while (auto outcome = co_await from.next()) {
            EXPECT_EQ(outcome->code(), asio::error::operation_aborted);
            ++count;
        }
        const auto behind = co_await from.next();
        EXPECT_FALSE(behind);
        co_return count;
    };
    EXPECT_EQ(run(cancelled(stream(std::vector<std::string>{"ok", "wait", "wait", "wait", "wait", "wait", "wait"}))),
              6u);
    EXPECT_EQ(server->running, 0u);

    // Before it has begun.
    auto early = stream(texts(3));
    early.cancel();
    auto first_of = [](fan_out_run<result>& from) -> asio::awaitable<fan_out_state> {
        const auto outcome = co_await from.next();
        co_return outcome->state();
    };
    EXPECT_EQ(run(first_of(early)), fan_out_state::not_run);
}

TEST_F(fan_out_streams, close_waits_for_the_end_of_what_runs_and_of_the_source) {
    auto alive = std::make_shared<int>();
    auto closed = [this](fan_out_run<result> from, std::shared_ptr<int>& held) -> asio::awaitable<bool> {
        const auto first = co_await from.next();
        EXPECT_GT(server->running, 0u);
        co_await from.close();
        EXPECT_EQ(server->running, 0u);
        EXPECT_EQ(held.use_count(), 1);
        const auto rest = co_await from.next();
        EXPECT_EQ(rest->state(), fan_out_state::cancelled);
        co_await from.close();
        co_return true;
    };
    int read = 0;
    auto source = [&read, alive]() -> std::optional<std::string> { return read++ == 0 ? "ok" : "wait"; };
    auto work = stream(std::move(source));
    run(closed(std::move(work), alive));

    auto unused = stream(texts(3));
    auto close_only = [](fan_out_run<result>& from) -> asio::awaitable<bool> {
        co_await from.close();
        co_return true;
    };
    EXPECT_TRUE(run(close_only(unused)));
    EXPECT_EQ(server->started, 5u);
}

TEST_F(fan_out_streams, destroying_it_cancels_what_runs) {
    auto leave = [](fan_out_run<result> from) -> asio::awaitable<bool> {
        const auto first = co_await from.next();
        co_return first.has_value();
    };
    auto told = std::make_shared<int>(0);
    auto options = fan_out_options().total_timeout(1h).progress([told](const fan_out_progress&) { ++*told; }, 1h);
    std::vector<std::string> work = texts(10, "wait");
    work[0] = "ok";
    EXPECT_TRUE(run(leave(stream(work, options))));
    EXPECT_EQ(server->running, 0u);
    EXPECT_GE(server->cancelled, 3u);
    EXPECT_EQ(*told, 0) << "nobody listens any more";
    auto never_begun = stream(work);
    auto assigned = stream(work);
    assigned = std::move(never_begun);
    EXPECT_LE(server->started, 5u);
}

TEST_F(fan_out_streams, cancelling_next_ends_it) {
    asio::cancellation_signal stop;
    bool ended = false;
    auto take = [&](fan_out_run<result> from) -> asio::awaitable<void> {
        try {
            co_await from.next();
            ADD_FAILURE();
        } catch (const error& failure) {
            EXPECT_EQ(failure.code(), asio::error::operation_aborted);
        }
        co_await asio::this_coro::reset_cancellation_state();
        const auto outcome = co_await from.next();
        EXPECT_EQ(outcome->state(), fan_out_state::cancelled);
        ended = true;
    };
    asio::co_spawn(
        context, take(stream(texts(10, "wait"))),
        asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr problem) { EXPECT_FALSE(problem); }));
    context.poll();
    stop.emit(asio::cancellation_type::terminal);
    context.run();
    EXPECT_TRUE(ended);
    EXPECT_EQ(server->cancelled, 4u);
}

TEST_F(fan_out_streams, sources_of_every_kind) {
    EXPECT_EQ(run(indexes_of(stream(std::list<statement>(3, statement("ok"))))).size(), 3u);
    EXPECT_EQ(run(indexes_of(stream(std::deque<const char*>(3, "ok")))).size(), 3u);
    auto view = std::views::iota(0, 1000) | std::views::filter([](int i) { return i % 2 == 0; }) |
                std::views::transform([](int i) { return statement("select $1", i); });
    EXPECT_EQ(run(indexes_of(stream(view))).size(), 500u);
    int left = 30;
    auto later = [&]() -> asio::awaitable<std::optional<statement>> {
        asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
        co_await timer.async_wait(asio::use_awaitable);
        std::optional<statement> next;
        if (left-- > 0)
            next.emplace("slow");
        co_return next;
    };
    EXPECT_EQ(run(indexes_of(stream(later))).size(), 30u);
    EXPECT_GT(server->most_running, 1u);
    EXPECT_EQ(run(indexes_of(stream(statements_for("select $1", std::vector<int>(3))))).size(), 3u);
    EXPECT_EQ(statement_source(std::list<statement>(3, statement("ok"))).size(), 3u);
    EXPECT_EQ(statement_source(view).size(), std::nullopt);

    // What it was given is the caller's.
    std::vector<statement> kept(3, statement("ok"));
    EXPECT_EQ(run(indexes_of(stream(kept))).size(), 3u);
    EXPECT_EQ(kept[2].sql(), "ok");
    const auto references = std::views::all(kept);
    EXPECT_EQ(run(indexes_of(stream(references))).size(), 3u);
    EXPECT_EQ(kept[2].sql(), "ok");
}

TEST_F(fan_out_streams, a_source_that_waits_is_cancelled_with_the_rest) {
    int begun = 0;
    auto later = [&]() -> asio::awaitable<std::optional<std::string>> {
        if (++begun == 1)
            co_return "fail";
        asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
        co_await timer.async_wait(asio::use_awaitable);
        co_return std::nullopt;
    };
    EXPECT_EQ(failure_of<server_error>(all(later)).code(), sqlstate::unique_violation);
    EXPECT_EQ(begun, 2);
}

TEST_F(fan_out_streams, user_functions_may_end_it) {
    std::optional<fan_out_run<result>> work;
    int read = 0;
    auto source = [&]() -> std::optional<std::string> {
        if (++read == 3)
            work->cancel();
        return "wait";
    };
    work.emplace(stream(source));
    auto count = [](fan_out_run<result>& from) -> asio::awaitable<std::size_t> {
        std::size_t found = 0;
        while (auto outcome = co_await from.next()) {
            EXPECT_EQ(outcome->state(), outcome->index() == 2 ? fan_out_state::not_run : fan_out_state::cancelled);
            ++found;
        }
        co_return found;
    };
    EXPECT_EQ(run(count(*work)), 3u);
    EXPECT_EQ(server->started, 2u);
}

} // namespace
