// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Which connection a statement goes to, who waits for whom, and what it costs in round trips.

#include "multiplexing_support.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;
using clock = std::chrono::steady_clock;

using multiplexing_choice = multiplexing_fixture;

TEST_F(multiplexing_choice, idle_connections_come_first) {
    const coropq::engine engine = make_open(4);
    database_gate closed(context, database);
    for (int i = 0; i != 4; ++i)
        send(engine, coropq::statement(gate::statement("idle " + std::to_string(i))));
    EXPECT_TRUE(run_until([] {
        return cluster().query_value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == "4";
    }));
    EXPECT_EQ(engine.stats().active, 4u);
    EXPECT_EQ(engine.stats().shared, 0u);
    closed.open();
    drain(context);
    expect_idle(engine);
}

TEST_F(multiplexing_choice, then_new_ones_are_opened) {
    const coropq::engine engine = make_shared(pool_options().size(3));
    database_gate closed(context, database);
    for (int i = 0; i != 3; ++i)
        send(engine, coropq::statement(gate::statement("new " + std::to_string(i))));
    EXPECT_TRUE(run_until([] {
        return cluster().query_value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == "3";
    }));
    EXPECT_EQ(engine.stats().shared, 0u);
    // All are taken: more share them.
    for (int i = 0; i != 6; ++i)
        send(engine, coropq::statement(gate::statement("more " + std::to_string(i))));
    EXPECT_TRUE(run_until([&] { return engine.stats().shared == 6; }));
    EXPECT_EQ(engine.stats().in_flight, 9u);
    EXPECT_EQ(engine.stats().waiting, 0u);
    EXPECT_EQ(engine.stats().active, 3u);
    closed.open();
    drain(context);
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code()) << each->details;
    expect_idle(engine);
}

// A connection that could be opened is, even when statements could share the others.
TEST_F(multiplexing_choice, a_slow_statement_holds_nobody_up_while_another_connection_can_be_opened) {
    const coropq::engine engine = make_shared(pool_options().size(2));
    open_all(engine, 1);
    database_gate closed(context, database);
    send(engine, coropq::statement(gate::statement("slow")));
    EXPECT_TRUE(run_until_active(context, "slow"));
    for (int i = 0; i != 50; ++i)
        EXPECT_EQ(run(context, engine.execute("select $1::int", i))[0][0].as<int>(), i);
    EXPECT_FALSE(all[0]->code);
    EXPECT_EQ(proxy.connections(), 2u);
    closed.open();
    drain(context);
}

TEST_F(multiplexing_choice, no_more_than_the_depth_are_on_their_way) {
    for (const std::size_t depth : {0u, 1u, 2u, 5u}) {
        const std::size_t places = depth == 0 ? 1 : depth;
        const coropq::engine engine = make_open(2, pool_options().pipeline_depth(depth));
        database_gate closed(context, database);
        all.clear();
        for (int i = 0; i != 30; ++i)
            send(engine, coropq::statement(gate::statement("depth")));
        EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 2 * places; }))
            << depth << ": " << engine.stats().in_flight;
        EXPECT_EQ(engine.stats().waiting, 30 - 2 * places);
        closed.open();
        drain(context);
        for (const auto& each : all)
            EXPECT_EQ(each->code, error_code()) << each->details;
        expect_idle(engine);
    }
}

// Behind a statement that hasn't been answered there are fifteen at most, whatever the depth.
TEST_F(multiplexing_choice, few_wait_behind_a_slow_first_one) {
    const coropq::engine engine = make_open(1);
    database_gate closed(context, database);
    for (int i = 0; i != 100; ++i)
        send(engine, coropq::statement(i == 0 ? gate::statement("slow first") : "select 1"));
    EXPECT_TRUE(run_until_active(context, "slow first"));
    EXPECT_EQ(engine.stats().in_flight, 16u);
    EXPECT_EQ(engine.stats().waiting, 84u);
    EXPECT_TRUE(ended.empty());
    closed.open();
    drain(context);
    EXPECT_EQ(ended.size(), 100u);
    expect_idle(engine);
}

// One connection: they are run and answered in the order in which they were asked.
TEST_F(multiplexing_choice, first_come_first_served) {
    for (const std::size_t depth : {1u, 3u, 16u, 256u}) {
        const coropq::engine engine = make_open(1, pool_options().pipeline_depth(depth));
        cluster().query("truncate seen restart identity", database.name());
        all.clear();
        ended.clear();
        for (int i = 0; i != 600; ++i)
            send(engine, coropq::statement("insert into seen (id) values ($1)", i));
        drain(context);
        EXPECT_EQ(count_seen(), "600");
        EXPECT_EQ(count_seen("id <> turn - 1"), "0")
            << depth << ": "
            << cluster().query_value("select string_agg(id::text, ' ' order by turn) from seen", database.name());
        EXPECT_TRUE(std::is_sorted(ended.begin(), ended.end())) << depth;
        EXPECT_EQ(ended.size(), 600u);
    }
}

// One statement that takes long among thousands of short ones on four connections.
struct slow_among_short : multiplexing_fixture {
    // So many short ones at most are answered after the slow one only.
    void expect_late_at_most(std::size_t most, std::size_t slow_at,
                             std::source_location where = std::source_location::current()) {
        const coropq::engine engine = make_open(4);
        database_gate closed(context, database);
        started* slow = nullptr;
        for (std::size_t i = 0; i != 3000; ++i) {
            if (i == slow_at)
                slow = &send(engine, coropq::statement(database_gate::statement("slow")));
            send(engine, coropq::statement("select $1::int", static_cast<int>(i)));
        }
        EXPECT_TRUE(run_until([&] { return ended.size() >= 3000 - most; }))
            << "line " << where.line() << ": " << ended.size() << " of 3000";
        EXPECT_FALSE(slow->code);
        closed.open();
        drain(context);
        EXPECT_EQ(slow->code, error_code());
        for (const auto& each : all)
            EXPECT_EQ(each->code, error_code()) << each->details;
        expect_idle(engine);
    }
};

TEST_F(slow_among_short, started_first) { expect_late_at_most(15, 0); }

TEST_F(slow_among_short, started_in_the_middle) { expect_late_at_most(255, 1500); }

TEST_F(slow_among_short, started_last) { expect_late_at_most(255, 2999); }

// A stream of short ones, one after the other in each of many coroutines, while a slow one runs.
TEST_F(slow_among_short, those_that_come_later_dont_wait) {
    const coropq::engine engine = make_open(4);
    database_gate closed(context, database);
    started& slow = send(engine, coropq::statement(database_gate::statement("slow")));
    int finished = 0;
    const auto many = [&](int number) -> asio::awaitable<void> {
        for (int i = 0; i != 30; ++i) {
            const coropq::result answer = co_await engine.execute("select $1::int", number);
            EXPECT_EQ(answer[0][0].as<int>(), number);
        }
        ++finished;
    };
    for (int i = 0; i != 100; ++i)
        spawn(many(i));
    EXPECT_TRUE(run_until([&] { return finished >= 85; })) << finished;
    EXPECT_FALSE(slow.code);
    closed.open();
    drain(context);
    EXPECT_EQ(finished, 100);
}

// Exclusive users and shared statements: neither keeps the other from its connection.
TEST_F(multiplexing_choice, exclusive_users_get_a_connection_while_statements_keep_coming) {
    for (const std::size_t connections : {1u, 2u}) {
        const coropq::engine engine = make_open(connections);
        bool stop = false;
        int answered = 0;
        int served = 0;
        const auto flow = [&]() -> asio::awaitable<void> {
            while (!stop) {
                co_await engine.execute("select $1::int", answered);
                ++answered;
            }
        };
        const auto exclusive = [&]() -> asio::awaitable<void> {
            for (int i = 0; i != 20; ++i) {
                {
                    coropq::connection mine = co_await engine.connect();
                    co_await mine.execute("select 1");
                }
                {
                    coropq::transaction tx = co_await engine.begin();
                    co_await tx.execute("insert into seen (id) values ($1)", i);
                    co_await tx.commit();
                }
                coropq::row_stream rows =
                    co_await engine.stream_rows(coropq::statement("select generate_series(1, 100)"));
                std::size_t count = 0;
                for (;;) {
                    const coropq::result batch = co_await rows.next_batch();
                    if (batch.empty())
                        break;
                    count += batch.size();
                }
                EXPECT_EQ(count, 100u);
                ++served;
            }
            stop = true;
        };
        for (int i = 0; i != 50; ++i)
            spawn(flow());
        spawn(exclusive());
        drain(context);
        EXPECT_EQ(served, 20);
        EXPECT_GT(answered, 50);
        expect_idle(engine);
    }
    EXPECT_EQ(count_seen(), "40");
}

// While exclusive users keep coming, statements are answered.
TEST_F(multiplexing_choice, statements_are_answered_while_exclusive_users_keep_coming) {
    const coropq::engine engine = make_open(2);
    bool stop = false;
    std::size_t held = 0;
    const auto exclusive = [&]() -> asio::awaitable<void> {
        while (!stop) {
            const coropq::connection mine = co_await engine.connect();
            ++held;
            co_await mine.execute("select 1");
        }
    };
    const auto statements = [&]() -> asio::awaitable<void> {
        for (int i = 0; i != 200; ++i) {
            const coropq::result answer = co_await engine.execute("select $1::int", i);
            EXPECT_EQ(answer[0][0].as<int>(), i);
        }
        stop = true;
    };
    for (int i = 0; i != 20; ++i)
        spawn(exclusive());
    spawn(statements());
    drain(context);
    EXPECT_GT(held, 10u);
    expect_idle(engine);
}

// Who has a connection to itself shares it with nobody.
TEST_F(multiplexing_choice, exclusive_means_alone) {
    const coropq::engine engine = make_open(2);
    int answered = 0;
    int rolled_back = 0;
    const auto flow = [&]() -> asio::awaitable<void> {
        for (int i = 0; i != 50; ++i) {
            const auto mark =
                co_await engine.fetch_value<std::string>("select coalesce(current_setting('my.own', true), '')");
            EXPECT_EQ(mark, "");
            ++answered;
        }
    };
    const auto exclusive = [&]() -> asio::awaitable<void> {
        for (int i = 0; i != 20; ++i) {
            coropq::transaction tx = co_await engine.begin();
            co_await tx.execute("set local my.own = 'taken'");
            co_await tx.execute("insert into seen (id) values (1)");
            EXPECT_EQ(co_await tx.fetch_value<std::string>("select current_setting('my.own')"), "taken");
            co_await tx.rollback();
            ++rolled_back;
        }
    };
    for (int i = 0; i != 50; ++i)
        spawn(flow());
    for (int i = 0; i != 5; ++i)
        spawn(exclusive());
    drain(context);
    EXPECT_EQ(answered, 2500);
    EXPECT_EQ(rolled_back, 100);
    EXPECT_EQ(count_seen(), "0");
    expect_idle(engine);
}

// Thousand point selects over four open connections, each round trip 20 ms long.
TEST_F(multiplexing_choice, a_thousand_statements_take_few_round_trips) {
    cluster().query("create table points (id int primary key, name text); "
                    "insert into points select n, 'name ' || n from generate_series(1, 1000) n; "
                    "analyze points; grant all on points to public",
                    database.name());
    const coropq::engine engine = make_open(4);
    for (const bool first : {true, false}) {
        proxy.delay(direction::to_server, 10ms);
        proxy.delay(direction::to_client, 10ms);
        proxy.reset_counters();
        all.clear();
        const auto begin = clock::now();
        for (int i = 0; i != 1000; ++i)
            send(engine, coropq::statement("select id, name from points where id = $1", i + 1));
        drain(context);
        const auto took = std::chrono::duration<double, std::milli>(clock::now() - begin).count();
        std::cout << (first ? "unprepared: " : "prepared: ") << took << " ms, " << took / 20 << " round trips' time, "
                  << proxy.round_trips() << " counted over all connections\n";
        proxy.delay(direction::to_server, 0ms);
        proxy.delay(direction::to_client, 0ms);
        for (int i = 0; i != 1000; ++i) {
            ASSERT_EQ(all[static_cast<std::size_t>(i)]->code, error_code());
            EXPECT_EQ(all[static_cast<std::size_t>(i)]->output[0][0].as<int>(), i + 1);
        }
        EXPECT_LT(proxy.round_trips(), 500u) << "one after the other";
    }
}

} // namespace
