// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Reading rows by hand with completion tokens, and what streams do to the network and to the connection.

#include "api_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::stream_options;
using coropq::stream_strategy;

coropq::statement numbers(int count) {
    return coropq::statement("select g from generate_series(1, " + std::to_string(count) + ") g");
}

struct stream_tokens : testing::Test {
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    coropq::connection conn{context};
    coropq::diagnostics details;

    stream_tokens() { run(context, conn.connect(address_through(proxy))); }
    ~stream_tokens() override {
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    // One operation, to its end.
    template <typename Start>
    coropq::error_code end_of(Start start) {
        std::optional<coropq::error_code> code;
        start([&](coropq::error_code how) { code = how; });
        EXPECT_TRUE(wait_until([&] {
            context.restart();
            context.poll();
            return code.has_value();
        }));
        return code.value_or(coropq::errc::unexpected);
    }
    coropq::error_code start(coropq::statement work) {
        return end_of([&](auto done) { conn.async_start_execution(std::move(work), details, done); });
    }
    coropq::error_code read(coropq::result& output, std::size_t limit) {
        return end_of([&](auto done) { conn.async_read_some_rows(output, limit, details, done); });
    }
    coropq::error_code end() {
        return end_of([&](auto done) { conn.async_end_execution(details, done); });
    }
    int value(std::string_view sql) { return run(context, conn.fetch_value<int>(sql)); }
};

TEST_F(stream_tokens, callbacks_read_as_many_rows_as_they_ask_for) {
    EXPECT_FALSE(start(numbers(20)));
    std::vector<std::size_t> sizes;
    coropq::result output;
    for (const std::size_t limit : {1U, 5U, 0U, 100U, 100U, 100U}) { // 0 counts as 1: an empty result is the end
        EXPECT_FALSE(read(output, limit));
        sizes.push_back(output.size());
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 5, 1, 13, 0, 0}));
    EXPECT_EQ(value("select 7"), 7);
    EXPECT_FALSE(end()); // nothing to end
}

TEST_F(stream_tokens, futures_deferred_and_awaitables) {
    coropq::result output;
    std::future<void> started = conn.async_start_execution(numbers(3), details, asio::use_future);
    context.restart();
    context.run();
    started.get();
    auto later = conn.async_read_some_rows(output, 2, details, asio::deferred);
    EXPECT_TRUE(output.empty());
    std::optional<coropq::error_code> code;
    std::move(later)([&](coropq::error_code how) { code = how; });
    context.restart();
    context.run();
    EXPECT_EQ(code, coropq::error_code());
    EXPECT_EQ(output.size(), 2u);
    const auto rest = [&]() -> asio::awaitable<bool> {
        const auto token = asio::as_tuple(asio::use_awaitable);
        const auto [failed] = co_await conn.async_read_some_rows(output, 10, details, token);
        co_await conn.async_end_execution(details, asio::use_awaitable);
        co_return failed.failed();
    };
    EXPECT_FALSE(run(context, rest()));
    EXPECT_EQ(output.size(), 1u);
    EXPECT_EQ(output[0][0].as<int>(), 3);
}

TEST_F(stream_tokens, other_operations_are_refused_until_the_end) {
    EXPECT_FALSE(start(numbers(10)));
    for (int i = 0; i != 2; ++i) {
        EXPECT_EQ(failure_of<coropq::error>(context, conn.execute("select 1")).code(),
                  coropq::errc::operation_in_progress);
        EXPECT_EQ(failure_of<coropq::error>(context, conn.ping()).code(), coropq::errc::operation_in_progress);
        EXPECT_EQ(failure_of<coropq::error>(context, conn.stream<int>("select 1")).code(),
                  coropq::errc::operation_in_progress);
        EXPECT_EQ(start(numbers(1)), coropq::errc::operation_in_progress);
    }
    coropq::result output;
    EXPECT_FALSE(read(output, 5));
    EXPECT_EQ(output.size(), 5u);
    EXPECT_FALSE(end());
    EXPECT_EQ(value("select 7"), 7);
}

TEST_F(stream_tokens, statements_without_rows_and_errors) {
    coropq::result output;
    EXPECT_FALSE(start(coropq::statement("create temp table t (a int primary key deferrable initially deferred)")));
    EXPECT_FALSE(read(output, 5));
    EXPECT_TRUE(output.empty());
    EXPECT_EQ(start(coropq::statement("select nope")), coropq::sqlstate::undefined_column);
    EXPECT_TRUE(contains(details.to_string(), "select nope")) << details;
    EXPECT_EQ(value("select 7"), 7);
    // What fails when it is committed fails behind the rows.
    EXPECT_FALSE(start(coropq::statement("insert into t values (1), (1) returning a")));
    coropq::error_code code;
    std::size_t count = 0;
    while (!code) {
        code = read(output, 10);
        count += code ? 0 : output.size();
        ASSERT_FALSE(!code && output.empty()) << "no error";
    }
    EXPECT_EQ(code, coropq::sqlstate::unique_violation);
    EXPECT_LE(count, 2u);
    EXPECT_EQ(value("select count(*)::int from t"), 0);
    // Texts of several statements have rows of several kinds.
    coropq::statement several("select 1 as a; select 1/0");
    several.simple_protocol(true);
    EXPECT_EQ(start(several), coropq::errc::unsupported);
    EXPECT_EQ(start(coropq::statement("copy (select 1) to stdout")), coropq::errc::unsupported);
    run(context, conn.close());
    run(context, conn.connect(address_through(proxy)));
}

// A server that is faster than its reader waits.
TEST_F(stream_tokens, a_server_of_which_nothing_is_read_stalls) {
    EXPECT_FALSE(start(coropq::statement("select generate_series(1, 3000000), repeat('x', 1000)")));
    std::size_t before = 0;
    const auto is_quiet = [&] {
        context.restart();
        context.poll();
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        return std::exchange(before, proxy.bytes(direction::to_client)) == before;
    };
    EXPECT_TRUE(wait_until(is_quiet));
    const std::size_t stalled_at = proxy.bytes(direction::to_client);
    EXPECT_LT(stalled_at, 60U << 20U); // of 3 GB; what systems keep in buffers
    coropq::result output;
    std::size_t count = 0;
    for (int i = 0; i != 60; ++i) {
        ASSERT_FALSE(read(output, 2000));
        count += output.size();
    }
    EXPECT_EQ(count, 60 * 2000U);
    EXPECT_TRUE(wait_until([&] { return proxy.bytes(direction::to_client) > stalled_at; }));
    // Leaving drops what is on its way, and no more.
    EXPECT_FALSE(end());
    EXPECT_EQ(value("select 7"), 7);
    EXPECT_LT(proxy.bytes(direction::to_client), 1000U << 20U);
}

// Batches end at some megabytes, however many rows were asked for.
TEST_F(stream_tokens, wide_rows_make_small_batches) {
    EXPECT_FALSE(start(coropq::statement("select repeat('x', 1000000) from generate_series(1, 20)")));
    coropq::result output;
    std::size_t count = 0;
    do {
        ASSERT_FALSE(read(output, 1000));
        EXPECT_LE(output.size(), 6u);
        count += output.size();
    } while (!output.empty());
    EXPECT_EQ(count, 20u);
}

TEST_F(stream_tokens, an_operation_behind_a_left_stream_waits_for_its_end) {
    for (const stream_strategy strategy : {stream_strategy::rows, stream_strategy::cursor}) {
        const auto both = [&]() -> asio::awaitable<int> {
            {
                const coropq::statement endless("select generate_series(1, 100000000), repeat('x', 100)");
                auto rows = co_await conn.stream_rows(endless, {.batch = 10, .strategy = strategy});
                (void)co_await rows.next_batch();
            }
            co_return co_await conn.fetch_value<int>("select 5"); // at once, in the same turn
        };
        EXPECT_EQ(run(context, both()), 5);
    }
}

TEST_F(stream_tokens, two_cursors_and_other_statements_take_turns) {
    const stream_options options{.batch = 3, .strategy = stream_strategy::cursor};
    const auto work = [&]() -> asio::awaitable<int> {
        int sum = 0;
        {
            auto outer = co_await conn.stream<int>(numbers(7), options);
            while (const auto i = co_await outer.next()) {
                auto inner = co_await conn.stream<int>(numbers(100), options);
                const auto j = co_await inner.next();
                sum += *i * *j + co_await conn.fetch_value<int>("select 10");
            }
        }
        co_return sum;
    };
    EXPECT_EQ(run(context, work()), 28 + 70);
    EXPECT_EQ(run(context, conn.execute("select count(*) from pg_cursors where name like 'coropq%'"))[0][0].text(),
              "0");
}

// A cancel request needs the network as well. The promise is 5 seconds.
TEST_F(stream_tokens, a_server_that_does_not_answer_is_given_up) {
    EXPECT_FALSE(start(coropq::statement("select generate_series(1, 100000000), repeat('x', 100)")));
    proxy.stall();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(end());
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_GT(took, std::chrono::seconds(3));
    EXPECT_LT(took, std::chrono::seconds(25));
    EXPECT_EQ(failure_of<coropq::error>(context, conn.ping()).code(), coropq::errc::not_connected);
    proxy.release();
}

TEST_F(stream_tokens, a_statement_that_has_changed_is_prepared_anew) {
    run(context, conn.execute("create temp table t (a int)"));
    run(context, conn.execute("insert into t values (1)"));
    const coropq::statement work("select * from t");
    const auto columns = [&]() -> asio::awaitable<std::size_t> {
        auto rows = co_await conn.stream_rows(work);
        std::size_t count = 0;
        while (true) {
            const coropq::result batch = co_await rows.next_batch();
            if (batch.empty())
                break;
            count = batch.column_count();
        }
        co_return count;
    };
    EXPECT_EQ(run(context, columns()), 1u);
    run(context, conn.execute("alter table t add column b int"));
    EXPECT_EQ(run(context, columns()), 2u);
    EXPECT_EQ(run(context, columns()), 2u);
    run(context, conn.execute("do $$ begin execute 'deallocate all'; end $$"));
    EXPECT_EQ(run(context, columns()), 2u);
    run(context, conn.execute("begin"));
    EXPECT_EQ(run(context, columns()), 2u);
    run(context, conn.execute("alter table t add column c int"));
    const auto failure = failure_of<coropq::server_error>(context, columns());
    EXPECT_EQ(failure.code(), coropq::sqlstate::feature_not_supported);
    EXPECT_TRUE(contains(failure.what(), "roll back")) << failure.what();
    run(context, conn.execute("rollback"));
    EXPECT_EQ(run(context, columns()), 2u);
}

// What is known about types is forgotten when a table is dropped anywhere; a stream can't ask while rows come.
TEST_F(stream_tokens, types_of_the_database_stay_readable) {
    const temporary_database database = cluster().create_database();
    coropq::connection own(context);
    run(context, own.connect(plain_address(database)));
    run(context, own.execute("create type mood as enum ('glad', 'sad')"));
    const auto moods = [&]() -> asio::awaitable<std::vector<std::string>> {
        auto rows = co_await own.stream<std::string>("select unnest(enum_range(null::mood))");
        co_return co_await rows.next_batch();
    };
    for (int i = 0; i != 3; ++i) {
        EXPECT_EQ(run(context, moods()), (std::vector<std::string>{"glad", "sad"})) << i;
        run(context, own.execute("create temp table passing ()"));
        run(context, own.execute("drop table passing"));
    }
    run(context, own.close());
}

} // namespace
