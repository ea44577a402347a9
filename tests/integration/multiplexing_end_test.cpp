// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The numbers of a pool whose connections are shared, its off switch, and its end.

#include "multiplexing_support.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

using multiplexing_end = multiplexing_fixture;

TEST_F(multiplexing_end, the_numbers_are_true) {
    const coropq::engine engine = make_open(2, pool_options().pipeline_depth(5));
    const coropq::pool_statistics before = engine.stats();
    EXPECT_EQ(before.in_flight, 0u);
    EXPECT_EQ(before.shared, 0u);
    database_gate closed(context, database);
    for (int i = 0; i != 14; ++i)
        send(engine, coropq::statement(database_gate::statement("numbers")));
    EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 10; }));
    const coropq::pool_statistics during = engine.stats();
    EXPECT_EQ(during.active, 2u);
    EXPECT_EQ(during.idle, 0u);
    EXPECT_EQ(during.waiting, 4u);
    EXPECT_EQ(during.acquired - before.acquired, 10u);
    EXPECT_EQ(during.shared, 8u);
    EXPECT_EQ(during.holders.size(), 2u);
    for (const coropq::connection_holder& each : during.holders)
        EXPECT_EQ(each.purpose, "execute");
    closed.open();
    drain(context);
    const coropq::pool_statistics after = engine.stats();
    EXPECT_EQ(after.active + after.waiting + after.in_flight, 0u);
    EXPECT_EQ(after.idle, 2u);
    EXPECT_EQ(after.acquired - before.acquired, 14u);
    EXPECT_EQ(after.waited - before.waited, 4u);
    EXPECT_TRUE(after.holders.empty());
    expect_idle(engine);
}

TEST_F(multiplexing_end, switched_off_each_has_a_connection_to_itself) {
    const coropq::engine engine = make_open(2, pool_options().pipelining(false));
    database_gate closed(context, database);
    for (int i = 0; i != 10; ++i)
        send(engine, coropq::statement(database_gate::statement("off")));
    EXPECT_TRUE(run_until([] {
        return cluster().query_value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == "2";
    }));
    EXPECT_EQ(engine.stats().in_flight, 0u);
    EXPECT_EQ(engine.stats().waiting, 8u);
    EXPECT_EQ(engine.stats().active, 2u);
    proxy.reset_counters();
    closed.open();
    drain(context);
    EXPECT_EQ(engine.stats().shared, 0u);
    EXPECT_GE(proxy.round_trips(), 8u);
    for (const auto& each : all)
        EXPECT_EQ(each->code, error_code()) << each->details;
    expect_idle(engine);
}

TEST_F(multiplexing_end, those_that_wait_too_long_are_told_so) {
    const coropq::engine engine = make_open(1, pool_options().pipeline_depth(3).acquire_timeout(200ms));
    const auto before = engine.stats().acquire_timeouts; // while connecting, on a busy machine
    database_gate closed(context, database);
    for (int i = 0; i != 10; ++i)
        send(engine, coropq::statement(database_gate::statement("too long")));
    EXPECT_TRUE(run_until([&] { return ended.size() == 7; }));
    EXPECT_EQ(engine.stats().acquire_timeouts - before, 7u);
    closed.open();
    drain(context);
    for (std::size_t i = 0; i != 10; ++i)
        EXPECT_EQ(all[i]->code, i < 3 ? error_code() : make_error_code(coropq::errc::pool_timeout)) << all[i]->details;
    expect_idle(engine);
}

TEST_F(multiplexing_end, no_more_than_max_waiting_wait_for_a_place) {
    const coropq::engine engine = make_open(1, pool_options().pipeline_depth(3).max_waiting(2));
    database_gate closed(context, database);
    for (int i = 0; i != 10; ++i)
        send(engine, coropq::statement(database_gate::statement("refused")));
    EXPECT_TRUE(run_until([&] { return ended.size() == 5; }));
    EXPECT_EQ(engine.stats().refused, 5u);
    closed.open();
    drain(context);
    for (std::size_t i = 0; i != 10; ++i)
        EXPECT_EQ(all[i]->code, i < 5 ? error_code() : make_error_code(coropq::errc::too_many_waiting))
            << all[i]->details;
    expect_idle(engine);
}

// What is on its way is answered, what waits is told.
TEST_F(multiplexing_end, disposed_of_with_statements_on_their_way) {
    const coropq::engine engine = make_open(1);
    database_gate closed(context, database);
    for (int i = 0; i != 40; ++i)
        send(engine, coropq::statement(database_gate::statement("disposed")));
    EXPECT_TRUE(run_until([&] { return engine.stats().in_flight == 16; }));
    run(context, engine.dispose());
    EXPECT_TRUE(run_until([&] { return ended.size() == 24; }));
    closed.open();
    drain(context);
    for (std::size_t i = 0; i != 40; ++i)
        EXPECT_EQ(all[i]->code, i < 16 ? error_code() : make_error_code(coropq::errc::engine_disposed))
            << i << ": " << all[i]->details;
    EXPECT_EQ(engine.stats().closed.disposed, 1u);
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

TEST_F(multiplexing_end, the_last_handle_goes) {
    std::optional<coropq::engine> engine(make_open(2));
    for (int i = 0; i != 500; ++i)
        send(*engine, coropq::statement("select $1::int", i));
    engine.reset();
    drain(context);
    for (std::size_t i = 0; i != 500; ++i) {
        ASSERT_TRUE(all[i]->code);
        if (*all[i]->code == error_code()) {
            EXPECT_EQ(all[i]->output[0][0].as<std::size_t>(), i);
        } else {
            EXPECT_EQ(*all[i]->code, coropq::errc::engine_disposed) << all[i]->details;
        }
    }
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

TEST_F(multiplexing_end, drained_in_time) {
    const coropq::engine engine = make_open(2);
    for (int i = 0; i != 1000; ++i)
        send(engine, coropq::statement("select $1::int", i));
    EXPECT_EQ(run(context, engine.drain(20s)), 0u);
    drain(context);
    for (std::size_t i = 0; i != 1000; ++i) {
        ASSERT_EQ(all[i]->code, error_code()) << all[i]->details;
        EXPECT_EQ(all[i]->output[0][0].as<std::size_t>(), i);
    }
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_EQ(failure_of<coropq::error>(context, engine.execute("select 1")).code(), coropq::errc::engine_disposed);
}

TEST_F(multiplexing_end, drained_too_late) {
    const coropq::engine engine = make_open(1);
    for (int i = 0; i != 20; ++i)
        send(engine, coropq::statement("select pg_sleep(60) -- drained"));
    EXPECT_TRUE(run_until_active(context, "-- drained"));
    EXPECT_EQ(run(context, engine.drain(100ms)), 1u);
    drain(context);
    for (const auto& each : all)
        EXPECT_TRUE(each->code && *each->code);
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_TRUE(wait_until([] {
        return cluster().query_value("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and state = "
                                     "'active' and strpos(query, '-- drained') > 0") == "0";
    }));
}

TEST_F(multiplexing_end, invalidated_with_statements_on_their_way) {
    const coropq::engine engine = make_open(2);
    for (int i = 0; i != 1000; ++i)
        send(engine, coropq::statement("select $1::int", i));
    EXPECT_TRUE(run_until([&] { return ended.size() > 50; }));
    engine.invalidate();
    drain(context);
    for (std::size_t i = 0; i != 1000; ++i) {
        ASSERT_EQ(all[i]->code, error_code()) << all[i]->details;
        EXPECT_EQ(all[i]->output[0][0].as<std::size_t>(), i);
    }
    EXPECT_EQ(engine.stats().closed.invalidated, 2u);
    expect_idle(engine);
}

// Connections get too old while they are never idle.
TEST_F(multiplexing_end, a_busy_connection_is_replaced_when_it_is_too_old) {
    const coropq::engine engine = make_shared(pool_options().size(1).max_lifetime(100ms));
    int answered = 0;
    const auto flow = [&]() -> asio::awaitable<void> {
        while (engine.stats().closed.lifetime < 3) {
            co_await engine.execute("select 1");
            ++answered;
        }
    };
    for (int i = 0; i != 30; ++i)
        spawn(flow());
    drain(context);
    EXPECT_GT(answered, 3);
    expect_idle(engine);
}

// A context goes with statements on their way, waiting, and not begun.
TEST_F(multiplexing_end, the_context_is_destroyed) {
    for (int turns : {0, 1, 5, 50, 500}) {
        auto short_lived = std::make_unique<asio::io_context>();
        auto engine = std::make_unique<coropq::engine>(coropq::create_engine(*short_lived, address(), pool_of(2)));
        int ends = 0;
        for (int i = 0; i != 600; ++i) {
            asio::co_spawn(*short_lived, engine->execute("select pg_sleep(0.005), $1::int", i),
                           [&ends](const std::exception_ptr&, const coropq::result&) { ++ends; });
        }
        if (turns > 1)
            short_lived->run_for(100ms);
        for (int i = 0; i != turns; ++i)
            short_lived->poll_one();
        engine.reset();
        short_lived.reset();
        EXPECT_LT(ends, 600);
    }
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

} // namespace
