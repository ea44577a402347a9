// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/slow_forwarder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators; // NOLINT(google-build-using-namespace): that's its purpose

namespace coropq::bench {

namespace {

host_port first_host(const url& server) {
    if (server.hosts().empty() || server.hosts().front().host.empty())
        throw std::runtime_error("the server's URL has to name a host");
    return server.hosts().front();
}

bool is_socket_directory(const host_port& place) { return place.host.front() == '/'; }

stream_protocol::endpoint endpoint_of(const url& server, asio::io_context& context) {
    const host_port place = first_host(server);
    const std::string port = std::to_string(place.port.value_or(5432));
    if (is_socket_directory(place))
        return asio::local::stream_protocol::endpoint(place.host + "/.s.PGSQL." + port);
    tcp::resolver resolver(context);
    return resolver.resolve(place.host, port).begin()->endpoint();
}

// The server's name stays, for its certificate.
url detour_of(const url& server, int port) {
    const host_port place = first_host(server);
    const url nowhere = server.difference_update_query({"host", "hostaddr", "port"});
    if (is_socket_directory(place))
        return nowhere.set({.host = "127.0.0.1", .port = port});
    return nowhere.set({.host = place.host, .port = port}).update_query_pairs({{"hostaddr", "127.0.0.1"}});
}

template <typename From, typename To>
asio::awaitable<void> pass_on(From& from, To& to) {
    std::array<char, 16384> buffer{};
    for (;;) {
        const std::size_t size = co_await from.async_read_some(asio::buffer(buffer), asio::use_awaitable);
        co_await asio::async_write(to, asio::buffer(buffer, size), asio::use_awaitable);
    }
}

// What is on its way, and when it is there.
struct journey {
    std::chrono::steady_clock::time_point arrival;
    std::string bytes;
};

template <typename From>
asio::awaitable<void> set_out(From& from, std::deque<journey>& under_way, asio::steady_timer& some,
                              std::chrono::milliseconds delay) {
    std::array<char, 65536> buffer{};
    for (;;) {
        const std::size_t size = co_await from.async_read_some(asio::buffer(buffer), asio::use_awaitable);
        under_way.push_back({std::chrono::steady_clock::now() + delay, std::string(buffer.data(), size)});
        some.cancel();
    }
}

template <typename To>
asio::awaitable<void> arrive(To& to, std::deque<journey>& under_way, asio::steady_timer& some) {
    asio::steady_timer until_arrival(some.get_executor());
    boost::system::error_code woken;
    for (;;) {
        while (under_way.empty())
            co_await some.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        until_arrival.expires_at(under_way.front().arrival);
        co_await until_arrival.async_wait(asio::use_awaitable);
        co_await asio::async_write(to, asio::buffer(under_way.front().bytes), asio::use_awaitable);
        under_way.pop_front();
    }
}

template <typename From, typename To>
asio::awaitable<void> pass_on_later(From& from, To& to, std::chrono::milliseconds delay) {
    std::deque<journey> under_way;
    asio::steady_timer some(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await (set_out(from, under_way, some, delay) || arrive(to, under_way, some));
}

} // namespace

slow_forwarder::slow_forwarder(const url& server, std::chrono::milliseconds connect_time,
                               std::chrono::milliseconds delay)
    : connect_time_(connect_time)
    , delay_(delay)
    , server_(endpoint_of(server, context_))
    , acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    , address_(detour_of(server, acceptor_.local_endpoint().port())) {
    asio::co_spawn(context_, accept(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
}

slow_forwarder::~slow_forwarder() {
    context_.stop();
    thread_.join();
}

asio::awaitable<void> slow_forwarder::accept() {
    for (;;) {
        tcp::socket client = co_await acceptor_.async_accept(asio::use_awaitable);
        asio::co_spawn(context_, forward(std::move(client)), asio::detached);
    }
}

asio::awaitable<void> slow_forwarder::forward(tcp::socket client) {
    ++connections_;
    try {
        client.set_option(tcp::no_delay(true));
        asio::steady_timer timer(context_, connect_time_);
        co_await timer.async_wait(asio::use_awaitable);
        stream_protocol::socket server(context_);
        co_await server.async_connect(server_, asio::use_awaitable);
        if (server_.protocol().family() != AF_UNIX)
            server.set_option(tcp::no_delay(true));
        if (delay_.count() == 0)
            co_await (pass_on(client, server) || pass_on(server, client));
        else
            co_await (pass_on_later(client, server, delay_) || pass_on_later(server, client, delay_));
    } catch (const boost::system::system_error&) { // NOLINT(bugprone-empty-catch): one of them has had enough
    }
    --connections_;
}

} // namespace coropq::bench
