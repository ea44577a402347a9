// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Pipelines and the statements that a connection has prepared; types that aren't known yet.

#include "pipeline_support.hpp"

#include <coropq/types/all.hpp>

#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::errc;
using coropq::sqlstate;
using texts = std::vector<std::string>;

TEST_F(pipelines, the_same_text_is_parsed_once) {
    for (coropq::pipeline* each : {&isolated, &whole}) {
        connect();
        for (int i = 0; i != 5; ++i)
            each->execute("select $1::int as number", i);
        each->execute("select $1 as other", "x");
        EXPECT_TRUE(in_one_round_trip(*each).all_done());
        EXPECT_EQ(on_server(), (texts{"select $1::int as number", "select $1 as other"}));
        const std::size_t first = proxy.bytes(direction::to_server);
        EXPECT_TRUE(in_one_round_trip(*each).all_done());
        EXPECT_LT(proxy.bytes(direction::to_server), first); // no text any more
        EXPECT_EQ(on_server().size(), 2u);
        // A single statement finds it, and the other way round.
        proxy.reset_counters();
        EXPECT_EQ((*this)("select $1::int as number", 3)[0][0].as<int>(), 3);
        EXPECT_EQ(proxy.round_trips(), 1u);
        EXPECT_EQ(on_server().size(), 2u);
    }
}

TEST_F(pipelines, prepare_and_close) {
    const auto prepared = isolated.prepare<int, std::string>("select $1 as a, $2::text as b");
    isolated.prepare("select 1.5::float8");
    isolated.prepare(coropq::statement("select $1 + 1", 5));
    coropq::pipeline_results results = in_one_round_trip(isolated);
    EXPECT_TRUE(results.all_done());
    results[prepared]; // nothing to give
    EXPECT_EQ(on_server().size(), 3u);
    proxy.reset_counters();
    EXPECT_TRUE((*this)(isolated).all_done());
    EXPECT_EQ(proxy.bytes(direction::to_server), 0u); // it has them already
    // The first run has binary results.
    const auto value = whole.fetch_value<double>("select 1.5::float8");
    whole.fetch_value<int>("select $1 as a, $2::text as b", 1, "x");
    results = in_one_round_trip(whole);
    EXPECT_EQ(results[value], 1.5);
    EXPECT_EQ(on_server().size(), 3u);

    coropq::pipeline closing(coropq::pipeline_mode::all_or_nothing);
    closing.close("select $1 + 1");
    closing.close("select 1.5::float8");
    closing.close("never prepared");
    closing.execute("select 1.5::float8"); // and again
    EXPECT_TRUE(in_one_round_trip(closing).all_done());
    EXPECT_EQ(on_server(), (texts{"select $1 as a, $2::text as b", "select 1.5::float8"}));
    EXPECT_EQ((*this)("select $1 + 1", 1)[0][0].as<int>(), 2);

    coropq::pipeline both(coropq::pipeline_mode::isolated);
    both.prepare("select 77");
    both.close("select 77");
    both.prepare("selekt");
    const auto last = both.fetch_value<int>("select 77");
    results = in_one_round_trip(both);
    EXPECT_EQ(statuses_of(results), (statuses{done, done, failed, done}));
    EXPECT_EQ(results[last], 77);
    connect(coropq::statement_options().prepared_statements(0));
    EXPECT_EQ(statuses_of((*this)(both)), (statuses{done, done, done, done})); // nothing is prepared
    EXPECT_EQ(on_server(), texts());
}

TEST_F(pipelines, the_cache_may_be_smaller_than_a_pipeline) {
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        connect(coropq::statement_options().prepared_statements(3));
        (*this)("select 1");
        (*this)("select 2");
        (*this)("select 3");
        coropq::pipeline work(mode);
        std::vector<coropq::pipeline_stage<int>> stages;
        for (int round = 0; round != 3; ++round) {
            for (int i = 10; i != 1; --i) // 3 and 2 are there, and their places are taken before they are used
                stages.push_back(work.fetch_value<int>("select " + std::to_string(i)));
        }
        const coropq::pipeline_results results = in_one_round_trip(work);
        EXPECT_TRUE(results.all_done());
        for (const auto& stage : stages)
            EXPECT_EQ(results[stage], 10 - static_cast<int>(stage.index() % 9));
        (*this)("select 1");
        (*this)("select 1");
        EXPECT_EQ(on_server().size(), 3u);
        EXPECT_TRUE((*this)(work).all_done());
    }
}

TEST_F(pipelines, prepared_statements_that_dont_fit_any_more) {
    const auto forget = [&] { simple("do $$ begin execute 'deallocate all'; end $$"); };
    (*this)("create temp table t (a int)");
    (*this)("insert into t values ($1)", 0);
    (*this)("select * from t");
    // All or nothing: nothing has happened, so it is run again.
    whole.execute("select 5");
    whole.execute("insert into t values ($1)", 1);
    whole.execute("select * from t");
    forget();
    EXPECT_TRUE((*this)(whole).all_done());
    EXPECT_EQ(value("select count(*) from t"), "2");
    simple("alter table t add column b int");
    EXPECT_TRUE((*this)(whole).all_done());
    EXPECT_EQ(value("select count(*) from t"), "3");

    // Isolated: those behind which nothing has run.
    isolated.execute("values (1)");
    isolated.execute("insert into t values ($1)", 10);
    isolated.execute("insert into t values ($1)", 11);
    const auto rows = isolated.execute("select * from t");
    EXPECT_TRUE((*this)(isolated).all_done());
    forget();
    coropq::pipeline_results results = (*this)(isolated);
    EXPECT_TRUE(results.all_done());
    EXPECT_EQ(results[rows].size(), 7u);
    EXPECT_EQ(value("select count(*) from t where a > 9"), "4");
    simple("alter table t add column c int");
    results = (*this)(isolated);
    EXPECT_TRUE(results.all_done());
    EXPECT_EQ(results[rows].column_count(), 3u);
    // Otherwise their order would be another one.
    isolated.execute("table t");
    isolated.execute("values (2)");
    EXPECT_TRUE((*this)(isolated).all_done());
    simple("alter table t add column d int");
    results = (*this)(isolated);
    EXPECT_EQ(statuses_of(results), (statuses{done, done, done, failed, failed, done}));
    EXPECT_EQ(results.error(rows), sqlstate::feature_not_supported);
    EXPECT_TRUE(contains(results.outcome(rows).details.hint(), "run the stage again"));
    EXPECT_TRUE((*this)(isolated).all_done());

    // In a transaction, that has failed.
    simple("alter table t add column e int");
    coropq::transaction tx = run(context, conn->begin());
    results = run(context, tx.run_pipeline(isolated));
    EXPECT_EQ(statuses_of(results), (statuses{done, done, done, failed, not_run, not_run}));
    EXPECT_TRUE(contains(results.outcome(rows).details.hint(), "roll back"));
    run(context, tx.rollback());
    EXPECT_EQ(statuses_of((*this)(isolated)), (statuses{done, done, done, done, failed, done}));
    EXPECT_TRUE((*this)(isolated).all_done());
}

TEST_F(pipelines, definitions_that_change_in_a_pipeline) {
    for (coropq::pipeline* each : {&isolated, &whole}) {
        each->execute("create temp table t (a int)");
        each->execute("insert into t values ($1)", 1);
        const auto narrow = each->execute("select * from t");
        each->execute("alter table t add column b text default 'x'");
        const auto wide = each->execute("select * from t");
        each->execute("drop table t");
        const coropq::pipeline_results results = in_one_round_trip(*each);
        EXPECT_TRUE(results.all_done());
        EXPECT_EQ(results[narrow].column_count(), 1u);
        EXPECT_EQ(results[wide].column_count(), 2u);
        EXPECT_TRUE(in_one_round_trip(*each).all_done());
    }
    // One that can't be prepared yet.
    coropq::pipeline late(coropq::pipeline_mode::isolated);
    late.execute("select a from late");
    late.execute("select a from late");
    late.execute("create temp table late (a int)");
    late.execute("select a from late");
    late.execute("select 1");
    const coropq::pipeline_results results = in_one_round_trip(late);
    EXPECT_EQ(statuses_of(results), (statuses{failed, failed, done, done, done}));
    EXPECT_EQ(results.outcome(0).error, sqlstate::undefined_table);
    EXPECT_EQ(results.outcome(1).error, sqlstate::undefined_table); // not that there is no such prepared statement
    coropq::pipeline discarding(coropq::pipeline_mode::isolated);
    discarding.execute("select 1");
    discarding.execute("discard all");
    discarding.execute("select 1");
    discarding.execute("select 2");
    EXPECT_TRUE((*this)(discarding).all_done());
    EXPECT_EQ(on_server(), (texts{"select 1", "select 2"}));
}

TEST_F(pipelines, a_failure_to_prepare_is_found_out_again) {
    (*this)("select 1");
    isolated.execute("select a from nowhere");
    isolated.execute("select a from nowhere");
    isolated.execute("select a from nowhere");
    const coropq::pipeline_results results = (*this)(isolated);
    EXPECT_EQ(statuses_of(results), (statuses{failed, failed, failed}));
    for (std::size_t i = 0; i != 3; ++i)
        EXPECT_EQ(results.outcome(i).error, sqlstate::undefined_table);
    EXPECT_EQ(on_server(), (texts{"select 1"}));
}

TEST_F(pipelines, types_that_arent_known_yet) {
    const temporary_database database = cluster().create_database();
    cluster().query("create type mood as enum ('sad', 'happy')", database.name());
    cluster().query("create type pair as (a int, m mood)", database.name());
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        conn.emplace(context);
        run(context, conn->connect(plain_address(database)));
        coropq::pipeline work(mode);
        const auto moods = work.fetch<std::string>("select unnest('{sad,happy}'::mood[])");
        const auto pairs = work.execute("select row(1, 'sad')::pair as p, '{happy}'::mood[] as list");
        for (int i = 0; i != 3; ++i) { // text first, and then binary
            const coropq::pipeline_results results = (*this)(work);
            ASSERT_TRUE(results.all_done());
            EXPECT_EQ(results[moods], (texts{"sad", "happy"}));
            EXPECT_EQ(results[pairs].columns()[0].type_name, "pair");
            EXPECT_EQ(results[pairs].columns()[1].type_name, "mood[]");
            EXPECT_EQ(results[pairs][0][0].text(), "(1,sad)");
            EXPECT_EQ(results[pairs][0][1].text(), "{happy}");
        }
    }
}

TEST_F(pipelines, results_are_binary_from_the_second_time_on) {
    for (coropq::pipeline* each : {&isolated, &whole}) {
        connect();
        const auto numbers = each->fetch<double>("select g::float8 / 3 from generate_series(1, 1000) g");
        proxy.reset_counters();
        EXPECT_EQ((*this)(*each)[numbers][0], 1.0 / 3);
        const std::size_t text_size = proxy.bytes(direction::to_client);
        proxy.reset_counters();
        EXPECT_EQ((*this)(*each)[numbers][0], 1.0 / 3);
        EXPECT_LT(proxy.bytes(direction::to_client), text_size * 9 / 10);
        // Where text can't be read, from the first time on.
        connect(coropq::connect_options().connect_arg("options", "-c DateStyle=German -c IntervalStyle=sql_standard"));
        coropq::pipeline dates(each->mode());
        if (each == &isolated)
            dates.execute("select * from not_there");
        const auto day = dates.fetch_value<std::string>("select '03.02.2020'::date");
        EXPECT_EQ((*this)(dates)[day], "2020-02-03");
    }
}

} // namespace
