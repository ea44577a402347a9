// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Fan-outs on a real server: values, errors, cancellation, faults. What needs no server is in unit/fan_out_*_test.

#include "engine_support.hpp"

#include <coropq/fan_out.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace fan_out_types {
struct user {
    int id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(user, (), (id, name))
} // namespace fan_out_types

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::fan_out_options;
using coropq::fan_out_policy;
using coropq::fan_out_state;
using fan_out_types::user;
using namespace asio::experimental::awaitable_operators;

const std::string long_text(200, 'x');

struct fan_outs : engine_fixture {
    // Nothing runs on the server that contains the text.
    static bool becomes_idle(const std::string& text) {
        return wait_until([&] {
            return cluster().query_value("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and "
                                         "state = 'active' and strpos(query, '" +
                                         text + "') > 0") == "0";
        });
    }
    void expect_usable(const coropq::engine& engine) {
        context.restart();
        EXPECT_EQ(run(context, engine.fetch_value<int>("select 7")), 7);
        drain(context);
    }
};

// The forms of the documentation, as users write them: GCC 12 destroys some temporaries twice.
asio::awaitable<void> shapes(coropq::engine engine) {
    std::vector<coropq::statement> work;
    for (int i = 0; i != 10; ++i)
        work.emplace_back("select $1::int, $2::text", i, long_text);
    std::size_t told = 0;
    auto on_progress = [&told](const coropq::fan_out_progress& now) { told = now.done; };
    auto outcomes =
        co_await coropq::fan_out(engine, work, coropq::fan_out_options().concurrency(64).progress(on_progress));
    EXPECT_EQ(told, 10u);
    for (auto& outcome : outcomes) {
        EXPECT_EQ(outcome.value()[0][0].as<std::size_t>(), outcome.index());
        EXPECT_EQ(outcome.value()[0][1].text(), long_text);
    }
    for (const auto& outcome : co_await coropq::fan_out(engine, std::move(work)))
        EXPECT_EQ(outcome.value().size(), 1u);

    std::vector<int> ids = {3, 1, 2};
    const auto users = co_await coropq::fan_out<user>(
        engine, coropq::statements_for("select $1::int as id, 'Ada' as name", ids), fan_out_options().concurrency(2));
    EXPECT_EQ(users[0].value()[0].id, 3);
    EXPECT_EQ(users[2].value()[0].name, "Ada");
    EXPECT_EQ(
        (co_await coropq::fan_out<int>(engine, coropq::statements_for("select $1::int", std::vector<int>(3, 7))))[2]
            .value()[0],
        7);
    const std::vector<std::pair<int, std::string>> pairs(5, std::pair(1, long_text));
    const auto of_pairs = co_await coropq::fan_out<std::tuple<int, std::string>>(
        engine, coropq::statements_for("select $1::int, $2::text", pairs));
    EXPECT_EQ(std::get<1>(of_pairs[4].value()[0]), long_text);
    const std::vector<user> rows(4, user{5, long_text});
    auto of_rows = co_await coropq::fan_out<user>(
        engine, coropq::statements_for("select :id::int as id, :name::text as name", rows));
    const std::vector<user> moved = std::move(of_rows[3]).value();
    EXPECT_EQ(moved[0].name, long_text);

    // From a stream of the same engine, which has a connection to itself.
    auto numbers = co_await engine.stream<int>("select generate_series(1, 50)", {.batch = 7});
    auto run = coropq::fan_out_stream<int>(engine, coropq::statements_for("select $1::int * 2", std::move(numbers)),
                                           fan_out_options().in_order(true));
    int expected = 0;
    while (auto outcome = co_await run.next())
        EXPECT_EQ(outcome->value()[0], expected += 2);
    EXPECT_EQ(expected, 100);
    EXPECT_EQ(run.progress().rows, 50u);

    const char* const texts[] = {"select 1", "select nope", "select 3"};
    for (auto& outcome :
         co_await coropq::fan_out(engine, std::views::all(texts), fan_out_options().policy(fan_out_policy::collect))) {
        EXPECT_EQ(outcome.succeeded(), outcome.index() != 1);
        EXPECT_EQ(outcome.code() == coropq::sqlstate::undefined_column, outcome.index() == 1);
    }
    auto later = [left = 3, engine]() mutable -> asio::awaitable<std::optional<coropq::statement>> {
        const int number = co_await engine.fetch_value<int>("select $1::int", left);
        std::optional<coropq::statement> next;
        if (left-- > 0)
            next.emplace("select $1::int, $2::text", number, long_text);
        co_return next;
    };
    EXPECT_EQ((co_await coropq::fan_out(engine, std::move(later))).size(), 3u);
    co_await engine.dispose();
}

TEST_F(fan_outs, as_users_write_them) {
    run(context, shapes(make(pool_of(4))));
    drain(context);
}

TEST_F(fan_outs, fail_fast_cancels_on_the_server) {
    const coropq::engine engine = make(pool_of(4));
    std::vector<std::string> work(30, "select pg_sleep(60) -- fail fast");
    work[2] = "select pg_sleep(0.2), 1 / (random() * 0)::int";
    const auto failure = failure_of<coropq::server_error>(context, coropq::fan_out(engine, work));
    EXPECT_EQ(failure.code(), coropq::sqlstate::division_by_zero);
    EXPECT_EQ(failure.details().message(), "the statement with index 2: division by zero");
    EXPECT_EQ(failure.details().statement(), work[2]);
    drain(context);
    EXPECT_TRUE(becomes_idle("fail fast"));
    EXPECT_LE(proxy.connections(), 4u + 3u) << "connections are used again, beside those of the cancel requests";
    expect_usable(engine);
}

TEST_F(fan_outs, what_waited_for_a_connection_hasnt_run) {
    for (const auto& options : {pool_of(1), unshared_pool_of(1)}) {
        const coropq::engine engine = make(options);
        run(context, engine.execute("create table waited (a int)"));
        {
            const coropq::connection only = run(context, engine.connect());
            std::vector<coropq::statement> work;
            work.emplace_back("insert into waited values (1)");
            work.emplace_back("create table waited_too (a int)"); // not one that shares a connection
            work.push_back(coropq::statement("insert into waited values (2)").timeout(100ms));
            work.push_back(coropq::statement("create table waited_too (a int)").timeout(100ms));
            auto stream =
                coropq::fan_out_stream(engine, work, fan_out_options().concurrency(4).policy(fan_out_policy::collect));
            std::vector<coropq::fan_out_outcome<coropq::result>> outcomes;
            while (auto outcome = run(context, stream.next())) {
                outcomes.push_back(std::move(*outcome));
                if (outcomes.size() == 2)
                    stream.cancel();
            }
            ASSERT_EQ(outcomes.size(), 4u);
            for (const auto& each : outcomes) {
                EXPECT_EQ(each.state(), each.index() < 2 ? fan_out_state::cancelled : fan_out_state::failed);
                EXPECT_EQ(each.code() == coropq::errc::timeout, each.index() >= 2) << each.details();
                EXPECT_FALSE(each.may_have_run());
            }
        }
        EXPECT_EQ(run(context, engine.fetch_value<int>("select count(*)::int from waited")), 0);
        run(context, engine.execute("drop table waited"));
    }
    drain(context);
}

TEST_F(fan_outs, rows_that_dont_fit_are_a_failure) {
    const coropq::engine engine = make(pool_of(2));
    const std::vector<std::string> work = {"select 1", "select 'x'::text", "select 3"};
    const auto outcomes =
        run(context, coropq::fan_out<int>(engine, work, fan_out_options().policy(fan_out_policy::collect)));
    EXPECT_EQ(outcomes[0].value(), std::vector<int>{1});
    EXPECT_EQ(outcomes[1].state(), fan_out_state::failed);
    EXPECT_EQ(outcomes[1].code(), coropq::errc::wrong_type);
    EXPECT_TRUE(outcomes[1].may_have_run());
    failure_of<coropq::result_error>(context, coropq::fan_out<int>(engine, work));
    drain(context);
}

TEST_F(fan_outs, time_limits_of_one_and_of_all) {
    const coropq::engine engine = make(pool_of(2));
    std::vector<coropq::statement> work;
    work.emplace_back("select pg_sleep(60) -- time limits");
    work.push_back(coropq::statement("select 1").timeout(0ms));
    work.push_back(coropq::statement("select pg_sleep(60) -- time limits").timeout(0ms));
    work.emplace_back("select 2");
    std::vector<coropq::fan_out_outcome<coropq::result>> outcomes;
    // On a busy machine, the shorter limits may have passed before the third one begins.
    for (auto limit = 2s; limit < 60s; limit *= 4) {
        const auto options = fan_out_options()
                                 .policy(fan_out_policy::collect)
                                 .statement_timeout(200ms)
                                 .total_timeout(limit)
                                 .concurrency(1);
        outcomes = run(context, coropq::fan_out(engine, work, options), 90s);
        if (outcomes[2].may_have_run())
            break;
    }
    EXPECT_EQ(outcomes[0].state(), fan_out_state::failed);
    EXPECT_EQ(outcomes[0].code(), coropq::errc::timeout);
    EXPECT_TRUE(outcomes[1].succeeded());
    EXPECT_EQ(outcomes[2].state(), fan_out_state::cancelled);
    EXPECT_EQ(outcomes[2].code(), coropq::errc::timeout);
    EXPECT_TRUE(outcomes[2].may_have_run());
    EXPECT_EQ(outcomes[3].state(), fan_out_state::not_run);
    drain(context);
    EXPECT_TRUE(becomes_idle("time limits"));
    expect_usable(engine);
}

asio::awaitable<void> with_a_timer(coropq::engine engine, bool& ended) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 300ms);
    std::vector<std::string> work(20, "select pg_sleep(60) -- with a timer");
    work[0] = "select 1";
    auto either = co_await (coropq::fan_out(engine, work) || timer.async_wait(asio::use_awaitable));
    EXPECT_EQ(either.index(), 1u);
    ended = true;
}

TEST_F(fan_outs, an_operator_cancels_it_on_the_server) {
    const coropq::engine engine = make(pool_of(3));
    bool has_ended = false;
    run(context, with_a_timer(engine, has_ended));
    EXPECT_TRUE(has_ended);
    drain(context);
    EXPECT_TRUE(becomes_idle("with a timer"));
    expect_usable(engine);
}

asio::awaitable<void> take_one_and_leave(coropq::engine engine) {
    std::vector<std::string> work(20, "select pg_sleep(60) -- left early");
    work[0] = "select 1";
    auto left = coropq::fan_out_stream(engine, work);
    const auto first = co_await left.next();
    EXPECT_TRUE(first->succeeded());
}

TEST_F(fan_outs, leaving_early_cancels_on_the_server_in_the_background) {
    const coropq::engine engine = make(pool_of(3));
    run(context, take_one_and_leave(engine));
    drain(context);
    EXPECT_TRUE(becomes_idle("left early"));
    expect_usable(engine);
}

// A leak would be found by the sanitizer.
TEST_F(fan_outs, a_context_that_ends_takes_everything_along) {
    auto alive = std::make_shared<int>();
    {
        asio::io_context short_lived(1);
        const auto options = coropq::engine_options().pool(coropq::pool_options().size(2).pipelining(false));
        const coropq::engine engine = coropq::create_engine(short_lived, plain_address(), options);
        auto source = [alive]() -> std::optional<std::string> { return "select pg_sleep(60) -- context ends"; };
        auto user = [](coropq::engine used, coropq::statement_source make) -> asio::awaitable<void> {
            auto work = coropq::fan_out_stream(used, std::move(make));
            co_await work.next();
            ADD_FAILURE();
        };
        asio::co_spawn(short_lived, user(engine, source), [](std::exception_ptr) { ADD_FAILURE(); });
        asio::co_spawn(short_lived, coropq::fan_out(engine, source),
                       [](std::exception_ptr, const auto&) { ADD_FAILURE(); });
        EXPECT_TRUE(wait_until([&] {
            short_lived.poll();
            return cluster().query_value("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and "
                                         "strpos(query, 'context ends') > 0") != "0";
        }));
    }
    EXPECT_EQ(alive.use_count(), 1);
    EXPECT_TRUE(becomes_idle("context ends"));
}

TEST_F(fan_outs, what_was_lost_while_it_ran_is_repeated_only_when_it_is_idempotent) {
    const coropq::engine engine = make(pool_of(2));
    for (const bool idempotent : {false, true}) {
        int attempts = 0;
        bool all_ended = false;
        // The first two wait to be killed.
        run(context, engine.execute("drop sequence if exists tries"));
        run(context, engine.execute("create sequence tries"));
        const std::vector<std::string> work(2, "select case when nextval('tries') < 3 then pg_sleep(60) end -- lost");
        auto watch = [&](coropq::engine used) -> asio::awaitable<void> {
            const auto options =
                fan_out_options().policy(fan_out_policy::collect).retries(5).backoff(20ms).idempotent(idempotent);
            const auto outcomes = co_await coropq::fan_out(used, work, options);
            for (const auto& each : outcomes) {
                EXPECT_EQ(each.succeeded(), idempotent) << each.details();
                EXPECT_EQ(each.may_have_run(), !idempotent);
                attempts += each.attempts();
            }
            all_ended = true;
        };
        auto kill = [&]() -> asio::awaitable<void> {
            asio::steady_timer timer(co_await asio::this_coro::executor);
            while (!all_ended) {
                timer.expires_after(20ms);
                co_await timer.async_wait(asio::use_awaitable);
                cluster().query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
                                "and wait_event = 'PgSleep' and strpos(query, '-- lost') > 0");
            }
        };
        auto both = [](asio::awaitable<void> first, asio::awaitable<void> second) -> asio::awaitable<void> {
            co_await (std::move(first) && std::move(second));
        };
        run(context, both(watch(engine), kill()));
        EXPECT_GE(attempts, idempotent ? 3 : 2);
        EXPECT_LE(attempts, idempotent ? 12 : 2);
    }
    run(context, engine.execute("drop sequence tries"));
    drain(context);
}

// 50,000 statements of a generator: no more are read ahead than the window says.
asio::awaitable<void> pull_many(coropq::engine engine) {
    int read = 0;
    int count = 0;
    std::int64_t sum = 0;
    auto source = [&]() -> std::optional<coropq::statement> {
        if (read == 50000)
            return std::nullopt;
        EXPECT_LT(read - count, 100);
        ++read;
        return coropq::statement("select $1::int8", std::int64_t(read));
    };
    auto work = coropq::fan_out_stream<std::int64_t>(engine, source, fan_out_options().concurrency(32).window(100));
    while (auto outcome = co_await work.next()) {
        ++count;
        sum += outcome->value()[0];
    }
    EXPECT_EQ(count, 50000);
    EXPECT_EQ(sum, std::int64_t(50000) * 50001 / 2);
}

TEST_F(fan_outs, many_statements_of_a_generator) {
    const coropq::engine engine = coropq::create_engine(context, plain_address(), pool_of(4));
    run(context, pull_many(engine), std::chrono::minutes(4));
    drain(context);
}

} // namespace
