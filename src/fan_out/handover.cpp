// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What happens on any thread: a fan-out begins, is cancelled, and its outcomes are taken.

#include "fan_out/core.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

std::size_t window_of(const fan_out_options& options, std::size_t concurrency) {
    if (options.window() != 0)
        return options.window();
    return concurrency > no_limit / 4 ? no_limit : concurrency * 4;
}

std::size_t concurrency_of(const fan_out_options& options, const statement_runner& runner) {
    return options.concurrency() != 0 ? options.concurrency() : std::max<std::size_t>(runner.capacity(), 1);
}

// Who takes outcomes one after the other shouldn't wake those who read statements for each of them.
std::size_t resume_room_of(std::size_t window, std::size_t concurrency) {
    return window > concurrency ? std::max<std::size_t>((window - concurrency) / 2, 1) : 1;
}

// The same error, which says of which statement it is.
diagnostics with_message(const error_code& code, const diagnostics& details, std::string message) {
    diagnostics_fields fields = fields_of(details);
    fields.message = std::move(message);
    fields.attempts = details.attempts();
    return diagnostics(code, std::move(fields));
}

[[noreturn]] void throw_statement_error(const fan_out_record& failed, std::string_view prefix) {
    std::string message(prefix);
    message += "the statement with index " + std::to_string(failed.index) + ": ";
    message += failed.details.message().empty() ? failed.code.message() : failed.details.message();
    throw_error(failed.code, with_message(failed.code, failed.details, std::move(message)));
}

} // namespace

fan_out_core::fan_out_core(std::unique_ptr<statement_runner> runner, std::unique_ptr<fan_out_input> input,
                           fan_out_options options, fan_out_mapping mapping, bool unlimited)
    : runner_(std::move(runner))
    , input_(std::move(input))
    , options_(std::move(options))
    , mapping_(mapping)
    , concurrency_(concurrency_of(options_, *runner_))
    , outcomes_(unlimited ? no_limit : window_of(options_, concurrency_),
                resume_room_of(window_of(options_, concurrency_), concurrency_), !unlimited && options_.in_order()) {
    counts_.total = input_->size();
}

void fan_out_core::start(const asio::any_io_executor& executor) {
    {
        const std::scoped_lock lock(mutex_);
        if (strand_)
            return;
        taker_.emplace(executor, clock::time_point::max());
        strand_.emplace(asio::make_strand(executor));
        began_ = clock::now();
    }
    asio::dispatch(*strand_, [self = shared_from_this()] { self->begin(); });
}

void fan_out_core::cancel() {
    {
        const std::scoped_lock lock(mutex_);
        if (std::exchange(cancel_requested_, true) || !strand_ || finished_)
            return;
    }
    asio::dispatch(*strand_, [self = shared_from_this()] { self->stop(end_reason::cancelled); });
}

void fan_out_core::abandon() noexcept try {
    {
        const std::scoped_lock lock(mutex_);
        abandoned_ = true;
        outcomes_.abandon();
    }
    cancel();
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for the message, what runs goes on to its end
}

fan_out_core::taken fan_out_core::take(fan_out_record& record) {
    bool resumes = false;
    {
        const std::scoped_lock lock(mutex_);
        if (outcomes_.take(record)) {
            resumes = outcomes_.has_room_again();
        } else {
            if (!finished_)
                return taken::none_yet;
            if (!counts_.total || not_run_ >= *counts_.total)
                return taken::none_left;
            record = fan_out_record();
            record.index = not_run_++;
            record.code = end_code_;
            record.details = end_details_;
        }
    }
    if (resumes)
        asio::dispatch(*strand_, [self = shared_from_this()] { self->go_on(); });
    return taken::one;
}

fan_out_progress fan_out_core::progress() const {
    const std::scoped_lock lock(mutex_);
    fan_out_progress now = counts_;
    now.running = outcomes_.read() - now.done;
    if (began_)
        now.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(ended_.value_or(clock::now()) - *began_);
    return now;
}

bool fan_out_core::has_ended() const {
    const std::scoped_lock lock(mutex_);
    return finished_;
}

void fan_out_core::wake() {
    if (!finished_ && outcomes_.ready() < wanted_)
        return;
    wanted_ = no_limit;
    taker_->cancel();
}

// A class with a constructor instead of a lambda: see docs/decisions.md on GCC 12. The timer's context owns whoever
// waits, not the core, which it would own in turn.
struct fan_out_core::initiate_wait {
    initiate_wait(std::shared_ptr<fan_out_core> whole, std::size_t wanted) : core(std::move(whole)), outcomes(wanted) {}

    template <typename Handler>
    void operator()(Handler&& handler) const {
        const std::scoped_lock lock(core->mutex_);
        core->wanted_ = outcomes;
        core->taker_->async_wait(std::forward<Handler>(handler));
        core->wake();
    }

    std::shared_ptr<fan_out_core> core;
    std::size_t outcomes;
};

asio::awaitable<void> fan_out_core::wait(std::shared_ptr<fan_out_core> self, std::size_t outcomes) {
    error_code ignored;
    const initiate_wait initiate(std::move(self), outcomes);
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await asio::async_initiate<decltype(token), void(error_code)>(initiate, token);
}

void fan_out_core::rethrow_problem() const {
    const std::scoped_lock lock(mutex_);
    if (problem_)
        std::rethrow_exception(problem_);
}

void fan_out_core::rethrow_failure() const {
    const std::scoped_lock lock(mutex_);
    if (told_reason_ == end_reason::cancelled)
        throw_error(end_code_, end_details_);
    if (options_.policy() == fan_out_policy::collect ||
        (options_.policy() == fan_out_policy::first_success && succeeded_))
        return;
    if (told_reason_ == end_reason::out_of_time)
        throw_error(end_code_, end_details_);
    if (first_failure_)
        throw_statement_error(*first_failure_,
                              options_.policy() == fan_out_policy::first_success ? "no statement succeeded; " : "");
}

} // namespace coropq::detail
