// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What must hold after each event, and why a connection may be closed.

#include "pool_model.hpp"

#include <algorithm>
#include <cmath>

namespace pool_testing {

namespace {

using kind = pool_event::kind;
using reason = pool_decisions::close_reason;
using std::chrono::milliseconds;

void require(bool condition, const char* otherwise) {
    if (!condition)
        throw broken_rule(otherwise);
}

// Time in doubles isn't exact.
constexpr clock::duration tolerance = std::chrono::microseconds(1);

} // namespace

void pool_model::check_close(const pool_event& event, const action& closing) {
    require(closing.slot < slots_.size(), "closed, but never opened");
    connection& one = slots_[closing.slot];
    require(one.is == state::idle || one.is == state::checking || one.is == state::opening, "closed, but not at hand");
    const bool failed = fresh_ == closing.slot && event.condition != session_condition::reusable;
    require(failed == (closing.why_closed == reason::broken), "broken, or not");
    switch (closing.why_closed) {
    case reason::idle: {
        require(options_.max_idle() > milliseconds::zero() && now_ - one.used >= options_.max_idle(),
                "not idle for long");
        require(count(state::idle) > options_.min_idle(), "there must be some idle ones");
        for (const connection& other : slots_)
            require(other.is != state::idle || other.used >= one.used, "others were idle for longer");
        ++counted_.closed.idle;
        break;
    }
    case reason::lifetime:
        require(one.is == state::idle && options_.max_lifetime() > milliseconds::zero() &&
                    now_ - one.opened >= options_.max_lifetime() - options_.max_lifetime() / 10 - tolerance,
                "not old");
        ++counted_.closed.lifetime;
        break;
    case reason::overflow:
        require(one.is == state::idle, "only an open one can be too many");
        require(live() > limit() || (waiting_.empty() && usable_or_used() > size_) ||
                    (event.what == kind::resize && usable_or_used() > size_),
                "not too many");
        require(!fresh_ || fresh_ == closing.slot || slots_[*fresh_].is != state::idle, "another one was too many");
        ++counted_.closed.overflow;
        break;
    case reason::broken: ++counted_.closed.broken; break;
    case reason::invalidated:
        require(one.generation != generation_ && one.is != state::opening, "of this generation");
        ++counted_.closed.invalidated;
        break;
    case reason::disposed:
        require(disposed_ || (draining_ && waiting_.empty()), "not the end");
        counted_.closed.disposed += one.is != state::opening;
        break;
    }
    one.is = state::closing;
}

void pool_model::check_states() const {
    for (const connection& one : slots_) {
        const bool unused = one.is == state::idle || one.is == state::checking;
        require(!unused || one.generation == generation_, "kept, but of an old generation");
        if (disposed_ || (draining_ && waiting_.empty()))
            require(!unused && one.is != state::opening, "kept beyond the end");
    }
    require(!disposed_ || waiting_.empty(), "waits beyond the end");
    // Lost wake-ups: there is one to be had, and somebody waits.
    require(count(state::idle) == 0 || waiting_.size() <= count(state::checking), "idle while somebody waits");
    require(count(state::idle) == 0 || !waiting_.empty() || usable_or_used() <= size_, "overflow was kept");
}

// Nothing that will have to be done is forgotten.
void pool_model::check_next_event(const pool_event& event, time_point next) const {
    if (event.what == kind::advance)
        require(next > now_, "time has passed, and something is still due");
    for (const auto& [id, one] : waiting_)
        require(next <= one.deadline, "a deadline was forgotten");
    const connection* oldest = nullptr;
    for (const connection& one : slots_) {
        if (one.is != state::idle)
            continue;
        if (options_.max_lifetime() > milliseconds::zero())
            require(next <= one.opened + options_.max_lifetime(), "an age was forgotten");
        if (oldest == nullptr || one.used < oldest->used)
            oldest = &one;
    }
    if (oldest != nullptr && options_.max_idle() > milliseconds::zero() && count(state::idle) > options_.min_idle())
        require(next <= oldest->used + options_.max_idle(), "an idle one was forgotten");

    if (failures_ > 0 && probing())
        return;
    if (uncovered() > 0 && has_room_to_open())
        check_opening_is_due(next);
    if (lacks_idle()) {
        require(next <= (failures_ > 0 ? latest_retry_ : now_), "nobody will open one to be idle");
        require(failures_ > 0 || !changed_, "one should have been opened to be idle");
    }
}

void pool_model::check_opening_is_due(time_point next) const {
    time_point due = supply_since();
    const double many = static_cast<double>(uncovered());
    if (!nothing_to_wait_for() && many * mean_return_.value_or(0) < price() * 1.001 + 100 * many)
        due += clock::duration(std::llround(price() / many)) + tolerance;
    if (waiting_to_share() > 0) // however quickly they take turns
        due = std::min(due, pressed_since_ + clock::duration(std::llround(price())) + tolerance);
    if (failures_ > 0)
        due = std::max(due, latest_retry_);
    require(next <= due, "nobody will open one for those who wait");
    if (changed_ && failures_ == 0)
        require(due + tolerance > now_ && !nothing_to_wait_for(), "one should have been opened by now");
}

void pool_model::check_numbers(const pool_decisions& after) const {
    const coropq::pool_statistics told = after.statistics();
    require(told.size == size_ && told.max_overflow == max_overflow_, "statistics: size");
    require(told.active == count(state::in_use), "statistics: active");
    require(told.idle == count(state::idle) + count(state::checking), "statistics: idle");
    require(told.connecting == count(state::opening), "statistics: connecting");
    require(told.closing == count(state::closing), "statistics: closing");
    require(told.waiting == waiting_.size(), "statistics: waiting");
    require(told.opened == counted_.opened, "statistics: opened");
    require(told.failed_connects == counted_.failed_connects, "statistics: failed_connects");
    require(told.closed.idle == counted_.closed.idle, "statistics: closed.idle");
    require(told.closed.lifetime == counted_.closed.lifetime, "statistics: closed.lifetime");
    require(told.closed.overflow == counted_.closed.overflow, "statistics: closed.overflow");
    require(told.closed.broken == counted_.closed.broken, "statistics: closed.broken");
    require(told.closed.invalidated == counted_.closed.invalidated, "statistics: closed.invalidated");
    require(told.closed.disposed == counted_.closed.disposed, "statistics: closed.disposed");
    require(told.acquired == counted_.acquired, "statistics: acquired");
    require(told.shared == counted_.shared, "statistics: shared");
    std::size_t loads = 0;
    for (const connection& one : slots_)
        loads += one.load;
    require(told.in_flight == loads, "statistics: in_flight");
    require(told.waited == counted_.waited, "statistics: waited");
    require(told.acquire_timeouts == counted_.acquire_timeouts, "statistics: acquire_timeouts");
    require(told.refused == counted_.refused, "statistics: refused");
    require(told.cancelled_waits == counted_.cancelled_waits, "statistics: cancelled_waits");
    require(told.pings == counted_.pings, "statistics: pings");
    require(told.failed_pings == counted_.failed_pings, "statistics: failed_pings");
    require(told.wait_time == counted_.wait_time && told.longest_wait == counted_.longest_wait,
            "statistics: wait_time");
    const auto& gone = told.closed;
    require(told.opened == told.active + told.idle + gone.idle + gone.lifetime + gone.overflow + gone.broken +
                               gone.invalidated + gone.disposed,
            "statistics don't balance");
    require(after.slot_count() == slots_.size(), "the number of places");
    require(after.empty() == (occupied() == 0), "empty, or not");
}

} // namespace pool_testing
