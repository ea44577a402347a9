// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Two-phase commit.

#include "transaction_support.hpp"

namespace {

using namespace coropq::test;
using coropq::errc;
using coropq::sqlstate;

using names = std::vector<std::string>;

struct two_phase : transaction_fixture {
    void prepare(const std::string& gid, int id) {
        auto tx = run(context, conn.begin());
        run(context, tx.execute(insert(id)));
        run(context, tx.prepare(gid));
    }
    names waiting() { return run(context, conn.prepared_transactions()); }
};

TEST_F(two_phase, is_committed_on_any_connection) {
    auto tx = run(context, engine.begin());
    run(context, tx.execute(insert(1)));
    run(context, tx.prepare("first"));
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(engine.stats().active, 0u);
    EXPECT_EQ(failure_of<coropq::error>(context, tx.commit()).code(), errc::no_transaction);
    EXPECT_EQ(count(), "0");
    EXPECT_EQ(waiting(), names{"first"});
    run(context, conn.commit_prepared("first"));
    EXPECT_EQ(count(), "1");
    EXPECT_EQ(waiting(), names{});
}

TEST_F(two_phase, can_be_rolled_back) {
    prepare("second", 1);
    prepare("third", 2);
    EXPECT_EQ(waiting(), (names{"second", "third"}));
    run(context, conn.rollback_prepared("second"));
    run(context, conn.commit_prepared("third"));
    EXPECT_EQ(seen("select string_agg(id::text, ',') from item"), "2");
    EXPECT_EQ(waiting(), names{});
}

TEST_F(two_phase, costs_one_round_trip) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    run(context, tx.prepare("counted"));
    EXPECT_EQ(proxy.round_trips(), 2u);
    run(context, conn.rollback_prepared("counted"));
    EXPECT_EQ(proxy.round_trips(), 3u);
}

TEST_F(two_phase, exists_without_a_statement_too) {
    auto tx = run(context, conn.begin());
    run(context, tx.prepare("empty"));
    EXPECT_EQ(waiting(), names{"empty"});
    run(context, conn.commit_prepared("empty"));
}

TEST_F(two_phase, names_are_taken_literally) {
    const names odd = {"it's", "back\\slash",          "\\'; drop table item; --", "a\"b",
                       "$1",   "\xC3\xA4\xE2\x82\xAC", std::string(199, 'x'),      "'",
                       "\\"};
    for (const char* setting : {"on", "off"}) {
        run(context, conn.execute(std::string("set standard_conforming_strings = ") + setting));
        for (const std::string& name : odd) {
            prepare(name, 1);
            EXPECT_EQ(waiting(), names{name});
            run(context, conn.rollback_prepared(name));
            EXPECT_EQ(waiting(), names{});
        }
    }
    EXPECT_EQ(count(), "0");
}

TEST_F(two_phase, refuses_impossible_names) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    const std::string nul("a\0b", 3);
    EXPECT_THROW(static_cast<void>(tx.prepare(nul)), coropq::option_error);
    EXPECT_TRUE(tx.is_open());
    EXPECT_THROW(static_cast<void>(conn.commit_prepared(nul)), coropq::option_error);
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.prepare(std::string(200, 'x'))).code(),
              sqlstate::invalid_parameter_value);
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(open_transactions(), "0");
    EXPECT_EQ(failure_of<coropq::server_error>(context, conn.commit_prepared("nobody")).code(),
              sqlstate::undefined_object);
    prepare("twice", 2);
    auto second = run(context, conn.begin());
    run(context, second.execute(insert(3)));
    EXPECT_EQ(failure_of<coropq::server_error>(context, second.prepare("twice")).code(), sqlstate::duplicate_object);
    EXPECT_EQ(open_transactions(), "0");
    run(context, conn.rollback_prepared("twice"));
    EXPECT_EQ(count(), "0");
}

TEST_F(two_phase, is_refused_when_something_has_failed) {
    auto tx = run(context, conn.begin());
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1/0")).code(), sqlstate::division_by_zero);
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.prepare("failed")).code(),
              sqlstate::in_failed_sql_transaction);
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(waiting(), names{});
}

TEST_F(two_phase, is_not_for_nested_ones) {
    auto tx = run(context, conn.begin());
    auto nested = run(context, tx.begin());
    EXPECT_EQ(failure_of<coropq::error>(context, nested.prepare("nested")).code(), errc::unsupported);
    run(context, nested.execute(insert(1)));
    run(context, nested.commit());
    run(context, tx.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(two_phase, ends_outside_of_transactions) {
    prepare("outside", 1);
    auto tx = run(context, conn.begin());
    EXPECT_EQ(failure_of<coropq::server_error>(context, conn.commit_prepared("outside")).code(),
              sqlstate::active_sql_transaction);
    run(context, tx.rollback());
    run(context, conn.commit_prepared("outside"));
    EXPECT_EQ(count(), "1");
}

TEST_F(two_phase, survives_its_connection) {
    prepare("survivor", 1);
    run(context, conn.close());
    run(context, conn.connect(address_through(proxy)));
    EXPECT_EQ(waiting(), names{"survivor"});
    run(context, conn.commit_prepared("survivor"));
    EXPECT_EQ(count(), "1");
}

TEST_F(two_phase, in_doubt_is_shown_by_what_is_waiting) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    proxy.stall(direction::to_client);
    const std::size_t before = proxy.bytes(direction::to_client);
    started<void> preparing(context, tx.prepare("doubtful"));
    EXPECT_TRUE(reach([&] { return proxy.bytes(direction::to_client) > before; })); // the server has answered
    proxy.cut();
    proxy.release();
    EXPECT_TRUE(reach([&] { return preparing.ended(); }));
    EXPECT_EQ(preparing.code(), errc::in_doubt);
    run(context, conn.connect(address_through(proxy)));
    EXPECT_EQ(waiting(), names{"doubtful"});

    proxy.stall(direction::to_client);
    const std::size_t again = proxy.bytes(direction::to_client);
    started<void> ending(context, conn.commit_prepared("doubtful"));
    EXPECT_TRUE(reach([&] { return proxy.bytes(direction::to_client) > again; }));
    proxy.cut();
    proxy.release();
    EXPECT_TRUE(reach([&] { return ending.ended(); }));
    EXPECT_THROW(ending.get(), coropq::in_doubt_error);
    run(context, conn.connect(address_through(proxy)));
    EXPECT_EQ(waiting(), names{});
    EXPECT_EQ(count(), "1");
}

} // namespace
