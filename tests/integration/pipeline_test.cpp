// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Several statements in one round trip: what they give, and what an error means for the others.

#include "pipeline_support.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::errc;
using coropq::sqlstate;
using numbers = std::vector<int>;

struct user {
    int id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(user, (), (id, name))

TEST_F(pipelines, stages_give_what_was_asked_for) {
    (*this)("create temp table users (id int primary key, name text)");
    for (coropq::pipeline* each : {&isolated, &whole}) {
        (*this)("truncate users");
        const auto added = each->execute("insert into users values ($1, $2), (2, 'Grace')", 1, "Ada");
        const auto people = each->fetch<user>("select * from users order by id");
        const auto pairs = each->fetch<std::tuple<int, std::string>>("select * from users order by id");
        const auto count = each->fetch_value<std::int64_t>("select count(*) from users where id > $1", 1);
        const auto first = each->fetch_one<user>("select * from users where id = $1", 1);
        const auto nobody = each->fetch_optional<user>("select * from users where id = $1", 7);
        const auto maybe = each->fetch_value<std::optional<int>>("select null::int");
        EXPECT_EQ(each->size(), 7u);
        EXPECT_EQ(people.index(), 1u);
        const coropq::pipeline_results results = in_one_round_trip(*each);
        EXPECT_TRUE(results.all_done());
        results.throw_if_failed();
        EXPECT_EQ(results.size(), 7u);
        EXPECT_EQ(results[added].affected_rows(), 2u);
        EXPECT_EQ(results[added].command_tag(), "INSERT 0 2");
        ASSERT_EQ(results[people].size(), 2u);
        EXPECT_EQ(results[people][1].name, "Grace");
        EXPECT_EQ(results[pairs][0], std::tuple(1, std::string("Ada")));
        EXPECT_EQ(results[count], 1);
        EXPECT_EQ(results[first].name, "Ada");
        EXPECT_FALSE(results[nobody]);
        EXPECT_FALSE(results[maybe]);
        EXPECT_FALSE(results.error(people));
        EXPECT_EQ(results.outcome(people).output.size(), 2u);
    }
    EXPECT_EQ((*this)("select count(*) from users")[0][0].as<int>(), 2);
}

TEST_F(pipelines, misuse_is_told) {
    const auto wrong = isolated.fetch_value<int>("select 'x'");
    const auto none = isolated.fetch_one<int>("select 1 where false");
    const coropq::pipeline_results results = (*this)(isolated);
    EXPECT_TRUE(results.all_done()); // they ran; it is the reader who asks for something else
    EXPECT_THROW(results[wrong], coropq::result_error);
    EXPECT_THROW(results[none], coropq::result_error);
    const auto foreign = whole.fetch_value<int>("select 1");
    EXPECT_THROW(results[foreign], coropq::option_error);
    EXPECT_THROW(results.outcome(2), coropq::option_error);
    EXPECT_THROW(isolated.execute("select $1"), coropq::option_error);
    EXPECT_EQ(isolated.size(), 2u);
}

// A stream is read row by row; what follows isn't.
TEST_F(pipelines, behind_a_stream_that_was_left) {
    for (coropq::pipeline* each : {&isolated, &whole}) {
        {
            auto rows = run(context, conn->stream<int>("select * from generate_series(1, 100000)"));
            EXPECT_EQ(run(context, rows.next()), 1);
        }
        const auto three = each->fetch<int>("select * from generate_series(1, 3)");
        EXPECT_EQ(run(context, conn->run_pipeline(*each))[three], (std::vector<int>{1, 2, 3}));
        EXPECT_EQ((*this)("select * from generate_series(1, 3)").size(), 3u); // prepared now
    }
}

TEST_F(pipelines, an_empty_one_sends_nothing) {
    for (const coropq::pipeline* each : {&isolated, &whole}) {
        proxy.reset_counters();
        const coropq::pipeline_results results = (*this)(*each);
        EXPECT_EQ(results.size(), 0u);
        EXPECT_TRUE(results.all_done());
        EXPECT_EQ(proxy.bytes(direction::to_server), 0u);
    }
}

TEST_F(pipelines, isolated_stages_dont_touch_each_other) {
    (*this)("create temp table t (a int primary key)");
    isolated.execute("insert into t values (1)");
    const auto duplicate = isolated.execute("insert into t values ($1)", 1);
    isolated.execute("insert into t values (2)");
    const auto broken = isolated.fetch<int>("selekt");
    const auto all = isolated.fetch<int>("select a from t order by a");
    for (int i = 0; i != 2; ++i) {
        (*this)("truncate t");
        const coropq::pipeline_results results = in_one_round_trip(isolated);
        EXPECT_EQ(statuses_of(results), (statuses{done, failed, done, failed, done}));
        EXPECT_EQ(results[all], (numbers{1, 2}));
        EXPECT_EQ(results.error(duplicate), sqlstate::unique_violation);
        EXPECT_EQ(results.outcome(duplicate).details.constraint_name(), "t_pkey");
        EXPECT_EQ(results.error(broken), sqlstate::syntax_error);
        EXPECT_TRUE(contains(results.outcome(broken).details.statement(), "selekt"));
        EXPECT_THROW(results[broken], coropq::server_error);
        EXPECT_THROW(results.throw_if_failed(), coropq::server_error);
        EXPECT_FALSE(results.all_done());
    }
    expect_usable();
}

TEST_F(pipelines, all_or_nothing) {
    (*this)("create temp table t (a int primary key)");
    whole.execute("insert into t values (1)");
    whole.execute("insert into t values (2)");
    EXPECT_EQ(statuses_of(in_one_round_trip(whole)), (statuses{done, done}));
    EXPECT_EQ(value("select count(*) from t"), "2");
    (*this)("truncate t");
    whole.execute("insert into t values ($1)", 1);
    whole.execute("insert into t values (3)");
    for (int i = 0; i != 2; ++i) {
        const coropq::pipeline_results results = in_one_round_trip(whole);
        EXPECT_EQ(statuses_of(results), (statuses{rolled_back, rolled_back, failed, not_run}));
        EXPECT_EQ(results.outcome(0).error, errc::rolled_back);
        EXPECT_TRUE(contains(results.outcome(0).details.what(), "stage 3 failed")) << results.outcome(0).details;
        EXPECT_EQ(results.outcome(2).error, sqlstate::unique_violation);
        EXPECT_EQ(results.outcome(3).error, errc::not_run);
        EXPECT_TRUE(contains(results.outcome(3).details.what(), "stage 3 failed"));
        try { // its own error, not those that follow from it
            results.throw_if_failed();
            ADD_FAILURE();
        } catch (const coropq::server_error& failure) {
            EXPECT_EQ(failure.code(), sqlstate::unique_violation);
        }
        EXPECT_EQ(value("select count(*) from t"), "0");
    }
    expect_usable();
}

TEST_F(pipelines, errors_that_come_with_the_commit) {
    (*this)("create temp table p (i int primary key)");
    (*this)("create temp table c (i int references p deferrable initially deferred, t text)");
    const std::string secret = "a value that nobody may see";
    whole.execute("insert into c values (1, $1)", secret);
    whole.execute("select 1");
    pending_pipeline pending;
    pending.start(*conn, whole);
    EXPECT_EQ(pending.finish(context), sqlstate::foreign_key_violation);
    EXPECT_EQ(statuses_of(pending.results), (statuses{rolled_back, rolled_back}));
    EXPECT_FALSE(contains(pending.details.what(), secret));
    failure_of<coropq::server_error>(context, without_results(conn->run_pipeline(whole)));
    isolated.execute("insert into c values (1, $1)", secret);
    isolated.execute("select 1");
    const coropq::pipeline_results results = (*this)(isolated);
    EXPECT_EQ(statuses_of(results), (statuses{failed, done}));
    EXPECT_EQ(results.outcome(0).error, sqlstate::foreign_key_violation);
    EXPECT_EQ(value("select count(*) from c"), "0");
    expect_usable();
}

TEST_F(pipelines, what_cant_be_pipelined_is_refused_before_anything_is_sent) {
    const auto expect_refused = [&](const coropq::pipeline& work, std::string_view why) {
        proxy.reset_counters();
        pending_pipeline pending;
        pending.start(*conn, work);
        EXPECT_EQ(pending.finish(context), errc::unsupported) << why;
        EXPECT_TRUE(contains(pending.details.what(), "stage 2 of 2")) << pending.details;
        EXPECT_TRUE(contains(pending.details.what(), why)) << pending.details;
        EXPECT_EQ(statuses_of(pending.results), (statuses{not_run, not_run}));
        EXPECT_EQ(proxy.bytes(direction::to_server), 0u);
    };
    for (const auto mode : {coropq::pipeline_mode::isolated, coropq::pipeline_mode::all_or_nothing}) {
        coropq::pipeline start(mode);
        start.execute("select 1");
        coropq::pipeline work = start;
        work.execute(" /* a */ copy pg_class to stdout");
        expect_refused(work, "COPY");
        work = start;
        work.execute("select 1; select 2");
        expect_refused(work, "several statements");
        work = start;
        work.execute(coropq::statement("select 1").simple_protocol(true));
        expect_refused(work, "simple protocol");
    }
    for (const char* text : {"begin", "commit", "rollback", "start transaction", "end", "abort",
                             "prepare transaction 'x'", "savepoint s"}) {
        coropq::pipeline work(coropq::pipeline_mode::all_or_nothing);
        work.execute("select 1");
        work.execute(text);
        expect_refused(work, "transaction");
    }
    isolated.execute("select 1 ;");
    isolated.execute("");
    EXPECT_TRUE((*this)(isolated).all_done());
    connect(coropq::statement_options().simple_protocol(true));
    const auto refused = failure_of<coropq::error>(context, without_results(conn->run_pipeline(isolated)));
    EXPECT_EQ(refused.code(), errc::unsupported);
    EXPECT_TRUE(contains(refused.what(), "simple_protocol"));
}

TEST_F(pipelines, statements_that_want_to_be_alone) {
    (*this)("create table alone (a int)");
    isolated.execute("vacuum alone");
    isolated.execute("insert into alone values (1)");
    isolated.execute("vacuum alone");
    isolated.execute("create index concurrently on alone (a)");
    EXPECT_TRUE(in_one_round_trip(isolated).all_done());
    // Where everything is to be taken back, they aren't allowed, not even as the first.
    whole.execute("vacuum alone");
    whole.execute("select 1 / 0");
    const coropq::pipeline_results results = (*this)(whole);
    EXPECT_EQ(statuses_of(results), (statuses{failed, not_run}));
    EXPECT_EQ(results.outcome(0).error, sqlstate::active_sql_transaction);
    // Nor can a procedure make permanent what has run.
    simple("create procedure pg_temp.commits() language plpgsql as $$ begin commit; end $$");
    coropq::pipeline calling(coropq::pipeline_mode::all_or_nothing);
    calling.execute("insert into alone values (2)");
    calling.execute("call pg_temp.commits()");
    EXPECT_EQ(statuses_of((*this)(calling)), (statuses{rolled_back, failed}));
    EXPECT_EQ(value("select count(*) from alone"), "1");
    (*this)("drop table alone");
}

TEST_F(pipelines, transactions_inside_of_an_isolated_one) {
    (*this)("create temp table t (a int primary key)");
    isolated.execute("begin");
    isolated.execute("insert into t values (1)");
    isolated.execute("commit");
    isolated.execute("begin");
    isolated.execute("insert into t values (2)");
    isolated.execute("insert into t values (1)");
    isolated.execute("commit"); // which the server answers with ROLLBACK
    isolated.execute("select 1");
    const coropq::pipeline_results results = in_one_round_trip(isolated);
    EXPECT_EQ(statuses_of(results), (statuses{done, done, done, done, done, failed, failed, done}));
    EXPECT_EQ(results.outcome(6).error, sqlstate::in_failed_sql_transaction);
    EXPECT_EQ(value("select array_agg(a) from t"), "{1}");
}

TEST_F(pipelines, within_a_transaction) {
    (*this)("create temp table t (a int primary key)");
    for (coropq::pipeline* each : {&isolated, &whole}) {
        coropq::transaction tx = run(context, conn->begin({.isolation = coropq::isolation::serializable}));
        each->execute("insert into t values (1)");
        const auto level = each->fetch_value<std::string>("select current_setting('transaction_isolation')");
        const coropq::pipeline_results results = in_one_round_trip(tx, *each);
        EXPECT_EQ(statuses_of(results), (statuses{done, done}));
        EXPECT_EQ(results[level], "serializable");
        run(context, tx.rollback());
        EXPECT_EQ(value("select count(*) from t"), "0");

        tx = run(context, conn->begin());
        each->execute("insert into t values (1)");
        each->execute("select 2");
        const coropq::pipeline_results failing = in_one_round_trip(tx, *each);
        EXPECT_EQ(statuses_of(failing), (statuses{done, done, failed, not_run}));
        EXPECT_EQ(failure_of<coropq::server_error>(context, tx.commit()).code(), sqlstate::in_failed_sql_transaction);
        EXPECT_FALSE(tx.is_open());
        EXPECT_EQ(failure_of<coropq::error>(context, without_results(tx.run_pipeline(*each))).code(),
                  errc::no_transaction);

        // A part of it can be taken back.
        tx = run(context, conn->begin());
        run(context, tx.execute("insert into t values (5)"));
        coropq::transaction part = run(context, tx.begin());
        EXPECT_EQ(statuses_of(in_one_round_trip(part, *each)), (statuses{done, done, failed, not_run}));
        run(context, part.rollback());
        run(context, tx.commit());
        EXPECT_EQ(value("select array_agg(a) from t"), "{5}");
        (*this)("truncate t");
    }
}

TEST_F(pipelines, what_stands_ahead_travels_along) {
    for (coropq::pipeline* each : {&isolated, &whole}) {
        const auto memory = each->fetch_value<std::string>("select current_setting('work_mem')");
        each->execute("select 1");
        connect(coropq::connect_options().on_connect({"set work_mem = '1234kB'"}));
        EXPECT_EQ(in_one_round_trip(*each)[memory], "1234kB");
        // If it fails, nothing has run.
        (*this)("create table ahead (a int)");
        coropq::pipeline inserting(each->mode());
        inserting.execute("insert into ahead values (1)");
        inserting.execute("insert into ahead values (2)");
        connect(coropq::connect_options().on_connect({"set no_such_setting = 1"}));
        pending_pipeline pending;
        pending.start(*conn, inserting);
        EXPECT_TRUE(pending.finish(context));
        EXPECT_TRUE(contains(pending.details.what(), "on_connect")) << pending.details;
        EXPECT_EQ(statuses_of(pending.results), (statuses{not_run, not_run}));
        EXPECT_EQ(failure_of<coropq::error>(context, without_results(conn->run_pipeline(inserting))).code(),
                  errc::not_connected);
        // Nor does anything if the pipeline ends the transaction that it failed in.
        inserting = coropq::pipeline(coropq::pipeline_mode::isolated);
        inserting.execute("rollback");
        inserting.execute("insert into ahead values (3)");
        connect(coropq::connect_options().on_connect({"set no_such_setting = 1"}));
        failure_of<coropq::server_error>(context, without_results(conn->run_pipeline(inserting)));
        connect();
        EXPECT_EQ(value("select count(*) from ahead"), "0");
        (*this)("drop table ahead");
    }
}

TEST_F(pipelines, what_fails_ahead_of_a_transaction_keeps_its_stages_from_being_run) {
    (*this)("create table ahead (a int)");
    isolated.execute("insert into ahead values (1)");
    isolated.execute("insert into ahead values (2)");
    {
        coropq::transaction tx = run(context, conn->begin());
        coropq::transaction part = run(context, tx.begin());
        EXPECT_EQ(statuses_of((*this)(isolated)), (statuses{done, done}));
        run(context, part.commit());
        run(context, tx.rollback());
    }
    EXPECT_EQ(value("select count(*) from ahead"), "0");
    (*this)("drop table ahead");
    // One at a time, as always.
    pending_pipeline first;
    first.start(*conn, isolated);
    EXPECT_EQ(failure_of<coropq::error>(context, without_results(conn->run_pipeline(isolated))).code(),
              errc::operation_in_progress);
    EXPECT_FALSE(first.finish(context));
    EXPECT_EQ(statuses_of(first.results), (statuses{failed, failed}));
}

TEST_F(pipelines, of_connections_that_are_gone) {
    isolated.execute("select 1");
    coropq::connection moved = std::move(*conn);
    pending_pipeline pending;
    pending.start(*conn, isolated);
    EXPECT_EQ(pending.finish(context), errc::not_connected);
    EXPECT_EQ(statuses_of(pending.results), (statuses{not_run}));
    EXPECT_EQ(failure_of<coropq::error>(context, without_results(conn->run_pipeline(isolated))).code(),
              errc::not_connected);
    *conn = std::move(moved);
    EXPECT_TRUE((*this)(isolated).all_done());
    // What was given is owned: the pipeline may be gone.
    auto later = conn->run_pipeline(coropq::pipeline(isolated));
    isolated = coropq::pipeline(coropq::pipeline_mode::isolated);
    EXPECT_TRUE(run(context, std::move(later)).all_done());
}

} // namespace
