// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_POOL_EVENTS_HPP
#define COROPQ_TESTS_UNIT_POOL_EVENTS_HPP

#include "pool/pool_decisions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pool_testing {

using coropq::detail::pool_decisions;
using coropq::detail::session_condition;
using clock = pool_decisions::clock;
using time_point = pool_decisions::time_point;
using action = pool_decisions::action;

/// A call of `pool_decisions`, as data.
struct pool_event {
    enum class kind : std::uint8_t {
        take,
        wait,
        wait_to_share,
        leave,
        join,
        share,
        answered,
        sharing_ended,
        keep_off,
        opened,
        open_failed,
        checked,
        released,
        closed,
        invalidate,
        resize,
        drain,
        dispose,
        advance,
    };
    kind what{};
    pool_decisions::slot_id slot = 0;
    session_condition condition{};
    pool_decisions::waiter_id waiter = 0; ///< Of `wait` and `wait_to_share`: what it returned.
    time_point deadline{};
    bool only_with_room = false;
    std::size_t size = 0;
    std::size_t max_overflow = 0;
    std::optional<pool_decisions::slot_id> taken = {}; ///< What `take_idle` or `join` returned.
    std::size_t statements = 0;                        ///< Of `answered` and `sharing_ended`.
    bool last = false;                                 ///< What these returned.
};

inline std::string text_of(session_condition condition) {
    switch (condition) {
    case session_condition::reusable: return "reusable";
    case session_condition::broken: return "broken";
    case session_condition::shut_down: return "shut down";
    case session_condition::spoiled: return "spoiled";
    }
    return "?";
}

inline std::string text_of(pool_decisions::refusal reason) {
    switch (reason) {
    case pool_decisions::refusal::timed_out: return "timed out";
    case pool_decisions::refusal::too_many_waiting: return "too many waiting";
    case pool_decisions::refusal::disposed: return "disposed";
    case pool_decisions::refusal::connect_failed: return "connect failed";
    }
    return "?";
}

inline std::string text_of(pool_decisions::close_reason reason) {
    switch (reason) {
    case pool_decisions::close_reason::idle: return "idle";
    case pool_decisions::close_reason::lifetime: return "lifetime";
    case pool_decisions::close_reason::overflow: return "overflow";
    case pool_decisions::close_reason::broken: return "broken";
    case pool_decisions::close_reason::invalidated: return "invalidated";
    case pool_decisions::close_reason::disposed: return "disposed";
    }
    return "?";
}

/// As in "open 0", "check 0", "give 0 to 1", "close 0: idle", "refuse 1: timed out".
inline std::string text_of(const action& one) {
    switch (one.what) {
    case action::kind::open: return "open " + std::to_string(one.slot);
    case action::kind::check: return "check " + std::to_string(one.slot);
    case action::kind::hand_over: return "give " + std::to_string(one.slot) + " to " + std::to_string(one.waiter);
    case action::kind::join: return "let " + std::to_string(one.waiter) + " join " + std::to_string(one.slot);
    case action::kind::close: return "close " + std::to_string(one.slot) + ": " + text_of(one.why_closed);
    case action::kind::refuse: return "refuse " + std::to_string(one.waiter) + ": " + text_of(one.why_refused);
    }
    return "?";
}

inline std::string text_of(const std::vector<action>& actions) {
    std::string text;
    for (const action& one : actions)
        text += (text.empty() ? "" : ", ") + text_of(one);
    return text;
}

inline std::string text_of(const pool_event& event) {
    const std::string slot = " " + std::to_string(event.slot);
    switch (event.what) {
    case pool_event::kind::take: return event.taken ? "take " + std::to_string(*event.taken) : "take none";
    case pool_event::kind::wait:
        return "wait " + std::to_string(event.waiter) + (event.only_with_room ? " (room)" : "");
    case pool_event::kind::wait_to_share:
        return "wait to share " + std::to_string(event.waiter) + (event.only_with_room ? " (room)" : "");
    case pool_event::kind::join: return event.taken ? "join " + std::to_string(*event.taken) : "join none";
    case pool_event::kind::share: return "share" + slot;
    case pool_event::kind::answered:
        return "answered" + slot + ": " + std::to_string(event.statements) + (event.last ? ", all" : "");
    case pool_event::kind::sharing_ended:
        return "sharing ended" + slot + ": " + std::to_string(event.statements) + (event.last ? ", all, " : ", ") +
               text_of(event.condition);
    case pool_event::kind::keep_off: return "keep off" + slot;
    case pool_event::kind::leave: return "leave " + std::to_string(event.waiter);
    case pool_event::kind::opened: return "opened" + slot;
    case pool_event::kind::open_failed: return "open failed" + slot;
    case pool_event::kind::checked: return "checked" + slot + ": " + text_of(event.condition);
    case pool_event::kind::released: return "released" + slot + ": " + text_of(event.condition);
    case pool_event::kind::closed: return "closed" + slot;
    case pool_event::kind::invalidate: return "invalidate";
    case pool_event::kind::resize:
        return "resize " + std::to_string(event.size) + "+" + std::to_string(event.max_overflow);
    case pool_event::kind::drain: return "drain";
    case pool_event::kind::dispose: return "dispose";
    case pool_event::kind::advance: return "advance";
    }
    return "?";
}

} // namespace pool_testing

#endif
