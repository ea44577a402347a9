// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_ODD_PORTS_HPP
#define COROPQ_TESTS_SUPPORT_ODD_PORTS_HPP

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace coropq::test {

namespace detail {

struct socket_handle {
    explicit socket_handle(int number) : descriptor(number) {}
    socket_handle(socket_handle&& other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
    socket_handle& operator=(socket_handle&&) = delete;
    ~socket_handle();

    int descriptor;
};

} // namespace detail

/// A port of the loopback where connections are refused, and that no other program gets meanwhile.
class refusing_port {
public:
    refusing_port();

    static std::string host() { return "127.0.0.1"; }
    std::uint16_t port() const noexcept { return port_; }

private:
    detail::socket_handle socket_;
    std::uint16_t port_;
};

/// A port of the loopback where attempts to connect get no answer, neither accepted nor refused, as from a host behind
/// a firewall that drops packets.
class unanswering_port {
public:
    unanswering_port();

    static std::string host() { return "127.0.0.1"; }
    std::uint16_t port() const noexcept { return port_; }

private:
    detail::socket_handle listener_;
    std::uint16_t port_;
    std::vector<detail::socket_handle> waiting_;
};

} // namespace coropq::test

#endif
