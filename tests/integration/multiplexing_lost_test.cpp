// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A connection is lost with many statements on it: those that were sent fail and may have run, those that weren't are
// served by another one, and nothing runs twice.

#include "multiplexing_support.hpp"

#include <set>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

struct multiplexing_lost : multiplexing_fixture {
    // Every insert that succeeded is there once; those that failed are there at most once. Returns how many failed.
    std::size_t settle(const std::vector<started*>& inserts,
                       std::source_location where = std::source_location::current()) {
        std::set<std::string> once;
        for (const auto& line : cluster().query("select id, count(*) from seen group by id", database.name())) {
            EXPECT_EQ(line[1], "1") << "line " << where.line() << ": insert " << line[0] << " ran twice";
            once.insert(line[0]);
        }
        std::size_t failed = 0;
        for (std::size_t i = 0; i != inserts.size(); ++i) {
            const started& each = *inserts[i];
            if (!each.code) {
                ADD_FAILURE() << "line " << where.line() << ": insert " << i << " didn't end";
            } else if (*each.code == error_code()) {
                EXPECT_TRUE(once.contains(std::to_string(i))) << "line " << where.line() << ": insert " << i;
            } else {
                ++failed;
                EXPECT_EQ(*each.code, coropq::errc::connection_lost) << each.details;
                EXPECT_TRUE(contains(each.details.hint(), "may or may not have run")) << each.details;
                EXPECT_EQ(each.details.statement(), "insert into seen (id) values ($1)");
            }
        }
        return failed;
    }

    std::vector<started*> start_inserts(const coropq::engine& engine, int count) {
        std::vector<started*> inserts;
        for (int i = 0; i != count; ++i)
            inserts.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i)));
        return inserts;
    }

    // Each connection is lost when so much has gone through it.
    void lose_at_byte(direction way, std::size_t byte, fault how) {
        cluster().query("truncate seen", database.name());
        all.clear();
        const coropq::engine engine = make_shared(pool_options().size(2));
        proxy.at_byte(way, byte, how);
        const std::vector<started*> inserts = start_inserts(engine, 600);
        EXPECT_TRUE(run_until([&] { return engine.stats().closed.broken > 0 || ended.size() >= 600; }));
        proxy.clear_faults();
        drain(context);
        settle(inserts);
        ended.clear();
        expect_idle(engine);
    }
};

// One connection with a full pipeline, others waiting: exactly those that were sent fail.
TEST_F(multiplexing_lost, exactly_what_was_sent_fails) {
    const coropq::engine engine = make_open(1);
    database_gate closed(context, database);
    started& first = send(engine, coropq::statement(database_gate::statement("to be killed")));
    EXPECT_TRUE(run_until_active(context, "to be killed"));
    const std::vector<started*> inserts = start_inserts(engine, 100);
    EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 16; }));
    cluster().query(
        "select pg_terminate_backend(pid) from pg_stat_activity where strpos(query, 'to be killed') > 0 and "
        "pid <> pg_backend_pid()");
    drain(context);
    EXPECT_EQ(first.code, coropq::errc::connection_lost);
    EXPECT_EQ(settle(inserts), 15u);
    for (std::size_t i = 0; i != 100; ++i)
        EXPECT_EQ(inserts[i]->code == error_code(), i >= 15) << i;
    EXPECT_EQ(count_seen(), "85");
    expect_idle(engine);
}

TEST_F(multiplexing_lost, backends_are_terminated) {
    const coropq::engine engine = make_open(4);
    const std::vector<started*> inserts = start_inserts(engine, 4000);
    std::size_t failed = 0;
    for (int i = 0; i != 3; ++i) {
        const std::size_t so_far = ended.size();
        EXPECT_TRUE(run_until([&] { return ended.size() > so_far + 50 || ended.size() == 4000; }));
        cluster().terminate_backends(database.name());
    }
    drain(context);
    failed = settle(inserts);
    EXPECT_LE(failed, 3u * 4 * 256);
    expect_idle(engine);
}

TEST_F(multiplexing_lost, by_a_reset) {
    const coropq::engine engine = make_open(3);
    const std::vector<started*> inserts = start_inserts(engine, 3000);
    EXPECT_TRUE(run_until([&] { return ended.size() > 100; }));
    proxy.reset();
    drain(context);
    EXPECT_LE(settle(inserts), 3u * 256);
    expect_idle(engine);
}

TEST_F(multiplexing_lost, in_the_middle_of_an_answer) {
    for (const std::size_t more : {1u, 100u, 1000u, 3000u, 10'000u}) {
        for (const fault how : {fault::cut, fault::reset, fault::half_close})
            lose_at_byte(direction::to_client, 1500 + more, how);
    }
}

TEST_F(multiplexing_lost, in_the_middle_of_a_request) {
    for (const std::size_t more : {1u, 100u, 1000u, 3000u, 10'000u})
        lose_at_byte(direction::to_server, 800 + more, fault::reset);
}

// A link that swallows everything: only limits end the wait, and nothing is tried on another connection.
TEST_F(multiplexing_lost, behind_a_black_hole) {
    const coropq::engine engine = make_open(2);
    proxy.stall();
    std::vector<started*> inserts;
    for (int i = 0; i != 200; ++i)
        inserts.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i).timeout(200ms)));
    EXPECT_TRUE(run_until([&] { return ended.size() == 200; }));
    for (const started* each : inserts)
        EXPECT_EQ(each->code, coropq::errc::timeout) << each->details;
    proxy.reset();
    proxy.release();
    drain(context);
    EXPECT_EQ(cluster().query_value("select count(*) - count(distinct id) from seen", database.name()), "0");
    expect_idle(engine);
}

TEST_F(multiplexing_lost, the_server_is_restarted) {
    // The throwaway server doesn't wait for its disk: after an immediate stop, what it has confirmed may be gone.
    for (int round = 0; round != 2; ++round) {
        cluster().query("truncate seen", database.name());
        all.clear();
        ended.clear();
        const coropq::engine engine = make_open(3);
        const std::vector<started*> inserts = start_inserts(engine, 3000);
        EXPECT_TRUE(run_until([&] { return ended.size() > 100; }));
        cluster().stop(shutdown_mode::fast);
        context.restart();
        context.run_for(100ms);
        cluster().start();
        drain(context);
        std::size_t refused = 0; // those for whom no connection could be opened while the server was away
        std::vector<started*> sent;
        for (started* each : inserts) {
            ASSERT_TRUE(each->code);
            if (*each->code == error_code() || *each->code == coropq::errc::connection_lost)
                continue;
            ++refused;
            EXPECT_FALSE(contains(each->details.hint(), "may or may not have run")) << each->details;
        }
        const auto twice = cluster().query_value("select count(*) - count(distinct id) from seen", database.name());
        EXPECT_EQ(twice, "0");
        for (std::size_t i = 0; i < inserts.size(); i += 50) { // a sample: each is a connection of its own
            if (*inserts[i]->code == error_code()) {
                EXPECT_EQ(count_seen("id = " + std::to_string(i)), "1") << i;
            }
        }
        EXPECT_LE(refused, 3000u);
        expect_idle(engine);
    }
}

// Statements that fail with the loss of others and retried by the caller find working connections.
TEST_F(multiplexing_lost, one_connection_of_several) {
    const coropq::engine engine = make_open(2);
    database_gate closed(context, database);
    started& victim = send(engine, coropq::statement(database_gate::statement("victim")));
    EXPECT_TRUE(run_until_active(context, "victim"));
    int answered = 0;
    int lost = 0;
    const auto ask = [&](int number) -> asio::awaitable<void> {
        for (int i = 0; i != 20; ++i) {
            try {
                const coropq::result answer = co_await engine.execute("select $1::int", number);
                EXPECT_EQ(answer[0][0].as<int>(), number);
                ++answered;
            } catch (const coropq::connection_error& problem) {
                EXPECT_EQ(problem.code(), coropq::errc::connection_lost) << problem.what();
                ++lost;
            }
        }
    };
    for (int i = 0; i != 100; ++i)
        spawn(ask(i));
    EXPECT_TRUE(run_until([&] { return answered > 500; }));
    cluster().query("select pg_terminate_backend(pid) from pg_stat_activity where strpos(query, '-- victim') > 0 and "
                    "pid <> pg_backend_pid()");
    drain(context);
    EXPECT_EQ(victim.code, coropq::errc::connection_lost) << victim.details;
    EXPECT_EQ(answered + lost, 2000);
    EXPECT_LE(lost, 300);
    closed.open();
    expect_idle(engine);
}

} // namespace
