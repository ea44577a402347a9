// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// From state to state: who gets a connection, and which one goes.

#include "pool/pool_decisions.hpp"

#include "pool/saturated_time.hpp"

#include <utility>

namespace coropq::detail {

// Takes it out of its state; it must be given another one.
void pool_decisions::leave_state(slot_id id) {
    slot& one = slots_[id];
    switch (one.state) {
    case slot_state::free: break;
    case slot_state::opening:
        --opening_;
        if (is_current(one))
            --current_opening_;
        if (probe_ == id)
            probe_.reset();
        break;
    case slot_state::idle: idle_.erase(std::next(std::find(idle_.rbegin(), idle_.rend(), id)).base()); break;
    case slot_state::checking: --checking_; break;
    case slot_state::in_use:
        --in_use_;
        for_statements_ -= std::exchange(one.for_statements, false) ? 1 : 0;
        if (is_current(one))
            --current_in_use_;
        break;
    case slot_state::closing: --closing_; break;
    }
    one.state = slot_state::free;
}

// An open connection that is nobody's: for the one in front, else for later, unless it has to go. False: it goes.
bool pool_decisions::provide(slot_id id, time_point now) {
    const slot& one = slots_[id];
    if (const std::optional<close_reason> reason = reason_to_close(one, now)) {
        close(id, *reason);
        return false;
    }
    if (!nobody_waits() && !one.suspect)
        hand_over(id, now);
    else
        make_idle(id);
    return true;
}

// Of one that isn't among the numbers.
std::optional<pool_decisions::close_reason> pool_decisions::reason_to_close(const slot& one, time_point now) const {
    if (disposed_ || (draining_ && nobody_waits()))
        return close_reason::disposed;
    if (!is_current(one))
        return close_reason::invalidated;
    if (one.expires <= now)
        return close_reason::lifetime;
    if (live() >= limit() || (nobody_waits() && usable_or_used() >= size_))
        return close_reason::overflow;
    return std::nullopt;
}

// To the one who came first, for himself or not.
void pool_decisions::hand_over(slot_id id, time_point now) {
    const bool statement = is_statement_first();
    const queue& line = statement ? statements_ : waiters_;
    const waiter_id first = line.first();
    action given{};
    given.what = action::kind::hand_over;
    given.slot = id;
    given.waiter = first;
    actions_.push_back(given);
    count_wait(line.front(), first, now);
    forget(first);
    use(id);
    slots_[id].for_statements = statement;
    for_statements_ += statement ? 1 : 0;
}

void pool_decisions::use(slot_id id) {
    leave_state(id);
    slots_[id].state = slot_state::in_use;
    ++in_use_;
    ++current_in_use_; // others are never handed out
    ++statistics_.acquired;
}

void pool_decisions::make_idle(slot_id id) {
    slot& one = slots_[id];
    // One that was checked, and isn't wanted any more, goes back to where it was.
    auto place = idle_.end();
    while (place != idle_.begin() && slots_[*std::prev(place)].used > one.used)
        --place;
    idle_.insert(place, id);
    one.state = slot_state::idle;
    soonest_expiry_ = std::min(soonest_expiry_, one.expires);
}

void pool_decisions::close(slot_id id, close_reason reason) {
    slot& one = slots_[id];
    if (one.state != slot_state::opening) { // what was never open isn't gone
        switch (reason) {
        case close_reason::idle: ++statistics_.closed.idle; break;
        case close_reason::lifetime: ++statistics_.closed.lifetime; break;
        case close_reason::overflow: ++statistics_.closed.overflow; break;
        case close_reason::broken: ++statistics_.closed.broken; break;
        case close_reason::invalidated: ++statistics_.closed.invalidated; break;
        case close_reason::disposed: ++statistics_.closed.disposed; break;
        }
    }
    leave_state(id);
    one.state = slot_state::closing;
    ++closing_;
    action gone{};
    gone.what = action::kind::close;
    gone.slot = id;
    gone.why_closed = reason;
    actions_.push_back(gone);
}

// Those being checked as well: nobody has them.
void pool_decisions::close_idle(close_reason reason) {
    for (slot_id id = 0; id < slots_.size(); ++id) {
        if (slots_[id].state == slot_state::idle || slots_[id].state == slot_state::checking)
            close(id, reason);
    }
}

void pool_decisions::close_unused(close_reason reason) {
    close_idle(reason);
    for (slot_id id = 0; id < slots_.size() && opening_ > 0; ++id) {
        if (slots_[id].state == slot_state::opening)
            close(id, reason);
    }
}

bool pool_decisions::needs_check(const slot& one, time_point now) const {
    return one.suspect || (ping_after_ != clock::duration::max() && now - one.alive >= ping_after_);
}

// The one used last of those that can be used as they are; what turns out to be too old is closed.
std::optional<pool_decisions::slot_id> pool_decisions::find_usable(time_point now) {
    close_unused_for_long(now);
    for (std::size_t position = idle_.size(); position > 0; --position) {
        const slot_id id = idle_[position - 1];
        if (slots_[id].expires <= now)
            close(id, close_reason::lifetime);
        else if (!needs_check(slots_[id], now))
            return id;
    }
    return std::nullopt;
}

void pool_decisions::close_expired(time_point now) {
    if (soonest_expiry_ > now)
        return;
    soonest_expiry_ = time_point::max();
    for (std::size_t position = idle_.size(); position > 0; --position) {
        const slot_id id = idle_[position - 1];
        if (slots_[id].expires <= now)
            close(id, close_reason::lifetime);
        else
            soonest_expiry_ = std::min(soonest_expiry_, slots_[id].expires);
    }
}

void pool_decisions::close_unused_for_long(time_point now) {
    while (idle_.size() > min_idle_ && later_by(slots_[idle_.front()].used, max_idle_) <= now)
        close(idle_.front(), close_reason::idle);
}

void pool_decisions::close_above_size() {
    while (!idle_.empty() && usable_or_used() > size_)
        close(idle_.front(), close_reason::overflow);
}

} // namespace coropq::detail
