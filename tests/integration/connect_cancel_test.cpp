// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A connect that is given up, wherever it is: cancelled, its connection destroyed, its loop destroyed.

#include "hanging_connects.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::connection;
using coropq::error_code;

using clock = std::chrono::steady_clock;

/// Nothing else would end it within that time.
constexpr auto promptly = 20s;

std::string described(const std::string& name) {
    std::string text;
    for (const char c : name)
        text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return text;
}

coropq::url healthy() { return coropq::url::parse(without_tls(cluster().app_url()).to_string()); }

class giving_up : public testing::TestWithParam<hanging_connect> {
protected:
    // Those of the place, which is made of servers in this process, don't count.
    void expect_no_descriptor_left() {
        place_ = {};
        EXPECT_EQ(open_descriptors(), before_);
    }

    std::size_t before_ = open_descriptors();
    hanging_place place_;
};

TEST_P(giving_up, by_every_type_of_cancellation) {
    slow_look_up = 60s;
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total, asio::cancellation_type::all}) {
        place_ = GetParam().make();
        asio::io_context context(1);
        connection session(context);
        asio::cancellation_signal stop;
        std::optional<error_code> ended;
        coropq::diagnostics details;
        session.async_connect(place_.address, details,
                              asio::bind_cancellation_slot(stop.slot(), [&](const error_code& code) { ended = code; }));
        ASSERT_TRUE(run_until(context, place_.reached));
        ASSERT_FALSE(ended);
        const auto begin = clock::now();
        stop.emit(type);
        ASSERT_TRUE(run_until(context, [&] { return ended.has_value(); }));
        EXPECT_LT(clock::now() - begin, promptly);
        EXPECT_EQ(*ended, asio::error::operation_aborted);
        EXPECT_TRUE(place_.all_gone());
        // Late, and to nobody.
        stop.emit(type);
        place_ = {}; // also wakes the look-up of the slow name, which Asio would finish first
        run(context, session.connect(healthy()));
        EXPECT_EQ(run(context, session.execute("select 6"))[0][0].text(), "6");
        run(context, session.close());
    }
    slow_look_up = 900ms;
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

TEST_P(giving_up, in_an_engine) {
    place_ = GetParam().make();
    asio::io_context context(1);
    const coropq::engine engine = coropq::create_engine(context, place_.address);
    asio::cancellation_signal stop;
    std::optional<error_code> ended;
    coropq::result rows;
    engine.async_execute(coropq::statement("select 1"), rows,
                         asio::bind_cancellation_slot(stop.slot(), [&](const error_code& code) { ended = code; }));
    ASSERT_TRUE(run_until(context, place_.reached));
    const auto begin = clock::now();
    stop.emit(asio::cancellation_type::total);
    ASSERT_TRUE(run_until(context, [&] { return ended.has_value(); }));
    EXPECT_LT(clock::now() - begin, promptly);
    EXPECT_EQ(*ended, asio::error::operation_aborted);
    // The connect goes on, for whoever comes next, until the engine ends.
    EXPECT_EQ(engine.stats().waiting, 0u);
    EXPECT_EQ(engine.stats().connecting, 1u);
    run(context, engine.dispose());
    drain(context);
    EXPECT_TRUE(place_.all_gone());
}

// As users write it.
asio::awaitable<bool> connect_for(coropq::url address, std::chrono::milliseconds limit) {
    using namespace asio::experimental::awaitable_operators;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    connection session(executor);
    asio::steady_timer timer(executor, limit);
    const auto first = co_await (session.connect(std::move(address)) || timer.async_wait(asio::use_awaitable));
    co_return first.index() == 0;
}

TEST_P(giving_up, because_something_else_was_faster) {
    place_ = GetParam().make();
    asio::io_context context(1);
    const auto begin = clock::now();
    EXPECT_FALSE(run(context, connect_for(place_.address, 100ms)));
    EXPECT_LT(clock::now() - begin, 100ms + promptly);
    EXPECT_TRUE(run(context, connect_for(healthy(), 20s)));
    drain(context);
    EXPECT_TRUE(place_.all_gone());
}

TEST_P(giving_up, by_destroying_the_connection) {
    place_ = GetParam().make();
    {
        asio::io_context context(1);
        std::optional<connection> session(std::in_place, context);
        std::optional<error_code> ended;
        session->async_connect(place_.address, [&](const error_code& code) { ended = code; });
        ASSERT_TRUE(run_until(context, place_.reached));
        session.reset();
        const auto begin = clock::now();
        ASSERT_TRUE(run_until(context, [&] { return ended.has_value(); }));
        EXPECT_LT(clock::now() - begin, promptly);
        EXPECT_EQ(*ended, asio::error::operation_aborted);
        EXPECT_TRUE(place_.all_gone());
    }
    expect_no_descriptor_left();
}

// The loop goes, and everything in it: the connection with the handler that owns it.
TEST_P(giving_up, by_destroying_the_loop) {
    place_ = GetParam().make();
    bool called = false;
    {
        asio::io_context context(1);
        const auto session = std::make_shared<connection>(context);
        session->async_connect(place_.address, [&called, session](const error_code&) { called = true; });
        ASSERT_TRUE(run_until(context, place_.reached));
    }
    EXPECT_FALSE(called);
    EXPECT_TRUE(place_.all_gone());
    expect_no_descriptor_left();
}

TEST_P(giving_up, by_destroying_the_loop_right_after_the_connection) {
    place_ = GetParam().make();
    {
        asio::io_context context(1);
        connection session(context);
        session.async_connect(place_.address, [](const error_code&) {});
        ASSERT_TRUE(run_until(context, place_.reached));
    }
    EXPECT_TRUE(place_.all_gone());
    expect_no_descriptor_left();
}

asio::awaitable<void> connect_and_stay(coropq::url address) {
    connection session(co_await asio::this_coro::executor);
    co_await session.connect(std::move(address));
}

TEST_P(giving_up, by_destroying_the_loop_below_a_coroutine) {
    place_ = GetParam().make();
    {
        asio::io_context context(1);
        asio::co_spawn(context, connect_and_stay(place_.address), asio::detached);
        const coropq::engine engine = coropq::create_engine(context, place_.address);
        asio::co_spawn(context, engine.execute("select 1"), asio::detached);
        ASSERT_TRUE(run_until(context, place_.reached));
    }
    EXPECT_TRUE(place_.all_gone());
    expect_no_descriptor_left();
}

INSTANTIATE_TEST_SUITE_P(connect, giving_up, testing::ValuesIn(hanging_connects()),
                         [](const auto& test) { return described(test.param.name); });

} // namespace
