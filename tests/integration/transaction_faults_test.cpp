// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Transactions when something goes wrong: lost connections, commits in doubt, limits, cancellation.

#include "transaction_support.hpp"

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using coropq::sqlstate;

struct transaction_faults : transaction_fixture {
    // A transaction with that limit, in which a statement has run; with a longer one where the machine needs it.
    std::pair<coropq::transaction, std::chrono::milliseconds> begin_and_execute(const std::string& sql,
                                                                                std::chrono::milliseconds limit) {
        for (;; limit *= 4) {
            auto tx = run(context, conn.begin({.timeout = limit}));
            try {
                run(context, tx.execute(sql));
                return {std::move(tx), limit};
            } catch (const coropq::timeout_error&) {
                if (limit > 20s)
                    throw;
            }
            run(context, tx.rollback());
        }
    }
};

// --- lost connections ---

TEST_F(transaction_faults, a_lost_connection_is_final_until_it_is_rolled_back) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    kill(value<int>(tx, "select pg_backend_pid()"));
    EXPECT_EQ(failure_of<coropq::connection_error>(context, tx.execute(insert(2))).code(), errc::connection_lost);
    const auto later = failure_of<coropq::connection_error>(context, tx.execute(insert(3)));
    EXPECT_EQ(later.code(), errc::connection_lost);
    EXPECT_TRUE(contains(later.what(), "the transaction was lost with its connection")) << later.what();
    EXPECT_TRUE(contains(later.what(), "roll it back")) << later.what();
    // Somebody has opened it anew: the transaction isn't there.
    run(context, conn.connect(address_through(proxy)));
    EXPECT_EQ(failure_of<coropq::connection_error>(context, tx.execute(insert(4))).code(), errc::connection_lost);
    EXPECT_EQ(failure_of<coropq::connection_error>(context, tx.commit()).code(), errc::connection_lost);
    run(context, tx.rollback());
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(count(), "0");
    run(context, conn.execute(insert(5)));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction_faults, a_connection_that_is_gone_before_the_commit_leaves_no_doubt) {
    auto tx = run(context, engine.begin());
    run(context, tx.execute(insert(1)));
    kill(value<int>(tx, "select pg_backend_pid()"));
    EXPECT_EQ(failure_of<coropq::connection_error>(context, tx.commit()).code(), errc::connection_lost);
    run(context, tx.rollback());
    EXPECT_EQ(count(), "0");
    EXPECT_TRUE(reach([&] { return engine.stats().active == 0; }));
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 1")), 1);
}

TEST_F(transaction_faults, a_commit_without_an_answer_is_in_doubt_and_may_have_happened) {
    auto tx = run(context, engine.begin());
    run(context, tx.execute(insert(1)));
    proxy.stall(direction::to_client);
    started<void> commit(context, tx.commit());
    EXPECT_TRUE(reach([] { return count() == "1"; }));
    EXPECT_FALSE(commit.ended());
    proxy.cut();
    proxy.release();
    EXPECT_TRUE(reach([&] { return commit.ended(); }));
    try {
        commit.get();
        ADD_FAILURE();
    } catch (const coropq::in_doubt_error& doubt) {
        EXPECT_EQ(doubt.code(), errc::in_doubt);
        EXPECT_TRUE(contains(doubt.what(), "may have happened or not")) << doubt.what();
        EXPECT_TRUE(contains(doubt.what(), "connection to the server was lost")) << doubt.what();
        EXPECT_EQ(doubt.details().statement(), "commit");
        EXPECT_EQ(doubt.details().host(), "127.0.0.1");
    }
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(failure_of<coropq::error>(context, tx.rollback()).code(), errc::no_transaction);
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 1")), 1);
    EXPECT_EQ(engine.stats().active, 0u);
}

TEST_F(transaction_faults, a_commit_without_an_answer_is_in_doubt_and_may_not_have_happened) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    proxy.stall(direction::to_server);
    const std::size_t before = proxy.bytes(direction::to_server);
    started<void> commit(context, tx.commit());
    EXPECT_TRUE(reach([&] { return proxy.bytes(direction::to_server) > before; }));
    proxy.cut();
    proxy.release();
    EXPECT_TRUE(reach([&] { return commit.ended(); }));
    EXPECT_THROW(commit.get(), coropq::in_doubt_error);
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
    EXPECT_EQ(count(), "0");
}

TEST_F(transaction_faults, a_commit_in_doubt_is_not_repeated) {
    int calls = 0;
    auto work = [&](coropq::transaction& tx) -> asio::awaitable<void> {
        ++calls;
        co_await tx.execute(insert(calls));
        proxy.stall(direction::to_client);
    };
    started<void> running(context, engine.transaction(work, {.retries = 5, .backoff = 1ms}));
    EXPECT_TRUE(reach([] { return count() == "1"; }));
    proxy.cut();
    proxy.release();
    EXPECT_TRUE(reach([&] { return running.ended(); }));
    EXPECT_THROW(running.get(), coropq::in_doubt_error);
    EXPECT_EQ(calls, 1);
}

// --- limits ---

TEST_F(transaction_faults, a_commit_that_takes_too_long_is_in_doubt) {
    auto tx = run(context, conn.begin({.timeout = 4s}));
    run(context, tx.execute(insert(1)));
    proxy.stall(direction::to_client);
    const auto doubt = failure_of<coropq::in_doubt_error>(context, tx.commit());
    EXPECT_TRUE(contains(doubt.what(), "4000 ms")) << doubt.what();
    proxy.release();
}

TEST_F(transaction_faults, the_limit_is_one_for_all_statements) {
    auto [tx, limit] = begin_and_execute(insert(1), 200ms);
    const auto slow = failure_of<coropq::timeout_error>(context, tx.execute("select pg_sleep(60)"));
    EXPECT_EQ(slow.code(), errc::timeout);
    const auto late = failure_of<coropq::timeout_error>(context, tx.execute("select 1"));
    EXPECT_TRUE(contains(late.what(), "the transaction's " + std::to_string(limit.count()) + " ms are over"))
        << late.what();
    failure_of<coropq::timeout_error>(context, tx.begin());
    run(context, tx.rollback());
    EXPECT_EQ(count(), "0");
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
    run(context, conn.execute(insert(2)));

    auto [idle, short_limit] = begin_and_execute("select 1", 30ms);
    std::this_thread::sleep_for(short_limit);
    failure_of<coropq::timeout_error>(context, idle.commit()); // and not in doubt: it wasn't sent
    EXPECT_FALSE(idle.is_open());
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
}

TEST_F(transaction_faults, the_limit_includes_waiting_for_a_connection) {
    auto first = run(context, engine.begin());
    auto second = run(context, engine.begin());
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THROW(run(context, engine.begin({.timeout = 50ms})), coropq::timeout_error);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 25s);
    auto work = [](coropq::transaction&) -> asio::awaitable<void> { co_return; };
    EXPECT_THROW(run(context, engine.transaction(work, {.timeout = 50ms})), coropq::timeout_error);
}

// --- cancellation ---

TEST_F(transaction_faults, a_cancelled_statement_fails_its_transaction) {
    const gate closed(context);
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    started<coropq::result> waiting(context, tx.execute(gate::statement("cancelled_within")));
    EXPECT_TRUE(run_until_active(context, "cancelled_within"));
    waiting.cancel();
    EXPECT_TRUE(reach([&] { return waiting.ended(); }));
    EXPECT_EQ(waiting.code(), asio::error::operation_aborted);
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.execute("select 1")).code(),
              sqlstate::in_failed_sql_transaction);
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx.commit()).code(), sqlstate::in_failed_sql_transaction);
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction_faults, the_first_statement_can_be_cancelled_with_what_begins_the_transaction) {
    const gate closed(context);
    auto tx = run(context, conn.begin());
    started<coropq::result> waiting(context, tx.execute(gate::statement("first_cancelled")));
    EXPECT_TRUE(run_until_active(context, "first_cancelled"));
    waiting.cancel();
    EXPECT_TRUE(reach([&] { return waiting.ended(); }));
    run(context, tx.rollback());
    EXPECT_EQ(open_transactions(), "0");
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(count(), "1");
}

TEST_F(transaction_faults, a_cancelled_begin_leaves_nothing) {
    const gate closed(context);
    started<coropq::result> waiting(context, conn.execute(gate::statement("busy_begin")));
    EXPECT_TRUE(run_until_active(context, "busy_begin"));
    waiting.cancel(); // operations wait until that is got rid of
    started<coropq::transaction> begin(context, conn.begin());
    begin.cancel();
    EXPECT_TRUE(reach([&] { return begin.ended() && waiting.ended(); }));
    run(context, conn.execute(insert(1)));
    EXPECT_EQ(count(), "1");
    started<coropq::transaction> lent(context, engine.begin());
    lent.cancel();
    EXPECT_TRUE(reach([&] { return lent.ended() && engine.stats().active == 0; }));
}

TEST_F(transaction_faults, a_commit_cannot_be_cancelled_once_it_was_sent) {
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    proxy.stall(direction::to_client);
    started<void> commit(context, tx.commit());
    EXPECT_TRUE(reach([] { return count() == "1"; }));
    commit.cancel();
    context.restart();
    context.run_for(20ms);
    EXPECT_FALSE(commit.ended());
    proxy.release();
    EXPECT_TRUE(reach([&] { return commit.ended(); }));
    EXPECT_EQ(commit.code(), coropq::error_code());
}

TEST_F(transaction_faults, a_commit_that_is_cancelled_before_it_was_sent_rolls_back) {
    const gate closed(context);
    auto tx = run(context, conn.begin());
    run(context, tx.execute(insert(1)));
    started<coropq::result> waiting(context, tx.execute(gate::statement("in_front_of_commit")));
    EXPECT_TRUE(run_until_active(context, "in_front_of_commit"));
    proxy.stall(direction::to_client);
    waiting.cancel();
    EXPECT_TRUE(reach([&] { return waiting.ended(); }));
    started<void> commit(context, tx.commit()); // waits until the cancelled statement is got rid of
    context.restart();
    context.run_for(20ms);
    EXPECT_FALSE(commit.ended());
    commit.cancel();
    proxy.release();
    EXPECT_TRUE(reach([&] { return commit.ended(); }));
    EXPECT_EQ(commit.code(), asio::error::operation_aborted);
    EXPECT_FALSE(tx.is_open());
    EXPECT_EQ(open_transactions(), "0");
    run(context, conn.execute(insert(2)));
    EXPECT_EQ(seen("select string_agg(id::text, ',') from item"), "2");
}

TEST_F(transaction_faults, the_end_of_the_context_is_no_trouble) {
    auto own = std::make_unique<asio::io_context>();
    std::optional<coropq::engine> theirs(coropq::create_engine(*own, plain_address()));
    auto work = [](coropq::engine e) -> asio::awaitable<void> {
        auto tx = co_await e.begin();
        co_await tx.execute(insert(1));
        auto nested = co_await tx.begin();
        co_await nested.execute("select pg_sleep(60) -- context_ends");
    };
    asio::co_spawn(*own, work(*theirs), [](std::exception_ptr) {});
    EXPECT_TRUE(run_until_active(*own, "context_ends"));
    own.reset(); // destroys the coroutine where it waits
    theirs.reset();
    EXPECT_TRUE(reach([] { return open_transactions() == "0"; }));
    EXPECT_EQ(count(), "0");
}

} // namespace
