// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Nothing is lost, run twice or shown because of what the library does by itself: look-ups of types, preparing,
// cancelling, cleaning up.

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace safety {

BOOST_DEFINE_ENUM_CLASS(shade, light, dark)

struct place {
    int x = 0;
    int y = 0;
};
BOOST_DESCRIBE_STRUCT(place, (), (x, y))

} // namespace safety

namespace {

using namespace coropq::test;
using namespace safety;
namespace asio = boost::asio;

class statement_safety : public testing::Test {
protected:
    statement_safety() : database(cluster().create_database()), connection(context), other(context) {
        run(context, connection.connect(plain_address(database)));
        run(context, other.connect(plain_address(database)));
        run(context, other.execute_script("create type shade as enum ('light', 'dark'); create table t (i int);"
                                          "create type place as (x int, y int)"));
    }

    std::int64_t stored() { return run(context, other.fetch_value<std::int64_t>("select count(*) from t")); }

    temporary_database database;
    asio::io_context context;
    coropq::connection connection;
    coropq::connection other;
};

TEST_F(statement_safety, a_failing_lookup_of_types_leaves_the_transaction_alone) {
    cluster().query("revoke select on pg_catalog.pg_range from public", database.name());
    run(context, connection.execute_script("begin; insert into t values (1)"));
    const coropq::result rows = run(context, connection.execute("select 'dark'::shade as s"));
    EXPECT_EQ(rows[0]["s"].as<std::string>(), "dark");
    EXPECT_EQ(run(context, connection.execute("commit")).command_tag(), "COMMIT");
    EXPECT_EQ(stored(), 1);
    // A refusal isn't remembered for ever.
    cluster().query("grant select on pg_catalog.pg_range to public", database.name());
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // no time limit: the pause between look-ups
    EXPECT_EQ(run(context, connection.fetch_value<shade>("select 'dark'::shade")), shade::dark);
}

TEST_F(statement_safety, a_lookup_within_a_transaction_is_part_of_nothing) {
    run(context, connection.execute_script("begin; insert into t values (1)"));
    EXPECT_EQ(run(context, connection.fetch_value<shade>("select 'dark'::shade")), shade::dark);
    EXPECT_EQ(run(context, connection.execute("commit")).command_tag(), "COMMIT");
    EXPECT_EQ(stored(), 1);
}

TEST_F(statement_safety, a_commit_that_was_a_rollback_is_an_error) {
    run(context, connection.execute_script("begin; insert into t values (1)"));
    failure_of<coropq::server_error>(context, connection.execute("select 1 / 0"));
    const auto problem = failure_of<coropq::server_error>(context, connection.execute("commit"));
    EXPECT_EQ(problem.code(), coropq::sqlstate::in_failed_sql_transaction);
    EXPECT_EQ(run(context, connection.fetch_value<int>("select 7")), 7);
    run(context, connection.execute("begin"));
    failure_of<coropq::server_error>(context, connection.execute("select 1 / 0"));
    EXPECT_EQ(run(context, connection.execute("rollback")).command_tag(), "ROLLBACK");
}

TEST_F(statement_safety, leaving_a_stream_keeps_the_transaction) {
    run(context, connection.execute_script("begin; insert into t values (1)"));
    {
        auto rows = run(context, connection.stream<int>("select generate_series(1, 200000)", {.batch = 10}));
        EXPECT_EQ(run(context, rows.next()), 1);
        run(context, rows.close());
    }
    EXPECT_EQ(run(context, connection.execute("commit")).command_tag(), "COMMIT");
    EXPECT_EQ(stored(), 1);
}

TEST_F(statement_safety, a_script_is_not_streamed) {
    coropq::statement script("begin; insert into t values (1); commit; select 1");
    script.simple_protocol(true);
    const auto problem = failure_of<coropq::error>(context, connection.stream_rows(script));
    EXPECT_EQ(problem.code(), coropq::errc::unsupported);
    EXPECT_EQ(stored(), 0);
    EXPECT_EQ(run(context, connection.fetch_value<int>("select 7")), 7);
}

TEST_F(statement_safety, names_of_prepared_statements_belong_to_one_session) {
    const std::string names = "select name from pg_prepared_statements where name like 'coropq%' order by name";
    const auto mine = run(context, connection.fetch<std::string>(coropq::statement(names)));
    const auto theirs = run(context, other.fetch<std::string>(coropq::statement(names)));
    ASSERT_FALSE(mine.empty());
    ASSERT_FALSE(theirs.empty());
    EXPECT_NE(mine.back().substr(0, 20), theirs.back().substr(0, 20));
}

TEST_F(statement_safety, a_composite_type_that_was_made_anew_is_not_read_as_the_old_one) {
    const std::string question = "select row(1, 2)::place";
    EXPECT_EQ(run(context, connection.fetch_value<place>(question)).y, 2);
    run(context, other.execute_script("alter type place drop attribute y; alter type place add attribute y text"));
    EXPECT_ANY_THROW(run(context, connection.fetch_value<place>(question)));
    EXPECT_ANY_THROW(run(context, connection.fetch_value<place>(question)));
}

TEST_F(statement_safety, rows_in_messages_show_no_values_whatever_the_settings) {
    run(context, connection.execute_script("set bytea_output = 'escape'; set datestyle = 'German';"
                                           "create temp table s (i int check (i > 0), b bytea, d date, j jsonb)"));
    const std::vector<std::byte> secret = {std::byte('s'), std::byte('3'), std::byte('c'), std::byte('r'),
                                           std::byte('t')};
    const auto day = coropq::date(std::chrono::year(1979) / 3 / 17);
    const auto problem = failure_of<coropq::server_error>(
        context, connection.execute("insert into s values ($1, $2, $3, $4)", -1, secret, day, "{\"pin\":1234}"));
    for (const char* piece : {"s3crt", "1979", "1234", "-1"})
        EXPECT_EQ(std::string(problem.what()).find(piece), std::string::npos) << problem.what();
    EXPECT_NE(std::string(problem.what()).find("(***)"), std::string::npos) << problem.what();
    const auto raised = failure_of<coropq::server_error>(
        context, connection.execute("select pg_catalog.jsonb_object_field('{}'::jsonb, 'a') / $1::numeric", 1234));
    EXPECT_EQ(std::string(raised.what()).find("1234"), std::string::npos) << raised.what();
}

// Cancellation of every type, at every time: what the stream began, it ends.
asio::awaitable<void> open_cursor(coropq::connection& on) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    auto rows = co_await on.stream<int>("select generate_series(1, 10)",
                                        {.batch = 2, .strategy = coropq::stream_strategy::cursor});
    while (co_await rows.next()) {
    }
}

TEST_F(statement_safety, a_cancelled_cursor_leaves_no_transaction_behind) {
    for (int steps = 0; steps != 60; ++steps) {
        asio::cancellation_signal cancel;
        bool ended = false;
        context.restart();
        asio::co_spawn(context, open_cursor(connection),
                       asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr&) { ended = true; }));
        for (int i = 0; i != steps && !ended; ++i)
            context.run_one_for(std::chrono::milliseconds(50));
        cancel.emit(asio::cancellation_type::total);
        for (int i = 0; i != 1000 && !ended; ++i)
            context.run_one_for(std::chrono::milliseconds(50));
        ASSERT_TRUE(ended);
        // What is stored now is stored at once.
        run(context, connection.execute("insert into t values ($1)", steps));
        ASSERT_EQ(stored(), steps + 1) << "cancelled after " << steps << " steps";
    }
}

} // namespace
