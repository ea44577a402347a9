// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_RECOVERY_HPP
#define COROPQ_SRC_LIBPQ_RECOVERY_HPP

#include "libpq/session_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace coropq::detail {

/// Whether something was sent whose answer hasn't been read to its end.
bool is_answer_due(const session::state& session);

/// The same without what was sent at the end of the last use.
bool is_statement_due(const session::state& session);

/// Gets rid of a statement that nobody waits for: cancels it on the server, until that has an effect, and reads and
/// drops what comes. When that is done, no request to cancel is on its way that could hit the next statement. False if
/// the session is of no more use: it took longer than `cancel_timeout`, or the connection is lost.
///
/// Can't be cancelled. The session is `recovering` meanwhile.
boost::asio::awaitable<bool> get_rid_of_statement(session::state& session);

/// The same without a request to the server, which would fail the transaction that the statement is part of: reads to
/// the end of what it sends. False if the end wasn't reached in that time; the session is as it was then.
boost::asio::awaitable<bool> read_to_end(session::state& session, std::chrono::milliseconds patience);

} // namespace coropq::detail

#endif
