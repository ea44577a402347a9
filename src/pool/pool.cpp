// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/pool.hpp"

#include <coropq/error.hpp>

#include "libpq/time_limit.hpp"
#include "pool/housekeeper.hpp"
#include "pool/pool_internals.hpp"
#include "pool/saturated_time.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <random>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

pool::pool(const asio::any_io_executor& executor, url address, engine_options options)
    : executor_(executor)
    , address_(std::move(address))
    , options_(std::move(options))
    , types_(std::make_shared<type_registry>())
    , decisions_(options_.pool(), std::random_device()()) {}

pool::~pool() = default;

pool::pointer pool::create(const asio::any_io_executor& executor, url address, engine_options options) {
    const pointer made(new pool(executor, std::move(address), std::move(options)));
    const std::weak_ptr<pool> weak = made;
    asio::execution_context& context = asio::query(executor, asio::execution::context);
    const auto ring = [weak] {
        if (const pointer self = weak.lock())
            self->ring();
    };
    const auto end = [weak] {
        if (const pointer self = weak.lock())
            self->context_ends();
    };
    made->alarm_ = asio::use_service<housekeeper>(context).make_clock(ring, end);
    return made;
}

// --- what the decisions want, with the mutex held ---

pool::work pool::settle(time_point now) {
    work wanted;
    for (decisions_.take_actions(actions_); !actions_.empty(); decisions_.take_actions(actions_)) {
        for (const pool_decisions::action& each : actions_)
            settle_action(each, now, wanted.tasks);
    }
    if (!watchers_.empty())
        wake_watchers(wanted.tasks);
    const time_point next = std::min(decisions_.next_event(), leak_at_);
    if (next < alarm_at_) {
        alarm_at_ = next;
        wanted.alarm = next;
    }
    return wanted;
}

void pool::settle_action(const pool_decisions::action& wanted, time_point now, std::vector<task>& tasks) {
    using kind = pool_decisions::action::kind;
    if (slots_.size() <= wanted.slot)
        slots_.resize(wanted.slot + 1);
    entry& where = slots_[wanted.slot];
    switch (wanted.what) {
    case kind::open:
        where = entry();
        where.now = phase::opening;
        if (!context_ended_)
            tasks.push_back({task::kind::open, wanted.slot});
        break;
    case kind::check:
        where.now = phase::checking;
        if (!context_ended_)
            tasks.push_back({task::kind::check, wanted.slot, where.session});
        break;
    case kind::hand_over: hand_over(wanted, now, tasks); break;
    case kind::close:
        if (context_ended_) {
            tasks.push_back({task::kind::drop, wanted.slot, std::move(where.session)});
            where = entry();
            decisions_.closed(wanted.slot, now);
        } else if (where.now == phase::opening || where.now == phase::checking) {
            where.stopping = true;
            if (where.session)
                tasks.push_back({task::kind::interrupt, wanted.slot, where.session});
        } else {
            where.now = phase::closing;
            tasks.push_back({task::kind::close, wanted.slot, std::move(where.session)});
        }
        break;
    case kind::join: join(wanted, now, tasks); break;
    case kind::refuse: refuse(wanted, tasks); break;
    }
}

void pool::refuse(const pool_decisions::action& wanted, std::vector<task>& tasks) {
    task refusing;
    refused_wait reason;
    reason.why = wanted.why_refused;
    reason.failure = last_failure_;
    if (const auto found = waiters_.find(wanted.waiter); found != waiters_.end()) {
        refusing.what = task::kind::wake_waiter;
        waiter& refused = *found->second;
        refused.now = waiter::state::refused;
        refused.refusal.why = reason.why;
        refused.refusal.failure = std::move(reason.failure);
        refusing.whom = std::move(found->second);
        waiters_.erase(found);
        tasks.push_back(std::move(refusing));
    } else if (std::optional<statement_pointer> statement = statements_.take(wanted.waiter)) {
        refusing.what = task::kind::refuse_statement;
        shared_statement& refused = **statement;
        refused.where = shared_statement::place::ended;
        reason.limit = refused.limit;
        reason.limit_is_own = refused.limit_is_own;
        refused.refusal = std::make_unique<refused_wait>(std::move(reason));
        refusing.whom = std::move(*statement);
        tasks.push_back(std::move(refusing));
    }
}

// The connection is the waiter's before it knows: if it is gone when it should wake, it gives the connection back.
void pool::hand_over(const pool_decisions::action& wanted, time_point now, std::vector<task>& tasks) {
    task given;
    given.slot = wanted.slot;
    entry& where = slots_[wanted.slot];
    if (std::optional<statement_pointer> statement = statements_.take(wanted.waiter)) {
        given.what = task::kind::begin_statement;
        (*statement)->where = shared_statement::place::nowhere;
        given.whom = std::move(*statement);
        given.session = where.session;
        lend(where, {"execute", {}}, now);
    } else if (const auto found = waiters_.find(wanted.waiter); found != waiters_.end()) {
        given.what = task::kind::wake_waiter;
        waiter& served = *found->second;
        served.now = waiter::state::served;
        served.slot = wanted.slot;
        lend(where, served.origin, now);
        given.whom = std::move(found->second);
        waiters_.erase(found);
    } else {
        decisions_.released(wanted.slot, now, session_condition::reusable);
        return;
    }
    tasks.push_back(std::move(given));
}

void pool::lend(entry& to_lend, const lease_origin& origin, time_point now) {
    to_lend.now = phase::leased;
    to_lend.user = origin;
    to_lend.since = now;
    to_lend.reported = false;
    if (const auto limit = options_.pool().leak_after())
        leak_at_ = std::min(leak_at_, later_by(now, saturated_duration(*limit)));
}

// --- events ---

// A connection that was taken, as far as can be seen without waiting. If it isn't, it goes.
bool pool::is_sound(std::size_t slot, std::shared_ptr<session>& taken) {
    const session_condition condition = taken->condition();
    if (condition == session_condition::reusable)
        return true;
    taken.reset();
    tell([&](time_point now) { decisions_.released(slot, now, condition); });
    return false;
}

std::shared_ptr<lease> pool::try_acquire(const lease_origin& origin) {
    for (;;) {
        std::optional<std::size_t> taken;
        std::shared_ptr<session> candidate;
        tell([&](time_point now) {
            taken = decisions_.take_idle(now);
            if (!taken)
                return;
            lend(slots_[*taken], origin, now);
            candidate = slots_[*taken].session;
        });
        if (!taken)
            return nullptr;
        if (!is_sound(*taken, candidate))
            continue;
        try {
            return std::make_shared<lease>(shared_from_this(), *taken, candidate);
        } catch (...) {
            give_back(*taken, std::move(candidate), 0);
            throw;
        }
    }
}

void pool::give_back(std::size_t slot, std::shared_ptr<session> returned, int operations) noexcept {
    bool told = false;
    const auto comes_back = [this, slot](session_condition condition) {
        tell([&](time_point now) {
            slots_[slot].now = phase::idle;
            decisions_.released(slot, now, condition);
        });
    };
    try {
        if (returned->is_quiet(operations) && returned->try_make_ready(options_.pool().reset())) {
            const session_condition condition = returned->condition();
            returned.reset(); // the slot has it alone now, and can close it on the spot
            told = true;
            comes_back(condition);
            return;
        }
        bool usable = true;
        {
            const std::scoped_lock lock(mutex_);
            slots_[slot].now = phase::returning;
            usable = !context_ended_;
        }
        if (!usable) {
            returned.reset();
            told = true;
            comes_back(session_condition::spoiled);
            return;
        }
        session& target = *returned;
        target.run(session::make_ready(returned, options_.pool().reset()), nullptr, nullptr,
                   [self = shared_from_this(), comes_back, returned](const boost::system::error_code&) mutable {
                       const session_condition condition =
                           returned->is_quiet() ? returned->condition() : session_condition::spoiled;
                       returned.reset();
                       comes_back(condition);
                   });
    } catch (...) {
        // Without memory for that, the session goes, and its place with it if not even that can be told.
        if (returned)
            returned->abandon();
        try {
            if (!told) // it may be somebody else's by now
                comes_back(session_condition::spoiled);
        } catch (...) { // NOLINT(bugprone-empty-catch)
        }
    }
}

void pool::invalidate() {
    tell([this](time_point now) { decisions_.invalidate(now); });
}

void pool::resize(std::size_t size, std::size_t max_overflow) {
    tell([=, this](time_point now) { decisions_.resize(size, max_overflow, now); });
}

void pool::dispose() noexcept try {
    tell([this](time_point now) { decisions_.dispose(now); });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, the sessions go with the pool
}

// On the housekeeper's thread, which sends what is to be done to the user's context: it may be gone a moment later.
void pool::ring() noexcept try {
    std::vector<connection_holder> leaks;
    work wanted = under_lock([&](time_point now) {
        alarm_at_ = time_point::max();
        decisions_.advance(now);
        leaks = take_leaks(now);
    });
    if (wanted.alarm != time_point::max())
        alarm_->set(std::exchange(wanted.alarm, time_point::max()));
    if (!wanted.tasks.empty())
        asio::post(executor_, [self = shared_from_this(), wanted = std::move(wanted)]() mutable {
            self->carry_out(std::move(wanted));
        });
    report(leaks);
} catch (...) { // NOLINT(bugprone-empty-catch): without memory, there is nothing that could be done
}

// Sessions have to go before the context does; those in use are destroyed by it, with the coroutines that use them.
void pool::context_ends() noexcept try {
    std::vector<std::shared_ptr<session>> shared;
    carry_out(under_lock([&](time_point now) {
        context_ended_ = true;
        decisions_.dispose(now);
        for (const entry& each : slots_) {
            if (each.now == phase::shared)
                shared.push_back(each.session);
        }
    }));
    // Their statements keep the engine, and this pool with it.
    for (const std::shared_ptr<session>& each : shared)
        each->forget_shared();
} catch (...) { // NOLINT(bugprone-empty-catch)
}

} // namespace coropq::detail
