// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/plain_pool.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace coropq::bench {

// A class instead of a lambda, as in the library: GCC 12 destroys temporary lambdas twice in co_await expressions.
class plain_pool::initiate_wait {
public:
    explicit initiate_wait(plain_pool& owner) noexcept : owner_(owner) {}

    template <typename Handler>
    void operator()(Handler&& handler) const {
        owner_.wait(waiter(std::forward<Handler>(handler)));
    }

private:
    plain_pool& owner_;
};

asio::awaitable<plain_pool::lease> plain_pool::acquire() {
    std::unique_ptr<connection> found;
    bool opens = false;
    {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            found = std::move(idle_.back());
            idle_.pop_back();
        } else if (open_ < size_) {
            ++open_;
            opens = true;
        }
    }
    if (opens) {
        found = co_await open();
    } else if (!found) {
        const initiate_wait initiate(*this);
        found = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::unique_ptr<connection>)>(
            initiate, asio::use_awaitable);
    }
    co_return lease(*this, std::move(found));
}

asio::awaitable<std::unique_ptr<connection>> plain_pool::open() {
    auto opened = std::make_unique<connection>(executor_);
    try {
        co_await opened->connect(address_);
    } catch (...) {
        const std::scoped_lock lock(mutex_);
        --open_;
        throw;
    }
    co_return opened;
}

void plain_pool::give_back(std::unique_ptr<connection> returned) {
    waiter next;
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.empty()) {
            idle_.push_back(std::move(returned));
            return;
        }
        next.swap(waiting_.front()); // Boost 1.81's move assignment never returns
        waiting_.pop_front();
    }
    resume(std::move(next), std::move(returned));
}

void plain_pool::wait(waiter waiting) {
    std::unique_ptr<connection> found;
    {
        const std::scoped_lock lock(mutex_);
        if (idle_.empty()) {
            waiting_.push_back(std::move(waiting));
            return;
        }
        found = std::move(idle_.back()); // it has come back since `acquire` looked
        idle_.pop_back();
    }
    resume(std::move(waiting), std::move(found));
}

// Posted: whoever gives a connection back doesn't want to do the next one's work.
void plain_pool::resume(waiter waiting, std::unique_ptr<connection> lent) {
    const auto executor = asio::get_associated_executor(waiting, executor_);
    auto deliver = [waiting = std::move(waiting), lent = std::move(lent)]() mutable {
        std::move(waiting)(std::move(lent));
    };
    asio::post(executor_, asio::bind_executor(executor, std::move(deliver)));
}

} // namespace coropq::bench
