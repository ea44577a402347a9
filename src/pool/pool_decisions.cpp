// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/pool_decisions.hpp"

#include "pool/saturated_time.hpp"

namespace coropq::detail {

namespace {

pool_decisions::clock::duration no_limit_if_zero(std::chrono::milliseconds limit) {
    return limit <= std::chrono::milliseconds::zero() ? pool_decisions::clock::duration::max()
                                                      : saturated_duration(limit);
}

} // namespace

pool_decisions::pool_decisions(const pool_options& options, std::uint64_t seed)
    : size_(options.size())
    , max_overflow_(options.max_overflow())
    , min_idle_(options.min_idle())
    , max_waiting_(options.max_waiting())
    , depth_(options.pipeline_depth())
    , max_lifetime_(no_limit_if_zero(options.max_lifetime()))
    , max_idle_(no_limit_if_zero(options.max_idle()))
    , ping_after_(saturated_duration(options.ping_after()))
    , first_retry_delay_(saturated_duration(options.first_retry_delay()))
    , longest_retry_delay_(saturated_duration(options.longest_retry_delay()))
    , first_session_limit_delay_(saturated_duration(options.first_session_limit_delay()))
    , longest_session_limit_delay_(saturated_duration(options.longest_session_limit_delay()))
    , may_wait_(options.acquire_timeout() > std::chrono::milliseconds(0))
    , random_(seed) {}

// ---- Those who want a connection

std::optional<pool_decisions::slot_id> pool_decisions::take_idle(time_point now) {
    if (!nobody_waits())
        return std::nullopt;
    last_look_ = now;
    const std::optional<slot_id> found = find_usable(now);
    if (found) {
        use(*found);
        was_used_ = true;
    }
    return found;
}

pool_decisions::waiter_id pool_decisions::wait(time_point now, time_point deadline, bool only_with_room) {
    return enter(waiters_, now, deadline, only_with_room);
}

pool_decisions::waiter_id pool_decisions::enter(queue& line, time_point now, time_point deadline, bool only_with_room) {
    const waiter_id id = next_waiter_++;
    if (disposed_ || draining_) {
        refuse(id, refusal::disposed);
        return id;
    }
    // Who can have a connection without anybody giving one back doesn't count as one more that waits: else a limit of
    // none would mean that no connection is ever opened.
    const bool may_overflow = &line == &waiters_ || (statements_.empty() && for_statements_ == 0);
    if (!has_place_for_one_more(may_overflow ? limit() : size_)) {
        if (only_with_room || waiting() >= max_waiting_) {
            refuse(id, waiting() >= max_waiting_ ? refusal::too_many_waiting : refusal::timed_out);
            return id;
        }
    }
    was_used_ = true;
    if (nobody_waits())
        queue_since_ = now;
    line.push(id, waiter{now, deadline});
    deadlines_.push(id, deadline);
    joining_ = id;
    settle(now);
    joining_.reset();
    return id;
}

void pool_decisions::leave(waiter_id id, time_point now) {
    if (!waiters_.find(id) && !statements_.find(id))
        return;
    forget(id);
    ++statistics_.cancelled_waits;
    settle(now);
}

bool pool_decisions::has_place_for_one_more(std::size_t most) const {
    const std::size_t room = most > occupied() ? most - occupied() : 0;
    return idle_.size() + room > uncovered_waiters();
}

void pool_decisions::forget(waiter_id id) {
    for (queue* line : {&waiters_, &statements_}) {
        if (const std::optional<waiter> who = line->take(id)) {
            deadlines_.remove(id, who->deadline);
            return;
        }
    }
}

// The one that `wait` is about hasn't waited.
void pool_decisions::count_wait(const waiter& served, waiter_id id, time_point now) {
    if (joining_ == id)
        return;
    const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - served.since);
    ++statistics_.waited;
    statistics_.wait_time += waited;
    statistics_.longest_wait = std::max(statistics_.longest_wait, waited);
}

void pool_decisions::refuse(waiter_id id, refusal reason) {
    forget(id);
    if (reason == refusal::timed_out)
        ++statistics_.acquire_timeouts;
    else if (reason == refusal::too_many_waiting)
        ++statistics_.refused;
    action refused{};
    refused.what = action::kind::refuse;
    refused.waiter = id;
    refused.why_refused = reason;
    actions_.push_back(refused);
}

// ---- What happens to connections

void pool_decisions::opened(slot_id id, time_point now, const retirement& ends) {
    slot& arrived = slots_[id];
    if (arrived.state != slot_state::opening) // we have stopped it, which it couldn't know
        return;
    note_connect(now - arrived.opening_since);
    ++statistics_.opened;
    failures_ = 0;
    leave_state(id);
    arrived.suspect = false;
    arrived.first_load = 0;
    arrived.used = now;
    arrived.alive = now;
    // A tenth less at most, so that those opened together don't end together.
    arrived.expires = later_by(now, max_lifetime_ == clock::duration::max()
                                        ? max_lifetime_
                                        : max_lifetime_ - random_between(clock::duration::zero(), max_lifetime_ / 10));
    if (ends.until != time_point::max()) {
        const time_point end = ends.from + random_between(clock::duration::zero(), ends.until - ends.from);
        arrived.expires = std::min(arrived.expires, std::max(end, now + clock::duration(1))); // whoever waits has it
    }
    const bool wanted = !nobody_waits();
    if (provide(id, now) && wanted)
        note_supply(now);
    settle(now);
}

void pool_decisions::open_failed(slot_id id, time_point now, bool at_limit) {
    slot& failed = slots_[id];
    if (failed.state != slot_state::opening)
        return;
    ++statistics_.failed_connects;
    leave_state(id);
    failed.state = slot_state::free;
    free_.push_back(id);
    // Attempts that were made together fail together: that is one failure.
    if (failures_ == 0 || failed.attempt >= failures_since_)
        put_off_opening(now, at_limit ? first_session_limit_delay_ : first_retry_delay_,
                        at_limit ? longest_session_limit_delay_ : longest_retry_delay_);
    if (live() == 0 && !(at_limit && may_wait_)) {
        for (const queue* line : {&waiters_, &statements_}) {
            while (!line->empty() && line->first() < failed.later_waiters)
                refuse(line->first(), refusal::connect_failed);
        }
    }
    settle(now);
}

void pool_decisions::checked(slot_id id, time_point now, session_condition condition) {
    slot& one = slots_[id];
    if (one.state != slot_state::checking)
        return;
    leave_state(id);
    if (condition == session_condition::reusable) {
        one.suspect = false;
        one.alive = now;
        const bool wanted = !nobody_waits();
        if (provide(id, now) && wanted)
            note_supply(now);
    } else {
        ++statistics_.failed_pings;
        close(id, close_reason::broken);
        learn_from(condition, one.generation);
    }
    settle(now);
}

void pool_decisions::released(slot_id id, time_point now, session_condition condition) {
    slot& one = slots_[id];
    if (one.state != slot_state::in_use)
        return;
    if (one.shared)
        stop_sharing(one);
    leave_state(id);
    if (condition == session_condition::reusable) {
        one.used = now;
        one.alive = now;
        const bool wanted = !nobody_waits();
        if (provide(id, now) && wanted)
            note_return(now);
    } else {
        close(id, close_reason::broken);
        learn_from(condition, one.generation);
    }
    settle(now);
}

void pool_decisions::closed(slot_id id, time_point now) {
    slot& gone = slots_[id];
    if (gone.state != slot_state::closing)
        return;
    leave_state(id);
    gone.state = slot_state::free;
    free_.push_back(id);
    settle(now);
}

// ---- What happens to all of them

void pool_decisions::invalidate(time_point now) {
    retire();
    settle(now);
}

void pool_decisions::resize(std::size_t size, std::size_t max_overflow, time_point now) {
    size_ = std::max<std::size_t>(size, 1);
    max_overflow_ = max_overflow;
    close_above_size();
    settle(now);
}

void pool_decisions::drain(time_point now) {
    draining_ = true;
    settle(now);
}

void pool_decisions::dispose(time_point now) {
    disposed_ = true;
    for (const queue* line : {&waiters_, &statements_}) {
        while (!line->empty())
            refuse(line->first(), refusal::disposed);
    }
    settle(now);
}

void pool_decisions::advance(time_point now) {
    close_expired(now);
    close_unused_for_long(now);
    while (!deadlines_.empty() && deadlines_.front().first <= now)
        refuse(deadlines_.front().second, refusal::timed_out);
    settle(now);
}

// A connection was lost: what that says about the others of its generation.
void pool_decisions::learn_from(session_condition condition, std::uint64_t generation) {
    if (generation != generation_) // they are on their way out already
        return;
    if (condition == session_condition::shut_down)
        retire();
    if (condition == session_condition::broken) {
        for (slot& one : slots_) {
            if (one.generation == generation && (one.state == slot_state::idle || one.state == slot_state::in_use))
                one.suspect = true;
        }
    }
}

void pool_decisions::retire() {
    ++generation_;
    current_opening_ = 0;
    current_in_use_ = 0;
    close_idle(close_reason::invalidated);
}

// ---- Answers

std::vector<pool_decisions::action> pool_decisions::take_actions() { return std::exchange(actions_, {}); }

void pool_decisions::take_actions(std::vector<action>& taken) {
    taken.clear();
    taken.swap(actions_);
}

pool_statistics pool_decisions::statistics() const {
    pool_statistics numbers = statistics_;
    numbers.size = size_;
    numbers.max_overflow = max_overflow_;
    numbers.active = in_use_;
    numbers.idle = idle_.size() + checking_;
    numbers.connecting = opening_;
    numbers.closing = closing_;
    numbers.waiting = waiting();
    numbers.in_flight = in_flight_;
    numbers.mean_connect_time =
        std::chrono::duration_cast<std::chrono::microseconds>(mean_connect_time_.value_or(clock::duration::zero()));
    return numbers;
}

std::size_t pool_decisions::slot_count() const noexcept { return slots_.size(); }

bool pool_decisions::empty() const noexcept { return occupied() == 0; }

} // namespace coropq::detail
