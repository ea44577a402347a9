// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What asyncpg's tests are about, under their names: cancellation, and what is left in the middle.

#include "pool_cases_asyncpg.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::errc;
using coropq::error_code;
using coropq::pool_options;

using asyncpg_pool = asyncpg_fixture;
using asyncpg_cancellation = asyncpg_fixture;

TEST_F(asyncpg_cancellation, cancellation_01) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const coropq::connection conn = get(engine);
    const coropq::statement prepared("select 1000");
    run(context, conn.execute(prepared));
    const std::vector<std::function<bool(coropq::transaction&)>> uses = {
        [&](coropq::transaction& tx) { return run(context, tx.execute("select 42")).size() == 1; },
        [&](coropq::transaction& tx) { return run(context, tx.fetch_value<int>("select 42")) == 42; },
        [&](coropq::transaction& tx) { return run(context, tx.fetch_one<int>("select 42")) == 42; },
        [&](coropq::transaction& tx) { return run(context, tx.fetch<int>("select 42")).size() == 1; },
        [&](coropq::transaction& tx) { return run(context, tx.execute(prepared))[0][0].as<int>() == 1000; },
        [&](coropq::transaction& tx) {
            coropq::stream_options options;
            options.strategy = coropq::stream_strategy::cursor;
            auto rows = run(context, tx.stream_rows(prepared, options));
            return run(context, rows.next_batch())[0][0].as<int>() == 1000;
        },
    };
    for (const auto& use : uses) {
        asio::cancellation_signal stop;
        std::exception_ptr failure;
        asio::co_spawn(context, conn.execute("select pg_sleep(60) -- cancellation_01"),
                       asio::bind_cancellation_slot(
                           stop.slot(), [&](std::exception_ptr thrown, const coropq::result&) { failure = thrown; }));
        ASSERT_TRUE(run_until_active(context, "cancellation_01"));
        stop.emit(asio::cancellation_type::terminal);
        EXPECT_TRUE(run_until([&] { return failure != nullptr; }));
        coropq::transaction tx = run(context, conn.begin());
        EXPECT_TRUE(use(tx));
        run(context, tx.commit());
    }
    EXPECT_EQ(proxy.open_connections(), 1u); // the same session throughout
    EXPECT_EQ(engine.stats().opened, 1u);
}

TEST_F(asyncpg_pool, pool_handles_task_cancel_in_acquire_with_timeout) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    for (int steps = 0; steps != 40; ++steps) {
        asio::cancellation_signal stop;
        bool over = false;
        asio::co_spawn(context, use_in_scope(engine),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { over = true; }));
        context.restart();
        for (int i = 0; i != steps && !over; ++i)
            context.run_one_for(std::chrono::seconds(20));
        stop.emit(asio::cancellation_type::terminal);
        drain(context);
        EXPECT_TRUE(over);
        EXPECT_EQ(engine.stats().active, 0u);
        EXPECT_EQ(engine.stats().idle, 1u);
    }
    EXPECT_EQ(run(context, engine.execute("select 7"))[0][0].as<int>(), 7);
}

// Giving back can't be cancelled: the clean-up goes on without its user.
TEST_F(asyncpg_pool, pool_handles_task_cancel_in_release) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    coropq::connection conn = get(engine);
    run(context, conn.execute("begin"));
    proxy.stall(direction::to_client); // the answer to its ROLLBACK takes long
    asio::cancellation_signal stop;
    std::optional<error_code> outcome;
    conn.async_close(asio::bind_cancellation_slot(stop.slot(), [&](error_code code) { outcome = code; }));
    stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(run_until([&] { return outcome.has_value(); }));
    EXPECT_EQ(outcome, error_code());
    proxy.release();
    expect_at_rest(engine);
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(engine.stats().opened, 1u);
}

TEST_F(asyncpg_pool, pool_handles_query_cancel_in_release) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const auto worker = [](coropq::engine from) -> asio::awaitable<void> {
        const coropq::connection conn = co_await from.connect();
        co_await conn.execute("select pg_sleep(60) -- query_cancel_in_release");
    };
    asio::cancellation_signal stop;
    bool over = false;
    asio::co_spawn(context, worker(engine),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr failure) { over = !!failure; }));
    ASSERT_TRUE(run_until_active(context, "query_cancel_in_release"));
    stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(run_until([&] { return over; }));
    expect_at_rest(engine);
    EXPECT_EQ(engine.stats().idle, 1u);
    EXPECT_EQ(engine.stats().opened, 1u); // cancelled, and used again
}

// --- left in the middle: C++ has destructors where Python has generators to be finalized ---

struct my_exception : std::runtime_error {
    using std::runtime_error::runtime_error;
};

asio::awaitable<void> leave_in_the_middle(coropq::connection& conn, std::optional<coropq::row_stream>& outlives) {
    const coropq::transaction tx = co_await conn.begin();
    coropq::stream_options options;
    options.batch = 1;
    outlives.emplace(co_await tx.stream_rows(coropq::statement("select generate_series(1, 100000)"), options));
    const coropq::result first = co_await outlives->next_batch();
    if (first.size() == 1)
        throw my_exception("enough");
}

TEST_F(asyncpg_pool, pool_handles_transaction_exit_in_asyncgen_1) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    const auto work = [](coropq::engine from) -> asio::awaitable<void> {
        coropq::connection conn = co_await from.connect();
        std::optional<coropq::row_stream> rows;
        co_await leave_in_the_middle(conn, rows);
    };
    EXPECT_THROW(run(context, work(engine)), my_exception);
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 7")), 7);
    expect_at_rest(engine);
    EXPECT_EQ(engine.stats().opened, 1u);
}

// The rows outlive their transaction, and the connection.
TEST_F(asyncpg_pool, pool_handles_transaction_exit_in_asyncgen_2) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    std::optional<coropq::row_stream> rows;
    const auto work = [&](coropq::engine from) -> asio::awaitable<void> {
        coropq::connection conn = co_await from.connect();
        co_await leave_in_the_middle(conn, rows);
    };
    EXPECT_THROW(run(context, work(engine)), my_exception);
    const coropq::connection next = get(engine);
    EXPECT_EQ(failure_of<coropq::error>(context, rows->next_batch()).code(), errc::not_connected);
    rows.reset();
    EXPECT_EQ(run(context, next.fetch_value<int>("select 7")), 7);
    EXPECT_EQ(engine.stats().opened, 1u);
}

// A coroutine that is suspended in the middle is destroyed, with everything in it.
TEST_F(asyncpg_pool, pool_handles_asyncgen_finalization) {
    auto own = std::make_unique<asio::io_context>();
    const auto work = [](coropq::engine from) -> asio::awaitable<void> {
        coropq::connection conn = co_await from.connect();
        const coropq::transaction tx = co_await conn.begin();
        co_await tx.execute("select 1");
        co_await tx.execute("select pg_sleep(60) -- finalization");
    };
    asio::co_spawn(*own, work(coropq::create_engine(*own, plain_address(), pool_of(1))), [](std::exception_ptr) {});
    ASSERT_TRUE(run_until_active(*own, "finalization"));
    own.reset();
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

} // namespace
