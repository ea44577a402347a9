// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_POOL_HPP
#define COROPQ_POOL_HPP

#include <coropq/detail/setting.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq {

/// What happens to a session between two users. It never costs a round trip of its own: it is skipped where the session
/// is known to be clean, and otherwise travels in front of the next use, or in the background.
enum class reset_policy : std::uint8_t {
    rollback,    ///< A transaction that was left open is rolled back. Settings, locks and temporary tables stay.
    discard_all, ///< As if it were new: `DISCARD ALL`, and the set-up statements again. Prepared statements are lost.
    none,        ///< Only sessions without an open transaction are kept; nothing is sent.
};

/// A connection that is in use, and who uses it.
struct connection_holder {
    std::chrono::milliseconds held{}; ///< For how long.
    std::string_view purpose;         ///< "connect", "begin", "stream" or "execute".
    std::source_location where;       ///< Where that was called; without a line for single statements.
};

/// A connection that has been in use for longer than `pool_options::leak_after`. Called on any thread, must not block.
using leak_handler = std::function<void(const connection_holder& leaked)>;

/// How many connections an engine keeps, for how long, and how long it waits for one. Setters return the object, so
/// they can be chained.
///
/// Connections are opened when they are needed, in the background: one that arrives when nobody wants it any more is
/// kept. Operations that wait get one in the order in which they came; of idle ones, the one used last goes first.
class pool_options {
public:
    /// The number of connections that are kept. Default 10; Query Service: 1. 0 counts as 1.
    pool_options& size(std::size_t connections) noexcept {
        size_.set(connections == 0 ? 1 : connections);
        return *this;
    }
    std::size_t size() const noexcept { return size_.get(); }

    /// How many more may be open at times; they are closed when they are returned and nobody waits. They are for those
    /// who want a connection for themselves; statements that can share one (`pipelining`) take a single one of these,
    /// while none that is open is theirs. Default 0.
    pool_options& max_overflow(std::size_t connections) noexcept {
        max_overflow_.set(connections);
        return *this;
    }
    std::size_t max_overflow() const noexcept { return max_overflow_.get(); }

    /// How many idle ones are kept ready, within `size`, once the engine has been used for the first time. Default 0.
    pool_options& min_idle(std::size_t connections) noexcept {
        min_idle_.set(connections);
        return *this;
    }
    std::size_t min_idle() const noexcept { return min_idle_.get(); }

    /// How long an operation waits for a connection, connecting included; then it ends with `pool_timeout`. Default 30
    /// s. Zero doesn't queue: without an idle connection, and without room for one more, it ends at once. There is no
    /// "for ever"; what no clock can show is as long as the clock can.
    pool_options& acquire_timeout(std::chrono::milliseconds limit) noexcept {
        acquire_timeout_.set(limit);
        return *this;
    }
    std::chrono::milliseconds acquire_timeout() const noexcept { return acquire_timeout_.get(); }

    /// How many operations may wait for a connection at the same time; one more ends at once with `pool_timeout`
    /// (`errc::too_many_waiting`), unless a connection is idle or may be opened for it: 0 means that nobody waits for
    /// somebody else's. Default: no limit.
    pool_options& max_waiting(std::size_t operations) noexcept {
        max_waiting_.set(operations);
        return *this;
    }
    std::size_t max_waiting() const noexcept { return max_waiting_.get(); }

    /// How old a connection gets, less up to a tenth at random so that they don't all end at once. One in use is closed
    /// when it is returned. Default 1 h; zero: no limit.
    pool_options& max_lifetime(std::chrono::milliseconds limit) noexcept {
        max_lifetime_.set(limit);
        return *this;
    }
    std::chrono::milliseconds max_lifetime() const noexcept { return max_lifetime_.get(); }

    /// How long a connection stays open that nobody uses, `min_idle` of them apart. Default 10 min; zero: no limit.
    pool_options& max_idle(std::chrono::milliseconds limit) noexcept {
        max_idle_.set(limit);
        return *this;
    }
    std::chrono::milliseconds max_idle() const noexcept { return max_idle_.get(); }

    /// A connection that has been idle for longer than that is asked for a sign of life before it is used. Default 1 s;
    /// zero: each time. `std::chrono::milliseconds::max()`: never. (That a connection was closed is noticed anyway.)
    pool_options& ping_after(std::chrono::milliseconds idle) noexcept {
        ping_after_.set(idle);
        return *this;
    }
    std::chrono::milliseconds ping_after() const noexcept { return ping_after_.get(); }

    /// How long a server may take to give that sign; then the connection is replaced. Default 1 s; zero: no limit.
    pool_options& ping_timeout(std::chrono::milliseconds limit) noexcept {
        ping_timeout_.set(limit);
        return *this;
    }
    std::chrono::milliseconds ping_timeout() const noexcept { return ping_timeout_.get(); }

    /// Whether statements of the engine (`engine::execute`, `fetch` …) share connections. They are sent as soon as they
    /// come, without waiting for the answers to earlier ones, each with a synchronisation point of its own: what
    /// happens to one doesn't touch the others. Off, each has a connection to itself until its answer is there, as
    /// `connect`, transactions and streams always have. Default: on.
    ///
    /// Only statements that read or change data (`select`, `insert`, `update`, `delete`, `merge`, `values`, `table`,
    /// `with`) are shared, and only once the pool has no idle connection and can't open another one within `size`.
    pool_options& pipelining(bool on) noexcept {
        pipelining_.set(on);
        return *this;
    }
    bool pipelining() const noexcept { return pipelining_.get(); }

    /// How many statements may be on their way on one connection; further ones wait, in the order in which they came.
    /// Until the first of them is answered, no more than 16 are, or as many as there were the last time, so that few
    /// wait behind one that takes long. Default 256; 0 counts as 1.
    pool_options& pipeline_depth(std::size_t statements) noexcept {
        pipeline_depth_.set(statements == 0 ? 1 : statements);
        return *this;
    }
    std::size_t pipeline_depth() const noexcept { return pipeline_depth_.get(); }

    /// See `reset_policy`. Default: `rollback`.
    pool_options& reset(reset_policy policy) noexcept {
        reset_.set(policy);
        return *this;
    }
    reset_policy reset() const noexcept { return reset_.get(); }

    /// Reports connections that have been in use for longer than that, once each. Default: none is. Without a handler,
    /// a line on `std::clog`.
    pool_options& leak_after(std::chrono::milliseconds limit, leak_handler handler = {}) {
        leak_after_ = limit;
        on_leak_ = std::move(handler);
        return *this;
    }
    std::optional<std::chrono::milliseconds> leak_after() const noexcept { return leak_after_; }
    const leak_handler& on_leak() const noexcept { return on_leak_; }

    /// After a connect has failed, the next one waits for `first`, then for twice as long after each further failure,
    /// up to `longest`; less up to a half at random. Until one succeeds there is one attempt at a time. Connects under
    /// way together that fail count as one failure. Default 25 ms and 800 ms.
    pool_options& retry_delay(std::chrono::milliseconds first, std::chrono::milliseconds longest) noexcept {
        first_retry_delay_.set(first);
        longest_retry_delay_.set(longest);
        return *this;
    }
    std::chrono::milliseconds first_retry_delay() const noexcept { return first_retry_delay_.get(); }
    std::chrono::milliseconds longest_retry_delay() const noexcept { return longest_retry_delay_.get(); }

    /// The same after a server has refused a session because there are as many as there may be (`session_limit_error`).
    /// Operations go on waiting meanwhile, for as long as `acquire_timeout` says. Default 10 s and 60 s.
    pool_options& session_limit_delay(std::chrono::milliseconds first, std::chrono::milliseconds longest) noexcept {
        first_session_limit_delay_.set(first);
        longest_session_limit_delay_.set(longest);
        return *this;
    }
    std::chrono::milliseconds first_session_limit_delay() const noexcept { return first_session_limit_delay_.get(); }
    std::chrono::milliseconds longest_session_limit_delay() const noexcept {
        return longest_session_limit_delay_.get();
    }

    /// For the library: what isn't set here is taken from there, if it is set there.
    void complete(const pool_options& weaker) noexcept;

private:
    using duration = detail::setting<std::chrono::milliseconds>;

    detail::setting<std::size_t> size_{10};
    detail::setting<std::size_t> max_overflow_{0};
    detail::setting<std::size_t> min_idle_{0};
    detail::setting<std::size_t> max_waiting_{static_cast<std::size_t>(-1)};
    duration acquire_timeout_{std::chrono::seconds(30)};
    duration max_lifetime_{std::chrono::hours(1)};
    duration max_idle_{std::chrono::minutes(10)};
    duration ping_after_{std::chrono::seconds(1)};
    duration ping_timeout_{std::chrono::seconds(1)};
    duration first_retry_delay_{std::chrono::milliseconds(25)};
    duration longest_retry_delay_{std::chrono::milliseconds(800)};
    duration first_session_limit_delay_{std::chrono::seconds(10)};
    duration longest_session_limit_delay_{std::chrono::seconds(60)};
    std::optional<std::chrono::milliseconds> leak_after_;
    leak_handler on_leak_;
    detail::setting<reset_policy> reset_{reset_policy::rollback};
    detail::setting<bool> pipelining_{true};
    detail::setting<std::size_t> pipeline_depth_{256};
};

/// Why connections were closed, as numbers.
struct closed_connections {
    std::uint64_t idle = 0;        ///< Unused for longer than `max_idle`.
    std::uint64_t lifetime = 0;    ///< Older than `max_lifetime`.
    std::uint64_t overflow = 0;    ///< Above `size`, and not needed.
    std::uint64_t broken = 0;      ///< Lost, silent when asked for a sign of life, or not fit to be used again.
    std::uint64_t invalidated = 0; ///< Retired with their generation: `invalidate`, a restart, a failover.
    std::uint64_t disposed = 0;    ///< At the end of the engine, or while it was drained.
};

/// What a pool is doing, and has done since it was made: `engine::stats()`.
struct pool_statistics {
    std::size_t size = 0;         ///< As in the options, or as resized since.
    std::size_t max_overflow = 0; ///< The same.
    std::size_t active = 0;       ///< In use, being got ready for their next user included.
    std::size_t idle = 0;         ///< Open, and free; those being asked for a sign of life included.
    std::size_t connecting = 0;   ///< Being opened.
    std::size_t closing = 0;      ///< Being closed; they still count.
    std::size_t waiting = 0;      ///< Operations that wait for a connection, or for a place on a shared one.
    std::size_t in_flight = 0;    ///< Statements on shared connections that haven't been answered.

    std::uint64_t opened = 0;              ///< Connects that succeeded.
    std::uint64_t failed_connects = 0;     ///< … and that didn't.
    closed_connections closed;             ///< Connections that are gone.
    std::uint64_t acquired = 0;            ///< How often somebody got a connection, or a place on a shared one.
    std::uint64_t shared = 0;              ///< … of which somebody else was using it as well.
    std::uint64_t waited = 0;              ///< … not at once.
    std::uint64_t acquire_timeouts = 0;    ///< How often somebody didn't get one in time.
    std::uint64_t refused = 0;             ///< … or at all, because too many waited.
    std::uint64_t cancelled_waits = 0;     ///< … or was cancelled while waiting.
    std::uint64_t pings = 0;               ///< Signs of life that were asked for.
    std::uint64_t failed_pings = 0;        ///< … and didn't come.
    std::uint64_t leaks = 0;               ///< Connections held for longer than `leak_after`.
    std::chrono::microseconds wait_time{}; ///< Of all that waited, and got a connection.
    std::chrono::microseconds longest_wait{};
    std::chrono::microseconds mean_connect_time{}; ///< Of late; zero before the first.

    std::string last_connect_error;         ///< Of the latest connect that failed, if none succeeded since; else empty.
    std::vector<connection_holder> holders; ///< Of the connections in use, the longest first, ten at most.
};

} // namespace coropq

#endif
