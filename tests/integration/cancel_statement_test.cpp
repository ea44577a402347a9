// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that are cancelled: whoever waits is told at once, the server stops, and the connection goes on.

#include "cancel_statement_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

TEST_F(cancelled_statement, ends_on_the_server_and_leaves_the_connection_usable) {
    cancel_while_running(sleeper("first run"), "first run");
    cancel_while_running(sleeper("first run"), "first run"); // whether it was prepared or not
    cancel_while_running(sleeper("not prepared").prepare(false), "not prepared");
    cancel_while_running(sleeper("simple").simple_protocol(true), "simple");
    cancel_while_running(coropq::statement("do $$ begin perform pg_sleep(60); /* in a block */ end $$"), "in a block");
}

TEST_F(cancelled_statement, that_was_prepared_before) {
    const std::string work = "select pg_sleep($1::float8) /* prepared */";
    for (int i = 0; i != 2; ++i)
        run(context, conn->execute(work, 0.0));
    const int prepared = prepared_on_server();
    cancel_while_running(coropq::statement(work, 60.0), "prepared */");
    cancel_while_running(coropq::statement(work, 60.0), "prepared */");
    EXPECT_EQ(prepared_on_server(), prepared);
}

TEST_F(cancelled_statement, before_anything_was_sent) {
    tcp_proxy proxy(cluster().port());
    connect(address_through(proxy), coropq::connect_options().cancel_timeout(20s));
    run(context, conn->execute("create temp table t (a int)"));
    pending_operation earlier;
    earlier.execute(*conn, sleeper("earlier one"));
    ASSERT_TRUE(run_until_active(context, "earlier one"));
    proxy.stall();
    EXPECT_EQ(earlier.cancel_and_finish(context), aborted);
    pending_operation operation; // waits for the end of that
    operation.execute(*conn, "insert into t values (1)");
    context.restart();
    context.poll();
    EXPECT_FALSE(operation.ended());
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    EXPECT_TRUE(contains(operation.details.what(), "before anything was sent")) << operation.details.what();
    EXPECT_TRUE(operation.details.known_not_run());
    proxy.release();
    EXPECT_EQ(simple_value(context, *conn, "select count(*) from t"), "0");
    expect_usable();
    conn.reset();
    drain(context);
}

TEST_F(cancelled_statement, after_it_has_ended) {
    pending_operation operation;
    operation.execute(*conn, "select 1");
    EXPECT_FALSE(operation.finish(context));
    operation.cancel();
    expect_usable();
    EXPECT_EQ(operation.output[0][0].as<int>(), 1);
}

TEST_F(cancelled_statement, while_a_large_parameter_is_sent) {
    tcp_proxy proxy(cluster().port());
    connect(address_through(proxy));
    proxy.stall(direction::to_server);
    pending_operation operation;
    const std::string large(50'000'000, 'x');
    operation.execute(*conn, coropq::statement("select length($1)", large));
    while (!operation.ended() && context.poll() != 0) // as much as fits
        context.restart();
    ASSERT_FALSE(operation.ended());
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    proxy.release();
    expect_usable();
    EXPECT_EQ(run(context, conn->execute("select length($1)", large))[0][0].as<int>(), 50'000'000);
    conn.reset();
    drain(context);
}

TEST_F(cancelled_statement, while_many_rows_are_coming) {
    tcp_proxy proxy(cluster().port());
    connect(address_through(proxy));
    for (const bool simple : {false, true}) {
        proxy.reset_counters();
        pending_operation operation;
        operation.execute(*conn,
                          coropq::statement("select generate_series(1, 100000000), repeat('x', 1000) /* many rows */")
                              .simple_protocol(simple));
        while (proxy.bytes(direction::to_client) < 5'000'000) {
            context.restart();
            ASSERT_NE(context.run_one_for(20s), 0u);
        }
        ASSERT_FALSE(operation.ended());
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        EXPECT_EQ(operation.output.size(), 0u);
        expect_usable();
    }
    conn.reset();
    drain(context);
}

TEST_F(cancelled_statement, in_a_script_stops_the_rest) {
    run(context, conn->execute("create temp table t (a int)"));
    cancel_while_running(
        coropq::statement("insert into t values (1); select pg_sleep(60) /* script */; insert into t values (2)")
            .simple_protocol(true),
        "script");
    EXPECT_EQ(simple_value(context, *conn, "select count(*) from t"), "0"); // one text is one transaction
}

TEST_F(cancelled_statement, in_a_transaction_fails_it) {
    for (const char* protocol : {"extended", "simple"}) {
        const bool simple = std::string(protocol) == "simple";
        run(context, conn->execute("begin"));
        run(context, conn->execute("create temp table t (a int)"));
        pending_operation operation;
        operation.execute(*conn, sleeper("transaction").simple_protocol(simple));
        ASSERT_TRUE(run_until_active(context, "transaction"));
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        const auto failed = failure_of<coropq::server_error>(context, conn->execute("select 1"));
        EXPECT_EQ(failed.code(), coropq::sqlstate::in_failed_sql_transaction);
        run(context, conn->execute("rollback"));
        expect_usable();
        EXPECT_EQ(simple_value(context, *conn, "select to_regclass('pg_temp.t') is null"), "t");
    }
}

TEST_F(cancelled_statement, behind_a_savepoint_of_a_transaction) {
    run(context, conn->execute("begin"));
    run(context, conn->execute("create temp table t (a int) on commit drop"));
    run(context, conn->execute("savepoint s"));
    pending_operation operation;
    operation.execute(*conn, sleeper("savepoint"));
    ASSERT_TRUE(run_until_active(context, "savepoint"));
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    run(context, conn->execute("rollback to savepoint s"));
    EXPECT_EQ(run(context, conn->execute("select count(*) from t"))[0][0].as<int>(), 0);
    run(context, conn->execute("commit"));
    expect_usable();
}

TEST_F(cancelled_statement, many_in_a_row) {
    for (int i = 0; i != 20; ++i) {
        pending_operation first;
        first.execute(*conn, sleeper("in a row"));
        context.restart();
        context.run_for(std::chrono::milliseconds(i));
        EXPECT_EQ(first.cancel_and_finish(context), aborted);
        // This one waits for the end of the first, and is cancelled while it does, or later.
        pending_operation second;
        second.execute(*conn, sleeper("in a row"));
        context.restart();
        context.poll();
        EXPECT_EQ(second.cancel_and_finish(context), aborted);
    }
    expect_usable();
    EXPECT_FALSE(is_active("in a row"));
    EXPECT_LE(prepared_on_server(), 40);
}

TEST_F(cancelled_statement, leaves_no_prepared_statements_behind) {
    connect(patient_address(), coropq::connect_options().cancel_timeout(25s).statements(
                                   coropq::statement_options().prepared_statements(4)));
    for (int i = 0; i != 150; ++i) {
        pending_operation operation;
        operation.execute(*conn, "select pg_sleep(0.001) /* " + std::to_string(i) + " */");
        context.restart();
        context.run_for(std::chrono::microseconds(i * 15));
        operation.cancel_and_finish(context);
        ASSERT_LE(prepared_on_server(), 45);
    }
    run(context, conn->execute("select 1"));
    run(context, conn->execute("select 2"));
    run(context, conn->execute("select 3"));
    EXPECT_LE(prepared_on_server(), 8);
    expect_usable();
}

TEST_F(cancelled_statement, whose_rows_are_being_read) {
    pending_operation start;
    start.start_rows(*conn, "select g, case when g > 100 then pg_sleep(60) end from generate_series(1, 200) g -- rows");
    // The first rows wait in the server's buffer until that is full, or the statement ends.
    ASSERT_TRUE(run_until_active(context, "-- rows"));
    EXPECT_EQ(start.cancel_and_finish(context), aborted);
    expect_usable();
    EXPECT_FALSE(is_active("-- rows"));

    pending_operation wide;
    const std::string text = "select g, repeat('x', 10000), case when g > 100 then pg_sleep(60) end "
                             "from generate_series(1, 200) g -- wide";
    wide.start_rows(*conn, text);
    ASSERT_FALSE(wide.finish(context));
    pending_operation read;
    read.read_rows(*conn, 10);
    ASSERT_FALSE(read.finish(context));
    EXPECT_EQ(read.output.size(), 10u);
    pending_operation rest;
    rest.read_rows(*conn, 1000);
    context.restart();
    context.poll();
    ASSERT_FALSE(rest.ended());
    EXPECT_EQ(rest.cancel_and_finish(context), aborted);
    EXPECT_EQ(rest.output.size(), 0u);
    expect_usable();
    EXPECT_FALSE(is_active("-- wide"));
}

TEST_F(cancelled_statement, ends_through_tls) {
    connect(address_of(cluster().app_url()));
    cancel_while_running(sleeper("encrypted"), "encrypted");
}

TEST_F(cancelled_statement, over_a_slow_network) {
    tcp_proxy proxy(cluster().port());
    proxy.delay(direction::to_server, 15ms);
    proxy.delay(direction::to_client, 15ms);
    connect(address_through(proxy));
    for (int i = 0; i != 12; ++i) {
        pending_operation operation;
        operation.execute(*conn, "select pg_sleep(0.02), $1::int", i);
        context.restart();
        context.run_for(std::chrono::milliseconds(i * 6));
        operation.cancel_and_finish(context);
        expect_usable();
    }
    conn.reset();
    drain(context);
}

} // namespace
