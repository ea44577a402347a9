// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Advisory locks, of connections and of transactions.

#include "transaction_support.hpp"

#include <cstdint>
#include <limits>

namespace {

using namespace coropq::test;
using coropq::advisory_key;
using coropq::errc;
using coropq::sqlstate;

struct advisory_lock : transaction_fixture {
    coropq::connection other{context};

    advisory_lock() { run(context, other.connect(plain_address())); }

    static std::string held() {
        return cluster().query_value("select count(*) from pg_locks where locktype = 'advisory' and granted");
    }
    bool is_free(advisory_key key) {
        auto lock = run(context, other.try_advisory_lock(key));
        if (lock)
            run(context, lock->release());
        return lock.has_value();
    }
};

TEST_F(advisory_lock, keeps_others_out_until_it_is_released) {
    auto lock = run(context, conn.advisory_lock(42));
    EXPECT_FALSE(is_free(42));
    EXPECT_TRUE(is_free(43));
    run(context, lock.release());
    EXPECT_TRUE(is_free(42));
    run(context, lock.release());
    EXPECT_EQ(held(), "0");
}

TEST_F(advisory_lock, ends_with_its_object) {
    { auto lock = run(context, conn.advisory_lock(42)); }
    EXPECT_TRUE(reach([] { return held() == "0"; })); // although nobody uses the connection
    EXPECT_TRUE(is_free(42));
    auto lock = run(context, conn.advisory_lock(1));
    lock = run(context, conn.advisory_lock(2));
    EXPECT_TRUE(reach([&] { return held() == "1"; }));
    EXPECT_TRUE(is_free(1));
    EXPECT_FALSE(is_free(2));
    auto moved = std::move(lock);
    EXPECT_FALSE(is_free(2));
    run(context, moved.release());
    EXPECT_TRUE(is_free(2));
}

TEST_F(advisory_lock, has_one_number_or_two) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    auto a = run(context, conn.advisory_lock(least));
    auto b = run(context, conn.advisory_lock(most));
    auto c = run(context, conn.advisory_lock({-1, std::numeric_limits<std::int32_t>::min()}));
    auto d = run(context, conn.advisory_lock(-1));
    EXPECT_EQ(held(), "4");
    EXPECT_FALSE(is_free(least));
    EXPECT_FALSE(is_free(most));
    EXPECT_FALSE(is_free({-1, std::numeric_limits<std::int32_t>::min()}));
    EXPECT_TRUE(is_free({-1, 0}));
    EXPECT_FALSE(is_free(-1));
    // As others see them.
    EXPECT_EQ(cluster().query_value("select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2"), "1");
}

TEST_F(advisory_lock, can_be_shared) {
    auto mine = run(context, conn.advisory_lock(7, {.shared = true}));
    auto theirs = run(context, other.try_advisory_lock(7, {.shared = true}));
    ASSERT_TRUE(theirs);
    EXPECT_FALSE(run(context, other.try_advisory_lock(7)));
    run(context, mine.release());
    EXPECT_TRUE(run(context, other.try_advisory_lock(7)));
    run(context, theirs->release());
    EXPECT_TRUE(reach([] { return held() == "0"; }));
}

TEST_F(advisory_lock, of_the_same_connection_is_counted) {
    auto first = run(context, conn.advisory_lock(7));
    const auto before = proxy.bytes(direction::to_server);
    auto second = run(context, conn.advisory_lock(7));
    auto third = run(context, conn.try_advisory_lock(7));
    ASSERT_TRUE(third);
    run(context, second.release());
    run(context, third->release());
    EXPECT_EQ(proxy.bytes(direction::to_server), before); // asked once, told once
    EXPECT_FALSE(is_free(7));
    run(context, first.release());
    EXPECT_TRUE(is_free(7));
}

TEST_F(advisory_lock, goes_when_the_connection_goes_back) {
    std::optional<coropq::advisory_lock> lock;
    {
        auto lent = run(context, engine.connect());
        lock.emplace(run(context, lent.advisory_lock(7)));
        EXPECT_FALSE(is_free(7));
    }
    EXPECT_TRUE(reach([] { return held() == "0"; }));
    EXPECT_EQ(engine.stats().opened, 1u);
    // It can't touch what others do with the connection now.
    auto next = run(context, engine.connect());
    auto theirs = run(context, next.advisory_lock(7));
    run(context, lock->release());
    lock.reset();
    EXPECT_FALSE(is_free(7));
    run(context, theirs.release());
    EXPECT_EQ(held(), "0");
}

TEST_F(advisory_lock, goes_back_with_a_connection_in_a_failed_transaction) {
    {
        auto lent = run(context, engine.connect());
        auto tx = run(context, lent.begin());
        const auto lock = run(context, lent.advisory_lock(7));
        EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1/0")).code(),
                  sqlstate::division_by_zero);
    }
    EXPECT_TRUE(reach([] { return held() == "0"; }));
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0; }));
    EXPECT_EQ(engine.stats().opened, 1u);
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 1")), 1);
}

TEST_F(advisory_lock, outlives_transactions) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    auto lock = run(context, conn.advisory_lock(7));
    run(context, tx.rollback());
    EXPECT_FALSE(is_free(7));
    auto next = run(context, conn.begin());
    run(context, next.execute(insert(1)));
    run(context, lock.release());
    EXPECT_TRUE(is_free(7));
    run(context, next.commit());
    EXPECT_EQ(count(), "1");
}

TEST_F(advisory_lock, left_in_an_open_transaction_lets_that_go_on) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    { auto lock = run(context, conn.advisory_lock(7)); }
    EXPECT_TRUE(reach([] { return held() == "0"; }));
    run(context, tx.execute(insert(2)));
    run(context, tx.commit());
    EXPECT_EQ(count(), "2");
}

TEST_F(advisory_lock, released_in_a_failed_transaction_goes_behind_it) {
    auto tx = run(context, conn.begin());
    auto lock = run(context, conn.advisory_lock(7));
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1/0")).code(), sqlstate::division_by_zero);
    run(context, lock.release());
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1")).code(),
              sqlstate::in_failed_sql_transaction);
    run(context, tx.rollback());
    run(context, conn.execute("select 1"));
    EXPECT_TRUE(is_free(7));
}

TEST_F(advisory_lock, is_not_left_behind_when_waiting_is_cancelled) {
    auto theirs = run(context, other.advisory_lock(7));
    started<coropq::advisory_lock> waiting(context, conn.advisory_lock(7));
    EXPECT_TRUE(run_until_active(context, "pg_advisory_lock"));
    waiting.cancel();
    EXPECT_TRUE(reach([&] { return waiting.ended(); }));
    EXPECT_EQ(waiting.code(), asio::error::operation_aborted);
    run(context, theirs.release());
    run(context, conn.execute("select 1"));
    EXPECT_TRUE(is_free(7));
    EXPECT_EQ(held(), "0");
}

TEST_F(advisory_lock, that_was_granted_when_nobody_waited_any_more_is_given_up) {
    proxy.stall(direction::to_client); // the answer stays on the way
    started<coropq::advisory_lock> waiting(context, conn.advisory_lock(7));
    EXPECT_TRUE(reach([] { return held() == "1"; }));
    waiting.cancel();
    EXPECT_TRUE(reach([&] { return waiting.ended(); }));
    EXPECT_EQ(waiting.code(), asio::error::operation_aborted);
    proxy.release();
    EXPECT_TRUE(reach([] { return held() == "0"; }));
    EXPECT_TRUE(is_free(7));
}

TEST_F(advisory_lock, is_gone_with_its_connection) {
    auto lock = run(context, conn.advisory_lock(7));
    kill(conn);
    run(context, lock.release());
    EXPECT_TRUE(is_free(7));
    EXPECT_EQ(failure_of<coropq::error>(context, conn.advisory_lock(7)).code(), errc::not_connected);
    coropq::connection closed{context};
    EXPECT_EQ(failure_of<coropq::error>(context, closed.advisory_lock(7)).code(), errc::not_connected);
    run(context, conn.connect(address_through(proxy)));
    auto again = run(context, conn.advisory_lock(7)); // the server is asked
    EXPECT_FALSE(is_free(7));
    run(context, again.release());
}

TEST_F(advisory_lock, of_a_transaction_ends_with_it) {
    auto tx = run(context, conn.begin());
    run(context, tx.advisory_lock(7));
    run(context, tx.advisory_lock({1, 2}, {.shared = true}));
    EXPECT_TRUE(run(context, tx.try_advisory_lock(8)));
    EXPECT_FALSE(is_free(7));
    EXPECT_FALSE(is_free({1, 2}));
    EXPECT_FALSE(is_free(8));
    auto theirs = run(context, other.advisory_lock(9));
    EXPECT_FALSE(run(context, tx.try_advisory_lock(9)));
    run(context, theirs.release());
    run(context, tx.commit());
    EXPECT_EQ(held(), "0");
    auto left = run(context, conn.begin());
    run(context, left.advisory_lock(7));
    run(context, left.rollback());
    EXPECT_EQ(held(), "0");
}

asio::awaitable<int> call_shapes(coropq::connection& conn) {
    auto lock = co_await conn.advisory_lock(42);
    auto pair = co_await conn.advisory_lock({1, 2}, {.shared = true});
    auto maybe = co_await conn.try_advisory_lock(43);
    const int got = maybe ? 1 : 0;
    auto tx = co_await conn.begin();
    co_await tx.advisory_lock({3, 4});
    co_await tx.commit();
    co_await lock.release();
    co_return got;
}

TEST_F(advisory_lock, is_written_as_users_write_it) {
    EXPECT_EQ(run(context, call_shapes(conn)), 1);
    EXPECT_TRUE(reach([] { return held() == "0"; }));
}

} // namespace
