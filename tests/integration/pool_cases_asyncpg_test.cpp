// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What asyncpg's tests of its pool are about, under their names. docs/pool_cases.md says where the rest is.

#include "pool_cases_asyncpg.hpp"

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::error_code;
using coropq::pool_options;

using asyncpg_pool = asyncpg_fixture;

// Workers, in numbers below and above that of the connections.
TEST_F(asyncpg_pool, pool_01) {
    for (const int workers : {1, 5, 10, 20, 100}) {
        const coropq::engine engine = make_pool(pool_options().size(10).min_idle(5));
        int done = 0;
        for (int i = 0; i != workers; ++i)
            asio::co_spawn(context, acquire_use_release(engine), [&](std::exception_ptr failure) {
                EXPECT_FALSE(failure);
                ++done;
            });
        drain(context);
        EXPECT_EQ(done, workers);
        EXPECT_LE(engine.stats().opened, 10u);
        EXPECT_EQ(engine.stats().active, 0u);
        run(context, engine.dispose());
    }
}

// A connection whose user has no more use for it: its place is free at once.
TEST_F(asyncpg_pool, pool_04) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> conn(get(engine));
    const int terminated = backend_of(context, *conn);
    failure_of<coropq::connection_error>(context, conn->execute("select pg_terminate_backend(pg_backend_pid())"));
    conn.reset();
    conn.emplace(get(engine));
    EXPECT_NE(backend_of(context, *conn), terminated);
    run(context, conn->close());
    EXPECT_EQ(engine.stats().active, 0u);
    conn.reset(); // should not hurt
    expect_at_rest(engine);
}

TEST_F(asyncpg_pool, pool_05) {
    for (const int workers : {1, 3, 5, 10, 20, 100}) {
        const coropq::engine engine = make_pool(pool_options().size(5));
        int done = 0;
        for (int i = 0; i != workers; ++i)
            asio::co_spawn(context, use_in_scope(engine), [&](std::exception_ptr failure) {
                EXPECT_FALSE(failure);
                ++done;
            });
        drain(context);
        EXPECT_EQ(done, workers);
        EXPECT_LE(engine.stats().opened, 5u);
        EXPECT_EQ(engine.stats().active, 0u);
        run(context, engine.dispose());
    }
}

// Set-up statements are ours for `init`: once for each connection, and before its first user sees it.
TEST_F(asyncpg_pool, pool_07) {
    make_table("inits");
    coropq::engine_options options;
    options.pool(pool_options().size(5))
        .connect(coropq::connect_options().on_connect({"insert into inits values (1)", "set work_mem = '77MB'"}));
    const coropq::engine engine = make(options);
    gate closed(context);
    for (int i = 0; i != 10; ++i)
        start(engine, gate::statement("pool_07"));
    EXPECT_TRUE(run_until([&] { return engine.stats().active == 5; }));
    closed.open();
    drain(context);
    EXPECT_EQ(engine.stats().acquired, 10u);
    EXPECT_EQ(seen("select count(*) from inits"), "5");
    std::vector<coropq::connection> held;
    for (int i = 0; i != 5; ++i) {
        held.push_back(get(engine));
        EXPECT_EQ(run(context, held.back().execute("show work_mem"))[0][0].text(), "77MB");
    }
    EXPECT_EQ(seen("select count(*) from inits"), "5");
}

// Everything that was had from a connection says that it went back.
TEST_F(asyncpg_pool, pool_11) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    coropq::connection conn = get(engine);
    coropq::transaction tx = run(context, conn.begin());
    run(context, tx.execute("select 1"));
    coropq::stream_options options;
    options.batch = 1;
    options.strategy = coropq::stream_strategy::cursor;
    coropq::row_stream rows = run(context, tx.stream_rows(coropq::statement("select generate_series(1, 9)"), options));
    EXPECT_EQ(run(context, rows.next_batch()).size(), 1u);
    run(context, conn.close());
    const coropq::connection next = get(engine); // somebody else has it
    const auto expect_released = [&](std::string_view text, auto use) {
        const auto failure = failure_of<coropq::error>(context, use());
        EXPECT_EQ(failure.code(), errc::not_connected);
        EXPECT_TRUE(contains(failure.what(), text)) << failure.what();
    };
    expect_released("given back to its engine", [&] { return conn.execute("select 1"); });
    expect_released("given back to its engine", [&] { return conn.ping(); });
    expect_released("given back", [&] { return conn.begin(); });
    expect_released("connection of the transaction was closed or given back", [&] { return tx.execute("select 1"); });
    expect_released("connection of the transaction was closed or given back", [&] { return tx.begin(); });
    expect_released("connection that the stream was opened on is gone", [&] { return rows.next_batch(); });
    EXPECT_EQ(run(context, next.execute("select 7"))[0][0].as<int>(), 7);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(asyncpg_pool, pool_exception_in_setup_and_init) {
    cluster().query("drop table if exists needed", cluster().app_database());
    coropq::engine_options options;
    options.pool(pool_options().size(1)).connect(coropq::connect_options().on_connect({"select * from needed"}));
    const coropq::engine engine = make(options);
    {
        const coropq::connection conn = get(engine);
        const auto failure = failure_of<coropq::server_error>(context, conn.execute("select 1"));
        EXPECT_EQ(failure.code(), coropq::sqlstate::undefined_table);
    }
    make_table("needed");
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
    expect_at_rest(engine);
}

// Those that connect at the same time each log in, with a password.
TEST_F(asyncpg_pool, pool_auth) {
    const coropq::engine engine = make_pool(pool_options().size(10).min_idle(5));
    {
        std::vector<coropq::connection> held;
        for (int i = 0; i != 5; ++i)
            held.push_back(get(engine));
        EXPECT_EQ(engine.stats().failed_connects, 0u);
    }
    const coropq::engine wrong = coropq::create_engine(context, address_of(plain_url().password("wrong")), pool_of(5));
    for (int i = 0; i != 5; ++i)
        start(wrong, "select 1");
    drain(context);
    for (const auto& each : all)
        EXPECT_EQ(each->code, coropq::sqlstate::invalid_password) << each->details;
    EXPECT_EQ(wrong.stats().active + wrong.stats().waiting + wrong.stats().connecting, 0u);
}

// --- what stays the same, and what doesn't ---

// The connection that somebody waits for is too old when it comes back.
TEST_F(asyncpg_pool, pool_no_acquire_deadlock) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_lifetime(20ms).pipelining(false));
    gate closed(context);
    started& first = start(engine, gate::statement("no_acquire_deadlock"));
    ASSERT_TRUE(run_until_active(context, "no_acquire_deadlock"));
    started& second = start(engine, "select 7");
    EXPECT_TRUE(run_until([&] { return !engine.stats().holders.empty() && engine.stats().holders[0].held > 20ms; }));
    closed.open();
    drain(context);
    EXPECT_EQ(first.code, error_code());
    EXPECT_EQ(second.code, error_code()) << second.details;
}

TEST_F(asyncpg_pool, pool_config_persistence) {
    coropq::engine_options options;
    options.pool(pool_options().size(10))
        .connect(coropq::connect_options().application_name("persistent").on_connect({"set work_mem = '77MB'"}));
    const coropq::engine engine = make(options);
    const std::string question = "select current_setting('application_name') || current_setting('work_mem')";
    for (int round = 0; round != 5; ++round) {
        for (int i = 0; i != 20; ++i)
            start(engine, question);
        drain(context);
        engine.invalidate(); // the next ones are new connections
    }
    for (const auto& each : all)
        EXPECT_EQ(each->output[0][0].text(), "persistent77MB") << each->details;
    EXPECT_GE(engine.stats().opened, 5u);
}

TEST_F(asyncpg_pool, pool_release_in_xact) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const std::string question = "select txid_current()";
    std::string inside;
    int backend = 0;
    {
        const coropq::connection conn = get(engine);
        backend = backend_of(context, conn);
        const std::string outside = run(context, conn.execute(question))[0][0].text();
        coropq::transaction tx = run(context, conn.begin());
        inside = run(context, tx.execute(question))[0][0].text();
        EXPECT_NE(inside, outside);
    }
    const coropq::connection next = get(engine);
    EXPECT_EQ(backend_of(context, next), backend);
    EXPECT_NE(run(context, next.execute(question))[0][0].text(), inside);
    run(context, next.begin()); // none is open
}

TEST_F(asyncpg_pool, pool_connection_methods) {
    const coropq::engine engine = make_pool(pool_options().size(2));
    EXPECT_EQ(run(context, engine.execute("select 1")).size(), 1u);
    EXPECT_EQ(run(context, engine.execute("select $1::int", 42))[0][0].as<int>(), 42);
    EXPECT_EQ(run(context, engine.fetch<int>("select generate_series(1, 3)")).size(), 3u);
    EXPECT_EQ(run(context, engine.fetch_one<int>("select 42")), 42);
    EXPECT_EQ(run(context, engine.fetch_optional<int>("select 42 where false")), std::nullopt);
    EXPECT_EQ(run(context, engine.fetch_value<int>("select $1::int + 1", 41)), 42);
    auto rows = run(context, engine.stream<int>("select 42"));
    EXPECT_EQ(run(context, rows.next()), 42);
    EXPECT_EQ(run(context, rows.next()), std::nullopt);
    EXPECT_TRUE(run(context, engine.inspect().has_table("pg_class", "pg_catalog")));
    const auto work = [](coropq::transaction& tx) -> asio::awaitable<int> {
        co_return co_await tx.fetch_value<int>("select 42");
    };
    EXPECT_EQ(run(context, engine.transaction(work)), 42);
    run(context, run(context, engine.begin()).commit());
    EXPECT_EQ(engine.stats().active, 0u); // each gave its connection back
    EXPECT_EQ(proxy.connections(), 1u);
}

// --- unused connections ---

// A statement may take longer than connections may be idle.
TEST_F(asyncpg_pool, pool_max_inactive_time_01) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_idle(100ms));
    const coropq::connection conn = get(engine);
    const int backend = backend_of(context, conn);
    run(context, conn.execute("select pg_sleep(0.25)"));
    EXPECT_EQ(backend_of(context, conn), backend);
    EXPECT_EQ(engine.stats().closed.idle, 0u);
}

TEST_F(asyncpg_pool, pool_max_inactive_time_02) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_idle(50ms));
    run(context, engine.execute("select 1"));
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.idle == 1; }));
    EXPECT_EQ(engine.stats().idle, 0u);
    run(context, engine.execute("select 1"));
    EXPECT_EQ(engine.stats().opened, 2u);
}

// The time counts from when it was given back.
TEST_F(asyncpg_pool, pool_max_inactive_time_03) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_idle(400ms));
    const auto began = std::chrono::steady_clock::now();
    run(context, engine.execute("select pg_sleep(0.3)"));
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.idle == 1; }));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 690ms);
}

// Connections come and go while they are wanted.
TEST_F(asyncpg_pool, pool_max_inactive_time_04) {
    const coropq::engine engine = make_pool(pool_options().size(20).min_idle(2).max_idle(2ms));
    std::size_t done = 0;
    const auto worker = [](coropq::engine from, unsigned seed, std::size_t& count) -> asio::awaitable<void> {
        asio::steady_timer pause(co_await asio::this_coro::executor);
        for (unsigned round = 0; round != 10; ++round) {
            pause.expires_after(std::chrono::milliseconds((seed * 7 + round * 5) % 13));
            co_await pause.async_wait(asio::use_awaitable);
            const coropq::connection conn = co_await from.connect();
            if ((seed + round) % 2 == 0)
                co_await conn.execute("select pg_sleep(0.005)");
            const int answer = co_await conn.fetch_value<int>("select 42");
            if (answer == 42)
                ++count;
        }
    };
    for (unsigned seed = 0; seed != 50; ++seed)
        asio::co_spawn(context, worker(engine, seed, done), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    drain(context);
    EXPECT_EQ(done, 500u);
    expect_at_rest(engine);
}

// Those that nobody has ever used go too. (Of ours, `min_idle` are kept.)
TEST_F(asyncpg_pool, pool_max_inactive_time_05) {
    const coropq::engine engine = make_pool(pool_options().size(3).min_idle(2).max_idle(50ms));
    std::optional<coropq::connection> held(get(engine));
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    held.reset();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.idle == 1; }));
    EXPECT_EQ(engine.stats().idle, 2u);
    expect_at_rest(engine);
}

TEST_F(asyncpg_pool, pool_size_and_capacity) {
    const coropq::engine engine = make_pool(pool_options().size(3).min_idle(2));
    EXPECT_EQ(engine.stats().size, 3u);
    EXPECT_EQ(engine.stats().idle, 0u); // ours opens nothing before it is used
    std::vector<coropq::connection> held;
    held.push_back(get(engine));
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    held.push_back(get(engine));
    EXPECT_EQ(engine.stats().idle, 1u);
    held.push_back(get(engine));
    EXPECT_EQ(engine.stats().idle, 0u);
    EXPECT_EQ(engine.stats().active, 3u);
}

// --- the end ---

TEST_F(asyncpg_pool, pool_close_waits_for_release) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    gate closed(context);
    bool released = false;
    const auto worker = [](coropq::engine from) -> asio::awaitable<void> {
        coropq::connection conn = co_await from.connect();
        auto tx = co_await conn.begin();
        co_await tx.execute(gate::statement("close_waits"));
        co_await tx.commit();
    };
    asio::co_spawn(context, worker(engine), [&](std::exception_ptr failure) { released = !failure; });
    ASSERT_TRUE(run_until_active(context, "close_waits"));
    std::size_t cut = 99;
    std::optional<error_code> outcome;
    engine.async_drain(30s, cut, [&](error_code code) {
        EXPECT_TRUE(released);
        outcome = code;
    });
    context.restart();
    context.poll();
    EXPECT_FALSE(outcome);
    closed.open();
    drain(context);
    EXPECT_EQ(outcome, error_code());
    EXPECT_EQ(cut, 0u);
}

// Ours ends at its limit with what it had to cut.
TEST_F(asyncpg_pool, pool_close_timeout) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection held = get(engine);
    EXPECT_EQ(run(context, engine.drain(50ms)), 1u);
    EXPECT_EQ(failure_of<coropq::error>(context, held.execute("select 1")).code(), errc::not_connected);
}

TEST_F(asyncpg_pool, pool_init_and_use_race) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    for (int i = 0; i != 10; ++i) // all before anything is open: no error, they wait for it
        start(engine, "select 1");
    drain(context);
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code()) << each->details;
    EXPECT_EQ(proxy.connections(), 1u);
}

// --- lost ---

TEST_F(asyncpg_pool, pool_handles_inactive_connection_errors) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    run(context, engine.execute("select 1"));
    proxy.reset();
    const coropq::connection conn = get(engine);
    EXPECT_EQ(run(context, conn.execute("select 1"))[0][0].as<int>(), 1);
    EXPECT_EQ(engine.stats().closed.broken, 1u);
}

TEST_F(asyncpg_pool, pool_remote_close) {
    // Not through the proxy: what the server says last has arrived when it is gone.
    const coropq::engine engine = coropq::create_engine(context, plain_address(), pool_of(1));
    std::optional<coropq::connection> conn(get(engine));
    run(context, conn->execute("select 1"));
    EXPECT_EQ(cluster().terminate_backends(), 1u);
    conn.reset(); // nobody has noticed yet
    EXPECT_EQ(engine.stats().active, 0u);
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
    EXPECT_EQ(engine.stats().opened, 2u);
    expect_at_rest(engine);
}

} // namespace
