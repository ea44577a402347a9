// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that are cancelled: whoever waits is told at once, the server stops, and the connection goes on.

#include "interruption_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;

// A name for each type, so that none is known from elsewhere.
std::string create_mood(const std::string& name) {
    return "drop type if exists " + name + "; create type " + name + " as enum ('sad', 'happy')";
}

struct cancelled_statement : testing::Test {
    asio::io_context context;
    std::optional<coropq::connection> conn{std::in_place, context};
    int backend = 0;

    cancelled_statement() { connect(patient_address()); }
    ~cancelled_statement() override {
        conn.reset();
        drain(context);
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    void connect(const coropq::url& address, const coropq::connect_options& options = {}) {
        conn.emplace(context);
        run(context, conn->connect(address, options));
        backend = backend_of(context, *conn);
    }
    // The connection is the same one, and gives the right answers.
    void expect_usable() { EXPECT_EQ(backend_of(context, *conn), backend); }
    int prepared_on_server() {
        return std::stoi(simple_value(context, *conn, "select count(*) from pg_prepared_statements"));
    }

    void cancel_while_running(coropq::statement work, const std::string& comment) {
        pending_operation operation;
        operation.execute(*conn, std::move(work));
        ASSERT_TRUE(run_until_active(context, comment));
        ASSERT_FALSE(operation.ended());
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        EXPECT_TRUE(contains(operation.details.what(), "cancelled")) << operation.details.what();
        expect_usable();
        EXPECT_FALSE(is_active(comment));
    }

    // Cancels what `start` begins at its first suspension point, then at its second, … until it ends by itself.
    void sweep(
        const std::function<void(pending_operation&)>& start, const std::function<void()>& check = [] {}) {
        int completed = 0;
        int cancelled = 0;
        for (int steps = 0; completed < 2; ++steps) {
            SCOPED_TRACE("cancelled behind step " + std::to_string(steps));
            ASSERT_LT(steps, 2000);
            pending_operation operation;
            start(operation);
            context.restart();
            for (int i = 0; i != steps && !operation.ended(); ++i)
                ASSERT_EQ(context.run_one_for(20s), 1u);
            const bool had_ended = operation.ended();
            const coropq::error_code code = operation.cancel_and_finish(context);
            if (had_ended)
                ++completed;
            else if (code)
                ++cancelled;
            if (code) {
                EXPECT_EQ(code, aborted) << operation.details.what();
                EXPECT_FALSE(had_ended);
            }
            check();
            expect_usable();
            if (HasFailure())
                return;
        }
        EXPECT_GT(cancelled, 0);
    }
};

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
    connect(patient_address(),
            coropq::connect_options().statements(coropq::statement_options().prepared_statements(4)));
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

TEST_F(cancelled_statement, at_every_point_of_a_first_run) {
    int count = 0;
    sweep([&](pending_operation& operation) {
        operation.execute(*conn, "select pg_sleep(0.002) /* " + std::to_string(++count) + " */");
    });
    EXPECT_LE(prepared_on_server(), count + 2);
}

TEST_F(cancelled_statement, at_every_point_of_a_later_run) {
    const coropq::statement work("select pg_sleep(0.002), $1::text", "x");
    run(context, conn->execute(work));
    run(context, conn->execute(work));
    sweep([&](pending_operation& operation) { operation.execute(*conn, work); });
}

TEST_F(cancelled_statement, at_every_point_of_a_ping) {
    sweep([&](pending_operation& operation) { conn->async_ping(operation.details, operation.token()); });
}

TEST_F(cancelled_statement, at_every_point_of_a_script) {
    run(context, conn->execute("create temp table t (a int)"));
    sweep(
        [&](pending_operation& operation) {
            run(context, conn->execute("truncate t"));
            operation.execute(
                *conn, coropq::statement("insert into t values (1); select pg_sleep(0.002); insert into t values (2)")
                           .simple_protocol(true));
        },
        [&] { // all or nothing
            const std::string count = simple_value(context, *conn, "select count(*) from t");
            EXPECT_TRUE(count == "0" || count == "2") << count;
        });
}

TEST_F(cancelled_statement, at_every_point_within_a_transaction) {
    sweep(
        [&](pending_operation& operation) {
            run(context, conn->execute("begin"));
            operation.execute(*conn, "select pg_sleep(0.002)");
        },
        [&] { run(context, conn->execute("rollback")); });
}

TEST_F(cancelled_statement, at_every_point_of_begin_and_commit) {
    run(context, conn->execute("create temp table t (a int)"));
    for (const char* work : {"begin", "commit"}) {
        sweep(
            [&](pending_operation& operation) {
                if (work == std::string("commit")) {
                    run(context, conn->execute("begin"));
                    run(context, conn->execute("insert into t values (1)"));
                }
                operation.execute(*conn, work);
            },
            [&] { run(context, conn->execute("rollback")); });
    }
}

TEST_F(cancelled_statement, at_every_point_of_looking_types_up) {
    cluster().query(create_mood("cancelled_mood"), cluster().app_database());
    for (const bool in_transaction : {false, true}) {
        sweep(
            [&](pending_operation& operation) {
                connect(patient_address()); // which knows no types
                if (in_transaction)
                    run(context, conn->execute("begin"));
                operation.execute(*conn, "select 'happy'::cancelled_mood, array['sad'::cancelled_mood]");
            },
            [&] {
                if (in_transaction)
                    run(context, conn->execute("rollback"));
                const auto found = run(context, conn->execute("select 'happy'::cancelled_mood"));
                EXPECT_EQ(found[0][0].text(), "happy");
                expect_usable();
            });
    }
    cluster().query("drop type cancelled_mood", cluster().app_database());
}

TEST_F(cancelled_statement, at_every_point_of_a_stream) {
    for (const bool simple : {false, true}) {
        sweep(
            [&](pending_operation& operation) {
                operation.start_rows(*conn,
                                     coropq::statement("select g, pg_sleep(0.0005) from generate_series(1, 10) g")
                                         .simple_protocol(simple));
            },
            [&] {
                coropq::diagnostics ignored;
                bool ended = false;
                conn->async_end_execution(ignored, [&](coropq::error_code) { ended = true; });
                while (!ended) {
                    context.restart();
                    ASSERT_NE(context.run_one_for(20s), 0u);
                }
            });
    }
}

TEST_F(cancelled_statement, at_every_point_of_reading_a_stream) {
    sweep(
        [&](pending_operation& operation) {
            pending_operation start;
            start.start_rows(*conn, "select generate_series(1, 10), repeat('x', 10000), pg_sleep(0.002)");
            ASSERT_FALSE(start.finish(context));
            operation.read_rows(*conn, 100);
        },
        [&] {
            pending_operation rest; // nothing, or the end
            rest.read_rows(*conn, 100);
            EXPECT_FALSE(rest.finish(context));
            EXPECT_EQ(rest.output.size(), 0u);
        });
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

// Short statements are cancelled at random moments, so that some requests come when the statement has just ended. The
// next statement must never be the one that is hit.
void race(asio::io_context& context, coropq::connection& conn, int count) {
    std::mt19937 random(4711);
    const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
    int cancelled = 0;
    int completed = 0;
    for (int i = 0; i != count; ++i) {
        pending_operation operation;
        const int rows = below(4) == 0 ? 1000 : 1;
        coropq::statement work("select $1::int + g from generate_series(1, $2) g", -i, rows);
        work.simple_protocol(below(4) == 0).prepare(below(4) != 0);
        operation.execute(conn, std::move(work));
        const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds(below(600));
        do {
            context.restart();
            context.poll();
        } while (std::chrono::steady_clock::now() < moment);
        const coropq::error_code code = operation.cancel_and_finish(context);
        if (code) {
            ASSERT_EQ(code, aborted) << operation.details.what();
            ++cancelled;
        } else {
            ASSERT_EQ(operation.output.size(), static_cast<std::size_t>(rows));
            ASSERT_EQ(operation.output[0][0].as<int>(), 1 - i);
            ++completed;
        }
        const auto successor = run(context, conn.execute("select $1::int, pg_sleep(0)", i));
        ASSERT_EQ(successor.size(), 1u);
        ASSERT_EQ(successor[0][0].as<int>(), i);
    }
    EXPECT_GT(cancelled, 0);
    EXPECT_GT(completed, 0);
}

TEST_F(cancelled_statement, never_has_a_successor_hit) {
    race(context, *conn, 3000);
    expect_usable();
}

TEST_F(cancelled_statement, never_has_a_successor_hit_through_tls) {
    connect(address_of(cluster().app_url()));
    race(context, *conn, 1000);
    expect_usable();
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

// --- servers that don't answer ---

TEST_F(cancelled_statement, on_a_silent_server_ends_at_once_and_closes_the_connection) {
    for (const bool pinging : {false, true}) {
        tcp_proxy proxy(cluster().port());
        connect(address_through(proxy), coropq::connect_options().cancel_timeout(300ms));
        pending_operation operation;
        operation.execute(*conn, sleeper("silent"));
        ASSERT_TRUE(run_until_active(context, "silent"));
        proxy.stall();
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        EXPECT_LT(std::chrono::steady_clock::now() - start, 10s); // the server never answers
        if (pinging)
            EXPECT_EQ(failure_of<coropq::error>(context, conn->ping()).code(), errc::not_connected);
        else
            EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
        EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
        drain(context); // nothing goes on for ever
        EXPECT_TRUE(is_active("silent"));
        proxy.release();
        run(context, conn->connect(patient_address())); // and it can be opened again
        backend_of(context, *conn);
        EXPECT_TRUE(run_until_inactive(context, "silent"));
    }
}

TEST_F(cancelled_statement, whose_server_has_gone_leaves_no_connection) {
    tcp_proxy proxy(cluster().port());
    connect(address_through(proxy));
    pending_operation operation;
    operation.execute(*conn, sleeper("gone"));
    ASSERT_TRUE(run_until_active(context, "gone"));
    proxy.refuse(true); // no request comes through
    operation.cancel();
    proxy.reset();
    const coropq::error_code code = operation.finish(context);
    EXPECT_TRUE(code == aborted || code == errc::connection_lost) << code.message();
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
    drain(context);
    EXPECT_TRUE(run_until_inactive(context, "gone"));
}

TEST_F(cancelled_statement, is_read_to_its_end_when_no_request_comes_through) {
    tcp_proxy proxy(cluster().port());
    connect(address_through(proxy), coropq::connect_options().cancel_timeout(30s));
    pending_operation operation;
    operation.execute(*conn, "select pg_sleep(0.3) /* no request */");
    ASSERT_TRUE(run_until_active(context, "no request"));
    proxy.refuse(true);
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    expect_usable();
    conn.reset();
    drain(context);
}

TEST_F(cancelled_statement, without_time_for_that_closes_the_connection) {
    connect(patient_address(), coropq::connect_options().cancel_timeout(0ms));
    pending_operation operation;
    operation.execute(*conn, sleeper("no time"));
    ASSERT_TRUE(run_until_active(context, "no time"));
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
    EXPECT_TRUE(run_until_inactive(context, "no time")); // the server is asked all the same
}

// --- connections that go while a statement runs ---

TEST_F(cancelled_statement, by_destroying_the_connection) {
    for (const bool streaming : {false, true}) {
        connect(patient_address());
        pending_operation operation;
        if (streaming)
            operation.start_rows(*conn, sleeper("destroyed"));
        else
            operation.execute(*conn, sleeper("destroyed"));
        ASSERT_TRUE(run_until_active(context, "destroyed"));
        conn.reset();
        EXPECT_EQ(operation.finish(context), aborted);
        EXPECT_TRUE(run_until_inactive(context, "destroyed"));
        drain(context);
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }
}

TEST_F(cancelled_statement, by_assigning_another_connection) {
    pending_operation operation;
    operation.execute(*conn, sleeper("replaced"));
    ASSERT_TRUE(run_until_active(context, "replaced"));
    coropq::connection other(context);
    run(context, other.connect(patient_address()));
    const int other_backend = backend_of(context, other);
    *conn = std::move(other);
    EXPECT_EQ(operation.finish(context), aborted);
    EXPECT_EQ(backend_of(context, *conn), other_backend);
    EXPECT_TRUE(run_until_inactive(context, "replaced"));
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return cluster().session_count() == 1;
    }));
}

TEST_F(cancelled_statement, moving_the_connection_is_not_cancelling) {
    pending_operation operation;
    operation.execute(*conn, "select pg_sleep(0.05) is null, 42");
    context.restart();
    context.poll();
    coropq::connection moved(std::move(*conn));
    EXPECT_FALSE(operation.finish(context));
    EXPECT_EQ(operation.output[0][1].as<int>(), 42);
    EXPECT_EQ(backend_of(context, moved), backend);
    pending_operation second;
    second.execute(moved, sleeper("moved"));
    ASSERT_TRUE(run_until_active(context, "moved"));
    conn.emplace(std::move(moved));
    EXPECT_EQ(second.cancel_and_finish(context), aborted);
    expect_usable();
}

TEST_F(cancelled_statement, by_destroying_the_connection_at_every_point) {
    for (int steps = 0;; ++steps) {
        SCOPED_TRACE(steps);
        ASSERT_LT(steps, 1000);
        connect(plain_address());
        pending_operation operation;
        operation.execute(*conn, "select pg_sleep(0.002) /* destroyed at every point */");
        context.restart();
        for (int i = 0; i != steps && !operation.ended(); ++i)
            ASSERT_EQ(context.run_one_for(20s), 1u);
        const bool had_ended = operation.ended();
        conn.reset();
        const coropq::error_code code = operation.finish(context);
        EXPECT_TRUE(!code || code == aborted) << operation.details.what();
        drain(context);
        if (had_ended)
            break;
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST_F(cancelled_statement, then_the_connection_goes_while_that_goes_on) {
    for (int steps = 0; steps != 30; ++steps) {
        connect(patient_address());
        pending_operation operation;
        operation.execute(*conn, sleeper("cancelled, destroyed"));
        ASSERT_TRUE(run_until_active(context, "cancelled, destroyed"));
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        for (int i = 0; i != steps; ++i) {
            context.restart();
            context.poll_one();
        }
        conn.reset();
        drain(context);
        EXPECT_TRUE(run_until_inactive(context, "cancelled, destroyed"));
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST_F(cancelled_statement, closing_waits_for_its_end) {
    pending_operation operation;
    operation.execute(*conn, sleeper("then closed"));
    ASSERT_TRUE(run_until_active(context, "then closed"));
    EXPECT_EQ(failure_of<coropq::error>(context, conn->close()).code(), errc::operation_in_progress);
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    run(context, conn->close());
    EXPECT_TRUE(run_until_inactive(context, "then closed"));
    EXPECT_TRUE(cluster().wait_for_session_count(0));
    run(context, conn->connect(patient_address()));
    backend_of(context, *conn);
}

TEST_F(cancelled_statement, whose_context_goes_meanwhile) {
    for (const bool connection_first : {false, true}) {
        for (int steps = 0; steps != 25; ++steps) {
            SCOPED_TRACE(steps);
            auto own = std::make_unique<asio::io_context>(1);
            pending_operation operation;
            std::optional<coropq::connection> used(std::in_place, *own);
            run(*own, used->connect(plain_address()));
            operation.execute(*used, sleeper("context"));
            own->restart();
            own->poll();
            EXPECT_EQ(operation.cancel_and_finish(*own), aborted);
            for (int i = 0; i != steps; ++i) {
                own->restart();
                own->run_one_for(20ms);
            }
            if (connection_first)
                used.reset();
            own.reset();
        }
    }
    EXPECT_TRUE(cluster().wait_for_session_count(1)); // the fixture's
    EXPECT_FALSE(is_active("context"));
}

} // namespace
