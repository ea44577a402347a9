// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Where handlers run: on their own executor and on nothing else. A strand of ours that still was below them would hold
// up everybody who needs it.

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;

// Several threads that run one context for as long as the object lives.
class threads {
public:
    threads(asio::io_context& context, int count) : work_(context.get_executor()) {
        for (int i = 0; i != count; ++i)
            running_.emplace_back([&context] { context.run(); });
    }
    threads(const threads&) = delete;
    threads& operator=(const threads&) = delete;
    ~threads() {
        work_.reset();
        for (std::thread& thread : running_)
            thread.join();
    }

private:
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::vector<std::thread> running_;
};

TEST(handler_executor, a_handler_may_wait_for_another_operation_of_the_engine) {
    asio::io_context context(4);
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    std::promise<std::future_status> waited;
    const threads running(context, 4);
    coropq::result rows;
    engine.async_execute(coropq::statement("select 1"), rows, [&](boost::system::error_code) {
        auto other = asio::co_spawn(context, engine.execute("select 2"), asio::use_future);
        waited.set_value(other.wait_for(time_limit));
    });
    EXPECT_EQ(waited.get_future().get(), std::future_status::ready);
}

TEST(handler_executor, a_handler_may_wait_for_the_connection_that_called_it) {
    asio::io_context context(4);
    coropq::connection connection(context);
    const threads running(context, 4);
    asio::co_spawn(context, connection.connect(plain_address()), asio::use_future).get();
    std::promise<std::future_status> waited;
    connection.async_ping([&](boost::system::error_code) {
        auto other = asio::co_spawn(context, connection.execute("select 2"), asio::use_future);
        waited.set_value(other.wait_for(time_limit));
    });
    EXPECT_EQ(waited.get_future().get(), std::future_status::ready);
}

// Each coroutine waits, after its statement, until all of them have come that far: impossible one after the other.
asio::awaitable<void> meet_after_a_statement(coropq::engine engine, std::latch& all) {
    co_await engine.execute("select 1");
    all.arrive_and_wait();
}

TEST(handler_executor, what_follows_an_operation_runs_in_parallel) {
    constexpr int count = 4;
    asio::io_context context(count);
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    const threads running(context, count);
    std::latch all(count);
    std::vector<std::future<void>> done;
    for (int i = 0; i != count; ++i)
        done.push_back(asio::co_spawn(context, meet_after_a_statement(engine, all), asio::use_future));
    for (std::future<void>& each : done)
        ASSERT_EQ(each.wait_for(time_limit), std::future_status::ready);
}

// The handler is still on its way when the context of the connection has gone; nothing of the connection's may be in
// its luggage. AddressSanitizer is the judge.
TEST(handler_executor, a_handler_elsewhere_may_outlive_the_context) {
    asio::cancellation_signal signal;
    asio::thread_pool elsewhere(1);
    std::promise<void> go;
    asio::post(elsewhere, [released = go.get_future().share()] { released.wait(); });
    boost::system::error_code code;
    {
        asio::io_context context;
        coropq::connection connection(context);
        connection.async_ping(asio::bind_cancellation_slot(
            signal.slot(), asio::bind_executor(elsewhere, [&](boost::system::error_code ended) { code = ended; })));
        drain(context);
    }
    go.set_value();
    elsewhere.join();
    EXPECT_EQ(code, coropq::errc::not_connected);
    signal.emit(asio::cancellation_type::terminal); // comes too late for anything
}

} // namespace
