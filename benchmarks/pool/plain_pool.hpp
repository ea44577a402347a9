// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_POOL_PLAIN_POOL_HPP
#define COROPQ_BENCHMARKS_POOL_PLAIN_POOL_HPP

#include <coropq/connection.hpp>
#include <coropq/url.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace coropq::bench {

/// The pool that people write by hand: a mutex, a deque of idle connections, a deque of those who wait. Whoever finds
/// no idle connection opens one while there is room, and waits for another's otherwise.
///
/// It doesn't look whether a connection still works, or in which state it was left; nobody's wait ends but with a
/// connection; nothing is closed before the end. May be used from several threads, must outlive what it lends.
class plain_pool {
public:
    /// One of the pool's connections, which goes back with this.
    class lease {
    public:
        lease(plain_pool& owner, std::unique_ptr<connection> lent) noexcept : owner_(&owner), lent_(std::move(lent)) {}
        lease(lease&&) noexcept = default;
        lease& operator=(lease&&) = delete;
        ~lease() {
            if (lent_)
                owner_->give_back(std::move(lent_));
        }

        connection& operator*() const noexcept { return *lent_; }

    private:
        plain_pool* owner_;
        std::unique_ptr<connection> lent_;
    };

    plain_pool(boost::asio::any_io_executor executor, url address, std::size_t size)
        : executor_(std::move(executor)), address_(std::move(address)), size_(size) {}

    boost::asio::awaitable<lease> acquire();

    /// Not while somebody waits.
    void resize(std::size_t size) {
        const std::scoped_lock lock(mutex_);
        size_ = size;
    }

private:
    using waiter = boost::asio::any_completion_handler<void(std::unique_ptr<connection>)>;
    class initiate_wait;

    boost::asio::awaitable<std::unique_ptr<connection>> open();
    void give_back(std::unique_ptr<connection> returned);
    void wait(waiter waiting);
    void resume(waiter waiting, std::unique_ptr<connection> lent);

    const boost::asio::any_io_executor executor_;
    const url address_;

    std::mutex mutex_;
    std::size_t size_;
    std::deque<std::unique_ptr<connection>> idle_; ///< The last one was used last.
    std::deque<waiter> waiting_;
    std::size_t open_ = 0; ///< Those being opened included.
};

} // namespace coropq::bench

#endif
