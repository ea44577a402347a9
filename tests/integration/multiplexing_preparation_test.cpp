// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Prepared statements, types and settings on connections that many coroutines share.

#include "multiplexing_support.hpp"

#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

struct multiplexing_preparation : multiplexing_fixture {
    void expect_all_well(std::source_location where = std::source_location::current()) {
        for (const auto& each : all) {
            ASSERT_TRUE(each->code) << "line " << where.line();
            EXPECT_EQ(*each->code, error_code()) << "line " << where.line() << ": " << each->details;
        }
    }
};

TEST_F(multiplexing_preparation, is_shared) {
    const coropq::engine engine = make_open(2);
    for (int i = 0; i != 1000; ++i)
        send(engine, coropq::statement("select $1::int + 1", i));
    drain(context);
    expect_all_well();
    // Once on each connection, whoever asks.
    for (int i = 0; i != 2; ++i) {
        const auto count =
            run(context, engine.fetch_value<std::int64_t>(
                             "select count(*) from pg_prepared_statements where statement = $1", "select $1::int + 1"));
        EXPECT_EQ(count, 1);
    }
}

// The first use of a text costs no round trip more than the others, on a connection that is shared or not.
TEST_F(multiplexing_preparation, costs_no_round_trip) {
    const coropq::engine engine = make_open(1);
    for (int round = 0; round != 3; ++round) {
        database_gate closed(context, database);
        all.clear();
        send(engine, coropq::statement(database_gate::statement("blocker")));
        EXPECT_TRUE(run_until_active(context, "blocker"));
        proxy.reset_counters();
        for (int i = 0; i != 15; ++i)
            send(engine, coropq::statement("select $1::int + " + std::to_string(100 * round + i % 3), i));
        EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 16 && proxy.bytes(direction::to_server) > 0; }));
        EXPECT_EQ(proxy.bytes(direction::to_client), 0u); // sent without an answer to anything
        closed.open();
        drain(context);
        expect_all_well();
        EXPECT_LE(proxy.round_trips(), 2u);
        for (int i = 0; i != 15; ++i)
            EXPECT_EQ(all[static_cast<std::size_t>(i) + 1]->output[0][0].as<int>(), 100 * round + i % 3 + i);
    }
}

// Somebody throws them away in the middle of everything: within a statement that is shared, where the library can't see
// it, or openly.
TEST_F(multiplexing_preparation, is_done_again_when_somebody_deallocates) {
    cluster().query("create function forget() returns int language plpgsql as "
                    "$$ begin execute 'deallocate all'; return 1; end $$",
                    database.name());
    const coropq::engine engine = make_open(2);
    for (int i = 0; i != 2000; ++i) {
        send(engine, coropq::statement("insert into seen (id) values ($1) returning id", i));
        if (i % 50 == 10)
            send(engine, coropq::statement("select forget()"));
        if (i % 200 == 20)
            send(engine, coropq::statement("deallocate all"));
        if (i % 200 == 120)
            send(engine, coropq::statement("discard all"));
        if (i % 200 == 170)
            send(engine, coropq::statement("discard plans"));
    }
    drain(context);
    expect_all_well();
    EXPECT_EQ(count_seen(), "2000");
    EXPECT_EQ(cluster().query_value("select count(distinct id) from seen", database.name()), "2000");
    expect_idle(engine);
}

TEST_F(multiplexing_preparation, is_done_again_on_a_connection_that_was_reset) {
    const coropq::engine engine = make_open(2, pool_options().reset(coropq::reset_policy::discard_all));
    for (int round = 0; round != 20; ++round) {
        for (int i = 0; i != 100; ++i)
            send(engine, coropq::statement("select $1::int, 'again'", i));
        get(engine);
        for (int i = 0; i != 100; ++i)
            send(engine, coropq::statement("select $1::int, 'again'", i));
    }
    drain(context);
    expect_all_well();
    expect_idle(engine);
}

// What a prepared statement gives changes under it: everybody gets rows of before or of after.
TEST_F(multiplexing_preparation, is_done_again_when_a_table_changes) {
    cluster().query("create table shape (id int); insert into shape values (1); grant all on shape to public",
                    database.name());
    const coropq::engine engine = make_open(2);
    std::size_t columns = 1;
    for (int round = 0; round != 10; ++round) {
        const std::size_t first = all.size();
        for (int i = 0; i != 200; ++i) {
            send(engine, coropq::statement("select * from shape"));
            send(engine, coropq::statement("select $1::int", i));
            if (i == 100) {
                context.restart();
                context.poll(); // some are on their way
                cluster().query("alter table shape add c" + std::to_string(round) + " text default 'x'",
                                database.name());
            }
        }
        drain(context);
        expect_all_well();
        for (std::size_t i = first; i != all.size(); ++i) {
            const std::size_t found = all[i]->output.column_count();
            if (i % 2 == 1)
                EXPECT_EQ(all[i]->output[0][0].as<std::size_t>(), (i - first) / 2);
            else
                EXPECT_TRUE(found == columns || found == columns + 1) << found << " of " << columns;
        }
        ++columns;
        EXPECT_EQ(run(context, engine.execute("select * from shape")).column_count(), columns);
    }
    expect_idle(engine);
}

// The type of a column changes: nobody reads the bytes of one as the other.
TEST_F(multiplexing_preparation, is_done_again_when_a_type_changes) {
    cluster().query("create table shape (v int); insert into shape values (7); grant all on shape to public",
                    database.name());
    const coropq::engine engine = make_open(1);
    for (const std::string type : {"bigint", "text", "int", "float8", "int"}) {
        for (int i = 0; i != 100; ++i)
            send(engine, coropq::statement("select v from shape"));
        run_until([&] { return !ended.empty(); });
        cluster().query("alter table shape alter v type " + type + " using v::" + type, database.name());
        for (int i = 0; i != 100; ++i)
            send(engine, coropq::statement("select v from shape"));
        drain(context);
    }
    expect_all_well();
    for (const auto& each : all)
        EXPECT_EQ(each->output[0][0].as<std::string>(), "7");
    expect_idle(engine);
}

// A statement that was refused with a stale plan had done nothing: run again, it does what it does once.
TEST_F(multiplexing_preparation, nothing_is_done_twice) {
    const coropq::engine engine = make_open(2);
    int inserted = 0;
    for (int round = 0; round != 8; ++round) {
        for (int i = 0; i != 150; ++i, ++inserted)
            send(engine, coropq::statement("insert into seen (id) values ($1) returning *", inserted));
        context.restart();
        context.poll();
        cluster().query("alter table seen add extra" + std::to_string(round) + " int", database.name());
        for (int i = 0; i != 150; ++i, ++inserted)
            send(engine, coropq::statement("insert into seen (id) values ($1) returning *", inserted));
        drain(context);
    }
    expect_all_well();
    EXPECT_EQ(count_seen(), std::to_string(inserted));
    EXPECT_EQ(cluster().query_value("select count(distinct id) from seen", database.name()), std::to_string(inserted));
}

TEST_F(multiplexing_preparation, tells_the_types_of_parameters_apart) {
    const coropq::engine engine = make_open(2);
    for (int i = 0; i != 300; ++i) {
        send(engine, coropq::statement("select pg_typeof($1)::text, $1", i));
        send(engine, coropq::statement("select pg_typeof($1)::text, $1", static_cast<std::int64_t>(i)));
        send(engine, coropq::statement("select pg_typeof($1)::text, $1", i / 2.0));
        send(engine, coropq::statement("select pg_typeof($1)::text, $1", i % 2 == 0));
    }
    drain(context);
    expect_all_well();
    const std::vector<std::string> types{"integer", "bigint", "double precision", "boolean"};
    for (std::size_t i = 0; i != all.size(); ++i)
        EXPECT_EQ(all[i]->output[0][0].as<std::string>(), types[i % 4]);
    EXPECT_EQ(all[1197]->output[0][1].as<int>(), 299);
}

TEST_F(multiplexing_preparation, few_are_kept) {
    for (const std::size_t kept : {0u, 1u, 2u, 7u}) {
        const coropq::engine engine = make_open(
            1, {}, coropq::connect_options().statements(coropq::statement_options().prepared_statements(kept)));
        all.clear();
        for (int i = 0; i != 1500; ++i)
            send(engine, coropq::statement("select $1::int + " + std::to_string(i * i % 19), i));
        drain(context);
        expect_all_well();
        for (int i = 0; i != 1500; ++i)
            EXPECT_EQ(all[static_cast<std::size_t>(i)]->output[0][0].as<int>(), i + i * i % 19);
        const auto count =
            run(context, engine.fetch_value<std::int64_t>("select count(*) from pg_prepared_statements"));
        EXPECT_LE(count, static_cast<std::int64_t>(kept) + 1);
        expect_idle(engine);
    }
}

// Types that the library meets for the first time, by everybody at once.
TEST_F(multiplexing_preparation, types_of_the_database_are_looked_up) {
    cluster().query("create type mood as enum ('sad', 'happy'); create type place as (x int, m mood); "
                    "create extension if not exists hstore",
                    database.name());
    for (int round = 0; round != 5; ++round) {
        const coropq::engine engine = make_open(static_cast<std::size_t>(1 + round % 3));
        all.clear();
        for (int i = 0; i != 200; ++i) {
            send(engine, coropq::statement("select 'happy'::mood, $1::int", i));
            send(engine, coropq::statement("select row(7, 'sad')::place, $1::int", i));
            send(engine, coropq::statement("select array['sad', 'happy']::mood[], $1::int", i));
            send(engine, coropq::statement("select 'a=>1'::hstore, $1::int", i));
            send(engine, coropq::statement("select 1, $1::int", i));
        }
        drain(context);
        expect_all_well();
        const std::vector<std::string> texts{"happy", "(7,sad)", "{sad,happy}", "\"a\"=>\"1\"", "1"};
        for (std::size_t i = 0; i != all.size(); ++i) {
            EXPECT_EQ(all[i]->output[0][0].as<std::string>(), texts[i % 5]);
            EXPECT_EQ(all[i]->output[0][1].as<std::size_t>(), i / 5);
        }
        expect_idle(engine);
    }
}

// Text is the same on a connection of one's own and on a shared one, first time or not, whatever the settings are.
TEST_F(multiplexing_preparation, settings_of_the_set_up_dont_change_values) {
    const std::string sql = "select timestamptz '2024-02-03 04:05:06+00', date '2024-02-03', interval '1 day 2 hours', "
                            "1.5::float8, '\\x00ff'::bytea";
    const auto set_up = coropq::connect_options().on_connect(
        {"set datestyle = 'SQL, DMY'", "set intervalstyle = 'postgres_verbose'", "set timezone = 'Asia/Tokyo'",
         "set bytea_output = 'escape'", "set extra_float_digits = -5"});
    const coropq::engine engine = make_open(1, {}, set_up);
    const coropq::result alone = run(context, run(context, engine.connect()).execute(sql));
    for (int i = 0; i != 100; ++i)
        send(engine, coropq::statement(sql));
    drain(context);
    expect_all_well();
    for (const auto& each : all)
        for (std::size_t column = 0; column != 5; ++column)
            EXPECT_EQ(each->output[0][column].as<std::string>(), alone[0][column].as<std::string>());
}

// Each statement has its own limit on the server, also between others.
TEST_F(multiplexing_preparation, the_limit_is_told_to_the_server) {
    const coropq::engine engine =
        make_open(2, {}, coropq::connect_options().statements(coropq::statement_options().server_timeout(true)));
    const std::vector<std::chrono::milliseconds> limits{0ms, 60s, 61s, 0ms, 62s, 62s};
    for (std::size_t i = 0; i != 600; ++i)
        send(engine, coropq::statement("select setting::bigint from pg_settings where name = 'statement_timeout'")
                         .timeout(limits[i % limits.size()]));
    drain(context);
    expect_all_well();
    for (std::size_t i = 0; i != all.size(); ++i) {
        const auto found = all[i]->output[0][0].as<std::int64_t>();
        const auto limit = limits[i % limits.size()].count();
        EXPECT_LE(found, limit);
        EXPECT_EQ(found == 0, limit == 0);
    }
    expect_idle(engine);
}

} // namespace
