// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Fan-outs on several threads.

#include "engine_support.hpp"

#include <coropq/fan_out.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::fan_out_options;
using coropq::fan_out_policy;
using namespace asio::experimental::awaitable_operators;

// Says when a function is called while another call of it goes on.
class only_one {
public:
    explicit only_one(std::atomic<int>& inside) : inside_(inside) { EXPECT_EQ(++inside_, 1); }
    only_one(const only_one&) = delete;
    only_one& operator=(const only_one&) = delete;
    ~only_one() { --inside_; }

private:
    std::atomic<int>& inside_;
};

asio::awaitable<void> one_fan_out(coropq::engine engine, int number) {
    std::atomic<int> inside = 0;
    int read = 0; // not atomic: calls are never two at a time
    auto source = [&]() -> std::optional<coropq::statement> {
        const only_one guard(inside);
        if (read == 300)
            return std::nullopt;
        return coropq::statement("select $1::int", read++);
    };
    auto options = fan_out_options().concurrency(8).in_order(number % 2 == 0).window(20);
    options.progress(
        [&](const coropq::fan_out_progress& now) {
            const only_one guard(inside);
            EXPECT_LE(now.done, 300u);
        },
        1ms);
    auto work = coropq::fan_out_stream<int>(engine, source, options);
    int count = 0;
    while (auto outcome = co_await work.next()) {
        EXPECT_EQ(outcome->value()[0], static_cast<int>(outcome->index()));
        EXPECT_LE(work.progress().running, 8u);
        ++count;
    }
    EXPECT_EQ(count, 300);
    const auto all =
        co_await coropq::fan_out<int>(engine, coropq::statements_for("select $1::int", std::vector<int>(100, number)),
                                      fan_out_options().concurrency(8));
    for (const auto& each : all)
        EXPECT_EQ(each.value()[0], number);
}

TEST(fan_out_threads, several_on_four_threads_with_and_without_a_strand) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(4));
    std::vector<std::future<void>> ends;
    for (int i = 0; i != 8; ++i) {
        if (i % 3 == 0)
            ends.push_back(asio::co_spawn(asio::make_strand(threads), one_fan_out(engine, i), asio::use_future));
        else
            ends.push_back(asio::co_spawn(threads, one_fan_out(engine, i), asio::use_future));
    }
    for (auto& each : ends)
        each.get();
    threads.join();
}

// The coroutine is on another context than the engine.
TEST(fan_out_threads, an_engine_of_another_context) {
    asio::thread_pool threads(2);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(4));
    asio::io_context context(1);
    const std::thread::id here = std::this_thread::get_id();
    auto source = [here, left = 200]() mutable -> std::optional<std::string> {
        EXPECT_EQ(std::this_thread::get_id(), here);
        if (left-- == 0)
            return std::nullopt;
        return "select 1";
    };
    auto options = fan_out_options();
    options.progress([here](const coropq::fan_out_progress&) { EXPECT_EQ(std::this_thread::get_id(), here); }, 1ms);
    EXPECT_EQ(run(context, coropq::fan_out(engine, source, options)).size(), 200u);
    drain(context);
    threads.join();
}

// Ended in every way and at every moment.
asio::awaitable<void> adventure(coropq::engine engine, int number, std::atomic<int>& ended) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, std::chrono::microseconds(211 * (number % 30)));
    std::vector<std::string> texts(40, "select pg_sleep(0.001)");
    if (number % 5 == 0)
        texts[20] = "select nope";
    const auto options = fan_out_options().concurrency(6).retries(2).backoff(1ms);
    try {
        if (number % 4 == 0) {
            co_await (coropq::fan_out(engine, texts, options) || timer.async_wait(asio::use_awaitable));
        } else if (number % 4 == 1) {
            auto timed = options;
            timed.total_timeout(std::chrono::milliseconds(1 + number % 20)).policy(fan_out_policy::collect);
            EXPECT_EQ((co_await coropq::fan_out(engine, texts, timed)).size(), 40u);
        } else {
            auto work = coropq::fan_out_stream(engine, texts, options);
            for (int i = 0; i != number % 40; ++i)
                co_await work.next();
            if (number % 4 == 2)
                co_await work.close();
        }
    } catch (const coropq::error& problem) {
        EXPECT_TRUE(problem.code() == coropq::sqlstate::undefined_column ||
                    problem.code() == asio::error::operation_aborted)
            << problem.what();
    }
    ++ended;
}

TEST(fan_out_threads, ended_at_every_moment) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(3));
    std::atomic<int> ended = 0;
    for (int i = 0; i != 120; ++i) {
        asio::co_spawn(threads, adventure(engine, i, ended), [](std::exception_ptr problem) { EXPECT_FALSE(problem); });
        if (i % 8 == 7)
            std::this_thread::sleep_for(20ms);
    }
    EXPECT_TRUE(wait_until([&] { return ended == 120; }));
    EXPECT_EQ(asio::co_spawn(threads, engine.fetch_value<int>("select 7"), asio::use_future).get(), 7);
    EXPECT_EQ(asio::co_spawn(threads, engine.drain(2min), asio::use_future).get(), 0u);
    threads.join();
}

} // namespace
