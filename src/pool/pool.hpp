// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_POOL_HPP
#define COROPQ_SRC_POOL_POOL_HPP

#include <coropq/options.hpp>
#include <coropq/url.hpp>

#include "libpq/session.hpp"
#include "operation/run_operation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace coropq::detail {

/// The connections of one engine: opened when they are needed, kept for reuse, never more than allowed. All functions
/// are called on the pool's strand.
class pool {
public:
    pool(const boost::asio::any_io_executor& executor, url address, engine_options options);
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    const boost::asio::strand<boost::asio::any_io_executor>& strand() const noexcept { return strand_; }
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// An open session for the caller alone, who gives it back with `release`: the idle one that was used last, else a
    /// new one, else the first to be released once it is the caller's turn. `acquired` stays empty after an error.
    boost::asio::awaitable<operation_outcome> acquire(std::shared_ptr<session>& acquired);

    void release(std::shared_ptr<session> returned) noexcept;

    /// From now on sessions are closed when they are released, and nobody gets one; ends those that wait and those that
    /// are being opened. Gives the idle ones to the caller, who closes them.
    std::vector<std::shared_ptr<session>> dispose();

private:
    struct waiter;

    boost::asio::awaitable<operation_outcome> open(std::shared_ptr<session>& acquired);
    boost::asio::awaitable<bool> wait_for_turn(waiter& self);
    void pass_on_place();
    operation_outcome disposed() const;
    operation_outcome exhausted() const;

    boost::asio::any_io_executor executor_;
    boost::asio::strand<boost::asio::any_io_executor> strand_;
    url address_;
    engine_options options_;
    std::shared_ptr<type_registry> types_;       ///< All sessions are of one database.
    std::vector<std::shared_ptr<session>> idle_; ///< The one used last at the end.
    std::vector<session*> opening_;              ///< Alive for as long as they stand here.
    std::deque<waiter*> waiting_;                ///< The one that came first in front.
    std::size_t open_ = 0; ///< Places taken: idle, in use, being opened, or passed on to a waiter.
    bool disposed_ = false;
};

} // namespace coropq::detail

#endif
