// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_PIPELINE_ROUND_HPP
#define COROPQ_SRC_LIBPQ_PIPELINE_ROUND_HPP

#include "libpq/server_exchange.hpp"
#include "libpq/session_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace coropq::detail {

/// One round trip in pipeline mode: what was put ahead, then what the caller sends, then a synchronisation point.
///
/// What stands ahead and the statement have one synchronisation point in common, so the server skips the statement if
/// something in front of it fails. The set-up statements are a transaction of their own (`begin` … `commit`), because
/// what fails behind them would take them back otherwise. (PostgreSQL manual, "Pipelining" in "Message Flow".)
class pipeline_round {
public:
    explicit pipeline_round(session::state& session) noexcept : session_(session) {}
    pipeline_round(const pipeline_round&) = delete;
    pipeline_round& operator=(const pipeline_round&) = delete;

    /// Enters pipeline mode and sends what comes first: superfluous statements away, and what stands ahead. False if
    /// the connection is lost.
    bool begin();

    /// Sends the synchronisation point and what is in the buffer, reads everything that is due, and leaves pipeline
    /// mode. In `received`, the answers to what the caller sent. When something ahead failed, that is the error.
    boost::asio::awaitable<boost::system::error_code> finish(answer& received);

    // What `begin` has sent, for who reads the answers himself.
    std::size_t deallocated() const noexcept { return deallocated_; } ///< Each with a synchronisation point.
    const std::vector<std::string>& ahead() const noexcept { return ahead_; }
    std::size_t setup() const noexcept { return setup_; }

private:
    bool send(const std::string& text);
    bool send_all_of(const std::vector<std::string>& texts);
    bool send_ahead();

    session::state& session_;
    std::size_t deallocated_ = 0;
    std::size_t setup_ = 0;          ///< So many of the first are set-up.
    std::vector<std::string> ahead_; ///< What was sent in front of the caller's.
};

/// What was sent ahead is of no more interest.
void forget_ahead(session::state& session) noexcept;

/// Puts a synchronisation point into the pipeline. libpq sends it at once, with what stands in front of it.
bool sync_pipeline(session::state& session);

/// Whether the next statement has to go through a pipeline: something stands ahead, or answers are still due.
inline bool needs_pipeline(const session::state& session) { return !session.ahead.empty() || session.unread != 0; }

/// Whether the next statement is a transaction of its own.
inline bool is_autocommit(const session::state& session) {
    // What nobody has waited for ends what was there.
    return (session.unread != 0 || PQtransactionStatus(session.handle.get()) == PQTRANS_IDLE) &&
           session.ahead.begin.empty();
}

/// Sends what stands ahead, and reads what is due, in a round trip of its own; none if there is nothing.
boost::asio::awaitable<boost::system::error_code> send_ahead_alone(session::state& session, answer& received);

/// Reads the answers to what was sent at the end of the last use.
boost::asio::awaitable<boost::system::error_code> read_unread(session::state& session);

} // namespace coropq::detail

#endif
