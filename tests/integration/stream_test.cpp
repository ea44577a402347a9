// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Rows that are read while the server sends them.

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::stream_options;
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

std::string numbers(int count) { return "select g from generate_series(1, " + std::to_string(count) + ") g"; }
// Slow to end by itself, fast to send the first rows.
const std::string endless = "select generate_series(1, 100000000), repeat('x', 100) -- endless";

const std::string open_cursors = "select count(*) from pg_cursors where name like 'coropq%'";

template <typename Stream>
std::vector<int> rest_of(asio::io_context& context, Stream& rows) {
    std::vector<int> found;
    while (const std::optional<int> next = run(context, rows.next()))
        found.push_back(*next);
    return found;
}

bool no_longer_runs(const std::string& comment) {
    return wait_until([&] {
        return cluster().query_value(
                   "select count(*) from pg_stat_activity where state = 'active' and strpos(query, '" + comment +
                   "') > 0 and pid <> pg_backend_pid()") == "0";
    });
}

struct stream : testing::TestWithParam<stream_strategy> {
    asio::io_context context;
    coropq::engine engine =
        coropq::create_engine(context, plain_address(), coropq::engine_options().pool(coropq::pool_options().size(1)));
    coropq::connection conn{context};

    stream() { run(context, conn.connect(plain_address())); }
    ~stream() override {
        run(context, conn.close());
        run(context, engine.dispose());
        drain(context);
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    static stream_options by(std::size_t batch) { return {.batch = batch, .strategy = GetParam()}; }
    int value(const coropq::engine& from, std::string_view sql) { return run(context, from.fetch_value<int>(sql)); }
    // What the connection was before, it is afterwards: usable at once, the same session, outside of a transaction.
    template <typename Target>
    void expect_usable(const Target& target, int pid) {
        EXPECT_EQ(run(context, target.template fetch_value<int>("select pg_backend_pid()")), pid);
        // A statement of the simple protocol begins its transaction when it begins itself.
        coropq::statement began("select now() = statement_timestamp()");
        began.simple_protocol(true);
        EXPECT_EQ(run(context, target.execute(began))[0][0].text(), "t");
        EXPECT_EQ(run(context, target.execute(open_cursors))[0][0].text(), "0");
    }
    template <typename Target>
    int pid_of(const Target& target) {
        return run(context, target.template fetch_value<int>("select pg_backend_pid()"));
    }
};

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

TEST_P(stream, leaving_early_leaves_a_connection_that_can_be_used_at_once) {
    const int engine_pid = pid_of(engine);
    const int conn_pid = pid_of(conn);
    const auto leave = [&](auto& target, int pid, int how) {
        {
            auto rows = run(context, target.template stream<std::pair<int, std::string>>(endless, by(10)));
            EXPECT_EQ(run(context, rows.next())->first, 1);
            if (how == 1) {
                run(context, rows.close());
                EXPECT_FALSE(run(context, rows.next()));
                run(context, rows.close());
            } else if (how == 2) {
                auto moved = std::move(rows);
                EXPECT_EQ(run(context, moved.next())->first, 2);
            }
        }
        expect_usable(target, pid);
        EXPECT_TRUE(no_longer_runs("endless"));
    };
    for (int how = 0; how != 3; ++how) {
        leave(engine, engine_pid, how);
        leave(conn, conn_pid, how);
    }
}

TEST_P(stream, an_exception_or_a_break_in_the_middle_ends_it) {
    const int pid = pid_of(engine);
    const auto work = [&](bool fails) -> asio::awaitable<int> {
        auto rows = co_await engine.stream<std::pair<int, std::string>>(endless, by(10));
        while (const auto next = co_await rows.next()) {
            if (next->first == 25 && fails)
                throw std::out_of_range("enough");
            if (next->first == 25)
                break;
        }
        co_return 7;
    };
    EXPECT_EQ(run(context, work(false)), 7);
    expect_usable(engine, pid);
    EXPECT_THROW(run(context, work(true)), std::out_of_range);
    expect_usable(engine, pid);
    // Assigning another one ends the first.
    auto rows = run(context, conn.stream_rows(coropq::statement(numbers(30)), by(10)));
    rows = run(context, engine.stream_rows(coropq::statement(numbers(3)), by(10)));
    const int conn_pid = pid_of(conn);
    expect_usable(conn, conn_pid);
    EXPECT_EQ(run(context, rows.next_batch()).size(), 3u);
}

TEST_P(stream, what_follows_a_left_stream_is_not_in_its_transaction) {
    run(context, conn.execute("create temp table kept (a int)"));
    {
        auto rows = run(context, conn.stream<int>(numbers(100000), by(10)));
        EXPECT_EQ(run(context, rows.next()), 1);
    }
    run(context, conn.execute("insert into kept values (1)"));
    // An error would end a transaction that is still open, and its effects with it.
    failure_of<coropq::server_error>(context, conn.execute("select 1/0"));
    EXPECT_EQ(run(context, conn.fetch_value<int>("select count(*)::int from kept")), 1);
}

TEST_P(stream, destroyed_while_somebody_waits_for_it) {
    const int pid = pid_of(engine);
    std::optional<std::size_t> read;
    const auto wait = [&](asio::awaitable<coropq::result> pending) -> asio::awaitable<void> {
        const coropq::result batch = co_await std::move(pending);
        read = batch.size();
    };
    {
        auto rows =
            run(context,
                engine.stream_rows(coropq::statement("select g, repeat('x', 9000) from generate_series(1, 1000) g, "
                                                     "lateral (select pg_sleep(case g when 5 then 0.2 else 0 end)) s"),
                                   by(10)));
        asio::co_spawn(context, wait(rows.next_batch()), [](std::exception_ptr) {});
        context.restart();
        context.poll();
        EXPECT_FALSE(read);
    }
    expect_usable(engine, pid);
    EXPECT_EQ(read, 10u);
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

TEST_P(stream, a_connection_killed_in_the_middle) {
    {
        auto rows = run(context, conn.stream<std::pair<int, std::string>>(endless, by(10)));
        EXPECT_EQ(run(context, rows.next())->first, 1);
        cluster().terminate_backends();
        std::optional<coropq::error_code> failed;
        try {
            while (run(context, rows.next_batch()).size() != 0) {
            }
        } catch (const coropq::connection_error& problem) {
            failed = problem.code();
        }
        EXPECT_EQ(failed, coropq::errc::connection_lost);
        EXPECT_FALSE(run(context, rows.next()));
    }
    EXPECT_EQ(failure_of<coropq::error>(context, conn.ping()).code(), coropq::errc::not_connected);
    EXPECT_EQ(value(engine, "select 7"), 7);
}

TEST_P(stream, a_closed_connection_is_not_the_end_of_the_rows) {
    auto rows = run(context, conn.stream<int>(numbers(1000), by(10)));
    EXPECT_EQ(run(context, rows.next_batch()).size(), 10u);
    run(context, conn.close());
    EXPECT_EQ(failure_of<coropq::error>(context, rows.next_batch()).code(), coropq::errc::not_connected);
    run(context, conn.connect(plain_address()));
    auto orphan = run(context, conn.stream<int>(numbers(1000), by(10)));
    EXPECT_EQ(run(context, orphan.next_batch()).size(), 10u);
    conn = coropq::connection(context);
    EXPECT_THROW(run(context, orphan.next_batch()), coropq::error);
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

TEST_P(stream, cancelling_a_wait_ends_the_stream_and_frees_the_place) {
    using pair = std::pair<int, std::string>;
    auto rows = std::make_shared<coropq::stream<pair>>(
        run(context, engine.stream<pair>("select g, repeat('x', 9000) from (select generate_series(1, 100) g) s, "
                                         "lateral (select pg_sleep(case g when 40 then 20 else 0 end)) t -- sleepy",
                                         by(20))));
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    const auto wait = [](std::shared_ptr<coropq::stream<pair>> from) -> asio::awaitable<void> {
        while (co_await from->next()) {
        }
    };
    bool ended = false;
    asio::co_spawn(context, wait(rows), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr how) {
                       failure = how;
                       ended = true;
                   }));
    ASSERT_TRUE(run_until_active(context, GetParam() == stream_strategy::rows ? "sleepy" : "fetch forward"));
    EXPECT_FALSE(ended);
    stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return ended;
    }));
    ASSERT_TRUE(failure);
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& problem) {
        EXPECT_EQ(problem.code(), asio::error::operation_aborted);
    }
    EXPECT_EQ(value(engine, "select 7"), 7);
    EXPECT_FALSE(run(context, rows->next()));
}

TEST_P(stream, engine_disposed_and_gone_while_it_reads) {
    std::optional<coropq::stream<int>> rows;
    {
        const auto other = coropq::create_engine(context, plain_address());
        rows.emplace(run(context, other.stream<int>(numbers(25), by(10))));
        EXPECT_EQ(run(context, rows->next()), 1);
        run(context, other.dispose());
    }
    EXPECT_EQ(rest_of(context, *rows).size(), 24u);
    drain(context);
    EXPECT_TRUE(cluster().wait_for_session_count(1)); // that of the fixture
    rows.reset();
}

TEST_P(stream, context_destroyed_in_the_middle) {
    for (const bool waits : {false, true}) {
        auto other = std::make_unique<asio::io_context>();
        const auto work = [](coropq::engine from, bool on, stream_options how) -> asio::awaitable<void> {
            auto rows = co_await from.stream<std::pair<int, std::string>>(endless, how);
            (void)co_await rows.next();
            if (on)
                while (co_await rows.next()) {
                }
            asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
            co_await never.async_wait(asio::use_awaitable);
        };
        asio::co_spawn(*other, work(coropq::create_engine(*other, plain_address()), waits, by(10)),
                       [](std::exception_ptr) {});
        other->run_for(std::chrono::milliseconds(200));
        other.reset();
        EXPECT_TRUE(cluster().wait_for_session_count(1));
    }
}

INSTANTIATE_TEST_SUITE_P(strategies, stream, testing::Values(stream_strategy::rows, stream_strategy::cursor),
                         [](const auto& parameter) {
                             return std::string(parameter.param == stream_strategy::rows ? "rows" : "cursor");
                         });

} // namespace
