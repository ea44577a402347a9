// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SERVER_EXCHANGE_HPP
#define COROPQ_SRC_LIBPQ_SERVER_EXCHANGE_HPP

#include "libpq/session_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

// Sending and receiving without ever blocking. An error means that the session is of no more use: the connection is
// lost (errc::connection_lost, see `last_words`), or the operation was cancelled or abandoned (operation_aborted).

/// Sends what libpq has for the server. Input is read meanwhile: a server that can't get rid of its answers stops
/// reading.
boost::asio::awaitable<boost::system::error_code> send_all(session::state& session);

/// Waits for bytes of the server and gives them to libpq.
boost::asio::awaitable<boost::system::error_code> wait_for_input(session::state& session);

/// The next of libpq's results; null at the end of a statement. Never a result with an error of the connection.
boost::asio::awaitable<boost::system::error_code> next_result(session::state& session, result_handle& received);

/// Whether the operation in progress is to end: it was cancelled, is out of time, or its session is wanted back.
bool must_stop(const session::state& session, const boost::asio::cancellation_state& cancellation);

/// On a lost connection: the next of the results that had come before, null between two of them. False at their end.
bool take_remaining(session::state& session, result_handle& received);

/// Nobody listens here; kept, notifications would only fill memory.
void drop_notifications(session::state& session);

/// The same while there is one, that is, when PQisBusy says so.
boost::system::error_code take_result(session::state& session, result_handle& received);

/// What came back for a statement.
struct answer {
    boost::system::error_code code; ///< The first error of the server.
    diagnostics details;
    std::vector<result_handle> results; ///< Without errors.
    bool in_transaction = false;        ///< For hints: the statement was sent within a transaction.
    bool stale_plan = false;            ///< The error says that what was prepared doesn't fit any more.
    std::string_view original;          ///< If the server was sent another text than the statement's: both.
    std::string sent;
    std::span<const std::string> ahead; ///< What was sent in front of the statement; the first results are theirs.
    std::size_t setup = 0;              ///< So many of them are set-up.
};

/// Reads to the end of what was sent outside of pipeline mode. COPY is ended without effect.
boost::asio::awaitable<boost::system::error_code> read_answer(session::state& session, answer& received);

/// Reads to the next synchronisation point in pipeline mode.
boost::asio::awaitable<boost::system::error_code> read_to_sync(session::state& session, answer& received);

/// Whether the error says that the session is of no more use, although the server hasn't ended it.
bool ends_session(const session::state& session, const answer& received);

/// Turns an error of the server into an outcome.
void take_error(session::state& session, const PGresult* failed, answer& received);

} // namespace coropq::detail

#endif
