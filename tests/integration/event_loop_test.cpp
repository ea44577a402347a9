// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// One thread, one loop: a connect that hangs, wherever it does, keeps nobody else from running, and ends in time.

#include "hanging_connects.hpp"

#include "fake_names.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"
#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <future>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::connect_options;
using coropq::connection;
using coropq::errc;
using coropq::error_code;

using clock = std::chrono::steady_clock;

/// What a busy machine may add to a time limit; without one, everything here would take longer still.
constexpr auto tolerance = 20s;

std::chrono::milliseconds since(clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
}

outcome failure_of(asio::io_context& context, connection& session, const coropq::url& address,
                   const connect_options& options) {
    try {
        run(context, session.connect(address, options));
    } catch (const coropq::error&) {
        return outcome_of(std::current_exception());
    }
    return {};
}

std::string described(const std::string& name) {
    std::string text;
    for (const char c : name)
        text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return text;
}

class hanging : public testing::TestWithParam<hanging_connect> {};

TEST_P(hanging, ends_in_time_and_lets_others_run) {
    const auto limits = {connect_options().connect_timeout(250ms),
                         connect_options().connect_timeout(0ms).total_connect_timeout(250ms)};
    slow_look_up = 60s;
    for (const connect_options& options : limits) {
        hanging_place place = GetParam().make();
        asio::io_context context(1);
        connection session(context);
        const loop_watch watch(context.get_executor());
        const auto begin = clock::now();
        const outcome failure = failure_of(context, session, place.address, options);
        SCOPED_TRACE(failure.what);
        EXPECT_GE(since(begin), 250ms);
        EXPECT_LT(since(begin), 250ms + tolerance);
        EXPECT_LT(watch.longest_gap(), loop_watch::acceptable);
        EXPECT_GE(watch.turns(), 5u);
        EXPECT_TRUE(place.reached()) << "hangs somewhere else";
        EXPECT_EQ(failure.kind, "connection_error");
        EXPECT_EQ(failure.code, errc::connect_timeout);
        ASSERT_EQ(failure.details.attempts().size(), 1u);
        EXPECT_EQ(failure.details.attempts()[0].code, errc::connect_timeout);
        EXPECT_TRUE(contains(failure.details.attempts()[0].reason, "250 ms"));
        EXPECT_NE(failure.details.hint(), "");
        EXPECT_TRUE(place.all_gone());
        place = {}; // also wakes the look-up of the slow name, which Asio would finish first
        // The connection can be used for another try, the loop has no memory of the first one.
        run(context, session.connect(coropq::url::parse(without_tls(cluster().app_url()).to_string())));
        run(context, session.close());
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

INSTANTIATE_TEST_SUITE_P(connect, hanging, testing::ValuesIn(hanging_connects()),
                         [](const auto& test) { return described(test.param.name); });

TEST(event_loop, each_address_has_its_own_time) {
    const unanswering_port one;
    const unanswering_port two;
    const std::string alive = "127.0.0.1:" + std::to_string(cluster().port());
    const std::string dead =
        "127.0.0.1:" + std::to_string(one.port()) + ",127.0.0.1:" + std::to_string(two.port()) + ",";
    const auto address = coropq::url::parse(with_hosts(without_tls(cluster().app_url()), dead + alive));
    asio::io_context context(1);
    connection session(context);
    // On a busy machine, the one that is alive needs longer.
    outcome last;
    for (auto limit = 200ms; limit < 15s; limit *= 4) {
        const auto begin = clock::now();
        last = failure_of(context, session, address, connect_options().connect_timeout(limit));
        EXPECT_GE(since(begin), 2 * limit);
        EXPECT_LT(since(begin), 3 * limit + tolerance);
        if (last.succeeded())
            break;
    }
    EXPECT_TRUE(last.succeeded()) << last.what;
    run(context, session.close());

    // The limit for all of it comes first.
    for (auto limit = 200ms; limit < 15s; limit *= 4) {
        const auto begin = clock::now();
        last = failure_of(context, session, address,
                          connect_options().connect_timeout(limit).total_connect_timeout(limit * 3 / 2));
        EXPECT_GE(since(begin), limit * 3 / 2);
        EXPECT_LT(since(begin), limit * 3 / 2 + tolerance);
        EXPECT_EQ(last.code, errc::connect_timeout) << last.what;
        if (last.details.attempts().size() == 2)
            break;
    }
    EXPECT_EQ(last.details.attempts().size(), 2u) << last.what;
}

TEST(event_loop, the_limit_in_the_url_counts_seconds) {
    const unanswering_port port;
    asio::io_context context(1);
    connection session(context);
    const auto begin = clock::now();
    const test_url address = without_tls(cluster().app_url()).host("127.0.0.1").port(port.port());
    const outcome failure =
        failure_of(context, session, coropq::url::parse(test_url(address).set("connect_timeout", "1").to_string()), {});
    EXPECT_GE(since(begin), 1000ms);
    EXPECT_LT(since(begin), 1000ms + tolerance);
    EXPECT_EQ(failure.code, errc::connect_timeout);
}

TEST(event_loop, names_are_never_looked_up_on_it) {
    const fake_name slow("slow.test", {"127.0.0.2", "127.0.0.1"}, 2s);
    const fake_name nobody("nobody.test", {});
    forget_look_ups();
    asio::io_context context(1);
    connection session(context);
    const loop_watch watch(context.get_executor());
    const std::string port = std::to_string(cluster().port());
    const auto begin = clock::now();
    run(context, session.connect(coropq::url::parse(
                     with_hosts(cluster().app_url().set("sslmode", "require"), "nobody.test:1,slow.test:" + port))));
    EXPECT_GE(since(begin), 2s);
    EXPECT_LT(watch.longest_gap(), loop_watch::acceptable);
    EXPECT_GE(watch.turns(), 20u);
    run(context, session.close());
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
        run(context, session.connect(coropq::url::parse(cluster().app_url().host(host).to_string())));
        run(context, session.close());
    }
    std::size_t in_background = 0;
    for (const look_up& call : look_ups()) {
        if (call.thread == std::this_thread::get_id())
            EXPECT_TRUE(call.numeric) << "blocks the loop: " << call.name;
        else
            ++in_background;
    }
    EXPECT_GE(in_background, 3u) << "nobody.test, slow.test, localhost";
}

TEST(event_loop, a_handshake_byte_by_byte) {
    tcp_proxy proxy(cluster().port());
    proxy.split(direction::to_client, 1, 50us);
    proxy.split(direction::to_server, 1, 50us);
    asio::io_context context(1);
    connection session(context);
    const loop_watch watch(context.get_executor());
    run(context,
        session.connect(coropq::url::parse(cluster().app_url().host("127.0.0.1").port(proxy.port()).to_string())));
    EXPECT_EQ(run(context, session.execute("select 1"))[0][0].text(), "1");
    EXPECT_LT(watch.longest_gap(), loop_watch::acceptable);
    EXPECT_GE(proxy.bytes(direction::to_client), 1000u);
}

// As a busy multi-threaded program: what a loop has found to be ready runs on another thread, and some time later.
class late_executor {
public:
    late_executor(asio::io_context& context, asio::thread_pool& thread) : context_(&context), thread_(&thread) {}

    asio::execution_context& query(asio::execution::context_t) const noexcept { return *context_; }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    late_executor require(asio::execution::blocking_t::never_t) const { return *this; }

    template <typename Function>
    void execute(Function function) const {
        auto shared = std::make_shared<Function>(std::move(function));
        asio::post(*thread_, [shared] {
            std::this_thread::sleep_for(3ms); // not for an event: lateness is what this is about
            (*shared)();
        });
    }

    friend bool operator==(const late_executor&, const late_executor&) = default;

private:
    asio::io_context* context_;
    asio::thread_pool* thread_;
};

// Between a limit that passes and its handler, bytes arrive: then there is no wait any more that the handler could end.
TEST(event_loop, a_limit_that_passes_while_bytes_arrive) {
    tcp_proxy proxy(cluster().port());
    proxy.split(direction::to_client, 1, 300us);
    const auto address = coropq::url::parse(cluster().app_url().host("127.0.0.1").port(proxy.port()).to_string());
    asio::io_context context(1);
    auto work = asio::make_work_guard(context);
    std::thread loop([&] { context.run(); });
    asio::thread_pool thread(1);
    {
        std::vector<connection> sessions;
        std::vector<std::future<void>> ends;
        const auto begin = clock::now();
        for (int i = 0; i != 5; ++i) {
            sessions.emplace_back(asio::any_io_executor(late_executor(context, thread)));
            ends.push_back(sessions.back().async_connect(
                address, connect_options().connect_timeout(std::chrono::milliseconds(150 + i)), asio::use_future));
        }
        for (std::future<void>& end : ends) {
            EXPECT_EQ(end.wait_until(begin + 154ms + tolerance), std::future_status::ready) << "a limit was forgotten";
            try {
                end.get();
                ADD_FAILURE() << "faster than bytes can arrive";
            } catch (const boost::system::system_error& failure) {
                EXPECT_EQ(failure.code(), errc::connect_timeout) << failure.what();
            }
        }
    }
    thread.wait();
    work.reset();
    loop.join();
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

// The server refuses what comes through TLS, so libpq comes again without. The kernel gives the second socket the
// number of the first one.
TEST(event_loop, another_socket_with_the_same_number) {
    std::promise<void> seen;
    const std::shared_future<void> go = seen.get_future().share();
    scripted_server server({[go](scripted_session& session) {
                                session.accept_startup('S');
                                go.wait();
                                session.send(wire::error_response("FATAL", "28000", "pg_hba.conf rejects it"));
                                session.close();
                            },
                            [](scripted_session& session) {
                                session.log_in();
                                session.read_until_end();
                            }},
                           tls_identity{cluster().server_certificate_file(), cluster().server_key_file()});
    asio::io_context context(1);
    connection session(context);
    std::optional<error_code> ended;
    session.async_connect(coropq::url::parse(test_url("a", "b", "127.0.0.1", server.port(), "c")
                                                 .set("sslmode", "prefer")
                                                 .set("connect_timeout", "60")
                                                 .to_string()),
                          [&](const error_code& code) { ended = code; });
    ASSERT_TRUE(run_until(context, [&] { return server.connections() == 1 && server.startup_packets(0).size() == 2; }));
    const int first = socket_to(server.port());
    EXPECT_GE(first, 0);
    seen.set_value();
    ASSERT_TRUE(run_until(context, [&] { return ended.has_value(); }));
    EXPECT_FALSE(*ended) << ended->message();
    EXPECT_EQ(socket_to(server.port()), first) << "this isn't the case that was to be tested";
    EXPECT_EQ(server.connections(), 2u);
    run(context, session.close());
    drain(context);
}

// A slow connect and a fast one at once.
TEST(event_loop, connects_do_not_wait_for_each_other) {
    const unanswering_port port;
    asio::io_context context(1);
    connection slow(context);
    connection fast(context);
    asio::cancellation_signal stop;
    std::optional<error_code> slow_ended;
    const test_url plain = without_tls(cluster().app_url()).host("127.0.0.1");
    slow.async_connect(coropq::url::parse(test_url(plain).port(port.port()).to_string()),
                       asio::bind_cancellation_slot(stop.slot(), [&](const error_code& code) { slow_ended = code; }));
    for (int i = 0; i != 5; ++i) {
        run(context, fast.connect(coropq::url::parse(cluster().url())));
        EXPECT_EQ(run(context, fast.execute("select 5"))[0][0].text(), "5");
        run(context, fast.close());
    }
    EXPECT_FALSE(slow_ended);
    stop.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(run_until(context, [&] { return slow_ended.has_value(); }));
    EXPECT_EQ(*slow_ended, asio::error::operation_aborted);
}

} // namespace
