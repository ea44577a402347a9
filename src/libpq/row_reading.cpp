// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Reading a statement's rows one by one, as the server sends them: nothing is read from the socket unless somebody asks
// for rows, so a server that is faster than its reader waits.

#include "dialect/protocol_choice.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/execution.hpp"
#include "libpq/pipeline_round.hpp"
#include "libpq/recovery.hpp"
#include "libpq/session_state.hpp"
#include "libpq/statement_sending.hpp"
#include "result/result_data.hpp"
#include "statement/lexer.hpp"
#include "types/type_registry.hpp"

#include <coropq/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

constexpr std::size_t largest_batch = 4 << 20; // bytes, whatever the number of rows
constexpr std::chrono::seconds grace(2);       // for a statement that isn't cancelled, within a transaction

// Their rows would come one after the other, with other columns.
void refuse_several(const statement& work, answer& received) {
    sql_lexer lexer(work.sql());
    while (lexer.next()) {
    }
    if (!lexer.has_several_statements())
        return;
    received.code = errc::unsupported;
    received.details = make_diagnostics(received.code, "a stream runs one statement, and the text has several",
                                        "run them with execute_script");
}

asio::awaitable<error_code> send_for_rows(session::state& session, statement& work, answer& received,
                                          prepared_statement& prepared) {
    PGconn* const handle = session.handle.get();
    bool sent = false;
    if (goes_simply(session.defaults, work)) {
        refuse_several(work, received);
        if (received.code)
            co_return error_code();
        sent = put_simple(session, work, received);
        if (received.code)
            co_return error_code();
    } else if (!is_preparable(session, work)) {
        const wire_parameters parameters(work, *session.types->catalog());
        sent = put_unprepared(session, work, parameters);
    } else {
        const error_code code = co_await prepare_and_describe(session, work, received, prepared);
        if (code || received.code)
            co_return code;
        const wire_parameters parameters(work, *session.types->catalog());
        sent = put_prepared(session, prepared, work, parameters);
    }
    if (!sent || PQsetSingleRowMode(handle) == 0)
        co_return errc::connection_lost;
    session.single_row_mode = true;
    const error_code code = co_await send_all(session);
    co_return code;
}

bool is_row(const result_handle& received) { return received && PQresultStatus(received.get()) == PGRES_SINGLE_TUPLE; }

errc refuse_copy(answer& received) {
    received = answer();
    received.code = errc::unsupported;
    received.details = make_diagnostics(received.code, "COPY can't be streamed; the connection was closed");
    return errc::unsupported;
}

// What comes behind the last row: in `received`, how the statement ended.
asio::awaitable<error_code> finish_rows(session::state& session, session::state::open_rows& rows, answer& received,
                                        result_handle last) {
    const ExecStatusType status = last ? PQresultStatus(last.get()) : PGRES_COMMAND_OK;
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
        take_error(session, last.get(), received);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
        co_return refuse_copy(received);
    // Some errors come late: a deferred constraint's, or that of the next statement of a text.
    error_code code;
    for (bool more = true; more && !code;) {
        result_handle next;
        code = co_await next_result(session, next);
        more = next != nullptr;
        const ExecStatusType how = next ? PQresultStatus(next.get()) : PGRES_COMMAND_OK;
        if (how == PGRES_FATAL_ERROR || how == PGRES_BAD_RESPONSE)
            take_error(session, next.get(), received);
        else if (how == PGRES_COPY_IN || how == PGRES_COPY_OUT || how == PGRES_COPY_BOTH)
            code = refuse_copy(received);
    }
    rows.finished = true;
    co_return code;
}

// The next row, or, in `received`, how it ended; what is neither is the end of a statement without an error.
asio::awaitable<error_code> next_row(session::state& session, session::state::open_rows& rows, answer& received,
                                     result_handle& row) {
    error_code code = co_await next_result(session, row);
    if (!code && !is_row(row))
        code = co_await finish_rows(session, rows, received, std::move(row));
    co_return code;
}

// Sends the statement and waits for the first row, which tells whether it runs at all.
asio::awaitable<error_code> begin_rows(session::state& session, session::state::open_rows& rows, answer& received) {
    bool again = false;
    for (;;) {
        received.in_transaction = !is_autocommit(session);
        rows.in_transaction = received.in_transaction;
        prepared_statement prepared;
        error_code code = co_await send_for_rows(session, rows.work, received, prepared);
        if (!code && !received.code)
            code = co_await next_row(session, rows, received, rows.first);
        if (code || !received.stale_plan || prepared.name.empty())
            co_return code;
        // Nothing has run, so it can be tried again, but not within a transaction: that has failed as a whole.
        session.prepared.remove(prepared.key, received.code == sqlstate::feature_not_supported);
        if (received.in_transaction || std::exchange(again, true))
            co_return error_code();
        received = answer();
        rows.finished = false;
    }
}

} // namespace

asio::awaitable<operation_outcome> session::start_rows(pointer self, statement work, deadline limit) {
    co_await asio::this_coro::throw_if_cancelled(false);
    state& session_state = *self->state_;
    limit = self->limit_of(work, limit);
    operation_outcome refused = co_await self->wait_until_free(limit);
    if (!refused.code)
        refused = self->check_free(work);
    if (refused.code)
        co_return refused;
    const busy_guard busy(session_state);
    session_state.rows.emplace(std::move(work));
    session_state.rows_cut = false;
    state::open_rows& rows = *session_state.rows;
    session_state.notices.redact.set_statement(&rows.work);
    const deadline_guard timer(session_state, limit);
    answer received;
    session_state.used = true;
    mirror_deadline(session_state, limit);
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    error_code code = asio::error::operation_aborted;
    if (!session_state.timed_out && cancellation.cancelled() == asio::cancellation_type::none)
        code = co_await resolve_parameters(session_state, rows.work, received);
    if (!code && !received.code)
        code = co_await send_ahead_alone(session_state, received);
    if (!code && !received.code)
        code = co_await drop_surplus(session_state);
    if (!code && !received.code)
        code = co_await begin_rows(session_state, rows, received);
    if (!code && ends_session(session_state, received))
        code = errc::unsupported;
    if (!code && rows.first)
        rows.types = session_state.types->catalog();
    operation_outcome outcome = self->outcome_of(code, std::move(received), limit);
    if (outcome.code || !session_state.handle)
        self->forget_rows();
    co_return outcome;
}

asio::awaitable<operation_outcome> session::read_rows(pointer self, std::size_t limit, deadline until) {
    co_await asio::this_coro::throw_if_cancelled(false);
    state& session_state = *self->state_;
    if (session_state.busy)
        co_return busy_elsewhere();
    if (session_state.abandoned)
        co_return failed_operation(asio::error::operation_aborted, "the connection was closed");
    if (!session_state.handle) // they haven't ended, as far as anybody knows
        co_return failed_operation(errc::not_connected, "the connection isn't open", "connect it first");
    if (std::exchange(session_state.rows_cut, false))
        co_return failed_operation(errc::no_transaction, "the rows were cut off: their transaction was rolled back");
    if (!session_state.rows)
        co_return operation_outcome(); // they have ended
    limit = std::max<std::size_t>(limit, 1);
    const busy_guard busy(session_state);
    drop_notifications(session_state);
    state::open_rows& rows = *session_state.rows;
    until = self->limit_of(rows.work, until);
    const deadline_guard timer(session_state, until);
    std::shared_ptr<result_data> batch;
    answer received;
    error_code code;
    std::size_t count = 0;
    while (!rows.finished && count < limit) {
        result_handle row = std::move(rows.first);
        if (!row && PQisBusy(session_state.handle.get()) == 0) { // without waiting, and so without a coroutine
            code = take_result(session_state, row);
            if (!code && !is_row(row))
                code = co_await finish_rows(session_state, rows, received, std::move(row));
        } else if (!row) {
            code = co_await next_row(session_state, rows, received, row);
        }
        if (code || received.code)
            break;
        if (!row)
            continue;
        ++count;
        if (batch) {
            batch->append(row.get());
        } else {
            const PGresult* const first = row.get();
            batch = std::make_shared<result_data>(row.release(), rows.types);
            batch->storage().set_canonical_text(may_be_binary(session_state, rows.work));
            batch->start_copying();
            batch->append(first);
        }
        if (batch->copied_bytes() > largest_batch)
            break;
    }
    if (rows.failure.code && count == 0) {
        operation_outcome failure = std::move(rows.failure);
        self->forget_rows();
        co_return failure;
    }
    operation_outcome outcome = self->outcome_of(code, std::move(received), until);
    if (outcome.code && batch && session_state.rows)
        rows.failure = std::exchange(outcome, operation_outcome()); // behind the rows that came before it
    if (outcome.code || !session_state.handle || (rows.finished && count == 0))
        self->forget_rows();
    else if (batch)
        outcome.output = result(std::move(batch));
    if (session_state.rows && session_state.leaving_rows)
        co_await self->drop_rows();
    co_return outcome;
}

asio::awaitable<operation_outcome> session::end_rows(pointer self) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    state& session_state = *self->state_;
    if (session_state.busy) { // somebody reads, and sees to it then
        session_state.leaving_rows = true;
        co_return operation_outcome();
    }
    if (session_state.rows) {
        const busy_guard busy(session_state);
        co_await self->drop_rows();
    }
    co_return operation_outcome();
}

asio::awaitable<void> session::drop_rows() {
    state& session_state = *state_;
    const cleaning_guard cleaning(session_state);
    // Cancelling would fail the transaction that the statement is part of: there, the rest is read first.
    bool ended = session_state.rows->finished;
    if (!ended && session_state.rows->in_transaction)
        ended = co_await read_to_end(session_state, grace);
    if (!ended)
        ended = co_await get_rid_of_statement(session_state);
    if (!ended || session_state.abandoned)
        finish();
    forget_rows();
}

asio::awaitable<operation_outcome> session::begin_if_idle(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    statement begin("begin");
    operation_outcome outcome = co_await self->wait_until_free();
    if (!outcome.code)
        outcome = self->check_free(begin);
    if (!outcome.code && is_autocommit(*self->state_))
        outcome = co_await self->execute_exclusively(begin);
    co_return outcome;
}

bool session::reads_binary(const result& rows) const {
    if (!state_->defaults.binary_results() || state_->defaults.simple_protocol())
        return false;
    const std::shared_ptr<const type_catalog> types = state_->types->catalog();
    for (std::size_t column = 0; column != rows.column_count(); ++column) {
        if (!types->is_binary(rows.column_type(column)))
            return false;
    }
    return true;
}

void session::forget_rows() {
    state_->notices.redact.set_statement(nullptr);
    state_->rows.reset();
    state_->leaving_rows = false;
}

} // namespace coropq::detail
