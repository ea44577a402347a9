// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Transactions of a session. What begins one, and what begins and ends its parts, is put in front of the next
// statement, so it costs no round trip; what has not been sent when its transaction ends never is.

#include "dialect/protocol_choice.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/execution.hpp"
#include "libpq/session.hpp"
#include "libpq/session_state.hpp"
#include "libpq/time_limit.hpp"

#include <coropq/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

// Equal to none: what the server was told last is unknown, so it is told again.
constexpr std::chrono::milliseconds unknown_limit(-1);

// What an earlier user has left behind ends in front of everything else, whatever its state is at the moment.
bool is_in_transaction(const session::state& session) {
    if (session.busy || !session.ahead.begin.empty())
        return true;
    return session.ahead.reset.empty() && session.unread == 0 &&
           PQtransactionStatus(session.handle.get()) != PQTRANS_IDLE;
}

operation_outcome not_in_transaction() {
    return failed_operation(errc::no_transaction, "the transaction has ended on the server already",
                            "a statement in it has ended it (commit, rollback), or the connection was opened anew");
}

operation_outcome cancelled_before_sent() {
    return known_not_run(
        failed_operation(asio::error::operation_aborted, "the operation was cancelled before anything was sent"));
}

// The server rolls back what can't be committed, and calls that a success.
operation_outcome failed_transaction(std::string message) {
    diagnostics_fields fields;
    fields.severity = "ERROR";
    fields.sqlstate = "25P02";
    fields.message = std::move(message);
    fields.hint = "run the transaction again";
    const error_code code = make_sqlstate_code(fields.sqlstate);
    return {code, diagnostics(code, std::move(fields))};
}

operation_outcome in_doubt(const diagnostics& reason, const std::string& sql) {
    diagnostics_fields fields;
    fields.message =
        "the commit was sent, and no answer to it came: it may have happened or not (" + reason.message() + ")";
    fields.sqlstate = reason.sqlstate();
    fields.hint = "look at the data before anything is run again";
    fields.statement = sql;
    fields.host = reason.host();
    fields.port = reason.port();
    fields.user = reason.user();
    fields.database = reason.database();
    const error_code code = errc::in_doubt;
    return {code, diagnostics(code, std::move(fields))};
}

void forget_transaction(ahead_statements& ahead) {
    ahead.begin.clear();
    ahead.inside.clear();
}

} // namespace

asio::awaitable<operation_outcome> session::begin(pointer self, std::string sql, std::vector<std::string> inside) {
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome = co_await self->wait_until_free();
    const statement work(sql);
    if (!outcome.code)
        outcome = self->check_free(work);
    state& session_state = *self->state_;
    if (!outcome.code && is_in_transaction(session_state))
        outcome = failed_operation(errc::transaction_in_progress, "the connection is in a transaction already",
                                   "end that first, or use transaction::begin for a nested one");
    if (!outcome.code) {
        session_state.ahead.begin = std::move(sql);
        session_state.ahead.inside = std::move(inside);
        session_state.mirrored_within.reset();
    }
    co_return outcome;
}

asio::awaitable<operation_outcome> session::check_transaction(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome = co_await self->wait_until_free();
    if (!outcome.code && self->state_->handle && !is_in_transaction(*self->state_))
        outcome = not_in_transaction();
    co_return outcome;
}

asio::awaitable<operation_outcome> session::put_ahead(pointer self, std::string sql) {
    const statement work(sql);
    operation_outcome outcome = co_await check_transaction(self);
    if (!outcome.code)
        outcome = self->check_free(work);
    if (!outcome.code)
        self->state_->ahead.inside.push_back(std::move(sql));
    co_return outcome;
}

// Whether something has failed that isn't about to be rolled back.
bool is_failed(const session::state& session) {
    const std::vector<std::string>& inside = session.ahead.inside;
    return PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR &&
           std::none_of(inside.begin(), inside.end(),
                        [](const std::string& each) { return each.starts_with("rollback to savepoint "); });
}

// Behind a savepoint that wasn't sent nothing has happened.
bool session::forget_savepoint(const std::string& name) {
    std::vector<std::string>& inside = state_->ahead.inside;
    const auto unsent = std::find(inside.begin(), inside.end(), "savepoint " + name);
    const bool found = unsent != inside.end();
    inside.erase(unsent, inside.end());
    if (state_->mirrored_within)
        state_->mirrored_within = unknown_limit; // `set local` goes with its savepoint
    return found;
}

asio::awaitable<operation_outcome> session::release_savepoint(pointer self, std::string name) {
    const statement work("release savepoint " + name);
    operation_outcome outcome = co_await check_transaction(self);
    if (!outcome.code)
        outcome = self->check_free(work);
    if (outcome.code || self->forget_savepoint(name))
        co_return outcome;
    state& session_state = *self->state_;
    if (is_failed(session_state))
        co_return failed_transaction("the nested transaction can't be committed: something in it had failed or was "
                                     "cancelled");
    session_state.ahead.inside.push_back(work.sql());
    co_return outcome;
}

asio::awaitable<operation_outcome> session::rollback_savepoint(pointer self, std::string name) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    state& session_state = *self->state_;
    const cleaning_guard cleaning(session_state);
    co_await self->wait_while_busy();
    if (!session_state.handle || !is_in_transaction(session_state) || self->forget_savepoint(name))
        co_return operation_outcome();
    session_state.ahead.inside.push_back("rollback to savepoint " + name);
    session_state.ahead.inside.push_back("release savepoint " + name);
    co_return operation_outcome();
}

asio::awaitable<operation_outcome> session::commit(pointer self, std::string sql, deadline limit) {
    statement work(sql);
    limit = self->limit_of(work, limit);
    operation_outcome outcome = co_await check_transaction(self);
    if (!outcome.code)
        outcome = self->check_free(work);
    if (outcome.code)
        co_return outcome;
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    state& session_state = *self->state_;
    if (cancellation.cancelled() != asio::cancellation_type::none || session_state.abandoned)
        co_return cancelled_before_sent();
    if (!session_state.ahead.begin.empty() && sql == "commit") {
        forget_transaction(session_state.ahead);
        co_return operation_outcome();
    }
    if (limit.passed())
        co_return known_not_run(deadline_passed(limit, "the commit wasn't sent"));
    // A farewell that has come already was said before the commit: then nothing is in doubt.
    PGconn* const handle = session_state.handle.get();
    if (PQconsumeInput(handle) != 1 || PQconsumeInput(handle) != 1 || PQstatus(handle) != CONNECTION_OK ||
        session_state.notices.farewell)
        co_return self->lost(errc::connection_lost, "the transaction wasn't committed; run it again");
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    outcome = co_await self->execute_exclusively(work, limit);
    if (outcome.code == errc::connection_lost || outcome.code == errc::timeout ||
        outcome.code == asio::error::operation_aborted) {
        outcome = in_doubt(outcome.details, sql);
    } else if (!outcome.code && outcome.output.command_tag() == "ROLLBACK") { // to "prepare transaction"
        outcome = failed_transaction("the transaction was rolled back: something in it had failed or was cancelled");
    }
    outcome.output = result();
    co_return outcome;
}

// Whether there is something to be rolled back on the server.
asio::awaitable<bool> session::stop_transaction() {
    co_await wait_while_busy();
    if (state_->interrupted)
        co_return false; // whoever did that rolls back too
    if (state_->rows) {
        const busy_guard busy(*state_);
        state_->rows->in_transaction = false; // it may fail now, so the statement is cancelled at once
        co_await drop_rows();
        state_->rows_cut = true;
    }
    const bool is_unsent = !state_->ahead.begin.empty();
    forget_transaction(state_->ahead); // savepoints and the like would only fail in a failed transaction
    co_return state_->handle && !is_unsent && is_in_transaction(*state_);
}

asio::awaitable<operation_outcome> session::rollback(pointer self, std::string sql) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const cleaning_guard cleaning(*self->state_);
    const bool in_transaction = co_await self->stop_transaction();
    if (!in_transaction)
        co_return operation_outcome();
    statement work(sql);
    deadline limit;
    limit.limit = self->state_->cancel_timeout;
    limit.when = saturated_deadline(limit.limit);
    const operation_outcome outcome = co_await self->execute_exclusively(work, limit);
    co_await self->wait_while_busy();
    if (outcome.code && !self->state_->interrupted)
        self->finish(); // which ends the transaction as well
    co_return operation_outcome();
}

asio::awaitable<operation_outcome> session::leave_transaction(pointer self) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const cleaning_guard cleaning(*self->state_);
    const bool in_transaction = co_await self->stop_transaction();
    if (!in_transaction)
        co_return operation_outcome();
    if (avoids_pipelines(self->state_->defaults)) {
        co_await rollback(self, "rollback");
    } else {
        const std::vector<std::string> statements{"rollback"};
        if (!self->send_at_once(statements)) // its answer is read by the next operation
            self->finish();
    }
    co_return operation_outcome();
}

asio::awaitable<void> session::wait_while_busy() {
    while (state_->busy || state_->recovering) {
        error_code ignored;
        co_await state_->freed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

} // namespace coropq::detail
