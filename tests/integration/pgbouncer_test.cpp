// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Behind PgBouncer in transaction mode: the settings of docs/poolers.md work, and what the others do is told.

#include "pgbouncer_process.hpp"
#include "pipeline_support.hpp"

#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::sqlstate;

struct poolers : testing::Test {
    asio::io_context context;

    static test_url where(const pgbouncer& pooler) {
        return cluster().app_url().set("sslmode", "disable").host("127.0.0.1").port(pooler.port());
    }
    static coropq::url address(const pgbouncer& pooler) { return address_of(where(pooler)); }
    static coropq::connect_options unprepared() {
        return coropq::connect_options().statements(coropq::statement_options().prepared_statements(0));
    }
    coropq::connection connect(const pgbouncer& pooler, const coropq::connect_options& options = unprepared()) {
        coropq::connection opened(context);
        run(context, opened.connect(address(pooler), options));
        return opened;
    }
    std::string simple(coropq::connection& conn, std::string_view sql) { return simple_value(context, conn, sql); }

    static asio::awaitable<void> ask(const coropq::engine& engine, int from) {
        for (int i = from; i != from + 40; ++i) {
            const std::string sql = "select $1::int + " + std::to_string(i % 7);
            EXPECT_EQ(co_await engine.fetch_value<int>(sql, i), i + i % 7);
            if (i % 10 != 0)
                continue;
            try {
                co_await engine.execute("select 1 / $1::int", 0);
                ADD_FAILURE();
            } catch (const coropq::server_error& failure) {
                EXPECT_EQ(failure.code(), sqlstate::division_by_zero);
            }
        }
    }
    // More statements than connections, and more connections than PgBouncer has to the server.
    void ask_from_many(const coropq::engine& engine) {
        constexpr int many = 30;
        std::vector<std::exception_ptr> ends;
        for (int i = 0; i != many; ++i)
            asio::co_spawn(context, ask(engine, i), [&](const std::exception_ptr& end) { ends.push_back(end); });
        const auto limit = std::chrono::steady_clock::now() + time_limit;
        while (ends.size() != many && std::chrono::steady_clock::now() < limit) {
            context.restart();
            context.run_one_for(1s);
        }
        ASSERT_EQ(ends.size(), std::size_t(many));
        for (const std::exception_ptr& end : ends) {
            if (end) {
                EXPECT_NO_THROW(std::rethrow_exception(end));
            }
        }
    }
};

TEST_F(poolers, many_statements_of_an_engine) {
    const pgbouncer pooler(cluster());
    coropq::engine engine = coropq::create_engine(
        context, address(pooler),
        coropq::engine_options().connect(unprepared()).pool(coropq::pool_options().size(8).pipelining(false)));
    ask_from_many(engine);
    run(context, engine.dispose());
    coropq::connection conn = connect(pooler);
    EXPECT_EQ(simple(conn, "select count(*) from pg_prepared_statements"), "0");
}

// A statement that isn't there is prepared again where that is possible. But what was prepared stays for ever.
TEST_F(poolers, prepared_statements_pile_up) {
    const pgbouncer pooler(cluster(), "default_pool_size = 1");
    coropq::engine engine = coropq::create_engine(
        context, address(pooler), coropq::engine_options().pool(coropq::pool_options().size(8).pipelining(false)));
    ask_from_many(engine);
    run(context, engine.dispose());
    coropq::connection conn = connect(pooler);
    EXPECT_GT(std::stoi(simple(conn, "select count(*) from pg_prepared_statements")), 8);
}

// Two connections to the server: what is prepared on one isn't on the other.
TEST_F(poolers, prepared_statements_break_transactions) {
    const pgbouncer pooler(cluster(), "default_pool_size = 2");
    for (const bool prepares : {true, false}) {
        coropq::connection one = connect(pooler, prepares ? coropq::connect_options() : unprepared());
        coropq::connection two = connect(pooler);
        coropq::connection three = connect(pooler);
        coropq::transaction first = run(context, two.begin());
        run(context, first.execute("select 1"));
        EXPECT_EQ(run(context, one.execute("select $1::int", 5))[0][0].as<int>(), 5); // on the second one …
        coropq::transaction second = run(context, three.begin());
        run(context, second.execute("select 1")); // … which is taken now
        run(context, first.rollback());
        coropq::transaction third = run(context, one.begin());
        if (prepares) {
            const auto failure = failure_of<coropq::server_error>(context, third.execute("select $1::int", 6));
            EXPECT_EQ(failure.code(), sqlstate::invalid_sql_statement_name);
            EXPECT_TRUE(contains(failure.details().hint(), "statement_options::prepared_statements(0)"))
                << failure.what();
        } else {
            EXPECT_EQ(run(context, third.execute("select $1::int", 6))[0][0].as<int>(), 6);
        }
        run(context, third.rollback());
        run(context, second.rollback());
    }
}

TEST_F(poolers, pipelines) {
    const pgbouncer pooler(cluster());
    coropq::connection conn = connect(pooler);
    run(context, conn.execute("create table pooled (a int primary key)"));
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        coropq::pipeline work(mode);
        std::vector<coropq::pipeline_stage<int>> stages;
        for (int i = 0; i != 100; ++i)
            stages.push_back(work.fetch_value<int>("insert into pooled values ($1) returning a", i));
        coropq::transaction tx = run(context, conn.begin());
        const coropq::pipeline_results all = run(context, tx.run_pipeline(work));
        ASSERT_TRUE(all.all_done());
        for (const auto& stage : stages)
            EXPECT_EQ(all[stage], static_cast<int>(stage.index()));
        run(context, tx.rollback());
        EXPECT_EQ(simple(conn, "select count(*) from pooled"), "0");
        if (mode == coropq::pipeline_mode::isolated)
            continue; // outside of a transaction, PgBouncer before 1.21 may mix up clients
        EXPECT_TRUE(run(context, conn.run_pipeline(work)).all_done());
        run(context, conn.execute("delete from pooled where a <> 50"));
        const coropq::pipeline_results none = run(context, conn.run_pipeline(work));
        EXPECT_EQ(none.outcome(50).error, sqlstate::unique_violation);
        EXPECT_EQ(none.outcome(49).status, rolled_back);
        EXPECT_EQ(none.outcome(51).status, not_run);
        EXPECT_EQ(simple(conn, "select count(*) from pooled"), "1");
        run(context, conn.execute("delete from pooled"));
    }
    run(context, conn.execute("drop table pooled"));
}

TEST_F(poolers, transactions_and_streams) {
    const pgbouncer pooler(cluster());
    coropq::engine engine =
        coropq::create_engine(context, address(pooler), coropq::engine_options().connect(unprepared()));
    coropq::transaction tx = run(context, engine.begin({.isolation = coropq::isolation::serializable}));
    EXPECT_EQ(run(context, tx.fetch_value<std::string>("select current_setting('transaction_isolation')")),
              "serializable");
    {
        coropq::transaction part = run(context, tx.begin());
        failure_of<coropq::server_error>(context, part.execute("select 1 / $1::int", 0));
        run(context, part.rollback());
    }
    EXPECT_EQ(run(context, tx.fetch_value<int>("select $1::int", 3)), 3);
    auto rows = run(context, tx.stream<int>("select generate_series(1, 10000)"));
    int sum = 0;
    while (const std::optional<int> each = run(context, rows.next()))
        sum += *each;
    EXPECT_EQ(sum, 10000 * 10001 / 2);
    run(context, tx.commit());
    run(context, engine.dispose());
}

TEST_F(poolers, cancellation_reaches_the_server) {
    const pgbouncer pooler(cluster());
    coropq::connection conn = connect(pooler);
    coropq::connection other = connect(pooler);
    for (int i = 0; i != 3; ++i) {
        pending_operation operation;
        operation.execute(conn, sleeper("through PgBouncer"));
        ASSERT_TRUE(run_until_active(context, "through PgBouncer"));
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        EXPECT_EQ(run(context, other.execute("select 7"))[0][0].as<int>(), 7);
        EXPECT_EQ(run(context, conn.execute("select 8"))[0][0].as<int>(), 8);
        EXPECT_FALSE(is_active("through PgBouncer"));
    }
    coropq::pipeline work(coropq::pipeline_mode::isolated);
    work.execute("select 1");
    work.execute(sleeper("in a pipeline"));
    pending_pipeline pending;
    pending.start(conn, work);
    ASSERT_TRUE(run_until_active(context, "in a pipeline"));
    pending.cancel();
    EXPECT_EQ(pending.finish(context), aborted);
    EXPECT_EQ(run(context, conn.execute("select 9"))[0][0].as<int>(), 9);
    EXPECT_FALSE(is_active("in a pipeline"));
    EXPECT_EQ(failure_of<coropq::timeout_error>(context, conn.execute(sleeper("too long").timeout(100ms))).code(),
              errc::timeout);
    EXPECT_EQ(run(context, conn.execute("select 10"))[0][0].as<int>(), 10);
}

// What a session is told by `set` belongs to whoever gets the server's connection next.
TEST_F(poolers, settings_of_a_session_are_shared) {
    const pgbouncer pooler(cluster(), "default_pool_size = 1");
    coropq::connection one = connect(pooler, unprepared().on_connect({"set work_mem = '1234kB'"}));
    coropq::connection two = connect(pooler);
    EXPECT_EQ(run(context, one.execute("select current_setting('work_mem')"))[0][0].text(), "1234kB");
    EXPECT_EQ(run(context, two.execute("select current_setting('work_mem')"))[0][0].text(), "1234kB");
}

TEST_F(poolers, parameters_of_the_url_that_pgbouncer_doesnt_know) {
    const pgbouncer strict(cluster());
    coropq::connection conn(context);
    const coropq::url with_options = address_of(where(strict).set("options", "-c work_mem=1MB"));
    const auto failure = failure_of<coropq::connection_error>(context, conn.connect(with_options));
    EXPECT_TRUE(contains(failure.what(), "unsupported startup parameter")) << failure.what();
    const pgbouncer lenient(cluster(), "ignore_startup_parameters = options,extra_float_digits");
    run(context, conn.connect(address_of(where(lenient).set("options", "-c work_mem=1MB"))));
    EXPECT_EQ(run(context, conn.execute("select 1"))[0][0].as<int>(), 1);
}

} // namespace
