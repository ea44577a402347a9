// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Those who wait: for a connection, or for the end of all of them.

#include <coropq/error.hpp>

#include "libpq/time_limit.hpp"
#include "pool/pool_internals.hpp"
#include "pool/saturated_time.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace coropq::detail {

// How long somebody waits who has that limit, and came at that time.
pool::wait_limit pool::wait_limit_for(const deadline& limit, time_point since) const {
    // Without a time to wait, a connect takes as long as it takes.
    const std::chrono::milliseconds longest = options_.pool().acquire_timeout();
    const bool only_with_room = longest <= std::chrono::milliseconds(0);
    const time_point until = only_with_room ? time_point::max() : later_by(since, saturated_duration(longest));
    return {std::min(until, limit.when), only_with_room, limit.when < until};
}

std::shared_ptr<pool::queue_place> pool::enter_queue(const asio::any_io_executor& strand, const lease_origin& origin,
                                                     const deadline& limit) {
    const auto entering = std::make_shared<waiter>(strand);
    auto place = std::make_shared<queue_place>(shared_from_this(), entering);
    entering->origin = origin;
    entering->refusal.limit = limit;
    const wait_limit ours = wait_limit_for(limit, clock::now());
    entering->refusal.limit_is_own = ours.limit_is_own;
    tell([&](time_point now) {
        entering->id = decisions_.wait(now, ours.until, ours.only_with_room);
        try {
            waiters_.emplace(entering->id, entering);
        } catch (...) {
            decisions_.leave(entering->id, now);
            throw;
        }
    });
    return place;
}

// Also when nobody wakes any more: the coroutine that waited was destroyed.
void pool::leave(waiter& leaving) noexcept try {
    std::shared_ptr<session> unused;
    tell([&](time_point now) {
        const waiter::state left = std::exchange(leaving.now, waiter::state::left);
        if (left == waiter::state::served) {
            slots_[leaving.slot].now = phase::idle;
            decisions_.released(leaving.slot, now, session_condition::reusable);
        } else if (left == waiter::state::waiting) {
            waiters_.erase(leaving.id);
            decisions_.leave(leaving.id, now);
        }
    });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, the connection is lost
}

asio::awaitable<operation_outcome> pool::wait(std::shared_ptr<queue_place> place,
                                              std::shared_ptr<std::shared_ptr<lease>> acquired) {
    co_await asio::this_coro::throw_if_cancelled(false);
    // Until a connection is there, nothing has been sent, and every type of cancellation can be honoured.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    const std::shared_ptr<waiter> self = place->self_;
    const pointer owner = place->owner_;
    for (bool waits = true; waits;) {
        {
            const std::scoped_lock lock(owner->mutex_);
            waits = self->now == waiter::state::waiting;
        }
        if (waits) {
            boost::system::error_code ignored;
            co_await self->turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != asio::cancellation_type::none) {
            owner->leave(*self);
            co_return known_not_run(failed_operation(asio::error::operation_aborted,
                                                     "the operation was cancelled while it waited for a connection"));
        }
    }
    *acquired = owner->take(*self);
    if (*acquired)
        co_return operation_outcome();
    co_return owner->refusal_of(self->refusal);
}

// What the waiter was given.
std::shared_ptr<lease> pool::take(waiter& served) {
    std::shared_ptr<session> leased;
    {
        const std::scoped_lock lock(mutex_);
        if (served.now != waiter::state::served)
            return nullptr;
        leased = slots_[served.slot].session;
    }
    auto made = std::make_shared<lease>(shared_from_this(), served.slot, std::move(leased));
    const std::scoped_lock lock(mutex_);
    served.now = waiter::state::left;
    return made;
}

void pool::wake(const std::shared_ptr<waiter>& waiting) {
    asio::post(waiting->turn.get_executor(), [weak = std::weak_ptr<waiter>(waiting)] {
        if (const std::shared_ptr<waiter> present = weak.lock())
            present->turn.cancel();
    });
}

void pool::wake(const std::shared_ptr<end_watcher>& waiting) {
    asio::post(waiting->turn.get_executor(), [weak = std::weak_ptr<end_watcher>(waiting)] {
        if (const std::shared_ptr<end_watcher> present = weak.lock())
            present->turn.cancel();
    });
}

// --- the end ---

void pool::wake_watchers(std::vector<task>& tasks) {
    const bool all_closed = decisions_.empty();
    const bool unused_closed = decisions_.statistics().closing == 0;
    std::erase_if(watchers_, [&](const std::weak_ptr<end_watcher>& each) {
        const std::shared_ptr<end_watcher> watcher = each.lock();
        if (!watcher)
            return true;
        watcher->reached = watcher->all ? all_closed : unused_closed;
        if (watcher->reached)
            tasks.push_back({task::kind::wake_watcher, 0, nullptr, watcher});
        return watcher->reached;
    });
}

asio::awaitable<void> pool::wait_for_end(std::shared_ptr<end_watcher> watcher) {
    for (;;) {
        {
            const std::scoped_lock lock(mutex_);
            if (watcher->reached || watcher->turn.expiry() <= clock::now())
                co_return;
        }
        boost::system::error_code ignored;
        co_await watcher->turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != asio::cancellation_type::none)
            co_return;
    }
}

asio::awaitable<operation_outcome> pool::dispose_and_wait(pointer self) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const asio::any_io_executor strand = co_await asio::this_coro::executor;
    const auto watcher = std::make_shared<end_watcher>(strand, false);
    self->tell([&](time_point now) {
        self->watchers_.push_back(watcher);
        self->decisions_.dispose(now);
    });
    co_await self->wait_for_end(watcher);
    co_return operation_outcome();
}

asio::awaitable<operation_outcome> pool::drain(pointer self, std::chrono::milliseconds limit,
                                               std::shared_ptr<std::size_t> cut) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    const asio::any_io_executor strand = co_await asio::this_coro::executor;
    const auto watcher = std::make_shared<end_watcher>(strand, true);
    watcher->turn.expires_at(saturated_deadline(limit));
    self->tell([&](time_point now) {
        self->watchers_.push_back(watcher);
        self->decisions_.drain(now);
    });
    co_await self->wait_for_end(watcher);
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        co_return failed_operation(asio::error::operation_aborted, "the operation was cancelled; nothing was cut",
                                   "drain again, or dispose of the engine");
    *cut = self->cut();
    co_return operation_outcome();
}

// Ends what is left, and gives the number of connections that somebody held.
std::size_t pool::cut() {
    std::vector<std::shared_ptr<session>> held;
    tell([&](time_point now) {
        for (const entry& each : slots_) {
            if (each.now == phase::leased || each.now == phase::shared || each.now == phase::returning)
                held.push_back(each.session);
        }
        decisions_.dispose(now);
    });
    for (const std::shared_ptr<session>& each : held)
        each->abandon();
    return held.size();
}

} // namespace coropq::detail
