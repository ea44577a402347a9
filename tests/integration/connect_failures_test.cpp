// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A connect that fails says where, as whom, why, and what to do about it: through a connection and through an engine.

#include "failing_connects.hpp"

#include "fake_names.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace coropq::test {

void PrintTo(const failing_connect& failing, std::ostream* out) { *out << failing.name; }

} // namespace coropq::test

namespace {

using namespace coropq::test;
using coropq::connect_options;
using coropq::errc;
using coropq::error_code;
using coropq::sqlstate;

std::string described(const std::string& name) {
    std::string text;
    for (const char c : name)
        text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return text;
}

std::string host_of(const test_url& address) {
    for (const auto& [name, value] : address.parameters()) {
        if (name == "host")
            return value;
    }
    return address.host();
}

// Whatever went wrong: readable text that begins with the place and ends with advice.
void expect_readable(const outcome& failure) {
    EXPECT_EQ(failure.what, failure.details.to_string());
    EXPECT_NE(failure.what, "");
    EXPECT_FALSE(failure.what.ends_with('\n')) << failure.what;
    EXPECT_EQ(failure.what.find("\n\n"), std::string::npos) << failure.what;
    EXPECT_EQ(failure.what.find('\t'), std::string::npos) << failure.what;
    EXPECT_EQ(failure.what.find("  hint"), std::string::npos) << failure.what;
    for (const char c : failure.what)
        ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ') << "control character in: " << failure.what;
    EXPECT_EQ(failure.details.message().find('\n'), std::string::npos) << failure.details.message();
    for (const auto& attempt : failure.details.attempts()) {
        EXPECT_EQ(attempt.reason.find('\n'), std::string::npos) << attempt.reason;
        EXPECT_NE(attempt.reason, "");
        EXPECT_NE(attempt.host + attempt.address, "");
        EXPECT_NE(attempt.port, "");
        EXPECT_TRUE(attempt.code);
        EXPECT_TRUE(contains(failure.what, attempt.reason)) << failure.what;
    }
}

void expect_failure(const outcome& failure, const failing_connect& expected, const test_url& address) {
    SCOPED_TRACE(failure.what);
    const coropq::diagnostics& details = failure.details;
    EXPECT_EQ(failure.kind, expected.kind);
    EXPECT_EQ(failure.code, expected.code) << failure.code.message();
    expect_readable(failure);

    const std::string host = host_of(address);
    const std::string port = std::to_string(address.port());
    EXPECT_EQ(details.host(), host);
    EXPECT_EQ(details.port(), port);
    EXPECT_EQ(details.user(), address.user());
    EXPECT_EQ(details.database(), address.database());
    for (const std::string& part : {host, port, address.user(), address.database()})
        EXPECT_TRUE(contains(details.message(), part)) << part;

    ASSERT_EQ(details.attempts().size(), 1u);
    EXPECT_EQ(details.attempts()[0].host, host);
    EXPECT_EQ(details.attempts()[0].port, port);
    EXPECT_EQ(details.attempts()[0].code, expected.code);
    EXPECT_TRUE(contains(details.attempts()[0].reason, expected.reason));
    // The place is said once, not by libpq a second time.
    EXPECT_FALSE(contains(details.attempts()[0].reason, "connection to server"));
    EXPECT_TRUE(contains(details.hint(), expected.hint)) << details.hint();
    EXPECT_NE(details.hint(), "");
    EXPECT_TRUE(contains(failure.what, details.hint()));
}

class failing : public testing::TestWithParam<failing_connect> {};

TEST_P(failing, says_where_and_why_and_what_to_do) {
    const failing_connect& expected = GetParam();
    bool attempted = false;
    expected.make(cluster().app_url(), [&](const test_url& address) {
        attempted = true;
        expect_failure(connect_and_ask(address.to_string()), expected, address);
        expect_failure(ask_engine(address.to_string()), expected, address);
    });
    EXPECT_TRUE(attempted);
    // Nothing of it stays.
    EXPECT_EQ(value_of(connect_and_ask(cluster().url())), "1");
}

INSTANTIATE_TEST_SUITE_P(connect, failing, testing::ValuesIn(failing_connects()),
                         [](const auto& test) { return described(test.param.name); });

TEST(connect_failures, every_host_and_address_has_its_own_reason) {
    const fake_name nobody("nobody.test", {});
    const fake_name several("several.test", {"127.0.0.2", "127.0.0.1", "::1"});
    const refusing_port refused;
    scripted_server http([](scripted_session& session) {
        session.read_startup_packet();
        session.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        session.close();
    });
    scripted_server starting([](scripted_session& session) {
        session.accept_startup();
        session.send(wire::error_response("FATAL", "57P03", "the database system is starting up"));
        session.close();
    });
    const std::string address =
        with_hosts(without_tls(cluster().app_url()), "nobody.test:5433,several.test:" + std::to_string(refused.port()) +
                                                         ",127.0.0.1:" + std::to_string(http.port()) +
                                                         ",127.0.0.1:" + std::to_string(starting.port()));
    for (const outcome& failure : {connect_and_ask(address), ask_engine(address)}) {
        SCOPED_TRACE(failure.what);
        expect_readable(failure);
        EXPECT_EQ(failure.kind, "connection_error");
        const auto& attempts = failure.details.attempts();
        ASSERT_EQ(attempts.size(), 6u);
        EXPECT_EQ(attempts[0].host, "nobody.test");
        EXPECT_EQ(attempts[0].address, "");
        EXPECT_EQ(attempts[0].code, errc::host_not_found);
        const std::vector<std::string> addresses = {"127.0.0.2", "127.0.0.1", "::1"};
        for (std::size_t i = 0; i != addresses.size(); ++i) {
            EXPECT_EQ(attempts[1 + i].host, "several.test");
            EXPECT_EQ(attempts[1 + i].address, addresses[i]);
            EXPECT_EQ(attempts[1 + i].port, std::to_string(refused.port()));
            EXPECT_EQ(attempts[1 + i].code, errc::connect_failed);
            EXPECT_TRUE(contains(failure.what, "several.test (" + addresses[i] + ")"));
        }
        EXPECT_EQ(attempts[4].code, errc::not_postgresql);
        EXPECT_EQ(attempts[5].code, sqlstate::cannot_connect_now);
        for (const char* host : {"nobody.test", "several.test", "127.0.0.1"})
            EXPECT_TRUE(contains(failure.details.message(), host));
    }
}

TEST(connect_failures, a_refusal_ends_the_search) {
    const std::string wrong =
        with_hosts(without_tls(cluster().app_url()).password("wrong"),
                   "127.0.0.1:" + std::to_string(cluster().port()) + ",localhost:" + std::to_string(cluster().port()));
    const outcome failure = connect_and_ask(wrong);
    EXPECT_EQ(failure.kind, "authentication_error");
    EXPECT_EQ(failure.code, sqlstate::invalid_password);
    EXPECT_EQ(failure.details.attempts().size(), 1u);
}

TEST(connect_failures, a_fallback_without_tls_tells_the_last_reason) {
    // prefer: the certificate's trouble doesn't matter, but the password does, in both tries.
    const auto no_tls = cluster().add_access_rules("hostssl all app all reject");
    const outcome failure = connect_and_ask(cluster().app_url().set("sslmode", "prefer").password("wrong").to_string());
    EXPECT_EQ(failure.kind, "authentication_error") << failure.what;
    EXPECT_EQ(failure.details.attempts().size(), 1u);
    expect_readable(failure);
}

TEST(connect_failures, the_default_socket_has_a_name) {
    // Nobody listens on that port, wherever libpq looks for its sockets.
    const refusing_port port;
    const outcome failure = connect_and_ask("postgresql://app@:" + std::to_string(port.port()) + "/app");
    SCOPED_TRACE(failure.what);
    EXPECT_EQ(failure.code, errc::connect_failed);
    expect_readable(failure);
    EXPECT_TRUE(failure.details.host().starts_with("/")) << "a directory: " << failure.details.host();
    EXPECT_TRUE(contains(failure.details.message(), failure.details.host()));
}

TEST(connect_failures, impossible_options_are_errors_of_the_caller) {
    const std::vector<std::pair<std::string, std::string>> impossible = {{"sslmode", "verify"},
                                                                         {"channel_binding", "perhaps"},
                                                                         {"target_session_attrs", "master"},
                                                                         {"connect_timeout", "soon"},
                                                                         {"keepalives", "yes"},
                                                                         {"tcp_user_timeout", "1s"},
                                                                         {"gssencmode", "never"},
                                                                         {"port", "70000"},
                                                                         {"port", "0"},
                                                                         {"hostaddr", "127.0.0.1,::1"},
                                                                         {"hostaddr", "localhost"},
                                                                         {"ssl_min_protocol_version", "SSLv9"},
                                                                         {"service", "no-such-service"},
                                                                         {"ssl", "false"},
                                                                         {"client_encoding", std::string("a\0b", 3)}};
    for (const auto& [name, value] : impossible) {
        SCOPED_TRACE(name + "=" + value);
        const connect_options options = connect_options().connect_arg(name, value);
        for (const outcome& failure :
             {connect_and_ask(cluster().url(), options), ask_engine(cluster().url(), options)}) {
            EXPECT_EQ(failure.kind, "option_error") << failure.what;
            EXPECT_EQ(failure.code, errc::invalid_option) << failure.what;
            EXPECT_TRUE(contains(failure.what, name)) << failure.what;
            expect_readable(failure);
        }
    }
}

TEST(connect_failures, unknown_options_list_the_nearest) {
    const std::vector<std::pair<std::string, std::string>> misspelt = {
        {"ssl_mode", "sslmode"}, {"aplication_name", "application_name"}, {"rootcert", "sslrootcert"},
        {"SSLMODE", "sslmode"},  {"user_timeout", "tcp_user_timeout"},    {"timeout", "connect_timeout"}};
    for (const auto& [wrong, right] : misspelt) {
        SCOPED_TRACE(wrong);
        const std::string address = cluster().app_url().set(wrong, "require").to_string();
        for (const outcome& failure :
             {connect_and_ask(cluster().url(), connect_options().connect_arg(wrong, "require")),
              connect_and_ask(address), ask_engine(address)}) {
            EXPECT_EQ(failure.kind, "option_error");
            EXPECT_EQ(failure.code, errc::invalid_option);
            EXPECT_TRUE(contains(failure.what, wrong)) << failure.what;
            EXPECT_TRUE(contains(failure.details.hint(), right)) << failure.what;
        }
    }
    const outcome strange = connect_and_ask(cluster().url(), connect_options().connect_arg("xyzzy", "1"));
    EXPECT_EQ(strange.code, errc::invalid_option);
    EXPECT_FALSE(contains(strange.details.hint(), "did you mean")) << strange.what;
}

TEST(connect_failures, a_server_that_shuts_down_says_so) {
    // Sessions that exist keep a "smart" shutdown waiting; new ones are told 57P03, until nobody listens any more.
    postgres_cluster other;
    const std::string address = other.url();
    other.stop(shutdown_mode::fast);
    const outcome stopped = connect_and_ask(address);
    EXPECT_EQ(stopped.code, errc::connect_failed);
    EXPECT_TRUE(contains(stopped.details.hint(), "running")) << stopped.what;
    other.start();
    EXPECT_EQ(value_of(connect_and_ask(address)), "1");
}

} // namespace
