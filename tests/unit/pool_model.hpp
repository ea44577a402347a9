// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_POOL_MODEL_HPP
#define COROPQ_TESTS_UNIT_POOL_MODEL_HPP

#include "pool_events.hpp"

#include <map>
#include <stdexcept>

namespace pool_testing {

/// A rule that was broken.
class broken_rule : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Keeps its own books about a pool, from the events and actions alone, and objects to whatever the rules don't allow.
class pool_model {
public:
    explicit pool_model(const coropq::pool_options& options);

    /// What happened, what was to be done then, and the pool afterwards. Throws `broken_rule`.
    void apply(const pool_event& event, time_point now, const std::vector<action>& actions,
               const pool_decisions& after);

private:
    enum class state : std::uint8_t { free, opening, idle, checking, in_use, closing };
    struct connection {
        state is = state::free;
        bool suspect = false;
        std::uint64_t generation = 0;
        time_point opening_since{};
        pool_decisions::waiter_id later_waiters = 0;
        std::uint64_t attempt = 0;
        bool probe = false;
        time_point opened{};
        time_point used{};
        time_point alive{};
        bool for_statements = false; ///< Handed to one, or shared.
        bool shared = false;
        bool answers = false;
        bool kept_off = false;
        std::size_t load = 0;
        std::size_t most = 0;     ///< The greatest load, since it is shared.
        std::size_t answered = 0; ///< That of the last time, if all were answered.
        time_point progress{};
        std::uint64_t joined = 0; ///< The number of the last join, or of what came instead.
    };
    struct waiter {
        time_point since;
        time_point deadline;
        bool shares = false;
    };

    std::size_t count(state which) const;
    std::size_t count_current(state which) const;
    std::size_t usable_or_used() const { return count(state::idle) + count(state::checking) + count(state::in_use); }
    std::size_t live() const { return usable_or_used() + count(state::opening); }
    std::size_t occupied() const { return live() + count(state::closing); }
    std::size_t limit() const { return size_ + max_overflow_; }
    std::size_t uncovered() const;
    bool nothing_to_wait_for() const;
    bool probing() const;
    bool lacks_idle() const;
    bool needs_check(const connection& one) const;
    bool certainly_expired(const connection& one) const;
    time_point supply_since() const { return std::max(queue_since_, last_supply_); }
    /// What those who wait have lost by waiting for one to come back, against what a new one costs.
    double rent() const;
    double price() const;

    std::size_t waiting_to_share() const;
    std::size_t waiting_for_themselves() const { return waiting_.size() - waiting_to_share(); }
    bool has_room_to_open() const;
    /// For so many in all connections are being opened or checked.
    bool are_coming_for(std::size_t those_who_wait) const;
    std::size_t above(std::size_t most) const;
    /// How many have come before all statements that wait, want a connection for themselves, and see none coming.
    std::size_t wanted_for_one() const;
    bool may_have_stalled(const connection& one) const;
    bool has_certainly_stalled(const connection& one) const;
    std::size_t most_on(const connection& one) const;
    bool has_room(const connection& one) const;
    bool may_be_too_old(const connection& one) const;
    std::size_t with_certain_room() const;
    std::size_t certainly_moving() const;
    bool is_only_stalled() const;
    std::size_t kept_free() const;
    void put_on(pool_decisions::slot_id slot);
    void end_sharing(connection& one);
    void note_wanted(bool anew);

    connection& expect(pool_decisions::slot_id slot, state expected, const char* what);
    void begin(const pool_event& event, const std::vector<action>& actions);
    void begin_wait(const pool_event& event, const std::vector<action>& actions);
    void begin_arrival(const pool_event& event, const std::vector<action>& actions);
    void begin_sharing(const pool_event& event, const std::vector<action>& actions);
    void leave_shared(const pool_event& event, const std::vector<action>& actions);
    void join(const pool_event& event);
    void take(const pool_event& event, const std::vector<action>& actions);
    void lost(const connection& one, session_condition condition);
    void failed(connection& one);

    void check_action(const pool_event& event, const action& one);
    void check_open(pool_decisions::slot_id slot);
    void check_check(pool_decisions::slot_id slot);
    void check_hand_over(const pool_event& event, const action& one);
    void check_join(const pool_event& event, const action& one);
    void check_turns() const;
    void check_sharing() const;
    void count_wait(const pool_event& event, const action& served);
    void check_close(const pool_event& event, const action& one);
    void check_refusal(const pool_event& event, const action& one);
    void check_last_used(const connection& one) const;

    void check_states() const;
    void check_next_event(const pool_event& event, time_point next) const;
    void check_opening_is_due(time_point next) const;
    void check_numbers(const pool_decisions& after) const;

    coropq::pool_options options_;
    std::size_t size_;
    std::size_t max_overflow_;
    time_point now_{};
    std::vector<connection> slots_;
    std::optional<pool_decisions::slot_id> fresh_; ///< Opened, checked or released in this event.
    bool changed_ = false;                         ///< By this event, apart from what was taken.
    std::map<pool_decisions::waiter_id, waiter> waiting_;
    pool_decisions::waiter_id next_waiter_ = 0;
    std::optional<pool_decisions::refusal> refused_at_once_;
    std::uint64_t generation_ = 0;
    std::uint64_t attempts_ = 0;
    std::uint64_t failures_ = 0;
    std::uint64_t failures_since_ = 0;
    pool_decisions::waiter_id failed_for_ = 0; ///< Those before it may be refused for the connect that failed.
    time_point earliest_retry_{};
    time_point latest_retry_{};
    time_point queue_since_ = time_point::min();
    time_point last_supply_ = time_point::min();
    std::optional<double> mean_return_;
    std::optional<double> mean_connect_;
    time_point pressed_since_ = time_point::max(); ///< Since when statements wait, or a connection is opened meanwhile.
    double mean_answer_ = 0;
    std::uint64_t turns_ = 0;        ///< Joins, and changes of what is wanted by those who don't join.
    std::uint64_t wanted_since_ = 0; ///< The turn when they wanted more, or something else changed.
    std::size_t wanted_ = 0;         ///< How many connections they wanted when that was looked at last.
    bool was_used_ = false;
    bool draining_ = false;
    bool disposed_ = false;
    coropq::pool_statistics counted_;
};

} // namespace pool_testing

#endif
