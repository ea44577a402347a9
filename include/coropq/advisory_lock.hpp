// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_ADVISORY_LOCK_HPP
#define COROPQ_ADVISORY_LOCK_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace coropq {

namespace detail {
class advisory_lock_state;
}

/// What an advisory lock is about: a number of 64 bits, or two of 32 bits, which are other locks than any of those. The
/// numbers mean what the applications of a database agree on.
class advisory_key {
public:
    advisory_key(std::int64_t number) noexcept : first_(number) {} // NOLINT(google-explicit-constructor): as in SQL
    advisory_key(std::int32_t first, std::int32_t second) noexcept : first_(first), second_(second), is_pair_(true) {}

    /// For the library: as SQL writes it.
    std::string to_sql() const;

private:
    std::int64_t first_;
    std::int32_t second_ = 0;
    bool is_pair_ = false;
};

struct advisory_lock_options {
    /// Others may have it at the same time, if theirs is shared too. Default: nobody else may.
    bool shared = false;
};

/// An advisory lock that a connection holds, from `connection::advisory_lock`, whatever becomes of transactions
/// meanwhile. Given up with `release`, by destruction (in the background: operations on the connection wait for it),
/// and at the latest when the connection is closed or goes back to its engine.
///
/// A connection that has a lock gets it again at once, without asking the server; others get it when all of these
/// objects are gone.
///
/// Thread-safety: as for the connection.
class advisory_lock {
public:
    /// The source is left without a lock.
    advisory_lock(advisory_lock&& other) noexcept;
    advisory_lock& operator=(advisory_lock&& other) noexcept;
    advisory_lock(const advisory_lock&) = delete;
    advisory_lock& operator=(const advisory_lock&) = delete;
    ~advisory_lock();

    /// Gives it up, and waits until others can have it. Does nothing the second time. In a failed transaction the lock
    /// is kept until that is rolled back, and this doesn't wait for it. Can't be cancelled. Throws what goes wrong on
    /// the server; without a connection there is nothing to give up.
    boost::asio::awaitable<void> release();

    /// For the library.
    explicit advisory_lock(std::shared_ptr<detail::advisory_lock_state> state) noexcept;

private:
    std::shared_ptr<detail::advisory_lock_state> state_;
};

} // namespace coropq

#endif
