// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What a session must never be handed on with, or without: each of these once went wrong.

#include "pool_support.hpp"
#include "transaction_support.hpp"

#include <boost/describe.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace of_safety {

BOOST_DEFINE_ENUM_CLASS(weather, sun, rain)

} // namespace of_safety

template <>
struct coropq::type_name<of_safety::weather> {
    static constexpr std::string_view value = "weather";
};

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

struct pool_safety : pool_fixture {
    static coropq::engine_options set_up(std::vector<std::string> statements, coropq::pool_options pool = {},
                                         coropq::statement_options how = {}) {
        return coropq::engine_options()
            .pool(pool.size(1))
            .connect(coropq::connect_options().on_connect(std::move(statements)).statements(how));
    }

    std::string name(const coropq::engine& engine) {
        return run(context, engine.fetch_value<std::string>("show application_name"));
    }
};

TEST_F(pool_safety, a_set_up_that_was_cancelled_is_not_forgotten) {
    const auto engine = make(set_up({gate::statement("setting up"), "set application_name = 'as set up'"}));
    gate closed(context);
    started& first = start(engine, "select 'first'");
    ASSERT_TRUE(run_until_active(context, "setting up"));
    first.stop.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(run_until([&] { return first.code.has_value() && engine.stats().active == 0; }));
    EXPECT_EQ(first.code, asio::error::operation_aborted);
    closed.open();
    EXPECT_EQ(name(engine), "as set up");
}

TEST_F(pool_safety, set_up_statements_survive_discard_all_with_the_simple_protocol) {
    const auto engine = make(set_up({"set application_name = 'as set up'"},
                                    coropq::pool_options().reset(coropq::reset_policy::discard_all),
                                    coropq::statement_options().simple_protocol(true)));
    EXPECT_EQ(name(engine), "as set up");
    EXPECT_EQ(name(engine), "as set up");
    EXPECT_EQ(name(engine), "as set up");
}

TEST_F(pool_safety, set_up_statements_are_no_part_of_a_transaction_with_the_simple_protocol) {
    const auto engine =
        make(set_up({"set application_name = 'as set up'"}, {}, coropq::statement_options().simple_protocol(true)));
    {
        const auto tx = run(context, engine.begin());
        run(context, tx.execute("select 1"));
        run(context, tx.rollback());
    }
    EXPECT_EQ(name(engine), "as set up");
}

TEST_F(pool_safety, types_are_looked_up_behind_the_set_up) {
    cluster().query("drop schema if exists safety cascade; create schema safety; grant usage on schema safety to "
                    "public; create type safety.weather as enum ('sun', 'rain')",
                    cluster().app_database());
    const auto engine = make(set_up({"set search_path = safety"}));
    EXPECT_EQ(run(context, engine.fetch_value<std::string>("select ($1::weather[])[1]::text",
                                                           std::vector{of_safety::weather::rain})),
              "rain");
}

TEST_F(pool_safety, types_are_looked_up_behind_a_rollback_whose_answer_is_due) {
    cluster().query("drop type if exists weather; create type weather as enum ('sun', 'rain')",
                    cluster().app_database());
    const auto engine = make_pool(coropq::pool_options().size(1));
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("begin"));
    }
    EXPECT_EQ(run(context, engine.fetch_value<std::string>("select ($1::weather[])[1]::text",
                                                           std::vector{of_safety::weather::rain})),
              "rain");
}

using nested_safety = transaction_fixture;

TEST_F(nested_safety, types_are_looked_up_behind_a_rollback_to_a_savepoint) {
    cluster().query("drop type if exists weather; create type weather as enum ('sun', 'rain')",
                    cluster().app_database());
    const auto tx = run(context, engine.begin());
    run(context, tx.execute(insert(1)));
    const auto nested = run(context, tx.begin());
    EXPECT_THROW(run(context, nested.execute("select 1/0")), coropq::error);
    run(context, nested.rollback());
    EXPECT_EQ(run(context, tx.fetch_value<std::string>("select ($1::weather[])[1]::text",
                                                       std::vector{of_safety::weather::rain})),
              "rain");
    run(context, tx.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(nested_safety, a_nested_transaction_can_be_committed_after_one_inside_of_it_was_rolled_back) {
    const auto tx = run(context, engine.begin());
    const auto outer = run(context, tx.begin());
    run(context, outer.execute(insert(1)));
    const auto inner = run(context, outer.begin());
    EXPECT_THROW(run(context, inner.execute("select 1/0")), coropq::error);
    run(context, inner.rollback());
    run(context, outer.commit());
    run(context, tx.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(pool_safety, a_discard_all_that_a_cancel_request_has_hit_is_noticed) {
    const auto engine = make_pool(coropq::pool_options().size(1).reset(coropq::reset_policy::discard_all));
    coropq::connection observer(context);
    run(context, observer.connect(address_of(cluster().superuser_url().database(cluster().app_database()))));
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("create temporary table remains (id int)"));
        run(context, conn.execute("set application_name = 'left behind'"));
        const auto table = run(context, conn.fetch_value<std::string>(
                                            "select 'pg_temp_' || substr(relnamespace::regnamespace::text, 9) || "
                                            "'.remains' from pg_class where oid = 'remains'::regclass"));
        run(context, observer.execute("begin"));
        run(context, observer.execute("lock table " + table + " in access share mode")); // it waits for that
    }
    started& next = start(engine, "select 'next'");
    ASSERT_TRUE(run_until_active(context, "discard all"));
    next.stop.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(run_until([&] { return next.code.has_value() && engine.stats().active == 0; }));
    run(context, observer.execute("rollback"));
    EXPECT_NE(name(engine), "left behind");
}

TEST_F(pool_safety, a_transaction_on_a_silent_link_ends_at_its_deadline) {
    const auto engine = make(coropq::engine_options()
                                 .pool(coropq::pool_options().size(1))
                                 .connect(coropq::connect_options().cancel_timeout(1min))); // isn't waited for
    run(context, engine.execute("select 1"));
    const auto begun = std::chrono::steady_clock::now();
    const auto work = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        co_await tx.execute("select 1");
        proxy.stall();
        co_await tx.execute("select 2");
    };
    EXPECT_THROW(run(context, engine.transaction(work, {.timeout = 300ms})), coropq::timeout_error);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
    proxy.release();
}

TEST_F(pool_safety, a_stream_with_a_cursor_that_was_left_on_a_silent_link_does_not_keep_its_connection) {
    const auto engine = make(coropq::engine_options()
                                 .pool(coropq::pool_options().size(1))
                                 .connect(coropq::connect_options().cancel_timeout(100ms)));
    {
        auto rows = run(context, engine.stream_rows(coropq::statement("select generate_series(1, 1000)"),
                                                    {.batch = 10, .strategy = coropq::stream_strategy::cursor}));
        run(context, rows.next_batch());
        proxy.stall();
    }
    EXPECT_TRUE(run_until([&] { return engine.stats().active == 0; }));
    proxy.release();
}

} // namespace
