// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Rows that are read while the server sends them.

#include "stream_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::stream_strategy;

struct pair_of_values {
    int id = 0;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(pair_of_values, (), (id, text))

std::size_t resident_bytes() {
    std::size_t size = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// AddressSanitizer keeps hundreds of megabytes of what was freed, so there the process says nothing.
#ifdef __SANITIZE_ADDRESS__
constexpr bool memory_is_meaningful = false;
#else
constexpr bool memory_is_meaningful = true;
#endif

struct stream : streams {};

TEST_P(stream, gives_all_rows_in_order_in_batches_of_any_size) {
    for (const int count : {0, 1, 6, 7, 8, 21}) {
        std::vector<int> expected;
        for (int i = 1; i <= count; ++i)
            expected.push_back(i);
        for (const std::size_t batch : {0U, 1U, 7U, 1000U}) {
            auto rows = run(context, engine.stream<int>(numbers(count), by(batch)));
            EXPECT_EQ(rest_of(context, rows), expected);
            EXPECT_FALSE(run(context, rows.next()));
            EXPECT_TRUE(run(context, rows.next_batch()).empty());
            run(context, rows.close());
        }
    }
    auto rows = run(context, engine.stream_rows(coropq::statement(numbers(17)), by(7)));
    std::vector<std::size_t> sizes;
    while (true) {
        const coropq::result batch = run(context, rows.next_batch());
        sizes.push_back(batch.size());
        if (batch.empty())
            break;
        EXPECT_EQ(batch.column_name(0), "g");
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{7, 7, 3, 0}));
}

TEST_P(stream, gives_objects_tuples_and_views) {
    const std::string sql = "select g as id, repeat('y', g) as text from generate_series(1, 5) g order by g";
    auto objects = run(context, engine.stream<pair_of_values>(sql, by(2)));
    int expected = 0;
    while (const auto next = run(context, objects.next())) {
        EXPECT_EQ(next->id, ++expected);
        EXPECT_EQ(next->text, std::string(static_cast<std::size_t>(expected), 'y'));
    }
    EXPECT_EQ(expected, 5);
    auto tuples = run(context, engine.stream<std::tuple<int, std::string_view>>(sql, by(2)));
    EXPECT_EQ(std::get<0>(*run(context, tuples.next())), 1);
    // Mixing both ways: the rest of the batch, then the next one.
    EXPECT_EQ(run(context, tuples.next_batch()).size(), 1u);
    const auto batch = run(context, tuples.next_batch());
    ASSERT_EQ(batch.size(), 2u);
    EXPECT_EQ(std::get<1>(batch[1]), "yyyy");
    run(context, tuples.close());
    auto wrong = run(context, engine.stream<std::tuple<int, int>>(sql, by(2)));
    EXPECT_EQ(failure_of<coropq::result_error>(context, wrong.next()).code(), coropq::errc::wrong_type);
}

TEST_P(stream, takes_parameters_and_runs_again) {
    for (int i = 0; i != 3; ++i) { // not prepared yet, prepared
        const coropq::statement work("select g::int8, $2 || 'x' from generate_series(1, $1) g", 3, "a");
        auto rows = run(context, conn.stream<std::pair<std::int64_t, std::string>>(work, by(2)));
        std::vector<std::string> found;
        while (const auto next = run(context, rows.next()))
            found.push_back(std::to_string(next->first) + next->second);
        EXPECT_EQ(found, (std::vector<std::string>{"1ax", "2ax", "3ax"}));
    }
}

TEST_P(stream, a_million_rows_need_little_memory) {
    const std::string sql = "select g, repeat('x', 84) from generate_series(1, 1000000) g";
    const auto read_all = [&](const std::string& text) -> asio::awaitable<std::size_t> {
        auto rows = co_await engine.stream<std::pair<int, std::string_view>>(text, by(1000));
        std::size_t count = 0;
        while (true) {
            const auto batch = co_await rows.next_batch();
            if (batch.empty())
                break;
            count += batch.size();
        }
        co_return count;
    };
    EXPECT_EQ(run(context, read_all("select g, 'x' from generate_series(1, 5000) g")), 5000u);
    const std::size_t before = resident_bytes();
    EXPECT_EQ(run(context, read_all(sql)), 1000000u);
    if (memory_is_meaningful) {
        EXPECT_LT(resident_bytes(), before + (16U << 20U));
    }
}

TEST_P(stream, an_error_in_the_middle_comes_behind_the_rows_before_it) {
    for (const std::size_t batch : {1U, 7U, 1000U}) {
        // Rows that are more than what the server keeps in its buffer have been sent before it fails.
        const std::string sql = "select 1 / (5000 - g) * 0 + g from generate_series(1, 100000) g";
        auto rows = run(context, conn.stream<int>(sql, by(batch)));
        int last = 0;
        std::optional<coropq::error_code> failed;
        try {
            while (const std::optional<int> next = run(context, rows.next()))
                EXPECT_EQ(*next, ++last);
        } catch (const coropq::server_error& problem) {
            failed = problem.code();
            EXPECT_TRUE(contains(problem.details().statement(), GetParam() == stream_strategy::rows ? sql : "fetch"));
        }
        EXPECT_EQ(failed, coropq::sqlstate::division_by_zero);
        // A cursor gives no part of a batch that fails.
        EXPECT_EQ(last, GetParam() == stream_strategy::rows ? 4999
                                                            : 4999 / static_cast<int>(batch) * static_cast<int>(batch));
        EXPECT_FALSE(run(context, rows.next()));
        expect_usable(conn, pid_of(conn));
    }
}

TEST_P(stream, a_statement_that_fails_at_once_does_so_when_it_is_opened) {
    const int pid = pid_of(engine);
    const auto failure = failure_of<coropq::server_error>(context, engine.stream<int>("select nope", by(10)));
    EXPECT_EQ(failure.code(), coropq::sqlstate::undefined_column);
    EXPECT_TRUE(contains(failure.what(), "nope")) << failure.what();
    expect_usable(engine, pid);
}

TEST_P(stream, within_a_transaction) {
    run(context, conn.execute("create temp table kept (a int)"));
    run(context, conn.execute("begin"));
    run(context, conn.execute("insert into kept values (1)"));
    {
        auto rows = run(context, conn.stream<int>("select a from kept, generate_series(1, 100)", by(10)));
        EXPECT_EQ(run(context, rows.next()), 1);
    }
    if (GetParam() == stream_strategy::cursor) { // cancelling the other one fails the transaction, as a server does
        run(context, conn.execute("insert into kept values (2)"));
        EXPECT_EQ(run(context, conn.execute(open_cursors))[0][0].text(), "0");
    } else {
        try {
            run(context, conn.execute("rollback to savepoint nowhere"));
        } catch (const coropq::server_error&) { // NOLINT(bugprone-empty-catch): either way
        }
    }
    run(context, conn.execute("rollback"));
    EXPECT_EQ(run(context, conn.fetch_value<int>("select count(*)::int from kept")), 0);
    run(context, conn.execute("begin"));
    auto rows = run(context, conn.stream<int>(numbers(25), by(10)));
    EXPECT_EQ(rest_of(context, rows).size(), 25u);
    run(context, conn.execute("insert into kept values (1)"));
    run(context, conn.execute("commit"));
    EXPECT_EQ(run(context, conn.fetch_value<int>("select count(*)::int from kept")), 1);
}

TEST_P(stream, the_engine_waits_for_the_place_of_a_stream) {
    auto rows = run(context, engine.stream<int>(numbers(25), by(10)));
    EXPECT_EQ(run(context, rows.next()), 1);
    std::optional<int> other;
    const auto wait = [&]() -> asio::awaitable<void> { other = co_await engine.fetch_value<int>("select 5"); };
    asio::co_spawn(context, wait(), [](std::exception_ptr) {});
    EXPECT_EQ(run(context, rows.next_batch()).size(), 9u);
    EXPECT_FALSE(other);
    EXPECT_EQ(rest_of(context, rows).size(), 15u);
    drain(context);
    EXPECT_EQ(other, 5);
}

INSTANTIATE_TEST_SUITE_P(strategies, stream, testing::Values(stream_strategy::rows, stream_strategy::cursor), name_of);

} // namespace
