// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_ADVISORY_LOCK_STATE_HPP
#define COROPQ_SRC_ENGINE_ADVISORY_LOCK_STATE_HPP

#include <coropq/advisory_lock.hpp>

#include "libpq/session.hpp"
#include "pool/lease.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>

namespace coropq::detail {

/// A lock of a session that somebody has leased.
class advisory_lock_state {
public:
    advisory_lock_state(std::shared_ptr<lease> leased, advisory_lock_name name);
    advisory_lock_state(const advisory_lock_state&) = delete;
    advisory_lock_state& operator=(const advisory_lock_state&) = delete;
    /// Gives it up in the background.
    ~advisory_lock_state();

    void forget() noexcept { held_ = false; }
    static boost::asio::awaitable<void> release(std::shared_ptr<advisory_lock_state> self);

private:
    const std::shared_ptr<lease> lease_;
    const advisory_lock_name name_;
    bool held_ = true; ///< Or about to be.
};

/// What fails is thrown.
boost::asio::awaitable<advisory_lock> take_advisory_lock(std::shared_ptr<lease> leased, advisory_lock_name name);
boost::asio::awaitable<std::optional<advisory_lock>> try_advisory_lock(std::shared_ptr<lease> leased,
                                                                       advisory_lock_name name);

} // namespace coropq::detail

#endif
