// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What SQLAlchemy's tests of reconnecting are about, under their names: transactions that lose their connection, and
// whether anything is repeated.

#include "pool_cases_sqlalchemy.hpp"

namespace {

using namespace coropq::test;
using coropq::errc;
using coropq::pool_options;

using sqlalchemy_reconnect = sqlalchemy_reconnect_fixture;

TEST_F(sqlalchemy_reconnect, with_transaction) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection conn = get(engine);
    auto tx = run(context, conn.begin());
    run(context, tx.execute("select 1"));
    proxy.cut();
    expect_lost([&] { return tx.execute("select 1"); });
    for (int i = 0; i != 2; ++i) { // consistently
        expect_lost([&] { return tx.execute("select 1"); });
        expect_lost([&] { return tx.commit(); });
    }
    EXPECT_TRUE(tx.is_open());
    run(context, tx.rollback());
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(failure_of<coropq::error>(context, conn.execute("select 1")).code(), errc::not_connected);
    EXPECT_EQ(proxy.connections(), 1u); // and nothing was opened for it
}

TEST_F(sqlalchemy_reconnect, no_begin_on_invalid) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection conn = get(engine);
    auto tx = run(context, conn.begin());
    run(context, tx.execute("select 1"));
    proxy.cut();
    expect_lost([&] { return tx.commit(); }); // not in doubt: it was never sent
    run(context, tx.rollback());
    EXPECT_EQ(failure_of<coropq::error>(context, conn.begin()).code(), errc::not_connected);
}

TEST_F(sqlalchemy_reconnect, rollback_on_invalid_plain) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    auto tx = run(context, engine.begin());
    run(context, tx.execute("select 1"));
    proxy.cut();
    run(context, tx.rollback());
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, rollback_on_invalid_twophase) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    auto tx = run(context, engine.begin());
    run(context, tx.execute("select 1"));
    proxy.cut();
    expect_lost([&] { return tx.prepare("never_sent"); });
    run(context, tx.rollback());
    EXPECT_EQ(seen("select count(*) from pg_prepared_xacts"), "0");
    expect_works(engine);
}

TEST_F(sqlalchemy_reconnect, rollback_on_invalid_savepoint) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    auto tx = run(context, engine.begin());
    run(context, tx.execute("select 1"));
    auto nested = run(context, tx.begin());
    run(context, nested.execute("select 1"));
    proxy.cut();
    expect_lost([&] { return nested.execute("select 1"); });
    run(context, nested.rollback());
    expect_lost([&] { return tx.execute("select 1"); }); // lost as a whole
    run(context, tx.rollback());
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, commit_fails_contextmanager) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    int calls = 0;
    const auto work = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        ++calls;
        co_await tx.execute("select 1");
        proxy.cut();
    };
    expect_lost([&] { return engine.transaction(work, {.retries = 3}); });
    EXPECT_EQ(calls, 1);
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, invalidate_conn_w_contextmanager_disconnect) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const auto work = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        co_await tx.execute("select 1");
        proxy.cut();
        co_await tx.execute("select 2");
    };
    expect_lost([&] { return engine.transaction(work); });
    expect_works(engine);
    expect_at_rest(engine);
}

// The connection isn't closed: what runs is cancelled on the server, and the session is used again.
TEST_F(sqlalchemy_reconnect, invalidate_conn_w_contextmanager_interrupt) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const auto work = [](coropq::transaction& tx) -> asio::awaitable<void> {
        co_await tx.execute("select pg_sleep(60) -- interrupted");
    };
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    asio::co_spawn(context, engine.transaction(work),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown) { failure = thrown; }));
    ASSERT_TRUE(run_until_active(context, "interrupted"));
    stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(run_until([&] { return failure && engine.stats().active == 0; }));
    expect_works(engine);
    expect_at_rest(engine);
}

// --- repeating statements: SQLAlchemy's documentation has a recipe; ours never repeats what was sent ---

TEST_F(sqlalchemy_reconnect, restart_on_execute_no_txn) {
    make_table("repeated");
    const coropq::engine engine = make_pool(pool_options().size(1));
    expect_works(engine);
    proxy.cut(); // before anything was sent: unseen
    run(context, engine.execute("insert into repeated values (1)"));
    EXPECT_EQ(seen("select count(*) from repeated"), "1");
    proxy.stall(direction::to_client);
    started& lost = start(engine, "insert into repeated values (2)");
    EXPECT_TRUE(run_until([] { return seen("select count(*) from repeated") == "2"; }));
    proxy.cut();
    proxy.release();
    drain(context);
    EXPECT_EQ(lost.code, errc::connection_lost);
    EXPECT_TRUE(contains(lost.details.hint(), "may or may not have run")) << lost.details;
    expect_works(engine);
    EXPECT_EQ(seen("select count(*) from repeated"), "2");
}

TEST_F(sqlalchemy_reconnect, restart_on_execute_txn) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    {
        auto tx = run(context, engine.begin());
        run(context, tx.execute("select 1"));
        proxy.cut();
        expect_lost([&] { return tx.execute("select 1"); });
    }
    expect_works(engine);
    EXPECT_EQ(proxy.connections(), 2u);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, fail_on_executemany_txn) {
    make_table("repeated");
    const coropq::engine engine = make_pool(pool_options().size(1));
    auto tx = run(context, engine.begin());
    run(context, tx.execute("insert into repeated select generate_series(1, 3)"));
    proxy.cut();
    expect_lost([&] { return tx.execute("insert into repeated select generate_series(4, 6)"); });
    run(context, tx.rollback());
    EXPECT_EQ(text_of(engine, "select count(*) from repeated"), "0"); // all or nothing
}

} // namespace
