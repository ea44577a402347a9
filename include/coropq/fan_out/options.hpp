// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FAN_OUT_OPTIONS_HPP
#define COROPQ_FAN_OUT_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace coropq {

/// What becomes of the other statements of a fan-out when one has failed or succeeded.
enum class fan_out_policy : std::uint8_t {
    /// After the first failure nothing else is started, and what runs is cancelled, on the server as well. `fan_out`
    /// throws that failure.
    fail_fast,
    /// All statements run, whatever becomes of the others. `fan_out` doesn't throw for the failure of a statement: its
    /// outcome says so.
    collect,
    /// After the first success nothing else is started, and what runs is cancelled. `fan_out` throws the first failure
    /// if all statements have failed.
    first_success,
};

/// How far a fan-out is. Every statement that was read from the source is either running or done.
struct fan_out_progress {
    std::size_t done = 0;             ///< Have ended, in whatever way.
    std::size_t failed = 0;           ///< … without a value: failed or cancelled.
    std::size_t running = 0;          ///< Wait for a connection or for the server, or to be repeated.
    std::optional<std::size_t> total; ///< How many statements there are, where the source knows that.
    std::uint64_t rows = 0;           ///< That came back.
    std::uint64_t retries = 0;        ///< How often a statement was repeated.
    std::chrono::milliseconds elapsed{};
};

/// Receives the progress. Called on the executor of the coroutine that awaits the fan-out, one call at a time; must not
/// block. When it throws, no further statement is started, and the exception comes out of the fan-out.
using fan_out_progress_handler = std::function<void(const fan_out_progress& progress)>;

/// How statements are fanned out. Setters return the object, so they can be chained:
///
///     coropq::fan_out_options().concurrency(64).policy(coropq::fan_out_policy::collect).retries(3)
class fan_out_options {
public:
    fan_out_options() = default;

    /// How many statements are given to the engine at the same time, at most. Default, and 0: as many as the engine
    /// may have connections (`pool_options::size` and `max_overflow`). For many short statements on an engine with
    /// pipelining, some 16 for each connection are faster. What is more than the engine can carry waits in its queue,
    /// where time limits run.
    fan_out_options& concurrency(std::size_t statements) noexcept {
        concurrency_ = statements;
        return *this;
    }
    std::size_t concurrency() const noexcept { return concurrency_; }

    /// For `fan_out_stream`: how many statements may have been read from the source whose outcomes haven't been taken
    /// yet; no more are read before. It bounds memory, also where outcomes wait for an earlier one (`in_order`).
    /// Default, and 0: four times the concurrency. Less than the concurrency limits that as well.
    fan_out_options& window(std::size_t statements) noexcept {
        window_ = statements;
        return *this;
    }
    std::size_t window() const noexcept { return window_; }

    /// For `fan_out_stream`: gives the outcomes in the order of the statements. Default: in that of their completion.
    fan_out_options& in_order(bool on) noexcept {
        in_order_ = on;
        return *this;
    }
    bool in_order() const noexcept { return in_order_; }

    /// See `fan_out_policy`. Default: `fail_fast`.
    fan_out_options& policy(fan_out_policy choice) noexcept {
        policy_ = choice;
        return *this;
    }
    fan_out_policy policy() const noexcept { return policy_; }

    /// The limit for each statement that has none of its own, as `statement::timeout`; a repetition has it anew. Zero:
    /// no limit. Default: `statement_options::timeout` of the engine.
    fan_out_options& statement_timeout(std::chrono::milliseconds limit) noexcept {
        statement_timeout_ = limit;
        return *this;
    }
    const std::optional<std::chrono::milliseconds>& statement_timeout() const noexcept { return statement_timeout_; }

    /// The limit for everything. When it is over, nothing else is started, and what runs is cancelled, on the server as
    /// well: the outcomes of all these are failures with `errc::timeout`, and with the policy `fail_fast`, `fan_out`
    /// throws `timeout_error`. Default, and zero: no limit.
    fan_out_options& total_timeout(std::chrono::milliseconds limit) noexcept {
        total_timeout_ = limit;
        return *this;
    }
    std::chrono::milliseconds total_timeout() const noexcept { return total_timeout_; }

    /// How often a statement is repeated at most, after failures that are safe to repeat: it was surely not run (no
    /// connection could be made: unreachable, 57P03, 53300), or the server has
    /// surely rolled it back (40001, 40P01). Default 0: none is.
    ///
    /// Never repeated are statements that may have run (see `idempotent`), those whose time was up, and, after 40001
    /// and 40P01, what can commit a part of its work before it fails: `CALL`, `DO`, and texts of several statements.
    fan_out_options& retries(int times) noexcept {
        retries_ = times < 0 ? 0 : times;
        return *this;
    }
    int retries() const noexcept { return retries_; }

    /// The time before the first repetition, on average; each later one of the same statement waits twice as long, up
    /// to 30 s, give or take a half at random. Nothing is repeated for which `total_timeout` leaves no time. Default 10
    /// ms.
    fan_out_options& backoff(std::chrono::milliseconds first) noexcept {
        backoff_ = first;
        return *this;
    }
    std::chrono::milliseconds backoff() const noexcept { return backoff_; }

    /// Says that it does no harm to run a statement of this fan-out twice. Then it is also repeated when its connection
    /// was lost while it may have been running, and `CALL`, `DO` and texts of several statements are like the rest.
    /// Default: no.
    fan_out_options& idempotent(bool on) noexcept {
        idempotent_ = on;
        return *this;
    }
    bool idempotent() const noexcept { return idempotent_; }

    /// Whether a statement is repeated that got no connection in time (`pool_timeout`). Default: no.
    fan_out_options& retry_pool_timeouts(bool on) noexcept {
        retry_pool_timeouts_ = on;
        return *this;
    }
    bool retry_pool_timeouts() const noexcept { return retry_pool_timeouts_; }

    /// Tells how far it is, not more often than that, and once at the end. Default: nobody is told. (GCC 12 destroys a
    /// lambda that captures by value twice when it is written inside a `co_await` expression: give it a name first.)
    fan_out_options& progress(fan_out_progress_handler handler,
                              std::chrono::milliseconds interval = std::chrono::milliseconds(100)) {
        progress_ = std::move(handler);
        progress_interval_ = interval;
        return *this;
    }
    const fan_out_progress_handler& progress() const noexcept { return progress_; }
    std::chrono::milliseconds progress_interval() const noexcept { return progress_interval_; }

private:
    std::size_t concurrency_ = 0;
    std::size_t window_ = 0;
    std::optional<std::chrono::milliseconds> statement_timeout_;
    std::chrono::milliseconds total_timeout_{0};
    std::chrono::milliseconds backoff_{10};
    std::chrono::milliseconds progress_interval_{100};
    fan_out_progress_handler progress_;
    int retries_ = 0;
    fan_out_policy policy_ = fan_out_policy::fail_fast;
    bool in_order_ = false;
    bool idempotent_ = false;
    bool retry_pool_timeouts_ = false;
};

} // namespace coropq

#endif
