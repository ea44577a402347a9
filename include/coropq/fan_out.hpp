// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FAN_OUT_HPP
#define COROPQ_FAN_OUT_HPP

// Many statements at once, each for itself:
//
//     auto outcomes = co_await coropq::fan_out(engine, std::move(work), coropq::fan_out_options().concurrency(64));
//     for (auto& outcome : outcomes)
//         std::cout << outcome.index() << ": " << outcome.value().size() << " rows\n";
//
// or as they come, with bounded memory:
//
//     auto run = coropq::fan_out_stream<user>(engine, coropq::statements_for("select … where id = $1", ids));
//     while (auto outcome = co_await run.next())
//         …
//
// Statements are read from a `statement_source`, a few are given to the engine at a time, and each has an outcome.
// They run in autocommit, on whatever connections, in no order: see docs/fan_out.md.

#include <coropq/detail/fan_out_core.hpp>
#include <coropq/engine.hpp>
#include <coropq/fan_out/options.hpp>
#include <coropq/fan_out/outcome.hpp>
#include <coropq/fan_out/source.hpp>
#include <coropq/result.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace coropq {

/// Runs the statements of a source on an engine, and gives all outcomes, in the order of the statements:
/// `std::vector<fan_out_outcome<result>>`. With a type (`fan_out<user>(…)`), values are `std::vector<user>`: the rows
/// as objects of their own, as `engine::fetch` gives them; rows that don't fit are a failure of their statement.
///
/// There is an outcome for each statement, also for those that were never started, as far as the source knows its size;
/// otherwise for each that was read from it.
///
/// Throws what the policy says (`fan_out_policy`): the exception of a failed statement, of its usual class, whose
/// message begins with the number of the statement; `timeout_error` when the total time is up, unless outcomes are
/// collected; what the source or the progress handler throws. It throws when nothing of the fan-out runs any more.
///
/// Cancellation, with any type of it: nothing else is started, what runs is cancelled, on the server as well, and when
/// all of it has ended, `asio::error::operation_aborted` is thrown. The same happens, without waiting, when the
/// suspended coroutine is destroyed. (The server is told in the background: `engine::drain` waits for that.)
///
/// Nothing happens before the awaitable is awaited. Arguments are taken over at the call. Source and progress handler
/// are called on the executor of the coroutine that awaits, never two at a time; the engine may be another context's.
template <typename T = result>
boost::asio::awaitable<std::vector<fan_out_outcome<detail::fan_out_value<T>>>>
fan_out(const engine& used, statement_source work, fan_out_options options = fan_out_options()) {
    return detail::typed_outcomes<detail::fan_out_value<T>>(detail::all_outcomes(
        detail::fan_out_handle(used, std::move(work), std::move(options), detail::mapping_for<T>(), true)));
}

/// A fan-out whose outcomes are taken one after the other, as they come or in order (`fan_out_options::in_order`).
///
///     auto run = coropq::fan_out_stream(engine, std::move(work), coropq::fan_out_options().retries(3));
///     while (auto outcome = co_await run.next()) {
///         if (!outcome->succeeded())
///             std::cerr << outcome->index() << ": " << outcome->details() << '\n';
///     }
///
/// Memory is bounded, however many statements there are: when nobody takes outcomes, no more than
/// `fan_out_options::window` statements are read. What was started goes on meanwhile.
///
/// Each statement has one outcome, also those that were cancelled or, as far as the source knows its size, never
/// started; the policy decides which those are, and failures of statements aren't thrown.
///
/// Begins with the first `next`, on the executor of that coroutine, where the source and the progress handler are
/// called. Destroying it cancels what runs, on the server as well, in the background; if its executor has several
/// threads, the source may be in the middle of a call then, which `close` waits for.
///
/// One `next` or `close` at a time. `cancel` and `progress` may be called from any thread.
template <typename Value>
class fan_out_run {
public:
    using outcome_type = fan_out_outcome<Value>;

    /// The next outcome; nothing after the last one. Throws what the source or the progress handler threw, behind the
    /// last outcome. Cancelled, with any type of cancellation, it cancels the fan-out and throws
    /// `asio::error::operation_aborted`; what is left can still be taken.
    boost::asio::awaitable<std::optional<outcome_type>> next() { return detail::typed_outcome<Value>(handle_.core()); }

    /// Ends it early: nothing else is started, and what runs is cancelled, on the server as well. `next` gives the
    /// outcomes of these, too. May be called again, at the end, or before the beginning.
    void cancel() { handle_.cancel(); }

    /// Cancels, and waits until nothing of it runs any more and its source is gone. Outcomes can still be taken.
    boost::asio::awaitable<void> close() { return detail::close_fan_out(handle_.core()); }

    /// How far it is.
    fan_out_progress progress() const { return handle_.progress(); }

    /// For the library.
    explicit fan_out_run(detail::fan_out_handle handle) noexcept : handle_(std::move(handle)) {}

private:
    detail::fan_out_handle handle_;
};

/// Makes a fan-out whose outcomes are taken one after the other: see `fan_out_run`. With a type
/// (`fan_out_stream<user>(…)`), values are `std::vector<user>`. Starts nothing yet.
template <typename T = result>
[[nodiscard]] fan_out_run<detail::fan_out_value<T>> fan_out_stream(const engine& used, statement_source work,
                                                                   fan_out_options options = fan_out_options()) {
    return fan_out_run<detail::fan_out_value<T>>(
        detail::fan_out_handle(used, std::move(work), std::move(options), detail::mapping_for<T>(), false));
}

} // namespace coropq

#endif
