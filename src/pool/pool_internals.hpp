// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_POOL_INTERNALS_HPP
#define COROPQ_SRC_POOL_POOL_INTERNALS_HPP

// For the files that implement the pool.

#include "pool/pool.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace coropq::detail {

/// Somebody who waits for a connection. The timer never expires: it is cancelled when it is the waiter's turn, and goes
/// with the context that it belongs to. The rest is guarded by the pool's mutex.
struct pool::waiter {
    explicit waiter(const boost::asio::any_io_executor& strand)
        : turn(strand, boost::asio::steady_timer::time_point::max()) {}

    enum class state : std::uint8_t {
        waiting,
        served,  ///< The connection in the slot is this waiter's.
        refused, ///< There will be none.
        left,    ///< It has taken what it was given, or doesn't want any more.
    };

    boost::asio::steady_timer turn; ///< Used on the waiter's strand only.
    state now = state::waiting;
    pool_decisions::waiter_id id = 0;
    std::size_t slot = 0;
    lease_origin origin;
    refused_wait refusal;
};

/// A statement that may share a connection. `where`, and what it says, is guarded by the pool's mutex.
struct pool::shared_statement : pipelined_statement {
    using pipelined_statement::pipelined_statement;

    enum class place : std::uint8_t {
        nowhere, ///< On its way from one place to another.
        queue,
        shared, ///< On a session, with others.
        alone,  ///< On a session of its own.
        ended,
    };

    place where = place::nowhere;
    pool_decisions::waiter_id id = 0;
    std::shared_ptr<detail::session> on;
    boost::asio::cancellation_type unwanted = boost::asio::cancellation_type::none; ///< Came while it was nowhere.
    /// For the operation, if it is alone.
    struct lone_operation {
        boost::asio::cancellation_signal signal; ///< Emitted on the session's strand.
        result output;
        diagnostics details;
    };
    std::unique_ptr<lone_operation> lone;
    std::unique_ptr<refused_wait> refusal;
    time_point since; ///< When it came.
    bool waited = false;
    bool limit_is_own = false; ///< The caller's limit ends before that of the pool.
};

/// Somebody who waits for connections to be closed.
struct pool::end_watcher {
    explicit end_watcher(const boost::asio::any_io_executor& strand, bool for_all)
        : turn(strand, boost::asio::steady_timer::time_point::max()), all(for_all) {}

    boost::asio::steady_timer turn; ///< Used on the watcher's strand only.
    const bool all;                 ///< For all of them, not just for those that nobody holds.
    bool reached = false;           ///< Guarded by the pool's mutex.
};

/// A place in the queue, which is left when this is destroyed.
class pool::queue_place {
public:
    queue_place(pointer owner, std::shared_ptr<waiter> waits) noexcept
        : owner_(std::move(owner)), self_(std::move(waits)) {}
    queue_place(const queue_place&) = delete;
    queue_place& operator=(const queue_place&) = delete;
    ~queue_place() { owner_->leave(*self_); }

private:
    friend class pool;

    const pointer owner_;
    const std::shared_ptr<waiter> self_;
};

template <typename Event>
pool::work pool::under_lock(Event&& event) {
    const std::scoped_lock lock(mutex_);
    const time_point now = clock::now();
    event(now);
    return settle(now);
}

template <typename Event>
void pool::tell(Event&& event) {
    carry_out(under_lock(std::forward<Event>(event)));
}

} // namespace coropq::detail

#endif
