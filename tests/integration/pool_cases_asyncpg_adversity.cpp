// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What asyncpg's tests are about, under their names: a network that swallows everything, and servers that change their
// role.

#include "pool_cases_asyncpg.hpp"

#include <filesystem>
#include <fstream>
#include <memory>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::error_code;
using coropq::pool_options;

using asyncpg_adversity = asyncpg_fixture;

// --- a network that swallows everything ---

// Ours doesn't wait for the server.
TEST_F(asyncpg_adversity, connection_close_timeout) {
    coropq::connection conn(context);
    run(context, conn.connect(address_through(proxy)));
    proxy.stall();
    run(context, conn.close());
    EXPECT_EQ(failure_of<coropq::error>(context, conn.execute("select 1")).code(), errc::not_connected);
}

TEST_F(asyncpg_adversity, pool_acquire_timeout) {
    const coropq::engine engine =
        make_pool(pool_options().size(2).acquire_timeout(500ms).ping_after(0ms).ping_timeout(100ms));
    { const coropq::connection first = opened_by(engine); }
    proxy.stall();
    for (int i = 0; i != 2; ++i)
        failure_of<coropq::pool_timeout>(context, engine.connect());
    proxy.release();
    run(context, opened_by(engine).execute("select 1"));
    expect_at_rest(engine);
}

// Giving back waits for nobody.
TEST_F(asyncpg_adversity, pool_release_timeout) {
    const coropq::engine engine = make(
        coropq::engine_options().pool(pool_options().size(1)).connect(coropq::connect_options().cancel_timeout(100ms)));
    coropq::connection conn = get(engine);
    run(context, conn.execute("begin"));
    proxy.stall();
    run(context, conn.close()); // something has to be sent …
    EXPECT_EQ(engine.stats().idle, 1u);
    proxy.release();

    conn = get(engine);
    const auto broken = engine.stats().closed.broken; // a busy machine takes longer to end a transaction
    std::optional<error_code> outcome;
    coropq::result output;
    conn.async_execute(coropq::statement("select pg_sleep(60) -- release_timeout"), output,
                       [&](error_code code) { outcome = code; });
    ASSERT_TRUE(run_until_active(context, "release_timeout"));
    proxy.stall();
    run(context, conn.close()); // … or a statement has to be cancelled, for which there is some time only
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.broken == broken + 1; }));
    EXPECT_EQ(outcome, asio::error::operation_aborted);
    proxy.release();
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
    expect_at_rest(engine);
}

TEST_F(asyncpg_adversity, pool_handles_abrupt_connection_loss) {
    constexpr auto limit = 1s; // for waiting, and for a statement
    coropq::connect_options connecting;
    connecting.cancel_timeout(100ms).statements(coropq::statement_options().timeout(limit));
    const coropq::engine engine =
        make(coropq::engine_options().pool(pool_options().size(3).acquire_timeout(limit)).connect(connecting));
    {
        std::vector<coropq::connection> held;
        for (int i = 0; i != 3; ++i)
            held.push_back(opened_by(engine));
    }
    for (int i = 0; i != 9; ++i)
        start(engine, "select pg_sleep(60) -- abrupt_loss");
    ASSERT_TRUE(run_until([&] {
        return !ended.empty() || seen("select count(*) from pg_stat_activity where state = 'active' and pid <> "
                                      "pg_backend_pid() and strpos(query, 'abrupt_loss') > 0") != "0";
    }));
    const auto began = std::chrono::steady_clock::now();
    proxy.stall();
    EXPECT_TRUE(run_until([&] { return ended.size() == 9; }));
    // Everybody's time is up together. A busy machine has half a minute more.
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2 * limit + 30s);
    for (const auto& each : all)
        EXPECT_TRUE(each->code == errc::timeout || each->code == errc::pool_timeout) << each->details;
    proxy.release();
    EXPECT_EQ(run(context, opened_by(engine).execute(coropq::statement("select 7").timeout(0ms)))[0][0].as<int>(), 7);
    expect_at_rest(engine);
}

// --- servers that change their role ---

/// A server of its own, since the one of this program writes no log that a standby could live on.
struct asyncpg_standby : testing::Test {
    static void SetUpTestSuite() {
        server = std::make_unique<postgres_cluster>(std::vector<postgres_cluster::setting>{{"wal_level", "replica"}});
    }
    static void TearDownTestSuite() { server.reset(); }

    /// Restarts it in another role (PostgreSQL manual, "standby.signal"), unless it has that already.
    static void make_standby(bool yes) {
        const std::string file = server->value("COROPQ_DATA_DIR") + "/standby.signal";
        if (std::filesystem::exists(file) == yes)
            return;
        server->stop();
        if (yes)
            std::ofstream(file) << "";
        else
            std::filesystem::remove(file);
        server->start();
    }

    coropq::engine engine_for(const std::string& role, std::size_t size) {
        return coropq::create_engine(
            context, address_of(server->app_url().set("sslmode", "disable").set("target_session_attrs", role)),
            pool_of(size));
    }

    static std::unique_ptr<postgres_cluster> server;
    asio::io_context context;
};
std::unique_ptr<postgres_cluster> asyncpg_standby::server;

TEST_F(asyncpg_standby, full_reconnect_on_node_change_role) {
    make_standby(false);
    const coropq::engine engine = engine_for("primary", 1);
    run(context, engine.execute("select 1"));
    make_standby(true);
    for (int i = 0; i != 2; ++i) {
        const auto failure = failure_of<coropq::connection_error>(context, engine.execute("select 1"));
        EXPECT_TRUE(contains(failure.what(), "standby")) << failure.what();
    }
    make_standby(false);
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 7")), 7);
}

TEST_F(asyncpg_standby, standby_pool_01) {
    make_standby(true);
    for (const int workers : {1, 3, 5, 10, 20, 100}) {
        const coropq::engine engine = engine_for("standby", 10);
        int done = 0;
        for (int i = 0; i != workers; ++i)
            asio::co_spawn(context, asyncpg_fixture::acquire_use_release(engine), [&](std::exception_ptr failure) {
                EXPECT_FALSE(failure);
                ++done;
            });
        drain(context);
        EXPECT_EQ(done, workers);
        run(context, engine.dispose());
    }
}

TEST_F(asyncpg_standby, standby_cursors) {
    make_standby(true);
    const coropq::engine engine = engine_for("standby", 1);
    coropq::stream_options options;
    options.strategy = coropq::stream_strategy::cursor;
    auto rows = run(context, engine.stream_rows(coropq::statement("select 1"), options));
    EXPECT_EQ(run(context, rows.next_batch()).size(), 1u);
    run(context, rows.close());
}

} // namespace
