// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/libpq_query.hpp"
#include "support/odd_ports.hpp"
#include "support/postgres_cluster.hpp"
#include "support/tcp_proxy.hpp"
#include "support/wait_until.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace coropq::test;
using namespace std::chrono_literals;

/// A client and a server of plain blocking sockets with the proxy between them.
struct wire {
    asio::io_context context;
    tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    tcp_proxy proxy{acceptor.local_endpoint().port()};
    tcp::socket client{context};
    tcp::socket server{context};

    wire() { connect(); }

    void connect() {
        client = tcp::socket(context);
        client.connect({asio::ip::address_v4::loopback(), proxy.port()});
        server = acceptor.accept();
    }

    static void send(tcp::socket& from, const std::string& text) { asio::write(from, asio::buffer(text)); }

    static std::string receive(tcp::socket& at, std::size_t size) {
        std::string text(size, '\0');
        asio::read(at, asio::buffer(text));
        return text;
    }

    /// Whatever one read gives, up to 64 KiB.
    static std::size_t receive_some(tcp::socket& at) {
        std::string text(65536, '\0');
        return at.read_some(asio::buffer(text));
    }

    /// Everything up to the end, and how it ended.
    static std::pair<std::string, error_code> receive_all(tcp::socket& at) {
        std::string text;
        error_code error;
        asio::read(at, asio::dynamic_buffer(text), error);
        return {text, error};
    }

    static bool arrives(tcp::socket& at, std::chrono::milliseconds limit) {
        return wait_until([&] { return at.available() != 0; }, limit);
    }
};

TEST(tcp_proxy, passes_everything_in_order) {
    wire it;
    std::string text;
    for (int i = 0; i != 300000; ++i)
        text += std::to_string(i);
    std::thread sender([&] { wire::send(it.client, text); });
    EXPECT_TRUE(wire::receive(it.server, text.size()) == text);
    sender.join();
    wire::send(it.server, "back");
    EXPECT_EQ(wire::receive(it.client, 4), "back");
    EXPECT_EQ(it.proxy.bytes(direction::to_server), text.size());
    EXPECT_EQ(it.proxy.bytes(direction::to_client), 4u);
    EXPECT_EQ(it.proxy.round_trips(), 1u);
    EXPECT_EQ(it.proxy.connections(), 1u);
    it.proxy.reset_counters();
    EXPECT_EQ(it.proxy.bytes(direction::to_server), 0u);

    // Ends of file are passed one way at a time.
    it.client.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(wire::receive_all(it.server).second, asio::error::eof);
    wire::send(it.server, "last words");
    EXPECT_EQ(it.proxy.open_connections(), 1u);
    it.server.close();
    EXPECT_EQ(wire::receive_all(it.client).first, "last words");
    EXPECT_TRUE(it.proxy.wait_for_open_connections(0));
}

TEST(tcp_proxy, passes_a_reset) {
    wire it;
    it.client.set_option(asio::socket_base::linger(true, 0));
    it.client.close();
    EXPECT_EQ(wire::receive_all(it.server).second, asio::error::connection_reset);
}

TEST(tcp_proxy, delays_each_direction) {
    wire it;
    it.proxy.delay(direction::to_client, 100ms);
    const auto begin = std::chrono::steady_clock::now();
    wire::send(it.client, "ping");
    wire::receive(it.server, 4);
    wire::send(it.server, "pong");
    wire::receive(it.client, 4);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
    // A delay, not a speed limit: a hundred in a row come together.
    const auto second = std::chrono::steady_clock::now();
    for (int i = 0; i != 100; ++i)
        wire::send(it.server, "pong");
    wire::receive(it.client, 400);
    EXPECT_LT(std::chrono::steady_clock::now() - second, 9s);
    it.proxy.delay(direction::to_client, 0ms);
    wire::send(it.server, "pong");
    EXPECT_EQ(wire::receive(it.client, 4), "pong");
}

TEST(tcp_proxy, splits) {
    wire it;
    it.proxy.split(direction::to_client, 1, 10ms);
    wire::send(it.server, "abcdefgh");
    std::size_t reads = 0;
    for (std::size_t size = 0; size != 8; ++reads)
        size += wire::receive_some(it.client);
    EXPECT_GT(reads, 2u);
    it.proxy.split(direction::to_client, 3);
    wire::send(it.server, "abcdefgh");
    EXPECT_EQ(wire::receive(it.client, 8), "abcdefgh");
}

TEST(tcp_proxy, stalls_and_releases) {
    wire it;
    it.proxy.stall(direction::to_client);
    wire::send(it.client, "there");
    EXPECT_EQ(wire::receive(it.server, 5), "there");
    wire::send(it.server, "back");
    it.server.shutdown(tcp::socket::shutdown_send);
    EXPECT_TRUE(it.proxy.wait_for_bytes(direction::to_client, 4));
    EXPECT_FALSE(wire::arrives(it.client, 50ms));
    it.proxy.release();
    EXPECT_EQ(wire::receive_all(it.client), std::pair(std::string("back"), error_code(asio::error::eof)));

    it.proxy.stall();
    it.connect();
    wire::send(it.client, "new");
    EXPECT_FALSE(wire::arrives(it.server, 50ms));
    it.proxy.release();
    EXPECT_EQ(wire::receive(it.server, 3), "new");
}

TEST(tcp_proxy, cuts_and_resets) {
    wire it;
    it.proxy.cut();
    EXPECT_EQ(wire::receive_all(it.client).second, asio::error::eof);
    EXPECT_EQ(wire::receive_all(it.server).second, asio::error::eof);
    it.client.close();
    it.server.close();
    EXPECT_TRUE(it.proxy.wait_for_open_connections(0));

    it.connect();
    it.proxy.reset();
    EXPECT_EQ(it.proxy.open_connections(), 0u);
    EXPECT_EQ(wire::receive_all(it.client).second, asio::error::connection_reset);
    EXPECT_EQ(wire::receive_all(it.server).second, asio::error::connection_reset);

    it.connect();
    it.proxy.half_close(direction::to_client);
    EXPECT_EQ(wire::receive_all(it.client).second, asio::error::eof);
    wire::send(it.client, "still heard");
    EXPECT_EQ(wire::receive(it.server, 11), "still heard");
}

TEST(tcp_proxy, faults_at_a_byte) {
    wire it;
    it.proxy.at_byte(direction::to_client, 6, fault::cut);
    wire::send(it.server, "abcd");
    EXPECT_EQ(wire::receive(it.client, 4), "abcd");
    wire::send(it.server, "efgh");
    EXPECT_EQ(wire::receive_all(it.client), std::pair(std::string("ef"), error_code(asio::error::eof)));

    it.connect();
    it.proxy.at_byte(direction::to_client, 3, fault::reset);
    wire::send(it.server, "abcd");
    EXPECT_EQ(wire::receive_all(it.client), std::pair(std::string("abc"), error_code(asio::error::connection_reset)));

    it.connect();
    it.proxy.at_byte(direction::to_client, 2, fault::stall);
    wire::send(it.server, "abcd");
    EXPECT_EQ(wire::receive(it.client, 2), "ab");
    EXPECT_FALSE(wire::arrives(it.client, 50ms));
    it.proxy.release();
    EXPECT_EQ(wire::receive(it.client, 2), "cd");

    // In front of everything; and not for a connection that is past it.
    it.proxy.at_byte(direction::to_client, 0, fault::half_close);
    wire::send(it.server, "efgh");
    EXPECT_EQ(wire::receive(it.client, 4), "efgh");
    it.connect();
    EXPECT_EQ(wire::receive_all(it.client).second, asio::error::eof);

    it.proxy.clear_faults();
    it.connect();
    wire::send(it.server, "abcd");
    EXPECT_EQ(wire::receive(it.client, 4), "abcd");
}

error_code connect_to(std::uint16_t port) {
    asio::io_context context;
    tcp::socket socket(context);
    error_code error;
    socket.connect({asio::ip::address_v4::loopback(), port}, error);
    return error;
}

TEST(tcp_proxy, refuses) {
    wire it;
    it.proxy.refuse(true);
    EXPECT_EQ(connect_to(it.proxy.port()), asio::error::connection_refused);
    wire::send(it.client, "go on");
    EXPECT_EQ(wire::receive(it.server, 5), "go on");
    it.proxy.refuse(true);
    it.proxy.refuse(false);
    it.connect();
    wire::send(it.client, "again");
    EXPECT_EQ(wire::receive(it.server, 5), "again");
}

TEST(tcp_proxy, ends_the_client_when_there_is_no_server) {
    const refusing_port nobody;
    tcp_proxy proxy(nobody.port());
    asio::io_context context;
    tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), proxy.port()});
    EXPECT_EQ(wire::receive_all(socket).second, asio::error::connection_reset);
}

TEST(tcp_proxy, may_be_switched_from_several_threads) {
    wire it;
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round != 100; ++round) {
                it.proxy.split(direction::to_server, 7);
                it.proxy.stall();
                it.proxy.release();
                it.proxy.at_byte(direction::to_client, 1000000, fault::cut);
                it.proxy.delay(direction::to_server, 0ms);
            }
        });
    const std::string text(10000, 'x');
    for (int round = 0; round != 20; ++round) {
        wire::send(it.client, text);
        EXPECT_TRUE(wire::receive(it.server, text.size()) == text);
    }
    for (std::thread& each : threads)
        each.join();
}

TEST(tcp_proxy, stands_in_front_of_a_real_server) {
    postgres_cluster& cluster = postgres_cluster::shared();
    tcp_proxy proxy(cluster.port());
    proxy.split(direction::to_client, 1);
    proxy.split(direction::to_server, 1);
    const std::string url = cluster.app_url().host("127.0.0.1").port(proxy.port()).to_string();
    EXPECT_EQ(libpq_query(url, "select 'Zoë'").at(0).at(0), "Zoë");
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
    EXPECT_EQ(proxy.connections(), 1u);
    // TLS, SCRAM, the query.
    EXPECT_GE(proxy.round_trips(), 5u);
    EXPECT_LT(proxy.round_trips(), 12u);
    proxy.at_byte(direction::to_client, 1, fault::cut);
    EXPECT_THROW(libpq_query(url, "select 1"), std::runtime_error);
}

TEST(odd_ports, refuse_or_do_not_answer) {
    const refusing_port refusing;
    EXPECT_EQ(connect_to(refusing.port()), asio::error::connection_refused);

    const unanswering_port silent;
    asio::io_context context;
    tcp::socket socket(context);
    bool answered = false;
    socket.async_connect({asio::ip::address_v4::loopback(), silent.port()},
                         [&](error_code error) { answered = error != asio::error::operation_aborted; });
    context.run_for(1500ms);
    EXPECT_FALSE(answered);
    socket.close();
    context.run();
}

} // namespace
