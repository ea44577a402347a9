// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// When to open a connection, and what has to be done next.

#include "pool/pool_decisions.hpp"

#include "pool/saturated_time.hpp"

namespace coropq::detail {

namespace {

constexpr pool_decisions::clock::duration assumed_connect_time = std::chrono::milliseconds(10);

} // namespace

std::size_t pool_decisions::limit() const noexcept {
    return max_overflow_ > static_cast<std::size_t>(-1) - size_ ? static_cast<std::size_t>(-1) : size_ + max_overflow_;
}

// After each event: whatever can be done for those who wait is done.
void pool_decisions::settle(time_point now) {
    if (!nobody_waits())
        serve(now);
    reserve_shared(now);
    if (!nobody_waits()) {
        serve_statements(now);
        grow(now);
        reserve_shared(now);   // some have what is being opened to hope for
        serve_statements(now); // that may have been the last one that could be opened
    }
    if (nobody_waits()) {
        if (draining_ || disposed_)
            close_unused(close_reason::disposed);
        close_above_size(); // one that was to be checked, until somebody gave up
    }
    if (min_idle_ > 0)
        refill(now);
}

void pool_decisions::serve(time_point now) {
    while (!nobody_waits()) {
        const std::optional<slot_id> found = find_usable(now);
        if (!found)
            break;
        hand_over(*found, now);
    }
    // What is being opened isn't counted: a sign of life comes sooner.
    while (checking_ < waiting() && !idle_.empty()) {
        const slot_id id = idle_.back();
        leave_state(id);
        slots_[id].state = slot_state::checking;
        ++checking_;
        ++statistics_.pings;
        action check{};
        check.what = action::kind::check;
        check.slot = id;
        actions_.push_back(check);
    }
}

std::size_t pool_decisions::uncovered_waiters() const noexcept {
    return waiting() - std::min(waiting(), checking_ + current_opening_);
}

// As with skis: hired until that has cost as much as buying. Nobody waits longer for a connection to come back than a
// new one takes, and none is opened that one which comes back makes needless; nobody knows the future, but this is
// never more than twice as bad as if one did. Many who wait lose time together, hence the product.
//
// Statements that could share a connection aren't put behind one of unknown length while another connection can be
// opened. If they have to wait for as long as opening takes, however quickly they take turns, one is.
void pool_decisions::grow(time_point now) {
    for (std::size_t uncovered = uncovered_waiters(); uncovered > 0 && may_open(now); uncovered = uncovered_waiters()) {
        const bool pressed = !statements_.empty() && now >= later_by(pressed_since_, patience(1));
        if (!pressed && !nothing_to_wait_for() &&
            std::max(mean_return_interval_.value_or(clock::duration::zero()), now - waiting_for_supply_since()) <
                patience(uncovered))
            return;
        open(now);
    }
}

pool_decisions::clock::duration pool_decisions::usual_connect_time() const {
    return mean_connect_time_.value_or(assumed_connect_time);
}

// How long it may take until the next one comes back, with so many waiting. Rounded up.
pool_decisions::clock::duration pool_decisions::patience(std::size_t uncovered) const {
    const clock::rep connect_time = usual_connect_time().count();
    const auto many = static_cast<clock::rep>(uncovered);
    return clock::duration(connect_time / many + (connect_time % many != 0 ? 1 : 0));
}

// Above the size, one for each that wants a connection for himself; and one for statements that have none to share.
bool pool_decisions::has_room_to_open() const noexcept {
    if (occupied() < size_ || occupied() >= limit())
        return occupied() < size_;
    const std::size_t needed = waiters_.size() + (!statements_.empty() && for_statements_ == 0 ? 1 : 0);
    return std::min(current_opening_, occupied() - size_) < needed;
}

bool pool_decisions::may_open(time_point now) const {
    return has_room_to_open() && (failures_ == 0 || (now >= retry_at_ && !probe_));
}

// Those who wait come first, and wait for less than a connect takes; then there will be idle ones again. Where some are
// in use, nobody who waits is sure to need what is being opened, so that the next one isn't a reason to open another.
bool pool_decisions::lacks_idle() const noexcept {
    return was_used_ && !draining_ && !disposed_ && occupied() < size_ && uncovered_waiters() == 0 &&
           (nobody_waits() || current_in_use_ == 0) &&
           idle_.size() + checking_ + current_opening_ < waiting() + min_idle_;
}

void pool_decisions::refill(time_point now) {
    while (lacks_idle() && may_open(now))
        open(now);
}

void pool_decisions::open(time_point now) {
    if (free_.empty()) {
        free_.push_back(slots_.size());
        slots_.emplace_back();
    }
    const slot_id id = free_.back();
    free_.pop_back();
    slot& one = slots_[id];
    one.state = slot_state::opening;
    one.generation = generation_;
    one.opening_since = now;
    one.later_waiters = next_waiter_;
    one.attempt = attempts_++;
    if (!statements_.empty())
        pressed_since_ = now;
    ++opening_;
    ++current_opening_;
    if (failures_ > 0)
        probe_ = id;
    action begun{};
    begun.what = action::kind::open;
    begun.slot = id;
    actions_.push_back(begun);
}

void pool_decisions::put_off_opening(time_point now, clock::duration first, clock::duration longest) {
    ++failures_;
    failures_since_ = attempts_;
    clock::duration delay = std::min(first, longest);
    for (std::uint64_t failure = 1; failure < failures_ && delay > clock::duration::zero(); ++failure) {
        if (delay >= longest / 2) {
            delay = longest;
            break;
        }
        delay *= 2;
    }
    retry_at_ = later_by(now, random_between(delay / 2, delay));
}

void pool_decisions::note_supply(time_point now) { last_supply_ = now; }

void pool_decisions::note_return(time_point now) {
    const clock::duration interval = now - waiting_for_supply_since();
    mean_return_interval_ =
        mean_return_interval_ ? *mean_return_interval_ + (interval - *mean_return_interval_) / 4 : interval;
    note_supply(now);
}

void pool_decisions::note_connect(clock::duration taken) {
    mean_connect_time_ = mean_connect_time_ ? *mean_connect_time_ + (taken - *mean_connect_time_) / 4 : taken;
}

pool_decisions::clock::duration pool_decisions::random_between(clock::duration least, clock::duration most) {
    return clock::duration(std::uniform_int_distribution<clock::rep>(least.count(), most.count())(random_));
}

pool_decisions::time_point pool_decisions::next_event() const {
    time_point next = time_point::max();
    if (!deadlines_.empty())
        next = deadlines_.front().first;
    if (!idle_.empty())
        next = std::min(next, soonest_expiry_);
    if (idle_.size() > min_idle_)
        next = std::min(next, later_by(slots_[idle_.front()].used, max_idle_));

    const bool delayed = failures_ > 0;
    if (delayed && probe_) // its outcome will be an event
        return next;
    const std::size_t uncovered = uncovered_waiters();
    if (uncovered > 0 && has_room_to_open()) {
        time_point growth = waiting_for_supply_since();
        if (!nothing_to_wait_for() && mean_return_interval_.value_or(clock::duration::zero()) < patience(uncovered))
            growth = later_by(growth, patience(uncovered));
        if (!statements_.empty())
            growth = std::min(growth, later_by(pressed_since_, patience(1)));
        next = std::min(next, delayed ? std::max(growth, retry_at_) : growth);
    }
    if (min_idle_ > 0 && lacks_idle())
        next = std::min(next, delayed ? retry_at_ : last_look_);
    return next;
}

} // namespace coropq::detail
