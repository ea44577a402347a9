// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Connects that are given up between two of their steps, and what many of them leave behind.

#include "api_support.hpp"
#include "fake_names.hpp"
#include "support/odd_ports.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

coropq::url address_at(const std::string& host, std::uint16_t port) {
    return coropq::url::create({.user = "u", .password = "secret", .host = host, .port = port, .database = "d"});
}

enum class given_up { by_cancellation, by_destruction };

// Gives a connect up after that many handlers of the loop have run, and sees that it ends without waiting for the
// connect timeout. False when the connect waits for the silent port already: there are no more steps.
bool give_up_after(int handlers, given_up way, std::uint16_t port) {
    asio::io_context context;
    auto connection = std::make_unique<coropq::connection>(context);
    asio::cancellation_signal signal;
    std::optional<boost::system::error_code> ended;
    const auto options = coropq::connect_options().connect_timeout(60s);
    connection->async_connect(
        address_at("silent.test", port), options,
        asio::bind_cancellation_slot(signal.slot(), [&](boost::system::error_code code) { ended = code; }));
    int run = 0;
    while (run != handlers && !ended && context.run_one_for(300ms) != 0)
        ++run;
    EXPECT_FALSE(ended) << "the port isn't silent";
    const auto begin = std::chrono::steady_clock::now();
    if (way == given_up::by_cancellation)
        signal.emit(asio::cancellation_type::terminal);
    else
        connection.reset();
    context.run_for(40s);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s) << "after " << run << " handlers";
    EXPECT_EQ(ended, boost::system::error_code(asio::error::operation_aborted)) << "after " << run << " handlers";
    return run == handlers;
}

TEST(connect_races, given_up_after_any_handler_it_ends_at_once) {
    const fake_name silent("silent.test", {unanswering_port::host()});
    const unanswering_port port;
    for (const given_up way : {given_up::by_cancellation, given_up::by_destruction}) {
        int handlers = 0;
        // The answer of the resolver is among them, which a busy machine may have to be asked for again.
        for (int attempts = 0;; ++attempts) {
            ASSERT_LT(attempts, 100);
            if (give_up_after(handlers, way, port.port()))
                ++handlers;
            else if (handlers >= 3)
                break;
        }
    }
}

TEST(connect_races, given_up_look_ups_dont_stand_in_the_way_of_others) {
    std::optional<fake_name> slow(std::in_place, "slow.test", std::vector<std::string>(), 60s);
    asio::io_context context;
    const auto impatient = coropq::connect_options().connect_timeout(50ms);
    forget_look_ups();
    for (int i = 0; i != 8; ++i) {
        coropq::connection connection(context);
        const auto failure =
            failure_of<coropq::connection_error>(context, connection.connect(address_at("slow.test", 5432), impatient));
        EXPECT_EQ(failure.code(), coropq::errc::connect_timeout);
        EXPECT_NE(std::string(failure.what()).find("name servers"), std::string::npos) << failure.what();
    }
    slow.reset();
    // One look-up was running; the seven behind it were never begun.
    coropq::connection good(context);
    run(context, good.connect(plain_address(), coropq::connect_options().connect_timeout(25s)));
    run(context, good.close());
    int begun = 0;
    for (const look_up& each : look_ups())
        begun += each.name == "slow.test" ? 1 : 0;
    EXPECT_LE(begun, 2);
    drain(context);
}

TEST(connect_races, limits_beyond_the_end_of_time_are_none) {
    asio::io_context context;
    constexpr auto longest = std::chrono::milliseconds::max();
    coropq::connection connection(context);
    run(context, connection.connect(plain_address(),
                                    coropq::connect_options().connect_timeout(longest).total_connect_timeout(longest)));
    EXPECT_EQ(run(context, connection.execute("select 7"))[0][0].as<int>(), 7);
    run(context, connection.close());
}

TEST(connect_races, an_engine_that_is_disposed_of_gives_up_its_connects) {
    asio::io_context context;
    const unanswering_port port;
    const coropq::engine engine = coropq::create_engine(context, address_at(unanswering_port::host(), port.port()));
    std::optional<boost::system::error_code> ended;
    coropq::result rows;
    engine.async_execute(coropq::statement("select 1"), rows, [&](boost::system::error_code code) { ended = code; });
    context.run_for(100ms);
    EXPECT_FALSE(ended);
    const auto begin = std::chrono::steady_clock::now();
    run(context, engine.dispose());
    drain(context);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 25s);
    EXPECT_EQ(ended, make_error_code(coropq::errc::engine_disposed));
}

} // namespace
