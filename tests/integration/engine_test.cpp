// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The engine and its connections, on one thread.

#include "engine_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <set>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;

using engine = engine_fixture;

TEST_F(engine, opens_nothing_until_it_is_asked) {
    const coropq::engine lazy = make();
    const coropq::engine impossible =
        coropq::create_engine(context, "postgresql://user:very-secret@coropq-test.invalid/x?sslmode=require");
    const coropq::inspector inspector = impossible.inspect();
    drain(context);
    EXPECT_EQ(proxy.connections(), 0u);
    run(context, lazy.execute("select 1"));
    EXPECT_EQ(proxy.connections(), 1u);
    const auto failure = failure_of<coropq::connection_error>(context, impossible.execute("select 1"));
    EXPECT_EQ(failure.code(), coropq::errc::host_not_found) << failure.what();
    EXPECT_TRUE(contains(failure.what(), "coropq-test.invalid")) << failure.what();
    EXPECT_FALSE(contains(failure.what(), "secret")) << failure.what();
    failure_of<coropq::connection_error>(context, inspector.table_names());
}

TEST_F(engine, can_be_made_from_text_url_and_any_executor) {
    const std::string text = plain_url().to_string();
    asio::strand<asio::io_context::executor_type> strand(context.get_executor());
    for (const coropq::engine& each :
         {coropq::create_engine(context, text), coropq::create_engine(context, text.c_str()),
          coropq::create_engine(context, std::string_view(text), pool_of(1)),
          coropq::create_engine(context, plain_address()), coropq::create_engine(context.get_executor(), text),
          coropq::create_engine(context.get_executor(), plain_address(), pool_of(1)),
          coropq::create_engine(asio::any_io_executor(context.get_executor()), plain_address()),
          coropq::create_engine(strand, plain_address())})
        EXPECT_EQ(run(context, each.execute("select 7"))[0][0].as<int>(), 7);
    asio::thread_pool threads(2);
    const coropq::engine elsewhere = coropq::create_engine(threads, text);
    EXPECT_EQ(asio::co_spawn(threads, elsewhere.execute("select 7"), asio::use_future).get()[0][0].as<int>(), 7);
    threads.join();
}

TEST_F(engine, bad_text_is_an_error_that_echoes_nothing) {
    for (const char* text : {"postgresql://me:very-secret@host:99999/db", "mysql://me:very-secret@host/db",
                             "very-secret", "postgresql://me:very-secret@[::1/db", ""}) {
        try {
            coropq::create_engine(context, text);
            ADD_FAILURE() << text;
        } catch (const coropq::url_error& problem) {
            EXPECT_EQ(problem.code(), coropq::errc::invalid_url);
            for (const char* piece : {"very", "secret", "99999", "me:"})
                EXPECT_FALSE(contains(problem.what(), piece)) << problem.what();
        }
    }
}

TEST_F(engine, reuses_connections_the_last_one_first) {
    const coropq::engine reusing = make(pool_of(3));
    std::set<int> backends;
    for (int i = 0; i != 20; ++i)
        backends.insert(run(context, reusing.execute("select pg_backend_pid()"))[0][0].as<int>());
    EXPECT_EQ(backends.size(), 1u);
    EXPECT_EQ(proxy.connections(), 1u);
    // A server's error is no reason to give a connection up.
    failure_of<coropq::server_error>(context, reusing.execute("select nope"));
    failure_of<coropq::error>(context, reusing.execute("copy (select 1) to stdout"));
    EXPECT_TRUE(backends.contains(run(context, reusing.execute("select pg_backend_pid()"))[0][0].as<int>()));
    EXPECT_EQ(proxy.connections(), 1u);
}

TEST_F(engine, opens_as_many_as_it_needs_and_may) {
    const coropq::engine three = make(pool_of(3));
    {
        gate closed(context);
        for (int i = 0; i != 12; ++i)
            start(three, gate::statement("together"));
        EXPECT_TRUE(wait_until([&] {
            context.restart();
            context.poll();
            return proxy.connections() == 3;
        }));
        closed.open();
    }
    drain(context);
    EXPECT_EQ(proxy.connections(), 3u);
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code());

    const coropq::engine none = make(pool_of(0)); // counts as 1
    run(context, none.execute("select 1"));
    EXPECT_EQ(proxy.connections(), 4u);
}

TEST_F(engine, waiters_are_served_in_order) {
    for (const bool shared : {false, true}) {
        all.clear();
        ended.clear();
        proxy.reset_counters();
        const coropq::engine one = make(shared ? pool_of(1) : unshared_pool_of(1));
        for (int i = 0; i != 50; ++i)
            start(one, "select " + std::to_string(i));
        drain(context);
        EXPECT_EQ(proxy.connections(), 1u);
        EXPECT_EQ(ended.size(), 50u);
        for (std::size_t i = 0; i != ended.size(); ++i) {
            EXPECT_EQ(ended[i], i);
            EXPECT_EQ(all[i]->output[0][0].as<std::size_t>(), i);
        }
    }
}

TEST_F(engine, waiting_has_an_end) {
    const coropq::engine impatient = make(unshared_pool_of(1, 50ms));
    { const coropq::connection first = opened_by(impatient); }
    drain(context);
    EXPECT_EQ(impatient.stats().idle, 1u);
    gate closed(context);
    start(impatient, gate::statement("occupied"));
    start(impatient, "select 2");
    start(impatient, "select 3");
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return ended.size() == 2;
    }));
    const auto failure = failure_of<coropq::pool_timeout>(context, impatient.execute("select 1"));
    EXPECT_EQ(failure.code(), coropq::errc::pool_timeout);
    closed.open();
    drain(context);
    EXPECT_EQ(all[0]->code, error_code());
    for (const std::size_t late : {1u, 2u}) {
        EXPECT_EQ(all[late]->code, coropq::errc::pool_timeout);
        EXPECT_TRUE(contains(all[late]->details.to_string(), "[pool_timeout]")) << all[late]->details;
        EXPECT_TRUE(contains(all[late]->details.message(), "within 50 ms: 1 active, 0 idle, 0 connecting, "))
            << all[late]->details;
        EXPECT_TRUE(contains(all[late]->details.hint(), "pool_options::size")) << all[late]->details;
    }
    EXPECT_EQ(run(context, impatient.execute("select 1")).size(), 1u);

    const coropq::engine hasty = make(pool_of(1, 0ms));
    start(hasty, "select 1");
    failure_of<coropq::pool_timeout>(context, hasty.execute("select 2"));
    drain(context);
    EXPECT_EQ(all.back()->code, error_code());
    // Limits that no clock can show.
    for (const auto limit :
         {std::chrono::milliseconds::max(), std::chrono::milliseconds(std::chrono::hours(24 * 365 * 300))}) {
        const coropq::engine patient = make(unshared_pool_of(1, limit));
        start(patient, "select pg_sleep(0.05)");
        EXPECT_EQ(run(context, patient.execute("select 5"))[0][0].as<int>(), 5);
    }
}

TEST_F(engine, a_cancelled_waiter_leaves_no_hole) {
    for (const auto type :
         {asio::cancellation_type::partial, asio::cancellation_type::total, asio::cancellation_type::terminal}) {
        all.clear();
        ended.clear();
        const coropq::engine one = make(unshared_pool_of(1));
        gate closed(context);
        start(one, gate::statement("holding"));
        ASSERT_TRUE(run_until_active(context, "holding"));
        for (int i = 1; i != 6; ++i)
            start(one, "select " + std::to_string(i));
        context.restart();
        context.poll();
        for (const std::size_t i : {1u, 3u, 5u})
            all[i]->stop.emit(type);
        closed.open();
        drain(context);
        EXPECT_EQ(ended, (std::vector<std::size_t>{1, 3, 5, 0, 2, 4}));
        for (const std::size_t i : {1u, 3u, 5u}) {
            EXPECT_EQ(all[i]->code, asio::error::operation_aborted);
            EXPECT_TRUE(contains(all[i]->details.to_string(), "waited for a connection")) << all[i]->details;
            EXPECT_TRUE(all[i]->details.known_not_run());
        }
        for (const std::size_t i : {0u, 2u, 4u})
            EXPECT_EQ(all[i]->code, error_code());
        EXPECT_EQ(run(context, one.execute("select 1")).size(), 1u);
    }
    EXPECT_EQ(proxy.connections(), 3u);
}

// A waiter that is cancelled in the moment when it gets its connection passes it on.
TEST_F(engine, a_waiter_cancelled_when_it_is_its_turn_passes_it_on) {
    const coropq::engine one = make(unshared_pool_of(1));
    for (int round = 0; round != 60; ++round) {
        all.clear();
        ended.clear();
        start(one, "select 1");
        start(one, "select 2");
        start(one, "select 3");
        context.restart();
        for (int step = 0; step != round; ++step)
            context.run_one_for(20ms);
        all[1]->stop.emit(asio::cancellation_type::terminal);
        drain(context);
        EXPECT_EQ(all[0]->code, error_code());
        EXPECT_TRUE(all[1]->code == error_code() || all[1]->code == asio::error::operation_aborted);
        EXPECT_EQ(all[2]->code, error_code()) << all[2]->details;
    }
    EXPECT_EQ(run(context, one.execute("select 1")).size(), 1u);
}

TEST_F(engine, a_cancelled_statement_frees_its_place) {
    const coropq::engine one = make(unshared_pool_of(1));
    started& first = start(one, "select pg_sleep(60) -- interrupted");
    ASSERT_TRUE(run_until_active(context, "interrupted"));
    start(one, "select 2");
    context.restart();
    context.poll();
    first.stop.emit(asio::cancellation_type::terminal);
    drain(context);
    EXPECT_EQ(first.code, asio::error::operation_aborted);
    EXPECT_EQ(all[1]->code, error_code());
    EXPECT_EQ(proxy.connections(), 2u);
}

TEST_F(engine, failing_connects_free_their_places) {
    const coropq::engine one = make(pool_of(1));
    proxy.refuse(true);
    for (int i = 0; i != 5; ++i)
        start(one, "select 1");
    drain(context);
    for (const auto& each : all)
        EXPECT_EQ(each->code, coropq::errc::connect_failed);
    proxy.refuse(false);
    // A cancelled one as well.
    proxy.stall();
    started& hanging = start(one, "select 1");
    started& behind = start(one, "select 1");
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return proxy.connections() == 1;
    }));
    hanging.stop.emit(asio::cancellation_type::total);
    context.restart();
    context.poll();
    proxy.release();
    drain(context);
    EXPECT_EQ(hanging.code, asio::error::operation_aborted);
    EXPECT_EQ(behind.code, error_code()) << behind.details;
    EXPECT_EQ(run(context, one.execute("select 1")).size(), 1u);
}

TEST_F(engine, a_connection_that_died_while_idle_is_replaced_unseen) {
    // Not through the proxy: what the server says last has arrived when it is gone.
    const coropq::engine direct = coropq::create_engine(context, plain_address(), pool_of(2));
    for (int i = 0; i != 3; ++i) {
        {
            const coropq::connection first = run(context, direct.connect());
            const coropq::connection second = run(context, direct.connect());
        }
        drain(context);
        ASSERT_EQ(cluster().terminate_backends(), 2u);
        EXPECT_EQ(run(context, direct.execute("select 7"))[0][0].as<int>(), 7);
    }
    const coropq::engine through = make(pool_of(2));
    run(context, through.execute("select 1"));
    proxy.reset();
    EXPECT_EQ(run(context, through.execute("select 7"))[0][0].as<int>(), 7);
    proxy.cut();
    EXPECT_EQ(run(context, through.execute("select 7"))[0][0].as<int>(), 7);
    EXPECT_EQ(proxy.connections(), 3u);
}

TEST_F(engine, a_transaction_left_open_is_rolled_back_without_waiting_for_it) {
    const coropq::engine one = make(pool_of(1));
    run(context, one.execute("begin isolation level serializable"));
    proxy.reset_counters();
    EXPECT_EQ(run(context, one.execute("show transaction_isolation"))[0][0].text(), "read committed");
    EXPECT_EQ(proxy.connections(), 0u); // it was the same one
}

} // namespace
