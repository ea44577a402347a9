// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_POOL_INTERNALS_HPP
#define COROPQ_SRC_POOL_POOL_INTERNALS_HPP

// For the files that implement the pool.

#include "pool/pool.hpp"

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
    pool_decisions::refusal why{};
    operation_outcome failure; ///< Of the connects, if that is why.
    lease_origin origin;
    deadline limit;
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
