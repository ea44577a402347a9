// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Time limits of statements: what they end with, what the server is told of them, and what comes afterwards.

#include "interruption_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;

struct deadline : testing::Test {
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    std::optional<coropq::connection> conn{std::in_place, context};
    int backend = 0;

    deadline() { connect(); }
    ~deadline() override {
        conn.reset();
        drain(context);
        proxy.reset();
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    void connect(coropq::statement_options options = {}, coropq::connect_options how = {}) {
        conn.emplace(context);
        how.statements(options);
        run(context, conn->connect(address_through(proxy), how));
        backend = backend_of(context, *conn, 0ms); // the machine may be slow
    }
    void expect_usable() { EXPECT_EQ(backend_of(context, *conn, 0ms), backend); }

    std::string expire(coropq::statement work) {
        const auto failure = failure_of<coropq::timeout_error>(context, conn->execute(std::move(work)));
        EXPECT_EQ(failure.code(), errc::timeout);
        return failure.what();
    }
    coropq::result operator()(std::string_view sql, std::chrono::milliseconds limit = 0ms) {
        coropq::statement work(sql);
        if (limit != 0ms)
            work.timeout(limit);
        return run(context, conn->execute(std::move(work)));
    }
    std::string server_limit(std::chrono::milliseconds limit = 0ms) {
        return (*this)("show statement_timeout", limit)[0][0].text();
    }
    template <typename Operation>
    std::size_t round_trips(Operation operation) {
        proxy.reset_counters();
        operation();
        return proxy.round_trips();
    }
};

TEST_F(deadline, ends_a_running_statement) {
    const std::string text = expire(sleeper("too long").timeout(50ms));
    EXPECT_TRUE(contains(text, "the operation didn't end within 50 ms: running")) << text;
    EXPECT_TRUE(contains(text, "statement::timeout")) << text;
    expect_usable();
    EXPECT_FALSE(is_active("too long"));
    const std::string work = "select pg_sleep($1::float8)";
    for (int i = 0; i != 2; ++i)
        (void)run(context, conn->execute(work, 0.0));
    expire(coropq::statement(work, 60.0).timeout(20ms)); // prepared
    expire(sleeper("simple").simple_protocol(true).timeout(20ms));
    expire(coropq::statement("do $$ begin perform pg_sleep(60); end $$").timeout(20ms));
    expect_usable();
}

TEST_F(deadline, of_the_connection_holds_where_the_statement_has_none) {
    connect(coropq::statement_options().timeout(50ms));
    const std::string text = expire(sleeper("connection"));
    EXPECT_TRUE(contains(text, "within 50 ms")) << text;
    (*this)("select pg_sleep(0.2)", 30s);
    (void)run(context, conn->execute(coropq::statement("select pg_sleep(0.2)").timeout(0ms))); // none
    const std::string shorter = expire(sleeper("connection").timeout(7ms));
    EXPECT_TRUE(contains(shorter, "within 7 ms")) << shorter;
    expect_usable();
}

TEST_F(deadline, that_is_huge_or_negative_is_none) {
    const auto most = std::chrono::milliseconds::max();
    for (const auto limit : {most, most - 1ms, most / 2, std::chrono::milliseconds(std::numeric_limits<int>::max()),
                             0ms, -1ms, std::chrono::milliseconds::min()}) {
        for (const bool told : {false, true}) {
            connect(coropq::statement_options().timeout(limit).server_timeout(told));
            EXPECT_EQ((*this)("select 1")[0][0].as<int>(), 1);
            EXPECT_EQ((*this)("select 2", limit)[0][0].as<int>(), 2);
            (*this)("begin");
            EXPECT_EQ((*this)("select 3", limit)[0][0].as<int>(), 3);
            (*this)("commit");
        }
    }
}

TEST_F(deadline, within_a_transaction_fails_it) {
    for (const bool told : {false, true}) {
        connect(coropq::statement_options().server_timeout(told));
        (*this)("begin");
        expire(sleeper("transaction").timeout(30ms));
        const auto failed = failure_of<coropq::server_error>(context, conn->execute("select 1"));
        EXPECT_EQ(failed.code(), coropq::sqlstate::in_failed_sql_transaction);
        (*this)("rollback");
        expect_usable();
        EXPECT_EQ(server_limit(), "0");
    }
}

TEST_F(deadline, on_a_silent_server) {
    connect({}, coropq::connect_options().cancel_timeout(200ms));
    proxy.stall();
    const std::string text = expire(coropq::statement("select 1").timeout(50ms));
    EXPECT_TRUE(contains(text, "running")) << text;
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute("select 1")).code(), errc::not_connected);
    drain(context);
    proxy.release();
}

TEST_F(deadline, while_an_earlier_statement_is_got_rid_of) {
    connect({}, coropq::connect_options().cancel_timeout(20s));
    pending_operation earlier;
    earlier.execute(*conn, sleeper("earlier"));
    ASSERT_TRUE(run_until_active(context, "earlier"));
    proxy.stall();
    EXPECT_EQ(earlier.cancel_and_finish(context), aborted);
    for (int i = 0; i != 2; ++i) {
        const std::string text = expire(coropq::statement("select 1").timeout(50ms));
        EXPECT_TRUE(contains(text, "waiting for an earlier statement to be got rid of")) << text;
    }
    const auto pinged = failure_of<coropq::timeout_error>(context, conn->execute(coropq::statement("").timeout(20ms)));
    EXPECT_EQ(pinged.code(), errc::timeout);
    proxy.release();
    expect_usable();
    EXPECT_FALSE(is_active("earlier"));
}

TEST_F(deadline, of_the_connection_holds_for_a_ping) {
    connect(coropq::statement_options().timeout(30s));
    run(context, conn->ping());
    connect(coropq::statement_options().timeout(50ms), coropq::connect_options().cancel_timeout(100ms));
    proxy.stall();
    EXPECT_EQ(failure_of<coropq::timeout_error>(context, conn->ping()).code(), errc::timeout);
    EXPECT_EQ(failure_of<coropq::error>(context, conn->execute(coropq::statement("").timeout(0ms))).code(),
              errc::not_connected);
    proxy.release();
}

TEST_F(deadline, while_a_large_parameter_is_sent) {
    connect({}, coropq::connect_options().cancel_timeout(25s)); // for the rest of it, on a busy machine
    proxy.stall(direction::to_server);
    const std::string large(50'000'000, 'x');
    expire(coropq::statement("select length($1)", large).timeout(100ms));
    proxy.release();
    expect_usable();
}

TEST_F(deadline, of_a_stream_is_that_of_each_batch) {
    pending_operation start;
    start.start_rows(*conn, sleeper("no first row").timeout(30ms));
    EXPECT_EQ(start.finish(context), errc::timeout);
    expect_usable();
    EXPECT_FALSE(is_active("no first row"));

    // Longer in all than the limit, and slow where the reader is slow.
    auto rows = run(
        context, conn->stream_rows(coropq::statement("select generate_series(1, 500), repeat('x', 10000)").timeout(30s),
                                   {.batch = 100}));
    std::size_t count = 0;
    for (;;) {
        const coropq::result batch = run(context, rows.next_batch());
        if (batch.empty())
            break;
        count += batch.size();
    }
    EXPECT_EQ(count, 500u);

    // The rows that had come are lost with the batch that couldn't be filled.
    std::optional<coropq::row_stream> opened;
    auto limit = 500ms;
    while (!opened) {
        ASSERT_LT(limit *= 2, 20s); // a busy machine may need longer to begin
        coropq::statement work("select g, repeat('x', 10000), case when g > 100 then pg_sleep(60) end "
                               "from generate_series(1, 200) g -- stuck");
        try {
            opened.emplace(run(context, conn->stream_rows(std::move(work.timeout(limit)), {.batch = 10})));
        } catch (const coropq::timeout_error&) { // NOLINT(bugprone-empty-catch): it is tried again
        }
    }
    coropq::row_stream& stuck = *opened;
    std::optional<coropq::error_code> failure;
    for (int batches = 0; !failure; ++batches) {
        ASSERT_LT(batches, 30);
        try {
            EXPECT_FALSE(run(context, stuck.next_batch()).empty());
        } catch (const coropq::timeout_error& expired) {
            failure = expired.code();
            EXPECT_TRUE(contains(expired.what(), "within " + std::to_string(limit.count()) + " ms")) << expired.what();
        }
    }
    EXPECT_EQ(failure, coropq::error_code(errc::timeout));
    EXPECT_TRUE(run(context, stuck.next_batch()).empty());
    run(context, stuck.close());
    expect_usable();
    EXPECT_FALSE(is_active("-- stuck"));
}

TEST_F(deadline, does_not_run_between_the_batches_of_a_stream) {
    std::size_t count = 0;
    // A busy machine may need longer for a batch.
    for (auto limit = 1s; count != 300 && limit < 20s; limit *= 4) {
        count = 0;
        coropq::statement work("select generate_series(1, 300), repeat('x', 10000)");
        try {
            auto rows = run(context, conn->stream_rows(std::move(work.timeout(limit)), {.batch = 100}));
            std::this_thread::sleep_for(limit + 100ms); // a slow reader
            for (;;) {
                const coropq::result batch = run(context, rows.next_batch());
                if (batch.empty())
                    break;
                count += batch.size();
            }
        } catch (const coropq::timeout_error&) { // NOLINT(bugprone-empty-catch): it is tried again
        }
    }
    EXPECT_EQ(count, 300u);
}

TEST_F(deadline, that_passed_while_nobody_ran_the_context) {
    for (const bool told : {false, true}) {
        for (const bool in_transaction : {false, true}) {
            connect(coropq::statement_options().server_timeout(told));
            if (in_transaction)
                (*this)("begin");
            pending_operation operation;
            operation.execute(*conn, sleeper("nobody").timeout(100ms));
            context.restart();
            context.poll(); // sent
            ASSERT_TRUE(wait_until([&] { return !told || !is_active("nobody"); }));
            std::this_thread::sleep_for(120ms);
            EXPECT_EQ(operation.finish(context), errc::timeout) << operation.details.what();
            if (in_transaction)
                (*this)("rollback");
            expect_usable();
        }
    }
}

TEST_F(deadline, thousands_of_short_ones) {
    int expired = 0;
    int completed = 0;
    for (int i = 0; i != 400; ++i) {
        coropq::statement work("select $1::int from pg_sleep(0.0005 * ($1::int % 7))", i);
        work.timeout(i % 20 == 0 ? 20s : std::chrono::milliseconds(1 + i % 3)); // a busy machine needs more than a few
        pending_operation operation;
        operation.execute(*conn, std::move(work));
        const coropq::error_code code = operation.finish(context);
        if (code) {
            ASSERT_EQ(code, errc::timeout) << operation.details.what();
            ++expired;
        } else {
            ASSERT_EQ(operation.output[0][0].as<int>(), i);
            ++completed;
        }
        expect_usable();
    }
    EXPECT_GT(expired, 0);
    EXPECT_GT(completed, 0);
}

// --- the server's own limit ---

TEST_F(deadline, is_not_told_to_the_server_unless_wanted) { EXPECT_EQ(server_limit(55s), "0"); }

TEST_F(deadline, is_told_to_the_server_without_a_round_trip_of_its_own) {
    connect(coropq::statement_options().server_timeout(true));
    EXPECT_EQ(server_limit(), "0");
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(55s), "55s"); }), 1u);
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(55s), "55s"); }), 1u);
    const std::size_t same = proxy.bytes(direction::to_server);
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(56s), "56s"); }), 1u);
    EXPECT_GT(proxy.bytes(direction::to_server), same); // said only where it changes
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(), "0"); }), 1u);
    EXPECT_EQ(round_trips([&] { (*this)("select 1", 57s); }), 1u);
    EXPECT_EQ(round_trips([&] { (*this)("select 1", 58s); }), 1u); // prepared
    EXPECT_EQ(server_limit(58s), "58s");
}

TEST_F(deadline, of_the_connection_is_told_too) {
    connect(coropq::statement_options().server_timeout(true).timeout(59s));
    EXPECT_EQ(server_limit(), "59s");
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(), "59s"); }), 1u);
}

TEST_F(deadline, that_the_server_was_told_is_right_after_a_failure) {
    connect(coropq::statement_options().server_timeout(true));
    EXPECT_EQ(
        failure_of<coropq::server_error>(context, conn->execute(coropq::statement("select 1 / 0").timeout(55s))).code(),
        coropq::sqlstate::division_by_zero);
    EXPECT_EQ(server_limit(55s), "55s"); // not rolled back with it
    EXPECT_EQ(server_limit(), "0");
    expire(sleeper("failure").timeout(30ms));
    EXPECT_EQ(server_limit(), "0");
    EXPECT_EQ(server_limit(30s), "30s");
}

TEST_F(deadline, within_a_transaction_is_told_for_that) {
    connect(coropq::statement_options().server_timeout(true));
    (*this)("begin");
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(55s), "55s"); }), 1u);
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(server_limit(), "0"); }), 1u);
    EXPECT_EQ(server_limit(56s), "56s");
    (*this)("commit");
    EXPECT_EQ(server_limit(), "0");
    (*this)("begin", 54s);
    EXPECT_EQ(server_limit(54s), "54s");
    failure_of<coropq::server_error>(context, conn->execute(coropq::statement("select 1 / 0").timeout(53s)));
    (void)run(context, conn->execute(coropq::statement("rollback").timeout(52s)));
    EXPECT_EQ(server_limit(54s), "54s");
    EXPECT_EQ(server_limit(), "0");
}

TEST_F(deadline, that_the_server_was_told_goes_with_its_savepoint) {
    connect(coropq::statement_options().server_timeout(true));
    (*this)("begin");
    (*this)("savepoint s");
    EXPECT_EQ(server_limit(55s), "55s");
    (*this)("rollback to savepoint s", 55s);
    EXPECT_EQ(server_limit(55s), "55s");
    EXPECT_EQ(server_limit(), "0");
    (*this)("rollback to savepoint s");
    EXPECT_EQ(server_limit(), "0");
    // Otherwise a statement that has no limit would have that of an earlier one.
    EXPECT_EQ(server_limit(50s), "50s");
    (*this)("savepoint t", 50s);
    EXPECT_EQ(server_limit(), "0");
    (*this)("rollback to savepoint t");
    EXPECT_EQ(server_limit(), "0");
    failure_of<coropq::server_error>(context, conn->execute(coropq::statement("select 1 / 0").timeout(70s)));
    (*this)("rollback to savepoint t");
    EXPECT_EQ(server_limit(), "0");
    (*this)("rollback");
    EXPECT_EQ(server_limit(), "0");
}

TEST_F(deadline, that_the_server_was_told_gives_way_to_the_session_s_own) {
    const auto own = coropq::connect_options()
                         .statements(coropq::statement_options().server_timeout(true))
                         .connect_arg("options", "-c statement_timeout=77s -c client_connection_check_interval=20");
    conn.emplace(context);
    run(context, conn->connect(address_through(proxy), own));
    EXPECT_EQ(server_limit(), "77s");
    EXPECT_EQ(server_limit(55s), "55s");
    EXPECT_EQ(server_limit(), "77s");
    expire(sleeper("own").timeout(30ms));
    EXPECT_EQ(server_limit(), "77s");
    (*this)("begin");
    EXPECT_EQ(server_limit(56s), "56s");
    EXPECT_EQ(server_limit(), "77s");
    (*this)("commit");
    EXPECT_EQ(server_limit(), "77s");
}

TEST_F(deadline, that_the_server_was_told_is_told_again_after_discard_all) {
    connect(coropq::statement_options().server_timeout(true));
    EXPECT_EQ(server_limit(55s), "55s");
    (*this)("discard all", 55s);
    EXPECT_EQ(server_limit(55s), "55s");
    (*this)("reset all", 55s);
    EXPECT_EQ(server_limit(55s), "55s");
}

TEST_F(deadline, is_told_in_front_of_statements_that_run_alone) {
    connect(coropq::statement_options().server_timeout(true));
    (*this)("create temp table t (a int)", 20s);
    (*this)("vacuum t", 21s);
    EXPECT_EQ(server_limit(21s), "21s");
    const auto copied =
        failure_of<coropq::error>(context, conn->execute(coropq::statement("copy t to stdout").timeout(22s)));
    EXPECT_EQ(copied.code(), errc::unsupported);
    (*this)("begin isolation level serializable", 23s);
    (*this)("set transaction read only", 24s);
    EXPECT_EQ(server_limit(25s), "25s");
    (*this)("commit", 26s);
    const auto rows = run(context, conn->stream_rows(coropq::statement("show statement_timeout").timeout(27s)));
    (void)rows;
}

TEST_F(deadline, ends_the_statement_though_its_client_cannot) {
    bool cut_off = false;
    for (auto limit = 500ms; !cut_off && limit < 20s; limit *= 3) {
        connect(coropq::statement_options().server_timeout(true), coropq::connect_options().cancel_timeout(100ms));
        pending_operation operation;
        operation.execute(*conn, sleeper("cut off").timeout(limit));
        EXPECT_TRUE(wait_until([&] {
            context.restart();
            context.poll();
            return operation.ended() || is_active("cut off");
        }));
        proxy.stall();
        context.restart();
        context.poll();
        cut_off = !operation.ended(); // a busy machine may not come to it in time
        EXPECT_EQ(operation.finish(context), errc::timeout);
        EXPECT_TRUE(run_until_inactive(context, "cut off"));
        proxy.release();
    }
    EXPECT_TRUE(cut_off);
}

TEST_F(deadline, with_the_simple_protocol) {
    connect(coropq::statement_options().simple_protocol(true).server_timeout(true).timeout(50ms));
    expire(sleeper("simple protocol"));
    expect_usable();
    EXPECT_EQ(server_limit(55s), "0"); // it isn't told
}

} // namespace
