// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What happens on the strand: statements are read and started, until there are no more or it has to stop.

#include "fan_out/core.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

using std::chrono::milliseconds;

namespace {

std::string end_message(fan_out_core::end_reason why, std::size_t index, milliseconds limit) {
    switch (why) {
    case fan_out_core::end_reason::out_of_time:
        return "the fan-out didn't end within " + std::to_string(limit.count()) + " ms";
    case fan_out_core::end_reason::failure:
        return "the statement with index " + std::to_string(index) + " failed, which ends the fan-out";
    case fan_out_core::end_reason::success:
        return "the statement with index " + std::to_string(index) + " succeeded, which ends the fan-out";
    case fan_out_core::end_reason::cancelled:
    case fan_out_core::end_reason::none: break;
    }
    return "the fan-out was cancelled";
}

} // namespace

void fan_out_core::begin() {
    if (options_.total_timeout() > milliseconds(0)) {
        deadline_.emplace(*strand_, saturated_deadline(options_.total_timeout()));
        deadline_->async_wait([self = shared_from_this()](boost::system::error_code code) {
            if (!code)
                self->stop(end_reason::out_of_time);
        });
    }
    bool cancelled = false;
    {
        const std::scoped_lock lock(mutex_);
        cancelled = cancel_requested_;
    }
    if (cancelled)
        stop(end_reason::cancelled);
    go_on();
}

bool fan_out_core::may_read() const noexcept {
    return reason_ == end_reason::none && !source_ended_ && !is_reading_ && running_ < concurrency_;
}

// Reads and starts what may be started. The user's functions may call back into here.
void fan_out_core::go_on() {
    if (is_going_on_ || is_ending_)
        return;
    is_going_on_ = true;
    while (may_read()) {
        std::optional<std::size_t> index;
        {
            const std::scoped_lock lock(mutex_);
            index = outcomes_.reserve();
        }
        if (!index)
            break;
        if (input_->is_asynchronous())
            read_later(*index);
        else
            read_one(*index);
    }
    is_going_on_ = false;
    if (is_reading_ || (reason_ == end_reason::none && !source_ended_))
        return;
    input_.reset();
    if (running_ == 0)
        finish();
}

void fan_out_core::read_one(std::size_t index) {
    bool more = false;
    std::exception_ptr problem;
    try {
        item_ = fan_out_item();
        more = input_->next(item_);
    } catch (...) {
        problem = std::current_exception();
    }
    was_read(index, problem, more);
}

void fan_out_core::read_later(std::size_t index) {
    is_reading_ = true;
    item_ = fan_out_item();
    auto ended = [self = shared_from_this(), index](const std::exception_ptr& problem, bool more) {
        self->is_reading_ = false;
        self->was_read(index, problem, more);
        self->go_on();
    };
    try {
        asio::co_spawn(*strand_, input_->next_later(item_),
                       asio::bind_cancellation_slot(stop_reading_.slot(), asio::bind_executor(*strand_, ended)));
    } catch (...) {
        is_reading_ = false;
        was_read(index, std::current_exception(), false);
    }
}

void fan_out_core::was_read(std::size_t index, const std::exception_ptr& problem, bool more) {
    if (more) {
        accept(index);
        return;
    }
    source_ended_ = true;
    const std::scoped_lock lock(mutex_);
    outcomes_.give_back();
    // Cancelling what is read ends it with an exception.
    if (problem && reason_ == end_reason::none && !problem_)
        problem_ = problem;
    if (!problem)
        counts_.total = outcomes_.read();
}

// What was read is started, unless it is late, or no statement.
void fan_out_core::accept(std::size_t index) {
    if (reason_ == end_reason::none && item_.work) {
        if (!item_.work->timeout() && options_.statement_timeout())
            item_.work->timeout(*options_.statement_timeout());
        place& used = take_place(index);
        used.again = std::move(item_.work);
        launch(used);
        return;
    }
    fan_out_record record;
    record.index = index;
    if (!item_.work) {
        record.state = fan_out_state::failed;
        record.code = item_.code;
        record.details = std::move(item_.details);
    } else {
        const std::scoped_lock lock(mutex_);
        record.code = end_code_;
        record.details = end_details_;
    }
    deliver(std::move(record), 0);
}

// Nothing else is started, and what runs is cancelled.
void fan_out_core::stop(end_reason why, std::size_t index) {
    if (reason_ != end_reason::none || is_ending_)
        return;
    reason_ = why;
    {
        const std::scoped_lock lock(mutex_);
        end_code_ =
            why == end_reason::out_of_time ? error_code(errc::timeout) : error_code(asio::error::operation_aborted);
        end_details_ = make_diagnostics(end_code_, end_message(why, index, options_.total_timeout()));
        told_reason_ = why;
    }
    for (place& each : places_) {
        if (each.pausing)
            each.pause->cancel();
        else if (each.in_use)
            each.stop.emit(asio::cancellation_type::terminal);
    }
    if (is_reading_)
        stop_reading_.emit(asio::cancellation_type::terminal);
    go_on();
}

// A function of the user has failed. What runs may end.
void fan_out_core::break_off(std::exception_ptr problem) {
    source_ended_ = true;
    const std::scoped_lock lock(mutex_);
    if (!problem_)
        problem_ = std::move(problem);
}

void fan_out_core::finish() {
    is_ending_ = true;
    if (deadline_)
        deadline_->cancel();
    if (next_tick_)
        next_tick_->cancel();
    {
        const std::scoped_lock lock(mutex_);
        ended_ = clock::now();
        if (!end_code_) { // for what wasn't run because a function of the user has failed
            end_code_ = asio::error::operation_aborted;
            end_details_ = make_diagnostics(end_code_, "the source of the statements failed, or the progress handler");
        }
    }
    tell_progress();
    const std::scoped_lock lock(mutex_);
    not_run_ = outcomes_.read();
    finished_ = true;
    wake();
}

// --- progress ---

// As long as something runs.
void fan_out_core::tick() {
    is_ticking_ = true;
    if (!next_tick_)
        next_tick_.emplace(*strand_);
    next_tick_->expires_after(std::max(options_.progress_interval(), milliseconds(1)));
    next_tick_->async_wait([self = shared_from_this()](boost::system::error_code) {
        if (self->is_ending_)
            return;
        self->tell_progress();
        self->is_ticking_ = false;
        if (self->running_ != 0 || self->is_reading_)
            self->tick();
        self->go_on();
    });
}

void fan_out_core::tell_progress() {
    if (!options_.progress())
        return;
    const fan_out_progress now = progress();
    {
        const std::scoped_lock lock(mutex_);
        if (abandoned_)
            return;
    }
    try {
        options_.progress()(now);
    } catch (...) {
        break_off(std::current_exception());
    }
}

} // namespace coropq::detail
