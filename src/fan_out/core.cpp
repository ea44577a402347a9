// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What happens on the strand: statements are read, started, repeated, cancelled, and end.

#include "fan_out/core.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "fan_out/repetition.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

using std::chrono::milliseconds;

namespace {

double random_factor() {
    thread_local std::minstd_rand generator(std::random_device{}());
    return std::uniform_real_distribution<double>(0.5, 1.5)(generator);
}

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

// Called on the strand. Ends one attempt to run a statement.
struct fan_out_core::attempt_ended {
    attempt_ended(std::shared_ptr<fan_out_core> whole, place& statement) : core(std::move(whole)), used(&statement) {}

    void operator()(boost::system::error_code code) const { core->attempt_over(*used, code); }

    std::shared_ptr<fan_out_core> core;
    place* used;
};

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

fan_out_core::place& fan_out_core::take_place(std::size_t index) {
    if (free_.empty()) {
        free_.reserve(places_.size() + 1); // so that giving it back can't fail
        free_.push_back(&places_.emplace_back());
    }
    place& used = *free_.back();
    free_.pop_back();
    used.index = index;
    used.attempts = 0;
    used.may_have_run = false;
    used.began = clock::now();
    used.in_use = true;
    ++running_;
    return used;
}

void fan_out_core::launch(place& used) {
    ++used.attempts;
    if (options_.progress() && !is_ticking_)
        tick();
    try {
        statement work = options_.retries() > 0 ? *used.again : std::move(*used.again);
        runner_->run(std::move(work), used.output, used.details,
                     asio::bind_cancellation_slot(
                         used.stop.slot(), asio::bind_executor(*strand_, attempt_ended(shared_from_this(), used))));
    } catch (const std::exception& problem) {
        used.code = errc::unexpected;
        used.details = make_diagnostics(used.code, problem.what());
        settle(used, erased_value(nullptr, nullptr));
    }
}

void fan_out_core::attempt_over(place& used, boost::system::error_code code) {
    used.code = code;
    erased_value mapped(nullptr, nullptr);
    if (code && pause_before_next(used))
        return;
    if (!code && mapping_) {
        try {
            mapped = mapping_(used.output);
        } catch (const error& problem) {
            used.code = problem.code();
            used.details = problem.details();
        } catch (const std::exception& problem) {
            used.code = errc::unexpected;
            used.details = make_diagnostics(used.code, problem.what());
        } catch (...) { // a codec of the user's may throw anything
            used.code = errc::unexpected;
        }
    }
    settle(used, std::move(mapped));
    go_on();
}

bool fan_out_core::pause_before_next(place& used) {
    if (reason_ != end_reason::none || used.attempts > options_.retries() ||
        !is_repeatable(used.code, used.details, *used.again, options_))
        return false;
    std::optional<milliseconds> time_left;
    if (deadline_)
        time_left = std::chrono::floor<milliseconds>(deadline_->expiry() - clock::now());
    const auto delay = repetition_delay(options_, used.attempts, time_left, random_factor());
    if (!delay)
        return false;
    if (effect_of(used.code, used.details) == statement_effect::unknown)
        used.may_have_run = true;
    if (!used.pause)
        used.pause = std::make_unique<asio::steady_timer>(*strand_);
    used.pause->expires_after(*delay);
    used.pausing = true;
    used.pause->async_wait([self = shared_from_this(), &used](boost::system::error_code) { self->pause_over(used); });
    return true;
}

void fan_out_core::pause_over(place& used) {
    used.pausing = false;
    if (reason_ == end_reason::none) {
        {
            const std::scoped_lock lock(mutex_);
            ++counts_.retries;
        }
        launch(used);
    } else {
        settle(used, erased_value(nullptr, nullptr));
    }
    go_on();
}

// The end of a statement: its outcome, and its place is free.
void fan_out_core::settle(place& used, erased_value mapped) {
    fan_out_record record;
    record.index = used.index;
    record.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - used.began);
    record.attempts = used.attempts;
    record.code = used.code;
    const std::size_t rows = used.output.size();
    if (!used.code) {
        record.state = fan_out_state::succeeded;
        if (mapped)
            record.mapped = std::move(mapped);
        else
            record.output = std::move(used.output);
    } else {
        record.state = fan_out_state::failed;
        record.details = std::move(used.details);
        record.may_have_run = used.may_have_run || effect_of(record.code, record.details) == statement_effect::unknown;
        if (reason_ != end_reason::none && used.code == asio::error::operation_aborted) {
            const std::scoped_lock lock(mutex_);
            record.state = fan_out_state::cancelled;
            record.code = end_code_;
            record.details = end_details_;
        }
    }
    used.again.reset();
    used.output = result();
    used.details = diagnostics();
    used.in_use = false;
    free_.push_back(&used);
    --running_;
    deliver(std::move(record), rows);
}

void fan_out_core::deliver(fan_out_record record, std::size_t rows) {
    const std::size_t index = record.index;
    const fan_out_state state = record.state;
    {
        const std::scoped_lock lock(mutex_);
        ++counts_.done;
        counts_.rows += rows;
        if (state == fan_out_state::succeeded) {
            succeeded_ = true;
        } else {
            ++counts_.failed;
            if (!first_failure_ && state == fan_out_state::failed) {
                first_failure_.emplace();
                first_failure_->index = index;
                first_failure_->code = record.code;
                first_failure_->details = record.details;
            }
        }
        outcomes_.put(std::move(record));
        wake();
    }
    if (state == fan_out_state::failed && options_.policy() == fan_out_policy::fail_fast)
        stop(end_reason::failure, index);
    if (state == fan_out_state::succeeded && options_.policy() == fan_out_policy::first_success)
        stop(end_reason::success, index);
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
