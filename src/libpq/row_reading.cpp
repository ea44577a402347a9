// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Reading a statement's rows one by one, as the server sends them: nothing is read from the socket unless somebody asks
// for rows, so a server that is faster than its reader waits.

#include "error/diagnostics_fields.hpp"
#include "libpq/cancel_request.hpp"
#include "libpq/execution.hpp"
#include "libpq/session_state.hpp"
#include "libpq/time_limit.hpp"
#include "result/result_data.hpp"
#include "statement/literals.hpp"
#include "types/type_registry.hpp"

#include <coropq/error.hpp>

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

constexpr std::size_t largest_batch = 4 << 20; // bytes, whatever the number of rows
constexpr std::chrono::seconds patience(5);    // for a cancelled statement to end

// Prepares a statement and learns its columns, so that the rows can come in binary form. One round trip; none for a
// statement that has run before.
asio::awaitable<error_code> prepare_and_describe(session::state& session, statement& work, answer& received,
                                                 prepared_statement& prepared) {
    PGconn* const handle = session.handle.get();
    const wire_parameters parameters(work, *session.types->catalog());
    prepared.key = statement_cache::key_of(work.sql(), parameters.types);
    if (const prepared_statement* known = session.prepared.find(prepared.key); known && known->described) {
        prepared = *known;
        co_return error_code();
    }
    prepared.name = session.prepared.next_name();
    const bool sent = PQenterPipelineMode(handle) == 1 &&
                      PQsendPrepare(handle, prepared.name.c_str(), work.sql().c_str(), parameters.count(),
                                    parameters.types.data()) == 1 &&
                      PQsendDescribePrepared(handle, prepared.name.c_str()) == 1 && PQpipelineSync(handle) == 1;
    if (!sent)
        co_return errc::connection_lost;
    error_code code = co_await send_all(session);
    if (!code)
        code = co_await read_to_sync(session, received);
    if (code)
        co_return code;
    if (PQexitPipelineMode(handle) != 1)
        co_return errc::connection_lost;
    if (received.code || received.results.size() != 2)
        co_return error_code();
    const result_handle described = std::move(received.results[1]);
    received.results.clear();
    code = co_await look_up_columns(session, described.get());
    if (code)
        co_return code;
    prepared.described = true;
    prepared.binary_results =
        session.defaults.binary_results() && is_all_binary(*session.types->catalog(), described.get());
    session.prepared.add(prepared);
    co_return error_code();
}

asio::awaitable<error_code> send_for_rows(session::state& session, statement& work, answer& received) {
    PGconn* const handle = session.handle.get();
    int sent = 0;
    if (work.simple_protocol() || session.defaults.simple_protocol()) {
        const char* const conforming = PQparameterStatus(handle, "standard_conforming_strings");
        try {
            const std::string text =
                render_with_literals(work, *session.types->catalog(), conforming == nullptr || conforming[1] == 'n');
            sent = PQsendQuery(handle, text.c_str());
        } catch (const error& problem) {
            received.code = problem.code();
            received.details = problem.details();
            co_return error_code();
        }
    } else if (!is_preparable(session, work)) {
        const wire_parameters parameters(work, *session.types->catalog());
        sent = PQsendQueryParams(handle, work.sql().c_str(), parameters.count(), parameters.types.data(),
                                 parameters.values.data(), parameters.sizes.data(), parameters.formats.data(),
                                 work.results() == result_format::binary ? 1 : 0);
    } else {
        prepared_statement prepared;
        const error_code code = co_await prepare_and_describe(session, work, received, prepared);
        if (code || received.code)
            co_return code;
        const bool binary = work.results() == result_format::binary ||
                            (work.results() == result_format::automatic && prepared.binary_results);
        const wire_parameters parameters(work, *session.types->catalog());
        sent = PQsendQueryPrepared(handle, prepared.name.c_str(), parameters.count(), parameters.values.data(),
                                   parameters.sizes.data(), parameters.formats.data(), binary ? 1 : 0);
    }
    if (sent == 0 || PQsetSingleRowMode(handle) == 0)
        co_return errc::connection_lost;
    const error_code code = co_await send_all(session);
    co_return code;
}

bool is_row(const result_handle& received) { return received && PQresultStatus(received.get()) == PGRES_SINGLE_TUPLE; }

// What comes behind the last row: in `received`, how the statement ended.
asio::awaitable<error_code> finish_rows(session::state& session, session::state::open_rows& rows, answer& received,
                                        result_handle last) {
    const ExecStatusType status = last ? PQresultStatus(last.get()) : PGRES_COMMAND_OK;
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
        take_error(session, last.get(), received);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
        received.code = errc::unsupported;
        received.details = make_diagnostics(received.code, "COPY can't be streamed; the connection was closed");
        co_return errc::unsupported;
    }
    answer ignored;
    const error_code code = co_await read_answer(session, ignored);
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

} // namespace

asio::awaitable<operation_outcome> session::start_rows(pointer self, statement work) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await self->wait_until_free();
    state& session_state = *self->state_;
    if (operation_outcome refused = self->check_free(work); refused.code)
        co_return refused;
    const busy_guard busy(session_state.busy);
    session_state.rows.emplace(std::move(work));
    state::open_rows& rows = *session_state.rows;
    session_state.notices.redact.set_statement(&rows.work);
    answer received;
    error_code code = co_await resolve_parameters(session_state, rows.work, received);
    if (!code && !received.code)
        code = co_await send_for_rows(session_state, rows.work, received);
    // The first row tells whether the statement runs at all.
    if (!code && !received.code)
        code = co_await next_row(session_state, rows, received, rows.first);
    if (!code && rows.first)
        rows.types = session_state.types->catalog();
    operation_outcome outcome = self->outcome_of(code, std::move(received));
    if (outcome.code || !session_state.handle)
        self->forget_rows();
    co_return outcome;
}

asio::awaitable<operation_outcome> session::read_rows(pointer self, std::size_t limit) {
    co_await asio::this_coro::throw_if_cancelled(false);
    state& session_state = *self->state_;
    if (session_state.busy)
        co_return busy_elsewhere();
    if (!session_state.rows)
        co_return operation_outcome(); // they have ended
    const busy_guard busy(session_state.busy);
    state::open_rows& rows = *session_state.rows;
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
    operation_outcome outcome = self->outcome_of(code, std::move(received));
    if (outcome.code && batch && session_state.handle)
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
    state& session_state = *self->state_;
    if (session_state.busy) { // somebody reads, and sees to it then
        session_state.leaving_rows = true;
        co_return operation_outcome();
    }
    if (session_state.rows) {
        const busy_guard busy(session_state.busy);
        co_await self->drop_rows();
    }
    co_return operation_outcome();
}

asio::awaitable<void> session::drop_rows() {
    state& session_state = *state_;
    // Others wait for the end, rather than fail.
    session_state.ending_rows = true;
    if (!session_state.rows->finished) {
        const time_limit limit(session_state.strand, time_limit::clock::now() + patience,
                               [&session_state] { session_state.socket.cancel(); });
        co_await send_cancel_request(session_state);
        error_code code;
        while (!code) {
            result_handle dropped;
            code = co_await next_result(session_state, dropped);
            if (!code && !dropped)
                break;
        }
        if (code)
            finish();
    }
    forget_rows();
    session_state.ending_rows = false;
    session_state.freed.cancel();
}

asio::awaitable<operation_outcome> session::begin_if_idle(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await self->wait_until_free();
    statement begin("begin");
    operation_outcome outcome = self->check_free(begin);
    if (!outcome.code && PQtransactionStatus(self->state_->handle.get()) == PQTRANS_IDLE)
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
