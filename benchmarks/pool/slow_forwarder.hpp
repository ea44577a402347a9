// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_POOL_SLOW_FORWARDER_HPP
#define COROPQ_BENCHMARKS_POOL_SLOW_FORWARDER_HPP

#include <coropq/url.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

namespace coropq::bench {

/// A server that is far away, or slow to connect to: passes bytes on between whoever connects to it and the server, as
/// many as there are, each so long after it came. The first one of each connection it keeps for a while. Works on a
/// thread of its own.
class slow_forwarder {
public:
    /// `delay`: in each direction, half a round trip. Throws `std::runtime_error` if the address doesn't say which
    /// server it is, `boost::system::system_error` if its name means nothing.
    slow_forwarder(const url& server, std::chrono::milliseconds connect_time, std::chrono::milliseconds delay = {});
    slow_forwarder(const slow_forwarder&) = delete;
    slow_forwarder& operator=(const slow_forwarder&) = delete;
    ~slow_forwarder();

    /// The same server, by way of this.
    const url& address() const noexcept { return address_; }

    /// How many connections there are, also when they aren't through to the server yet.
    std::size_t connections() const noexcept { return connections_; }

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> forward(boost::asio::ip::tcp::socket client);

    const std::chrono::milliseconds connect_time_;
    const std::chrono::milliseconds delay_;
    boost::asio::io_context context_{1};
    const boost::asio::generic::stream_protocol::endpoint server_;
    boost::asio::ip::tcp::acceptor acceptor_;
    const url address_;
    std::atomic<std::size_t> connections_ = 0;
    std::thread thread_;
};

} // namespace coropq::bench

#endif
