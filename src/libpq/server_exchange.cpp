// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/server_exchange.hpp"

#include <coropq/error.hpp>

#include "dialect/query_service_errors.hpp"
#include "error/diagnostics_fields.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace coropq::detail {

// What is left of a statement that nobody waits for is read for as long as that may take.
bool must_stop(const session::state& session, const asio::cancellation_state& cancellation) {
    if (session.recovering)
        return session.given_up;
    return session.abandoned || session.interrupted || session.timed_out ||
           cancellation.cancelled() != asio::cancellation_type::none;
}

namespace {

bool is_error(ExecStatusType status) { return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE; }

// The error of a connection that has ended, or is about to: without a SQLSTATE it is libpq that complains, about the
// stream, or about what came through it.
bool is_about_connection(const PGresult* failed) {
    const char* const sqlstate = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
    const std::string_view severity = severity_of(failed);
    return sqlstate == nullptr || *sqlstate == '\0' || severity == "FATAL" || severity == "PANIC";
}

std::string_view error_field(const PGresult* failed, int code) {
    const char* const text = PQresultErrorField(failed, code);
    return text ? text : "";
}

bool is_stale_plan(const PGresult* failed) {
    const auto field = [failed](int code) { return error_field(failed, code); };
    // Errors from inside of a function have a context; this one is about the statement itself. Messages may be
    // translated, names of functions aren't. The other one names a statement of ours.
    if (field(PG_DIAG_SQLSTATE) == "0A000")
        return field(PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery" && field(PG_DIAG_CONTEXT).empty();
    return field(PG_DIAG_SQLSTATE) == "26000" &&
           field(PG_DIAG_MESSAGE_PRIMARY).find("coropq_") != std::string_view::npos && field(PG_DIAG_CONTEXT).empty();
}

// What the server's hint can't know.
void add_hint(const PGresult* failed, const answer& received, diagnostics_fields& fields) {
    if (!fields.hint.empty())
        return;
    if (received.stale_plan && received.in_transaction && fields.sqlstate == "26000")
        fields.hint = "roll back, and the transaction can be run again; behind a pooler that shares sessions, use "
                      "statement_options::prepared_statements(0)";
    else if (received.stale_plan && received.in_transaction)
        fields.hint =
            "the statement was prepared for an older definition; roll back, and the transaction can be run again";
    else if (received.stale_plan || (fields.sqlstate == "42P05" && fields.message.find("coropq_") != std::string::npos))
        fields.hint = "behind a pooler that shares sessions, use statement_options::prepared_statements(0)";
    else if (fields.sqlstate == "42601" && error_field(failed, PG_DIAG_SOURCE_FUNCTION) == "exec_parse_message")
        fields.hint = "run several statements with execute_script";
}

// An administrator has stopped the server, it has crashed, or it is about to start or stop (class 57, "Operator
// Intervention").
bool is_shutdown(std::string_view sqlstate) {
    return sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03";
}

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// The server points into the text with literals. In front of the first and behind the last of them, the place in the
// statement is known; between, there is none to show. (Literals begin and end with parentheses, placeholders don't.)
std::size_t original_position(std::size_t position, std::string_view original, std::string_view sent) {
    const auto differs = std::mismatch(original.begin(), original.end(), sent.begin(), sent.end()).first;
    const auto in_front = static_cast<std::size_t>(differs - original.begin());
    if (in_front == original.size() || position <= character_count(original.substr(0, in_front)))
        return position;
    const auto same_from = std::mismatch(original.rbegin(), original.rend(), sent.rbegin(), sent.rend()).first;
    const std::size_t behind =
        character_count(original.substr(original.size() - static_cast<std::size_t>(same_from - original.rbegin())));
    const std::size_t size = character_count(sent);
    return position + behind > size ? position + character_count(original) - size : 0;
}

} // namespace

namespace {

// In case that nobody waits for the rest: what has become of the statements ahead?
void note_ahead(session::state& session, const PGresult* received) {
    if (is_error(PQresultStatus(received))) {
        session.ahead_failed = true;
    } else if (session.commits_due != 0 && received &&
               std::string_view(PQcmdStatus(const_cast<PGresult*>(received))) == "COMMIT") {
        --session.commits_due;
        session.setup_due = false;
    }
}

} // namespace

asio::awaitable<error_code> send_all(session::state& session) {
    for (;;) {
        const int pending = PQflush(session.handle.get());
        if (pending < 0)
            co_return errc::connection_lost;
        if (pending == 0)
            co_return error_code();
        bool readable = false;
        asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        error_code code;
        if (!must_stop(session, cancellation)) {
            code = co_await session.socket.wait_readable_or_writable(readable);
            cancellation = co_await asio::this_coro::cancellation_state;
        }
        if (must_stop(session, cancellation))
            code = asio::error::operation_aborted;
        if (code)
            co_return code;
        if (readable && PQconsumeInput(session.handle.get()) == 0)
            co_return errc::connection_lost;
    }
}

asio::awaitable<error_code> wait_for_input(session::state& session) {
    // A signal that came while nothing waited has found nothing that it could end.
    asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    error_code code;
    if (!must_stop(session, cancellation)) {
        code = co_await session.socket.wait_readable();
        cancellation = co_await asio::this_coro::cancellation_state;
    }
    if (must_stop(session, cancellation))
        code = asio::error::operation_aborted;
    if (!code && PQconsumeInput(session.handle.get()) == 0)
        code = errc::connection_lost;
    co_return code;
}

asio::awaitable<error_code> next_result(session::state& session, result_handle& received) {
    // PQgetResult is called only when it can't block.
    PGconn* const handle = session.handle.get();
    while (PQisBusy(handle) != 0) {
        const error_code code = co_await wait_for_input(session);
        if (code == errc::connection_lost && PQisBusy(handle) == 0)
            break; // libpq has turned the loss into a result with the server's last words
        if (code)
            co_return code;
    }
    drop_notifications(session);
    co_return take_result(session, received);
}

void drop_notifications(session::state& session) {
    while (PGnotify* notification = PQnotifies(session.handle.get()))
        PQfreemem(notification);
}

error_code take_result(session::state& session, result_handle& received) {
    // After a lost connection, libpq may add errors without end, so the first one decides.
    PGconn* const handle = session.handle.get();
    received.reset(PQgetResult(handle));
    const ExecStatusType status = PQresultStatus(received.get());
    if (status == PGRES_PIPELINE_SYNC && session.due_syncs != 0)
        --session.due_syncs;
    if (session.setup_due || session.commits_due != 0)
        note_ahead(session, received.get());
    if (received && (!is_error(status) || !is_about_connection(received.get())))
        return {};
    if (!received)
        return PQstatus(handle) == CONNECTION_OK ? error_code() : errc::connection_lost;
    if (session.last_words.empty())
        session.last_words = diagnostics(errc::connection_lost, fields_of(received.get(), session.notices.redact));
    if (is_shutdown(session.last_words.sqlstate()))
        session.end = session_condition::shut_down;
    received.reset();
    return errc::connection_lost;
}

bool take_remaining(session::state& session, result_handle& received) {
    if (!session.last_words.empty() || PQisBusy(session.handle.get()) != 0)
        return false;
    received.reset(PQgetResult(session.handle.get()));
    if (!received || !is_error(PQresultStatus(received.get())) || !is_about_connection(received.get()))
        return true;
    session.last_words = diagnostics(errc::connection_lost, fields_of(received.get(), session.notices.redact));
    return false;
}

void take_error(session::state& session, const PGresult* failed, answer& received) {
    if (received.code)
        return;
    diagnostics_fields fields = fields_of(failed, session.notices.redact);
    received.stale_plan = is_stale_plan(failed);
    add_hint(failed, received, fields);
    if (!received.sent.empty() && fields.position != 0)
        fields.position = original_position(fields.position, received.original, received.sent);
    if (const std::size_t behind = received.results.size(); behind < received.ahead.size()) {
        fields.statement = received.ahead[behind];
        fields.position = 0;
        received.stale_plan = false;
        if (behind < received.setup)
            fields.hint = "a set-up statement of the connection failed (connect_options::on_connect); it was closed";
    } else {
        session.notices.redact.add_statement(fields);
    }
    received.code = make_sqlstate_code(fields.sqlstate);
    if (session.dialect == dialect::query_service) {
        annotate_query_service_error(fields);
        if (query_service_problem(fields.sqlstate, fields.message) == query_service::problem::session_limit)
            received.code = errc::session_limit;
    }
    received.details = diagnostics(received.code, std::move(fields));
    // It was chosen as the primary, and isn't one any more.
    if (received.code == sqlstate::read_only_sql_transaction && session.wants_primary && !received.in_transaction)
        session.end = session_condition::shut_down;
}

bool ends_session(const session::state& session, const answer& received) {
    return received.code && session.dialect == dialect::query_service &&
           ends_query_service_session(received.details.sqlstate());
}

namespace {

// Gets out of a COPY that `execute` can't serve. The server is told that nothing comes, or what it sends is dropped.
asio::awaitable<error_code> leave_copy(session::state& session, ExecStatusType status, answer& received) {
    PGconn* const handle = session.handle.get();
    received.code = errc::unsupported;
    received.details = make_diagnostics(received.code, "COPY to or from the client can't be run by execute",
                                        "use COPY with a file or program of the server, or INSERT and SELECT");
    if (status == PGRES_COPY_BOTH)
        co_return errc::unsupported; // replication: there is no way out but to close
    if (status == PGRES_COPY_IN) {
        if (PQputCopyEnd(handle, "COPY isn't supported by execute") != 1)
            co_return errc::connection_lost;
        const error_code code = co_await send_all(session);
        co_return code;
    }
    for (;;) {
        char* buffer = nullptr;
        const int size = PQgetCopyData(handle, &buffer, 1);
        PQfreemem(buffer);
        if (size < 0)
            co_return error_code(); // the end, or an error that the next result tells
        if (size > 0)
            continue;
        const error_code code = co_await wait_for_input(session);
        if (code)
            co_return code;
    }
}

} // namespace

asio::awaitable<error_code> read_answer(session::state& session, answer& received) {
    for (;;) {
        result_handle one;
        error_code code = co_await next_result(session, one);
        if (code || !one)
            co_return code;
        const ExecStatusType status = PQresultStatus(one.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            one.reset();
            code = co_await leave_copy(session, status, received);
            if (code)
                co_return code;
        } else if (is_error(status)) {
            take_error(session, one.get(), received);
        } else {
            received.results.push_back(std::move(one));
        }
    }
}

asio::awaitable<error_code> read_to_sync(session::state& session, answer& received) {
    for (int ends = 0;;) {
        result_handle one;
        const error_code code = co_await next_result(session, one);
        if (code)
            co_return code;
        if (!one) {
            if (++ends > 8) // each statement has one, and then something comes
                co_return errc::connection_lost;
            continue;
        }
        ends = 0;
        const ExecStatusType status = PQresultStatus(one.get());
        if (status == PGRES_PIPELINE_SYNC)
            co_return error_code();
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            co_return errc::connection_lost; // nobody asked for it, and it has no end here
        if (is_error(status))
            take_error(session, one.get(), received);
        else if (status != PGRES_PIPELINE_ABORTED)
            received.results.push_back(std::move(one));
    }
}

} // namespace coropq::detail
