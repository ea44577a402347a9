// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What happens when a statement fails, the connection is lost, or somebody loses interest.

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace {

using namespace coropq::test;

struct server_errors : testing::Test {
    asio::io_context context;
    coropq::connection conn{context};

    server_errors() { run(context, conn.connect(plain_address())); }
    ~server_errors() override {
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    template <typename... Arguments>
    coropq::server_error refused(std::string_view sql, const Arguments&... arguments) {
        auto failure = failure_of<coropq::server_error>(context, conn.execute(sql, arguments...));
        // No error leaves anything behind that the next statement would see.
        EXPECT_EQ(run(context, conn.execute("select 7"))[0][0].as<int>(), 7);
        return failure;
    }
    void expect_not_connected() {
        const auto failure = failure_of<coropq::error>(context, conn.execute("select 1"));
        EXPECT_EQ(failure.code(), coropq::errc::not_connected) << failure.what();
    }
    void expect_reconnects() {
        run(context, conn.connect(plain_address()));
        EXPECT_EQ(run(context, conn.execute("select 1")).size(), 1u);
    }
};

TEST_F(server_errors, point_at_the_place) {
    const auto failure = refused("select 1,\n       'äöü', nope\nfrom generate_series(1, 2)");
    EXPECT_EQ(failure.code(), coropq::sqlstate::undefined_column);
    EXPECT_EQ(failure.details().sqlstate(), "42703");
    EXPECT_EQ(failure.details().severity(), "ERROR");
    EXPECT_EQ(failure.details().position(), 25u);
    EXPECT_STREQ(failure.what(), "ERROR: column \"nope\" does not exist [42703]\n"
                                 "statement:        'äöü', nope\n"
                                 "                         ^");
    EXPECT_STREQ(refused("select (").what(), "ERROR: syntax error at end of input [42601]\n"
                                             "statement: select (\n"
                                             "                   ^");
}

TEST_F(server_errors, carry_what_the_server_says) {
    run(context, conn.execute("create temp table parts (id int primary key, name text not null)"));
    run(context, conn.execute("insert into parts values (1, 'one')"));
    const auto twice = refused("insert into parts values (1, 'two')");
    EXPECT_EQ(twice.code(), coropq::sqlstate::unique_violation);
    EXPECT_EQ(twice.details().table_name(), "parts");
    EXPECT_EQ(twice.details().constraint_name(), "parts_pkey");
    EXPECT_TRUE(twice.details().schema_name().starts_with("pg_temp"));
    EXPECT_EQ(twice.details().detail(), "Key (id)=(1) already exists.");
    EXPECT_TRUE(contains(twice.what(), "detail: Key (id)=(1) already exists.")) << twice.what();
    const auto null = refused("insert into parts values (2, null)");
    EXPECT_EQ(null.code(), coropq::sqlstate::not_null_violation);
    EXPECT_EQ(null.details().column_name(), "name");
    const auto hinted = refused("select lenght('x')");
    EXPECT_EQ(hinted.code(), coropq::sqlstate::undefined_function);
    EXPECT_TRUE(contains(hinted.what(), "\nhint: ")) << hinted.what();
    const auto raised = refused("do $$ begin raise exception 'own' using errcode = 'ZZ9Z9'; end $$");
    EXPECT_EQ(coropq::sqlstate_text(raised.code()), "ZZ9Z9");
    EXPECT_TRUE(contains(raised.details().context(), "PL/pgSQL"));
    EXPECT_EQ(refused("select 1/$1::int", 0).code(), coropq::sqlstate::division_by_zero);
}

TEST_F(server_errors, never_repeat_parameters) {
    run(context, conn.execute("create temp table accounts (id text primary key, number int check (number > 0))"));
    const std::string value = "very-secret-value";
    run(context, conn.execute("insert into accounts values ($1, 1)", value));
    for (const auto& failure :
         {refused("insert into accounts values ($1, 1)", value), refused("select $1::int", value),
          refused("insert into accounts values ('x', $1)", -472), refused("select $1::int", "ab cd"),
          refused("select $1::date", value), refused("do $$ begin raise exception 'x'; end $$"),
          refused("select cast($1 as text)::uuid", value), refused("select $1::int2", 70123)}) {
        for (const char* piece : {"secret", "472", "ab cd", "70123"})
            EXPECT_FALSE(contains(failure.what(), piece)) << failure.what();
    }
}

TEST_F(server_errors, wrong_counts_and_types_of_parameters) {
    // Counts are checked before anything is sent.
    tcp_proxy proxy(cluster().port());
    coropq::connection through(context);
    run(context, through.connect(address_through(proxy)));
    proxy.reset_counters();
    const auto refused_here = [&](std::string_view sql, const auto&... arguments) {
        try {
            run(context, through.execute(sql, arguments...));
        } catch (const coropq::option_error& failure) {
            return failure.code() == coropq::errc::invalid_parameter;
        }
        return false;
    };
    EXPECT_TRUE(refused_here("select $1::int"));
    EXPECT_TRUE(refused_here("select $1::int", 1, 2));
    EXPECT_TRUE(refused_here("select 1", 1));
    EXPECT_TRUE(refused_here("select ':a'", coropq::named("a", 1)));
    EXPECT_EQ(proxy.bytes(direction::to_server), 0u);
    run(context, through.ping());
    EXPECT_GT(proxy.bytes(direction::to_server), 0u);
    EXPECT_EQ(refused("select $1::int", "x").code(), coropq::sqlstate::invalid_text_representation);
    EXPECT_EQ(refused("select $1::int2", 100000).code(), coropq::sqlstate::numeric_value_out_of_range);
    // Text has no type unless it stands where one is needed; integers have theirs.
    EXPECT_EQ(refused("select $2::int", "one", 2).code(), coropq::sqlstate::indeterminate_datatype);
    EXPECT_EQ(run(context, conn.execute("select $2::int", 1, 2))[0][0].as<int>(), 2);
}

TEST_F(server_errors, several_statements_are_refused_and_none_runs) {
    run(context, conn.execute("create temp table log (a int)"));
    EXPECT_EQ(refused("insert into log values (1); insert into log values (2)").code(), coropq::sqlstate::syntax_error);
    EXPECT_TRUE(run(context, conn.execute("select * from log")).empty());
    EXPECT_EQ(run(context, conn.execute("insert into log values (1);")).affected_rows(), 1u);
}

TEST_F(server_errors, copy_is_refused_and_ends_without_effect) {
    run(context, conn.execute("create temp table pile as select g from generate_series(1, 100000) g"));
    for (const char* text : {"copy pile from stdin", "copy pile to stdout", "copy (select 1) to stdout"}) {
        const auto failure = failure_of<coropq::error>(context, conn.execute(text));
        EXPECT_EQ(failure.code(), coropq::errc::unsupported) << failure.what();
        EXPECT_TRUE(contains(failure.what(), "COPY")) << failure.what();
        EXPECT_TRUE(contains(failure.what(), "hint: ")) << failure.what();
        EXPECT_EQ(run(context, conn.execute("select count(*) from pile"))[0][0].as<int>(), 100000);
    }
}

TEST_F(server_errors, errors_in_the_middle_of_rows_give_no_rows) {
    const auto failure = refused("select 1 / (50000 - g), repeat('x', 100) from generate_series(1, 100000) g");
    EXPECT_EQ(failure.code(), coropq::sqlstate::division_by_zero);
}

TEST_F(server_errors, a_failed_transaction_stays_the_users) {
    run(context, conn.execute("begin"));
    EXPECT_EQ(failure_of<coropq::server_error>(context, conn.execute("select nope")).code(),
              coropq::sqlstate::undefined_column);
    EXPECT_EQ(failure_of<coropq::server_error>(context, conn.execute("select 1")).code(),
              coropq::sqlstate::in_failed_sql_transaction);
    EXPECT_EQ(run(context, conn.execute("rollback")).command_tag(), "ROLLBACK");
    EXPECT_EQ(run(context, conn.execute("select 1")).size(), 1u);
}

TEST_F(server_errors, a_connection_killed_while_idle) {
    cluster().terminate_backends();
    const auto failure = failure_of<coropq::connection_error>(context, conn.execute("select $1::text", "parameter"));
    EXPECT_EQ(failure.code(), coropq::errc::connection_lost);
    EXPECT_TRUE(contains(failure.what(), "terminating connection due to administrator command")) << failure.what();
    EXPECT_TRUE(contains(failure.what(), "[connection_lost]")) << failure.what();
    EXPECT_EQ(failure.details().sqlstate(), "57P01");
    EXPECT_EQ(failure.details().user(), cluster().app_user());
    EXPECT_EQ(failure.details().database(), cluster().app_database());
    EXPECT_EQ(failure.details().statement(), "select $1::text");
    EXPECT_FALSE(contains(failure.what(), "parameter value"));
    expect_not_connected();
    expect_reconnects();
    cluster().terminate_backends();
    EXPECT_EQ(failure_of<coropq::connection_error>(context, conn.ping()).code(), coropq::errc::connection_lost);
    expect_not_connected();
}

TEST_F(server_errors, a_connection_killed_while_a_statement_runs) {
    std::optional<coropq::error_code> code;
    coropq::diagnostics details;
    coropq::result output;
    conn.async_execute(coropq::statement("select pg_sleep(20) -- killed"), output, details,
                       [&](coropq::error_code how) { code = how; });
    ASSERT_TRUE(run_until_active(context, "killed"));
    cluster().terminate_backends();
    drain(context);
    EXPECT_EQ(code, coropq::errc::connection_lost);
    EXPECT_EQ(details.sqlstate(), "57P01");
    EXPECT_TRUE(contains(details.to_string(), "may or may not have run")) << details;
    expect_not_connected();
    expect_reconnects();
}

TEST_F(server_errors, a_connection_that_breaks_in_the_middle_of_an_answer) {
    tcp_proxy proxy(cluster().port());
    for (const fault what : {fault::cut, fault::reset}) {
        coropq::connection through(context);
        run(context, through.connect(address_through(proxy)));
        proxy.at_byte(direction::to_client, 20000, what);
        const auto failure = failure_of<coropq::connection_error>(
            context, through.execute("select repeat('x', 1000) from generate_series(1, 1000)"));
        EXPECT_EQ(failure.code(), coropq::errc::connection_lost);
        EXPECT_EQ(failure_of<coropq::error>(context, through.ping()).code(), coropq::errc::not_connected);
        proxy.clear_faults();
        EXPECT_TRUE(proxy.wait_for_open_connections(0));
    }
}

// The server notices that nobody listens any more when it next looks at the connection.
TEST_F(server_errors, a_cancelled_statement_leaves_the_connection_usable) {
    const auto watchful = coropq::connect_options().connect_arg("options", "-c client_connection_check_interval=20");
    run(context, conn.close());
    run(context, conn.connect(plain_address(), watchful));
    asio::cancellation_signal stop;
    std::optional<coropq::error_code> code;
    coropq::diagnostics details;
    coropq::result output;
    conn.async_execute(coropq::statement("select pg_sleep(20) -- cancelled"), output, details,
                       asio::bind_cancellation_slot(stop.slot(), [&](coropq::error_code how) { code = how; }));
    ASSERT_TRUE(run_until_active(context, "cancelled"));
    EXPECT_FALSE(code);
    stop.emit(asio::cancellation_type::terminal);
    drain(context);
    EXPECT_EQ(code, asio::error::operation_aborted);
    EXPECT_TRUE(contains(details.to_string(), "cancelled")) << details;
    EXPECT_EQ(run(context, conn.fetch_value<int>("select 8")), 8);
    EXPECT_EQ(
        cluster().query_value("select count(*) from pg_stat_activity where query like '%-- cancelled' and state = "
                              "'active'"),
        "0");
}

TEST_F(server_errors, a_cancelled_upload_and_a_cancelled_download_close_the_connection) {
    tcp_proxy proxy(cluster().port());
    for (const direction way : {direction::to_server, direction::to_client}) {
        coropq::connection through(context);
        run(context, through.connect(address_through(proxy)));
        proxy.stall(way);
        asio::cancellation_signal stop;
        std::optional<coropq::error_code> code;
        coropq::result output;
        through.async_execute(coropq::statement("select $1::text", std::string(20U << 20U, 'x')), output,
                              asio::bind_cancellation_slot(stop.slot(), [&](coropq::error_code how) { code = how; }));
        EXPECT_TRUE(wait_until([&] {
            context.restart();
            context.poll();
            return proxy.bytes(way) > 100000;
        }));
        stop.emit(asio::cancellation_type::terminal);
        drain(context);
        EXPECT_EQ(code, asio::error::operation_aborted);
        EXPECT_EQ(failure_of<coropq::error>(context, through.ping()).code(), coropq::errc::not_connected);
        proxy.release();
    }
}

TEST_F(server_errors, closing_is_idempotent_and_reopens) {
    for (int i = 0; i != 3; ++i) {
        run(context, conn.close());
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
        expect_not_connected();
        expect_reconnects();
    }
}

} // namespace
