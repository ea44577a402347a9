// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The options of a pool, each shown to work, and what the pool tells about itself.

#include "pool_support.hpp"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <sstream>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

using pool = pool_fixture;

TEST_F(pool, size_and_overflow) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_overflow(1).acquire_timeout(0ms));
    std::optional<coropq::connection> first(get(engine));
    std::optional<coropq::connection> second(get(engine));
    EXPECT_EQ(engine.stats().active, 2u);
    EXPECT_EQ(failure_of<coropq::pool_timeout>(context, engine.connect()).code(), coropq::errc::pool_timeout);
    first.reset();
    second.reset();
    EXPECT_TRUE(run_until([&] { return engine.stats().closing == 0 && engine.stats().active == 0; }));
    const coropq::pool_statistics after = engine.stats();
    EXPECT_EQ(after.size, 1u);
    EXPECT_EQ(after.max_overflow, 1u);
    EXPECT_EQ(after.idle, 1u);
    EXPECT_EQ(after.closed.overflow, 1u);
    EXPECT_EQ(after.opened, 2u);
    EXPECT_EQ(after.acquired, 2u);
    EXPECT_EQ(after.acquire_timeouts, 1u);
    expect_balance(after);
    EXPECT_EQ(proxy.connections(), 2u);
}

TEST_F(pool, min_idle_are_kept_ready_after_the_first_use) {
    const coropq::engine engine = make_pool(pool_options().size(3).min_idle(2));
    drain(context);
    EXPECT_EQ(proxy.connections(), 0u);
    const coropq::connection used = get(engine);
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    proxy.reset_counters();
    std::vector<coropq::connection> more;
    more.push_back(get(engine)); // is there already
    EXPECT_EQ(proxy.connections(), 0u);
    drain(context); // the context finishes: there is no room for more
    EXPECT_EQ(engine.stats().idle, 1u);
}

TEST_F(pool, a_timeout_says_what_the_connections_do_and_who_has_them) {
    const coropq::engine engine = make_pool(pool_options().size(2).acquire_timeout(500ms));
    const auto line = std::source_location::current().line() + 1;
    const coropq::connection held = opened_by(engine);
    const coropq::connection later = opened_by(engine);
    const auto failure = failure_of<coropq::pool_timeout>(context, engine.execute("select 1"));
    const std::string& text = failure.details().message();
    EXPECT_TRUE(contains(text, "no connection became free within 500 ms: 2 active, 0 idle, 0 connecting, ")) << text;
    EXPECT_TRUE(contains(text, " waiting, of 2 at most; held the longest: ")) << text;
    EXPECT_TRUE(contains(text, ", by connect at ")) << text;
    EXPECT_TRUE(contains(text, "pool_test.cpp:" + std::to_string(line) + " (")) << text;
    EXPECT_TRUE(contains(failure.details().hint(), "pool_options::size")) << failure.what();

    const std::vector<coropq::connection_holder> holders = engine.stats().holders;
    ASSERT_EQ(holders.size(), 2u);
    EXPECT_EQ(holders[0].where.line(), line);
    EXPECT_EQ(holders[1].where.line(), line + 1);
    EXPECT_EQ(holders[0].purpose, "connect");
    EXPECT_GE(holders[0].held, holders[1].held);
    EXPECT_GE(holders[0].held, 500ms);
}

TEST_F(pool, a_timeout_tells_the_last_connect_error) {
    const coropq::engine engine =
        make_pool(pool_options().size(2).acquire_timeout(500ms).retry_delay(25ms, 100ms)); // tries again within 500 ms
    const coropq::connection held = opened_by(engine);
    proxy.refuse(true);
    auto failure = failure_of<coropq::pool_timeout>(context, engine.execute("select 1"));
    // On a busy machine, not even a failure comes within that time.
    for (int i = 0; i != 30 && engine.stats().failed_connects == 0; ++i)
        failure = failure_of<coropq::pool_timeout>(context, engine.execute("select 1"));
    EXPECT_TRUE(contains(failure.details().message(), "the last connect failed: ")) << failure.what();
    EXPECT_TRUE(contains(failure.details().hint(), "connects fail")) << failure.what();
    EXPECT_FALSE(failure.details().attempts().empty());
    EXPECT_TRUE(contains(failure.what(), "refused")) << failure.what();
    EXPECT_TRUE(contains(engine.stats().last_connect_error, "refused")) << engine.stats().last_connect_error;
    EXPECT_GE(engine.stats().failed_connects, 1u);
    proxy.refuse(false);
    const coropq::connection works = opened_by(engine);
    EXPECT_EQ(run(context, works.execute("select 7"))[0][0].as<int>(), 7);
    EXPECT_EQ(engine.stats().last_connect_error, "");
    expect_balance(engine.stats());
}

TEST_F(pool, the_first_query_reports_why_there_is_no_connection) {
    const coropq::engine engine = coropq::create_engine(context, address_of(plain_url().password("wrong")), pool_of(3));
    for (int i = 0; i != 2; ++i) {
        const auto failure = failure_of<coropq::authentication_error>(context, engine.execute("select 1"));
        EXPECT_EQ(failure.code(), coropq::sqlstate::invalid_password);
        EXPECT_FALSE(failure.details().attempts().empty());
        EXPECT_EQ(failure_of<coropq::authentication_error>(context, engine.connect()).code(), failure.code());
    }
}

TEST_F(pool, without_a_time_to_wait_nobody_queues) {
    const coropq::engine engine = make_pool(pool_options().size(1).acquire_timeout(0ms));
    proxy.delay(direction::to_client, 20ms); // the connect itself may take its time
    std::optional<coropq::connection> held(get(engine));
    const auto failure = failure_of<coropq::pool_timeout>(context, engine.connect());
    EXPECT_TRUE(contains(failure.details().message(), "within 0 ms: 1 active")) << failure.what();
    held.reset();
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
}

TEST_F(pool, no_more_than_max_waiting_wait) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_waiting(1));
    std::optional<coropq::connection> held(get(engine));
    started& waits = start(engine, "select 1");
    const auto failure = failure_of<coropq::pool_timeout>(context, engine.execute("select 2"));
    EXPECT_EQ(failure.code(), coropq::errc::too_many_waiting);
    EXPECT_TRUE(contains(failure.details().message(), "(1): 1 active, 0 idle, 0 connecting, 1 waiting"))
        << failure.what();
    held.reset();
    drain(context);
    EXPECT_EQ(waits.code, error_code());
    EXPECT_EQ(engine.stats().refused, 1u);
    EXPECT_EQ(engine.stats().acquired, 2u);
}

TEST_F(pool, connections_get_no_older_than_max_lifetime) {
    const coropq::engine engine = make_pool(pool_options().size(2).max_lifetime(100ms));
    run(context, engine.execute("select 1"));
    // An idle one ends in the background, while something else keeps the context running …
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.lifetime == 1; }));
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    // … and one in use when it comes back.
    std::optional<coropq::connection> used(get(engine));
    EXPECT_TRUE(run_until([&] { return engine.stats().holders.at(0).held > 150ms; }));
    run(context, used->ping());
    used.reset();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.lifetime == 2; }));
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    expect_balance(engine.stats());
}

TEST_F(pool, connections_that_nobody_uses_are_closed_but_for_min_idle) {
    const coropq::engine engine = make_pool(pool_options().size(3).max_idle(100ms).min_idle(1));
    {
        const coropq::connection first = get(engine);
        const coropq::connection second = get(engine);
        EXPECT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
    }
    EXPECT_TRUE(run_until([&] {
        const coropq::pool_statistics now = engine.stats();
        return now.closed.idle == 2 && now.closing == 0; // it counts before it is gone
    }));
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_TRUE(proxy.wait_for_open_connections(1));
    drain(context);
    expect_balance(engine.stats());
}

// What becomes due while the context doesn't run is done when it does.
TEST_F(pool, an_idle_engine_lets_the_context_finish) {
    const coropq::engine engine = make_pool(pool_options().size(2).max_idle(30ms).max_lifetime(1h).min_idle(1));
    start(engine, "select pg_sleep(0.02)");
    start(engine, "select pg_sleep(0.02)");
    drain(context); // returns
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 1; }));
    drain(context);
}

TEST_F(pool, a_connection_that_was_idle_is_asked_for_a_sign_of_life) {
    const coropq::engine always = make_pool(pool_options().size(1).ping_after(0ms));
    run(context, always.execute("select 1"));
    proxy.reset_counters();
    run(context, always.execute("select 2"));
    EXPECT_EQ(always.stats().pings, 1u);
    EXPECT_EQ(always.stats().failed_pings, 0u);
    EXPECT_EQ(proxy.connections(), 0u);

    const coropq::engine never = make_pool(pool_options().size(1).ping_after(std::chrono::milliseconds::max()));
    run(context, never.execute("select 1"));
    run(context, never.execute("select 1"));
    EXPECT_EQ(never.stats().pings, 0u);
}

TEST_F(pool, a_silent_connection_is_replaced) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms).ping_timeout(50ms));
    run(context, engine.execute("select 1"));
    proxy.stall();
    started& asked = start(engine, "select 7");
    EXPECT_TRUE(run_until([&] { return engine.stats().failed_pings == 1; }));
    EXPECT_FALSE(asked.code);
    proxy.release();
    drain(context);
    EXPECT_EQ(asked.code, error_code()) << asked.details;
    EXPECT_EQ(engine.stats().closed.broken, 1u);
    expect_balance(engine.stats());
}

TEST_F(pool, invalidate_retires_all) {
    const coropq::engine engine = make_pool(pool_options().size(3));
    std::optional<coropq::connection> used(get(engine));
    run(context, engine.execute("select 1"));
    ASSERT_EQ(engine.stats().idle, 1u);
    engine.invalidate();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.invalidated == 1; }));
    EXPECT_EQ(engine.stats().idle, 0u);
    run(context, used->ping());
    used.reset();
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.invalidated == 2; }));
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
    EXPECT_EQ(proxy.connections(), 3u);
    expect_balance(engine.stats());
}

TEST_F(pool, resize_while_running) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::connection> held(get(engine));
    started& waits = start(engine, "select 1");
    context.restart();
    context.poll();
    EXPECT_EQ(engine.stats().waiting, 1u);
    engine.resize(2);
    EXPECT_TRUE(run_until([&] { return waits.code.has_value(); }));
    EXPECT_EQ(waits.code, error_code());
    held.reset();
    EXPECT_TRUE(run_until([&] { return engine.stats().idle == 2; }));
    engine.resize(1);
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.overflow == 1; }));
    EXPECT_TRUE(proxy.wait_for_open_connections(1));
    EXPECT_EQ(engine.stats().size, 1u);
}

TEST_F(pool, a_connection_that_nobody_wants_any_more_is_kept) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    proxy.delay(direction::to_client, 30ms);
    started& impatient = start(engine, "select 1");
    ASSERT_TRUE(run_until([&] { return engine.stats().connecting == 1; }));
    impatient.stop.emit(asio::cancellation_type::partial);
    drain(context);
    EXPECT_EQ(impatient.code, asio::error::operation_aborted);
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(engine.stats().cancelled_waits, 1u);
    run(context, engine.execute("select 1"));
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(pool, leaks_are_reported_once_with_their_origin) {
    std::atomic<int> reports = 0;
    std::atomic<unsigned> line = 0;
    const auto handler = [&](const coropq::connection_holder& leaked) {
        line = leaked.where.line();
        ++reports;
        EXPECT_GE(leaked.held, 40ms);
        EXPECT_EQ(leaked.purpose, "connect");
    };
    const coropq::engine engine = make_pool(pool_options().size(2).leak_after(40ms, handler));
    const auto expected = std::source_location::current().line() + 1;
    const coropq::connection leaked = get(engine);
    EXPECT_TRUE(wait_until([&] { return reports == 1; })); // while the context doesn't run
    EXPECT_EQ(line, expected);
    EXPECT_TRUE(run_until([&] { return engine.stats().holders.at(0).held > 150ms; }));
    EXPECT_EQ(reports, 1);
    EXPECT_EQ(engine.stats().leaks, 1u);
}

TEST_F(pool, without_a_handler_leaks_go_to_the_log) {
    std::ostringstream log;
    std::streambuf* const before = std::clog.rdbuf(log.rdbuf());
    unsigned line = 0;
    {
        asio::io_context own; // its end waits for the thread that writes
        const coropq::engine engine = coropq::create_engine(
            own, plain_address(), coropq::engine_options().pool(pool_options().size(1).leak_after(20ms)));
        line = std::source_location::current().line() + 1;
        const coropq::connection leaked = run(own, engine.connect());
        EXPECT_TRUE(wait_until([&] { return engine.stats().leaks == 1; }));
    }
    std::clog.rdbuf(before);
    const std::string text = log.str();
    EXPECT_TRUE(text.starts_with("coropq: a connection has been in use for ")) << text;
    EXPECT_TRUE(contains(text, "by connect at ")) << text;
    EXPECT_TRUE(contains(text, "pool_test.cpp:" + std::to_string(line))) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

} // namespace
