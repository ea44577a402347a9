// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How connections go back to their engine, and how engines end with some still out.

#include "pool_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

using pool_end = pool_fixture;

TEST_F(pool_end, a_connection_goes_back_when_it_is_destroyed_or_closed) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    int backend = 0;
    {
        const coropq::connection conn = get(engine);
        backend = backend_of(context, conn);
        EXPECT_EQ(engine.stats().active, 1u);
    }
    EXPECT_EQ(engine.stats().idle, 1u);
    coropq::connection again = get(engine);
    EXPECT_EQ(backend_of(context, again), backend);
    run(context, again.close());
    EXPECT_EQ(engine.stats().idle, 1u);
    run(context, again.close()); // nothing the second time
    again = get(engine);
    bool closed = false;
    again.async_close([&](error_code code) { closed = !code; });
    drain(context);
    EXPECT_TRUE(closed);
    EXPECT_EQ(engine.stats().idle, 1u);
    again = get(engine);
    again = coropq::connection(context); // assignment gives it back
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(proxy.connections(), 1u);
    EXPECT_EQ(engine.stats().acquired, 4u);
}

TEST_F(pool_end, use_after_return_is_an_error) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> conn(get(engine));
    asio::awaitable<coropq::result> later = conn->execute("select 1");
    asio::awaitable<coropq::row_stream> later_stream = conn->stream_rows(coropq::statement("select 1"));
    run(context, conn->close());
    const auto failure = failure_of<coropq::error>(context, conn->execute("select 1"));
    EXPECT_EQ(failure.code(), coropq::errc::not_connected);
    EXPECT_TRUE(contains(failure.what(), "given back to its engine")) << failure.what();
    EXPECT_EQ(failure_of<coropq::error>(context, conn->ping()).code(), coropq::errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, conn->connect(plain_address())).code(), coropq::errc::not_connected);
    coropq::result output;
    coropq::diagnostics details;
    std::optional<error_code> outcome;
    conn->async_execute(coropq::statement("select 1"), output, details, [&](error_code code) { outcome = code; });
    drain(context);
    EXPECT_EQ(outcome, coropq::errc::not_connected);
    EXPECT_TRUE(contains(details.to_string(), "given back to its engine")) << details;
    conn.reset();
    EXPECT_EQ(failure_of<coropq::error>(context, std::move(later)).code(), coropq::errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, std::move(later_stream)).code(), coropq::errc::not_connected);
    EXPECT_EQ(engine.stats().idle, 1u);
}

TEST_F(pool_end, a_stream_ends_with_its_connection) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    for (const auto strategy : {coropq::stream_strategy::rows, coropq::stream_strategy::cursor}) {
        coropq::stream_options options;
        options.batch = 2;
        options.strategy = strategy;
        std::optional<coropq::connection> conn(get(engine));
        coropq::row_stream rows =
            run(context, conn->stream_rows(coropq::statement("select generate_series(1, 100000)"), options));
        EXPECT_EQ(run(context, rows.next_batch()).size(), 2u);
        conn.reset();
        const auto failure = failure_of<coropq::error>(context, rows.next_batch());
        EXPECT_EQ(failure.code(), coropq::errc::not_connected);
        // The session is somebody else's, and the stream doesn't touch it.
        EXPECT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
        const coropq::connection next = get(engine);
        run(context, next.execute("select 1"));
        { const coropq::row_stream gone = std::move(rows); }
        EXPECT_EQ(run(context, next.execute("select 7"))[0][0].as<int>(), 7);
        EXPECT_EQ(engine.stats().opened, 1u); // it was cleaned, not replaced
    }
}

TEST_F(pool_end, a_stream_of_the_engine_gives_its_connection_back) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    {
        coropq::row_stream rows = run(context, engine.stream_rows(coropq::statement("select generate_series(1, 9)")));
        EXPECT_EQ(engine.stats().active, 1u);
        EXPECT_EQ(engine.stats().holders.at(0).purpose, "stream");
        EXPECT_EQ(run(context, rows.next_batch()).size(), 9u);
    }
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(pool_end, a_connection_destroyed_with_an_operation_in_progress) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> conn(get(engine));
    coropq::result output;
    std::optional<error_code> outcome;
    conn->async_execute(coropq::statement("select pg_sleep(60) -- abandoned"), output,
                        [&](error_code code) { outcome = code; });
    ASSERT_TRUE(run_until_active(context, "abandoned"));
    conn.reset();
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
    drain(context);
    EXPECT_EQ(outcome, asio::error::operation_aborted);
    EXPECT_EQ(engine.stats().idle, 1u);
    expect_balance(engine.stats());
}

TEST_F(pool_end, drain_serves_those_who_wait_and_closes_everything) {
    const coropq::engine engine = make_pool(pool_options().size(2));
    std::optional<coropq::connection> held(get(engine));
    coropq::connection last = get(engine);
    started& waits = start(engine, "select 7");
    context.restart();
    context.poll();
    std::size_t cut = 99;
    std::optional<error_code> outcome;
    engine.async_drain(10s, cut, [&](error_code code) { outcome = code; });
    context.poll();
    EXPECT_EQ(failure_of<coropq::error>(context, engine.execute("select 1")).code(), coropq::errc::engine_disposed);
    EXPECT_EQ(failure_of<coropq::error>(context, engine.connect()).code(), coropq::errc::engine_disposed);
    held.reset();
    EXPECT_TRUE(run_until([&] { return waits.code.has_value(); }));
    EXPECT_EQ(waits.code, error_code()) << waits.details;
    EXPECT_FALSE(outcome);
    run(context, last.ping());
    run(context, last.close());
    drain(context);
    EXPECT_EQ(outcome, error_code());
    EXPECT_EQ(cut, 0u);
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_EQ(engine.stats().closed.disposed, 2u);
    EXPECT_EQ(run(context, engine.drain(10s)), 0u); // once more
    expect_balance(engine.stats());
}

TEST_F(pool_end, drain_cuts_what_is_left_at_the_limit) {
    const coropq::engine engine = make_pool(pool_options().size(3));
    const coropq::connection idle_in_hand = get(engine);
    started& running = start(engine, "select pg_sleep(60) -- cut");
    ASSERT_TRUE(run_until_active(context, "cut"));
    EXPECT_EQ(run(context, engine.drain(30ms)), 2u);
    drain(context);
    EXPECT_EQ(running.code, asio::error::operation_aborted);
    EXPECT_TRUE(cluster().wait_for_session_count(0)); // interrupted on the server as well
    EXPECT_EQ(failure_of<coropq::error>(context, idle_in_hand.execute("select 1")).code(), coropq::errc::not_connected);
}

TEST_F(pool_end, a_cancelled_drain_cuts_nothing) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection held = get(engine);
    std::size_t cut = 99;
    std::optional<error_code> outcome;
    asio::cancellation_signal stop;
    engine.async_drain(10s, cut, asio::bind_cancellation_slot(stop.slot(), [&](error_code code) { outcome = code; }));
    context.restart();
    context.poll();
    stop.emit(asio::cancellation_type::partial);
    drain(context);
    EXPECT_EQ(outcome, asio::error::operation_aborted);
    run(context, held.execute("select 1"));
}

TEST_F(pool_end, dispose_closes_leased_connections_when_they_come_back) {
    const coropq::engine engine = make_pool(pool_options().size(2));
    std::optional<coropq::connection> held(get(engine));
    run(context, engine.execute("select 1"));
    run(context, engine.dispose());
    EXPECT_TRUE(proxy.wait_for_open_connections(1));
    EXPECT_EQ(run(context, held->execute("select 7"))[0][0].as<int>(), 7);
    held.reset();
    EXPECT_TRUE(proxy.wait_for_open_connections(0)); // at once
    EXPECT_EQ(engine.stats().closed.disposed, 2u);
    expect_balance(engine.stats());
}

TEST_F(pool_end, a_connection_may_outlive_its_engine) {
    std::optional<coropq::engine> engine(make_pool(pool_options().size(2)));
    std::optional<coropq::connection> held(get(*engine));
    run(context, engine->execute("select 1"));
    engine.reset();
    EXPECT_TRUE(proxy.wait_for_open_connections(1));
    EXPECT_EQ(run(context, held->execute("select 7"))[0][0].as<int>(), 7);
    held.reset();
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

TEST_F(pool_end, an_engine_may_outlive_its_context) {
    auto own = std::make_unique<asio::io_context>();
    const coropq::engine engine =
        coropq::create_engine(*own, address_through(proxy), coropq::engine_options().pool(pool_options().min_idle(2)));
    run(*own, engine.execute("select 1"));
    own.reset();
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_EQ(engine.stats().idle, 0u);
}

// Waits for a connection, holds it, and has a statement running.
asio::awaitable<void> occupy(coropq::engine engine) {
    const coropq::connection held = co_await engine.connect();
    co_await held.execute("select pg_sleep(60) -- occupied");
}

TEST_F(pool_end, a_context_may_end_at_any_point_of_leases_and_waits) {
    for (int steps = 0; steps != 150; steps += 3) {
        asio::io_context short_lived;
        {
            const coropq::engine engine = coropq::create_engine(
                short_lived, plain_address(),
                coropq::engine_options().pool(
                    pool_options().size(2).min_idle(1).max_idle(1ms).max_lifetime(5ms).ping_after(0ms)));
            for (int i = 0; i != 4; ++i)
                asio::co_spawn(short_lived, occupy(engine), asio::detached);
        }
        for (int i = 0; i != steps && short_lived.run_one_for(5ms) != 0; ++i) {
        }
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST_F(pool_end, get_connection_with_any_token) {
    const coropq::engine patient = make_pool(pool_options().size(1));
    coropq::connection output(context);
    coropq::diagnostics details;
    for (int i = 0; i != 2; ++i) { // a new one, and an idle one
        bool called = false;
        patient.async_get_connection(output, details, [&](error_code code) {
            called = true;
            EXPECT_FALSE(code) << details;
        });
        EXPECT_FALSE(called) << "handlers are never called by the function itself";
        drain(context);
        EXPECT_TRUE(called);
        EXPECT_EQ(run(context, output.execute("select 7"))[0][0].as<int>(), 7);
        run(context, output.close());
    }
    const coropq::engine engine = make_pool(pool_options().size(1).acquire_timeout(500ms));
    output = opened_by(engine);
    coropq::connection second(context);
    std::optional<error_code> outcome;
    engine.async_get_connection(second, details, [&](error_code code) { outcome = code; });
    drain(context);
    EXPECT_EQ(outcome, coropq::errc::pool_timeout);
    EXPECT_TRUE(contains(details.to_string(), "pool_end_test.cpp")) << details;

    // Cancelled while waiting; the coroutine that waited doesn't exist any more when its turn comes.
    const auto waits = [](coropq::engine from, coropq::connection& place) -> asio::awaitable<void> {
        co_await from.async_get_connection(place, asio::use_awaitable);
    };
    asio::cancellation_signal stop;
    bool over = false;
    asio::co_spawn(context, waits(engine, second),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { over = true; }));
    context.restart();
    context.poll();
    stop.emit(asio::cancellation_type::terminal);
    drain(context);
    EXPECT_TRUE(over);
    run(context, output.close());
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(engine.stats().waiting, 0u);
}

} // namespace
