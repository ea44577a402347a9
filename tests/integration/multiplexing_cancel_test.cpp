// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// One of many statements is cancelled, or its time is up: the others don't notice, and never the wrong one ends.

#include "multiplexing_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using coropq::error_code;
using coropq::pool_options;

struct multiplexing_cancel : multiplexing_fixture {
    static std::string active(const std::string& text) {
        return cluster().query_value("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and "
                                     "state = 'active' and strpos(query, '" +
                                     text + "') > 0");
    }
};

// Not sent yet: the connection is full, or there is none.
TEST_F(multiplexing_cancel, while_waiting_for_a_place) {
    const coropq::engine engine = make_open(1, pool_options().pipeline_depth(4));
    database_gate closed(context, database);
    for (int i = 0; i != 4; ++i)
        send(engine, coropq::statement(database_gate::statement("full")));
    std::vector<started*> waiting;
    for (int i = 0; i != 20; ++i)
        waiting.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i)));
    EXPECT_TRUE(run_until([&] { return engine.stats().waiting == 20; }));
    const asio::cancellation_type kinds[] = {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                             asio::cancellation_type::total};
    for (std::size_t i = 0; i < 20; i += 2)
        waiting[i]->stop.emit(kinds[i / 2 % 3]);
    EXPECT_TRUE(run_until([&] { return engine.stats().waiting == 10; }));
    for (std::size_t i = 0; i < 20; i += 2)
        EXPECT_EQ(waiting[i]->code, asio::error::operation_aborted);
    closed.open();
    drain(context);
    for (std::size_t i = 1; i < 20; i += 2)
        EXPECT_EQ(waiting[i]->code, error_code()) << waiting[i]->details;
    EXPECT_EQ(count_seen("id % 2 = 0"), "0"); // not sent
    EXPECT_EQ(count_seen("id % 2 = 1"), "10");
    expect_idle(engine);
}

// Sent, behind one that runs: it ends at once for its caller, its answer is thrown away, and nobody notices.
TEST_F(multiplexing_cancel, behind_another_one) {
    const coropq::engine engine = make_open(1);
    database_gate closed(context, database);
    started& first = send(engine, coropq::statement(database_gate::statement("first")));
    EXPECT_TRUE(run_until_active(context, "first"));
    std::vector<started*> behind;
    for (int i = 0; i != 15; ++i)
        behind.push_back(&send(engine, coropq::statement("select $1::int", i)));
    EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 16; }));
    for (std::size_t i = 0; i < 15; i += 2)
        behind[i]->stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(run_until([&] { return ended.size() == 8; }));
    context.restart();
    context.run_for(100ms);
    EXPECT_FALSE(first.code);
    closed.open();
    drain(context);
    EXPECT_EQ(first.code, error_code()) << first.details;
    for (std::size_t i = 0; i != 15; ++i) {
        if (i % 2 == 0) {
            EXPECT_EQ(behind[i]->code, asio::error::operation_aborted);
        } else {
            ASSERT_EQ(behind[i]->code, error_code()) << behind[i]->details;
            EXPECT_EQ(behind[i]->output[0][0].as<std::size_t>(), i);
        }
    }
    EXPECT_EQ(engine.stats().opened, 1u);
    expect_idle(engine);
}

// The one that runs is cancelled, with others behind it: those get their answers.
TEST_F(multiplexing_cancel, in_front_of_others) {
    const coropq::engine engine = make_open(1);
    database_gate closed(context, database);
    started& first = send(engine, coropq::statement(database_gate::statement("in front")));
    EXPECT_TRUE(run_until_active(context, "in front"));
    std::vector<started*> behind;
    for (int i = 0; i != 15; ++i)
        behind.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1) returning id", i)));
    EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 16; }));
    first.stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(run_until([&] { return first.code.has_value(); }));
    EXPECT_EQ(first.code, asio::error::operation_aborted);
    context.restart();
    context.run_for(50ms);
    closed.open();
    drain(context);
    for (std::size_t i = 0; i != 15; ++i) {
        ASSERT_EQ(behind[i]->code, error_code()) << behind[i]->details;
        EXPECT_EQ(behind[i]->output[0][0].as<std::size_t>(), i);
    }
    EXPECT_EQ(count_seen(), "15");
    expect_idle(engine);
}

// Alone on its connection, it ends on the server too.
TEST_F(multiplexing_cancel, alone_on_a_connection) {
    const coropq::engine engine = make_open(2);
    for (int round = 0; round != 10; ++round) {
        started& slow = send(engine, coropq::statement("select pg_sleep(60) -- alone"));
        EXPECT_TRUE(run_until_active(context, "-- alone"));
        slow.stop.emit(asio::cancellation_type::terminal);
        EXPECT_TRUE(run_until([&] { return slow.code.has_value(); }));
        EXPECT_EQ(slow.code, asio::error::operation_aborted);
        EXPECT_TRUE(run_until([] { return active("-- alone") == "0"; }));
        drain(context);
    }
    EXPECT_EQ(engine.stats().opened, 2u);
    expect_idle(engine);
}

// As `alone_on_a_connection`, after the others have been answered, on a connection that was shared.
TEST_F(multiplexing_cancel, the_last_on_a_shared_connection) {
    const coropq::engine engine = make_open(1);
    for (int round = 0; round != 5; ++round) {
        std::vector<started*> short_ones;
        for (int i = 0; i != 10; ++i)
            short_ones.push_back(&send(engine, coropq::statement("select $1::int", i)));
        started& slow = send(engine, coropq::statement("select pg_sleep(60) -- the last"));
        EXPECT_TRUE(run_until_active(context, "-- the last"));
        EXPECT_TRUE(run_until([&] { return short_ones.back()->code.has_value(); }));
        slow.stop.emit(asio::cancellation_type::terminal);
        EXPECT_TRUE(run_until([] { return active("-- the last") == "0"; }));
        // Those that come now aren't hit.
        for (int i = 0; i != 50; ++i)
            EXPECT_EQ(run(context, engine.execute("select $1::int", i))[0][0].as<int>(), i);
        EXPECT_EQ(slow.code, asio::error::operation_aborted);
    }
    expect_idle(engine);
}

// All that share a connection are cancelled: the server needn't go on for nobody.
TEST_F(multiplexing_cancel, all_on_a_connection) {
    const coropq::engine engine = make_open(1);
    for (int i = 0; i != 10; ++i)
        send(engine, coropq::statement("select pg_sleep(60) -- all of them"));
    EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 10; }));
    EXPECT_TRUE(run_until_active(context, "all of them"));
    for (const auto& each : all)
        each->stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(run_until([&] { return ended.size() == 10; }));
    for (const auto& each : all)
        EXPECT_EQ(each->code, asio::error::operation_aborted);
    EXPECT_TRUE(run_until([] { return active("all of them") == "0"; }));
    expect_idle(engine);
}

TEST_F(multiplexing_cancel, a_deadline_of_one) {
    const coropq::engine engine = make_open(2);
    for (int round = 0; round != 5; ++round) {
        database_gate closed(context, database);
        std::vector<started*> others;
        started& limited = send(engine, coropq::statement(database_gate::statement("limited")).timeout(50ms));
        for (int i = 0; i != 300; ++i)
            others.push_back(&send(engine, coropq::statement("select $1::int, pg_sleep(0.0005)", i)));
        EXPECT_TRUE(run_until([&] { return limited.code.has_value(); }));
        EXPECT_EQ(limited.code, coropq::errc::timeout) << limited.details;
        closed.open();
        drain(context);
        for (std::size_t i = 0; i != 300; ++i) {
            ASSERT_TRUE(others[i]->code);
            ASSERT_EQ(*others[i]->code, error_code()) << others[i]->details;
            EXPECT_EQ(others[i]->output[0][0].as<std::size_t>(), i);
        }
        EXPECT_TRUE(run_until([] { return active("-- limited") == "0"; }));
    }
    expect_idle(engine);
}

// Time is up in each state: while waiting, behind others, running.
TEST_F(multiplexing_cancel, deadlines_of_many) {
    const coropq::engine engine = make_open(1, pool_options().pipeline_depth(8));
    database_gate closed(context, database);
    started& blocker = send(engine, coropq::statement(database_gate::statement("deadlines")));
    EXPECT_TRUE(run_until_active(context, "deadlines"));
    std::vector<started*> limited;
    std::vector<started*> others;
    for (int i = 0; i != 30; ++i) {
        limited.push_back(&send(engine, coropq::statement("insert into seen (id) values (-1 - $1)", i).timeout(30ms)));
        others.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i)));
    }
    EXPECT_TRUE(run_until([&] { return ended.size() == 30; }));
    for (const started* each : limited)
        EXPECT_EQ(each->code, coropq::errc::timeout) << each->details;
    EXPECT_FALSE(blocker.code);
    closed.open();
    drain(context);
    for (const started* each : others)
        EXPECT_EQ(each->code, error_code()) << each->details;
    EXPECT_EQ(count_seen("id >= 0"), "30");
    expect_idle(engine);
}

// Thousands of races: who isn't cancelled is never hurt, and who is ends so, or with its answer.
asio::awaitable<void> undisturbed(coropq::engine engine, int number, int& answered) {
    for (int i = 0; i != 10; ++i) {
        const coropq::result answer = co_await engine.execute("select $1::int, pg_sleep(0.0002)", number);
        EXPECT_EQ(answer[0][0].as<int>(), number);
        ++answered;
    }
}

asio::awaitable<void> impatient(coropq::engine engine, int number, int& ended) {
    const auto executor = co_await asio::this_coro::executor;
    std::minstd_rand random(static_cast<unsigned>(number + 1));
    for (int i = 0; i != 10; ++i) {
        const auto patience = std::chrono::microseconds(random() % 8000);
        asio::steady_timer timer(executor, patience);
        auto work = engine.execute("select $1::int, pg_sleep($2)", number, static_cast<double>(random() % 5) / 1000);
        const auto outcome = co_await (std::move(work) || timer.async_wait(asio::as_tuple(asio::use_awaitable)));
        if (const auto* answer = std::get_if<0>(&outcome)) {
            EXPECT_EQ((*answer)[0][0].as<int>(), number);
        }
        ++ended;
    }
}

TEST_F(multiplexing_cancel, never_a_neighbour) {
    for (const std::size_t connections : {1u, 3u}) {
        const coropq::engine engine = make_open(connections);
        int answered = 0;
        int over = 0;
        for (int i = 0; i != 100; ++i) {
            spawn(undisturbed(engine, i, answered));
            spawn(impatient(engine, i, over));
        }
        drain(context);
        EXPECT_EQ(answered, 1000);
        EXPECT_EQ(over, 1000);
        expect_idle(engine);
    }
}

// Deadlines instead of cancellation: what they end is told so, and never 57014.
TEST_F(multiplexing_cancel, deadlines_never_end_a_neighbour) {
    const coropq::engine engine = make_open(3);
    std::minstd_rand random(7);
    std::vector<started*> limited;
    std::vector<started*> others;
    for (int i = 0; i != 1500; ++i) {
        limited.push_back(
            &send(engine, coropq::statement("select pg_sleep($1)", static_cast<double>(random() % 4) / 1000)
                              .timeout(std::chrono::milliseconds(1 + random() % 500))));
        others.push_back(&send(engine, coropq::statement("select $1::int", i)));
    }
    drain(context);
    for (const started* each : limited)
        EXPECT_TRUE(each->code == error_code() || each->code == coropq::errc::timeout) << each->details;
    for (std::size_t i = 0; i != others.size(); ++i) {
        ASSERT_EQ(others[i]->code, error_code()) << others[i]->details;
        EXPECT_EQ(others[i]->output[0][0].as<std::size_t>(), i);
    }
    expect_idle(engine);
}

// Cancelled in the same turn in which it was started.
TEST_F(multiplexing_cancel, before_it_has_begun) {
    const coropq::engine engine = make_open(2);
    for (int i = 0; i != 300; ++i) {
        started& each = send(engine, coropq::statement("insert into seen (id) values ($1)", i));
        if (i % 2 == 0)
            each.stop.emit(asio::cancellation_type::terminal);
    }
    drain(context);
    for (std::size_t i = 0; i != all.size(); ++i)
        EXPECT_EQ(all[i]->code, i % 2 == 0 ? error_code(asio::error::operation_aborted) : error_code())
            << all[i]->details;
    EXPECT_EQ(count_seen("id % 2 = 1"), "150");
    expect_idle(engine);
}

// A result that nobody wants any more is big: it is dropped as it comes, and the next answers are right.
TEST_F(multiplexing_cancel, while_its_rows_arrive) {
    const coropq::engine engine = make_open(1);
    for (int round = 0; round != 10; ++round) {
        const std::size_t before = ended.size();
        started& big = send(engine, coropq::statement("select repeat('x', 1000), n from generate_series(1, 20000) n"));
        std::vector<started*> others;
        for (int i = 0; i != 15; ++i)
            others.push_back(&send(engine, coropq::statement("select $1::int", i)));
        proxy.reset_counters();
        EXPECT_TRUE(run_until([&] { return proxy.bytes(direction::to_client) > 100'000; }));
        if (!big.code)
            big.stop.emit(asio::cancellation_type::terminal);
        drain(context);
        EXPECT_EQ(ended.size(), before + 16);
        EXPECT_TRUE(big.code == asio::error::operation_aborted || big.code == error_code()) << big.details;
        for (std::size_t i = 0; i != 15; ++i) {
            ASSERT_EQ(others[i]->code, error_code()) << others[i]->details;
            EXPECT_EQ(others[i]->output[0][0].as<std::size_t>(), i);
        }
    }
    expect_idle(engine);
}

} // namespace
