// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Pipelines that are cancelled, out of time, or lose their connection; and large ones.

#include "pipeline_support.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::pipeline;
using coropq::sqlstate;

const std::string sleeping = "select pg_sleep(60) /* pipeline */";

TEST_F(pipelines, neither_side_waits_for_ever) {
    // Through a Unix socket, whose buffers are small, and with more on its way than all of them hold.
    const test_url where = plain_url().host(cluster().socket_directory());
    const std::string text(200'000, 'x');
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        for (const bool through_tls : {false, true}) {
            conn.emplace(context);
            run(context, conn->connect(address_of(through_tls ? cluster().app_url() : where)));
            coropq::pipeline work(mode);
            std::vector<coropq::pipeline_stage<std::string>> stages;
            for (int i = 0; i != 300; ++i)
                stages.push_back(work.fetch_value<std::string>("select $1 || $2::text", text, i));
            const coropq::pipeline_results results = (*this)(work);
            ASSERT_TRUE(results.all_done());
            for (const auto& stage : stages)
                ASSERT_EQ(results[stage], text + std::to_string(stage.index()));
        }
    }
}

TEST_F(pipelines, of_thousands_of_stages) {
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        connect();
        coropq::pipeline work(mode);
        std::vector<coropq::pipeline_stage<int>> stages;
        for (int i = 0; i != 5000; ++i)
            stages.push_back(work.fetch_value<int>("select $1 + 1", i));
        const coropq::pipeline_results results = (*this)(work);
        ASSERT_TRUE(results.all_done());
        for (const auto& stage : stages)
            ASSERT_EQ(results[stage], static_cast<int>(stage.index()) + 1);
    }
}

TEST_F(pipelines, an_answer_may_be_larger_than_everything_that_is_sent) {
    const auto large = isolated.fetch<std::string>("select repeat('x', 100000) from generate_series(1, 300)");
    const auto small = isolated.fetch_value<int>("select 1");
    const coropq::pipeline_results results = in_one_round_trip(isolated);
    EXPECT_EQ(results[large].size(), 300u);
    EXPECT_EQ(results[small], 1);
}

TEST_F(pipelines, cancelled_before_anything_was_sent) {
    // It waits until an earlier statement is got rid of.
    pending_operation earlier;
    earlier.execute(*conn, sleeper("earlier"));
    ASSERT_TRUE(run_until_active(context, "earlier"));
    proxy.stall(direction::to_client);
    EXPECT_EQ(earlier.cancel_and_finish(context), aborted);
    isolated.execute("select 1");
    pending_pipeline pending;
    pending.start(*conn, isolated);
    context.restart();
    context.poll();
    EXPECT_FALSE(pending.ended());
    pending.cancel();
    EXPECT_EQ(pending.finish(context), aborted);
    EXPECT_TRUE(contains(pending.details.what(), "before anything was sent")) << pending.details;
    EXPECT_TRUE(pending.details.known_not_run());
    EXPECT_EQ(statuses_of(pending.results), (statuses{not_run}));
    proxy.release();
    expect_usable();
}

TEST_F(pipelines, cancelled_while_a_stage_runs) {
    connect_directly();
    (*this)("create table cancelled (a int)");
    isolated.execute("insert into cancelled values (1)");
    isolated.execute(sleeping);
    isolated.execute("select 1 / 0");
    isolated.execute("insert into cancelled values (2)");
    whole = coropq::pipeline(coropq::pipeline_mode::all_or_nothing);
    whole.execute("insert into cancelled values (3)");
    whole.execute(sleeping);
    whole.execute("insert into cancelled values (4)");
    const std::string backend = value("select pg_backend_pid()");
    {
        pending_pipeline pending;
        pending.start(*conn, isolated);
        ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
        pending.cancel();
        EXPECT_EQ(pending.finish(context), aborted);
        EXPECT_EQ(statuses_of(pending.results), (statuses{done, in_doubt, in_doubt, in_doubt}));
        EXPECT_EQ(pending.results.outcome(1).error, aborted);
        EXPECT_TRUE(contains(pending.details.what(), "of the 4 stages")) << pending.details;
        EXPECT_FALSE(pending.details.known_not_run());
    }
    EXPECT_EQ(value("select pg_backend_pid()"), backend);
    EXPECT_EQ(value("select min(a) from cancelled"), "1");
    (*this)("truncate cancelled");
    {
        pending_pipeline pending;
        pending.start(*conn, whole);
        ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
        pending.cancel();
        EXPECT_EQ(pending.finish(context), aborted);
        // The commit was sent as well: it is in doubt for who doesn't wait, and refused by the server.
        EXPECT_EQ(statuses_of(pending.results), (statuses{in_doubt, in_doubt, in_doubt}));
    }
    EXPECT_EQ(value("select pg_backend_pid()"), backend);
    EXPECT_EQ(value("select count(*) from cancelled"), "0");
    // In a transaction, that has failed.
    {
        coropq::transaction tx = run(context, conn->begin());
        pending_pipeline pending;
        pending.start(tx, isolated);
        ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
        pending.cancel();
        EXPECT_EQ(pending.finish(context), aborted);
        EXPECT_EQ(statuses_of(pending.results), (statuses{done, in_doubt, in_doubt, in_doubt}));
        EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1")).code(),
                  sqlstate::in_failed_sql_transaction);
        run(context, tx.rollback());
    }
    EXPECT_EQ(value("select count(*) from cancelled"), "0");
    expect_usable();
    (*this)("drop table cancelled");
}

TEST_F(pipelines, many_stages_that_take_long_are_cancelled) {
    const std::string backend = value("select pg_backend_pid()");
    for (int i = 0; i != 50; ++i)
        isolated.execute(sleeping);
    pending_pipeline pending;
    pending.start(*conn, isolated);
    ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
    pending.cancel();
    EXPECT_EQ(pending.finish(context), aborted);
    EXPECT_EQ(value("select pg_backend_pid()"), backend);
    EXPECT_FALSE(is_active("/* pipeline */"));
}

TEST_F(pipelines, cancelled_while_it_is_sent) {
    connect_directly();
    (*this)("create table cancelled (a text)");
    const std::string backend = value("select pg_backend_pid()");
    const std::string text(200'000, 'x');
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        coropq::pipeline work(mode);
        work.execute("insert into cancelled values ('first')");
        work.execute(sleeping);
        for (int i = 0; i != 400; ++i)
            work.execute("insert into cancelled values ($1)", text);
        pending_pipeline pending;
        pending.start(*conn, work);
        ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
        pending.cancel();
        EXPECT_EQ(pending.finish(context), aborted);
        const statuses all = statuses_of(pending.results);
        EXPECT_EQ(all.back(), not_run);
        if (mode == coropq::pipeline_mode::isolated) {
            EXPECT_EQ(all[0], done);
            EXPECT_EQ(all[1], in_doubt);
        } else { // the commit wasn't sent
            EXPECT_EQ(all[0], rolled_back);
            EXPECT_EQ(all[1], rolled_back);
        }
        EXPECT_EQ(value("select pg_backend_pid()"), backend);
        const int kept = std::stoi(value("select count(*) from cancelled"));
        EXPECT_EQ(kept == 0, mode == coropq::pipeline_mode::all_or_nothing) << kept;
        EXPECT_LT(kept, 400);
        (*this)("truncate cancelled");
        expect_usable();
    }
    (*this)("drop table cancelled");
}

TEST_F(pipelines, cancelled_at_every_step) {
    const std::string backend = value("select pg_backend_pid()");
    (*this)("create table cancelled (a int)");
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        int completed = 0;
        for (int steps = 0; completed < 2; ++steps) {
            SCOPED_TRACE("cancelled behind step " + std::to_string(steps));
            ASSERT_LT(steps, 500);
            coropq::pipeline work(mode);
            work.execute("insert into cancelled values (1)");
            work.execute("select " + std::to_string(steps));
            work.execute("insert into cancelled values (2)");
            pending_pipeline pending;
            pending.start(*conn, work);
            context.restart();
            for (int i = 0; i != steps && !pending.ended(); ++i)
                ASSERT_EQ(context.run_one_for(20s), 1u);
            pending.cancel();
            const coropq::error_code code = pending.finish(context);
            completed += code ? 0 : 1;
            const statuses all = statuses_of(pending.results);
            const int kept = std::stoi(value("select count(*) from cancelled"));
            if (!code) {
                EXPECT_EQ(kept, 2);
            } else if (mode == coropq::pipeline_mode::all_or_nothing) {
                EXPECT_TRUE(kept == 0 || kept == 2) << kept;
                EXPECT_TRUE(kept == 0 || all[0] == in_doubt || all[0] == done) << all[0];
            } else {
                EXPECT_TRUE(all[0] != not_run || kept == 0);
                EXPECT_TRUE(all[0] != done || kept != 0);
            }
            EXPECT_EQ(value("select pg_backend_pid()"), backend);
            (*this)("truncate cancelled");
        }
    }
    (*this)("drop table cancelled");
}

TEST_F(pipelines, out_of_time) {
    const std::string backend = value("select pg_backend_pid()");
    // With longer and longer limits, until the machine is quick enough for what doesn't sleep.
    const auto expect_late = [&](const std::function<pipeline(std::chrono::milliseconds)>& limited) {
        for (auto limit = 120ms;; limit *= 4) {
            pending_pipeline pending;
            const pipeline work = limited(limit);
            pending.start(*conn, work);
            EXPECT_EQ(pending.finish(context), errc::timeout);
            EXPECT_TRUE(contains(pending.details.what(), std::to_string(limit.count()) + " ms")) << pending.details;
            EXPECT_EQ(pending.results.outcome(1).error, errc::timeout);
            const statuses all = statuses_of(pending.results);
            if (all[0] == done || limit > 5s) {
                EXPECT_EQ(all, (statuses{done, in_doubt}));
                break;
            }
        }
    };
    isolated.execute("select 1");
    const pipeline first = isolated;
    isolated.execute(sleeping);
    expect_late([&](std::chrono::milliseconds limit) {
        pipeline work = isolated;
        work.timeout(limit);
        return work;
    });
    expect_late([&](std::chrono::milliseconds limit) {
        pipeline work = first;
        work.execute(coropq::statement(sleeping).timeout(limit)); // the shortest one counts
        work.timeout(60s);
        return work;
    });
    EXPECT_EQ(value("select pg_backend_pid()"), backend);
    expect_late([&](std::chrono::milliseconds limit) {
        connect(coropq::statement_options().timeout(limit));
        return isolated;
    });
    // The server has the same limit, and may be the first to notice.
    connect(coropq::statement_options().timeout(300s).server_timeout(true));
    coropq::pipeline told(coropq::pipeline_mode::isolated);
    const auto limit = told.fetch_value<std::string>("select current_setting('statement_timeout')");
    EXPECT_EQ((*this)(told)[limit], "5min");
    {
        coropq::transaction tx = run(context, conn->begin({.timeout = 200ms}));
        pending_pipeline pending;
        pending.start(tx, isolated);
        EXPECT_EQ(pending.finish(context), errc::timeout);
        EXPECT_EQ(pending.results.outcome(1).error, errc::timeout);
        run(context, tx.rollback());
    }
    expect_usable();
}

TEST_F(pipelines, a_lost_connection_leaves_what_is_known) {
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        for (const char* how : {"cut", "reset", "terminated"}) {
            SCOPED_TRACE(how);
            connect();
            const std::string backend = value("select pg_backend_pid()");
            coropq::pipeline work(mode);
            const auto first = work.fetch_value<int>("select 1");
            const auto second = work.execute("select 1 / (1 - 1)");
            if (mode == coropq::pipeline_mode::all_or_nothing) {
                work = coropq::pipeline(mode);
                work.execute("select 1");
            }
            work.execute(sleeping);
            work.execute("select 3");
            pending_pipeline pending;
            pending.start(*conn, work);
            ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
            let_answers_through();
            if (how == std::string_view("cut"))
                proxy.cut();
            else if (how == std::string_view("reset"))
                proxy.reset();
            else
                cluster().query("select pg_terminate_backend(" + backend + ")");
            EXPECT_EQ(pending.finish(context), errc::connection_lost);
            EXPECT_TRUE(contains(pending.details.what(), "stages of the pipeline")) << pending.details;
            if (mode == coropq::pipeline_mode::isolated) {
                // The server says where it stops, if it can say anything.
                const auto behind = how == std::string_view("terminated") ? not_run : in_doubt;
                EXPECT_EQ(statuses_of(pending.results), (statuses{done, failed, in_doubt, behind}));
                EXPECT_EQ(pending.results[first], 1);
                EXPECT_EQ(pending.results.error(second), sqlstate::division_by_zero);
                EXPECT_EQ(pending.results.outcome(2).error, errc::connection_lost);
            } else if (how == std::string_view("terminated")) {
                EXPECT_EQ(statuses_of(pending.results), (statuses{rolled_back, rolled_back, not_run}));
            } else {
                EXPECT_EQ(statuses_of(pending.results), (statuses{in_doubt, in_doubt, in_doubt}));
            }
            EXPECT_EQ(failure_of<coropq::error>(context, without_results(conn->run_pipeline(work))).code(),
                      errc::not_connected);
            conn.reset();
            drain(context);
            EXPECT_TRUE(run_until_inactive(context, "/* pipeline */"));
        }
    }
}

TEST_F(pipelines, a_lost_connection_in_a_transaction_ends_that) {
    coropq::transaction tx = run(context, conn->begin());
    isolated.execute("select 1");
    isolated.execute(sleeping);
    pending_pipeline pending;
    pending.start(tx, isolated);
    ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
    let_answers_through();
    proxy.cut();
    EXPECT_EQ(pending.finish(context), errc::connection_lost);
    EXPECT_EQ(statuses_of(pending.results), (statuses{done, in_doubt}));
    EXPECT_EQ(failure_of<coropq::connection_error>(context, tx.commit()).code(), errc::connection_lost);
    run(context, tx.rollback());
}

TEST_F(pipelines, stages_that_werent_sent_are_known_not_to_have_run) {
    const std::string text(500'000, 'x');
    isolated.execute("select 1");
    isolated.execute(sleeping);
    for (int i = 0; i != 200; ++i)
        isolated.execute("select length($1)", text);
    pending_pipeline pending;
    pending.start(*conn, isolated);
    ASSERT_TRUE(run_until_active(context, "/* pipeline */"));
    let_answers_through();
    proxy.reset();
    EXPECT_EQ(pending.finish(context), errc::connection_lost);
    const statuses all = statuses_of(pending.results);
    EXPECT_EQ(all[0], done);
    EXPECT_EQ(all[1], in_doubt);
    EXPECT_EQ(all.back(), not_run);
    EXPECT_TRUE(run_until_inactive(context, "/* pipeline */"));
}

TEST_F(pipelines, no_error_shows_a_value) {
    const std::string secret = "hunter2-is-not-a-good-password";
    const std::string other = "another-value-of-another-stage";
    (*this)("create temp table t (a text primary key, b text)");
    simple("create function pg_temp.tells() returns trigger language plpgsql as $$ begin "
           "raise exception 'there is %', (select a from t limit 1); end $$; "
           "create trigger tells before delete on t for each row execute function pg_temp.tells()");
    whole.execute("insert into t values ($1, $2)", secret, other);
    whole.execute("delete from t");
    isolated.execute("select $1::int", secret);
    isolated.execute("select $1::uuid", other);
    for (const coropq::pipeline* each : {&whole, &isolated}) {
        const coropq::pipeline_results results = (*this)(*each);
        EXPECT_EQ(results.outcome(1).status, failed);
        for (std::size_t i = 0; i != 2; ++i) {
            for (const std::string& value : {secret, other})
                EXPECT_FALSE(contains(results.outcome(i).details.what(), value)) << results.outcome(i).details;
        }
    }
}

} // namespace
