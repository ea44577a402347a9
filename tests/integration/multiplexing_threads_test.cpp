// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Shared connections on four threads.

#include "multiplexing_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using coropq::pool_options;

coropq::engine_options shared(std::size_t connections) {
    return coropq::engine_options().pool(pool_options().size(connections).ping_after(std::chrono::milliseconds::max()));
}

asio::awaitable<void> ask(coropq::engine engine, int number, std::atomic<int>& ended) {
    for (int i = 0; i != 10; ++i) {
        try {
            const coropq::result answer =
                co_await engine.execute("select $1::int, 100 / ($2::int)", number, (number + i) % 7);
            EXPECT_NE((number + i) % 7, 0);
            EXPECT_EQ(answer[0][0].as<int>(), number);
        } catch (const coropq::server_error& problem) {
            EXPECT_EQ(problem.code(), coropq::sqlstate::division_by_zero) << problem.what();
            EXPECT_EQ((number + i) % 7, 0);
        }
    }
    ++ended;
}

TEST(multiplexing_threads, everybody_gets_the_right_answer) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), shared(3));
    std::atomic<int> ended = 0;
    for (int i = 0; i != 300; ++i)
        asio::co_spawn(threads, ask(engine, i, ended),
                       [](const std::exception_ptr& problem) { EXPECT_FALSE(problem); });
    threads.join();
    EXPECT_EQ(ended, 300);
    const coropq::pool_statistics after = engine.stats();
    EXPECT_EQ(after.acquired, 3000u);
    EXPECT_EQ(after.active + after.waiting + after.in_flight, 0u);
    EXPECT_GT(after.shared, 100u);
}

TEST(multiplexing_threads, statements_come_from_threads_outside) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), shared(2));
    std::vector<std::thread> callers;
    for (int caller = 0; caller != 4; ++caller)
        callers.emplace_back([&, caller] {
            std::vector<std::future<coropq::result>> answers;
            for (int i = 0; i != 200; ++i)
                answers.push_back(asio::co_spawn(
                    threads, engine.execute("select $1::int, $2::text", 1000 * caller + i, "x"), asio::use_future));
            for (int i = 0; i != 200; ++i)
                EXPECT_EQ(answers[static_cast<std::size_t>(i)].get()[0][0].as<int>(), 1000 * caller + i);
        });
    for (std::thread& caller : callers)
        caller.join();
    threads.join();
}

// Cancelled at any moment, with deadlines, exclusive users and a look at the numbers between.
asio::awaitable<void> adventure(coropq::engine engine, int number, std::atomic<int>& ended) {
    const auto executor = co_await asio::this_coro::executor;
    for (int i = 0; i != 8; ++i) {
        const int kind = (number + i) % 5;
        try {
            if (kind == 0) {
                asio::steady_timer timer(executor, std::chrono::microseconds(97 * (number % 60)));
                auto work = engine.execute("select pg_sleep(0.002)");
                co_await (std::move(work) || timer.async_wait(asio::as_tuple(asio::use_awaitable)));
            } else if (kind == 1) {
                coropq::statement limited("select pg_sleep(0.001)");
                limited.timeout(std::chrono::milliseconds(1 + number % 50));
                co_await engine.execute(std::move(limited));
            } else if (kind == 2) {
                coropq::transaction tx = co_await engine.begin();
                co_await tx.execute("select 1");
                co_await tx.commit();
            } else if (kind == 3) {
                const coropq::result answer = co_await engine.execute("select $1::int", number);
                EXPECT_EQ(answer[0][0].as<int>(), number);
                EXPECT_LE(engine.stats().active, 3u);
            } else {
                const std::string text(static_cast<std::size_t>(20 * number), 'x');
                EXPECT_EQ(co_await engine.fetch_value<std::string>("select $1::text", text), text);
            }
        } catch (const coropq::timeout_error&) {
            EXPECT_EQ(kind, 1);
        } catch (const std::exception& problem) {
            ADD_FAILURE() << kind << ": " << problem.what();
        }
    }
    ++ended;
}

TEST(multiplexing_threads, everything_at_once) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), shared(3));
    std::atomic<int> ended = 0;
    for (int i = 0; i != 250; ++i)
        asio::co_spawn(asio::make_strand(threads), adventure(engine, i, ended), asio::detached);
    EXPECT_TRUE(wait_until([&] { return ended == 250; }));
    EXPECT_EQ(asio::co_spawn(threads, engine.execute("select 7"), asio::use_future).get()[0][0].as<int>(), 7);
    threads.join();
}

TEST(multiplexing_threads, connections_are_lost_and_the_pool_changes) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), shared(3));
    std::atomic<int> answered = 0;
    std::atomic<int> ended = 0;
    const auto work = [&](int number) -> asio::awaitable<void> {
        for (int i = 0; i != 30; ++i) {
            try {
                const coropq::result answer = co_await engine.execute("select $1::int", number);
                EXPECT_EQ(answer[0][0].as<int>(), number);
                ++answered;
            } catch (const coropq::connection_error& problem) {
                EXPECT_EQ(problem.code(), coropq::errc::connection_lost) << problem.what();
            } catch (const std::exception& problem) {
                ADD_FAILURE() << problem.what();
            }
        }
        ++ended;
    };
    for (int i = 0; i != 100; ++i)
        asio::co_spawn(threads, work(i), asio::detached);
    for (std::size_t i = 0; i != 5; ++i) {
        std::this_thread::sleep_for(5ms);
        if (i % 2 == 0)
            cluster().terminate_backends();
        engine.resize(1 + i % 3);
        engine.invalidate();
    }
    EXPECT_TRUE(wait_until([&] { return ended == 100; }));
    EXPECT_GT(answered, 0);
    EXPECT_EQ(asio::co_spawn(threads, engine.drain(2min), asio::use_future).get(), 0u);
    threads.join();
}

// The end comes while statements are on their way.
TEST(multiplexing_threads, the_engine_ends) {
    for (int round = 0; round != 10; ++round) {
        asio::thread_pool threads(4);
        coropq::engine engine = coropq::create_engine(threads, plain_address(), shared(2));
        std::atomic<int> ended = 0;
        const auto work = [](coropq::engine mine, std::atomic<int>& over) -> asio::awaitable<void> {
            try {
                for (int i = 0; i != 20; ++i)
                    co_await mine.execute("select $1::int", i);
            } catch (const coropq::error& problem) {
                EXPECT_EQ(problem.code(), coropq::errc::engine_disposed) << problem.what();
            }
            ++over;
        };
        for (int i = 0; i != 100; ++i)
            asio::co_spawn(threads, work(engine, ended), asio::detached);
        std::this_thread::sleep_for(std::chrono::milliseconds(round));
        asio::co_spawn(threads, engine.dispose(), asio::use_future).get();
        threads.join();
        EXPECT_EQ(ended, 100);
    }
}

// The context is stopped with statements everywhere.
TEST(multiplexing_threads, the_context_stops) {
    for (int round = 0; round != 10; ++round) {
        asio::thread_pool threads(4);
        const coropq::engine engine = coropq::create_engine(threads, plain_address(), shared(2));
        const auto work = [](coropq::engine mine) -> asio::awaitable<void> {
            for (;;)
                co_await mine.execute("select 1");
        };
        for (int i = 0; i != 100; ++i)
            asio::co_spawn(threads, work(engine), asio::detached);
        std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
        threads.stop();
        threads.join();
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

} // namespace
