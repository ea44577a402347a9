// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Set-up statements of a connection, which travel in front of its first statement.

#include "interruption_support.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;

const std::string work_memory = "set work_mem = '1234kB'";
const std::string held_up = "select pg_advisory_xact_lock_shared(4711) /* set-up */";

struct on_connect : testing::Test {
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    std::optional<coropq::connection> conn{std::in_place, context};
    std::optional<coropq::connection> holder;
    temporary_database database = cluster().create_database();

    ~on_connect() override {
        conn.reset();
        holder.reset();
        drain(context);
        proxy.reset();
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    void connect(std::vector<std::string> setup, coropq::statement_options options = {}) {
        conn.emplace(context);
        coropq::connect_options how;
        how.on_connect(std::move(setup)).statements(options);
        const coropq::url address =
            address_of(plain_url().host("127.0.0.1").port(proxy.port()).database(database.name()));
        run(context, conn->connect(address, how));
        proxy.reset_counters();
    }
    coropq::result operator()(std::string_view sql) { return run(context, conn->execute(sql)); }
    std::string value(std::string_view sql) { return (*this)(sql)[0][0].text(); }
    std::string ask(std::string_view sql) { return cluster().query_value(std::string(sql), database.name()); }
    // What `held_up` waits for in the meantime.
    void hold_up() {
        holder.emplace(context);
        run(context, holder->connect(plain_address(database)));
        run(context, holder->execute("select pg_advisory_lock(4711)"));
    }
    void let_go() { run(context, holder->close()); }
    void expect_set_up() { EXPECT_EQ(simple_value(context, *conn, "show work_mem"), "1234kB"); }
};

TEST_F(on_connect, is_in_effect_for_the_first_statement_in_the_same_round_trip) {
    for (const char* first : {"select current_setting('work_mem')", "show work_mem"}) {
        connect({work_memory});
        EXPECT_EQ(value(first), "1234kB");
        EXPECT_EQ(proxy.round_trips(), 1u);
        EXPECT_EQ(value(first), "1234kB");
        EXPECT_EQ(proxy.round_trips(), 2u);
    }
    connect({work_memory});
    const coropq::statement unprepared = coropq::statement("select current_setting('work_mem')").prepare(false);
    EXPECT_EQ(run(context, conn->execute(unprepared))[0][0].text(), "1234kB");
}

TEST_F(on_connect, statements_run_once_and_in_their_order) {
    ask("create table log (n int, at serial); grant all on all tables in schema public to public; "
        "grant all on all sequences in schema public to public");
    connect({"insert into log values (1)", "select 1, 2", "insert into log values (2)", "", "set work_mem = '2MB'",
             "set work_mem = '3MB'"});
    EXPECT_EQ(value("show work_mem"), "3MB");
    (*this)("select 1");
    (*this)("select 1");
    EXPECT_EQ(ask("select array_agg(n order by at) from log"), "{1,2}");
}

TEST_F(on_connect, an_empty_list_costs_nothing) {
    connect({});
    EXPECT_EQ(value("select 1"), "1");
    const std::size_t bytes = proxy.bytes(direction::to_server);
    conn.emplace(context);
    run(context, conn->connect(address_of(plain_url().host("127.0.0.1").port(proxy.port()).database(database.name()))));
    proxy.reset_counters();
    EXPECT_EQ(value("select 1"), "1");
    EXPECT_EQ(proxy.bytes(direction::to_server), bytes);
}

TEST_F(on_connect, survives_an_error_of_the_first_statement) {
    for (const char* first : {"select 1 / 0", "selekt", "drop table absent", "set work_mem = 'x'"}) {
        for (const bool simple : {false, true}) {
            connect({work_memory});
            failure_of<coropq::server_error>(context, conn->execute(coropq::statement(first).simple_protocol(simple)));
            expect_set_up();
        }
    }
}

TEST_F(on_connect, a_failure_is_told_closes_the_connection_and_nothing_has_run) {
    ask("create table t (a int); grant all on t to public");
    struct shape {
        const char* name;
        coropq::statement first;
    };
    const coropq::statement insert("insert into t values (1)");
    const std::vector<shape> shapes = {
        {"prepared", insert},
        {"not prepared", coropq::statement(insert).prepare(false)},
        {"simple", coropq::statement(insert).simple_protocol(true)},
        {"script", coropq::statement("insert into t values (1); insert into t values (2)").simple_protocol(true)},
        {"begin", coropq::statement("begin")},
        {"vacuum", coropq::statement("vacuum t")},
        {"empty", coropq::statement("")},
    };
    for (const char* bad : {"set no_such_setting = 1", "selekt", "set work_mem = 1; set work_mem = 2", "vacuum"}) {
        for (const shape& one : shapes) {
            SCOPED_TRACE(std::string(bad) + " in front of " + one.name);
            connect({work_memory, bad, "set work_mem = '3MB'"});
            const auto failure = failure_of<coropq::server_error>(context, conn->execute(one.first));
            EXPECT_TRUE(contains(failure.what(), bad)) << failure.what();
            EXPECT_TRUE(contains(failure.what(), "on_connect")) << failure.what();
            EXPECT_FALSE(contains(failure.what(), "insert into t")) << failure.what();
            EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
            EXPECT_EQ(ask("select count(*) from t"), "0");
        }
    }
}

TEST_F(on_connect, a_failure_in_front_of_a_stream) {
    connect({"set no_such_setting = 1"});
    const auto failure = failure_of<coropq::server_error>(context, conn->stream_rows(coropq::statement("select 1")));
    EXPECT_TRUE(contains(failure.what(), "no_such_setting = 1")) << failure.what();
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
}

TEST_F(on_connect, a_failure_for_everybody_who_connects_again) {
    connect({"set no_such_setting = 1"});
    failure_of<coropq::server_error>(context, conn->execute("select 1"));
    connect({work_memory});
    EXPECT_EQ(value("show work_mem"), "1234kB"); // nothing of the failure is left
    run(context, conn->close());
    coropq::connect_options how;
    how.on_connect({"set work_mem = '3MB'"});
    run(context, conn->connect(address_through(proxy), how));
    EXPECT_EQ(value("show work_mem"), "3MB");
    run(context, conn->close());
    run(context, conn->connect(address_through(proxy)));
    EXPECT_NE(value("show work_mem"), "3MB");
}

TEST_F(on_connect, a_copy_as_set_up_is_an_error) {
    connect({"copy (select 1) to stdout"});
    failure_of<coropq::connection_error>(context, conn->execute("select 1"));
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
}

TEST_F(on_connect, in_front_of_a_stream) {
    for (const auto strategy : {coropq::stream_strategy::rows, coropq::stream_strategy::cursor}) {
        for (const bool simple : {false, true}) {
            connect({work_memory});
            auto rows =
                run(context,
                    conn->stream_rows(coropq::statement("select current_setting('work_mem')").simple_protocol(simple),
                                      {.strategy = strategy}));
            EXPECT_EQ(run(context, rows.next_batch())[0][0].text(), "1234kB");
            EXPECT_TRUE(run(context, rows.next_batch()).empty());
            expect_set_up();
        }
    }
}

TEST_F(on_connect, with_the_simple_protocol) {
    connect({work_memory, "set application_name = 'two'"}, coropq::statement_options().simple_protocol(true));
    EXPECT_EQ(value("show work_mem"), "1234kB");
    EXPECT_EQ(value("show application_name"), "two");
    failure_of<coropq::server_error>(context, conn->execute("select 1 / 0"));
    expect_set_up();
    connect({work_memory}, coropq::statement_options().simple_protocol(true));
    failure_of<coropq::server_error>(context, conn->execute("select 1 / 0"));
    expect_set_up();
    connect({work_memory, "selekt"}, coropq::statement_options().simple_protocol(true));
    failure_of<coropq::server_error>(context, conn->execute("select 1"));
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
}

TEST_F(on_connect, in_front_of_a_script) {
    connect({work_memory});
    const auto results = run(context, conn->execute_script("create temp table t (a int); show work_mem"));
    EXPECT_EQ(results.back()[0][0].text(), "1234kB");
    connect({work_memory});
    failure_of<coropq::server_error>(context, conn->execute_script("create temp table t (a int); select 1 / 0"));
    expect_set_up();
}

TEST_F(on_connect, in_front_of_statements_that_run_alone) {
    ask("create table t (a int); alter table t owner to " + cluster().app_user());
    connect({work_memory});
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("copy t to stdout")).code(), errc::unsupported);
    expect_set_up();
    for (const char* first :
         {"vacuum t", "vacuum (analyze) t", "begin", "create index concurrently on t (a)", "discard plans", "",
          "do $$ begin commit; end $$", "start transaction read only", "listen x", "set local work_mem = '9MB'"}) {
        SCOPED_TRACE(first);
        connect({work_memory});
        (*this)(first);
        expect_set_up();
        if (first == std::string("begin")) {
            (*this)("select 1");
            (*this)("rollback");
        }
        connect({work_memory});
        run(context, conn->execute(coropq::statement(first).prepare(false)));
        expect_set_up();
    }
    connect({work_memory});
    run(context, conn->ping());
    EXPECT_EQ(proxy.round_trips(), 1u);
    expect_set_up();
}

TEST_F(on_connect, in_front_of_create_database) {
    ask("alter role " + cluster().app_user() + " createdb");
    connect({work_memory});
    (*this)("create database made_first");
    expect_set_up();
    cluster().query("drop database made_first");
    ask("alter role " + cluster().app_user() + " nocreatedb");
}

TEST_F(on_connect, a_transaction_that_it_leaves_open_is_not_the_users) {
    connect({work_memory, "savepoint s"});
    EXPECT_EQ(value("show work_mem"), "1234kB");
    (*this)("begin");
    (*this)("rollback");
    expect_set_up();
}

TEST_F(on_connect, holds_for_looking_types_up) {
    ask("create schema elsewhere; create type elsewhere.mood as enum ('sad', 'happy'); "
        "create table elsewhere.people (feels elsewhere.mood); "
        "grant usage on schema elsewhere to public; grant all on elsewhere.people to public");
    for (const bool simple : {false, true}) {
        connect({"set search_path = elsewhere"}, coropq::statement_options().simple_protocol(simple));
        EXPECT_EQ((*this)("select 'happy'::mood")[0][0].text(), "happy");
        const auto feels = (*this)("select feels from people");
        EXPECT_EQ(feels.size(), 0u);
    }
}

TEST_F(on_connect, holds_for_looking_up_the_types_of_parameters) {
    ask("create schema elsewhere; create extension hstore schema elsewhere; "
        "grant usage on schema elsewhere to public");
    const coropq::hstore parameter{{"a", "found"}};
    for (const bool simple : {false, true}) {
        connect({work_memory, "set search_path = elsewhere"}, coropq::statement_options().simple_protocol(simple));
        EXPECT_EQ(run(context, conn->execute("select $1 -> 'a'", parameter))[0][0].text(), "found");
        expect_set_up();
    }
    connect({"set no_such_setting = 1"});
    const auto failure = failure_of<coropq::server_error>(context, conn->execute("select $1 -> 'a'", parameter));
    EXPECT_TRUE(contains(failure.what(), "on_connect")) << failure.what();
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
}

TEST_F(on_connect, survives_the_cancellation_of_the_first_statement) {
    for (const bool simple : {false, true}) {
        connect({work_memory}, coropq::statement_options().simple_protocol(simple));
        pending_operation operation;
        operation.execute(*conn, sleeper("first of all"));
        ASSERT_TRUE(run_until_active(context, "first of all"));
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        expect_set_up();
    }
}

TEST_F(on_connect, survives_a_cancellation_that_hits_itself) {
    for (const bool simple : {false, true}) {
        for (const bool streaming : {false, true}) {
            connect({work_memory, held_up}, coropq::statement_options().simple_protocol(simple));
            hold_up();
            pending_operation operation;
            if (streaming)
                operation.start_rows(*conn, "select 1");
            else
                operation.execute(*conn, "select 1");
            ASSERT_TRUE(run_until_active(context, "/* set-up */"));
            EXPECT_EQ(operation.cancel_and_finish(context), aborted);
            let_go();
            // A session without its settings isn't the one that was asked for.
            EXPECT_EQ(value("show work_mem"), "1234kB");
            expect_set_up();
        }
    }
}

TEST_F(on_connect, survives_a_time_limit_that_hits_itself) {
    connect({work_memory, held_up}, coropq::statement_options().server_timeout(true));
    hold_up();
    const auto failure =
        failure_of<coropq::timeout_error>(context, conn->execute(coropq::statement("select 1").timeout(50ms)));
    EXPECT_EQ(failure.code(), errc::timeout);
    let_go();
    expect_set_up();
}

TEST_F(on_connect, survives_a_cancellation_at_every_point) {
    for (const bool simple : {false, true}) {
        for (int steps = 0;; ++steps) {
            SCOPED_TRACE(steps);
            ASSERT_LT(steps, 1000);
            connect({work_memory, "select pg_sleep(0.001)"}, coropq::statement_options().simple_protocol(simple));
            pending_operation operation;
            operation.execute(*conn, "select pg_sleep(0.001)");
            context.restart();
            for (int i = 0; i != steps && !operation.ended(); ++i)
                ASSERT_EQ(context.run_one_for(20s), 1u);
            const bool had_ended = operation.ended();
            operation.cancel_and_finish(context);
            expect_set_up();
            if (had_ended || HasFailure())
                break;
        }
    }
}

TEST_F(on_connect, together_with_a_time_limit_that_the_server_is_told) {
    connect({work_memory}, coropq::statement_options().server_timeout(true).timeout(55s));
    EXPECT_EQ(value("select current_setting('work_mem') || current_setting('statement_timeout')"), "1234kB55s");
    EXPECT_EQ(proxy.round_trips(), 1u);
    connect({work_memory}, coropq::statement_options().server_timeout(true).timeout(55s));
    failure_of<coropq::server_error>(context, conn->execute("select 1 / 0"));
    EXPECT_EQ(value("show statement_timeout"), "55s");
    expect_set_up();
}

} // namespace
