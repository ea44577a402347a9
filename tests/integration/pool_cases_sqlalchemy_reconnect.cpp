// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What SQLAlchemy's tests of reconnecting are about, under their names. Ours differs in one thing throughout:
// somebody's connection that is lost stays lost, and the next one comes from the engine; SQLAlchemy opens another
// session below the same object. docs/pool_cases.md says where the rest is.

#include "pool_cases_sqlalchemy.hpp"

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::error_code;
using coropq::pool_options;

using sqlalchemy_reconnect = sqlalchemy_reconnect_fixture;

/// Whatever happens, the server runs at the end of the scope.
struct server_is_back {
    ~server_is_back() {
        if (!cluster().running())
            cluster().start();
    }
};

// --- pings ---

TEST_F(sqlalchemy_reconnect, ping_not_on_first_connect) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms));
    expect_works(engine);
    EXPECT_EQ(engine.stats().pings, 0u);
    expect_works(engine);
    EXPECT_EQ(engine.stats().pings, 1u);
}

TEST_F(sqlalchemy_reconnect, ping_not_on_reconnect) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms));
    expect_works(engine);
    proxy.cut();
    expect_works(engine);
    EXPECT_EQ(engine.stats().opened, 2u);
    // The lost one may have been asked, or noticed without; the new one isn't.
    EXPECT_EQ(engine.stats().pings, engine.stats().failed_pings);
}

TEST_F(sqlalchemy_reconnect, connect_across_restart) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms));
    expect_works(engine);
    proxy.refuse(true);
    proxy.cut();
    proxy.refuse(false);
    run(context, get(engine).execute("select 1"));
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, raise_db_is_stopped) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms));
    expect_works(engine);
    proxy.refuse(true);
    proxy.cut();
    const auto failure = failure_of<coropq::connection_error>(context, engine.connect());
    EXPECT_EQ(failure.code(), errc::connect_failed);
    EXPECT_FALSE(failure.details().attempts().empty());
}

TEST_F(sqlalchemy_reconnect, waits_til_exec_wo_ping_db_is_stopped) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(std::chrono::milliseconds::max()));
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("select 1"));
        proxy.refuse(true);
        proxy.cut();
        expect_lost([&] { return conn.execute("select 1"); });
    }
    EXPECT_EQ(failure_of<coropq::connection_error>(context, engine.connect()).code(), errc::connect_failed);
    expect_at_rest(engine);
}

// Ours notices it without a ping as well.
TEST_F(sqlalchemy_reconnect, waits_til_exec_wo_ping_db_is_restarted) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(std::chrono::milliseconds::max()));
    expect_works(engine);
    proxy.cut();
    run(context, get(engine).execute("select 1"));
    EXPECT_EQ(engine.stats().pings, 0u);
    EXPECT_EQ(engine.stats().opened, 2u);
}

TEST_F(sqlalchemy_reconnect, pre_ping_db_is_restarted) {
    const coropq::engine engine = make_pool(pool_options().size(2).ping_after(0ms));
    expect_works(engine);
    cluster().restart();
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, pre_ping_db_stays_shutdown) {
    const coropq::engine engine = make_pool(pool_options().size(2).ping_after(0ms));
    expect_works(engine);
    {
        const server_is_back later;
        cluster().stop();
        for (int i = 0; i != 2; ++i)
            failure_of<coropq::connection_error>(context, engine.execute("select 1"));
    }
    expect_works(engine);
    expect_at_rest(engine);
}

// --- a connection that is lost in somebody's hands ---

TEST_F(sqlalchemy_reconnect, reconnect) {
    const coropq::engine engine = make_pool(pool_options().size(2));
    coropq::connection conn = get(engine);
    run(context, conn.execute("select 1"));
    proxy.cut();
    expect_lost([&] { return conn.execute("select 1"); });
    EXPECT_EQ(failure_of<coropq::error>(context, conn.execute("select 1")).code(), errc::not_connected);
    conn = get(engine);
    run(context, conn.execute("select 1"));
    EXPECT_EQ(proxy.connections(), 2u);
}

// Not below the same object: it isn't opened again behind the engine's back, until it was given back.
TEST_F(sqlalchemy_reconnect, conn_reusable) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    coropq::connection conn = get(engine);
    proxy.cut();
    expect_lost([&] { return conn.execute("select 1"); });
    run(context, conn.close());
    EXPECT_EQ(failure_of<coropq::error>(context, conn.execute("select 1")).code(), errc::not_connected);
    conn = get(engine);
    run(context, conn.execute("select 1"));
    EXPECT_EQ(engine.stats().closed.broken, 1u);
}

TEST_F(sqlalchemy_reconnect, reconnect_on_reentrant) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    for (int round = 0; round != 3; ++round) {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("select 1"));
        proxy.cut();
        expect_lost([&] { return conn.execute("select 1"); });
    }
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, invalidated_close) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    coropq::connection conn = get(engine);
    proxy.cut();
    expect_lost([&] { return conn.execute("select 1"); });
    run(context, conn.close()); // no error
    run(context, conn.close());
    EXPECT_EQ(failure_of<coropq::error>(context, conn.execute("select 1")).code(), errc::not_connected);
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, noreconnect_execute) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection conn = get(engine);
    const int backend = backend_of(context, conn);
    failure_of<coropq::server_error>(context, conn.execute("select no_such_column"));
    EXPECT_EQ(backend_of(context, conn), backend);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(sqlalchemy_reconnect, noreconnect_rollback) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection conn = get(engine);
    const int backend = backend_of(context, conn);
    auto tx = run(context, conn.begin());
    failure_of<coropq::server_error>(context, tx.execute("select no_such_column"));
    run(context, tx.rollback());
    EXPECT_EQ(backend_of(context, conn), backend);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(sqlalchemy_reconnect, multiple_invalidate) {
    const coropq::engine engine = make_pool(pool_options().size(2));
    {
        const coropq::connection first = get(engine);
        const coropq::connection second = get(engine);
        proxy.cut();
        expect_lost([&] { return first.execute("select 1"); });
        expect_lost([&] { return second.execute("select 1"); });
    }
    expect_works(engine);
    EXPECT_EQ(engine.stats().closed.broken, 2u);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, invalidate_twice) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    expect_works(engine);
    engine.invalidate();
    engine.invalidate();
    expect_works(engine);
    EXPECT_EQ(engine.stats().closed.invalidated, 1u);
    expect_at_rest(engine);
}

// --- while a session is set up ---

TEST_F(sqlalchemy_reconnect, explode_in_initializer_disconnect) {
    make_table("killer");
    cluster().query("insert into killer values (1)", cluster().app_database());
    const coropq::engine engine =
        make_with_setup(pool_options().size(1), {"select pg_terminate_backend(pg_backend_pid()) from killer"});
    for (int i = 0; i != 2; ++i)
        failure_of<coropq::connection_error>(context, engine.execute("select 1"));
    cluster().query("delete from killer", cluster().app_database());
    expect_works(engine);
    expect_at_rest(engine);
}

// --- while rows are read ---

TEST_F(sqlalchemy_reconnect, invalidate_on_results) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    coropq::stream_options options;
    options.batch = 100;
    auto rows = run(context, engine.stream_rows(coropq::statement("select generate_series(1, 10000000)"), options));
    EXPECT_EQ(run(context, rows.next_batch()).size(), 100u);
    proxy.cut();
    const auto read_on = [&]() -> asio::awaitable<void> {
        for (bool more = true; more;) {
            const coropq::result batch = co_await rows.next_batch();
            more = !batch.empty();
        }
    };
    expect_lost(read_on);
    EXPECT_TRUE(run(context, rows.next_batch()).empty()); // at its end
    expect_works(engine);
    expect_at_rest(engine);
}

TEST_F(sqlalchemy_reconnect, cursor_explode) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    auto rows = run(context, engine.stream_rows(coropq::statement("select generate_series(1, 10000000)")));
    run(context, rows.next_batch());
    proxy.cut();
    run(context, rows.close()); // nobody needs what was to come: no error
    expect_works(engine);
    expect_at_rest(engine);
}

} // namespace
