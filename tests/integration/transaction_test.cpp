// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Transactions: how they begin, every way in which they end, and what it costs.

#include "transaction_support.hpp"

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::isolation;
using coropq::sqlstate;

struct transaction : transaction_fixture {};

TEST_F(transaction, is_seen_by_others_once_it_is_committed) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    EXPECT_EQ(count(), "0");
    EXPECT_TRUE(tx.is_open());
    run(context, tx.commit());
    EXPECT_EQ(count(), "1");
    EXPECT_FALSE(tx.is_open());
    run(context, conn.execute("select 1"));
}

TEST_F(transaction, is_taken_back_by_rollback) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    run(context, tx.rollback());
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(count(), "0");
    EXPECT_EQ(open_transactions(), "0");
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, is_rolled_back_when_it_is_left) {
    {
        auto tx = run(context, conn.begin());
        run(context, tx.execute(insert(1)));
    }
    // At once: nobody has to use the connection for that.
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(seen("select string_agg(id::text, ',') from item"), "2");
}

TEST_F(transaction, of_an_engine_gives_its_connection_back_at_the_end) {
    auto first = run(context, engine.begin());
    auto second = run(context, engine.begin());
    EXPECT_EQ(engine.stats().active, 2u);
    run(context, first.execute(insert(1)));
    run(context, second.execute(insert(2)));
    run(context, first.commit());
    EXPECT_EQ(engine.stats().active, 1u);
    run(context, second.rollback());
    EXPECT_EQ(engine.stats().active, 0u);
    {
        auto third = run(context, engine.begin());
        run(context, third.execute(insert(3)));
    }
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0; }));
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
    EXPECT_EQ(seen("select string_agg(id::text, ',') from item"), "1");
    EXPECT_EQ(engine.stats().opened, 2u);
    EXPECT_EQ(engine.stats().holders.size(), 0u);
}

TEST_F(transaction, says_who_has_it) {
    auto tx = run(context, engine.begin());
    const auto stats = engine.stats();
    ASSERT_EQ(stats.holders.size(), 1u);
    EXPECT_EQ(stats.holders[0].purpose, "begin");
    EXPECT_TRUE(std::string(stats.holders[0].where.file_name()).ends_with("transaction_test.cpp"));
}

// --- round trips ---

TEST_F(transaction, costs_one_round_trip_more_than_its_statements) {
    auto tx = run(context, conn.begin({.isolation = isolation::serializable}));
    EXPECT_EQ(proxy.round_trips(), 0u);
    run(context, tx.execute(insert(1)));
    EXPECT_EQ(proxy.round_trips(), 1u);
    run(context, tx.execute(insert(2)));
    run(context, tx.execute(insert(3)));
    EXPECT_EQ(proxy.round_trips(), 3u);
    run(context, tx.commit());
    EXPECT_EQ(proxy.round_trips(), 4u);
}

TEST_F(transaction, sends_nothing_without_a_statement) {
    const auto before = proxy.bytes(direction::to_server);
    auto committed = run(context, conn.begin());
    run(context, committed.commit());
    auto rolled_back = run(context, conn.begin());
    run(context, rolled_back.rollback());
    { auto left = run(context, conn.begin()); }
    auto nested_only = run(context, conn.begin());
    auto nested = run(context, nested_only.begin());
    run(context, nested.commit());
    run(context, nested_only.commit());
    EXPECT_EQ(proxy.bytes(direction::to_server), before);
    run(context, conn.execute(insert(1)));
    EXPECT_EQ(count(), "1");
    EXPECT_EQ(proxy.round_trips(), 1u);
}

TEST_F(transaction, that_was_left_costs_the_next_statement_nothing) {
    {
        auto tx = run(context, conn.begin());
        run(context, tx.execute(insert(1)));
    }
    run(context, conn.execute(insert(2)));
    EXPECT_LE(proxy.round_trips(), 3u); // the rollback's may be one of its own
    EXPECT_EQ(count(), "1");
}

// --- options ---

TEST_F(transaction, has_the_isolation_that_was_asked_for) {
    const std::vector<std::pair<isolation, std::string>> levels = {
        {isolation::server_default, "read committed"}, {isolation::read_uncommitted, "read uncommitted"},
        {isolation::read_committed, "read committed"}, {isolation::repeatable_read, "repeatable read"},
        {isolation::serializable, "serializable"},
    };
    for (const auto& [level, name] : levels) {
        auto tx = run(context, conn.begin({.isolation = level}));
        EXPECT_EQ(value<std::string>(tx, "show transaction_isolation"), name);
        run(context, tx.commit());
    }
}

TEST_F(transaction, can_be_read_only_and_deferrable) {
    auto plain = run(context, conn.begin());
    EXPECT_EQ(value<std::string>(plain, "show transaction_read_only"), "off");
    EXPECT_EQ(value<std::string>(plain, "show transaction_deferrable"), "off");
    run(context, plain.commit());
    auto tx = run(context, conn.begin({.isolation = isolation::serializable, .read_only = true, .deferrable = true}));
    EXPECT_EQ(value<std::string>(tx, "show transaction_read_only"), "on");
    EXPECT_EQ(value<std::string>(tx, "show transaction_deferrable"), "on");
    const auto refused = failure_of<coropq::server_error>(context, tx.execute(insert(1)));
    EXPECT_EQ(refused.code(), sqlstate::read_only_sql_transaction);
}

TEST_F(transaction, sees_one_snapshot_when_it_is_repeatable) {
    auto tx = run(context, conn.begin({.isolation = isolation::repeatable_read}));
    EXPECT_EQ(value<int>(tx, "select count(*)::int from item"), 0);
    run(context, engine.execute(insert(1)));
    EXPECT_EQ(value<int>(tx, "select count(*)::int from item"), 0);
    run(context, tx.commit());
    EXPECT_EQ(run(context, conn.fetch_value<int>("select count(*)::int from item")), 1);
}

// --- the connection meanwhile ---

TEST_F(transaction, includes_what_its_connection_does) {
    auto tx = run(context, conn.begin());
    run(context, conn.execute(insert(1))); // begins it
    EXPECT_EQ(count(), "0");
    run(context, tx.execute(insert(2)));
    run(context, tx.rollback());
    EXPECT_EQ(count(), "0");
}

TEST_F(transaction, is_the_only_one_of_its_connection) {
    auto tx = run(context, conn.begin());
    EXPECT_EQ(failure_of<coropq::error>(context, conn.begin()).code(), errc::transaction_in_progress);
    run(context, tx.execute(insert(1)));
    EXPECT_EQ(failure_of<coropq::error>(context, conn.begin()).code(), errc::transaction_in_progress);
    run(context, tx.execute(insert(2)));
    run(context, tx.commit());
    EXPECT_EQ(count(), "2");
    run(context, conn.execute("begin"));
    EXPECT_EQ(failure_of<coropq::error>(context, conn.begin()).code(), errc::transaction_in_progress);
}

TEST_F(transaction, that_a_statement_has_ended_has_ended) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    run(context, conn.execute("rollback"));
    // In autocommit, it would be there for ever.
    EXPECT_EQ(failure_of<coropq::error>(context, tx.execute(insert(2))).code(), errc::no_transaction);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::no_transaction);
    EXPECT_EQ(count(), "0");
    auto next = run(context, conn.begin());
    run(context, next.execute(insert(3)));
    run(context, next.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, of_a_connection_that_is_not_open_does_not_begin) {
    coropq::connection closed{context};
    EXPECT_EQ(failure_of<coropq::error>(context, closed.begin()).code(), errc::not_connected);
    const coropq::connection moved = std::move(closed);
    EXPECT_EQ(failure_of<coropq::error>(context, closed.begin()).code(), errc::not_connected); // NOLINT
}

TEST_F(transaction, survives_the_move_of_its_connection) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    coropq::connection elsewhere = std::move(conn);
    run(context, tx.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, cannot_be_used_when_its_connection_has_gone_back) {
    auto lent = std::make_unique<coropq::connection>(run(context, engine.connect()));
    auto tx = run(context, lent->begin());
    run(context, tx.execute(insert(1)));
    lent.reset();
    EXPECT_EQ(failure_of<coropq::error>(context, tx.execute(insert(2))).code(), errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::not_connected);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.begin()).code(), errc::not_connected);
    // Nor does it harm who has the connection now.
    auto next = run(context, engine.begin());
    run(context, next.execute(insert(3)));
    { const auto old = std::move(tx); }
    run(context, next.commit());
    EXPECT_EQ(seen("select string_agg(id::text, ',') from item"), "3");
    EXPECT_EQ(engine.stats().opened, 1u);
}

TEST_F(transaction, and_its_connection_can_be_left_together) {
    for (int i = 0; i != 5; ++i) {
        auto lent = run(context, engine.connect());
        auto tx = run(context, lent.begin());
        run(context, tx.execute(insert(i)));
    }
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0 && open_transactions() == "0"; }));
    EXPECT_EQ(engine.stats().opened, 1u);
    EXPECT_EQ(engine.stats().closed.broken, 0u);
    EXPECT_EQ(count(), "0");
}

// --- the end ---

TEST_F(transaction, that_has_ended_says_how) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    run(context, tx.commit());
    const auto late = failure_of<coropq::error>(context, tx.execute(insert(2)));
    EXPECT_EQ(late.code(), errc::no_transaction);
    EXPECT_TRUE(contains(late.what(), "committed already")) << late.what();
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::no_transaction);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.rollback()).code(), errc::no_transaction);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.begin()).code(), errc::no_transaction);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.stream_rows(coropq::statement("select 1"))).code(),
              errc::no_transaction);
    auto other = run(context, engine.begin());
    run(context, other.rollback());
    const auto later = failure_of<coropq::error>(context, other.execute(insert(3)));
    EXPECT_TRUE(contains(later.what(), "rolled back already")) << later.what();
    coropq::result output;
    coropq::diagnostics details;
    bool called = false;
    other.async_execute(coropq::statement(insert(4)), output, details, [&](coropq::error_code code) {
        called = true;
        EXPECT_EQ(code, errc::no_transaction);
    });
    EXPECT_TRUE(reach([&] { return called; }));
    EXPECT_TRUE(contains(details.message(), "rolled back already"));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, that_was_moved_from_is_none) {
    auto tx = run(context, conn.begin());
    auto moved = std::move(tx);
    EXPECT_FALSE(tx.is_open());                                                                         // NOLINT
    EXPECT_EQ(failure_of<coropq::error>(context, tx.execute("select 1")).code(), errc::no_transaction); // NOLINT
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::no_transaction);            // NOLINT
    run(context, moved.execute(insert(1)));
    run(context, moved.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, is_rolled_back_when_another_one_takes_its_place) {
    auto tx = run(context, engine.begin());
    run(context, tx.execute(insert(1)));
    tx = run(context, engine.begin());
    run(context, tx.execute(insert(2)));
    run(context, tx.commit());
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0; }));
    EXPECT_EQ(seen("select string_agg(id::text, ',') from item"), "2");
}

TEST_F(transaction, that_has_failed_cannot_be_committed) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute(insert(1))).code(), sqlstate::unique_violation);
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1")).code(),
              sqlstate::in_failed_sql_transaction);
    const auto refused = failure_of<coropq::server_error>(context, tx.commit());
    EXPECT_EQ(refused.code(), sqlstate::in_failed_sql_transaction);
    EXPECT_TRUE(contains(refused.what(), "rolled back")) << refused.what();
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(count(), "0");
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, whose_first_statement_fails_has_failed) {
    auto tx = run(context, conn.begin());
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select nonsense")).code(),
              sqlstate::undefined_column);
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1")).code(),
              sqlstate::in_failed_sql_transaction);
    run(context, tx.rollback());
    run(context, conn.execute(insert(1)));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction, is_rolled_back_by_what_its_commit_finds) {
    run(context, conn.execute("create temporary table late (id int unique deferrable initially deferred)"));
    auto tx = run(context, conn.begin());
    run(context, tx.execute("insert into late values (1), (1)"));
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.commit()).code(), sqlstate::unique_violation);
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(failure_of<coropq::error>(context, tx.execute("select 1")).code(), errc::no_transaction);
    auto next = run(context, conn.begin());
    EXPECT_EQ(value<int>(next, "select count(*)::int from late"), 0);
}

} // namespace
