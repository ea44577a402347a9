// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What the tests of puddle and pgxpool (Go) check, in our terms, under their names. docs/pool_cases.md has all of them.

#include "pool_cases_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>
#include <random>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

using puddle = pool_cases_fixture;
using pgxpool = pool_cases_fixture;

// There: an error of the constructor. Here, a size of zero counts as one.
TEST_F(puddle, requires_max_size_greater_than_0) {
    const coropq::engine engine = make_pool(pool_options().size(0).acquire_timeout(0ms));
    EXPECT_EQ(engine.stats().size, 1u);
    const coropq::connection only = get(engine);
    EXPECT_EQ(failure_of<coropq::pool_timeout>(context, engine.connect()).code(), coropq::errc::pool_timeout);
    engine.resize(0);
    EXPECT_EQ(engine.stats().size, 1u);
}

// A coroutine that was cancelled before it asks.
asio::awaitable<void> ask_when_cancelled(coropq::engine engine, asio::cancellation_signal& stop) {
    co_await asio::post(asio::use_awaitable); // Asio 1.24 can't end one that never paused
    co_await asio::this_coro::throw_if_cancelled(false);
    stop.emit(asio::cancellation_type::terminal);
    co_await asio::this_coro::throw_if_cancelled(true);
    const coropq::connection never = co_await engine.connect();
}

TEST_F(puddle, acquire_with_already_cancelled_context) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    run(context, engine.execute("select 1"));
    for (const bool idle : {true, false}) {
        std::optional<coropq::connection> held;
        if (!idle)
            held = get(engine);
        const auto before = engine.stats().acquired;
        asio::cancellation_signal stop;
        std::exception_ptr failure;
        asio::co_spawn(context, ask_when_cancelled(engine, stop),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr how) { failure = how; }));
        drain(context);
        ASSERT_TRUE(failure);
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            EXPECT_EQ(error.code(), asio::error::operation_aborted);
        }
        EXPECT_EQ(engine.stats().acquired, before);
        EXPECT_EQ(engine.stats().waiting, 0u);
    }
}

TEST_F(puddle, signal_is_sent_when_resource_failed_to_create) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    proxy.refuse(true);
    for (int i = 0; i != 3; ++i)
        start(engine, "select 1");
    drain(context); // nobody is left waiting
    for (const auto& each : all) {
        EXPECT_EQ(each->code, coropq::errc::connect_failed);
        EXPECT_TRUE(contains(each->details.to_string(), "refused")) << each->details;
    }
    EXPECT_EQ(engine.stats().waiting, 0u);
    proxy.refuse(false);
    expect_works(engine);
}

TEST_F(puddle, try_acquire_on_closed_pool) {
    const coropq::engine engine = make_pool(pool_options().acquire_timeout(0ms));
    run(context, engine.execute("select 1"));
    run(context, engine.dispose());
    EXPECT_EQ(failure_of<coropq::error>(context, engine.connect()).code(), coropq::errc::engine_disposed);
}

// There it returns at once and creates in the background. Here, what may be opened is waited for, and what it says is
// told.
TEST_F(puddle, try_acquire_with_failed_resource_create) {
    const coropq::engine engine = make_pool(pool_options().size(2).acquire_timeout(0ms));
    proxy.refuse(true);
    EXPECT_EQ(failure_of<coropq::connection_error>(context, engine.connect()).code(), coropq::errc::connect_failed);
    proxy.refuse(false);
    const coropq::connection works = get(engine);
    const coropq::connection as_well = get(engine);
    EXPECT_EQ(engine.stats().active, 2u);
}

// The pool creates what `min_idle` asks for.
TEST_F(puddle, create_resource_in_full_pool) {
    const coropq::engine engine = make_pool(pool_options().size(2).max_overflow(5).min_idle(10));
    run(context, engine.execute("select 1"));
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    drain(context);
    EXPECT_EQ(engine.stats().connecting, 0u);
    EXPECT_EQ(proxy.connections(), 2u); // never above the size on its own account
}

TEST_F(puddle, create_resource_returns_errors_from_create) {
    const coropq::engine engine = make_pool(pool_options().size(3).min_idle(2));
    const coropq::connection held = get(engine);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    proxy.refuse(true);
    engine.invalidate();
    EXPECT_TRUE(run_until([&] { return engine.stats().failed_connects != 0; }));
    EXPECT_TRUE(contains(engine.stats().last_connect_error, "refused")); // nobody waits who could be told
    proxy.refuse(false);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    EXPECT_EQ(engine.stats().last_connect_error, "");
    expect_balance(engine.stats());
}

TEST_F(puddle, close_is_idempotent) {
    const coropq::engine engine = make_pool(pool_options().size(2));
    std::optional<coropq::connection> held(get(engine));
    run(context, engine.execute("select 1"));
    run(context, engine.dispose());
    run(context, engine.dispose());
    std::size_t cut = 99;
    std::optional<error_code> drained;
    engine.async_drain(20s, cut, [&](error_code code) { drained = code; }); // blocks until all have come back
    context.restart();
    context.poll();
    EXPECT_FALSE(drained);
    held.reset();
    drain(context);
    EXPECT_EQ(drained, error_code());
    EXPECT_EQ(cut, 0u);
    run(context, engine.dispose());
    EXPECT_EQ(run(context, engine.drain(0ms)), 0u);
    EXPECT_EQ(engine.stats().closed.disposed, 2u);
}

TEST_F(puddle, stat_cancelled_acquires_and_empty_acquires) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    // While the connection is opened …
    proxy.stall(direction::to_client);
    started& opening = start(engine, "select 1");
    ASSERT_TRUE(run_until([&] { return engine.stats().connecting == 1; }));
    opening.stop.emit(asio::cancellation_type::total);
    EXPECT_EQ(outcome_of(opening), asio::error::operation_aborted);
    EXPECT_EQ(engine.stats().cancelled_waits, 1u);
    proxy.release();
    ASSERT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
    // … while somebody else has it …
    std::optional<coropq::connection> held(get(engine));
    EXPECT_EQ(engine.stats().waited, 0u); // it was idle
    started& queued = start(engine, "select 1");
    ASSERT_TRUE(run_until([&] { return engine.stats().waiting == 1; }));
    queued.stop.emit(asio::cancellation_type::total);
    drain(context);
    EXPECT_EQ(engine.stats().cancelled_waits, 2u);
    // … and one that waits until it gets it.
    started& patient = start(engine, "select 1");
    ASSERT_TRUE(run_until([&] { return engine.stats().holders.at(0).held > 20ms && engine.stats().waiting == 1; }));
    held.reset();
    drain(context);
    EXPECT_EQ(patient.code, error_code());
    const coropq::pool_statistics numbers = engine.stats();
    EXPECT_EQ(numbers.acquired, 2u);
    EXPECT_EQ(numbers.waited, 1u);
    EXPECT_GT(numbers.wait_time, 0us);
    EXPECT_EQ(numbers.wait_time, numbers.longest_wait);
    EXPECT_EQ(numbers.cancelled_waits, 2u);
}

// There is no call that destroys a connection; one that was made useless by its user isn't given to anybody else.
TEST_F(puddle, resource_destroy_removes_resource_from_pool) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> conn(get(engine));
    const int backend = backend_of(*conn);
    failure_of<coropq::connection_error>(context, conn->execute("select pg_terminate_backend(pg_backend_pid())"));
    conn.reset();
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().active + engine.stats().idle, 0u);
    EXPECT_NE(backend_of(get(engine)), backend);
    expect_balance(engine.stats());
}

TEST_F(puddle, stress_with_random_cancellation) {
    const coropq::engine engine = make_pool(pool_options().size(3).max_overflow(1).min_idle(1).ping_after(0ms));
    std::mt19937 random(20260101);
    for (int i = 0; i != 300; ++i) {
        start(engine, i % 7 == 0 ? "select pg_sleep(0.003)" : "select 1");
        context.restart();
        for (unsigned steps = random() % 8; steps != 0; --steps)
            context.poll_one();
        if (random() % 3 == 0)
            all[random() % all.size()]->stop.emit(asio::cancellation_type::terminal);
    }
    drain(context);
    for (const auto& each : all)
        EXPECT_TRUE(each->code == error_code() || each->code == asio::error::operation_aborted) << each->details;
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().waiting, 0u);
    expect_balance(engine.stats());
    expect_works(engine);
}

// Options of the pool are options of the program: a URL has those of libpq only.
TEST_F(pgxpool, parse_config_extracts_pool_arguments) {
    const coropq::engine engine =
        coropq::create_engine(context, address_of(plain_url().set("pool_max_conns", "42").set("pool_min_conns", "1")));
    const auto failure = failure_of<coropq::option_error>(context, engine.execute("select 1"));
    EXPECT_EQ(failure.code(), coropq::errc::invalid_option);
    EXPECT_TRUE(contains(failure.what(), "pool_m")) << failure.what();
}

// The caller's time is up; what is being opened isn't bound to it.
TEST_F(pgxpool, constructor_ignores_context) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    proxy.stall(direction::to_client);
    // On a busy machine, that time may be up before anything is opened.
    EXPECT_TRUE(wait_until([&] {
        failure_of<coropq::timeout_error>(context, engine.execute(coropq::statement("select 1").timeout(30ms)));
        return engine.stats().connecting == 1;
    }));
    proxy.release();
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
    expect_works(engine);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(pgxpool, config_copy) {
    coropq::engine_options options = pool_of(2);
    const coropq::engine engine = make(options);
    const coropq::engine_options copy = options;
    options.pool(pool_options().size(7));
    EXPECT_EQ(engine.stats().size, 2u);
    EXPECT_EQ(copy.pool().size(), 2u);
    EXPECT_EQ(make(options).stats().size, 7u);
}

TEST_F(pgxpool, conn_checks_idle_conns) {
    const coropq::engine engine = coropq::create_engine(context, plain_address(), pool_of(3));
    const auto backends = [&] {
        std::vector<coropq::connection> conns;
        std::vector<int> found;
        for (int i = 0; i != 3; ++i) {
            conns.push_back(get(engine));
            found.push_back(backend_of(conns.back()));
        }
        return found;
    };
    const std::vector<int> before = backends();
    ASSERT_EQ(cluster().terminate_backends(), 3u);
    for (const int backend : backends()) // without an error
        EXPECT_EQ(std::count(before.begin(), before.end(), backend), 0);
    expect_balance(engine.stats());
}

TEST_F(pgxpool, max_conns_max_int) {
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    const coropq::engine engine = make_pool(pool_options().size(most).max_overflow(most));
    std::vector<coropq::connection> conns;
    for (int i = 0; i != 3; ++i)
        conns.push_back(get(engine));
    EXPECT_EQ(engine.stats().active, 3u);
    engine.resize(most, most);
    run(context, engine.execute("select 1"));
    EXPECT_EQ(engine.stats().size, most);
}

asio::awaitable<void> use_and_throw(coropq::engine engine) {
    const coropq::connection conn = co_await engine.connect();
    co_await conn.execute("select 1");
    throw std::domain_error("of the user");
}

TEST_F(pgxpool, acquire_func_returns_fn_error) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    EXPECT_THROW(run(context, use_and_throw(engine)), std::domain_error);
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(proxy.open_connections(), 1u);
}

TEST_F(pgxpool, query_row_scan_panic_releases_conn) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    for (int i = 0; i != 3; ++i)
        failure_of<coropq::result_error>(context, engine.fetch_value<int>("select 'no number'"));
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(pgxpool, max_conn_lifetime_at_acquire) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_lifetime(50ms));
    const int before = backend_of(engine);
    const auto opened = std::chrono::steady_clock::now();
    // Nobody runs the context meanwhile, so nothing can have been closed.
    EXPECT_TRUE(wait_until([&] { return std::chrono::steady_clock::now() - opened > 60ms; }));
    EXPECT_NE(backend_of(engine), before);
    EXPECT_GE(engine.stats().closed.lifetime, 1u);
}

TEST_F(pgxpool, max_conn_lifetime_unlimited) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_lifetime(0ms).max_idle(0ms));
    for (int i = 0; i != 20; ++i)
        run(context, engine.execute("select 1"));
    EXPECT_EQ(proxy.connections(), 1u);
    expect_balance(engine.stats());
}

// There, this is the only way; here it is the policy `none`, and by default they are rolled back and kept.
TEST_F(pgxpool, conn_release_closes_conn_in_transaction) {
    const coropq::engine closing = make_pool(pool_options().size(1).reset(coropq::reset_policy::none));
    const coropq::engine keeping = make_pool(pool_options().size(1));
    std::uint64_t closed = 0;
    for (const char* const left : {"select 1", "select 1/0"}) { // in a transaction, and in a failed one
        for (const coropq::engine& engine : {closing, keeping}) {
            const coropq::connection conn = get(engine);
            run(context, conn.execute("begin"));
            try_to(conn, left);
        }
        ++closed;
        EXPECT_TRUE(comes_to_rest(closing));
        EXPECT_TRUE(comes_to_rest(keeping));
        EXPECT_EQ(closing.stats().closed.broken, closed);
        EXPECT_EQ(closing.stats().idle, 0u);
        EXPECT_EQ(keeping.stats().closed.broken, 0u);
        EXPECT_EQ(keeping.stats().idle, 1u);
    }
    expect_works(closing);
    expect_works(keeping);
}

// There it is closed; here its statement is cancelled on the server, and it is kept.
TEST_F(pgxpool, conn_release_closes_busy_conn) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    int backend = 0;
    {
        const coropq::connection conn = get(engine);
        backend = backend_of(conn);
        run(context, conn.stream_rows(coropq::statement("select generate_series(1, 10000000)"))); // dropped unread
    }
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(backend_of(get(engine)), backend);
}

// BEGIN travels with the first statement, behind the statements of `on_connect`: if those fail, so does it.
TEST_F(pgxpool, conn_is_released_when_begin_fails) {
    coropq::engine_options options = pool_of(1);
    options.connect(coropq::connect_options().on_connect({"select 1/0"}));
    const coropq::engine engine = make(options);
    for (int i = 0; i != 2; ++i) {
        std::optional<coropq::transaction> tx(run(context, engine.begin()));
        failure_of<coropq::server_error>(context, tx->execute("select 1"));
        tx.reset();
        EXPECT_TRUE(comes_to_rest(engine));
        EXPECT_EQ(engine.stats().active, 0u);
    }
    expect_balance(engine.stats());
}

TEST_F(pgxpool, conn_is_released_when_begin_fails_fatally) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    {
        const coropq::transaction tx = run(context, engine.begin());
        proxy.reset();
        failure_of<coropq::connection_error>(context, tx.execute("select 1"));
        run(context, tx.rollback());
    }
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().active + engine.stats().idle, 0u);
    expect_works(engine);
}

// Connects outlive their askers, so they have a limit of their own.
TEST_F(pgxpool, default_connect_timeout) {
    EXPECT_EQ(coropq::connect_options().total_connect_timeout(), 120s);
    proxy.stall(direction::to_client);
    std::optional<error_code> outcome;
    // On a busy machine, the shorter limits may have passed before the asker is gone.
    for (auto limit = 60ms; limit < 30s && outcome != asio::error::operation_aborted; limit *= 5) {
        coropq::engine_options options = pool_of(1);
        options.connect(coropq::connect_options().total_connect_timeout(limit));
        const coropq::engine engine = make(options);
        started& gone = start(engine, "select 1");
        ASSERT_TRUE(run_until([&] { return engine.stats().connecting + engine.stats().failed_connects == 1; }));
        gone.stop.emit(asio::cancellation_type::total);
        EXPECT_TRUE(run_until([&] { return engine.stats().failed_connects == 1 && gone.code; }));
        EXPECT_EQ(engine.stats().connecting, 0u);
        outcome = gone.code;
    }
    EXPECT_EQ(outcome, asio::error::operation_aborted);
}

} // namespace
