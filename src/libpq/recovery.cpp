// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/recovery.hpp"

#include <coropq/error.hpp>

#include "libpq/cancel_request.hpp"
#include "libpq/pipeline_round.hpp"
#include "libpq/server_exchange.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using clock = time_limit::clock;

// Everything that waits for the server does so until the time is up, whoever wants it to end.
class recovering_guard {
public:
    explicit recovering_guard(session::state& session) : session_(session) {
        session_.recovering = true;
        session_.given_up = false;
    }
    recovering_guard(const recovering_guard&) = delete;
    recovering_guard& operator=(const recovering_guard&) = delete;
    ~recovering_guard() {
        session_.recovering = false;
        session_.given_up = false;
    }

private:
    session::state& session_;
};

enum class how_it_ended { dropped, out_of_time, lost };

// Reads and drops what comes until nothing is due any more.
asio::awaitable<how_it_ended> drop_until(session::state& session, clock::time_point when, int& hits) {
    session.given_up = clock::now() >= when;
    const time_limit limit(session.strand, when, [&session] {
        session.given_up = true;
        session.socket.cancel();
    });
    error_code code = co_await send_all(session);
    int ends = 0;
    while (!code && is_answer_due(session)) {
        result_handle dropped;
        code = co_await next_result(session, dropped);
        ends = dropped ? 0 : ends + 1;
        if (!code && ends > 8) // each statement has one, and then something comes
            code = errc::connection_lost;
        const ExecStatusType status = PQresultStatus(dropped.get());
        // The request can hit what was sent at the end of the last use: that has to have been done.
        if (dropped && session.unread != 0 && (status == PGRES_PIPELINE_ABORTED || status == PGRES_FATAL_ERROR))
            code = errc::connection_lost;
        if (session.unread != 0 && status == PGRES_PIPELINE_SYNC)
            --session.unread;
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            code = errc::connection_lost; // libpq would give it for ever
        const char* const sqlstate = PQresultErrorField(dropped.get(), PG_DIAG_SQLSTATE);
        if (sqlstate && std::string_view(sqlstate) == "57014")
            ++hits;
        const std::string_view tag = dropped ? PQcmdStatus(dropped.get()) : "";
        if (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL")
            session.prepared.clear();
    }
    if (!code)
        co_return how_it_ended::dropped;
    co_return code == asio::error::operation_aborted ? how_it_ended::out_of_time : how_it_ended::lost;
}

bool leave_pipeline(session::state& session) {
    session.unread = 0;
    return PQpipelineStatus(session.handle.get()) == PQ_PIPELINE_OFF || PQexitPipelineMode(session.handle.get()) == 1;
}

// A request that came too late for its statement may still be on its way to the session, through a pooler say. This
// statement has nothing to lose. (PostgreSQL itself has noted the request when it ends the connection it came on.)
asio::awaitable<bool> absorb_late_request(session::state& session, clock::time_point when) {
    if (PQsendQuery(session.handle.get(), "") == 0)
        co_return false;
    int ignored = 0;
    const how_it_ended end = co_await drop_until(session, when, ignored);
    co_return end == how_it_ended::dropped;
}

// What stood ahead of the statement may be what was hit: then its transaction is open, and was nobody's idea, and the
// session isn't set up.
asio::awaitable<bool> make_up_for_ahead(session::state& session, clock::time_point when) {
    // Somebody has begun a transaction, and what follows would run outside of it.
    if (session.begin_due && PQtransactionStatus(session.handle.get()) == PQTRANS_IDLE)
        co_return false;
    const bool open = session.commits_due != 0 && PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR;
    if (session.setup_due && session.ahead_failed)
        session.ahead.setup = session.setup;
    if (session.ahead_failed) // to give up a lock twice is only a warning
        session.ahead.others.insert(session.ahead.others.begin(), session.unlocks_due.begin(),
                                    session.unlocks_due.end());
    forget_ahead(session);
    if (!open)
        co_return true;
    if (PQsendQuery(session.handle.get(), "rollback") == 0)
        co_return false;
    int ignored = 0;
    const how_it_ended end = co_await drop_until(session, when, ignored);
    co_return end == how_it_ended::dropped;
}

} // namespace

bool is_answer_due(const session::state& session) {
    PGconn* const handle = session.handle.get();
    return session.due_syncs != 0 || PQtransactionStatus(handle) == PQTRANS_ACTIVE;
}

bool is_statement_due(const session::state& session) {
    return session.unread != 0 ? session.due_syncs > session.unread : is_answer_due(session);
}

namespace {

// A server that has given no key can't be asked. Whether Query Service knows cancel requests isn't documented, and
// older libpqs send them unencrypted; that a statement ends with its session is (Adobe, "Query Editor user guide").
bool may_request_cancel(const session::state& session) {
    if (PQbackendPID(session.handle.get()) == 0)
        return false;
#ifdef LIBPQ_HAS_ASYNC_CANCEL
    return true;
#else
    return session.dialect != dialect::query_service;
#endif
}

} // namespace

asio::awaitable<bool> get_rid_of_statement(session::state& session) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const recovering_guard recovering(session);
    const clock::time_point full = saturated_deadline(session.cancel_timeout);
    // Nobody waits for a session that will be closed: the server has a moment to take note.
    std::optional<clock::time_point> short_of_time;
    const auto last_moment = [&] {
        if (session.abandoned && !short_of_time)
            short_of_time = std::min(full, clock::now() + std::chrono::milliseconds(500));
        return short_of_time.value_or(full);
    };
    int hits = 0;
    int requests = 0;
    // A request finds nothing to cancel before the statement has arrived, so there may have to be another one. In a
    // pipeline, the next statement runs as soon as one was hit.
    constexpr std::chrono::milliseconds first_pause(20);
    std::chrono::milliseconds pause(0);
    for (;;) {
        const int hits_before = hits;
        const clock::time_point next = std::min(last_moment(), clock::now() + pause);
        const how_it_ended end = co_await drop_until(session, next, hits);
        if (end == how_it_ended::lost || !session.handle)
            co_return false;
        if (end == how_it_ended::dropped)
            break;
        if (clock::now() >= last_moment() && requests != 0)
            co_return false;
        // The end of the session ends the statement as well.
        if (!may_request_cancel(session))
            co_return false;
        ++requests;
        const bool sent = co_await send_cancel_request(session, last_moment());
        if (!sent && !session.abandoned)
            co_return false; // it could hit the next statement
        pause = hits != hits_before ? first_pause : std::clamp(pause * 2, first_pause, std::chrono::milliseconds(500));
    }
    if (!leave_pipeline(session))
        co_return false;
    bool usable = true;
    if (requests > hits)
        usable = co_await absorb_late_request(session, last_moment());
    if (usable)
        usable = co_await make_up_for_ahead(session, last_moment());
    if (!usable)
        co_return false;
    co_return PQstatus(session.handle.get()) == CONNECTION_OK;
}

asio::awaitable<bool> read_to_end(session::state& session, std::chrono::milliseconds patience) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const recovering_guard recovering(session);
    int ignored = 0;
    const how_it_ended end = co_await drop_until(session, clock::now() + patience, ignored);
    if (end != how_it_ended::dropped)
        co_return false;
    co_return leave_pipeline(session);
}

} // namespace coropq::detail
