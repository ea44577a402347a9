// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// One statement of a fan-out, on the strand: its attempts, the time between them, and its outcome.

#include "fan_out/core.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "fan_out/repetition.hpp"
#include "operation/random_factor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

using std::chrono::milliseconds;

// Ends one attempt to run a statement.
struct fan_out_core::attempt_ended {
    attempt_ended(std::shared_ptr<fan_out_core> whole, place& statement) : core(std::move(whole)), used(&statement) {}

    void operator()(boost::system::error_code code) const { core->attempt_over(*used, code); }

    std::shared_ptr<fan_out_core> core;
    place* used;
};

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

} // namespace coropq::detail
