// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/async_helpers.hpp"
#include "support/leak_check.hpp"
#include "support/test_url.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

asio::awaitable<void> sleep(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<int> seven() {
    co_await sleep(1ms);
    co_return 7;
}

struct no_default {
    explicit no_default(int number) : value(std::make_unique<int>(number)) {}
    std::unique_ptr<int> value;
};

asio::awaitable<no_default> awkward() { co_return no_default(3); }

asio::awaitable<void> broken() {
    co_await sleep(1ms);
    throw std::logic_error("broken");
}

TEST(async_helpers, run_gives_the_value_or_throws) {
    asio::io_context context;
    EXPECT_EQ(run(context, seven()), 7);
    EXPECT_EQ(*run(context, awkward()).value, 3);
    EXPECT_THROW(run(context, broken()), std::logic_error);
    EXPECT_EQ(run(context, seven()), 7);
    const auto function = [](asio::any_io_executor) { return seven(); };
    EXPECT_EQ(run(function), 7);
}

TEST(async_helpers, run_ends_what_hangs) {
    asio::io_context context;
    try {
        run(context, sleep(1h), 50ms);
        FAIL();
    } catch (const hang_error& error) {
        EXPECT_NE(std::string(error.what()).find("async_helpers_test.cpp"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("50 ms"), std::string::npos) << error.what();
    }
    // The timer was cancelled: nothing is left to do.
    drain(context, 1s);
}

TEST(async_helpers, drain_notices_what_is_left) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    timer.async_wait([](boost::system::error_code) {});
    EXPECT_THROW(drain(context, 20ms), hang_error);
    timer.cancel();
    drain(context);
}

asio::awaitable<void> block(std::chrono::milliseconds time) {
    co_await sleep(5ms);
    std::this_thread::sleep_for(time);
    co_await sleep(5ms);
}

TEST(async_helpers, loop_watch_sees_a_blocked_loop) {
    asio::io_context context;
    {
        loop_watch watch(context.get_executor());
        run(context, sleep(60ms));
        EXPECT_LT(watch.longest_gap(), loop_watch::acceptable);
        EXPECT_GT(watch.turns(), 3u);
        run(context, block(400ms));
        EXPECT_GE(watch.longest_gap(), 400ms);
    }
    drain(context, 1s);
}

TEST(leak_check, finds_pieces) {
    const std::string token = marked_token();
    EXPECT_EQ(token.size(), 1634u);
    EXPECT_EQ(leaked_piece(token, "connection to server failed"), "");
    EXPECT_EQ(leaked_piece(token, ""), "");
    EXPECT_EQ(leaked_piece("", "text"), "");
    EXPECT_EQ(leaked_piece(token, "port \"" + token.substr(700, 7) + "\""), "");
    EXPECT_EQ(leaked_piece(token, "port \"" + token.substr(700, 8) + "\""), token.substr(700, 8));
    EXPECT_EQ(leaked_piece(token, token.substr(1600) + token.substr(3, 20)), token.substr(1600));
    EXPECT_EQ(leaked_piece(token, token), token);
    EXPECT_EQ(leaked_piece("abc", "xabcx"), "abc");
    EXPECT_NE(marked_token(200, 1), marked_token(200, 2));
    EXPECT_EQ(marked_token(200, 5), marked_token(200, 5));
}

TEST(test_url, is_encoded) {
    test_url url("a@b", "p:/?", "::1", 80, "prod:all?FLATTEN");
    EXPECT_EQ(url.set("sslrootcert", "/x y").to_string(),
              "postgresql://a%40b:p%3A%2F%3F@[::1]:80/prod%3Aall%3FFLATTEN?sslrootcert=%2Fx%20y");
    EXPECT_EQ(url.set("sslrootcert", "z").set("a", "b").remove("sslrootcert").password("").port(0).to_string(),
              "postgresql://a%40b@[::1]/prod%3Aall%3FFLATTEN?a=b");
}

} // namespace
