// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/libpq_query.hpp"
#include "support/postgres_cluster.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

using kind = wire::startup_packet::kind;
using rows = std::vector<std::vector<std::string>>;

std::string failure_of(const std::string& url, const std::string& sql = "select 1") {
    try {
        libpq_query(url, sql);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "no failure";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(scripted_server, plays_a_whole_conversation) {
    scripted_server server([](scripted_session& session) {
        session.log_in();
        const auto query = session.expect('Q');
        EXPECT_EQ(query.body, std::string("select 1\0", 9));
        session.send(wire::text_result({"a", "b"}, {{"1", std::nullopt}, {"x", ""}}) + wire::ready_for_query());
        session.expect('X');
    });
    EXPECT_EQ(libpq_query(server.url(), "select 1"), (rows{{"1", ""}, {"x", ""}}));
    server.wait();
    EXPECT_EQ(server.connections(), 1u);
    ASSERT_EQ(server.startup_packets(0).size(), 1u);
    EXPECT_EQ(server.startup_packets(0).at(0).parameters.at("user"), "scripted");
    EXPECT_EQ(server.messages(0).size(), 2u);
    EXPECT_TRUE(contains(server.received(0), "select 1"));
    EXPECT_EQ(server.received(0).back(), '\4');
}

TEST(scripted_server, plays_a_script_for_each_connection) {
    scripted_server server({[](scripted_session& session) {
                                session.accept_startup();
                                session.send(wire::error_response("FATAL", "53300", "Session Limit Reached",
                                                                  {{'H', "wait for a free session"}}));
                            },
                            [](scripted_session& session) {
                                session.log_in({.key_data = false, .ask_password = true});
                                session.serve([&](const wire::frontend_message&) {
                                    const std::string number = std::to_string(session.number());
                                    return wire::text_result({"n"}, {{number}}) + wire::ready_for_query();
                                });
                            }});
    EXPECT_TRUE(contains(failure_of(server.url()), "Session Limit Reached"));
    EXPECT_EQ(libpq_query(server.url(), "select 1"), (rows{{"1"}}));
    EXPECT_EQ(libpq_query(server.url(), "select 1"), (rows{{"2"}}));
    server.wait();
    EXPECT_EQ(server.messages(1).at(0).body, std::string("scripted\0", 9));
}

TEST(scripted_server, authentication_requests_are_understood_by_libpq) {
    scripted_server server({[](scripted_session& session) {
                                session.accept_startup();
                                session.send(wire::authentication_md5_password());
                                EXPECT_EQ(session.expect('p').body.substr(0, 3), "md5");
                                session.complete_login();
                                session.expect('Q');
                                session.send(wire::empty_query_response() + wire::ready_for_query());
                            },
                            [](scripted_session& session) {
                                session.accept_startup();
                                session.send(wire::authentication_sasl());
                                EXPECT_TRUE(contains(session.expect('p').body, "SCRAM-SHA-256"));
                                session.send(wire::authentication_sasl_continue("nonsense"));
                            },
                            [](scripted_session& session) {
                                session.accept_startup();
                                session.send(wire::authentication(99));
                            }});
    EXPECT_EQ(failure_of(server.url(), ""), "no failure");
    EXPECT_TRUE(contains(failure_of(server.url()), "malformed SCRAM message"));
    EXPECT_TRUE(contains(failure_of(server.url()), "authentication method 99 not supported"));
    server.wait();
}

TEST(scripted_server, ends_of_all_kinds) {
    scripted_server server({[](scripted_session&) {},
                            [](scripted_session& session) {
                                session.read_startup_packet();
                                session.reset();
                            },
                            [](scripted_session& session) {
                                session.log_in();
                                session.expect('Q');
                                session.send(wire::row_description({{.name = "x"}}) +
                                             wire::data_row({"1"}).substr(0, 6));
                                session.half_close();
                            },
                            [](scripted_session& session) {
                                session.read_startup_packet();
                                session.send("HTTP/1.1 400 Bad Request\r\n\r\n");
                            }});
    EXPECT_TRUE(contains(failure_of(server.url()), "closed the connection unexpectedly"));
    // libpq has one message for both.
    EXPECT_TRUE(contains(failure_of(server.url()), "closed the connection unexpectedly"));
    EXPECT_TRUE(contains(failure_of(server.url()), "closed the connection unexpectedly"));
    EXPECT_TRUE(contains(failure_of(server.url()), "expected authentication request from server, but received H"));
    server.wait();
}

boost::system::error_code read_one_byte(std::uint16_t port) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket client(context);
    client.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::asio::write(client, boost::asio::buffer("x", 1));
    char byte = 0;
    boost::system::error_code error;
    client.read_some(boost::asio::buffer(&byte, 1), error);
    return error;
}

TEST(scripted_server, end_of_file_and_reset_are_what_they_say) {
    // The byte that nobody reads doesn't turn an end of file into a reset.
    scripted_server server({[](scripted_session&) {},
                            [](scripted_session& session) {
                                session.read(1);
                                session.reset();
                            }});
    EXPECT_EQ(read_one_byte(server.port()), boost::asio::error::eof);
    EXPECT_EQ(read_one_byte(server.port()), boost::asio::error::connection_reset);
    server.wait();
}

TEST(scripted_server, answers_slowly_and_in_pieces) {
    scripted_server server([](scripted_session& session) {
        session.log_in();
        session.expect('Q');
        session.wait(30ms);
        session.send_slowly(wire::text_result({"x"}, {{"7"}}) + wire::ready_for_query(), 3, 1ms);
        session.read_until_end();
    });
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(libpq_query(server.url(), "select 7"), (rows{{"7"}}));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 40ms);
    server.wait();
}

TEST(scripted_server, tls) {
    postgres_cluster& cluster = postgres_cluster::shared();
    scripted_server server(
        [](scripted_session& session) {
            session.log_in({.ask_password = true});
            EXPECT_TRUE(session.encrypted());
            session.serve([](const wire::frontend_message& message) {
                if (contains(message.body, "close"))
                    return std::string();
                return wire::text_result({"x"}, {{std::string(100000, 'x')}}) + wire::ready_for_query();
            });
        },
        tls_identity{cluster.server_certificate_file(), cluster.server_key_file()});
    EXPECT_EQ(libpq_query(server.url(), "select 7").at(0).at(0).size(), 100000u);
    const std::string url = "postgresql://scripted:scripted@localhost:" + std::to_string(server.port()) +
                            "/scripted?sslmode=verify-full&sslrootcert=" + percent_encode(cluster.ca_file());
    EXPECT_EQ(libpq_query(url, "select 7").at(0).at(0).size(), 100000u);
    server.wait();
    EXPECT_EQ(server.messages(0).at(0).body, std::string("scripted\0", 9));
    // The request for TLS and the startup packet within.
    EXPECT_EQ(server.startup_packets(0).size(), 2u);
    EXPECT_EQ(server.startup_packets(0).at(0).what, kind::ssl_request);

    scripted_server ending(
        [](scripted_session& session) {
            session.log_in();
            session.expect('Q');
        },
        tls_identity{cluster.server_certificate_file(), cluster.server_key_file()});
    const std::string failure = failure_of(ending.url());
    // What libpq says about TLS that was ended, in contrast to TLS that broke off.
    EXPECT_TRUE(contains(failure, "SSL connection has been closed unexpectedly")) << failure;
    ending.wait();
}

TEST(scripted_server, refuses_tls) {
    scripted_server server([](scripted_session& session) {
        session.accept_startup('N');
        session.complete_login();
        session.read_until_end();
    });
    const std::string url = "postgresql://a@127.0.0.1:" + std::to_string(server.port()) + "/?sslmode=require";
    EXPECT_TRUE(contains(failure_of(url), "server does not support SSL"));
    server.wait();
}

TEST(scripted_server, tells_what_the_client_did_wrong) {
    scripted_server server([](scripted_session& session) {
        session.log_in();
        session.expect('P');
    });
    EXPECT_NE(failure_of(server.url()), "no failure");
    try {
        server.wait();
        FAIL();
    } catch (const script_failure& failure) {
        EXPECT_STREQ(failure.what(), "connection 0: message 'P' was expected, 'Q' came");
    }
}

TEST(scripted_server, gives_up_a_silent_client) {
    scripted_server server([](scripted_session& session) {
        session.limit(50ms);
        session.accept_startup();
    });
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket silent(context);
    silent.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    EXPECT_TRUE(server.wait_for_connections(1));
    EXPECT_THROW(server.wait(), script_failure);
}

TEST(scripted_server, may_be_destroyed_in_the_middle) {
    boost::asio::io_context context;
    for (int round = 0; round != 20; ++round) {
        boost::asio::ip::tcp::socket reading(context), waiting(context), sending(context);
        scripted_server server({[](scripted_session& session) { session.read_until_end(); },
                                [](scripted_session& session) { session.wait(1h); },
                                [](scripted_session& session) {
                                    for (;;)
                                        session.send(std::string(100000, 'x'));
                                }});
        for (auto* socket : {&reading, &waiting, &sending})
            socket->connect({boost::asio::ip::address_v4::loopback(), server.port()});
        if (round % 2 == 0) {
            EXPECT_TRUE(server.wait_for_connections(3));
        }
    }
}

TEST(scripted_server, cancel_requests_are_parsed) {
    scripted_server server([](scripted_session& session) { EXPECT_EQ(session.accept_startup().key, 1234); });
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket client(context);
    client.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    boost::asio::write(
        client, boost::asio::buffer(wire::int32(16) + wire::int32(80877102) + wire::int32(4711) + wire::int32(1234)));
    client.close();
    EXPECT_TRUE(server.wait_for_connections(1));
    server.wait();
    EXPECT_EQ(server.startup_packets(0).at(0).what, kind::cancel_request);
    EXPECT_EQ(server.startup_packets(0).at(0).process, 4711);
}

} // namespace
