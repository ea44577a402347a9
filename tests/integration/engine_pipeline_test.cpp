// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Pipelines that an engine runs on a connection of its own choice.

#include "engine_support.hpp"
#include "pipeline_support.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::pipeline;
using coropq::pipeline_mode;

const std::string sleeping = "select pg_sleep(60) /* engine pipeline */";

struct engine_pipelines : engine_fixture {
    pipeline isolated{pipeline_mode::isolated};
    pipeline whole{pipeline_mode::all_or_nothing};

    std::string value(const coropq::engine& target, std::string_view sql) {
        return run(context, target.execute(sql))[0][0].text();
    }
    // Nobody has the connections any more, and one of them works.
    void expect_free(const coropq::engine& target) {
        drain(context);
        EXPECT_EQ(target.stats().active + target.stats().waiting, 0u);
        EXPECT_EQ(value(target, "select 7"), "7");
        drain(context);
    }
    void run_until_waiting(const coropq::engine& target) {
        EXPECT_TRUE(wait_until([&] {
            context.restart();
            context.poll();
            return target.stats().waiting == 1;
        }));
    }
};

TEST_F(engine_pipelines, outcomes_of_one_round_trip_on_a_connection_that_goes_back) {
    const coropq::engine one = make(pool_of(1));
    run(context, one.execute("create table t (a int primary key)"));
    whole.execute("insert into t values (1)");
    const auto count = whole.fetch_value<int>("select count(*)::int from t");
    whole.execute("insert into t values (2)");
    isolated.execute("insert into t values ($1)", 1);
    const auto keys = isolated.fetch<int>("select a from t order by a");
    for (int i = 0; i != 2; ++i) {
        proxy.reset_counters();
        const coropq::pipeline_results results = run(context, one.run_pipeline(whole));
        EXPECT_EQ(proxy.round_trips(), 1u);
        EXPECT_EQ(results[count], 1);
        const coropq::pipeline_results others = run(context, one.run_pipeline(isolated));
        EXPECT_EQ(statuses_of(others), (statuses{failed, done}));
        EXPECT_EQ(others[keys], (std::vector<int>{1, 2}));
        EXPECT_EQ(statuses_of(run(context, one.run_pipeline(whole))), (statuses{failed, not_run, not_run}));
        run(context, one.execute("truncate t"));
    }
    EXPECT_EQ(run(context, one.run_pipeline(pipeline(pipeline_mode::isolated))).size(), 0u);
    expect_free(one);
    EXPECT_EQ(proxy.open_connections(), 1u);
    run(context, one.execute("drop table t"));
}

TEST_F(engine_pipelines, what_they_leave_open_is_rolled_back) {
    const coropq::engine one = make(pool_of(1));
    run(context, one.execute("create table left_open (a int)"));
    isolated.execute("begin");
    isolated.execute("insert into left_open values (1)");
    EXPECT_TRUE(run(context, one.run_pipeline(isolated)).all_done());
    EXPECT_EQ(value(one, "select count(*) from left_open"), "0");
    run(context, one.execute("drop table left_open"));
    expect_free(one);
}

TEST_F(engine_pipelines, wait_for_a_connection_of_their_own) {
    const coropq::engine one = make(pool_of(1));
    isolated.execute("select 1");
    gate closed(context);
    start(one, gate::statement("holding"));
    ASSERT_TRUE(run_until_active(context, "holding")); // statements could share that connection
    pending_pipeline first;
    pending_pipeline second;
    first.start(one, isolated);
    second.start(one, isolated);
    context.restart();
    context.poll();
    EXPECT_EQ(one.stats().waiting, 2u);
    EXPECT_FALSE(first.ended());
    closed.open();
    EXPECT_FALSE(second.finish(context));
    EXPECT_TRUE(first.ended()) << "they take turns";
    EXPECT_EQ(statuses_of(first.results), (statuses{done}));
    EXPECT_EQ(statuses_of(second.results), (statuses{done}));
    expect_free(one);
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(engine_pipelines, cancelled_while_they_wait) {
    const coropq::engine one = make(pool_of(1));
    isolated.execute("select 1");
    for (const auto type :
         {asio::cancellation_type::partial, asio::cancellation_type::total, asio::cancellation_type::terminal}) {
        const coropq::connection held = run(context, one.connect());
        pending_pipeline pending;
        pending.start(one, isolated);
        run_until_waiting(one);
        pending.cancel(type);
        EXPECT_EQ(pending.finish(context), aborted);
        EXPECT_TRUE(contains(pending.details.what(), "waited for a connection")) << pending.details;
        EXPECT_TRUE(pending.details.known_not_run());
        EXPECT_EQ(statuses_of(pending.results), (statuses{not_run}));
        EXPECT_EQ(pending.results.outcome(0).error, errc::not_run);
    }
    EXPECT_EQ(one.stats().cancelled_waits, 3u);
    expect_free(one);
}

TEST_F(engine_pipelines, cancelled_while_a_stage_runs) {
    const coropq::engine one = make(pool_of(1));
    const std::string backend = value(one, "select pg_backend_pid()");
    isolated.execute("select 1");
    isolated.execute(sleeping);
    for (const bool waits : {false, true}) {
        pending_pipeline pending;
        if (waits) {
            const coropq::connection held = run(context, one.connect());
            pending.start(one, isolated);
            run_until_waiting(one);
        } else {
            pending.start(one, isolated);
        }
        ASSERT_TRUE(run_until_active(context, "/* engine pipeline */"));
        // Only terminal cancellation, which says that the connection isn't needed as it is.
        pending.cancel(asio::cancellation_type::partial);
        context.restart();
        context.run_for(20ms);
        EXPECT_FALSE(pending.ended());
        pending.cancel();
        EXPECT_EQ(pending.finish(context), aborted);
        EXPECT_FALSE(pending.details.known_not_run());
        EXPECT_EQ(statuses_of(pending.results)[1], in_doubt);
        EXPECT_NE(pending.results.outcome(0).status, not_run);
        EXPECT_EQ(value(one, "select pg_backend_pid()"), backend);
        EXPECT_FALSE(is_active("/* engine pipeline */"));
    }
    expect_free(one);
}

TEST_F(engine_pipelines, time_to_wait_for_a_connection) {
    const coropq::engine one = make(pool_of(1, 50ms));
    const coropq::connection held = opened_by(one);
    isolated.execute("select 1");
    pending_pipeline pending;
    pending.start(one, isolated);
    EXPECT_EQ(pending.finish(context), errc::pool_timeout);
    EXPECT_EQ(statuses_of(pending.results), (statuses{not_run}));
    EXPECT_TRUE(contains(pending.results.outcome(0).details.what(), "no connection became free"));
    failure_of<coropq::pool_timeout>(context, without_results(one.run_pipeline(isolated)));
}

TEST_F(engine_pipelines, limits_begin_with_the_waiting) {
    const coropq::engine one = make(pool_of(1));
    isolated.execute("select 1");
    std::vector<pipeline> limited(2, isolated);
    limited[0].timeout(60ms);
    limited[1].execute(coropq::statement("select 2").timeout(60ms));
    {
        const coropq::connection held = run(context, one.connect());
        for (const pipeline& each : limited) {
            pending_pipeline pending;
            pending.start(one, each);
            EXPECT_EQ(pending.finish(context), errc::timeout);
            EXPECT_TRUE(contains(pending.details.what(), "within 60 ms")) << pending.details;
            EXPECT_TRUE(contains(pending.details.what(), "waiting for a connection")) << pending.details;
            EXPECT_TRUE(pending.details.known_not_run());
            EXPECT_EQ(statuses_of(pending.results), statuses(each.size(), not_run));
        }
    }
    // A part of the time was spent on waiting, the rest on running. A busy machine needs a longer limit for that.
    isolated.execute(sleeping);
    pending_pipeline pending;
    std::chrono::milliseconds limit = 750ms;
    do {
        isolated.timeout(limit *= 2);
        {
            const coropq::connection held = run(context, one.connect());
            pending.start(one, isolated);
            run_until_waiting(one);
        }
        EXPECT_EQ(pending.finish(context), errc::timeout);
    } while (pending.details.known_not_run() && limit < 60s);
    EXPECT_TRUE(contains(pending.details.what(), "ms waiting for a connection")) << pending.details;
    EXPECT_TRUE(contains(pending.details.what(), "running")) << pending.details;
    EXPECT_FALSE(pending.details.known_not_run());
    EXPECT_EQ(pending.results.outcome(1).status, in_doubt);
    expect_free(one);
    // The limit of the engine's options.
    const coropq::engine hasty =
        make(pool_of(1).connect(coropq::connect_options().statements(coropq::statement_options().timeout(80ms))));
    isolated = pipeline(pipeline_mode::isolated);
    isolated.execute(sleeping);
    failure_of<coropq::timeout_error>(context, without_results(hasty.run_pipeline(isolated)));
    drain(context);
}

TEST_F(engine_pipelines, a_lost_connection_is_replaced) {
    const coropq::engine one = make(pool_of(1));
    const std::string backend = value(one, "select pg_backend_pid()");
    isolated.execute("select 1");
    isolated.execute(sleeping);
    isolated.execute("select 3");
    pending_pipeline pending;
    pending.start(one, isolated);
    ASSERT_TRUE(run_until_active(context, "/* engine pipeline */"));
    proxy.cut();
    EXPECT_EQ(pending.finish(context), errc::connection_lost);
    EXPECT_EQ(pending.results.outcome(1).status, in_doubt);
    EXPECT_EQ(pending.results.outcome(2).status, in_doubt);
    EXPECT_NE(value(one, "select pg_backend_pid()"), backend);
    EXPECT_EQ(one.stats().opened, 2u);
    expect_free(one);
}

TEST_F(engine_pipelines, that_cant_be_run) {
    const coropq::engine one = make(pool_of(1));
    isolated.execute("select 1");
    pipeline copy = isolated;
    copy.execute("copy pg_class to stdout");
    EXPECT_EQ(failure_of<coropq::error>(context, without_results(one.run_pipeline(copy))).code(), errc::unsupported);
    expect_free(one);
    run(context, one.dispose());
    pending_pipeline pending;
    pending.start(one, isolated);
    EXPECT_EQ(pending.finish(context), errc::engine_disposed);
    EXPECT_EQ(statuses_of(pending.results), (statuses{not_run}));
    proxy.refuse(true);
    const coropq::engine unreachable = make(pool_of(1));
    pending.start(unreachable, isolated);
    EXPECT_EQ(pending.finish(context), errc::connect_failed);
    EXPECT_EQ(statuses_of(pending.results), (statuses{not_run}));
    failure_of<coropq::connection_error>(context, without_results(unreachable.run_pipeline(isolated)));
}

TEST_F(engine_pipelines, outlive_the_handle_of_their_engine) {
    isolated.fetch_value<int>("select 1");
    for (const bool connected : {false, true}) {
        pending_pipeline pending;
        asio::awaitable<coropq::pipeline_results> later;
        {
            const coropq::engine gone = make(pool_of(1));
            if (connected)
                run(context, gone.execute("select 1"));
            pending.start(gone, isolated);
            later = gone.run_pipeline(isolated);
        }
        EXPECT_FALSE(pending.finish(context)) << pending.details;
        EXPECT_EQ(statuses_of(pending.results), (statuses{done}));
        EXPECT_TRUE(run(context, std::move(later)).all_done());
        drain(context);
        EXPECT_TRUE(proxy.wait_for_open_connections(0));
    }
}

TEST_F(engine_pipelines, many_beside_statements_that_share) {
    const coropq::engine engine = make(pool_of(3));
    std::vector<std::unique_ptr<pending_pipeline>> pending;
    for (int i = 0; i != 60; ++i) {
        pipeline work(i % 2 == 0 ? pipeline_mode::isolated : pipeline_mode::all_or_nothing);
        work.execute("select $1::int", i);
        work.execute("select $1::int / $2::int", i, i % 3);
        work.execute("select $1::int", i + 1);
        pending.push_back(std::make_unique<pending_pipeline>());
        pending.back()->start(engine, work);
        start(engine, "select " + std::to_string(i));
    }
    for (int i = 0; i != 60; ++i) {
        pending_pipeline& each = *pending[static_cast<std::size_t>(i)];
        EXPECT_FALSE(each.finish(context));
        const statuses expected = i % 3 != 0   ? statuses(3, done)
                                  : i % 2 == 0 ? statuses{done, failed, done}
                                               : statuses{rolled_back, failed, not_run};
        EXPECT_EQ(statuses_of(each.results), expected);
        if (i % 3 != 0) {
            EXPECT_EQ(each.results.outcome(2).output[0][0].as<int>(), i + 1);
        }
    }
    drain(context);
    for (std::size_t i = 0; i != 60; ++i) {
        EXPECT_EQ(all[i]->code, coropq::error_code());
        EXPECT_EQ(all[i]->output[0][0].text(), std::to_string(i));
    }
    EXPECT_LE(proxy.connections(), 3u);
    expect_free(engine);
}

} // namespace
