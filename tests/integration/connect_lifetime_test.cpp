// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What a connection has from its connect until its end: socket options, notices, and nothing left behind.

#include "connect_support.hpp"

#include "fake_names.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"
#include "support/wait_until.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::connect_options;
using coropq::connection;
using coropq::diagnostics;
using coropq::errc;
using coropq::error_code;

coropq::url plain_address() {
    return coropq::url::parse(without_tls(cluster().app_url()).host("127.0.0.1").to_string());
}

int option_of(int socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(socket, level, name, &value, &size) == 0 ? value : -1;
}

TEST(connect_sockets, keepalives_and_user_timeout) {
    asio::io_context context(1);
    {
        connection session(context);
        run(context, session.connect(plain_address(), connect_options().connect_args({{"keepalives_idle", "41"},
                                                                                      {"keepalives_interval", "7"},
                                                                                      {"keepalives_count", "3"},
                                                                                      {"tcp_user_timeout", "23456"}})));
        const int socket = socket_to(cluster().port());
        ASSERT_GE(socket, 0);
        EXPECT_EQ(option_of(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
        EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_KEEPIDLE), 41);
        EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_KEEPINTVL), 7);
        EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_KEEPCNT), 3);
        EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 23456);
        EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_NODELAY), 1);
        run(context, session.close());
        EXPECT_EQ(socket_to(cluster().port()), -1) << "closed when it says so";

        run(context, session.connect(plain_address(), connect_options().connect_arg("keepalives", "0")));
        EXPECT_EQ(option_of(socket_to(cluster().port()), SOL_SOCKET, SO_KEEPALIVE), 0);
    }
    drain(context);
    EXPECT_EQ(socket_to(cluster().port()), -1);
}

TEST(connect_notices, go_to_the_handler) {
    captured_output output;
    std::vector<diagnostics> heard;
    std::vector<std::thread::id> threads;
    asio::io_context context(1);
    connection session(context);
    run(context, session.connect(plain_address(), connect_options().on_notice([&](const diagnostics& notice) {
        heard.push_back(notice);
        threads.push_back(std::this_thread::get_id());
    })));
    run(context, session.execute("do $$ begin raise notice 'first' using detail = 'more', hint = 'do'; "
                                 "raise warning 'second'; end $$"));
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[0].severity(), "NOTICE");
    EXPECT_EQ(heard[0].message(), "first");
    EXPECT_EQ(heard[0].detail(), "more");
    EXPECT_EQ(heard[0].hint(), "do");
    EXPECT_EQ(heard[0].sqlstate(), "00000");
    EXPECT_EQ(heard[1].severity(), "WARNING");
    EXPECT_EQ(heard[1].message(), "second");
    EXPECT_EQ(threads[0], std::this_thread::get_id());
    run(context, session.close());

    // Without a handler they are dropped; also after one, on the same connection.
    run(context, session.connect(plain_address()));
    run(context, session.execute("do $$ begin raise warning 'nobody listens'; end $$"));
    EXPECT_EQ(heard.size(), 2u);
    EXPECT_EQ(output.text(), "");
}

TEST(connect_notices, of_the_login_too) {
    captured_output output;
    scripted_server server([](scripted_session& session) {
        session.accept_startup();
        session.send(wire::authentication_ok() +
                     wire::notice_response("WARNING", "01000", "the password expires tomorrow") +
                     wire::backend_key_data(1, 2) + wire::ready_for_query());
        session.read_until_end();
    });
    std::vector<std::string> heard;
    asio::io_context context(1);
    {
        connection session(context);
        run(context, session.connect(coropq::url::parse(server.url()),
                                     connect_options().on_notice(
                                         [&](const diagnostics& notice) { heard.push_back(notice.message()); })));
    }
    drain(context);
    EXPECT_EQ(heard, std::vector<std::string>{"the password expires tomorrow"});
    EXPECT_EQ(output.text(), "");
}

TEST(connect_again, after_close_and_after_failure) {
    asio::io_context context(1);
    connection session(context);
    const refusing_port dead;
    const auto nowhere =
        coropq::url::parse(without_tls(cluster().app_url()).host("127.0.0.1").port(dead.port()).to_string());
    for (int round = 0; round != 3; ++round) {
        EXPECT_THROW(run(context, session.connect(nowhere)), coropq::connection_error);
        run(context, session.connect(plain_address()));
        EXPECT_EQ(run(context, session.execute("select 7"))[0][0].text(), "7");
        try {
            run(context, session.connect(plain_address()));
            ADD_FAILURE() << "it is open";
        } catch (const coropq::error& failure) {
            EXPECT_EQ(failure.code(), errc::already_connected);
        }
        EXPECT_EQ(run(context, session.execute("select 8"))[0][0].text(), "8") << "the session goes on";
        run(context, session.close());
        run(context, session.close());
        EXPECT_THROW(run(context, session.execute("select 1")), coropq::error);
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

// One connect, cancelled after so many turns of the loop. How far it gets differs, and that is the point.
error_code connect_and_cancel(asio::io_context& context, const coropq::url& address, int turns) {
    connection session(context);
    asio::cancellation_signal stop;
    std::optional<error_code> ended;
    context.restart();
    session.async_connect(address,
                          asio::bind_cancellation_slot(stop.slot(), [&](const error_code& code) { ended = code; }));
    for (int turn = 0; turn != turns && !ended; ++turn)
        context.run_one();
    stop.emit(asio::cancellation_type::total);
    while (!ended)
        context.run_one();
    return *ended;
}

TEST(connect_leaks, thousands_of_connects_leave_nothing) {
    // Every kind once, so that what is made once is there: resolver threads, OpenSSL's tables.
    const refusing_port dead;
    const fake_name nobody("nobody.test", {});
    const test_url plain = without_tls(cluster().app_url()).host("127.0.0.1");
    const std::vector<std::pair<coropq::url, int>> failing = {
        {coropq::url::parse(test_url(plain).port(dead.port()).to_string()), 1000},
        {coropq::url::parse(test_url(plain).set("host", "/nonexistent").to_string()), 600},
        {coropq::url::parse(test_url(plain).host("nobody.test").to_string()), 200},
        {coropq::url::parse(test_url(plain).password("wrong").to_string()), 50},
        {coropq::url::parse(test_url(plain).database("none").to_string()), 50},
        {coropq::url::parse(cluster().app_url().set("sslrootcert", cluster().other_ca_file()).to_string()), 50},
    };
    const std::vector<coropq::url> cancelled = {plain_address(), coropq::url::parse(cluster().url()),
                                                coropq::url::parse(cluster().qs_url())};
    asio::io_context context(1);
    std::size_t before = 0;
    for (const bool rehearsal : {true, false}) {
        for (const auto& [address, count] : failing) {
            for (int i = 0; i != (rehearsal ? 1 : count); ++i) {
                connection session(context);
                EXPECT_THROW(run(context, session.connect(address)), coropq::connection_error);
            }
        }
        std::size_t aborted = 0;
        for (int i = 0; i != (rehearsal ? 3 : 450); ++i) {
            const error_code code = connect_and_cancel(context, cancelled[static_cast<std::size_t>(i) % 3], i / 3 % 25);
            aborted += code == asio::error::operation_aborted ? 1U : 0U;
            EXPECT_TRUE(!code || code == asio::error::operation_aborted) << code.message();
        }
        EXPECT_GE(aborted, 1u);
        drain(context);
        context.restart();
        if (rehearsal)
            before = open_descriptors();
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

} // namespace
