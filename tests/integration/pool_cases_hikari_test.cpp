// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What the tests of HikariCP (Java) check, in our terms, under their names. docs/pool_cases.md has all of them.

#include "pool_cases_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <thread>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

using hikari = pool_cases_fixture;

// There: threads that close their connections at the same time.
TEST_F(hikari, concurrent_close) {
    const coropq::engine engine = make_pool(pool_options().size(8));
    std::vector<coropq::connection> conns;
    for (int i = 0; i != 8; ++i)
        conns.push_back(get(engine));
    auto guard = asio::make_work_guard(context);
    context.restart();
    std::thread worker([&] { context.run(); });
    std::vector<std::thread> threads;
    for (coropq::connection& each : conns)
        threads.emplace_back([&each] { const coropq::connection ends = std::move(each); });
    for (std::thread& each : threads)
        each.join();
    guard.reset();
    worker.join();
    EXPECT_EQ(engine.stats().idle, 8u);
    expect_balance(engine.stats());
}

asio::awaitable<void> one_after_the_other(coropq::engine engine, int times, std::string sql, int& done) {
    for (int i = 0; i != times; ++i) {
        const coropq::connection conn = co_await engine.connect();
        co_await conn.execute(sql);
    }
    ++done;
}

// Never more than somebody could have used at once; a few may be on their way when one comes back sooner.
TEST_F(hikari, pool_size_about_same_size_as_thread_count) {
    const coropq::engine engine = make_pool(pool_options().size(50));
    int done = 0;
    for (int i = 0; i != 8; ++i)
        asio::co_spawn(context, one_after_the_other(engine, 20, "select pg_sleep(0.001)", done), asio::detached);
    drain(context);
    EXPECT_EQ(done, 8);
    EXPECT_LE(engine.stats().opened, 16u);
    EXPECT_EQ(engine.stats().acquired, 160u);
}

// Connects take two seconds, statements some milliseconds: what comes back serves the burst. (How many would be opened
// for a burst of 50 is played without a clock, by `pool_growth.slow_connects_and_a_burst_of_short_queries`.)
TEST_F(hikari, slow_connection_time_bursty_work) {
    const coropq::engine engine =
        coropq::create_engine(context, address_of(plain_url().set("options", "-c post_auth_delay=2")), pool_of(50));
    for (int i = 0; i != 4; ++i)
        start(engine, "select 1"); // nothing comes back meanwhile, so they get one each
    drain(context);
    ASSERT_EQ(engine.stats().idle, 4u);
    for (int i = 0; i != 9; ++i)
        start(engine, "select pg_sleep(0.005)");
    EXPECT_TRUE(run_until([&] { return ended.size() == 13; }));
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code());
    const coropq::pool_statistics after = engine.stats();
    EXPECT_LE(after.opened + after.connecting, 6u); // a machine may stand still for a while
}

// Settings are restored by `discard_all`; by default what belongs to a transaction is, the session's own is not.
TEST_F(hikari, connection_state_restore) {
    for (const auto policy : {coropq::reset_policy::discard_all, coropq::reset_policy::rollback}) {
        const coropq::engine engine = make_pool(pool_options().size(1).reset(policy));
        int backend = 0;
        {
            const coropq::connection conn = get(engine);
            backend = backend_of(conn);
            run(context, conn.execute("set session characteristics as transaction isolation level repeatable read"));
            run(context, conn.execute("begin read only"));
        }
        const coropq::connection next = get(engine);
        EXPECT_EQ(backend_of(next), backend);
        const auto value = [&](std::string_view sql) { return run(context, next.execute(sql))[0][0].text(); };
        EXPECT_EQ(value("show transaction_read_only"), "off");
        EXPECT_EQ(value("show transaction_isolation"),
                  policy == coropq::reset_policy::discard_all ? "read committed" : "repeatable read");
    }
}

std::ptrdiff_t threads_of_this_process() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

TEST_F(hikari, shutdown_leaves_no_threads) {
    const std::ptrdiff_t before = threads_of_this_process();
    {
        asio::io_context own;
        const coropq::engine engine = coropq::create_engine(
            own, plain_address(),
            coropq::engine_options().pool(pool_options().size(4).min_idle(2).max_idle(1h).max_lifetime(1h)));
        for (int i = 0; i != 4; ++i)
            run(own, engine.execute("select 1"));
        run(own, engine.dispose());
    }
    EXPECT_TRUE(wait_until([&] { return threads_of_this_process() <= before; }));
}

// A goodbye to a server that doesn't listen is nothing that anybody waits for.
TEST_F(hikari, connection_close_blocking) {
    const coropq::engine engine = make_pool(pool_options().size(3));
    std::optional<coropq::connection> in_transaction(get(engine));
    run(context, in_transaction->execute("begin"));
    std::optional<coropq::connection> in_use(get(engine));
    expect_works(engine);
    const loop_watch loop(context.get_executor());
    proxy.stall();
    engine.invalidate();
    in_transaction.reset();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.invalidated == 2 && engine.stats().closing == 0; }));
    in_use.reset();
    run(context, engine.dispose());
    EXPECT_EQ(engine.stats().closed.invalidated, 3u);
    EXPECT_LT(loop.longest_gap(), loop_watch::acceptable);
}

// There, each failing connect is retried until the time is up. Here, whoever has nothing else to hope for is told why.
TEST_F(hikari, connection_retries) {
    const coropq::engine engine = make_pool(pool_options().size(1).retry_delay(1ms, 20ms));
    proxy.refuse(true);
    for (int i = 0; i != 3; ++i)
        failure_of<coropq::connection_error>(context, engine.connect());
    EXPECT_EQ(engine.stats().failed_connects, 3u);
    EXPECT_EQ(engine.stats().acquire_timeouts, 0u);
    proxy.refuse(false);
    expect_works(engine);
}

// With a connection out that may come back, waiting goes on.
TEST_F(hikari, connection_retries_with_returned_connection) {
    const coropq::engine engine = make_pool(pool_options().size(2).retry_delay(1ms, 20ms));
    std::optional<coropq::connection> held(get(engine));
    const int backend = backend_of(*held);
    proxy.refuse(true);
    started& waiting = start(engine, "select pg_backend_pid()");
    EXPECT_TRUE(run_until([&] { return engine.stats().failed_connects >= 2; }));
    EXPECT_FALSE(waiting.code);
    held.reset();
    EXPECT_EQ(outcome_of(waiting), error_code());
    EXPECT_EQ(waiting.output[0][0].as<int>(), backend);
}

TEST_F(hikari, connection_idle_fill) {
    const coropq::engine engine = make_pool(pool_options().size(8).min_idle(3));
    std::vector<coropq::connection> conns;
    for (std::size_t used = 1; used != 6; ++used) {
        conns.push_back(get(engine));
        EXPECT_TRUE(run_until([&] { return engine.stats().idle == 3; })) << used;
        EXPECT_EQ(engine.stats().active, used);
    }
    conns.push_back(get(engine));
    drain(context);
    EXPECT_EQ(engine.stats().idle, 2u); // there is no room for more
    EXPECT_EQ(proxy.connections(), 8u);
}

// One that is lost in somebody's hands is replaced without anybody asking.
TEST_F(hikari, backfill) {
    const coropq::engine engine = make_pool(pool_options().size(3).min_idle(2));
    std::vector<coropq::connection> conns;
    for (int i = 0; i != 3; ++i)
        conns.push_back(get(engine));
    proxy.reset();
    for (const coropq::connection& each : conns)
        failure_of<coropq::connection_error>(context, each.execute("select 1"));
    conns.clear();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.broken == 3 && engine.stats().idle == 2; }));
    expect_works(engine);
    expect_balance(engine.stats());
}

TEST_F(hikari, evict_all_refill) {
    const coropq::engine engine = make_pool(pool_options().size(3).min_idle(3));
    expect_works(engine);
    for (std::uint64_t round = 1; round != 4; ++round) {
        EXPECT_TRUE(run_until([&] { return engine.stats().idle == 3; }));
        engine.invalidate();
        EXPECT_TRUE(run_until([&] { return engine.stats().idle == 3; }));
        EXPECT_EQ(engine.stats().closed.invalidated, 3 * round);
    }
    EXPECT_TRUE(comes_to_rest(engine));
    EXPECT_EQ(engine.stats().opened, 12u);
}

TEST_F(hikari, maximum_pool_limit) {
    coropq::engine_options options;
    options.pool(pool_options().size(4).max_overflow(1));
    options.connect(coropq::connect_options().application_name("limited"));
    const coropq::engine engine = make(options);
    int done = 0;
    for (int i = 0; i != 30; ++i)
        asio::co_spawn(context, one_after_the_other(engine, 10, "select 1", done), asio::detached);
    std::size_t most = 0;
    EXPECT_TRUE(run_until([&] {
        const coropq::pool_statistics now = engine.stats();
        most = std::max(most, now.active + now.idle + now.connecting + now.closing);
        return done == 30;
    }));
    EXPECT_LE(most, 5u);
    EXPECT_GT(most, 0u);
}

TEST_F(hikari, minimum_idle_zero) {
    const coropq::engine engine = make_pool(pool_options().size(3).max_idle(30ms));
    for (std::uint64_t round = 1; round != 3; ++round) {
        expect_works(engine);
        EXPECT_TRUE(run_until([&] {
            const coropq::pool_statistics now = engine.stats();
            return now.closed.idle == round && now.closing == 0; // it counts before it is gone
        }));
        EXPECT_TRUE(proxy.wait_for_open_connections(0));
    }
    expect_balance(engine.stats());
}

// Connections end of age under full load, all the time: nobody sees it.
TEST_F(hikari, saturated_pool) {
    const coropq::engine engine = make_pool(pool_options().size(3).max_lifetime(20ms).ping_after(5ms));
    int done = 0;
    for (int i = 0; i != 12; ++i)
        asio::co_spawn(context, one_after_the_other(engine, 25, "select pg_sleep(0.002)", done), asio::detached);
    std::size_t most = 0;
    EXPECT_TRUE(run_until([&] {
        const coropq::pool_statistics now = engine.stats();
        most = std::max(most, now.active + now.idle + now.connecting + now.closing);
        return done == 12;
    }));
    EXPECT_LE(most, 3u);
    const coropq::pool_statistics numbers = engine.stats();
    EXPECT_EQ(numbers.acquired, 300u);
    EXPECT_EQ(numbers.failed_connects, 0u);
    EXPECT_GT(numbers.closed.lifetime, 0u);
    expect_balance(numbers);
}

// Ramp-up under demand, ramp-down to the minimum without.
TEST_F(hikari, ramp_up_down) {
    const coropq::engine engine = make_pool(pool_options().size(5).min_idle(1).max_idle(60ms));
    {
        std::vector<coropq::connection> conns;
        for (int i = 0; i != 5; ++i)
            conns.push_back(get(engine));
        EXPECT_EQ(engine.stats().active, 5u);
    }
    EXPECT_TRUE(run_until([&] {
        const coropq::pool_statistics now = engine.stats();
        return now.closed.idle == 4 && now.closing == 0;
    }));
    EXPECT_TRUE(proxy.wait_for_open_connections(1));
    EXPECT_EQ(engine.stats().idle, 1u);
}

// There, limits below some minimum are refused or corrected. Here none is impossible, and none makes anybody hang.
TEST_F(hikari, config_validation) {
    const auto least = std::chrono::milliseconds::min();
    const auto most = std::chrono::milliseconds::max();
    for (const auto limit : {least, -1ms, 0ms, most}) {
        const coropq::engine engine = make_pool(pool_options()
                                                    .size(1)
                                                    .min_idle(1)
                                                    .acquire_timeout(limit)
                                                    .max_lifetime(limit)
                                                    .max_idle(limit)
                                                    .ping_after(limit)
                                                    .ping_timeout(limit)
                                                    .retry_delay(limit, limit)
                                                    .leak_after(limit, [](const coropq::connection_holder&) {}));
        for (int i = 0; i != 2; ++i)
            expect_works(engine);
        EXPECT_TRUE(comes_to_rest(engine));
        EXPECT_EQ(engine.stats().opened, 1u);
        expect_balance(engine.stats());
        if (limit == most)
            continue;
        const coropq::connection held = get(engine);
        failure_of<coropq::pool_timeout>(context, engine.connect());
    }
}

// Which errors are signs of a lost server: only of those that end the session. Anybody may raise the others.
TEST_F(hikari, sqlstates_that_evict) {
    // Not through the proxy: what the server says last has arrived when it is gone.
    const coropq::engine engine = coropq::create_engine(context, plain_address(), pool_of(1));
    const int backend = backend_of(engine);
    for (const char* const code : {"0A000", "57P01", "57P02", "57P03", "01002", "08000", "08006"}) {
        const auto failure = failure_of<coropq::server_error>(
            context,
            engine.execute("do $$ begin raise exception 'raised' using errcode = '" + std::string(code) + "'; end $$"));
        EXPECT_EQ(failure.details().sqlstate(), code);
        EXPECT_EQ(backend_of(engine), backend) << code;
    }
    EXPECT_EQ(engine.stats().opened, 1u);
    // The same code in earnest.
    ASSERT_EQ(cluster().terminate_backends(), 1u);
    EXPECT_NE(backend_of(engine), backend);
}

} // namespace
