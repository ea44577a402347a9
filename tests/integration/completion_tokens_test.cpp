// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Each operation with each kind of completion token.

#include "api_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::error_code;

template <typename T>
struct counting_allocator {
    using value_type = T;

    explicit counting_allocator(int& counter) : allocations(&counter) {}
    template <typename U>
    counting_allocator(const counting_allocator<U>& other) : allocations(other.allocations) {} // NOLINT

    T* allocate(std::size_t count) {
        ++*allocations;
        return std::allocator<T>().allocate(count);
    }
    void deallocate(T* memory, std::size_t count) { std::allocator<T>().deallocate(memory, count); }
    friend bool operator==(const counting_allocator&, const counting_allocator&) = default;

    int* allocations;
};

// Operations are function objects that take a token. Each call must succeed; `verify` looks at what it has left.
template <typename Operation>
struct token_test {
    asio::io_context& context;
    Operation start;
    std::function<void()> verify;

    void succeeded(error_code code, const char* form) const {
        EXPECT_FALSE(code) << form << ": " << code.message();
        verify();
    }

    void callbacks() {
        bool starting = true;
        int calls = 0;
        const auto handler = [&](error_code code) {
            EXPECT_FALSE(starting) << "the handler ran inside the initiating function";
            ++calls;
            succeeded(code, "callback");
        };
        start(handler);
        starting = false;
        EXPECT_EQ(calls, 0);
        drain(context);
        EXPECT_EQ(calls, 1);

        // Now from a thread that runs the context, where a handler could run at once.
        asio::post(context, [&] {
            starting = true;
            start(handler);
            starting = false;
        });
        drain(context);
        EXPECT_EQ(calls, 2);

        auto only_moves = std::make_unique<int>(5);
        start([&, number = std::move(only_moves)](error_code code) {
            calls += *number;
            succeeded(code, "move-only callback");
        });
        drain(context);
        EXPECT_EQ(calls, 7);

        start(asio::detached);
        drain(context);
        verify();
    }

    void future() {
        context.restart();
        auto work = asio::make_work_guard(context);
        std::thread other([&] { context.run(); });
        std::future<void> done = start(asio::use_future);
        EXPECT_EQ(done.wait_for(time_limit), std::future_status::ready);
        EXPECT_NO_THROW(done.get());
        work.reset();
        other.join();
        verify();
    }

    void deferred() {
        auto operation = start(asio::deferred);
        int calls = 0;
        std::move(operation)([&](error_code code) {
            ++calls;
            succeeded(code, "deferred");
        });
        EXPECT_EQ(calls, 0);
        drain(context);
        EXPECT_EQ(calls, 1);
    }

    asio::awaitable<void> awaited() {
        co_await start(asio::use_awaitable);
        verify();
        co_await start(asio::deferred);
        verify();
        auto [first] = co_await start(asio::as_tuple(asio::use_awaitable));
        succeeded(first, "as_tuple(use_awaitable)");
        auto [second] = co_await start(asio::as_tuple(asio::deferred));
        succeeded(second, "as_tuple(deferred)");
        error_code code = asio::error::eof;
        co_await start(asio::redirect_error(asio::use_awaitable, code));
        succeeded(code, "redirect_error(use_awaitable)");
    }

    void associated() {
        // Another context on another thread: where the handler runs can't be a coincidence.
        asio::thread_pool elsewhere(1);
        auto strand = asio::make_strand(elsewhere);
        int calls = 0;
        start(asio::bind_executor(strand, [&](error_code code) {
            EXPECT_TRUE(strand.running_in_this_thread());
            ++calls;
            succeeded(code, "bind_executor");
        }));
        drain(context);
        elsewhere.join();
        EXPECT_EQ(calls, 1);

        int allocations = 0;
        start(asio::bind_allocator(counting_allocator<void>(allocations), [&](error_code code) {
            ++calls;
            succeeded(code, "bind_allocator");
        }));
        EXPECT_GT(allocations, 0);
        drain(context);
        EXPECT_EQ(calls, 2);

        // The slot outlives the operation: a signal that comes late finds nothing.
        asio::cancellation_signal stop;
        start(asio::bind_cancellation_slot(stop.slot(), [&](error_code code) {
            ++calls;
            succeeded(code, "bind_cancellation_slot");
        }));
        drain(context);
        EXPECT_EQ(calls, 3);
        stop.emit(asio::cancellation_type::all);
        drain(context);
        EXPECT_EQ(calls, 3);
    }
};

template <typename Operation>
void check_every_token(
    asio::io_context& context, Operation start, std::function<void()> verify = [] {}) {
    token_test<Operation> test{context, std::move(start), std::move(verify)};
    test.callbacks();
    test.future();
    test.deferred();
    run(context, test.awaited());
    test.associated();
    drain(context);
}

struct completion_tokens : testing::Test {
    asio::io_context context;
    coropq::result output;
    coropq::diagnostics details;

    void expect_seven() {
        ASSERT_EQ(output.size(), 1u);
        EXPECT_EQ(output[0]["n"].as<int>(), 7);
        EXPECT_TRUE(details.empty());
        output = coropq::result();
    }
    // What an operation leaves must come from it.
    std::function<void()> verify_seven() {
        return [this] { expect_seven(); };
    }
};

TEST_F(completion_tokens, connect) {
    std::vector<std::unique_ptr<coropq::connection>> connections;
    const auto start = [&](auto&& token) {
        connections.push_back(std::make_unique<coropq::connection>(context));
        return connections.back()->async_connect(plain_address(), details, std::forward<decltype(token)>(token));
    };
    check_every_token(context, start, [&] { run(context, coropq::connection(context).close()); });
    for (const auto& each : connections)
        EXPECT_EQ(run(context, each->execute("select 1")).size(), 1u);
}

TEST_F(completion_tokens, connect_in_its_other_forms) {
    coropq::connection conn(context);
    const coropq::connect_options options = coropq::connect_options().application_name("tokens");
    const auto check = [&](error_code code) { EXPECT_FALSE(code) << code.message(); };
    conn.async_connect(plain_address(), options, details, check);
    drain(context);
    EXPECT_EQ(run(context, conn.execute("show application_name"))[0][0].as<std::string>(), "tokens");
    run(context, conn.close());
    conn.async_connect(plain_address(), options, check);
    drain(context);
    EXPECT_EQ(run(context, conn.execute("show application_name"))[0][0].as<std::string>(), "tokens");
    run(context, conn.close());
    conn.async_connect(plain_address(), check);
    drain(context);
    EXPECT_EQ(run(context, conn.execute("show application_name"))[0][0].as<std::string>(), "coropq");
}

TEST_F(completion_tokens, connection_execute) {
    coropq::connection conn(context);
    run(context, conn.connect(plain_address()));
    const auto start = [&](auto&& token) {
        return conn.async_execute(coropq::statement("select $1::int as n", 7), output, details,
                                  std::forward<decltype(token)>(token));
    };
    check_every_token(context, start, verify_seven());
}

TEST_F(completion_tokens, connection_execute_without_diagnostics) {
    coropq::connection conn(context);
    run(context, conn.connect(plain_address()));
    const auto start = [&](auto&& token) {
        return conn.async_execute(coropq::statement("select 7 as n"), output, std::forward<decltype(token)>(token));
    };
    check_every_token(context, start, verify_seven());
}

TEST_F(completion_tokens, engine_execute) {
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    const auto start = [&](auto&& token) {
        return engine.async_execute(coropq::statement("select $1::int as n", 7), output, details,
                                    std::forward<decltype(token)>(token));
    };
    check_every_token(context, start, verify_seven());
}

TEST_F(completion_tokens, engine_execute_without_diagnostics) {
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    const auto start = [&](auto&& token) {
        return engine.async_execute(coropq::statement("select 7 as n"), output, std::forward<decltype(token)>(token));
    };
    check_every_token(context, start, verify_seven());
}

TEST_F(completion_tokens, ping) {
    coropq::connection conn(context);
    run(context, conn.connect(plain_address()));
    check_every_token(context,
                      [&](auto&& token) { return conn.async_ping(details, std::forward<decltype(token)>(token)); });
    check_every_token(context, [&](auto&& token) { return conn.async_ping(std::forward<decltype(token)>(token)); });
}

TEST_F(completion_tokens, close) {
    coropq::connection conn(context);
    run(context, conn.connect(plain_address()));
    check_every_token(context,
                      [&](auto&& token) { return conn.async_close(details, std::forward<decltype(token)>(token)); });
    check_every_token(context, [&](auto&& token) { return conn.async_close(std::forward<decltype(token)>(token)); });
}

TEST_F(completion_tokens, dispose) {
    std::vector<coropq::engine> engines;
    check_every_token(context, [&](auto&& token) {
        engines.push_back(coropq::create_engine(context, plain_address()));
        return engines.back().async_dispose(std::forward<decltype(token)>(token));
    });
}

// An operation that fails at once is the one that is tempted to call its handler too early.
TEST_F(completion_tokens, an_early_failure_is_reported_later) {
    coropq::connection conn(context);
    coropq::connection away(std::move(conn));
    for (coropq::connection* each : {&conn, &away}) { // NOLINT: the one that was moved from is the subject
        bool starting = true;
        int calls = 0;
        const auto handler = [&](error_code code) {
            EXPECT_FALSE(starting);
            EXPECT_EQ(code, coropq::errc::not_connected);
            EXPECT_TRUE(contains(details.to_string(), "[not_connected]")) << details;
            ++calls;
        };
        asio::post(context, [&] {
            starting = true;
            each->async_execute(coropq::statement("select 1"), output, details, handler);
            each->async_ping(details, handler);
            starting = false;
        });
        drain(context);
        EXPECT_EQ(calls, 2);
    }
}

TEST_F(completion_tokens, what_a_handler_throws_leaves_run_and_nothing_else) {
    coropq::connection conn(context);
    run(context, conn.connect(plain_address()));
    conn.async_ping([](error_code) { throw std::logic_error("mine"); });
    EXPECT_THROW(drain(context), std::logic_error);
    EXPECT_EQ(run(context, conn.execute("select 1")).size(), 1u);
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    engine.async_execute(coropq::statement("select 1"), output, [](error_code) { throw std::logic_error("mine"); });
    EXPECT_THROW(drain(context), std::logic_error);
    EXPECT_EQ(run(context, engine.execute("select 1")).size(), 1u);
}

} // namespace
