// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What holds for every operation, however it is started: errors, one at a time, lifetimes, cancellation, composition.

#include "api_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using namespace asio::experimental::awaitable_operators;

struct operation_lifetime : testing::Test {
    asio::io_context context;
    coropq::result output;
    coropq::diagnostics details;

    coropq::connection connected(const coropq::url& address = plain_address()) {
        coropq::connection conn(context);
        run(context, conn.connect(address));
        return conn;
    }
};

// Keeps what a handler was called with.
struct ending {
    std::optional<error_code> code;

    auto handler() {
        return [this](error_code how) {
            EXPECT_FALSE(code.has_value()) << "the handler ran twice";
            code = how;
        };
    }
};

TEST_F(operation_lifetime, errors_give_code_and_diagnostics_and_empty_the_result) {
    coropq::connection conn = connected();
    output = run(context, conn.execute("select 1"));
    ending failed;
    conn.async_execute(coropq::statement("select nope"), output, details, failed.handler());
    EXPECT_EQ(output.size(), 1u) << "written before the operation ended";
    drain(context);
    EXPECT_EQ(failed.code, coropq::sqlstate::undefined_column);
    EXPECT_EQ(details.sqlstate(), "42703");
    EXPECT_EQ(details.statement(), "select nope");
    EXPECT_EQ(details.position(), 8u);
    EXPECT_EQ(output.size(), 0u);
    EXPECT_EQ(output.column_count(), 0u);

    // And success empties the diagnostics.
    ending fine;
    conn.async_execute(coropq::statement("select 1"), output, details, fine.handler());
    drain(context);
    EXPECT_EQ(fine.code, error_code());
    EXPECT_TRUE(details.empty());
    EXPECT_EQ(output.size(), 1u);

    const coropq::engine engine = coropq::create_engine(context, plain_address());
    ending engine_failed;
    engine.async_execute(coropq::statement("select nope"), output, details, engine_failed.handler());
    drain(context);
    EXPECT_EQ(engine_failed.code, coropq::sqlstate::undefined_column);
    EXPECT_EQ(details.sqlstate(), "42703");
    EXPECT_EQ(output.column_count(), 0u);

    coropq::connection other(context);
    ending refused;
    other.async_connect(address_of(plain_url().password("wrong")), details, refused.handler());
    drain(context);
    EXPECT_EQ(refused.code, coropq::sqlstate::invalid_password);
    EXPECT_FALSE(details.attempts().empty());
    ending open_already;
    conn.async_connect(plain_address(), details, open_already.handler());
    drain(context);
    EXPECT_EQ(open_already.code, coropq::errc::already_connected);
    EXPECT_TRUE(contains(details.to_string(), "[already_connected]")) << details;
}

TEST_F(operation_lifetime, one_operation_at_a_time) {
    coropq::connection conn = connected();
    ending first;
    conn.async_execute(coropq::statement("select 7 as n, pg_sleep(0.1)"), output, first.handler());
    coropq::result other_output;
    ending others[4];
    conn.async_execute(coropq::statement("select 8"), other_output, details, others[0].handler());
    conn.async_ping(others[1].handler());
    conn.async_close(others[2].handler());
    conn.async_connect(plain_address(), others[3].handler());
    drain(context);
    ASSERT_EQ(first.code, error_code());
    EXPECT_EQ(output[0][0].as<int>(), 7);
    for (const ending& other : others)
        EXPECT_EQ(other.code, coropq::errc::operation_in_progress);
    EXPECT_TRUE(contains(details.to_string(), "[operation_in_progress]")) << details;
    EXPECT_EQ(other_output.column_count(), 0u);
    EXPECT_EQ(run(context, conn.execute("select 9"))[0][0].as<int>(), 9);

    // Also while connecting.
    coropq::connection opening(context);
    ending opened;
    ending refused;
    opening.async_connect(plain_address(), opened.handler());
    opening.async_connect(plain_address(), refused.handler());
    drain(context);
    EXPECT_EQ(opened.code, error_code());
    EXPECT_EQ(refused.code, coropq::errc::operation_in_progress);
    run(context, opening.ping());
}

TEST_F(operation_lifetime, a_moved_connection_takes_its_session_along) {
    coropq::connection conn = connected();
    ending pending;
    conn.async_execute(coropq::statement("select 1, pg_sleep(0.05)"), output, pending.handler());
    coropq::connection moved(std::move(conn));
    drain(context);
    EXPECT_EQ(pending.code, error_code());
    EXPECT_EQ(run(context, moved.execute("select 1")).size(), 1u);
    const auto failure = failure_of<coropq::error>(context, conn.execute("select 1")); // NOLINT: moved from on purpose
    EXPECT_EQ(failure.code(), coropq::errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, conn.connect(plain_address())).code(), coropq::errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, conn.ping()).code(), coropq::errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, conn.close()).code(), coropq::errc::not_connected);

    // Assignment closes what was there, and makes the moved-from one useful again.
    conn = connected();
    run(context, conn.ping());
    conn = std::move(moved);
    EXPECT_EQ(run(context, conn.execute("select 1")).size(), 1u);
    EXPECT_TRUE(cluster().wait_for_session_count(1));
    auto& same = conn;
    conn = std::move(same);
    run(context, conn.ping());
}

TEST_F(operation_lifetime, destroying_a_connection_ends_its_operation) {
    std::optional<coropq::connection> conn(connected());
    ending started;
    conn->async_execute(coropq::statement("select pg_sleep(60) -- destroyed"), output, details, started.handler());
    ASSERT_TRUE(run_until_active(context, "destroyed"));
    conn.reset();
    drain(context);
    EXPECT_EQ(started.code, asio::error::operation_aborted);

    // Before it has begun: the same, though nothing was sent.
    conn.emplace(connected());
    ending not_begun;
    conn->async_execute(coropq::statement("select 1"), output, details, not_begun.handler());
    conn.reset();
    drain(context);
    EXPECT_EQ(not_begun.code, asio::error::operation_aborted);

    // While connecting.
    tcp_proxy proxy(cluster().port());
    proxy.stall();
    conn.emplace(context);
    ending connecting;
    conn->async_connect(address_through(proxy), details, connecting.handler());
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return proxy.connections() == 1;
    }));
    conn.reset();
    drain(context);
    EXPECT_EQ(connecting.code, asio::error::operation_aborted);

    // The awaitable form owns what it needs.
    conn.emplace(connected());
    asio::awaitable<void> ping = conn->ping();
    conn.reset();
    EXPECT_EQ(failure_of<coropq::error>(context, std::move(ping)).code(), coropq::errc::not_connected);
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST_F(operation_lifetime, a_context_may_end_with_operations_in_progress) {
    const auto flag = std::make_shared<int>();
    {
        asio::io_context short_lived;
        coropq::connection conn(short_lived);
        run(short_lived, conn.connect(plain_address()));
        const coropq::engine engine = coropq::create_engine(short_lived, plain_address());
        const auto never = [flag](error_code) { ADD_FAILURE() << "the handler ran"; };
        conn.async_execute(coropq::statement("select pg_sleep(60) -- orphan"), output, details, never);
        engine.async_execute(coropq::statement("select pg_sleep(60) -- orphan"), output, details, never);
        ASSERT_TRUE(run_until_active(short_lived, "orphan"));
        engine.async_execute(coropq::statement("select 2"), output, details, never);
        engine.async_dispose([flag](error_code) {});
        EXPECT_GT(flag.use_count(), 2);
    }
    // Handlers were destroyed with the context, not called.
    EXPECT_EQ(flag.use_count(), 1);
}

// Connections and engines that live in coroutines are destroyed by the context.
asio::awaitable<void> owner() {
    const auto executor = co_await asio::this_coro::executor;
    coropq::connection idle(executor);
    coropq::connection busy(executor);
    coropq::engine engine = coropq::create_engine(executor, plain_address());
    co_await idle.connect(plain_address());
    co_await engine.execute("select 1");
    co_await busy.connect(plain_address());
    co_await (busy.execute("select pg_sleep(60) -- owned") && engine.execute("select pg_sleep(60) -- owned"));
}

TEST_F(operation_lifetime, a_context_may_end_with_coroutines_that_own_connections) {
    {
        asio::io_context short_lived;
        asio::co_spawn(short_lived, owner(), asio::detached);
        ASSERT_TRUE(run_until_active(short_lived, "owned"));
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
    for (int steps = 0; steps != 120; steps += 3) { // stopped at any point of their lives
        asio::io_context short_lived;
        asio::co_spawn(short_lived, owner(), asio::detached);
        for (int i = 0; i != steps && short_lived.run_one_for(20ms) != 0; ++i) {
        }
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST_F(operation_lifetime, idle_connections_hold_no_work_and_operations_do) {
    coropq::connection conn = connected();
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    run(context, engine.execute("select 1"));
    drain(context);
    EXPECT_TRUE(cluster().wait_for_session_count(2));

    tcp_proxy proxy(cluster().port());
    coropq::connection slow = connected(address_through(proxy));
    proxy.stall(direction::to_client);
    ending answered;
    slow.async_ping(answered.handler());
    context.restart();
    context.run_for(50ms);
    EXPECT_FALSE(context.stopped());
    EXPECT_FALSE(answered.code);
    proxy.release();
    drain(context);
    EXPECT_EQ(answered.code, error_code());
}

TEST_F(operation_lifetime, each_operation_accepts_its_types_of_cancellation) {
    coropq::connection conn = connected();
    asio::cancellation_signal stop;
    for (const auto type : {asio::cancellation_type::partial, asio::cancellation_type::total}) {
        ending ignored;
        gate closed(context);
        conn.async_execute(coropq::statement(gate::statement("ignoring")), output,
                           asio::bind_cancellation_slot(stop.slot(), ignored.handler()));
        ASSERT_TRUE(run_until_active(context, "ignoring"));
        stop.emit(type);
        closed.open();
        drain(context);
        EXPECT_EQ(ignored.code, error_code());
    }
    ending closed;
    conn.async_close(asio::bind_cancellation_slot(stop.slot(), closed.handler()));
    stop.emit(asio::cancellation_type::terminal);
    drain(context);
    EXPECT_EQ(closed.code, error_code());

    tcp_proxy proxy(cluster().port());
    proxy.stall();
    for (const auto type :
         {asio::cancellation_type::partial, asio::cancellation_type::total, asio::cancellation_type::terminal}) {
        ending cancelled;
        conn.async_connect(address_through(proxy), details,
                           asio::bind_cancellation_slot(stop.slot(), cancelled.handler()));
        context.restart();
        context.run_for(20ms);
        EXPECT_FALSE(cancelled.code);
        stop.emit(type);
        drain(context);
        EXPECT_EQ(cancelled.code, asio::error::operation_aborted);
        EXPECT_EQ(failure_of<coropq::error>(context, conn.ping()).code(), coropq::errc::not_connected);
    }
    proxy.release();
    run(context, conn.connect(address_through(proxy)));
    run(context, conn.ping());
}

asio::awaitable<void> sleep(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<int> compose(coropq::engine engine) {
    // All of them.
    auto [one, two] = co_await (engine.execute("select 1") && engine.execute("select $1::int", 2));
    int sum = one[0][0].as<int>() + two[0][0].template as<int>();
    // The first one; the others are cancelled.
    auto first = co_await (engine.execute("select pg_sleep(90)") || sleep(30ms));
    EXPECT_EQ(first.index(), 1u);
    auto quick = co_await (engine.execute("select 4") || sleep(90s));
    sum += std::get<0>(quick)[0][0].template as<int>();
    // An error in one ends the others.
    try {
        co_await (engine.execute("select nope") && engine.execute("select pg_sleep(90)"));
        ADD_FAILURE();
    } catch (const asio::multiple_exceptions& problem) { // the other one was cancelled
        try {
            std::rethrow_exception(problem.first_exception());
        } catch (const coropq::server_error& cause) {
            EXPECT_EQ(cause.code(), coropq::sqlstate::undefined_column);
        }
    }
    auto names = co_await (engine.inspect().schema_names() && engine.inspect().has_table("nope"));
    EXPECT_FALSE(std::get<1>(names));
    co_return sum;
}

TEST_F(operation_lifetime, awaitables_compose) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(run(context, compose(coropq::create_engine(context, plain_address()))), 7);
    drain(context);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 60s);
}

TEST_F(operation_lifetime, deferred_operations_compose) {
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    coropq::result second;
    bool done = false;
    asio::experimental::make_parallel_group(
        engine.async_execute(coropq::statement("select 1"), output, asio::deferred),
        engine.async_execute(coropq::statement("select 2"), second, details, asio::deferred))
        .async_wait(asio::experimental::wait_for_all(), [&](auto, error_code left, error_code right) {
            EXPECT_FALSE(left);
            EXPECT_FALSE(right);
            done = true;
        });
    drain(context);
    EXPECT_TRUE(done);
    EXPECT_EQ(output[0][0].as<int>() + second[0][0].as<int>(), 3);
}

// Everything that the calls were given dies before they run.
TEST_F(operation_lifetime, awaitables_may_be_awaited_later) {
    std::vector<asio::awaitable<coropq::result>> later;
    std::vector<asio::awaitable<bool>> questions;
    std::optional<asio::awaitable<void>> opened;
    auto conn = std::make_unique<coropq::connection>(context);
    {
        const auto address = std::make_unique<coropq::url>(plain_address());
        opened.emplace(conn->connect(*address, coropq::connect_options().application_name("later")));
        const auto engine = std::make_unique<coropq::engine>(coropq::create_engine(context, *address));
        const auto text = std::make_unique<std::string>("select $1::text || $2::text");
        for (int i = 0; i != 3; ++i) {
            const std::string number = std::to_string(i) + std::string(100, '.');
            later.push_back(engine->execute(*text, number, std::string_view(number)));
            later.push_back(engine->execute(coropq::statement(*text, number, number.c_str())));
        }
        later.push_back(conn->execute(std::string("select $1::text || $1"), std::string("0") + std::string(100, '.')));
        const std::string name = "pg_class" + std::string(100, '.');
        questions.push_back(engine->inspect().has_table(name.substr(0, 8), std::string("pg_catalog")));
    }
    run(context, std::move(*opened));
    for (std::size_t i = 0; i != later.size(); ++i) {
        const std::string expected = std::to_string(i / 2 % 3) + std::string(100, '.');
        EXPECT_EQ(run(context, std::move(later[i]))[0][0].as<std::string>(), expected + expected);
    }
    EXPECT_TRUE(run(context, std::move(questions.front())));
    std::vector<asio::awaitable<coropq::result>> never_awaited;
    never_awaited.push_back(conn->execute("select 1"));
}

TEST_F(operation_lifetime, co_spawn_adapts_the_awaitable_form) {
    coropq::connection conn = connected();
    std::future<coropq::result> future = asio::co_spawn(
        context, conn.execute(std::string("select $1::text as v"), std::string(100, 'x')), asio::use_future);
    asio::co_spawn(context, coropq::create_engine(context, plain_address()).execute("select 1"), asio::detached);
    drain(context);
    EXPECT_EQ(future.get()[0]["v"].as<std::string>(), std::string(100, 'x'));
}

} // namespace
