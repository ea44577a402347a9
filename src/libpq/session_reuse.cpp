// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What a session goes through between two uses, and after a statement that was left before its end.

#include "libpq/session.hpp"

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "libpq/connector.hpp"
#include "libpq/pipeline_round.hpp"
#include "libpq/recovery.hpp"
#include "libpq/session_state.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

// Whoever waits for the statement is told at once; the rest goes on in the background, and the next operation waits.
void session::leave_statement() {
    forget_rows();
    if (!is_statement_due(*state_)) {
        if (state_->abandoned)
            finish();
        return; // nothing was sent
    }
    state_->recovering = true;
    ++state_->cleaning_up;
    asio::co_spawn(state_->strand, recover(shared_from_this(), counted_operation(state_->operations)), asio::detached);
}

asio::awaitable<void> session::recover(pointer self, counted_operation count) {
    state& session_state = *self->state_;
    const bool usable = co_await get_rid_of_statement(session_state);
    session_state.recovering = false;
    --session_state.cleaning_up;
    session_state.mirrored.reset(); // whether that had an effect is unknown
    if (!usable || session_state.abandoned)
        self->finish();
    count.end();
    session_state.freed.cancel();
}

bool session::is_quiet(int besides) const noexcept {
    return state_->operations->load(std::memory_order_acquire) <= besides;
}

namespace {

class held_session {
public:
    held_session(std::shared_ptr<session> held, session::state& target)
        : held_(std::move(held)), target_(target), count_(target.operations) {}
    held_session(const held_session&) = delete;
    held_session& operator=(const held_session&) = delete;
    ~held_session() {
        count_.end();
        try { // whoever waits for that
            asio::post(target_.strand, [held = held_, &target = target_] { target.freed.cancel(); });
        } catch (...) { // NOLINT(bugprone-empty-catch): without memory, it waits for the next one to end
        }
    }

private:
    const std::shared_ptr<session> held_;
    session::state& target_;
    counted_operation count_;
};

} // namespace

std::shared_ptr<void> session::hold() { return std::make_shared<held_session>(shared_from_this(), *state_); }

namespace {

bool has_arrived(int socket) {
    pollfd watched{socket, POLLIN, 0};
    return poll(&watched, 1, 0) != 0;
}

// Reads the answers that have come to what was sent at the end of the last use. False if they tell of trouble.
bool take_unread(session::state& session) {
    PGconn* const handle = session.handle.get();
    while (session.unread != 0 && PQisBusy(handle) == 0) {
        const std::size_t due = session.due_syncs;
        result_handle received;
        if (take_result(session, received))
            return false;
        if (session.due_syncs != due)
            --session.unread;
        const ExecStatusType status = PQresultStatus(received.get());
        if (received && (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED))
            return false;
        if (session.unread == 0)
            return PQexitPipelineMode(handle) == 1;
    }
    return true;
}

// A server that was chosen for what it was isn't that any more (PostgreSQL 14 and later say so by themselves).
bool has_changed_role(const session::state& session) {
    if (!session.wants_primary && !session.wants_standby)
        return false;
    const char* const value = PQparameterStatus(session.handle.get(), "in_hot_standby");
    const std::string_view standby = value ? value : "";
    return (session.wants_primary && standby == "on") || (session.wants_standby && standby == "off");
}

} // namespace

session_condition session::condition() {
    state& session_state = *state_;
    PGconn* const handle = session_state.handle.get();
    if (!handle)
        return session_state.end;
    if (session_state.rows)
        return session_condition::spoiled;
    if (has_arrived(PQsocket(handle))) {
        // What has arrived without being asked for is the server's farewell, and behind it, for the second look, the
        // end of the stream.
        const bool readable = PQconsumeInput(handle) == 1 && PQconsumeInput(handle) == 1;
        const bool sound = take_unread(session_state);
        if (session_state.notices.farewell)
            return session_condition::shut_down;
        if (!readable || !sound)
            return session_state.end;
        drop_notifications(session_state);
    }
    if (PQstatus(handle) != CONNECTION_OK || session_state.lost_on_the_way)
        return session_state.end;
    if (session_state.end == session_condition::shut_down || has_changed_role(session_state))
        return session_condition::shut_down;
    const bool between_transactions = session_state.unread != 0 || PQtransactionStatus(handle) == PQTRANS_IDLE;
    return between_transactions && session_state.ahead.begin.empty() ? session_condition::reusable
                                                                     : session_condition::spoiled;
}

// Each is sent with a synchronisation point of its own, at once, so that locks don't wait for the next use, and the
// answers are read by that.
bool session::send_at_once(const std::vector<std::string>& statements) {
    PGconn* const handle = state_->handle.get();
    if (PQpipelineStatus(handle) == PQ_PIPELINE_OFF && PQenterPipelineMode(handle) != 1)
        return false;
    for (const std::string& one : statements) {
        if (PQsendQueryParams(handle, one.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1 ||
            !sync_pipeline(*state_))
            return false;
        ++state_->unread;
    }
    return PQflush(handle) >= 0; // what doesn't fit into the socket's buffer is sent with the next use
}

// What has to be done before somebody else may use the session.
std::vector<std::string> session::reset_statements(reset_policy policy) {
    state& session_state = *state_;
    // A transaction that was begun here only, and what belongs to it, hasn't been.
    session_state.ahead.begin.clear();
    session_state.ahead.inside.clear();
    std::vector<std::string> statements;
    const bool in_transaction =
        session_state.unread == 0 && PQtransactionStatus(session_state.handle.get()) != PQTRANS_IDLE;
    if (in_transaction && policy != reset_policy::none)
        statements.emplace_back("rollback");
    std::vector<std::string> left = std::exchange(session_state.ahead.others, {});
    for (const auto& [name, count] : std::exchange(session_state.advisory_locks, {}))
        left.push_back(unlock_statement(name));
    if (policy == reset_policy::discard_all && session_state.used) {
        statements.emplace_back("discard all");
        session_state.prepared.clear();
        session_state.ahead.setup = session_state.setup;
        session_state.mirrored = std::chrono::milliseconds(0);
    } else if (!in_transaction || policy != reset_policy::none) {
        std::move(left.begin(), left.end(), std::back_inserter(statements));
    }
    session_state.used = false;
    return statements;
}

bool session::try_make_ready(reset_policy policy) {
    state& session_state = *state_;
    if (!session_state.handle)
        return true;
    if (session_state.rows || session_state.busy || session_state.recovering ||
        avoids_pipelines(session_state.defaults))
        return false;
    const std::vector<std::string> statements = reset_statements(policy);
    if (!statements.empty() && !send_at_once(statements))
        session_state.lost_on_the_way = true;
    return true;
}

asio::awaitable<operation_outcome> session::make_ready(pointer self, reset_policy policy) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    state& session_state = *self->state_;
    const cleaning_guard cleaning(session_state);
    session_state.interrupted = true;
    if (session_state.connecting)
        session_state.connecting->interrupt();
    if (session_state.busy && !session_state.recovering)
        session_state.socket.cancel();
    session_state.freed.cancel();
    while (session_state.operations->load() > 1) { // this one
        error_code ignored;
        co_await session_state.freed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    session_state.interrupted = false;
    if (session_state.rows && session_state.handle) {
        const busy_guard busy(session_state);
        co_await self->drop_rows();
    }
    if (!self->try_make_ready(policy)) {
        const std::vector<std::string> statements = self->reset_statements(policy);
        std::vector<std::string> setup = std::exchange(session_state.ahead.setup, {}); // stands behind them
        for (const std::string& text : statements) {
            statement work(text);
            deadline limit;
            limit.when = saturated_deadline(session_state.cancel_timeout);
            const operation_outcome outcome = co_await self->execute_exclusively(work, limit);
            if (outcome.code) {
                self->finish();
                break;
            }
        }
        if (session_state.handle)
            session_state.ahead.setup = std::move(setup);
        session_state.used = false;
    }
    co_return operation_outcome();
}

} // namespace coropq::detail
