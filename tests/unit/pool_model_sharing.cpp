// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Connections that several statements use: what must hold for them.

#include "pool_model.hpp"

#include <algorithm>

namespace pool_testing {

namespace {

using slot_id = pool_decisions::slot_id;
using kind = pool_event::kind;
using std::chrono::milliseconds;

void require(bool condition, const char* otherwise) {
    if (!condition)
        throw broken_rule(otherwise);
}

double in_ns(clock::duration time) { return static_cast<double>(time.count()); }

} // namespace

// ---- The state of things

std::size_t pool_model::waiting_to_share() const {
    return static_cast<std::size_t>(
        std::count_if(waiting_.begin(), waiting_.end(), [](const auto& one) { return one.second.shares; }));
}

bool pool_model::are_coming_for(std::size_t those_who_wait) const {
    return those_who_wait <= count(state::checking) + count_current(state::opening);
}

std::size_t pool_model::above(std::size_t most) const { return usable_or_used() > most ? usable_or_used() - most : 0; }

// Overflow is for those who want a connection for themselves, one each, and for statements that have nothing to share.
bool pool_model::has_room_to_open() const {
    if (occupied() < size_ || occupied() >= limit())
        return occupied() < size_;
    const bool none_to_share = std::none_of(slots_.begin(), slots_.end(), [](const connection& one) {
        return one.is == state::in_use && one.for_statements;
    });
    const std::size_t needed = waiting_for_themselves() + (waiting_to_share() > 0 && none_to_share ? 1 : 0);
    return std::min(count_current(state::opening), occupied() - size_) < needed;
}

std::size_t pool_model::wanted_for_one() const {
    std::size_t earlier = 0;
    for (auto who = waiting_.begin(); who != waiting_.end() && !who->second.shares; ++who)
        ++earlier;
    const std::size_t coming = count(state::checking) + count_current(state::opening);
    return earlier > coming ? earlier - coming : 0;
}

bool pool_model::may_have_stalled(const connection& one) const {
    return in_ns(now_ - one.progress) > std::max(price(), 4 * mean_answer_) * 0.999 - 1000;
}

bool pool_model::has_certainly_stalled(const connection& one) const {
    return in_ns(now_ - one.progress) > std::max(price(), 4 * mean_answer_) * 1.001 + 1000;
}

std::size_t pool_model::most_on(const connection& one) const {
    constexpr std::size_t without_answer = 16;
    return std::min(options_.pipeline_depth(),
                    one.answers ? options_.pipeline_depth() : std::max(without_answer, one.answered));
}

bool pool_model::has_room(const connection& one) const {
    return one.is == state::in_use && one.shared && !one.kept_off && one.generation == generation_ &&
           one.load < most_on(one) && !certainly_expired(one);
}

bool pool_model::may_be_too_old(const connection& one) const {
    const auto lifetime = options_.max_lifetime();
    return lifetime > milliseconds::zero() && now_ >= one.opened + lifetime - lifetime / 10 - milliseconds(1);
}

std::size_t pool_model::with_certain_room() const {
    return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [&](const connection& one) {
        return has_room(one) && !may_be_too_old(one) && !may_have_stalled(one);
    }));
}

// Whatever room there is on others.
std::size_t pool_model::certainly_moving() const {
    return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [&](const connection& one) {
        return one.shared && !one.kept_off && one.generation == generation_ && !may_be_too_old(one) &&
               !may_have_stalled(one);
    }));
}

// Nothing moves on those that anybody may join, and one of these has room.
bool pool_model::is_only_stalled() const {
    const bool moves = std::any_of(slots_.begin(), slots_.end(),
                                   [&](const connection& one) { return one.shared && !has_certainly_stalled(one); });
    const bool room = std::any_of(slots_.begin(), slots_.end(),
                                  [&](const connection& one) { return has_room(one) && !may_be_too_old(one); });
    return !moves && room && kept_free() == 0;
}

// Nobody else is to join so many at most.
std::size_t pool_model::kept_free() const {
    return wanted_for_one() + above(waiting_for_themselves() > 0 ? limit() : size_);
}

// ---- What happened

void pool_model::begin_sharing(const pool_event& event, const std::vector<action>& actions) {
    connection& one = expect(event.slot, state::in_use, "shared, but not in use");
    switch (event.what) {
    case kind::share:
        require(!one.shared, "shared twice");
        one.shared = true;
        one.for_statements = true;
        one.answers = false;
        one.kept_off = false;
        one.load = 1;
        one.most = 1;
        one.progress = now_;
        one.joined = ++turns_;
        break;
    case kind::keep_off:
        require(one.shared, "kept off what isn't shared");
        one.kept_off = true;
        break;
    default: leave_shared(event, actions);
    }
}

void pool_model::leave_shared(const pool_event& event, const std::vector<action>& actions) {
    connection& one = slots_[event.slot];
    require(one.shared && event.statements <= one.load, "more answers than statements");
    one.load -= event.statements;
    require(event.last == (one.load == 0), "the last one, or not");
    if (event.what == kind::answered) {
        mean_answer_ += (in_ns(now_ - one.progress) - mean_answer_) / 8;
        one.progress = now_;
        one.answers = true;
        if (event.last)
            one.answered = one.most;
    }
    if (event.last)
        begin_arrival(event, actions);
    else if (event.what == kind::sharing_ended)
        one.kept_off = true;
}

void pool_model::end_sharing(connection& one) {
    one.load = 0;
    one.shared = false;
    one.for_statements = false;
}

// Not those that wait, but somebody who would have waited.
void pool_model::join(const pool_event& event) {
    const bool others_first = waiting_to_share() > 0 || count(state::idle) > 0 ||
                              (occupied() < size_ && failures_ == 0) || are_coming_for(waiting_.size() + 1) ||
                              disposed_ || draining_;
    if (event.taken) {
        require(!others_first, "joined, though something else comes first");
        put_on(*event.taken);
    } else if (!others_first) {
        require(with_certain_room() <= kept_free(), "there was a place to join");
        require(!is_only_stalled(), "there was a place to join, if a slow one");
    }
}

void pool_model::put_on(slot_id slot) {
    connection& one = expect(slot, state::in_use, "joined, but not in use");
    require(one.shared && !one.kept_off, "joined, but not shared");
    require(one.generation == generation_, "joined, but of an old generation");
    require(!certainly_expired(one), "joined, but too old");
    require(one.load < most_on(one), "joined, but full");
    require(!has_certainly_stalled(one) || certainly_moving() <= std::max(kept_free(), wanted_ + above(size_)),
            "joined where nothing moves, though others do");
    for (const connection& other : slots_)
        require(!has_room(other) || other.load >= one.load || wanted_ > 0 || has_certainly_stalled(other) ||
                    above(size_) > 0 || may_have_stalled(other) || options_.max_lifetime() > milliseconds::zero(),
                "another one had fewer");
    ++one.load;
    one.most = std::max(one.most, one.load);
    one.joined = ++turns_;
    was_used_ = true;
    ++counted_.acquired;
    ++counted_.shared;
    check_turns();
}

// ---- What is to be done

void pool_model::check_join(const pool_event& event, const action& given) {
    const auto first =
        std::find_if(waiting_.begin(), waiting_.end(), [](const auto& one) { return one.second.shares; });
    require(first != waiting_.end() && first->first == given.waiter, "let somebody join who isn't in front");
    require(count(state::idle) == 0, "let somebody join, though one is idle");
    require(occupied() >= size_ || failures_ > 0, "let somebody join, though one can be opened");
    require(!are_coming_for(waiting_.size()), "let somebody join, though one is coming for it");
    require(!disposed_, "let somebody join at the end");
    note_wanted(false); // by those in front of it
    put_on(given.slot);
    count_wait(event, given);
    waiting_.erase(first);
}

// ---- Turns between statements and those who want a connection for themselves

// When they want more of them, or when it has become another one.
void pool_model::note_wanted(bool anew) {
    const std::size_t now_wanted = wanted_for_one();
    const bool uncertain = std::any_of(slots_.begin(), slots_.end(), [&](const connection& one) {
        return one.shared && (may_have_stalled(one) || one.kept_off || one.generation != generation_ ||
                              options_.max_lifetime() > milliseconds::zero());
    });
    if (anew || uncertain || now_wanted > wanted_)
        wanted_since_ = ++turns_;
    wanted_ = now_wanted;
}

// As many connections as they want are joined by nobody, from then on.
void pool_model::check_turns() const {
    const std::size_t shared = static_cast<std::size_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const connection& one) { return one.shared; }));
    const std::size_t left_alone = static_cast<std::size_t>(std::count_if(
        slots_.begin(), slots_.end(), [&](const connection& one) { return one.shared && one.joined < wanted_since_; }));
    require(left_alone >= std::min(wanted_, shared), "joined before it was their turn");
}

// Lost wake-ups: a statement waits, and a connection has room that nobody else is to have.
void pool_model::check_sharing() const {
    for (const connection& one : slots_) {
        require(one.load <= options_.pipeline_depth() || one.load == 1, "more statements than allowed");
        require(one.shared == (one.load > 0), "shared by nobody");
        require(!one.shared || one.is == state::in_use, "shared, but not in use");
    }
    if (waiting_to_share() == 0 || count(state::idle) > 0 || are_coming_for(waiting_.size()) ||
        (occupied() < size_ && failures_ == 0))
        return;
    require(with_certain_room() <= kept_free(), "a statement waits, and could join others");
    require(!changed_ || !is_only_stalled(), "a statement waits, though nothing moves that it could wait for");
}

} // namespace pool_testing
