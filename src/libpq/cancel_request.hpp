// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_CANCEL_REQUEST_HPP
#define COROPQ_SRC_LIBPQ_CANCEL_REQUEST_HPP

#include "libpq/session_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace coropq::detail {

/// Asks the server to end the statement that runs, and waits until the server has taken note, so that the request can't
/// hit a later statement. Whether it has an effect shows in the answer to the statement.
///
/// libpq 17 and later do that on the event loop, encrypted as the session is (`PQcancelStart`). Earlier ones can do it
/// in a blocking way only, and unencrypted (`PQcancel`): it happens on a thread of its own. The wait ends early at the
/// deadline, or when the context ends; the thread then goes on by itself.
/// False if it wasn't sent in time, or the wait was ended by `session.stop_request`: it may still be on its way.
boost::asio::awaitable<bool> send_cancel_request(session::state& session,
                                                 std::chrono::steady_clock::time_point deadline);

} // namespace coropq::detail

#endif
