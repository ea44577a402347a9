// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Advisory locks of a session (PostgreSQL manual, "Advisory Locks"). The server counts how often a session has taken
// each; here that is counted for it. So a lock that was granted to an operation which had been cancelled meanwhile can
// be given up again, without taking it away from somebody else.

#include "libpq/execution.hpp"
#include "libpq/session.hpp"
#include "libpq/session_state.hpp"
#include "libpq/time_limit.hpp"

#include <coropq/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

std::string call_of(const char* function, const advisory_lock_name& name) {
    return std::string("select ") + function + (name.shared ? "_shared(" : "(") + name.key + ")";
}

bool is_granted(const result& answer) { return answer.empty() || answer[0][0].text() != "f"; }

} // namespace

std::string unlock_statement(const advisory_lock_name& name) { return call_of("pg_advisory_unlock", name); }

asio::awaitable<operation_outcome> session::lock(pointer self, advisory_lock_name name, bool attempt) {
    co_await asio::this_coro::throw_if_cancelled(false);
    statement work(call_of(attempt ? "pg_try_advisory_lock" : "pg_advisory_lock", name));
    work.results(result_format::text);
    operation_outcome outcome = co_await self->wait_until_free();
    if (!outcome.code)
        outcome = self->check_free(work);
    if (outcome.code)
        co_return outcome;
    state& session_state = *self->state_;
    if (const auto held = session_state.advisory_locks.find(name); held != session_state.advisory_locks.end()) {
        ++held->second;
        co_return outcome;
    }
    outcome = co_await execute(self, std::move(work));
    // One that was granted although nobody waited for it any more has to be given up.
    const bool is_unknown = outcome.code == asio::error::operation_aborted || outcome.code == errc::timeout;
    if (session_state.handle && (is_unknown || (!outcome.code && is_granted(outcome.output))))
        session_state.advisory_locks.emplace(name, 1);
    if (is_unknown)
        self->run(unlock(self, name), nullptr, nullptr, [](error_code) {});
    co_return outcome;
}

asio::awaitable<operation_outcome> session::unlock(pointer self, advisory_lock_name name) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    state& session_state = *self->state_;
    const cleaning_guard cleaning(session_state);
    co_await self->wait_while_busy();
    const auto held = session_state.advisory_locks.find(name);
    if (held == session_state.advisory_locks.end() || --held->second != 0)
        co_return operation_outcome();
    session_state.advisory_locks.erase(held);
    statement work(unlock_statement(name));
    if (session_state.rows || PQtransactionStatus(session_state.handle.get()) == PQTRANS_INERROR) {
        session_state.ahead.others.push_back(work.sql());
        co_return operation_outcome();
    }
    deadline limit;
    limit.limit = session_state.cancel_timeout;
    limit.when = saturated_deadline(limit.limit);
    operation_outcome outcome = co_await self->execute_exclusively(work, limit);
    if (outcome.code == errc::connection_lost)
        outcome = operation_outcome();
    co_return outcome;
}

} // namespace coropq::detail
