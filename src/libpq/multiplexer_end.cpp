// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that nobody waits for any more, and sessions that are lost.

#include "libpq/multiplexer.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "libpq/multiplexer_step.hpp"
#include "libpq/recovery.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

using stage = pipelined_statement::stage;

void multiplexer::cancel(pointer unwanted, asio::cancellation_type type) {
    asio::dispatch(state_.strand, [self = session_.shared_from_this(), this, unwanted = std::move(unwanted), type] {
        guarded([&] {
            const bool terminal = (type & asio::cancellation_type::terminal) != asio::cancellation_type::none;
            if (!holds(*unwanted) || unwanted->now == stage::left || (unwanted->now == stage::sent && !terminal))
                return;
            leave(*unwanted, cancelled_outcome(*unwanted));
            go_on();
        });
    });
}

// It may have been sent back since, and be somebody else's; whoever it was sent back to knows that nobody wants it.
bool multiplexer::holds(const pipelined_statement& unit) {
    const auto is_it = [&unit](const pointer& each) { return each.get() == &unit; };
    if (std::any_of(waiting_.begin(), waiting_.end(), is_it) ||
        std::any_of(sent_.begin(), sent_.end(), [&](const sent_statement& each) { return is_it(each.unit); }))
        return true;
    const std::scoped_lock lock(inbox_mutex_);
    return std::any_of(inbox_.begin(), inbox_.end(), is_it);
}

operation_outcome multiplexer::cancelled_outcome(const pipelined_statement& unit) const {
    if (unit.now == stage::sent)
        return failed_operation(asio::error::operation_aborted,
                                "the operation was cancelled; its statement was sent, and what comes is dropped");
    return known_not_run(
        failed_operation(asio::error::operation_aborted, "the operation was cancelled before anything was sent"));
}

void multiplexer::leave(pipelined_statement& unit, operation_outcome outcome) {
    const stage before = unit.now;
    forget_limit(unit);
    unit.complete(std::move(outcome));
    if (before == stage::sent)
        ++unwanted_;
    else // or it is in the inbox, and leaves with that
        left_ += std::erase_if(waiting_, [&unit](const pointer& each) { return each.get() == &unit; });
}

// --- deadlines ---

void multiplexer::watch(const pointer& unit) {
    const auto when = unit->limit.when;
    if (when == time_limit::clock::time_point::max() || unit->now == stage::left)
        return;
    const bool soonest = limits_.empty() || when < limits_.begin()->first;
    limits_.emplace(when, unit.get());
    if (soonest)
        set_alarm();
}

// Whoever leaves takes it with him, so those in there are here.
void multiplexer::forget_limit(pipelined_statement& unit) {
    if (!limits_.empty())
        limits_.erase({unit.limit.when, &unit});
}

// One that is set keeps the context at work.
void multiplexer::silence_alarm() {
    limits_.clear();
    if (std::exchange(alarm_is_set_, false))
        alarm_.cancel();
}

void multiplexer::set_alarm() {
    alarm_is_set_ = true;
    alarm_.expires_at(limits_.begin()->first);
    alarm_.async_wait([self = session_.shared_from_this(), this](error_code code) {
        if (!code)
            guarded([this] { times_up(); });
    });
}

void multiplexer::times_up() {
    alarm_is_set_ = false;
    const auto now = time_limit::clock::now();
    while (!limits_.empty() && limits_.begin()->first <= now) {
        pipelined_statement& late = *limits_.begin()->second;
        leave(late, late.now == stage::sent ? deadline_passed(late.limit, "running; what comes is dropped")
                                            : known_not_run(deadline_passed(late.limit, "waiting; nothing was sent")));
    }
    if (!limits_.empty())
        set_alarm();
    go_on();
}

// --- giving statements up on the server ---

// A request to cancel hits what runs when it arrives. So it is sent only if nothing is on the session that somebody
// waits for, and nothing is sent behind it.
void multiplexer::get_rid_if_unwanted() {
    if (ending_ || unwanted_ == 0 || !waiting_.empty())
        return;
    const bool wanted = std::any_of(sent_.begin(), sent_.end(),
                                    [](const sent_statement& one) { return one.unit && one.unit->now != stage::left; });
    if (!wanted)
        get_rid();
}

void multiplexer::get_rid() {
    close_entrance();
    for (const sent_statement& one : sent_) {
        if (one.parses) // it is there or not
            forget(one, true);
    }
    dropped_ = statements_sent();
    unwanted_ = 0;
    sent_.clear();
    received_ = answer();
    stop_waiting();
    state_.notices.redact.set_statement(nullptr);
    state_.busy = false;
    state_.recovering = true;
    ++state_.cleaning_up;
    asio::co_spawn(state_.strand, recover(session_.shared_from_this(), *this), asio::detached);
}

asio::awaitable<void> multiplexer::recover(session::pointer self, multiplexer& shared) {
    session::state& state = *self->state_;
    const bool usable = co_await get_rid_of_statement(state);
    state.recovering = false;
    --state.cleaning_up;
    state.mirrored.reset(); // whether that had an effect is unknown
    if (!usable || state.abandoned)
        self->finish();
    state.freed.cancel();
    shared.guarded([&] { shared.end_with(self->condition()); });
}

// No other statement comes; those that weren't sent go back.
void multiplexer::close_entrance() {
    if (ending_)
        return;
    ending_ = true;
    std::shared_ptr<sharing_owner> lender;
    {
        const std::scoped_lock lock(inbox_mutex_);
        lender = lender_;
    }
    if (lender) // or it was idle
        lender->sharing_ends(slot_);
    take_inbox();
    send_back();
}

void multiplexer::send_back() {
    for (pointer& each : waiting_) {
        if (each->now == stage::left) {
            ++left_;
        } else {
            return_unsent(std::move(each));
        }
    }
    waiting_.clear();
}

// The library's own not counted.
std::size_t multiplexer::statements_sent() const {
    return static_cast<std::size_t>(
        std::count_if(sent_.begin(), sent_.end(), [](const sent_statement& one) { return one.unit != nullptr; }));
}

// --- the end of the session ---

void multiplexer::interrupt() {
    if (!active_ || ending_)
        return;
    for (sent_statement& one : sent_) {
        if (one.unit && one.unit->now != stage::left)
            leave(*one.unit, failed_operation(asio::error::operation_aborted,
                                              "the operation was interrupted: its engine was disposed of"));
    }
    if (unwanted_ != 0) {
        get_rid();
        tell();
    } else {
        session_.finish();
        close_entrance();
        end_with(session_condition::spoiled);
    }
}

void multiplexer::lost(error_code code) {
    const std::string hint = "the statement may or may not have run";
    diagnostics_fields reason = session_.why_lost(code, hint);
    const error_code final_code = errc::connection_lost;
    for (sent_statement& one : sent_) {
        if (!one.unit || one.unit->now == stage::left)
            continue;
        diagnostics_fields fields = reason;
        // Its answer had come already, and waited for something else.
        const answer* const known = one.asks ? &one.asks->kept : &one == &sent_.front() ? &received_ : nullptr;
        if (known && known->code)
            fields.hint = "before that, the statement had failed: " + known->details.message();
        state_.notices.redact.set_statement(&one.unit->work);
        state_.notices.redact.add_statement(fields);
        ends_with(one.unit, operation_outcome(final_code, diagnostics(final_code, std::move(fields))));
    }
    left_ += statements_sent();
    sent_.clear();
    session_.finish();
    close_entrance();
    end_with(state_.end);
}

void multiplexer::forget_all() {
    std::shared_ptr<sharing_owner> lender; // goes behind the lock
    std::vector<pointer> inbox;
    {
        const std::scoped_lock lock(inbox_mutex_);
        lender.swap(lender_);
        inbox.swap(inbox_);
    }
    limits_.clear();
    waiting_.clear();
    sent_.clear();
    returned_.clear();
    outbox_.clear();
}

// Without the memory to do better.
void multiplexer::fail(error_code code) noexcept try {
    for (sent_statement& one : sent_) {
        if (one.unit && one.unit->now != stage::left)
            one.unit->complete(operation_outcome(code, {}));
    }
    left_ += statements_sent();
    sent_.clear();
    session_.finish();
    close_entrance();
    end_with(session_condition::spoiled);
} catch (...) { // NOLINT(bugprone-empty-catch): the statements end with the session
}

void multiplexer::end_with(session_condition condition) {
    if (!ending_)
        close_entrance();
    stop_waiting();
    active_ = false;
    ends_ = 0;
    unwanted_ = 0;
    received_ = answer();
    silence_alarm();
    state_.busy = false;
    std::shared_ptr<sharing_owner> lender;
    std::size_t slot = 0;
    {
        const std::scoped_lock lock(inbox_mutex_);
        lender.swap(lender_);
        slot = slot_;
    }
    if (!lender) {
        ending_ = false;
        deliver_all();
        return;
    }
    ending_ = false; // the session may be somebody else's before the next line returns
    const std::size_t left = std::exchange(left_, 0) + std::exchange(dropped_, 0);
    if (!lender->sharing_ended(slot, condition, left, std::exchange(returned_, {}))) {
        const std::scoped_lock lock(inbox_mutex_);
        ending_ = true;
        end_condition_ = condition;
        lender_ = std::move(lender);
    }
    deliver_all();
}

} // namespace coropq::detail
