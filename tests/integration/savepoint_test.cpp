// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Nested transactions.

#include "transaction_support.hpp"

#include <memory>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::sqlstate;

struct savepoint : transaction_fixture {
    static std::string ids() { return seen("select string_agg(id::text, ',' order by id) from item"); }
};

TEST_F(savepoint, becomes_a_part_of_the_transaction_around_it) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    auto nested = run(context, tx.begin());
    run(context, nested.execute(insert(2)));
    run(context, nested.commit());
    run(context, tx.execute(insert(3)));
    EXPECT_EQ(count(), "0");
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1,2,3");
}

TEST_F(savepoint, goes_with_the_transaction_around_it) {
    auto tx = run(context, conn.begin());
    auto nested = run(context, tx.begin());
    run(context, nested.execute(insert(1)));
    run(context, nested.commit());
    run(context, tx.rollback());
    EXPECT_EQ(count(), "0");
}

TEST_F(savepoint, can_be_taken_back_alone) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    auto nested = run(context, tx.begin());
    run(context, nested.execute(insert(2)));
    run(context, nested.rollback());
    EXPECT_FALSE(nested.is_open());
    EXPECT_TRUE(tx.is_open());
    run(context, tx.execute(insert(3)));
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1,3");
}

TEST_F(savepoint, is_taken_back_when_it_is_left) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    {
        auto nested = run(context, tx.begin());
        run(context, nested.execute(insert(2)));
    }
    EXPECT_EQ(value<int>(tx, "select count(*)::int from item"), 1);
    {
        auto nested = run(context, tx.begin());
        run(context, nested.execute(insert(3)));
    }
    run(context, tx.commit()); // in front of it
    EXPECT_EQ(ids(), "1");
}

TEST_F(savepoint, heals_a_failed_transaction) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    {
        auto nested = run(context, tx.begin());
        EXPECT_EQ(failure_of<coropq::server_error>(context, nested.execute(insert(1))).code(),
                  sqlstate::unique_violation);
        EXPECT_EQ(failure_of<coropq::server_error>(context, nested.execute("select 1")).code(),
                  sqlstate::in_failed_sql_transaction);
    }
    run(context, tx.execute(insert(2)));
    auto other = run(context, tx.begin());
    EXPECT_EQ(failure_of<coropq::server_error>(context, other.execute("select nonsense")).code(),
              sqlstate::undefined_column);
    run(context, other.rollback());
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1,2");
}

TEST_F(savepoint, that_has_failed_cannot_be_committed) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    auto nested = run(context, tx.begin());
    EXPECT_EQ(failure_of<coropq::server_error>(context, nested.execute(insert(1))).code(), sqlstate::unique_violation);
    EXPECT_EQ(failure_of<coropq::server_error>(context, nested.commit()).code(), sqlstate::in_failed_sql_transaction);
    EXPECT_TRUE(nested.is_open());
    run(context, nested.rollback());
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1");
}

TEST_F(savepoint, keeps_its_transaction_to_itself_while_it_is_open) {
    auto tx = run(context, conn.begin());
    auto nested = run(context, tx.begin());
    const auto refused = failure_of<coropq::error>(context, tx.execute(insert(1)));
    EXPECT_EQ(refused.code(), errc::transaction_in_progress);
    EXPECT_TRUE(contains(refused.what(), "nested transaction is open")) << refused.what();
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::transaction_in_progress);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.begin()).code(), errc::transaction_in_progress);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.prepare("name")).code(), errc::transaction_in_progress);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.stream_rows(coropq::statement("select 1"))).code(),
              errc::transaction_in_progress);
    run(context, nested.execute(insert(2)));
    run(context, nested.commit());
    run(context, tx.execute(insert(3)));
    run(context, tx.commit());
    EXPECT_EQ(ids(), "2,3");
}

TEST_F(savepoint, ends_with_the_rollback_of_the_transaction_around_it) {
    auto tx = run(context, conn.begin());
    auto nested = run(context, tx.begin());
    auto inner = run(context, nested.begin());
    run(context, inner.execute(insert(1)));
    run(context, tx.rollback());
    const auto late = failure_of<coropq::error>(context, inner.execute(insert(2)));
    EXPECT_EQ(late.code(), errc::no_transaction);
    EXPECT_TRUE(contains(late.what(), "around it was rolled back")) << late.what();
    EXPECT_EQ(failure_of<coropq::error>(context, nested.commit()).code(), errc::no_transaction);
    EXPECT_EQ(failure_of<coropq::error>(context, nested.begin()).code(), errc::no_transaction);
    run(context, conn.execute(insert(3)));
    EXPECT_EQ(ids(), "3");
}

TEST_F(savepoint, may_outlive_the_object_of_the_transaction_around_it) {
    auto tx = std::make_unique<coropq::transaction>(run(context, engine.begin()));
    auto nested = run(context, tx->begin());
    run(context, nested.execute(insert(1)));
    tx.reset();
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0; }));
    EXPECT_EQ(failure_of<coropq::error>(context, nested.execute(insert(2))).code(), errc::no_transaction);
    EXPECT_EQ(count(), "0");
}

TEST_F(savepoint, trees_keep_what_was_committed_all_the_way_up) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    {
        auto left = run(context, tx.begin());
        run(context, left.execute(insert(2)));
        {
            auto kept = run(context, left.begin());
            run(context, kept.execute(insert(3)));
            auto deeper = run(context, kept.begin());
            run(context, deeper.execute(insert(4)));
            run(context, deeper.commit());
            run(context, kept.commit());
        }
        {
            auto dropped = run(context, left.begin());
            run(context, dropped.execute(insert(5)));
            auto deeper = run(context, dropped.begin());
            run(context, deeper.execute(insert(6)));
            run(context, deeper.commit()); // into what is dropped
            run(context, dropped.rollback());
        }
        run(context, left.commit());
    }
    {
        auto dropped = run(context, tx.begin());
        auto deeper = run(context, dropped.begin());
        run(context, deeper.execute(insert(7)));
        run(context, deeper.commit());
    }
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1,2,3,4");
    EXPECT_EQ(open_transactions(), "0");
}

TEST_F(savepoint, can_be_begun_a_hundred_deep) {
    std::vector<coropq::transaction> all;
    all.push_back(run(context, conn.begin()));
    for (int depth = 1; depth <= 100; ++depth) {
        all.push_back(run(context, all.back().begin()));
        run(context, all.back().execute(insert(depth)));
    }
    for (int depth = 100; depth > 50; --depth) {
        run(context, all.back().rollback());
        all.pop_back();
    }
    while (!all.empty()) {
        run(context, all.back().commit());
        all.pop_back();
    }
    EXPECT_EQ(count(), "50");
}

// --- round trips ---

TEST_F(savepoint, costs_no_round_trip) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    EXPECT_EQ(proxy.round_trips(), 1u);
    auto nested = run(context, tx.begin());
    run(context, nested.execute(insert(2)));
    run(context, nested.commit());
    EXPECT_EQ(proxy.round_trips(), 2u);
    auto other = run(context, tx.begin());
    run(context, other.execute(insert(3)));
    run(context, other.rollback());
    EXPECT_EQ(proxy.round_trips(), 3u);
    run(context, tx.commit());
    EXPECT_EQ(proxy.round_trips(), 4u);
    EXPECT_EQ(ids(), "1,2");
}

TEST_F(savepoint, without_a_statement_is_never_sent) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    const auto before = proxy.bytes(direction::to_server);
    auto nested = run(context, tx.begin());
    auto inner = run(context, nested.begin());
    run(context, inner.commit());
    run(context, nested.commit());
    { auto left = run(context, tx.begin()); }
    auto rolled_back = run(context, tx.begin());
    run(context, rolled_back.rollback());
    EXPECT_EQ(proxy.bytes(direction::to_server), before);
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1");
}

// --- odd ways ---

TEST_F(savepoint, is_left_while_its_statement_runs) {
    const gate closed(context);
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    std::optional<started<coropq::result>> waiting;
    {
        auto nested = run(context, tx.begin());
        run(context, nested.execute(insert(2)));
        waiting.emplace(context, nested.execute(gate::statement("left_in_flight")));
        EXPECT_TRUE(run_until_active(context, "left_in_flight"));
    }
    waiting->cancel();
    EXPECT_TRUE(reach([&] { return waiting->ended(); }));
    EXPECT_EQ(waiting->code(), asio::error::operation_aborted);
    // What was cancelled had failed the transaction; the savepoint in front of it heals that.
    run(context, tx.execute(insert(3)));
    run(context, tx.commit());
    EXPECT_EQ(ids(), "1,3");
}

TEST_F(savepoint, looks_types_up_behind_a_failure) {
    run(context, conn.execute("drop type if exists mood; "));
    run(context, conn.execute("create type mood as enum ('good', 'bad')"));
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    {
        auto nested = run(context, tx.begin());
        EXPECT_EQ(failure_of<coropq::server_error>(context, nested.execute("select 1/0")).code(),
                  sqlstate::division_by_zero);
    }
    const auto row = run(context, tx.execute("select 'good'::mood, array['bad'::mood]"));
    EXPECT_EQ(row[0][0].text(), "good");
    EXPECT_EQ(row[0][1].text(), "{bad}");
    run(context, tx.rollback());
    run(context, conn.execute("drop type mood"));
}

TEST_F(savepoint, keeps_the_limit_that_the_server_was_told) {
    coropq::connection mirrored{context};
    run(context, mirrored.connect(address_through(proxy), coropq::connect_options().statements(
                                                              coropq::statement_options().server_timeout(true))));
    auto tx = run(context, mirrored.begin({.timeout = 20s}));
    EXPECT_EQ(run(context, tx.fetch_value<std::string>("show statement_timeout")), "20s");
    {
        auto nested = run(context, tx.begin());
        EXPECT_EQ(run(context, nested.fetch_value<std::string>("show statement_timeout")), "20s");
        run(context, nested.execute(coropq::statement("select 1").timeout(15s)));
    }
    EXPECT_EQ(run(context, tx.fetch_value<std::string>("show statement_timeout")), "20s");
    run(context, tx.commit());
    auto next = run(context, mirrored.begin({.timeout = 20s}));
    EXPECT_EQ(run(context, next.fetch_value<std::string>("show statement_timeout")), "20s");
    run(context, next.commit());
    EXPECT_EQ(run(context, mirrored.fetch_value<std::string>("show statement_timeout")), "0");
}

} // namespace
