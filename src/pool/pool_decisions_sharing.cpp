// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Connections that several statements use at once: who joins which.

#include "pool/pool_decisions.hpp"

#include <algorithm>
#include <utility>

namespace coropq::detail {

namespace {

// How many statements may be on a connection before there is an answer: nobody knows whether the first one takes long.
// As many as there were before, if they were all answered.
constexpr std::size_t least_first_load = 16;

} // namespace

pool_decisions::waiter_id pool_decisions::wait_to_share(time_point now, time_point deadline, bool only_with_room) {
    if (statements_.empty())
        pressed_since_ = now;
    return enter(statements_, now, deadline, only_with_room);
}

std::optional<pool_decisions::slot_id> pool_decisions::join(time_point now) {
    if (!statements_.empty() || draining_)
        return std::nullopt;
    if (is_one_coming_for(waiting() + 1))
        return std::nullopt;
    const std::optional<slot_id> found = find_room(now);
    if (found)
        put_on(*found);
    return found;
}

void pool_decisions::share(slot_id id, time_point now) {
    slot& one = slots_[id];
    if (one.state != slot_state::in_use || one.shared)
        return;
    if (!std::exchange(one.for_statements, true))
        ++for_statements_;
    one.shared = true;
    one.answers = false;
    one.kept_off = false;
    one.load = 1;
    one.peak = 1;
    one.progress = now;
    ++in_flight_;
    shared_.push_back(id);
    settle(now);
}

bool pool_decisions::answered(slot_id id, std::size_t statements, time_point now) {
    slot& one = slots_[id];
    if (one.state != slot_state::in_use || !one.shared)
        return false;
    mean_answer_interval_ += ((now - one.progress) - mean_answer_interval_) / 8;
    one.progress = now;
    one.answers = true;
    const std::size_t left = std::min(statements, one.load);
    one.load -= left;
    in_flight_ -= left;
    const bool last = one.load == 0;
    if (last)
        one.first_load = one.peak;
    if (last)
        released(id, now, session_condition::reusable);
    else
        settle(now);
    return last;
}

bool pool_decisions::sharing_ended(slot_id id, std::size_t statements, time_point now, session_condition condition) {
    slot& one = slots_[id];
    if (one.state != slot_state::in_use || !one.shared)
        return true;
    const std::size_t left = std::min(statements, one.load);
    one.load -= left;
    in_flight_ -= left;
    const bool last = one.load == 0;
    if (last)
        released(id, now, condition);
    else
        keep_others_off(id, now);
    return last;
}

void pool_decisions::keep_others_off(slot_id id, time_point now) {
    slots_[id].kept_off = true;
    settle(now);
}

void pool_decisions::stop_sharing(slot& one) {
    in_flight_ -= one.load;
    one.load = 0;
    one.shared = false;
    reserve(one, false);
    std::erase_if(shared_, [&](slot_id id) { return &slots_[id] == &one; });
}

// An idle connection, and one that can be opened, come first. Where connects fail, the server may have no more.
std::optional<pool_decisions::slot_id> pool_decisions::find_room(time_point now) const {
    if (!idle_.empty() || (occupied() < size_ && failures_ == 0) || disposed_)
        return std::nullopt;
    std::optional<slot_id> best;
    std::optional<slot_id> best_stalled;
    bool moves = false;
    const clock::duration patience = longest_pause();
    for (const slot_id id : shared_) {
        const slot& one = slots_[id];
        if (one.reserved || one.kept_off || !is_current(one) || one.expires <= now)
            continue;
        const std::size_t most = one.answers ? depth_ : std::min(depth_, std::max(one.first_load, least_first_load));
        const bool stalled = now - one.progress > patience;
        moves = moves || !stalled;
        std::optional<slot_id>& choice = stalled ? best_stalled : best;
        if (one.load < most && (!choice || one.load < slots_[*choice].load))
            choice = id;
    }
    // While anything moves, a place on that is worth waiting for.
    return moves ? best : best_stalled;
}

// So many wait: those for whom connections are being opened or checked don't join others, which may take longer.
bool pool_decisions::is_one_coming_for(std::size_t those_who_wait) const noexcept {
    return those_who_wait <= checking_ + current_opening_;
}

// Something on it takes long: whoever joins has to wait for that.
bool pool_decisions::is_stalled(const slot& one, time_point now) const { return now - one.progress > longest_pause(); }

pool_decisions::clock::duration pool_decisions::longest_pause() const {
    return std::max(usual_connect_time(), mean_answer_interval_ * 4);
}

void pool_decisions::put_on(slot_id id) {
    slot& one = slots_[id];
    ++one.load;
    one.peak = std::max(one.peak, one.load);
    ++in_flight_;
    ++statistics_.acquired;
    ++statistics_.shared;
    was_used_ = true;
}

void pool_decisions::serve_statements(time_point now) {
    while (!statements_.empty() && !is_one_coming_for(waiting())) {
        const std::optional<slot_id> found = find_room(now);
        if (!found)
            return;
        const waiter_id first = statements_.first();
        action given{};
        given.what = action::kind::join;
        given.slot = *found;
        given.waiter = first;
        actions_.push_back(given);
        count_wait(statements_.front(), first, now);
        forget(first);
        put_on(*found);
        if (!waiters_.empty()) // it may be the turn of one of these
            reserve_shared(now);
    }
}

bool pool_decisions::is_statement_first() const noexcept {
    return !statements_.empty() && (waiters_.empty() || statements_.first() < waiters_.first());
}

// How many shared connections have to become free: for those who came before the statements that wait, and because
// there are too many. What is left of the overflow when those who wanted a connection for themselves have one is for
// statements, which would have none otherwise.
std::size_t pool_decisions::wanted_for_one() const {
    const auto above = [this](std::size_t most) { return usable_or_used() - std::min(usable_or_used(), most); };
    if (waiters_.empty())
        return std::min(shared_.size(), std::max(above(limit()), std::min(above(size_), shared_.size() - 1)));
    const std::size_t coming = checking_ + current_opening_;
    const std::size_t most = shared_.size() + coming;
    const std::size_t earlier =
        statements_.empty() ? std::min(waiters_.size(), most) : waiters_.count_before(statements_.first(), most);
    return std::min(earlier - std::min(earlier, coming) + above(limit()), shared_.size());
}

// Somebody can have it once it is free, and that is soon, as far as anybody knows.
bool pool_decisions::drains_for_somebody(const slot& one, time_point now) const {
    return is_current(one) && one.expires > now && !is_stalled(one, now);
}

pool_decisions::slot* pool_decisions::find_shared(bool reserved, bool drains, bool most_loaded, time_point now) {
    slot* best = nullptr;
    for (const slot_id id : shared_) {
        slot& one = slots_[id];
        if (one.reserved == reserved && drains_for_somebody(one, now) == drains &&
            (!best || (most_loaded ? one.load > best->load : one.load < best->load)))
            best = &one;
    }
    return best;
}

void pool_decisions::reserve(slot& one, bool wanted) {
    if (std::exchange(one.reserved, wanted) != wanted)
        wanted ? ++reserved_ : --reserved_;
}

// Nobody else joins the one with the fewest statements until it is free. If one of these takes long, the next
// connection is taken as well: the one where the fewest are left is given up last, so it does become free.
void pool_decisions::reserve_shared(time_point now) {
    if (shared_.empty() || (reserved_ == 0 && waiters_.empty() && usable_or_used() <= size_))
        return;
    const std::size_t wanted = wanted_for_one();
    std::size_t draining = 0;
    for (const slot_id id : shared_) {
        slot& one = slots_[id];
        if (wanted == 0)
            reserve(one, false);
        else if (one.reserved && drains_for_somebody(one, now))
            ++draining;
    }
    for (; draining > wanted; --draining)
        reserve(*find_shared(true, true, true, now), false);
    for (slot* next = nullptr; draining < wanted && (next = find_shared(false, true, false, now)); ++draining)
        reserve(*next, true);
    while (reserved_ < wanted)
        reserve(*find_shared(false, false, false, now), true);
}

} // namespace coropq::detail
