// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What SQLAlchemy's tests of its QueuePool are about, under their names: what belongs to a connection, waiting, limits.
// docs/pool_cases.md says where the rest is.

#include "pool_cases_sqlalchemy.hpp"

#include <limits>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;
using std::chrono::steady_clock;

using sqlalchemy_pool = sqlalchemy_fixture;

// --- what belongs to a connection, and to the pool ---

TEST_F(sqlalchemy_pool, no_connect_on_recreate) {
    const coropq::engine engine = make_pool(pool_options().size(2).min_idle(1));
    engine.invalidate();
    engine.resize(3, 1);
    drain(context);
    run(context, engine.dispose());
    EXPECT_EQ(proxy.connections(), 0u);
}

// Ours is the session's own state: it stays as long as the session does.
TEST_F(sqlalchemy_pool, info) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    run(context, engine.execute("set work_mem = '77MB'"));
    EXPECT_EQ(text_of(engine, "show work_mem"), "77MB");
    engine.invalidate();
    EXPECT_NE(text_of(engine, "show work_mem"), "77MB");
}

TEST_F(sqlalchemy_pool, rec_close_reopen) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    for (std::size_t round = 1; round != 4; ++round) {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("select 1"));
        EXPECT_EQ(proxy.connections(), round);
        engine.invalidate();
    }
    EXPECT_EQ(engine.stats().closed.invalidated, 3u);
}

TEST_F(sqlalchemy_pool, recreate_state) {
    const coropq::engine engine =
        make_with_setup(pool_options().size(1).max_overflow(1).acquire_timeout(0ms), {"set work_mem = '77MB'"});
    for (int round = 0; round != 2; ++round) {
        const coropq::connection first = get(engine);
        const coropq::connection second = get(engine);
        EXPECT_EQ(run(context, second.execute("show work_mem"))[0][0].text(), "77MB");
        failure_of<coropq::pool_timeout>(context, engine.connect());
        engine.invalidate();
    }
    EXPECT_EQ(proxy.connections(), 4u);
}

// --- set-up statements, which are our "connect" event ---

TEST_F(sqlalchemy_pool, connect_event) {
    make_table("connects");
    const coropq::engine engine = make_with_setup(pool_options().size(2), {"insert into connects values (1)"});
    for (int round = 0; round != 3; ++round) {
        const coropq::connection first = get(engine);
        const coropq::connection second = get(engine);
        run(context, first.execute("select 1"));
        run(context, second.execute("select 1"));
    }
    EXPECT_EQ(seen("select count(*) from connects"), "2"); // not for each user
}

TEST_F(sqlalchemy_pool, connect_event_fails_invalidates) {
    cluster().query("drop table if exists needed", cluster().app_database());
    const coropq::engine engine = make_with_setup(pool_options().size(1), {"select * from needed"});
    for (int round = 0; round != 2; ++round) {
        const auto failure = failure_of<coropq::server_error>(context, engine.execute("select 1"));
        EXPECT_EQ(failure.code(), coropq::sqlstate::undefined_table);
        EXPECT_TRUE(run_until([&] { return engine.stats().active == 0; }));
        EXPECT_EQ(engine.stats().idle, 0u);
    }
    make_table("needed");
    EXPECT_EQ(text_of(engine, "select 7"), "7");
    EXPECT_EQ(proxy.connections(), 3u);
    expect_balance(engine.stats());
}

TEST_F(sqlalchemy_pool, connect_handler_not_called_for_recycled) {
    make_table("connects");
    const coropq::engine engine = make_with_setup(pool_options().size(1), {"insert into connects values (1)"});
    run(context, engine.execute("select 1"));
    proxy.refuse(true);
    proxy.cut();
    expect_recovery(engine);
    EXPECT_EQ(seen("select count(*) from connects"), "2");
}

// --- waiting ---

TEST_F(sqlalchemy_pool, timeout_accessor) {
    EXPECT_EQ(pool_options().acquire_timeout(), 30s);
    EXPECT_EQ(pool_options().acquire_timeout(123ms).acquire_timeout(), 123ms);
}

TEST_F(sqlalchemy_pool, timeout_subsecond_precision) {
    const coropq::engine engine = make_pool(pool_options().size(1).acquire_timeout(300ms));
    const coropq::connection held = opened_by(engine);
    const auto began = steady_clock::now();
    const auto failure = failure_of<coropq::pool_timeout>(context, engine.connect());
    EXPECT_GE(steady_clock::now() - began, 300ms);
    EXPECT_TRUE(contains(failure.what(), "within 300 ms")) << failure.what();
}

TEST_F(sqlalchemy_pool, timeout_race) {
    const coropq::engine engine = make_pool(pool_options().size(2).max_overflow(1).acquire_timeout(500ms));
    std::uint64_t timeouts = 0; // while connecting, on a busy machine
    {
        std::vector<coropq::connection> held;
        for (int i = 0; i != 3; ++i)
            held.push_back(opened_by(engine));
        timeouts = engine.stats().acquire_timeouts;
        const auto began = steady_clock::now();
        for (int i = 0; i != 7; ++i)
            start(engine, "select 1");
        EXPECT_TRUE(run_until([&] { return !ended.empty(); }));
        EXPECT_GE(steady_clock::now() - began, 500ms); // nobody too early
        EXPECT_TRUE(run_until([&] { return ended.size() == 7; }));
        for (const auto& each : all)
            EXPECT_EQ(each->code, coropq::errc::pool_timeout);
    }
    drain(context);
    EXPECT_EQ(engine.stats().acquire_timeouts - timeouts, 7u);
    EXPECT_EQ(engine.stats().waiting, 0u);
    EXPECT_EQ(engine.stats().idle, 2u);
    expect_balance(engine.stats());
}

TEST_F(sqlalchemy_pool, overflow_reset_on_failed_connect) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_overflow(1).acquire_timeout(500ms));
    const coropq::connection held = opened_by(engine);
    proxy.refuse(true);
    EXPECT_TRUE(wait_until([&] {
        failure_of<coropq::pool_timeout>(context, engine.connect());
        return engine.stats().failed_connects >= 1;
    }));
    proxy.refuse(false);
    const coropq::connection second = opened_by(engine); // its place is free again …
    EXPECT_EQ(engine.stats().active, 2u);
    failure_of<coropq::pool_timeout>(context, engine.connect()); // … and it is one place
    EXPECT_TRUE(proxy.wait_for_open_connections(2));
}

TEST_F(sqlalchemy_pool, hanging_connect_within_overflow) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_overflow(1));
    std::optional<coropq::connection> held(get(engine));
    proxy.at_byte(direction::to_client, 0, fault::stall);
    start(engine, "select 1");
    EXPECT_TRUE(run_until([&] { return proxy.connections() == 2; }));
    EXPECT_FALSE(all[0]->code);
    held.reset();
    for (int i = 0; i != 5; ++i)
        start(engine, "select 1");
    EXPECT_TRUE(run_until([&] { return ended.size() == 6; }));
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code()) << each->details;
    EXPECT_EQ(engine.stats().connecting, 1u); // still
    proxy.release();
    drain(context);
    expect_balance(engine.stats());
}

TEST_F(sqlalchemy_pool, waiters_handled) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> held(get(engine));
    for (int i = 0; i != 3; ++i)
        start(engine, "select 1");
    EXPECT_TRUE(run_until([&] { return engine.stats().waiting == 3; }));
    engine.invalidate();
    held.reset();
    drain(context);
    EXPECT_EQ(ended, (std::vector<std::size_t>{0, 1, 2}));
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code()) << each->details;
    EXPECT_EQ(proxy.connections(), 2u);
    EXPECT_EQ(engine.stats().closed.invalidated, 1u);
}

TEST_F(sqlalchemy_pool, notify_waiters) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> held(get(engine));
    start(engine, "select 1");
    start(engine, "select 1");
    EXPECT_TRUE(run_until([&] { return engine.stats().waiting == 2; }));
    proxy.cut(); // what comes back is of no use, and still they are served
    failure_of<coropq::connection_error>(context, held->execute("select 1"));
    held.reset();
    drain(context);
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code()) << each->details;
    expect_balance(engine.stats());
}

// --- how many ---

TEST_F(sqlalchemy_pool, no_overflow) {
    const coropq::engine engine = make_pool(pool_options().size(3).pipelining(false));
    gate closed(context);
    for (int i = 0; i != 12; ++i)
        start(engine, gate::statement("no_overflow"));
    EXPECT_TRUE(run_until([&] { return engine.stats().active == 3; }));
    EXPECT_EQ(engine.stats().waiting, 9u);
    closed.open();
    drain(context);
    EXPECT_EQ(engine.stats().idle, 3u);
    EXPECT_EQ(proxy.connections(), 3u);
}

TEST_F(sqlalchemy_pool, max_overflow) {
    const coropq::engine engine = make_pool(pool_options().size(2).max_overflow(3).pipelining(false));
    gate closed(context);
    for (int i = 0; i != 12; ++i)
        start(engine, gate::statement("max_overflow"));
    EXPECT_TRUE(run_until([&] { return engine.stats().active == 5; }));
    EXPECT_EQ(engine.stats().waiting, 7u);
    closed.open();
    drain(context);
    EXPECT_EQ(engine.stats().idle, 2u);
    EXPECT_EQ(engine.stats().closed.overflow, 3u);
    EXPECT_EQ(proxy.connections(), 5u);
}

// Ours has no "unlimited"; the largest numbers are as good, and their sum doesn't overflow.
TEST_F(sqlalchemy_pool, unlimited) {
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    const coropq::engine engine = make_pool(pool_options().size(most).max_overflow(most).max_waiting(most));
    gate closed(context);
    for (int i = 0; i != 20; ++i)
        start(engine, gate::statement("unlimited"));
    EXPECT_TRUE(run_until([&] { return engine.stats().active == 20; }));
    closed.open();
    drain(context);
    EXPECT_EQ(engine.stats().idle, 20u);
}

} // namespace
