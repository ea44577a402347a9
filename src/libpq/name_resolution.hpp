// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_NAME_RESOLUTION_HPP
#define COROPQ_SRC_LIBPQ_NAME_RESOLUTION_HPP

#include "libpq/borrowed_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <string>
#include <vector>

namespace coropq::detail {

/// One look-up of a host name, done by Asio in a thread of its own, since libpq would block the event loop.
///
/// The system's getaddrinfo can't be interrupted. So `wait` gives up when it is cancelled, and a look-up that has begun
/// goes on alone until the system answers; its answer is dropped then. One that hasn't begun never does.
class name_resolution {
public:
    /// Starts the look-up.
    name_resolution(const session_strand& strand, std::string host);
    name_resolution(const name_resolution&) = delete;
    name_resolution& operator=(const name_resolution&) = delete;
    ~name_resolution();

    /// Waits for the answer. Ends with operation_aborted when it is cancelled, by the coroutine's cancellation or by
    /// `cancel()`.
    boost::asio::awaitable<boost::system::error_code> wait(std::vector<std::string>& addresses);

    void cancel() noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// True for text that is an IPv4 or IPv6 address, with or without a zone.
bool is_ip_address(const std::string& text);

} // namespace coropq::detail

#endif
