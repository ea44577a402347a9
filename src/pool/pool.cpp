// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/pool.hpp"

#include <coropq/error.hpp>

#include "libpq/time_limit.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

// Somebody who waits. What it gets is put into its hands before it is woken, so nothing is lost if it is cancelled or
// times out at the same moment: it then holds something, and gives it back.
struct pool::waiter {
    explicit waiter(const asio::strand<asio::any_io_executor>& strand) : turn(strand) {}

    asio::steady_timer turn; ///< Expires when the time is up; cancelled when it is the waiter's turn.
    std::shared_ptr<session> handed_over;
    bool may_open = false; ///< A place was passed on: open a session.
    bool served = false;   ///< No longer in the queue.
};

pool::pool(const asio::any_io_executor& executor, url address, engine_options options)
    : executor_(executor)
    , strand_(asio::make_strand(executor))
    , address_(std::move(address))
    , options_(std::move(options))
    , types_(std::make_shared<type_registry>()) {
    // Sessions come back where nothing may be thrown. A size that means "any number" isn't taken by its word.
    idle_.reserve(std::min<std::size_t>(options_.pool().size(), 1024));
}

operation_outcome pool::disposed() const {
    return failed_operation(errc::engine_disposed, "the engine was disposed of", "create a new engine");
}

operation_outcome pool::exhausted() const {
    return failed_operation(
        errc::pool_timeout,
        "no connection became free within " + std::to_string(options_.pool().acquire_timeout().count()) + " ms: all " +
            std::to_string(options_.pool().size()) + " are in use, and " + std::to_string(waiting_.size()) +
            " more operations wait",
        "raise pool_options::size or pool_options::acquire_timeout, or hold connections for a shorter time");
}

asio::awaitable<operation_outcome> pool::acquire(std::shared_ptr<session>& acquired) {
    if (disposed_)
        co_return disposed();
    while (!idle_.empty()) {
        std::shared_ptr<session> candidate = std::move(idle_.back());
        idle_.pop_back();
        if (candidate->is_reusable()) {
            acquired = std::move(candidate);
            co_return operation_outcome();
        }
        --open_; // it died while nobody looked
    }
    if (open_ < options_.pool().size()) {
        ++open_;
    } else {
        waiter self(strand_);
        const bool served = co_await wait_for_turn(self);
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != asio::cancellation_type::none) {
            if (self.handed_over)
                release(std::move(self.handed_over));
            else if (self.may_open)
                pass_on_place();
            co_return failed_operation(asio::error::operation_aborted,
                                       "the operation was cancelled while it waited for a connection");
        }
        if (!served)
            co_return exhausted();
        if (self.handed_over) {
            acquired = std::move(self.handed_over);
            co_return operation_outcome();
        }
        if (!self.may_open)
            co_return disposed();
    }
    operation_outcome outcome = co_await open(acquired);
    co_return outcome;
}

// False when the time is up.
asio::awaitable<bool> pool::wait_for_turn(waiter& self) {
    // Takes the waiter out of the queue on every path, also when the coroutine is destroyed while it waits.
    struct place_in_queue {
        pool& owner;
        waiter& self;
        place_in_queue(pool& pool_of_waiter, waiter& waits) : owner(pool_of_waiter), self(waits) {
            owner.waiting_.push_back(&self);
        }
        place_in_queue(const place_in_queue&) = delete;
        place_in_queue& operator=(const place_in_queue&) = delete;
        ~place_in_queue() {
            if (!self.served)
                owner.waiting_.erase(std::find(owner.waiting_.begin(), owner.waiting_.end(), &self));
        }
    };
    const place_in_queue place(*this, self);
    self.turn.expires_at(saturated_deadline(options_.pool().acquire_timeout()));
    boost::system::error_code ignored;
    co_await self.turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return self.served;
}

asio::awaitable<operation_outcome> pool::open(std::shared_ptr<session>& acquired) {
    // The place that the caller has counted is given up unless a session fills it.
    struct place_guard {
        pool& owner;
        session& opened;
        bool filled = false;
        place_guard(pool& pool_of_place, session& in_it) : owner(pool_of_place), opened(in_it) {
            owner.opening_.push_back(&opened);
        }
        place_guard(const place_guard&) = delete;
        place_guard& operator=(const place_guard&) = delete;
        ~place_guard() {
            std::erase(owner.opening_, &opened);
            if (!filled)
                owner.pass_on_place();
        }
    };
    const std::shared_ptr<session> opened = session::create(executor_, types_);
    place_guard place(*this, *opened);
    operation_outcome outcome = co_await session::run(opened, session::connect(opened, address_, options_.connect()));
    if (disposed_)
        outcome = disposed();
    if (!outcome.code) {
        acquired = opened;
        place.filled = true;
    }
    co_return outcome;
}

// A place has become free: whoever has waited longest may open a session in it.
void pool::pass_on_place() {
    if (waiting_.empty() || disposed_) {
        --open_;
        return;
    }
    waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.served = true;
    next.may_open = true;
    next.turn.cancel();
}

void pool::release(std::shared_ptr<session> returned) noexcept {
    if (disposed_ || !returned->is_reusable()) {
        returned->abandon();
        pass_on_place();
        return;
    }
    if (waiting_.empty()) {
        idle_.push_back(std::move(returned));
        return;
    }
    waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.served = true;
    next.handed_over = std::move(returned);
    next.turn.cancel();
}

std::vector<std::shared_ptr<session>> pool::dispose() {
    disposed_ = true;
    for (waiter* next : std::exchange(waiting_, {})) {
        next->served = true;
        next->turn.cancel();
    }
    for (session* opened : opening_)
        opened->abandon();
    open_ -= idle_.size();
    return std::exchange(idle_, {});
}

} // namespace coropq::detail
