// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Streams that end before their rows do: left, destroyed, cancelled, with a connection, an engine or a context that is
// gone.

#include "stream_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace coropq::test;
using coropq::stream_options;
using coropq::stream_strategy;

struct stream_end : streams {};

TEST_P(stream_end, leaving_early_leaves_a_connection_that_can_be_used_at_once) {
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

TEST_P(stream_end, an_exception_or_a_break_in_the_middle_ends_it) {
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

TEST_P(stream_end, what_follows_a_left_stream_is_not_in_its_transaction) {
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

TEST_P(stream_end, destroyed_while_somebody_waits_for_it) {
    const int pid = pid_of(engine);
    gate closed(context);
    std::optional<std::size_t> read;
    const auto wait = [&](asio::awaitable<coropq::result> pending) -> asio::awaitable<void> {
        const coropq::result batch = co_await std::move(pending);
        read = batch.size();
    };
    {
        auto rows =
            run(context, engine.stream_rows(
                             coropq::statement(
                                 "select g, repeat('x', 9000) from generate_series(1, 1000) g, "
                                 "lateral (select pg_advisory_xact_lock_shared(case g when 5 then 4711 else 0 end)) s"),
                             by(10)));
        asio::co_spawn(context, wait(rows.next_batch()), [](std::exception_ptr) {});
        context.restart();
        context.poll();
        EXPECT_FALSE(read);
    }
    closed.open();
    expect_usable(engine, pid);
    EXPECT_EQ(read, 10u);
}

TEST_P(stream_end, a_connection_killed_in_the_middle) {
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

TEST_P(stream_end, a_closed_connection_is_not_the_end_of_the_rows) {
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

TEST_P(stream_end, cancelling_a_wait_ends_the_stream_and_frees_the_place) {
    using pair = std::pair<int, std::string>;
    auto rows = std::make_shared<coropq::stream<pair>>(
        run(context, engine.stream<pair>("select g, repeat('x', 9000) from (select generate_series(1, 100) g) s, "
                                         "lateral (select pg_sleep(case g when 40 then 60 else 0 end)) t -- sleepy",
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

TEST_P(stream_end, engine_disposed_and_gone_while_it_reads) {
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

TEST_P(stream_end, context_destroyed_in_the_middle) {
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

INSTANTIATE_TEST_SUITE_P(strategies, stream_end, testing::Values(stream_strategy::rows, stream_strategy::cursor),
                         name_of);

} // namespace
