// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_POOL_DECISIONS_HPP
#define COROPQ_SRC_POOL_POOL_DECISIONS_HPP

#include <coropq/pool.hpp>

#include "libpq/session_condition.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace coropq::detail {

/// What the pool decides: whether to open a connection, who gets one, which one goes. A plain object without I/O, clock
/// or threads: it is told what happens, and when, and says what is to be done. The same events give the same decisions.
///
/// The events add to the actions, which are to be taken (`take_actions`) and carried out, in order, after each event.
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
            hand_over, ///< The waiter has the connection in the slot, until `released`.
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
    waiter_id wait(time_point now, time_point deadline, bool only_with_room = false);
    /// … and no longer does. Nothing happens if it has been served or refused already.
    void leave(waiter_id waiter, time_point now);

    void opened(slot_id slot, time_point now);
    void open_failed(slot_id slot, time_point now);
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

    /// The numbers of the pool; `holders` and `last_connect_error` are somebody else's.
    pool_statistics statistics() const;
    /// The number of slots there have ever been: all ids are less.
    std::size_t slot_count() const noexcept;
    /// Nothing is open, being opened or closed.
    bool empty() const noexcept;
};

} // namespace coropq::detail

#endif
