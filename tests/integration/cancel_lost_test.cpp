// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that are cancelled while their server, their connection or their context goes.

#include "cancel_statement_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;

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
        EXPECT_LT(std::chrono::steady_clock::now() - start, 25s); // the server never answers
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
    gate closed(context);
    pending_operation operation;
    operation.execute(*conn, gate::statement("no request"));
    ASSERT_TRUE(run_until_active(context, "no request"));
    proxy.refuse(true);
    EXPECT_EQ(operation.cancel_and_finish(context), aborted);
    closed.open();
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
    for (const bool abandoned : {false, true}) {
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
            if (abandoned)
                used.reset();
            for (int i = 0; i != steps; ++i) {
                own->restart();
                own->run_one_for(20ms);
            }
            used.reset(); // no later than its context
            own.reset();
        }
    }
    EXPECT_TRUE(cluster().wait_for_session_count(1)); // the fixture's
    EXPECT_FALSE(is_active("context"));
}

} // namespace
