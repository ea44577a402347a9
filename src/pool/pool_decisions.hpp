// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_POOL_DECISIONS_HPP
#define COROPQ_SRC_POOL_POOL_DECISIONS_HPP

#include <coropq/pool.hpp>

#include "credentials/retirement.hpp"
#include "libpq/session_condition.hpp"
#include "pool/deadline_queue.hpp"
#include "pool/numbered_queue.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace coropq::detail {

/// What the pool decides: whether to open a connection, who gets one, which one goes. A plain object without I/O, clock
/// or threads: it is told what happens, and when, and says what is to be done. The same events give the same decisions.
///
/// The events add to the actions, which are to be taken (`take_actions`) and carried out, in order, after each event.
/// News of a connection that is to be closed, other than `closed`, comes too late and changes nothing.
class pool_decisions {
public:
    using clock = std::chrono::steady_clock;
    using time_point = clock::time_point;
    using slot_id = std::size_t;     ///< The place of a connection. Used again after `closed` and `open_failed`.
    using waiter_id = std::uint64_t; ///< Never used again. Later ones are greater.

    enum class refusal : std::uint8_t { timed_out, too_many_waiting, disposed, connect_failed };
    enum class close_reason : std::uint8_t { idle, lifetime, overflow, broken, invalidated, disposed };

    struct action {
        enum class kind : std::uint8_t {
            open,      ///< Open a connection in the slot; then `opened` or `open_failed`.
            check,     ///< Ask the connection in the slot for a sign of life; then `checked`.
            hand_over, ///< The waiter has the connection in the slot, until `released`, or `share`.
            join,      ///< The waiter's statement has a place on the connection in the slot, until `answered`.
            close,     ///< Close the connection in the slot, or stop opening it (then no other event but `closed`
                       ///< follows for it); then `closed`.
            refuse,    ///< The waiter gets none.
        };
        kind what{};
        slot_id slot = 0;
        waiter_id waiter = 0;
        refusal why_refused{};
        close_reason why_closed{};
    };

    /// `seed`: for the jitter of lifetimes and retries.
    pool_decisions(const pool_options& options, std::uint64_t seed);

    /// An idle connection that can be used at once, if there is one and nobody waits. Adds no action unless connections
    /// have expired.
    std::optional<slot_id> take_idle(time_point now);
    /// Somebody waits until that time. `only_with_room`: only if a connection is idle or may be opened.
    /// Whoever may not wait is refused in the same event.
    waiter_id wait(time_point now, time_point deadline, bool only_with_room = false);
    /// The same for a statement that others may stand beside: it is handed a connection, or joins one.
    waiter_id wait_to_share(time_point now, time_point deadline, bool only_with_room = false);
    /// … and no longer does. Nothing happens if it has been served or refused already.
    void leave(waiter_id waiter, time_point now);

    /// A shared connection with room for one more statement, if that is what it should take: nobody waits for one, none
    /// is idle, and none can be opened. The statement is on it until `answered`.
    std::optional<slot_id> join(time_point now);
    /// A connection that was taken or handed over is shared from now on; the statement it was taken for is its first.
    void share(slot_id slot, time_point now);
    /// So many statements have left a shared connection. With the last, it is released, and reusable: true then.
    bool answered(slot_id slot, std::size_t statements, time_point now);
    /// The same for one whose sharing has ended for another reason. False, and nobody else gets it, while statements
    /// are on it all the same: they were sent there before that was known, and arrive later.
    bool sharing_ended(slot_id slot, std::size_t statements, time_point now, session_condition condition);
    /// No other statement is to join those on it.
    void keep_others_off(slot_id slot, time_point now);

    /// `ends`: when it is to be retired, if that is before the end of `max_lifetime`.
    void opened(slot_id slot, time_point now, const retirement& ends = {});
    /// `at_limit`: the server has no session left for us. Who waits goes on waiting then, if anybody may wait at all.
    void open_failed(slot_id slot, time_point now, bool at_limit = false);
    void checked(slot_id slot, time_point now, session_condition condition);
    void released(slot_id slot, time_point now, session_condition condition);
    void closed(slot_id slot, time_point now);

    /// Retires all connections: idle ones now, those in use when they are released.
    void invalidate(time_point now);
    void resize(std::size_t size, std::size_t max_overflow, time_point now);
    /// Nobody else gets in. Those who wait are served.
    void drain(time_point now);
    /// Nobody gets a connection any more, also of those who wait.
    void dispose(time_point now);

    /// Time has passed: ends waits, retires what is too old or idle for too long, opens what was put off.
    void advance(time_point now);
    /// When `advance` has to be called at the latest; `time_point::max()`: never, as things are.
    time_point next_event() const;

    std::vector<action> take_actions();
    /// The same into a vector whose memory is used again.
    void take_actions(std::vector<action>& taken);

    /// The numbers of the pool; `holders` and `last_connect_error` are somebody else's.
    pool_statistics statistics() const;
    /// The number of slots there have ever been: all ids are less.
    std::size_t slot_count() const noexcept;
    /// Nothing is open, being opened or closed.
    bool empty() const noexcept;

private:
    enum class slot_state : std::uint8_t { free, opening, idle, checking, in_use, closing };
    struct slot {
        slot_state state = slot_state::free;
        bool suspect = false; ///< Another one of its generation was lost: to be checked before it is used.
        std::uint64_t generation = 0;
        time_point opening_since{};
        waiter_id later_waiters = 0;            ///< Those from here on joined after opening began.
        std::uint64_t attempt = 0;              ///< The number of the connect.
        time_point used{};                      ///< When it was last given back, or opened.
        time_point alive{};                     ///< When it last gave a sign of life.
        time_point expires = time_point::max(); ///< By `max_lifetime`, or with its credentials.
        bool shared = false;                    ///< In use by statements that others may join.
        bool answers = false;                   ///< One of them was answered since it is shared.
        bool for_statements = false;            ///< Shared, or handed to a statement, which may share it.
        bool reserved = false;                  ///< Nobody else joins: somebody wants it for himself, or it is to go.
        bool kept_off = false;                  ///< The same, because of what is happening on it.
        std::size_t load = 0;                   ///< How many statements are on it.
        std::size_t peak = 0;                   ///< The most there were since it is shared.
        std::size_t first_load = 0;             ///< How many may be on it before there is an answer.
        time_point progress{};                  ///< When one was last answered, or the first came.
    };
    struct waiter {
        time_point since;
        time_point deadline;
    };

    // Numbers of connections.
    std::size_t usable_or_used() const noexcept { return idle_.size() + checking_ + in_use_; }
    std::size_t live() const noexcept { return usable_or_used() + opening_; }
    std::size_t occupied() const noexcept { return live() + closing_; }
    std::size_t limit() const noexcept;
    bool has_room_to_open() const noexcept;
    bool is_current(const slot& one) const noexcept { return one.generation == generation_; }

    // What happens to a connection.
    bool provide(slot_id id, time_point now);
    std::optional<close_reason> reason_to_close(const slot& one, time_point now) const;
    void hand_over(slot_id id, time_point now);
    void use(slot_id id);
    void make_idle(slot_id id);
    void leave_state(slot_id id);
    void close(slot_id id, close_reason reason);
    void close_idle(close_reason reason);
    void close_unused(close_reason reason);
    void learn_from(session_condition condition, std::uint64_t generation);
    void retire();
    std::optional<slot_id> find_usable(time_point now);
    bool needs_check(const slot& one, time_point now) const;
    void close_expired(time_point now);
    void close_unused_for_long(time_point now);
    void close_above_size();

    // What happens to those who wait.
    void refuse(waiter_id id, refusal reason);
    using queue = numbered_queue<waiter>;
    waiter_id enter(queue& line, time_point now, time_point deadline, bool only_with_room);
    void forget(waiter_id id);
    void count_wait(const waiter& served, waiter_id id, time_point now);
    bool has_place_for_one_more(std::size_t most) const;
    bool nobody_waits() const noexcept { return waiters_.empty() && statements_.empty(); }
    std::size_t waiting() const noexcept { return waiters_.size() + statements_.size(); }
    bool is_statement_first() const noexcept;

    // Sharing.
    std::optional<slot_id> find_room(time_point now) const;
    bool is_one_coming_for(std::size_t those_who_wait) const noexcept;
    bool is_stalled(const slot& one, time_point now) const;
    clock::duration longest_pause() const;
    void put_on(slot_id id);
    void serve_statements(time_point now);
    void stop_sharing(slot& one);
    bool drains_for_somebody(const slot& one, time_point now) const;
    slot* find_shared(bool reserved, bool drains, bool most_loaded, time_point now);
    void reserve(slot& one, bool wanted);
    void reserve_shared(time_point now);
    std::size_t wanted_for_one() const;

    // Whether to open one.
    void settle(time_point now);
    void serve(time_point now);
    void grow(time_point now);
    void refill(time_point now);
    void open(time_point now);
    void put_off_opening(time_point now, clock::duration first, clock::duration longest);
    bool may_open(time_point now) const;
    std::size_t uncovered_waiters() const noexcept;
    bool lacks_idle() const noexcept;
    bool nothing_to_wait_for() const noexcept { return checking_ + current_in_use_ + current_opening_ == 0; }
    clock::duration usual_connect_time() const;
    clock::duration patience(std::size_t uncovered) const;
    time_point waiting_for_supply_since() const { return std::max(queue_since_, last_supply_); }
    void note_supply(time_point now);
    void note_return(time_point now);
    void note_connect(clock::duration taken);
    clock::duration random_between(clock::duration least, clock::duration most);

    std::size_t size_;
    std::size_t max_overflow_;
    std::size_t min_idle_;
    std::size_t max_waiting_;
    std::size_t depth_;
    clock::duration max_lifetime_;
    clock::duration max_idle_;
    clock::duration ping_after_;
    clock::duration first_retry_delay_;
    clock::duration longest_retry_delay_;
    clock::duration first_session_limit_delay_;
    clock::duration longest_session_limit_delay_;
    bool may_wait_; ///< `acquire_timeout` isn't zero.
    std::mt19937_64 random_;

    std::vector<slot> slots_;
    std::vector<slot_id> free_;
    std::vector<slot_id> idle_; ///< In the order of their last use.
    std::size_t opening_ = 0;
    std::size_t checking_ = 0;
    std::size_t in_use_ = 0;
    std::size_t closing_ = 0;
    std::size_t current_opening_ = 0; ///< Of this generation: others are closed when they arrive, or are released.
    std::size_t current_in_use_ = 0;
    std::uint64_t generation_ = 0;
    time_point soonest_expiry_ = time_point::max(); ///< Of the idle ones; perhaps of one that is idle no more.

    queue waiters_;    ///< For a connection to themselves.
    queue statements_; ///< Which may share one.
    deadline_queue deadlines_;
    waiter_id next_waiter_ = 0;
    std::optional<waiter_id> joining_; ///< The one that `wait` is about.

    std::vector<slot_id> shared_;                  ///< The connections that are shared.
    std::size_t reserved_ = 0;                     ///< Of these.
    std::size_t for_statements_ = 0;               ///< These, and those about to be shared.
    std::size_t in_flight_ = 0;                    ///< The statements on them.
    clock::duration mean_answer_interval_{};       ///< Between answers on a shared connection.
    time_point pressed_since_ = time_point::max(); ///< Since when statements wait, or a connection was opened for them.

    time_point queue_since_ = time_point::min(); ///< Since when somebody waits.
    time_point last_supply_ =
        time_point::min();                     ///< When one was last released, opened or checked while somebody waited.
    time_point last_look_ = time_point::min(); ///< When `take_idle` was last called.
    std::optional<clock::duration> mean_return_interval_;
    std::optional<clock::duration> mean_connect_time_;
    std::uint64_t attempts_ = 0; ///< Connects that were begun.
    std::uint64_t failures_ = 0; ///< … that failed since the last that succeeded; those in parallel count as one.
    std::uint64_t failures_since_ = 0; ///< The attempts before this one have no more to say about failure.
    time_point retry_at_ = time_point::min();
    std::optional<slot_id> probe_; ///< The attempt that began after others had failed.

    bool was_used_ = false;
    bool draining_ = false;
    bool disposed_ = false;
    std::vector<action> actions_;
    pool_statistics statistics_; ///< What is counted.
};

} // namespace coropq::detail

#endif
