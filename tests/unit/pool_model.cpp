// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool_model.hpp"

#include <algorithm>
#include <cmath>

namespace pool_testing {

namespace {

using slot_id = pool_decisions::slot_id;
using kind = pool_event::kind;
using std::chrono::milliseconds;

double in_ns(clock::duration time) { return static_cast<double>(time.count()); }

bool closes(const std::vector<action>& actions, slot_id slot) {
    return std::any_of(actions.begin(), actions.end(),
                       [slot](const action& one) { return one.what == action::kind::close && one.slot == slot; });
}

void require(bool condition, const std::string& otherwise) {
    if (!condition)
        throw broken_rule(otherwise);
}

} // namespace

pool_model::pool_model(const coropq::pool_options& options)
    : options_(options), size_(options.size()), max_overflow_(options.max_overflow()) {
    if (options_.max_lifetime() == milliseconds::max()) // the same as none, without sums that no clock can show
        options_.max_lifetime(milliseconds::zero());
    if (options_.max_idle() == milliseconds::max())
        options_.max_idle(milliseconds::zero());
}

void pool_model::apply(const pool_event& event, time_point now, const std::vector<action>& actions,
                       const pool_decisions& after) {
    now_ = now;
    const std::size_t occupied_before = occupied();
    changed_ = event.what != kind::take && event.what != kind::join;
    begin(event, actions);
    for (const action& one : actions)
        check_action(event, one);
    require(!refused_at_once_, "somebody should have been refused at once");
    if (event.what == kind::take)
        take(event, actions);
    if (event.what == kind::join) {
        require(actions.empty(), "joining one should change nothing else");
        join(event);
    }
    note_wanted(event.what != kind::advance && event.what != kind::wait && event.what != kind::wait_to_share &&
                event.what != kind::join && event.what != kind::answered && event.what != kind::take);
    if (event.what == kind::open_failed)
        require(waiting_.empty() || waiting_.begin()->first >= failed_for_, "nobody told them of the failed connect");
    require(occupied() <= std::max(limit(), occupied_before), "more connections than allowed");
    check_states();
    check_sharing();
    check_next_event(event, after.next_event());
    check_numbers(after);
    fresh_.reset();
}

// ---- The state of things

std::size_t pool_model::count(state which) const {
    return static_cast<std::size_t>(
        std::count_if(slots_.begin(), slots_.end(), [which](const connection& one) { return one.is == which; }));
}

std::size_t pool_model::count_current(state which) const {
    return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [&](const connection& one) {
        return one.is == which && one.generation == generation_;
    }));
}

std::size_t pool_model::uncovered() const {
    const std::size_t covered = count(state::checking) + count_current(state::opening);
    return waiting_.size() > covered ? waiting_.size() - covered : 0;
}

bool pool_model::nothing_to_wait_for() const {
    return count(state::checking) + count_current(state::in_use) + count_current(state::opening) == 0;
}

bool pool_model::probing() const {
    return std::any_of(slots_.begin(), slots_.end(),
                       [](const connection& one) { return one.is == state::opening && one.probe; });
}

bool pool_model::lacks_idle() const {
    return was_used_ && !draining_ && !disposed_ && uncovered() == 0 && occupied() < size_ &&
           (waiting_.empty() || count_current(state::in_use) == 0) &&
           count(state::idle) + count(state::checking) + count_current(state::opening) <
               waiting_.size() + options_.min_idle();
}

bool pool_model::needs_check(const connection& one) const {
    return one.suspect || (options_.ping_after() != milliseconds::max() && now_ - one.alive >= options_.ping_after());
}

bool pool_model::certainly_expired(const connection& one) const {
    return options_.max_lifetime() > milliseconds::zero() && now_ >= one.opened + options_.max_lifetime();
}

double pool_model::rent() const {
    return static_cast<double>(uncovered()) * std::max(mean_return_.value_or(0), in_ns(now_ - supply_since()));
}

double pool_model::price() const { return mean_connect_.value_or(in_ns(milliseconds(10))); }

pool_model::connection& pool_model::expect(slot_id slot, state expected, const char* what) {
    require(slot < slots_.size() && slots_[slot].is == expected, what);
    return slots_[slot];
}

// ---- What happened

void pool_model::begin(const pool_event& event, const std::vector<action>& actions) {
    switch (event.what) {
    case kind::take:
    case kind::advance: break;
    case kind::wait:
    case kind::wait_to_share: begin_wait(event, actions); break;
    case kind::join: break;
    case kind::share:
    case kind::answered:
    case kind::sharing_ended:
    case kind::keep_off: begin_sharing(event, actions); break;
    case kind::leave:
        changed_ = waiting_.erase(event.waiter) > 0;
        counted_.cancelled_waits += changed_;
        break;
    case kind::opened:
    case kind::checked:
    case kind::released: begin_arrival(event, actions); break;
    case kind::open_failed: failed(expect(event.slot, state::opening, "failed without opening")); break;
    case kind::closed: expect(event.slot, state::closing, "closed without closing").is = state::free; break;
    case kind::invalidate: ++generation_; break;
    case kind::resize:
        size_ = event.size;
        max_overflow_ = event.max_overflow;
        break;
    case kind::drain: draining_ = true; break;
    case kind::dispose: disposed_ = true; break;
    }
}

void pool_model::begin_wait(const pool_event& event, const std::vector<action>& actions) {
    require(event.waiter >= next_waiter_, "the number of somebody who waits was used before");
    next_waiter_ = event.waiter + 1;
    // Statements have no part in the overflow, unless there is nothing that they could share.
    const bool shares = event.what == kind::wait_to_share;
    const bool may_overflow =
        !shares || (waiting_to_share() == 0 && std::none_of(slots_.begin(), slots_.end(),
                                                            [](const connection& one) { return one.for_statements; }));
    const std::size_t most = may_overflow ? limit() : size_;
    const std::size_t room = most > occupied() ? most - occupied() : 0;
    if (disposed_ || draining_)
        refused_at_once_ = pool_decisions::refusal::disposed;
    else if (count(state::idle) + room <= uncovered()) {
        if (waiting_.size() >= options_.max_waiting())
            refused_at_once_ = pool_decisions::refusal::too_many_waiting;
        else if (event.only_with_room)
            refused_at_once_ = pool_decisions::refusal::timed_out;
    }
    if (refused_at_once_) {
        changed_ = false;
        require(actions.size() == 1, "refusing somebody should change nothing else");
        return;
    }
    was_used_ = true;
    if (waiting_.empty())
        queue_since_ = now_;
    if (shares && waiting_to_share() == 0)
        pressed_since_ = now_;
    waiting_.emplace(event.waiter, waiter{now_, event.deadline, shares});
}

void pool_model::begin_arrival(const pool_event& event, const std::vector<action>& actions) {
    const state expected = event.what == kind::opened    ? state::opening
                           : event.what == kind::checked ? state::checking
                                                         : state::in_use;
    connection& one = expect(event.slot, expected, "the event doesn't fit the state");
    one.is = state::idle;
    end_sharing(one);
    fresh_ = event.slot;
    if (event.what == kind::opened) {
        ++counted_.opened;
        failures_ = 0;
        const double taken = in_ns(now_ - one.opening_since);
        mean_connect_ = mean_connect_ ? *mean_connect_ + (taken - *mean_connect_) / 4 : taken;
        one.suspect = false;
        one.opened = now_;
    }
    if (event.condition != session_condition::reusable) {
        if (event.what == kind::checked)
            ++counted_.failed_pings;
        require(closes(actions, event.slot), "of no more use, and kept");
        lost(one, event.condition);
        return;
    }
    one.alive = now_;
    if (event.what == kind::checked)
        one.suspect = false;
    else
        one.used = now_;
    if (!waiting_.empty() && !closes(actions, event.slot)) {
        if (expected == state::in_use) {
            const double interval = in_ns(now_ - supply_since());
            mean_return_ = mean_return_ ? *mean_return_ + (interval - *mean_return_) / 4 : interval;
        }
        last_supply_ = now_;
    }
}

void pool_model::lost(const connection& one, session_condition condition) {
    if (one.generation != generation_)
        return;
    if (condition == session_condition::shut_down)
        ++generation_;
    if (condition == session_condition::broken) {
        for (connection& other : slots_)
            other.suspect = other.suspect ||
                            (other.generation == generation_ && (other.is == state::idle || other.is == state::in_use));
    }
}

void pool_model::failed(connection& one) {
    one.is = state::free;
    ++counted_.failed_connects;
    failed_for_ = live() == 0 ? one.later_waiters : 0;
    if (failures_ > 0 && one.attempt < failures_since_)
        return;
    failures_since_ = attempts_;
    const double most = std::min(in_ns(options_.longest_retry_delay()),
                                 in_ns(options_.first_retry_delay()) * std::pow(2.0, static_cast<double>(failures_)));
    ++failures_;
    const clock::duration delay(std::llround(most));
    earliest_retry_ = now_ + delay / 2;
    latest_retry_ = now_ + delay;
}

void pool_model::take(const pool_event& event, const std::vector<action>& actions) {
    for (const action& one : actions)
        require(one.what == action::kind::close, "taking one may only close others");
    if (event.taken) {
        require(waiting_.empty(), "taken though somebody waits");
        connection& one = expect(*event.taken, state::idle, "taken, but not idle");
        require(one.generation == generation_, "taken, but of an old generation");
        require(!certainly_expired(one), "taken, but too old");
        require(!needs_check(one), "taken unchecked");
        check_last_used(one);
        one.is = state::in_use;
        was_used_ = true;
        ++counted_.acquired;
    } else if (waiting_.empty()) {
        for (const connection& one : slots_)
            require(one.is != state::idle || needs_check(one), "not taken though it could be used");
    }
}

// ---- What is to be done

void pool_model::check_action(const pool_event& event, const action& one) {
    switch (one.what) {
    case action::kind::open: check_open(one.slot); break;
    case action::kind::check: check_check(one.slot); break;
    case action::kind::hand_over: check_hand_over(event, one); break;
    case action::kind::join: check_join(event, one); break;
    case action::kind::close: check_close(event, one); break;
    case action::kind::refuse: check_refusal(event, one); break;
    }
}

void pool_model::check_open(slot_id slot) {
    require(slot <= slots_.size(), "a place was left out");
    require(occupied() < limit(), "opened above the limit");
    require(!disposed_ && !(draining_ && waiting_.empty()), "opened at the end");
    if (failures_ > 0) {
        require(now_ >= earliest_retry_, "opened too soon after a failure");
        require(!probing(), "two attempts at once after a failure");
    }
    if (uncovered() > 0) {
        const bool pressed = waiting_to_share() > 0 && in_ns(now_ - pressed_since_) >= price() * 0.999 - 100;
        require(nothing_to_wait_for() || rent() >= price() * 0.999 - 100 || pressed, "opened too soon");
        require(has_room_to_open(), "overflow that isn't for them");
    } else {
        require(lacks_idle(), "opened for nobody");
    }
    if (waiting_to_share() > 0)
        pressed_since_ = now_;
    if (slot == slots_.size())
        slots_.emplace_back();
    connection& one = expect(slot, state::free, "opened where there is one already");
    one = connection();
    one.is = state::opening;
    one.generation = generation_;
    one.opening_since = now_;
    one.later_waiters = next_waiter_;
    one.attempt = attempts_++;
    one.probe = failures_ > 0;
}

void pool_model::check_check(slot_id slot) {
    connection& one = expect(slot, state::idle, "checked, but not idle");
    require(needs_check(one), "checked without need");
    require(count(state::checking) < waiting_.size(), "checked for nobody");
    require(one.generation == generation_ && !certainly_expired(one), "checked, but of no use");
    one.is = state::checking;
    ++counted_.pings;
}

// Whatever is given to somebody has just arrived, or is the one of the idle that was used last.
void pool_model::check_hand_over(const pool_event& event, const action& given) {
    connection& one = expect(given.slot, state::idle, "handed over, but not free");
    require(!waiting_.empty() && waiting_.begin()->first == given.waiter, "handed over to somebody not in front");
    require(one.generation == generation_, "handed over, but of an old generation");
    require(!certainly_expired(one), "handed over, but too old");
    require(!one.suspect, "handed over, but suspect");
    if (fresh_ != given.slot) {
        require(!needs_check(one), "handed over unchecked");
        check_last_used(one);
    } else {
        require(live() <= limit(), "handed over, but above the limit");
    }
    count_wait(event, given);
    ++counted_.acquired;
    one.for_statements = waiting_.begin()->second.shares;
    waiting_.erase(given.waiter);
    one.is = state::in_use;
}

void pool_model::count_wait(const pool_event& event, const action& served) {
    if ((event.what == kind::wait || event.what == kind::wait_to_share) && event.waiter == served.waiter)
        return;
    const time_point since = waiting_.at(served.waiter).since;
    const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now_ - since);
    ++counted_.waited;
    counted_.wait_time += waited;
    counted_.longest_wait = std::max(counted_.longest_wait, waited);
}

void pool_model::check_last_used(const connection& one) const {
    require(options_.max_idle() <= milliseconds::zero() || now_ - one.used < options_.max_idle() ||
                count(state::idle) <= options_.min_idle(),
            "idle for too long");
    for (const connection& other : slots_)
        require(other.is != state::idle || needs_check(other) || certainly_expired(other) || other.used <= one.used,
                "another one was used later");
}

void pool_model::check_refusal(const pool_event& event, const action& refused) {
    if (refused_at_once_) {
        require(event.waiter == refused.waiter && refused.why_refused == *refused_at_once_,
                "refused for another reason");
        refused_at_once_.reset();
    } else {
        const auto who = waiting_.find(refused.waiter);
        require(who != waiting_.end(), "refused, but not waiting");
        switch (refused.why_refused) {
        case pool_decisions::refusal::timed_out:
            require(event.what == kind::advance && who->second.deadline <= now_, "timed out too soon");
            break;
        case pool_decisions::refusal::disposed: require(disposed_, "not disposed of"); break;
        case pool_decisions::refusal::connect_failed:
            require(event.what == kind::open_failed && refused.waiter < failed_for_, "that connect wasn't for it");
            break;
        case pool_decisions::refusal::too_many_waiting: require(false, "too many waiting, afterwards");
        }
        waiting_.erase(who);
    }
    counted_.acquire_timeouts += refused.why_refused == pool_decisions::refusal::timed_out;
    counted_.refused += refused.why_refused == pool_decisions::refusal::too_many_waiting;
}

} // namespace pool_testing
