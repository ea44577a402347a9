// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "odd_ports.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace coropq::test {

namespace detail {

socket_handle::~socket_handle() {
    if (descriptor >= 0)
        ::close(descriptor);
}

} // namespace detail

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

detail::socket_handle make_socket(int flags) {
    detail::socket_handle handle{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)};
    if (handle.descriptor < 0)
        fail("socket");
    return handle;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Returns the port that the system chose.
std::uint16_t bind_somewhere(const detail::socket_handle& handle) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(handle.descriptor, reinterpret_cast<const sockaddr*>(&address), size) != 0)
        fail("bind");
    if (::getsockname(handle.descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("getsockname");
    return ntohs(address.sin_port);
}

} // namespace

refusing_port::refusing_port() : socket_(make_socket(0)), port_(bind_somewhere(socket_)) {}

unanswering_port::unanswering_port() : listener_(make_socket(0)), port_(bind_somewhere(listener_)) {
    // The system drops attempts to connect while as many connections wait to be accepted as have room.
    if (::listen(listener_.descriptor, 0) != 0)
        fail("listen");
    const sockaddr_in address = loopback(port_);
    for (int attempt = 0; attempt != 64; ++attempt) {
        waiting_.push_back(make_socket(SOCK_NONBLOCK));
        const int descriptor = waiting_.back().descriptor;
        if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            continue;
        if (errno != EINPROGRESS)
            fail("connect");
        pollfd writable{descriptor, POLLOUT, 0};
        if (::poll(&writable, 1, 200) == 0)
            return;
    }
    throw std::runtime_error("the system answers more connections than asked to");
}

} // namespace coropq::test
