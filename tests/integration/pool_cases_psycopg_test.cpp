// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What the tests of psycopg_pool (Python) check, in our terms, under their names. docs/pool_cases.md has all of them.

#include "pool_cases_support.hpp"

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

struct psycopg_pool : pool_cases_fixture {
    // A pool whose next acquire asks for a sign of life.
    coropq::engine make_checking(std::size_t size, std::size_t min_idle = 0) {
        return make_pool(pool_options().size(size).min_idle(min_idle).ping_after(0ms));
    }

    // So many connections that have been opened, and are idle.
    void fill(const coropq::engine& engine, std::size_t count) {
        std::vector<coropq::connection> conns;
        for (std::size_t i = 0; i != count; ++i)
            conns.push_back(get(engine));
    }
};

// There: errors of the constructor. Here a pool has one connection at least, and keeps no more ready than it may have.
TEST_F(psycopg_pool, bad_size) {
    const coropq::engine engine = make_pool(pool_options().size(0).min_idle(3));
    expect_works(engine);
    drain(context);
    EXPECT_EQ(engine.stats().size, 1u);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(psycopg_pool, connection_not_lost) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    int backend = 0;
    const auto block = [&]() -> asio::awaitable<void> {
        const coropq::connection conn = co_await engine.connect();
        backend = co_await conn.fetch_value<int>("select pg_backend_pid()");
        co_await conn.execute("select 1/0");
    };
    failure_of<coropq::server_error>(context, block());
    EXPECT_EQ(backend_of(engine), backend);
    EXPECT_EQ(engine.stats().opened, 1u);
}

// Not one after the other: all of them are under way when none has had an answer.
TEST_F(psycopg_pool, concurrent_filling) {
    const coropq::engine engine = make_pool(pool_options().size(5).min_idle(4));
    const coropq::connection held = get(engine);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 4; }));
    proxy.reset_counters();
    proxy.stall(direction::to_client);
    engine.invalidate();
    EXPECT_TRUE(run_until([&] { return engine.stats().connecting == 4 && proxy.connections() == 4; }));
    proxy.release();
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 4; }));
}

TEST_F(psycopg_pool, configure_broken) {
    coropq::engine_options options = pool_of(1);
    options.connect(coropq::connect_options().on_connect({"select pg_terminate_backend(pg_backend_pid())"}));
    const coropq::engine engine = make(options);
    for (int i = 0; i != 2; ++i)
        failure_of<coropq::connection_error>(context, engine.execute("select 1"));
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().idle, 0u);
    expect_balance(engine.stats());
}

TEST_F(psycopg_pool, reset) {
    coropq::engine_options options;
    options.pool(pool_options().size(1).reset(coropq::reset_policy::discard_all));
    options.connect(coropq::connect_options().on_connect({"set application_name = 'set up'"}));
    const coropq::engine engine = make(options);
    int backend = 0;
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("set timezone = '+07'"));
        run(context, conn.execute("set application_name = 'mine'"));
        run(context, conn.execute("create temporary table mine (id int)"));
        backend = backend_of(conn);
    }
    const coropq::connection next = get(engine);
    proxy.reset_counters();
    const auto seen = run(context, next.execute("select current_setting('timezone'), to_regclass('mine') is null, "
                                                "current_setting('application_name'), pg_backend_pid()"));
    EXPECT_NE(seen[0][0].text(), "<+07>-07");
    EXPECT_TRUE(seen[0][1].as<bool>());
    EXPECT_EQ(seen[0][2].text(), "set up"); // by the statements of `on_connect`, again
    EXPECT_EQ(seen[0][3].as<int>(), backend);
    EXPECT_LE(proxy.round_trips(), 2u); // the answer to what was sent before may come separately
}

// The connection is lost after it was returned, with its reset on the way.
TEST_F(psycopg_pool, reset_broken) {
    const coropq::engine engine = make_pool(pool_options().size(1).reset(coropq::reset_policy::discard_all));
    for (const bool told : {true, false}) {
        {
            const coropq::connection conn = get(engine);
            run(context, conn.execute("select 1"));
            proxy.stall(direction::to_client);
        }
        if (told)
            proxy.reset();
        else
            proxy.cut();
        proxy.release();
        expect_works(engine);
    }
    expect_balance(engine.stats());
}

TEST_F(psycopg_pool, intrans_rollback_and_inerror_rollback) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const int backend = backend_of(engine);
    run(context, engine.execute("create table if not exists left_over (id int)"));
    for (const char* const last : {"select 1", "select 1/0"}) {
        {
            const coropq::connection conn = get(engine);
            run(context, conn.execute("begin"));
            run(context, conn.execute("insert into left_over values (1)"));
            try_to(conn, last);
        }
        const coropq::connection next = get(engine);
        EXPECT_EQ(backend_of(next), backend);
        EXPECT_EQ(run(context, next.fetch_value<std::int64_t>("select count(*) from left_over")), 0);
    }
    run(context, engine.execute("drop table left_over"));
}

// There, a connection that still executes is discarded. So it is here when cancelling has no time to work; otherwise it
// is kept.
TEST_F(psycopg_pool, active_close) {
    for (const auto time : {0ms, 25000ms}) {
        coropq::engine_options options = pool_of(1);
        options.connect(coropq::connect_options().cancel_timeout(time));
        const coropq::engine engine = make(options);
        std::optional<coropq::connection> conn(get(engine));
        coropq::result output;
        std::optional<error_code> outcome;
        conn->async_execute(coropq::statement("select pg_sleep(60) -- returned while active"), output,
                            [&](error_code code) { outcome = code; });
        ASSERT_TRUE(run_until_active(context, "returned while active"));
        conn.reset();
        EXPECT_TRUE(comes_to_rest(engine));
        EXPECT_EQ(outcome, asio::error::operation_aborted);
        EXPECT_EQ(engine.stats().closed.broken, time == 0ms ? 1u : 0u);
        expect_works(engine);
        EXPECT_EQ(engine.stats().opened, time == 0ms ? 2u : 1u);
    }
}

TEST_F(psycopg_pool, fail_rollback_close) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("begin"));
        proxy.reset();
    }
    EXPECT_TRUE(comes_to_rest(engine));
    expect_works(engine); // never the transaction's connection
    EXPECT_EQ(engine.stats().closed.broken, 1u);
    EXPECT_EQ(engine.stats().opened, 2u);
}

// The limit of a statement includes waiting, whatever the pool's own limit is.
TEST_F(psycopg_pool, queue_timeout_override) {
    const coropq::engine engine = make_pool(pool_options().size(1).acquire_timeout(30s));
    const coropq::connection held = get(engine);
    const auto failure =
        failure_of<coropq::timeout_error>(context, engine.execute(coropq::statement("select 1").timeout(40ms)));
    EXPECT_TRUE(contains(failure.what(), "waiting for a connection")) << failure.what();
    EXPECT_EQ(engine.stats().waiting, 0u);
}

// Somebody whose time is up must not swallow the connection of the next one.
TEST_F(psycopg_pool, dead_client) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> held(get(engine));
    for (int i = 0; i != 3; ++i)
        failure_of<coropq::timeout_error>(context, engine.execute(coropq::statement("select 1").timeout(20ms)));
    started& patient = start(engine, "select 7");
    held.reset();
    EXPECT_EQ(outcome_of(patient), error_code());
    EXPECT_EQ(engine.stats().acquired, 2u);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(psycopg_pool, broken_reconnect) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const int backend = backend_of(engine);
    failure_of<coropq::connection_error>(context, engine.execute("select pg_terminate_backend(pg_backend_pid())"));
    EXPECT_NE(backend_of(engine), backend);
}

TEST_F(psycopg_pool, closed_getconn_and_closed_queue) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection held = get(engine);
    started& waiting = start(engine, "select 1");
    ASSERT_TRUE(run_until([&] { return engine.stats().waiting == 1; }));
    run(context, engine.dispose());
    EXPECT_EQ(outcome_of(waiting), coropq::errc::engine_disposed);
    EXPECT_EQ(failure_of<coropq::error>(context, engine.connect()).code(), coropq::errc::engine_disposed);
    expect_works(held);
}

TEST_F(psycopg_pool, reconnect) {
    const coropq::engine engine = make_pool(pool_options().size(2).min_idle(2).retry_delay(1ms, 20ms));
    expect_works(engine);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    proxy.refuse(true);
    proxy.cut();
    failure_of<coropq::connection_error>(context, engine.execute("select 1"));
    EXPECT_TRUE(run_until([&] { return engine.stats().failed_connects >= 5; })); // it goes on trying by itself …
    proxy.refuse(false);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; })); // … until it works
    expect_works(engine);
    expect_balance(engine.stats());
}

TEST_F(psycopg_pool, reconnect_after_grow_failed) {
    const coropq::engine engine = make_pool(pool_options().size(2).retry_delay(1ms, 20ms));
    const coropq::connection held = get(engine);
    proxy.refuse(true);
    started& second = start(engine, "select 1");
    EXPECT_TRUE(run_until([&] { return engine.stats().failed_connects >= 3; }));
    EXPECT_FALSE(second.code); // the one that is out may come back
    proxy.refuse(false);
    EXPECT_EQ(outcome_of(second), error_code());
    EXPECT_EQ(engine.stats().opened, 2u);
}

TEST_F(psycopg_pool, refill_on_check) {
    const coropq::engine engine = make_checking(3, 3);
    expect_works(engine);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 3; }));
    ASSERT_EQ(cluster().terminate_backends(), 3u);
    expect_works(engine); // one is found dead, so all are
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 3; }));
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_TRUE(cluster().wait_for_session_count(3));
    expect_balance(engine.stats());
}

TEST_F(psycopg_pool, check_returns_an_ok_connection) {
    const coropq::engine engine = make_checking(3);
    int sound = 0;
    {
        const coropq::connection first = get(engine);
        sound = backend_of(first);
        run(context, first.execute("select repeat('x', 100000)"));
        proxy.reset_counters();
        const coropq::connection broken = get(engine); // goes back last, so it would be used first
        run(context, broken.execute("select 1"));
        proxy.at_byte(direction::to_client, proxy.bytes(direction::to_client), fault::cut);
    }
    EXPECT_EQ(backend_of(engine), sound);
    EXPECT_EQ(engine.stats().opened, 2u);
    EXPECT_EQ(engine.stats().closed.broken, 1u);
}

// A check that has no answer doesn't hold up those who could have another connection.
TEST_F(psycopg_pool, check_timeout) {
    const coropq::engine engine = make_pool(pool_options().size(2).ping_after(0ms).ping_timeout(40ms));
    fill(engine, 2);
    proxy.stall();
    started& first = start(engine, "select 1");
    started& second = start(engine, "select 1");
    EXPECT_TRUE(run_until([&] { return engine.stats().failed_pings == 2; }));
    proxy.release();
    EXPECT_EQ(outcome_of(first), error_code());
    EXPECT_EQ(outcome_of(second), error_code());
    expect_balance(engine.stats());
}

TEST_F(psycopg_pool, stats_measures_usage_and_connect) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_waiting(1).acquire_timeout(20s));
    proxy.refuse(true);
    failure_of<coropq::connection_error>(context, engine.execute("select 1"));
    proxy.refuse(false);
    proxy.delay(direction::to_client, 5ms);
    std::optional<coropq::connection> held(get(engine));
    EXPECT_GE(engine.stats().mean_connect_time, 5ms);
    started& waits = start(engine, "select 1");
    failure_of<coropq::pool_timeout>(context, engine.execute("select 1"));
    EXPECT_TRUE(run_until([&] { return engine.stats().holders.at(0).held >= 30ms; }));
    held.reset();
    EXPECT_EQ(outcome_of(waits), error_code());
    const coropq::pool_statistics numbers = engine.stats();
    EXPECT_EQ(numbers.opened, 1u);
    EXPECT_EQ(numbers.failed_connects, 1u);
    EXPECT_EQ(numbers.acquired, 2u);
    EXPECT_EQ(numbers.refused, 1u);
    EXPECT_GE(numbers.wait_time, numbers.longest_wait);
    EXPECT_TRUE(numbers.holders.empty());
}

TEST_F(psycopg_pool, cancel_on_check) {
    const coropq::engine engine = make_checking(1);
    const int backend = backend_of(engine);
    proxy.stall(direction::to_client);
    started& gone = start(engine, "select 1");
    started& behind = start(engine, "select pg_backend_pid()");
    ASSERT_TRUE(run_until([&] { return engine.stats().pings == 1; }));
    gone.stop.emit(asio::cancellation_type::terminal);
    EXPECT_EQ(outcome_of(gone), asio::error::operation_aborted);
    proxy.release();
    EXPECT_EQ(outcome_of(behind), error_code());
    EXPECT_EQ(behind.output[0][0].as<int>(), backend); // it isn't lost
    EXPECT_EQ(engine.stats().idle, 1u);
}

// The rollback of the one before is on its way when the next one, who is given the connection, is cancelled.
TEST_F(psycopg_pool, cancel_on_rollback) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("begin"));
        proxy.stall(direction::to_client);
    }
    started& gone = start(engine, "select 1");
    context.restart();
    context.poll();
    gone.stop.emit(asio::cancellation_type::terminal);
    EXPECT_EQ(outcome_of(gone), asio::error::operation_aborted);
    proxy.release();
    const auto state = run(context, engine.execute("select pg_current_xact_id_if_assigned() is null"));
    EXPECT_TRUE(state[0][0].as<bool>());
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().idle, 1u);
    expect_balance(engine.stats());
}

// All connections are exchanged, those in use when they come back.
TEST_F(psycopg_pool, drain) {
    const coropq::engine engine = make_pool(pool_options().size(2).min_idle(1));
    std::optional<coropq::connection> held(get(engine));
    const int before = backend_of(*held);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
    engine.invalidate();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.invalidated == 1 && engine.stats().idle == 1; }));
    EXPECT_EQ(backend_of(*held), before);
    held.reset();
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().closed.invalidated, 2u);
    EXPECT_NE(backend_of(engine), before);
}

} // namespace
