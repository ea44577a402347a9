// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What becomes of the statements of a fan-out: policies, repetitions, time limits, cancellation.

#include "fan_out_support.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace {

using namespace coropq;
using namespace coropq::test;
using namespace std::chrono_literals;

using fan_out_policies = fan_out_fixture;

std::vector<std::string> with(std::vector<std::string> texts, std::size_t index, const std::string& text) {
    texts[index] = text;
    return texts;
}

bool contains(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

TEST_F(fan_out_policies, all_succeed_in_the_order_of_the_statements) {
    const outcomes all_of_them = run(all(with(texts(20), 3, "slow"), fan_out_options().concurrency(5)));
    ASSERT_EQ(all_of_them.size(), 20u);
    for (std::size_t i = 0; i != 20; ++i) {
        EXPECT_EQ(all_of_them[i].index(), i);
        EXPECT_EQ(all_of_them[i].state(), fan_out_state::succeeded);
        EXPECT_EQ(all_of_them[i].attempts(), 1);
        EXPECT_FALSE(all_of_them[i].may_have_run());
        EXPECT_FALSE(all_of_them[i].code());
        all_of_them[i].rethrow();
    }
    EXPECT_GE(all_of_them[3].elapsed(), 5ms);
    EXPECT_EQ(server->most_running, 5u);
    EXPECT_EQ(server->started, 20u);
}

TEST_F(fan_out_policies, no_more_run_than_the_engine_carries) {
    run(all(texts(20, "slow")));
    EXPECT_EQ(server->most_running, 4u);
    EXPECT_TRUE(run(all(texts(0))).empty());
    EXPECT_TRUE(run(all(texts(0), fan_out_options().policy(fan_out_policy::first_success))).empty());
}

TEST_F(fan_out_policies, fail_fast_throws_the_failure_and_cancels_the_rest) {
    auto work = with(texts(100, "wait"), 2, "fail");
    const auto failure = failure_of<server_error>(all(work, fan_out_options().concurrency(10)));
    EXPECT_EQ(failure.code(), sqlstate::unique_violation);
    EXPECT_EQ(failure.details().message(), "the statement with index 2: as it was told");
    EXPECT_EQ(server->started, 10u);
    EXPECT_EQ(server->cancelled, 9u);
}

TEST_F(fan_out_policies, collected_failures_are_outcomes) {
    auto work = with(with(texts(10), 2, "fail"), 7, "lost");
    const outcomes ended = run(all(work, fan_out_options().policy(fan_out_policy::collect)));
    ASSERT_EQ(ended.size(), 10u);
    EXPECT_EQ(count_of(ended, fan_out_state::succeeded), 8u);
    EXPECT_EQ(ended[2].state(), fan_out_state::failed);
    EXPECT_EQ(ended[2].code(), sqlstate::unique_violation);
    EXPECT_FALSE(ended[2].may_have_run()) << "it was rolled back";
    EXPECT_TRUE(ended[7].may_have_run());
    EXPECT_THROW(ended[2].value(), server_error);
    EXPECT_THROW(ended[7].rethrow(), connection_error);
    EXPECT_EQ(server->started, 10u);
}

TEST_F(fan_out_policies, the_first_success_ends_the_rest) {
    const auto first = fan_out_options().policy(fan_out_policy::first_success).concurrency(4);
    const outcomes ended = run(all(std::vector<std::string>{"wait", "fail", "slow", "wait", "wait", "ok"}, first));
    ASSERT_EQ(ended.size(), 6u);
    EXPECT_EQ(ended[1].state(), fan_out_state::failed);
    EXPECT_EQ(ended[2].state(), fan_out_state::succeeded);
    for (const std::size_t index : {0u, 3u, 4u}) {
        EXPECT_EQ(ended[index].state(), fan_out_state::cancelled);
        EXPECT_EQ(ended[index].code(), asio::error::operation_aborted);
        EXPECT_TRUE(ended[index].may_have_run());
        EXPECT_TRUE(contains(ended[index].details().message(), "index 2 succeeded")) << ended[index].details();
    }
    EXPECT_EQ(ended[5].state(), fan_out_state::not_run);
    EXPECT_EQ(ended[5].attempts(), 0);
    EXPECT_FALSE(ended[5].may_have_run());
    EXPECT_THROW(ended[5].rethrow(), error);

    const auto failure = failure_of<server_error>(all(std::vector<std::string>{"fail", "lost"}, first));
    EXPECT_EQ(failure.details().message(), "no statement succeeded; the statement with index 0: as it was told");
}

TEST_F(fan_out_policies, what_is_safe_to_repeat_is_repeated) {
    const auto options = fan_out_options().policy(fan_out_policy::collect).retries(2).backoff(1ms);
    std::vector<fan_out_progress> told;
    auto progress = options;
    progress.progress([&](const fan_out_progress& now) { told.push_back(now); });
    const outcomes ended = run(all(std::vector<std::string>{"deadlock 2", "refused", "lost", "fail", "ok"}, progress));
    EXPECT_TRUE(ended[0].succeeded());
    EXPECT_EQ(ended[0].attempts(), 3);
    EXPECT_EQ(ended[1].attempts(), 3);
    EXPECT_EQ(ended[1].code(), errc::connect_failed);
    EXPECT_FALSE(ended[1].may_have_run());
    EXPECT_EQ(ended[2].attempts(), 1) << "it may have run";
    EXPECT_EQ(ended[3].attempts(), 1);
    EXPECT_EQ(ended[4].attempts(), 1);
    EXPECT_EQ(told.back().retries, 4u);

    auto idempotent = options;
    idempotent.idempotent(true);
    EXPECT_EQ(run(all(texts(1, "lost"), idempotent))[0].attempts(), 3);

    // The last attempt surely wasn't run; the first may have been.
    const outcomes refused_later = run(all(texts(1, "lost once"), idempotent));
    EXPECT_EQ(refused_later[0].attempts(), 3);
    EXPECT_EQ(refused_later[0].code(), errc::connect_failed);
    EXPECT_TRUE(refused_later[0].may_have_run());
}

TEST_F(fan_out_policies, nothing_is_repeated_beyond_the_end) {
    auto options = fan_out_options().policy(fan_out_policy::collect).retries(10).backoff(1h).total_timeout(10s);
    const outcomes ended = run(all(texts(1, "refused"), options));
    EXPECT_EQ(ended[0].attempts(), 1);
    EXPECT_EQ(ended[0].code(), errc::connect_failed);
}

TEST_F(fan_out_policies, when_the_time_is_up_outcomes_say_what_ran) {
    const auto options = fan_out_options().concurrency(3).total_timeout(300ms);
    auto collecting = options;
    collecting.policy(fan_out_policy::collect);
    const outcomes ended = run(all(std::vector<std::string>{"ok", "wait", "wait", "wait", "ok", "ok"}, collecting));
    EXPECT_TRUE(ended[0].succeeded());
    for (const std::size_t index : {1u, 2u, 3u}) {
        EXPECT_EQ(ended[index].state(), fan_out_state::cancelled);
        EXPECT_EQ(ended[index].code(), errc::timeout);
        EXPECT_TRUE(ended[index].may_have_run());
    }
    for (const std::size_t index : {4u, 5u}) {
        EXPECT_EQ(ended[index].state(), fan_out_state::not_run);
        EXPECT_EQ(ended[index].code(), errc::timeout);
    }
    EXPECT_EQ(server->cancelled, 3u);
    const auto failure = failure_of<timeout_error>(all(texts(3, "wait"), options));
    EXPECT_EQ(failure.details().message(), "the fan-out didn't end within 300 ms");
}

// What waits to be repeated is told with the error that it had.
TEST_F(fan_out_policies, the_end_of_all_ends_the_wait_for_a_repetition) {
    const auto options = fan_out_options().retries(1).backoff(1h);
    const auto failure = failure_of<server_error>(all(std::vector<std::string>{"refused", "slow", "fail"}, options));
    EXPECT_EQ(failure.code(), sqlstate::unique_violation);
    auto collecting = options;
    collecting.policy(fan_out_policy::first_success);
    const outcomes ended = run(all(std::vector<std::string>{"refused", "slow"}, collecting));
    EXPECT_EQ(ended[0].state(), fan_out_state::failed);
    EXPECT_EQ(ended[0].code(), errc::connect_failed);
}

TEST_F(fan_out_policies, without_a_size_there_are_outcomes_of_what_was_read) {
    int read = 0;
    auto endless = [&]() -> std::optional<std::string> { return read++ == 5 ? "fail" : "ok"; };
    auto options = fan_out_options().concurrency(3).policy(fan_out_policy::collect).total_timeout(200ms);
    EXPECT_GE(run(all(endless, options)).size(), 6u);
    read = 0;
    const auto failure = failure_of<server_error>(all(endless, fan_out_options().concurrency(3)));
    EXPECT_TRUE(contains(failure.details().message(), "index 5"));
    EXPECT_LE(read, 9);
}

TEST_F(fan_out_policies, what_cant_be_a_statement_is_an_outcome) {
    std::vector<std::string> work = texts(3);
    work[1] = std::string("a\0b", 3);
    const outcomes ended = run(all(work, fan_out_options().policy(fan_out_policy::collect)));
    EXPECT_EQ(ended[1].state(), fan_out_state::failed);
    EXPECT_EQ(ended[1].code(), errc::invalid_parameter);
    EXPECT_EQ(ended[1].attempts(), 0);
    EXPECT_EQ(server->started, 2u);
    EXPECT_EQ(failure_of<option_error>(all(work)).code(), errc::invalid_parameter);

    std::vector<std::pair<int, int>> rows(3);
    const outcomes rejected =
        run(all(statements_for("select $1", rows), fan_out_options().policy(fan_out_policy::collect)));
    EXPECT_EQ(count_of(rejected, fan_out_state::failed), 3u);
}

TEST_F(fan_out_policies, what_the_source_throws_comes_out_when_nothing_runs) {
    int read = 0;
    auto source = [&]() -> std::optional<std::string> {
        if (++read == 3)
            throw std::out_of_range("no more");
        return "slow";
    };
    EXPECT_THROW(run(all(source)), std::out_of_range);
    EXPECT_EQ(server->cancelled, 0u);
    EXPECT_EQ(server->running, 0u);
    EXPECT_EQ(read, 3);
    auto later = [&]() -> asio::awaitable<std::optional<std::string>> {
        if (++read == 6)
            throw std::out_of_range("no more");
        co_return "slow";
    };
    EXPECT_THROW(run(all(later)), std::out_of_range);
    EXPECT_EQ(server->running, 0u);
}

TEST_F(fan_out_policies, progress_is_told_now_and_then_and_at_the_end) {
    std::vector<fan_out_progress> told;
    auto options = fan_out_options().concurrency(2).policy(fan_out_policy::collect);
    options.progress([&](const fan_out_progress& now) { told.push_back(now); }, 10ms);
    run(all(with(texts(20, "slow"), 1, "fail"), options));
    ASSERT_GE(told.size(), 3u);
    std::size_t done = 0;
    for (const fan_out_progress& each : told) {
        EXPECT_GE(each.done, done);
        EXPECT_LE(each.running, 2u);
        EXPECT_EQ(each.total, 20u);
        done = each.done;
    }
    EXPECT_EQ(told.back().done, 20u);
    EXPECT_EQ(told.back().failed, 1u);
    EXPECT_EQ(told.back().running, 0u);
    EXPECT_GE(told.back().elapsed, 45ms);
    EXPECT_LE(told.size(), static_cast<std::size_t>(told.back().elapsed / 10ms) + 2);

    told.clear();
    auto late = fan_out_options();
    late.progress([&](const fan_out_progress& now) { told.push_back(now); }, 1h);
    run(all(texts(50), late));
    EXPECT_EQ(told.size(), 1u) << "at the end only";
    EXPECT_EQ(told.back().total, 50u);
}

TEST_F(fan_out_policies, what_the_progress_handler_throws_comes_out) {
    auto options = fan_out_options().concurrency(1);
    options.progress([](const fan_out_progress&) { throw std::out_of_range("full"); }, 1ms);
    EXPECT_THROW(run(all(texts(100, "slow"), options)), std::out_of_range);
    EXPECT_LT(server->started, 100u);
    EXPECT_EQ(server->cancelled, 0u);
    EXPECT_THROW(run(all(texts(1), options)), std::out_of_range) << "at the end";
}

TEST_F(fan_out_policies, cancelling_the_coroutine_cancels_what_runs) {
    for (const auto type :
         {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        *server = fake_server();
        asio::cancellation_signal stop;
        std::exception_ptr problem;
        auto accepting = [](asio::awaitable<outcomes> pending) -> asio::awaitable<outcomes> {
            co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
            co_return co_await std::move(pending);
        };
        asio::co_spawn(context, accepting(all(texts(10, "wait"))),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr how, const outcomes&) {
                           problem = how;
                           EXPECT_EQ(server->running, 0u) << "nothing runs any more";
                       }));
        context.restart();
        context.poll();
        EXPECT_EQ(server->running, 4u);
        stop.emit(type);
        context.run();
        ASSERT_TRUE(problem);
        try {
            std::rethrow_exception(problem);
        } catch (const error& failure) {
            EXPECT_EQ(failure.code(), asio::error::operation_aborted);
            EXPECT_EQ(failure.details().message(), "the fan-out was cancelled");
        }
        EXPECT_EQ(server->cancelled, 4u);
        EXPECT_EQ(server->started, 4u);
    }
}

// A leak would be found by the sanitizer.
TEST_F(fan_out_policies, a_context_that_ends_takes_everything_along) {
    auto alive = std::make_shared<int>();
    {
        asio::io_context short_lived(1);
        auto runner = std::make_unique<fake_runner>(short_lived, server);
        auto source = [alive]() -> std::optional<std::string> { return "wait"; };
        auto options = fan_out_options().total_timeout(1h).progress([alive](const fan_out_progress&) {}, 1h);
        auto core = std::make_shared<detail::fan_out_core>(std::move(runner), statement_source(source).take_input(),
                                                           options, nullptr, true);
        asio::co_spawn(short_lived, detail::all_outcomes(detail::fan_out_handle(std::move(core))),
                       [](std::exception_ptr, const std::vector<detail::fan_out_record>&) { ADD_FAILURE(); });
        short_lived.poll();
        EXPECT_GT(alive.use_count(), 1);
    }
    EXPECT_EQ(alive.use_count(), 1);
}

} // namespace
