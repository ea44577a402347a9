// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How the answers get back to the statements.

#include "libpq/multiplexer.hpp"

#include <coropq/error.hpp>

#include "libpq/multiplexer_step.hpp"
#include "result/result_data.hpp"
#include "types/type_lookup.hpp"
#include "types/type_registry.hpp"

#include <algorithm>
#include <utility>

namespace coropq::detail {

// What follows each step: waiting for the socket, and telling the lender.
void multiplexer::go_on() {
    if (active_)
        get_rid_if_unwanted();
    if (active_)
        wait();
    tell();
    deliver_all();
}

void multiplexer::wait() {
    if (!sent_.empty() && !reading_) {
        reading_ = true;
        state_.socket.async_wait_readable([self = session_.shared_from_this(), this, waits = waits_](error_code code) {
            if (waits == waits_)
                guarded([this, code] { readable(code); });
        });
    }
    if (blocked_ && !writing_) {
        writing_ = true;
        state_.socket.async_wait_writable([self = session_.shared_from_this(), this, waits = waits_](error_code code) {
            if (waits == waits_)
                guarded([this, code] { writable(code); });
        });
    }
}

// Waits that are under way end without effect.
void multiplexer::stop_waiting() {
    if (reading_ || writing_)
        state_.socket.cancel();
    ++waits_;
    reading_ = false;
    writing_ = false;
    blocked_ = false;
}

void multiplexer::readable(error_code code) {
    reading_ = false;
    if (!active_ || ending_)
        return;
    if (state_.abandoned) {
        interrupt();
        return;
    }
    types_ = state_.types->catalog();
    PGconn* const handle = state_.handle.get();
    const bool encrypted = PQsslInUse(handle) != 0;
    // Of an encrypted stream, libpq takes one record at a time, which is one answer; the next may have arrived already,
    // also where the socket knows nothing of it any more.
    bool sound = true;
    for (bool more = true; more && sound && active_ && !code;) {
        sound = PQconsumeInput(handle) == 1;
        more = read() && encrypted && !sent_.empty();
    }
    if (active_ && (!sound || code))
        lost(errc::connection_lost);
    send();
    go_on();
}

void multiplexer::writable(error_code code) {
    writing_ = false;
    if (!active_ || ending_)
        return;
    types_ = state_.types->catalog();
    if (code || !flush())
        lost(errc::connection_lost);
    else if (blocked_)
        read(); // while it could send nothing, libpq may have read
    send();
    go_on();
}

// Everything that is there. Whether that was anything.
bool multiplexer::read() {
    bool progress = false;
    PGconn* const handle = state_.handle.get();
    const statement* shown = nullptr;
    while (active_ && !sent_.empty()) {
        // Messages about the statement mustn't show its values.
        const statement* const running = sent_.front().unit ? &sent_.front().unit->work : nullptr;
        if (std::exchange(shown, running) != running || !progress)
            state_.notices.redact.set_statement(running);
        if (PQisBusy(handle) != 0)
            break;
        progress = true;
        result_handle one;
        if (const error_code code = take_result(state_, one)) {
            lost(code);
            return true;
        }
        if (!one) {
            if (++ends_ > 8) { // each statement has one, and then something comes
                lost(errc::connection_lost);
                return true;
            }
            continue;
        }
        ends_ = 0;
        const ExecStatusType status = PQresultStatus(one.get());
        if (status == PGRES_PIPELINE_SYNC) {
            finish_front();
        } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            lost(errc::connection_lost); // nobody asked for it, and it has no end here
            return true;
        } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            take_error(state_, one.get(), received_);
        } else if (status != PGRES_PIPELINE_ABORTED) {
            received_.results.push_back(std::move(one));
        }
    }
    if (active_) {
        state_.notices.redact.set_statement(nullptr);
        drop_notifications(state_);
    }
    return progress;
}

void multiplexer::finish_front() {
    sent_statement done = std::move(sent_.front());
    sent_.pop_front();
    using kind = sent_statement::kind;
    switch (done.what) {
    case kind::statement: finish_statement(done); break;
    case kind::type_lookup: finish_lookup(done); break;
    case kind::setting:
        if (received_.code)
            state_.mirrored.reset();
        break;
    case kind::nothing: break; // what was to be deallocated may be gone already
    }
    received_.code.clear();
    if (!received_.details.empty())
        received_.details = diagnostics();
    received_.results.clear();
    received_.stale_plan = false;
}

void multiplexer::finish_statement(sent_statement& done) {
    if (done.parses) {
        if (received_.results.empty())
            forget_failed(done);
        else
            received_.results.erase(received_.results.begin());
    }
    if (!received_.code && received_.results.empty()) {
        sent_.push_front(std::move(done));
        note_missing_answer(state_);
        lost(errc::connection_lost);
        return;
    }
    if (done.unit->now == pipelined_statement::stage::left) {
        --unwanted_;
        ++left_;
        return;
    }
    if (received_.code && repeat(done))
        return;
    note_effects(state_, received_);
    const bool known_columns = has_known_columns(done, received_);
    if (!received_.code && !known_columns) {
        if (std::vector<std::uint32_t> unknown = unknown_types(); !unknown.empty()) {
            if (!put_lookup(std::move(done), std::move(unknown)))
                lost(errc::connection_lost);
            return;
        }
    }
    deliver(done, received_, known_columns);
}

void multiplexer::finish_lookup(sent_statement& done) {
    try {
        if (received_.code)
            state_.types->put_off_look_ups();
        else
            add_types(*state_.types, make_result(received_.results, state_.types->catalog(), false), done.asks->types);
    } catch (const error&) { // an answer that isn't one
        state_.types->put_off_look_ups();
    }
    types_ = state_.types->catalog();
    if (done.unit->now == pipelined_statement::stage::left) {
        --unwanted_;
        ++left_;
        return;
    }
    const std::unique_ptr<type_question> asked = std::move(done.asks);
    deliver(done, asked->kept, false);
}

void multiplexer::deliver(sent_statement& done, answer& received, bool known_columns) {
    operation_outcome outcome(received.code, std::move(received.details));
    if (!received.code) {
        if (done.describes && !received.results.empty()) {
            prepared_statement* const prepared = state_.prepared.find(key_of(done.unit->work));
            if (prepared && !prepared->described)
                describe(state_, *prepared, received.results.back().get());
        }
        outcome.output = result_of(done, received, known_columns);
    }
    // The server's own limit is the same, and either of them may be the first to notice.
    if (received.code == sqlstate::query_canceled && state_.defaults.server_timeout() && done.unit->limit.passed())
        outcome = deadline_passed(done.unit->limit, "running");
    forget_limit(*done.unit);
    ends_with(done.unit, std::move(outcome));
    ++left_;
}

// A small answer like the last one to the same prepared statement, in which there was nothing to be looked up.
bool multiplexer::has_known_columns(const sent_statement& done, const answer& received) const {
    if (!done.columns || !done.columns->are_known || done.columns->types != types_ || received.code ||
        received.results.size() != 1)
        return false;
    const PGresult* const answer = received.results.front().get();
    return has_columns(answer, done.columns.get()) && result_data::is_small(answer);
}

// Most answers are small, and many of them wait for their callers at the same time.
result multiplexer::result_of(sent_statement& done, answer& received, bool known_columns) {
    const bool canonical_text = may_be_binary(state_, done.unit->work);
    if (!known_columns) {
        if (done.prepared == 0 || received.results.size() != 1 ||
            !result_data::is_small(received.results.front().get()))
            return make_result(received.results, types_, canonical_text);
        note_columns(done, received.results.front().get());
    }
    return make_small_result(received.results.front().get(), std::move(done.columns), canonical_text);
}

// It was sent before they were known, or other types are known since.
void multiplexer::note_columns(sent_statement& done, const PGresult* answer) {
    const auto are_these = [&](const result_columns& noted) {
        return noted && noted->types == types_ && has_columns(answer, noted.get());
    };
    if (are_these(done.columns))
        return;
    prepared_statement* const prepared = state_.prepared.find(key_of(done.unit->work));
    const bool is_there = prepared && prepared->number == done.prepared;
    done.columns = is_there && are_these(prepared->columns) ? prepared->columns : columns_of(answer, types_);
    if (is_there)
        prepared->columns = done.columns;
}

// A statement has left its connection, and the lender knows, before its caller does.
void multiplexer::ends_with(const pointer& unit, operation_outcome&& outcome) {
    unit->now = pipelined_statement::stage::left;
    if (outbox_.empty())
        outbox_.reserve(std::min<std::size_t>(sent_.size() + 1, 64)); // as many may have come together
    outbox_.emplace_back(std::move(*unit->to), std::move(outcome));
}

void multiplexer::deliver_all() {
    if (!outbox_.empty())
        outcome_delivery::deliver(std::exchange(outbox_, {}));
}

// What was prepared isn't there, or doesn't fit any more; nothing has run, so it can be done again.
bool multiplexer::repeat(sent_statement& done) {
    constexpr std::uint8_t most = 2;
    if (!received_.stale_plan || done.prepared == 0 || done.unit->repetitions == most)
        return false;
    ++done.unit->repetitions;
    done.unit->unprepared = done.parse_failed || done.unit->repetitions == most;
    if (!done.parse_failed)
        forget(done, received_.code == sqlstate::feature_not_supported);
    done.unit->now = pipelined_statement::stage::waiting;
    waiting_.push_front(std::move(done.unit));
    return true;
}

// Those behind it will be told that there is no such statement. They find out by themselves what is wrong with it.
void multiplexer::forget_failed(const sent_statement& done) {
    forget(done, false);
    for (sent_statement& behind : sent_) {
        if (behind.prepared == done.prepared)
            behind.parse_failed = true;
    }
}

std::string multiplexer::key_of(const statement& work) const {
    const wire_parameters parameters(work, *types_);
    std::string key;
    statement_cache::put_key(key, work.sql(), parameters.types);
    return key;
}

// What it has prepared, or used, unless it was prepared anew since.
void multiplexer::forget(const sent_statement& done, bool deallocate) {
    const std::string key = key_of(done.unit->work);
    const prepared_statement* const present = state_.prepared.find(key);
    if (present && present->number == done.prepared)
        state_.prepared.remove(key, deallocate);
}

std::vector<std::uint32_t> multiplexer::unknown_types() const {
    std::vector<std::uint32_t> unknown;
    for (const result_handle& one : received_.results)
        add_unknown_columns(*types_, one.get(), unknown);
    if (!unknown.empty() && (!state_.defaults.type_lookup() || !state_.types->may_look_up()))
        unknown.clear();
    return unknown;
}

// With the last statement, the session may be somebody else's as soon as its lender knows.
void multiplexer::tell() {
    if (active_ && !ending_ && sent_.empty() && waiting_.empty()) {
        if (PQpipelineStatus(state_.handle.get()) != PQ_PIPELINE_OFF && PQexitPipelineMode(state_.handle.get()) != 1) {
            lost(errc::connection_lost);
            return;
        }
        be_idle();
    }
    if (left_ == 0 && returned_.empty())
        return;
    std::shared_ptr<sharing_owner> lender;
    std::size_t slot = 0;
    {
        const std::scoped_lock lock(inbox_mutex_);
        slot = slot_;
        if (active_ || scheduled_)
            lender = lender_;
        else
            lender.swap(lender_);
    }
    sharing_owner::statements returned = std::exchange(returned_, {});
    const std::size_t left = std::exchange(left_, 0);
    if (left != 0)
        lender->statements_left(slot, left);
    if (!returned.empty())
        lender->statements_returned(slot, std::move(returned));
}

void multiplexer::be_idle() {
    stop_waiting();
    silence_alarm();
    active_ = false;
    ends_ = 0;
    state_.busy = false;
    state_.notices.redact.set_statement(nullptr);
}

} // namespace coropq::detail
