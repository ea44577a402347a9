// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Functions that are run in a transaction, and run again.

#include "transaction_support.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::isolation;
using coropq::sqlstate;

struct transaction_retry : transaction_fixture {};

coropq::server_error server_failure(sqlstate state) {
    return coropq::server_error(coropq::make_error_code(state), coropq::diagnostics());
}

struct outcome { // as users return them
    std::string name;
    std::vector<int> values;
};

// --- what is run, and how it ends ---

TEST_F(transaction_retry, commits_and_gives_the_value) {
    auto with_transaction = [](coropq::transaction& tx) -> asio::awaitable<int> {
        co_await tx.execute(insert(1));
        auto nested = co_await tx.begin();
        co_await nested.execute(insert(2));
        co_await nested.commit();
        co_return 7;
    };
    auto with_connection = [](coropq::connection& c) -> asio::awaitable<outcome> {
        co_await c.execute(insert(3));
        outcome found;
        found.name = std::string(100, 'x');
        found.values = co_await c.fetch<int>("select id from item");
        co_return found;
    };
    auto without_value = [](coropq::connection& c) -> asio::awaitable<void> { co_await c.execute(insert(4)); };
    auto move_only = [](coropq::transaction& tx) -> asio::awaitable<std::unique_ptr<int>> {
        co_return std::make_unique<int>(co_await tx.fetch_value<int>("select 8"));
    };
    EXPECT_EQ(run(context, engine.transaction(with_transaction, {.retries = 3})), 7);
    EXPECT_EQ(run(context, engine.transaction(with_connection)).values.size(), 3u);
    run(context, conn.transaction(without_value));
    EXPECT_EQ(*run(context, conn.transaction(move_only)), 8);
    EXPECT_EQ(count(), "4");
    EXPECT_EQ(engine.stats().active, 0u);
}

asio::awaitable<int> call_shapes(coropq::engine engine, coropq::connection& conn, std::string text) {
    auto transfer = [&](coropq::connection& c) -> asio::awaitable<int> {
        co_await c.execute("select $1::text", text);
        co_return 1;
    };
    int sum = co_await engine.transaction(transfer, {.retries = 3});
    sum += co_await engine.transaction([&](coropq::transaction& tx) -> asio::awaitable<int> {
        co_return co_await tx.fetch_value<int>("select length($1)", text);
    });
    co_await conn.transaction(
        [&](coropq::transaction& tx) -> asio::awaitable<void> { co_await tx.execute("select 1"); },
        {.retries = 1, .backoff = 1ms, .isolation = coropq::isolation::serializable});
    auto owning = [text](coropq::transaction& tx) -> asio::awaitable<outcome> {
        co_await tx.execute("select 1");
        outcome found;
        found.name = text;
        co_return found;
    };
    const outcome found = co_await conn.transaction(owning);
    auto detached = engine.transaction(std::move(owning)); // kept until it is awaited
    const outcome later = co_await std::move(detached);
    co_return sum + static_cast<int>(found.name.size() + later.name.size());
}

TEST_F(transaction_retry, is_written_as_users_write_it) {
    EXPECT_EQ(run(context, call_shapes(engine, conn, std::string(100, 'x'))), 301);
}

TEST_F(transaction_retry, rolls_back_what_throws) {
    int calls = 0;
    auto throws = [&](coropq::transaction& tx) -> asio::awaitable<int> {
        ++calls;
        co_await tx.execute(insert(1));
        throw std::logic_error("mine");
    };
    EXPECT_THROW(run(context, engine.transaction(throws, {.retries = 3})), std::logic_error);
    EXPECT_THROW(run(context, conn.transaction(throws, {.retries = 3})), std::logic_error);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(count(), "0");
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
    EXPECT_EQ(engine.stats().active, 0u);
    auto fails = [&](coropq::connection& c) -> asio::awaitable<void> {
        ++calls;
        co_await c.execute(insert(1));
        co_await c.execute(insert(1));
    };
    EXPECT_EQ(failure_of<coropq::server_error>(context, engine.transaction(fails, {.retries = 3})).code(),
              sqlstate::unique_violation);
    EXPECT_EQ(calls, 3); // only what can succeed is repeated
    EXPECT_EQ(count(), "0");
}

TEST_F(transaction_retry, does_not_believe_a_function_that_keeps_an_error_to_itself) {
    int calls = 0;
    auto swallows = [&](coropq::transaction& tx) -> asio::awaitable<int> {
        ++calls;
        co_await tx.execute(insert(1));
        try {
            co_await tx.execute(insert(1));
        } catch (const coropq::error&) {
        }
        co_return 1;
    };
    EXPECT_EQ(failure_of<coropq::server_error>(context, engine.transaction(swallows, {.retries = 3})).code(),
              sqlstate::in_failed_sql_transaction);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(count(), "0");
}

TEST_F(transaction_retry, may_be_rolled_back_by_the_function) {
    auto gives_up = [](coropq::transaction& tx) -> asio::awaitable<int> {
        co_await tx.execute(insert(1));
        co_await tx.rollback();
        co_return 5;
    };
    EXPECT_EQ(run(context, engine.transaction(gives_up)), 5);
    EXPECT_EQ(count(), "0");
}

TEST_F(transaction_retry, refuses_a_second_transaction_on_its_connection) {
    auto nested = [](coropq::connection& c) -> asio::awaitable<void> {
        auto tx = co_await c.begin();
        co_await tx.execute(insert(1));
    };
    EXPECT_EQ(failure_of<coropq::error>(context, engine.transaction(nested)).code(), errc::transaction_in_progress);
    std::optional<coropq::transaction> kept;
    auto keeps = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        kept.emplace(co_await tx.begin());
        co_await kept->execute(insert(1));
    };
    EXPECT_EQ(failure_of<coropq::error>(context, engine.transaction(keeps)).code(), errc::transaction_in_progress);
    EXPECT_EQ(count(), "0");
    EXPECT_EQ(engine.stats().active, 0u);
}

TEST_F(transaction_retry, needs_a_connection) {
    const auto impatient =
        coropq::pool_options().size(1).acquire_timeout(500ms).ping_after(std::chrono::milliseconds::max());
    coropq::engine small = coropq::create_engine(context, plain_address(), coropq::engine_options().pool(impatient));
    EXPECT_TRUE(wait_until([&] { // connecting may take longer on a busy machine
        try {
            return run(context, small.execute("select 1")).size() == 1;
        } catch (const coropq::pool_timeout&) {
            return false;
        }
    }));
    auto tx = run(context, small.begin());
    auto work = [](coropq::connection&) -> asio::awaitable<void> { co_return; };
    failure_of<coropq::pool_timeout>(context, small.transaction(work, {.retries = 5}));
    run(context, tx.commit());
    run(context, small.transaction(work));
}

// --- repetitions ---

TEST_F(transaction_retry, repeats_as_often_as_it_may) {
    for (const sqlstate state : {sqlstate::serialization_failure, sqlstate::deadlock_detected}) {
        int calls = 0;
        auto fails = [&](coropq::transaction& tx) -> asio::awaitable<int> {
            co_await tx.execute(insert(calls));
            if (++calls < 4)
                throw server_failure(state);
            co_return calls;
        };
        EXPECT_EQ(
            failure_of<coropq::server_error>(context, conn.transaction(fails, {.retries = 2, .backoff = 1ms})).code(),
            state);
        EXPECT_EQ(calls, 3);
        EXPECT_EQ(count(), "0");
        calls = 0;
        EXPECT_EQ(run(context, engine.transaction(fails, {.retries = 3, .backoff = 1ms})), 4);
        EXPECT_EQ(count(), "1");
        cluster().query("delete from item", cluster().app_database());
    }
}

TEST_F(transaction_retry, never_repeats_anything_else) {
    int calls = 0;
    auto fails = [&](coropq::transaction&) -> asio::awaitable<void> {
        ++calls;
        throw coropq::in_doubt_error(errc::in_doubt, coropq::diagnostics());
        co_return;
    };
    failure_of<coropq::in_doubt_error>(context, conn.transaction(fails, {.retries = 5, .backoff = 1ms}));
    EXPECT_EQ(calls, 1);
}

TEST_F(transaction_retry, survives_real_serialization_failures) {
    cluster().query("insert into item values (1, 0)", cluster().app_database());
    int calls = 0;
    auto increment = [&](coropq::transaction& tx) -> asio::awaitable<int> {
        const int before = co_await tx.fetch_value<int>("select value from item where id = 1");
        if (++calls == 1) // somebody else is faster
            cluster().query("update item set value = value + 100 where id = 1", cluster().app_database());
        co_await tx.execute("update item set value = $1 where id = 1", before + 1);
        co_return before;
    };
    EXPECT_EQ(run(context, engine.transaction(increment, {.retries = 3, .isolation = isolation::repeatable_read})),
              100);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(seen("select value from item"), "101");
}

// Write skew: each reads what the other one writes, and the second commit fails.
TEST_F(transaction_retry, survives_real_failures_of_the_commit) {
    cluster().query("insert into item values (1, 0), (2, 0)", cluster().app_database());
    coropq::connection other{context};
    run(context, other.connect(plain_address()));
    int calls = 0;
    bool failed_at_commit = false;
    auto skew = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        failed_at_commit = false;
        const int sum = co_await tx.fetch_value<int>("select sum(value)::int from item");
        if (++calls == 1) {
            auto theirs = co_await other.begin({.isolation = isolation::serializable});
            co_await theirs.fetch_value<int>("select sum(value)::int from item");
            co_await tx.execute("update item set value = $1 where id = 1", sum + 1);
            co_await theirs.execute("update item set value = value + 10 where id = 2");
            co_await theirs.commit();
        } else {
            co_await tx.execute("update item set value = $1 where id = 1", sum + 1);
        }
        failed_at_commit = true; // if it isn't the last time that this is reached
    };
    run(context, conn.transaction(skew, {.retries = 3, .isolation = isolation::serializable}));
    EXPECT_TRUE(failed_at_commit);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(seen("select value from item where id = 1"), "11");
}

asio::awaitable<void> pause() {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
    co_await timer.async_wait(asio::use_awaitable);
}

TEST_F(transaction_retry, survives_real_deadlocks) {
    cluster().query("insert into item values (1, 0), (2, 0)", cluster().app_database());
    int calls = 0;
    int locked = 0;
    const auto both = [&](int first, int second) {
        return [&calls, &locked, first, second](coropq::transaction& tx) -> asio::awaitable<void> {
            ++calls;
            co_await tx.execute("set local deadlock_timeout = '50ms'");
            co_await tx.execute("update item set value = value + 1 where id = $1", first);
            ++locked;
            while (locked < 2) // until the other one has its first lock as well
                co_await pause();
            co_await tx.execute("update item set value = value + 1 where id = $1", second);
        };
    };
    cluster().query("grant set on parameter deadlock_timeout to public");
    started<void> one(context, engine.transaction(both(1, 2), {.retries = 5}));
    started<void> two(context, engine.transaction(both(2, 1), {.retries = 5}));
    EXPECT_TRUE(reach([&] { return one.ended() && two.ended(); }));
    EXPECT_EQ(one.code(), coropq::error_code());
    EXPECT_EQ(two.code(), coropq::error_code());
    EXPECT_GE(calls, 3);
    EXPECT_EQ(seen("select string_agg(value::text, ',') from item"), "2,2");
}

TEST_F(transaction_retry, stops_at_its_limit) {
    int calls = 0;
    auto fails = [&](coropq::transaction&) -> asio::awaitable<void> {
        ++calls;
        throw server_failure(sqlstate::serialization_failure);
        co_return;
    };
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(failure_of<coropq::server_error>(
                  context, conn.transaction(fails, {.retries = 1000, .backoff = 20ms, .timeout = 600ms}))
                  .code(),
              sqlstate::serialization_failure);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 25s);
    EXPECT_GE(calls, 2);
    EXPECT_LE(calls, 10);
}

TEST_F(transaction_retry, can_be_cancelled_between_repetitions) {
    int calls = 0;
    auto fails = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        ++calls;
        co_await tx.execute(insert(1));
        throw server_failure(sqlstate::serialization_failure);
    };
    started<void> work(context, engine.transaction(fails, {.retries = 5, .backoff = 1h}));
    EXPECT_TRUE(reach([&] { return calls == 1 && open_transactions() == "0"; }));
    context.restart();
    context.run_for(20ms);
    EXPECT_FALSE(work.ended());
    work.cancel();
    EXPECT_TRUE(reach([&] { return work.ended(); }));
    EXPECT_EQ(work.code(), asio::error::operation_aborted);
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0; }));
    EXPECT_EQ(calls, 1);
}

TEST_F(transaction_retry, that_is_cancelled_is_rolled_back) {
    const gate closed(context);
    auto waits = [](coropq::transaction& tx) -> asio::awaitable<void> {
        co_await tx.execute(insert(1));
        co_await tx.execute(gate::statement("retry_cancelled"));
    };
    started<void> work(context, engine.transaction(waits, {.retries = 5}));
    EXPECT_TRUE(run_until_active(context, "retry_cancelled"));
    work.cancel();
    EXPECT_TRUE(reach([&] { return work.ended(); }));
    EXPECT_EQ(work.code(), asio::error::operation_aborted);
    EXPECT_TRUE(reach([&] { return open_transactions() == "0" && engine.stats().active == 0; }));
    EXPECT_EQ(count(), "0");
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 1")), 1);
}

} // namespace
