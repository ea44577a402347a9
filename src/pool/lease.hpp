// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_LEASE_HPP
#define COROPQ_SRC_POOL_LEASE_HPP

#include "libpq/session.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace coropq::detail {

class pool;

/// A session in somebody's hands, until it is given back. Everything that a user can hold (connections, transactions,
/// streams) refers to a session through its lease, so that none of them can reach it afterwards: it is somebody else's.
class lease {
public:
    /// A session of no pool: closed when it is given back.
    explicit lease(std::shared_ptr<detail::session> own) noexcept : session_(std::move(own)) {}
    lease(std::shared_ptr<pool> owner, std::size_t slot, std::shared_ptr<detail::session> leased) noexcept;
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { give_back(); }

    /// Null once it was given back. From any thread: a transaction that owns its lease gives it back in the background.
    std::shared_ptr<detail::session> session() const noexcept {
        const std::scoped_lock lock(mutex_);
        return session_;
    }

    /// The same for who isn't the owner: as long as `hold` is there, the session isn't given to anybody else.
    struct use {
        std::shared_ptr<detail::session> session;
        std::shared_ptr<void> hold;
    };
    use enter() const;

    /// Whether it goes back to a pool.
    bool is_pooled() const noexcept { return pooled_; }

    /// Without waiting: what is in progress is interrupted, what was left open is ended, and then the session goes back
    /// to its pool, or is closed. Nothing happens the second time. An operation on the session that does it at its own
    /// end says so: it isn't in progress then.
    void give_back(int ending_operations = 0) noexcept;

private:
    mutable std::mutex mutex_;
    std::shared_ptr<detail::session> session_;
    std::shared_ptr<pool> pool_;
    std::size_t slot_ = 0;
    bool pooled_ = false;
};

} // namespace coropq::detail

#endif
