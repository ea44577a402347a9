// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that are cancelled at every point of their life, and at random ones.

#include "cancel_statement_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <utility>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

// A name for each type, so that none is known from elsewhere.
std::string create_mood(const std::string& name) {
    return "drop type if exists " + name + "; create type " + name + " as enum ('sad', 'happy')";
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
        if (i % 50 == 0) // which else none may be on a busy machine
            (void)operation.finish(context);
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

} // namespace
