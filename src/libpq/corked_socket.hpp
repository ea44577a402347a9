// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_CORKED_SOCKET_HPP
#define COROPQ_SRC_LIBPQ_CORKED_SOCKET_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace coropq::detail {

/// Makes one segment of what is sent while it is there.
///
/// Before version 17, libpq sends each synchronisation point of a pipeline at once, with a system call of its own, and
/// the kernel makes a segment of each, which wakes the server. With the cork in, it keeps them until they fill one, or
/// the cork is pulled (tcp(7), TCP_CORK: Linux only; anywhere else, and for other sockets, nothing happens).
class corked_socket {
public:
    corked_socket(int socket, bool wanted) noexcept : socket_(wanted && set(socket, 1) ? socket : -1) {}
    corked_socket(const corked_socket&) = delete;
    corked_socket& operator=(const corked_socket&) = delete;
    ~corked_socket() {
        if (socket_ >= 0)
            set(socket_, 0);
    }

private:
    static bool set([[maybe_unused]] int socket, [[maybe_unused]] int on) noexcept {
#ifdef TCP_CORK
        return setsockopt(socket, IPPROTO_TCP, TCP_CORK, &on, sizeof on) == 0;
#else
        return false;
#endif
    }

    int socket_;
};

} // namespace coropq::detail

#endif
