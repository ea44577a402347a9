// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What is done within transactions: streams, scripts, the simple protocol, every completion token.

#include "transaction_support.hpp"

#include <boost/asio/use_future.hpp>

#include <future>
#include <tuple>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::isolation;
using coropq::sqlstate;

struct within_transaction : transaction_fixture {};

TEST_F(within_transaction, has_streams) {
    auto tx = run(context, engine.begin());
    run(context, tx.execute(insert(1)));
    auto rows = run(context, tx.stream<int>("select id from item"));
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::operation_in_progress);
    EXPECT_TRUE(tx.is_open());
    EXPECT_EQ(run(context, rows.next()), 1);
    EXPECT_EQ(run(context, rows.next()), std::nullopt);
    auto with_cursor = run(context, tx.stream<int>("select generate_series(1, 5)",
                                                   {.batch = 2, .strategy = coropq::stream_strategy::cursor}));
    EXPECT_EQ(run(context, with_cursor.next_batch()).size(), 2u);
    EXPECT_EQ(value<int>(tx, "select 7"), 7);
    run(context, with_cursor.close());
    run(context, tx.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(within_transaction, can_be_rolled_back_under_an_open_stream) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    auto rows = run(context, tx.stream<int>("select generate_series(1, 100000000) -- endless", {.batch = 1}));
    EXPECT_EQ(run(context, rows.next()), 1);
    run(context, tx.rollback());
    EXPECT_EQ(failure_of<coropq::error>(context, rows.next()).code(), errc::no_transaction); // and not their end
    EXPECT_EQ(run(context, rows.next()), std::nullopt);
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(count(), "1");
}

TEST_F(within_transaction, runs_scripts) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute_script(insert(1) + ";" + insert(2)));
    EXPECT_EQ(count(), "0");
    run(context, tx.commit());
    EXPECT_EQ(count(), "2");
}

TEST_F(within_transaction, works_with_completion_tokens) {
    auto tx = run(context, engine.begin());
    coropq::result output;
    coropq::diagnostics details;
    std::vector<std::string> events;
    tx.async_execute(coropq::statement(insert(1)), output, details, [&](coropq::error_code code) {
        events.push_back(code.message());
        tx.async_execute(coropq::statement("select 42"), output, [&](coropq::error_code second) {
            events.push_back(second.message() + " " + output[0][0].text());
            tx.async_commit(details, [&](coropq::error_code third) {
                events.push_back(third.message() + (engine.stats().active == 0 ? " back" : " lent"));
            });
        });
    });
    EXPECT_TRUE(reach([&] { return events.size() == 3; }));
    const std::string good = coropq::error_code().message();
    EXPECT_EQ(events, (std::vector<std::string>{good, good + " 42", good + " back"}));
    EXPECT_EQ(count(), "1");

    auto other = run(context, engine.begin());
    std::future<void> done = other.async_rollback(asio::use_future);
    EXPECT_TRUE(reach([&] { return done.wait_for(0s) == std::future_status::ready; }));
    done.get();
    bool called = false;
    other.async_commit([&](coropq::error_code code) {
        called = true;
        EXPECT_EQ(code, errc::no_transaction);
    });
    EXPECT_TRUE(reach([&] { return called; }));
}

TEST_F(within_transaction, does_one_thing_at_a_time) {
    const gate closed(context);
    auto tx = run(context, conn.begin());
    coropq::result output;
    std::optional<coropq::error_code> first;
    std::optional<coropq::error_code> second;
    std::optional<coropq::error_code> third;
    asio::cancellation_signal stop;
    tx.async_execute(coropq::statement(gate::statement("one_at_a_time")), output,
                     asio::bind_cancellation_slot(stop.slot(), [&](coropq::error_code code) { first = code; }));
    EXPECT_TRUE(run_until_active(context, "one_at_a_time"));
    coropq::result other;
    tx.async_execute(coropq::statement("select 1"), other, [&](coropq::error_code code) { second = code; });
    tx.async_commit([&](coropq::error_code code) { third = code; });
    EXPECT_TRUE(reach([&] { return second && third; }));
    EXPECT_EQ(*second, errc::operation_in_progress);
    EXPECT_EQ(*third, errc::operation_in_progress);
    EXPECT_FALSE(first);
    EXPECT_TRUE(tx.is_open());
    stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(reach([&] { return first.has_value(); }));
    EXPECT_EQ(*first, asio::error::operation_aborted);
}

TEST_F(within_transaction, works_with_the_simple_protocol) {
    coropq::connection simple{context};
    run(context, simple.connect(address_through(proxy), coropq::connect_options().statements(
                                                            coropq::statement_options().simple_protocol(true))));
    {
        auto tx = run(context, simple.begin({.isolation = isolation::serializable}));
        EXPECT_EQ(run(context, tx.fetch_value<std::string>("show transaction_isolation")), "serializable");
        run(context, tx.execute("insert into item values ($1, 0)", 1));
        run(context, tx.commit());
    }
    {
        auto tx = run(context, simple.begin());
        run(context, tx.execute("insert into item values ($1, 0)", 2));
        auto nested = run(context, tx.begin());
        EXPECT_EQ(failure_of<coropq::server_error>(context, nested.execute(insert(2))).code(),
                  sqlstate::unique_violation);
        run(context, nested.rollback());
        run(context, tx.commit());
    }
    {
        auto tx = run(context, simple.begin());
        run(context, tx.execute("insert into item values ($1, 0)", 3));
    }
    run(context, simple.execute("select 1"));
    EXPECT_EQ(open_transactions(), "0");
    EXPECT_EQ(seen("select string_agg(id::text, ',' order by id) from item"), "1,2");
}

// With GCC 12 and the address sanitizer, a form that its coroutines can't do fails here.
asio::awaitable<int> call_shapes(coropq::engine engine) {
    auto conn = co_await engine.connect();
    auto tx = co_await conn.begin({.isolation = coropq::isolation::serializable});
    co_await tx.execute("insert into item values ($1, $2)", 1, 10);
    auto nested = co_await tx.begin();
    co_await nested.execute("insert into item values ($1, $2)", 2, 20);
    co_await nested.commit();
    int sum = 0;
    for (const auto& [id, value] : co_await tx.fetch<std::tuple<int, int>>("select id, value from item"))
        sum += id + value;
    co_await tx.commit();
    auto other = co_await engine.begin({.read_only = true, .timeout = 20s});
    sum += co_await other.fetch_value<int>("select count(*)::int from item");
    co_await other.rollback();
    co_return sum;
}

TEST_F(within_transaction, is_written_as_users_write_it) { EXPECT_EQ(run(context, call_shapes(engine)), 35); }

} // namespace
