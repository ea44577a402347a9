// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How the answers to the stages of a pipeline are read.

#include "libpq/pipeline_exchange.hpp"

#include <coropq/error.hpp>

#include "operation/stage_observer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <new>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

asio::awaitable<error_code> pipeline_exchange::wait(bool pending) {
    asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (must_stop(session_, cancellation))
        co_return asio::error::operation_aborted;
    bool readable = true;
    error_code code;
    if (pending)
        code = co_await session_.socket.wait_readable_or_writable(readable);
    else
        code = co_await session_.socket.wait_readable();
    cancellation = co_await asio::this_coro::cancellation_state;
    if (must_stop(session_, cancellation))
        code = asio::error::operation_aborted;
    if (code || !readable)
        co_return code;
    PGconn* const handle = session_.handle.get();
    // Of an encrypted stream libpq takes one record at a time, and the socket may know nothing of the next.
    const bool encrypted = PQsslInUse(handle) != 0;
    for (bool more = true; more && !code;) {
        if (PQconsumeInput(handle) != 1)
            co_return errc::connection_lost;
        const std::size_t before = position_;
        code = read();
        more = encrypted && position_ != before && position_ != expected_.size();
    }
    co_return code;
}

error_code pipeline_exchange::read() {
    show_statement();
    while (position_ != expected_.size() && PQisBusy(session_.handle.get()) == 0) {
        result_handle received;
        error_code code = take_result(session_, received);
        if (!code)
            code = accept(std::move(received));
        if (code)
            return code;
    }
    drop_notifications(session_);
    return {};
}

// What had come before the connection was lost is as good as ever. Then the server may have said where it has stopped.
void pipeline_exchange::read_remaining() {
    result_handle received;
    while (position_ != expected_.size() && take_remaining(session_, received)) {
        if (accept(std::move(received)))
            break;
    }
    stopped_ = !session_.last_words.sqlstate().empty();
}

bool pipeline_exchange::may_have_run(std::size_t index) const {
    if (position_ == expected_.size() || !stopped_)
        return stages_[index].now != stage::progress::unsent;
    return expected_[position_].stage == index;
}

bool pipeline_exchange::may_have_committed() const {
    return own_transaction_ && ended_ && (!stopped_ || position_ + 2 >= expected_.size()); // the commit, and its end
}

error_code pipeline_exchange::accept(result_handle received) {
    using kind = expected::kind;
    expected& now = expected_[position_];
    const bool is_segment = now.what == kind::unread_segment || now.what == kind::deallocation_segment;
    const bool ends_segment =
        is_segment || now.what == kind::ahead_sync || now.what == kind::stage_sync || now.what == kind::sync;
    if (!received) {
        if (++ends_ > 8) // each statement has one, and then something comes
            return errc::connection_lost;
        if (now.answered && !ends_segment)
            advance();
        return {};
    }
    ends_ = 0;
    switch (PQresultStatus(received.get())) {
    case PGRES_PIPELINE_SYNC:
        if (!ends_segment)
            return errc::connection_lost;
        take_sync(now);
        advance();
        return {};
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH: return errc::connection_lost; // nobody asked for it, and it has no end here
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE: take_failure(now, received.get()); break;
    case PGRES_PIPELINE_ABORTED:
        if (now.stage != no_stage && stages_[now.stage].now != stage::progress::failed)
            stages_[now.stage].now = stage::progress::skipped;
        break;
    default: take_answer(now, std::move(received));
    }
    now.answered = true;
    return {};
}

void pipeline_exchange::take_answer(expected& now, result_handle received) {
    using kind = expected::kind;
    switch (now.what) {
    case kind::ahead: ahead_.results.push_back(std::move(received)); break;
    case kind::parse: {
        used_statement& used = statements_[now.statement];
        used.parsed = true;
        session_.prepared.add(used.prepared);
        break;
    }
    case kind::describe:
        statements_[now.statement].description = std::move(received);
        stages_[now.stage].now = stage::progress::answered;
        break;
    case kind::run: {
        stage& one = stages_[now.stage];
        current_ = answer();
        current_.results.push_back(std::move(received));
        note_effects(session_, current_);
        check_commit(session_, one.step->work, current_);
        one.now = current_.code ? stage::progress::failed : stage::progress::answered;
        one.code = current_.code;
        one.details = std::move(current_.details);
        one.rows = std::move(current_.results.front());
        if (now.statement != no_stage && statements_[now.statement].rows_of == no_stage)
            statements_[now.statement].rows_of = now.stage;
        if (one.observer && one.now == stage::progress::answered)
            hand_over(one);
        break;
    }
    case kind::close: {
        used_statement& used = statements_[now.statement];
        used.closed = true;
        const prepared_statement* const kept = session_.prepared.find(used.prepared.key);
        if (kept && kept->name == used.prepared.name)
            session_.prepared.remove(used.prepared.key, false);
        stages_[now.stage].now = stage::progress::answered;
        break;
    }
    case kind::commit: committed_ = std::string_view(PQcmdStatus(received.get())) == "COMMIT"; break;
    case kind::unread_segment:
    case kind::deallocation_segment:
    case kind::ahead_sync:
    case kind::stage_sync:
    case kind::sync: break;
    }
}

// What the columns are is still asked for.
void pipeline_exchange::hand_over(stage& from) {
    result_handle columns(PQcopyResult(from.rows.get(), PG_COPYRES_ATTRS));
    if (!columns)
        throw std::bad_alloc();
    std::vector<result_handle> rows;
    rows.push_back(std::exchange(from.rows, std::move(columns)));
    from.observer->take(from.number, make_result(rows, types_, may_be_binary(session_, from.step->work)));
}

void pipeline_exchange::take_failure(const expected& now, const PGresult* failed) {
    using kind = expected::kind;
    switch (now.what) {
    case kind::unread_segment: session_.lost_on_the_way = true; break; // nobody else may get what it has left
    case kind::deallocation_segment: break;                            // somebody else may have done it already
    case kind::ahead:
    case kind::ahead_sync:
    case kind::sync: take_error(session_, failed, ahead_); break;
    case kind::commit: take_error(session_, failed, commit_); break;
    case kind::parse:
        statements_[now.statement].failed = true;
        fail(now.stage, failed);
        break;
    case kind::run:
        if (now.statement != no_stage && statements_[now.statement].failed)
            stages_[now.stage].parsed_by = statements_[now.statement].parsed_by;
        fail(now.stage, failed);
        break;
    case kind::describe:
    case kind::close:
    case kind::stage_sync: fail(now.stage, failed); break;
    }
}

void pipeline_exchange::fail(std::size_t index, const PGresult* failed) {
    stage& one = stages_[index];
    if (one.now == stage::progress::failed)
        return;
    current_ = answer();
    current_.in_transaction = in_transaction_ || own_transaction_;
    take_error(session_, failed, current_);
    note_effects(session_, current_);
    one.now = stage::progress::failed;
    one.stale_plan = current_.stale_plan;
    one.code = current_.code;
    one.details = std::move(current_.details);
    one.rows.reset();
    if (!one.stale_plan || one.parsed_by != no_stage)
        return;
    const std::size_t used = expected_[position_].statement;
    if (used == no_stage)
        return;
    const prepared_statement& gone = statements_[used].prepared;
    const prepared_statement* const kept = session_.prepared.find(gone.key);
    if (kept && kept->name == gone.name)
        session_.prepared.remove(gone.key, one.code == sqlstate::feature_not_supported);
}

void pipeline_exchange::take_sync(const expected& now) {
    using kind = expected::kind;
    if (now.what == kind::unread_segment && session_.unread != 0)
        --session_.unread;
    else if (now.what == kind::stage_sync)
        stages_[now.stage].settled = true;
}

void pipeline_exchange::advance() {
    ++position_;
    show_statement();
}

// Messages about a stage mustn't show its values.
void pipeline_exchange::show_statement() {
    const std::size_t index = position_ < expected_.size() ? expected_[position_].stage : no_stage;
    session_.notices.redact.set_statement(index == no_stage ? nullptr : &stages_[index].step->work);
}

void pipeline_exchange::describe_statements() {
    for (const used_statement& one : statements_) {
        const PGresult* shown = one.description.get();
        if (!shown && one.rows_of != no_stage)
            shown = stages_[one.rows_of].rows.get();
        prepared_statement* const kept = session_.prepared.find(one.prepared.key);
        if (shown && kept && kept->name == one.prepared.name && !kept->described)
            describe(session_, *kept, shown);
    }
}

} // namespace coropq::detail
