// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// One engine on many threads, and very many statements at once.

#include "api_support.hpp"
#include "open_sockets.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

coropq::engine_options pool_of(std::size_t size) {
    return coropq::engine_options().pool(
        coropq::pool_options().size(size).ping_after(std::chrono::milliseconds::max()));
}

asio::awaitable<void> ask(coropq::engine engine, int number, std::atomic<int>& answered) {
    const coropq::result answer = co_await engine.execute("select $1::int, repeat('x', $2::int)", number, number % 100);
    EXPECT_EQ(answer[0][0].as<int>(), number);
    EXPECT_EQ(answer[0][1].text().size(), static_cast<std::size_t>(number % 100));
    ++answered;
}

TEST(engine_threads, a_thousand_coroutines_share_four_connections) {
    asio::io_context context(1);
    tcp_proxy proxy(cluster().port());
    const coropq::engine engine = coropq::create_engine(context, address_through(proxy), pool_of(4));
    std::atomic<int> answered = 0;
    for (int i = 0; i != 1000; ++i)
        asio::co_spawn(context, ask(engine, i, answered), [](std::exception_ptr problem) { EXPECT_FALSE(problem); });
    drain(context);
    EXPECT_EQ(answered, 1000);
    EXPECT_EQ(proxy.connections(), 4u);
}

TEST(engine_threads, an_engine_is_used_from_several_threads) {
    asio::thread_pool threads(4);
    tcp_proxy proxy(cluster().port());
    const coropq::engine engine = coropq::create_engine(threads, address_through(proxy), pool_of(4));
    std::atomic<int> answered = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller != 4; ++caller)
        callers.emplace_back([&, caller] {
            for (int i = 0; i != 50; ++i) {
                const coropq::engine copy = engine;
                asio::co_spawn(threads, ask(copy, 100 * caller + i, answered), asio::detached);
                if (i % 10 == 0) {
                    EXPECT_FALSE(asio::co_spawn(threads, copy.inspect().has_table("nope"), asio::use_future).get());
                }
            }
        });
    for (std::thread& caller : callers)
        caller.join();
    threads.join();
    EXPECT_EQ(answered, 200);
    EXPECT_LE(proxy.connections(), 4u);
    EXPECT_GE(proxy.connections(), 1u);
}

// Statements of all fates at once: answered, refused, cancelled while waiting or running, of a connection that is
// killed.
asio::awaitable<void> adventure(coropq::engine engine, int number, std::atomic<int>& ended) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, std::chrono::microseconds(137 * (number % 40)));
    try {
        if (number % 3 == 0)
            co_await (engine.execute("select pg_sleep(0.002)") || timer.async_wait(asio::use_awaitable));
        else if (number % 3 == 1)
            co_await engine.execute("select nope");
        else
            co_await engine.execute("select $1::text", std::string(1000, 'x'));
    } catch (const coropq::error& problem) {
        EXPECT_TRUE(
            problem.code() == coropq::sqlstate::undefined_column || problem.code() == coropq::errc::connection_lost ||
            problem.code() == coropq::sqlstate::admin_shutdown || problem.code() == asio::error::operation_aborted)
            << problem.what();
    } catch (const std::exception& problem) {
        ADD_FAILURE() << problem.what();
    }
    ++ended;
}

TEST(engine_threads, everything_at_once_on_several_threads) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(3));
    std::atomic<int> ended = 0;
    for (int i = 0; i != 300; ++i)
        asio::co_spawn(asio::make_strand(threads), adventure(engine, i, ended), asio::detached);
    for (int i = 0; i != 3; ++i)
        cluster().terminate_backends();
    EXPECT_TRUE(wait_until([&] { return ended == 300; }));
    // What is left works.
    EXPECT_EQ(asio::co_spawn(threads, engine.execute("select 7"), asio::use_future).get()[0][0].as<int>(), 7);
    threads.join();
}

// Signals from a thread that has nothing to do with the operation.
TEST(engine_threads, cancellation_may_come_from_any_thread) {
    asio::thread_pool threads(2);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(2));
    for (int i = 0; i != 100; ++i) {
        asio::cancellation_signal stop;
        std::promise<coropq::error_code> ended;
        coropq::result output;
        engine.async_execute(
            coropq::statement("select pg_sleep(0.001)"), output,
            asio::bind_cancellation_slot(stop.slot(), [&](coropq::error_code code) { ended.set_value(code); }));
        if (i % 2 == 0)
            std::this_thread::sleep_for(std::chrono::microseconds(i * 20));
        stop.emit(asio::cancellation_type::terminal);
        const coropq::error_code code = ended.get_future().get();
        EXPECT_TRUE(!code || code == asio::error::operation_aborted) << code.message();
    }
    threads.join();
}

TEST(engine_threads, connections_on_several_threads) {
    asio::thread_pool threads(4);
    std::vector<std::future<coropq::result>> answers;
    std::vector<coropq::connection> connections;
    for (int i = 0; i != 8; ++i)
        connections.emplace_back(asio::any_io_executor(threads.get_executor()));
    const auto work = [](coropq::connection& conn, int number) -> asio::awaitable<coropq::result> {
        co_await conn.connect(plain_address());
        for (int i = 0; i != 20; ++i)
            co_await conn.execute("select $1::int", i);
        co_return co_await conn.execute("select $1::int", number);
    };
    for (int i = 0; i != 8; ++i)
        answers.push_back(asio::co_spawn(threads, work(connections[static_cast<std::size_t>(i)], i), asio::use_future));
    for (int i = 0; i != 8; ++i)
        EXPECT_EQ(answers[static_cast<std::size_t>(i)].get()[0][0].as<int>(), i);
    connections.clear();
    threads.join();
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

// Leases on all threads, while foreign threads change the pool, look at it, and end it.
asio::awaitable<void> borrow(coropq::engine engine, int number, std::atomic<int>& ended) {
    try {
        coropq::connection conn = co_await engine.connect();
        co_await conn.execute("select $1::int", number);
        if (number % 2 == 0)
            co_await conn.execute("begin");
        if (number % 3 == 0)
            co_await conn.close();
    } catch (const coropq::error& problem) {
        EXPECT_EQ(problem.code(), coropq::errc::engine_disposed) << problem.what();
    }
    ++ended;
}

TEST(engine_threads, connections_come_and_go_while_the_pool_changes) {
    asio::thread_pool threads(4);
    const auto options = coropq::pool_options().size(3).max_overflow(2).min_idle(1).max_idle(5ms).max_lifetime(20ms);
    const coropq::engine engine =
        coropq::create_engine(threads, plain_address(), coropq::engine_options().pool(options));
    std::atomic<int> ended = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller != 3; ++caller)
        callers.emplace_back([&, caller] {
            for (int i = 0; i != 60; ++i) {
                asio::co_spawn(threads, borrow(engine, i, ended), asio::detached);
                if (i % 20 == caller)
                    engine.invalidate();
                if (i % 10 == caller)
                    engine.resize(static_cast<std::size_t>(1 + i % 4), 1);
                EXPECT_LE(engine.stats().holders.size(), 5u);
                std::this_thread::sleep_for(200us);
            }
        });
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_EQ(asio::co_spawn(threads, engine.drain(2min), asio::use_future).get(), 0u);
    threads.join();
    EXPECT_EQ(ended, 180);
    const coropq::pool_statistics after = engine.stats();
    EXPECT_EQ(after.active + after.idle + after.connecting + after.closing + after.waiting, 0u);
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST(engine_threads, dispose_has_closed_the_idle_connections_when_it_completes) {
    asio::thread_pool threads(4);
    const std::size_t before = open_sockets();
    for (int i = 0; i != 30; ++i) {
        const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(3));
        {
            // All are open then, none is on its way any more.
            std::vector<coropq::connection> held;
            for (int j = 0; j != 3; ++j)
                held.emplace_back(asio::any_io_executor(threads.get_executor()));
            std::vector<std::future<void>> opened;
            for (coropq::connection& each : held)
                opened.push_back(engine.async_get_connection(each, asio::use_future));
            for (std::future<void>& each : opened)
                each.get();
        }
        std::vector<std::future<coropq::result>> answers;
        for (int j = 0; j != 3; ++j)
            answers.push_back(asio::co_spawn(threads, engine.execute("select pg_sleep(0.005)"), asio::use_future));
        for (auto& answer : answers)
            answer.get();
        // An operation gives its connection back before it ends.
        asio::co_spawn(threads, engine.dispose(), asio::use_future).get();
        EXPECT_EQ(open_sockets(), before);
    }
    threads.join();
}

} // namespace
