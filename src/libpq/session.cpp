// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/session.hpp"

#include <coropq/error.hpp>

#include "libpq/connector.hpp"
#include "libpq/keywords.hpp"
#include "operation/run_operation.hpp"
#include "result/result_data.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

struct session::state {
    explicit state(const asio::any_io_executor& io) : executor(io), strand(asio::make_strand(io)), socket(strand) {}

    // The socket is given back before the connection that owns it is finished.
    ~state() { socket.give_back(); }

    asio::any_io_executor executor;
    session_strand strand;
    notice_sink notices;
    connection_handle handle;
    borrowed_socket socket;
    connector* connecting = nullptr;
    bool busy = false;
    bool abandoned = false;
    diagnostics last_words; ///< What the server or libpq said about the end of the session.
    std::string host;
    std::string port;
    std::string user;
    std::string database;
};

namespace {

// One operation at a time; says so on the way out.
class busy_guard {
public:
    explicit busy_guard(bool& busy) : busy_(busy) { busy_ = true; }
    busy_guard(const busy_guard&) = delete;
    busy_guard& operator=(const busy_guard&) = delete;
    ~busy_guard() { busy_ = false; }

private:
    bool& busy_;
};

// Lets `abandon` find the connector for as long as there is one, also when it ends by an exception.
class connecting_guard {
public:
    connecting_guard(connector*& place, connector& opening) : place_(place) { place_ = &opening; }
    connecting_guard(const connecting_guard&) = delete;
    connecting_guard& operator=(const connecting_guard&) = delete;
    ~connecting_guard() { place_ = nullptr; }

private:
    connector*& place_;
};

class statement_guard {
public:
    statement_guard(redaction& redact, const statement& running) : redact_(redact) { redact_.set_statement(&running); }
    statement_guard(const statement_guard&) = delete;
    statement_guard& operator=(const statement_guard&) = delete;
    ~statement_guard() { redact_.set_statement(nullptr); }

private:
    redaction& redact_;
};

} // namespace

std::shared_ptr<session> session::create(const asio::any_io_executor& executor) {
    return std::shared_ptr<session>(new session(executor));
}

session::session(const asio::any_io_executor& executor) : state_(std::make_unique<state>(executor)) {}

session::~session() = default;

const asio::any_io_executor& session::executor() const noexcept { return state_->executor; }

void session::run(asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
                  operation_handler handler) {
    run_operation(state_->strand, state_->executor, std::move(operation), output, details, std::move(handler));
}

namespace {

// A class with a constructor instead of a lambda: see docs/decisions.md on GCC 12.
class initiate_run {
public:
    initiate_run(session& target, asio::awaitable<operation_outcome>& operation, operation_outcome& outcome)
        : target_(target), operation_(operation), outcome_(outcome) {}

    template <typename Handler>
    void operator()(Handler&& handler) const {
        target_.run(std::move(operation_), &outcome_.output, &outcome_.details,
                    operation_handler(std::forward<Handler>(handler)));
    }

private:
    session& target_;
    asio::awaitable<operation_outcome>& operation_;
    operation_outcome& outcome_;
};

} // namespace

asio::awaitable<operation_outcome> session::run(pointer self, asio::awaitable<operation_outcome> operation) {
    operation_outcome outcome;
    const initiate_run initiation(*self, operation, outcome);
    auto token = asio::redirect_error(asio::use_awaitable, outcome.code);
    co_await asio::async_initiate<decltype(token), void(error_code)>(initiation, token);
    co_return outcome;
}

namespace {

// libpq's own messages come with advice on indented lines, which says nothing to a program's user.
std::string one_line(const std::string& text) { return text.substr(0, text.find('\n')); }

operation_outcome busy_elsewhere() {
    return failed_operation(errc::operation_in_progress, "another operation is in progress on the connection",
                            "wait for it to end, or use another connection");
}

} // namespace

asio::awaitable<operation_outcome> session::connect(pointer self, url address, connect_options options) {
    co_await asio::this_coro::throw_if_cancelled(false);
    // Nothing is done that the server would keep, so every type of cancellation can be honoured.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    state& session_state = *self->state_;
    if (session_state.busy)
        co_return busy_elsewhere();
    if (session_state.handle)
        co_return failed_operation(errc::already_connected, "the connection is open already", "close it first");
    const busy_guard busy(session_state.busy);
    operation_outcome outcome;
    std::optional<connect_plan> plan;
    try {
        plan = make_connect_plan(address, options);
    } catch (const error& problem) {
        outcome = operation_outcome(problem.code(), problem.details());
    }
    if (plan)
        co_await self->open(std::move(*plan), outcome);
    co_return outcome;
}

asio::awaitable<void> session::open(connect_plan plan, operation_outcome& outcome) {
    state_->notices = notice_sink();
    state_->notices.handler = plan.on_notice;
    for (const auto& [name, value] : plan.arguments) {
        if (is_secret_keyword(name))
            state_->notices.redact.add_secret(value);
    }
    if (state_->abandoned) { // before it began
        outcome.code = asio::error::operation_aborted;
        co_return;
    }
    connector opening(state_->strand, state_->socket, std::move(plan), state_->notices);
    const connecting_guard connecting(state_->connecting, opening);
    connector::outcome opened = co_await opening.run();
    outcome.code = opened.code;
    outcome.details = std::move(opened.details);
    if (!opened.handle)
        co_return;
    if (state_->abandoned) {
        state_->socket.give_back();
        outcome.code = asio::error::operation_aborted;
        co_return;
    }
    state_->handle = std::move(opened.handle);
    const auto text = [](const char* value) { return std::string(value ? value : ""); };
    state_->host = text(PQhost(state_->handle.get()));
    state_->port = text(PQport(state_->handle.get()));
    state_->user = text(PQuser(state_->handle.get()));
    state_->database = text(PQdb(state_->handle.get()));
}

asio::awaitable<operation_outcome> session::execute(pointer self, statement work) {
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome = co_await self->execute_exclusively(work);
    co_return outcome;
}

asio::awaitable<operation_outcome> session::ping(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const statement nothing("");
    operation_outcome outcome = co_await self->execute_exclusively(nothing);
    outcome.output = result();
    co_return outcome;
}

asio::awaitable<operation_outcome> session::close(pointer self) {
    if (self->state_->busy)
        co_return busy_elsewhere();
    self->finish();
    co_return operation_outcome();
}

asio::awaitable<operation_outcome> session::execute_exclusively(const statement& work) {
    if (state_->busy)
        co_return busy_elsewhere();
    if (!state_->handle)
        co_return failed_operation(errc::not_connected, "the connection isn't open", "connect it first");
    const busy_guard busy(state_->busy);
    const statement_guard running(state_->notices.redact, work);

    const std::size_t count = work.parameter_count();
    if (count > 65535)
        co_return failed_operation(errc::invalid_parameter, "a statement can have at most 65535 parameters");
    std::vector<const char*> values(count);
    std::vector<Oid> types(count);
    std::vector<int> sizes(count);
    std::vector<int> formats(count);
    for (std::size_t i = 0; i != count; ++i) {
        values[i] = work.parameter_data(i);
        types[i] = work.parameter_type(i).oid();
        sizes[i] = static_cast<int>(work.parameter_size(i));
        formats[i] = work.parameter_format(i) == wire_format::text ? 0 : 1;
    }
    const int sent = PQsendQueryParams(state_->handle.get(), work.sql().c_str(), static_cast<int>(count), types.data(),
                                       values.data(), sizes.data(), formats.data(), 0);
    if (sent == 0)
        co_return lost(errc::connection_lost, "the statement wasn't sent");

    operation_outcome outcome;
    error_code code = co_await send_all();
    if (!code)
        code = co_await read_results(outcome);
    if (!code && state_->handle && PQstatus(state_->handle.get()) == CONNECTION_BAD)
        code = errc::connection_lost;
    if (code && outcome.code)
        co_return lost(code, "before that, the statement had failed: " + outcome.details.message());
    if (code)
        co_return lost(code, "the statement may or may not have run");
    co_return outcome;
}

// Ends the session after a failure of the connection itself, and says why. The server's last words (an administrator's
// shutdown, say) are a better reason than that the stream has ended.
operation_outcome session::lost(error_code code, std::string hint) {
    if (code == asio::error::operation_aborted) {
        finish();
        return failed_operation(code, "the operation was cancelled; the connection was closed");
    }
    const diagnostics last_words = std::exchange(state_->last_words, diagnostics());
    std::string reason = one_line(last_words.message());
    if (reason.empty())
        reason = one_line(state_->notices.redact.apply(PQerrorMessage(state_->handle.get())));
    diagnostics_fields fields;
    fields.message = "the connection to the server was lost: " + (reason.empty() ? code.message() : reason);
    fields.sqlstate = last_words.sqlstate();
    fields.hint = std::move(hint);
    fields.host = state_->host;
    fields.port = state_->port;
    fields.user = state_->user;
    fields.database = state_->database;
    state_->notices.redact.add_statement(fields);
    finish();
    const error_code final_code = errc::connection_lost;
    return {final_code, diagnostics(final_code, std::move(fields))};
}

// While output is pending, input is read as well: a server that can't get rid of its answers stops reading.
asio::awaitable<error_code> session::send_all() {
    for (;;) {
        const int pending = PQflush(state_->handle.get());
        if (pending < 0)
            co_return errc::connection_lost;
        if (pending == 0)
            co_return error_code();
        bool readable = false;
        error_code code = co_await state_->socket.wait_readable_or_writable(readable);
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (state_->abandoned || cancellation.cancelled() != asio::cancellation_type::none)
            code = asio::error::operation_aborted;
        if (code)
            co_return code;
        if (readable && PQconsumeInput(state_->handle.get()) == 0)
            co_return errc::connection_lost;
    }
}

asio::awaitable<error_code> session::wait_for_input() {
    error_code code = co_await state_->socket.wait_readable();
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (state_->abandoned || cancellation.cancelled() != asio::cancellation_type::none)
        code = asio::error::operation_aborted;
    if (!code && PQconsumeInput(state_->handle.get()) == 0)
        code = errc::connection_lost;
    co_return code;
}

asio::awaitable<error_code> session::read_results(operation_outcome& outcome) {
    // PQgetResult is called only when it can't block. The first error decides; libpq may add more after a lost
    // connection, without end, so they are counted.
    PGconn* const handle = state_->handle.get();
    error_code code_of_loss;
    for (int results_after_loss = 0; results_after_loss < 3;) {
        while (PQisBusy(handle) != 0) {
            const error_code code = co_await wait_for_input();
            if (code == errc::connection_lost && PQisBusy(handle) == 0)
                break; // libpq has turned the loss into a result with the server's last words
            if (code)
                co_return code;
        }
        // Nobody listens here; kept, they would only fill memory.
        while (PGnotify* notification = PQnotifies(handle))
            PQfreemem(notification);
        result_handle received(PQgetResult(handle));
        if (!received)
            co_return code_of_loss;
        if (PQstatus(handle) == CONNECTION_BAD)
            ++results_after_loss;
        const ExecStatusType status = PQresultStatus(received.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            received.reset();
            const error_code code = co_await leave_copy(status, outcome);
            if (code || !state_->handle)
                co_return code;
        } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            diagnostics_fields fields = fields_of(received.get(), state_->notices.redact);
            // Without a SQLSTATE it is libpq that complains: about the stream, or what came through it.
            if (fields.sqlstate.empty() || fields.severity == "FATAL" || fields.severity == "PANIC") {
                if (state_->last_words.empty())
                    state_->last_words = diagnostics(errc::connection_lost, std::move(fields));
                code_of_loss = errc::connection_lost;
            } else if (!outcome.code) {
                state_->notices.redact.add_statement(fields);
                outcome.code = make_sqlstate_code(fields.sqlstate);
                outcome.details = diagnostics(outcome.code, std::move(fields));
            }
        } else {
            outcome.output = result(std::make_shared<const result_data>(received.release()));
        }
    }
    co_return code_of_loss;
}

// Gets out of a COPY that `execute` can't serve. The server is told that nothing comes, or what it sends is dropped.
asio::awaitable<error_code> session::leave_copy(int status, operation_outcome& outcome) {
    PGconn* const handle = state_->handle.get();
    outcome.code = errc::unsupported;
    outcome.details = make_diagnostics(outcome.code, "COPY to or from the client can't be run by execute",
                                       "use COPY with a file or program of the server, or INSERT and SELECT");
    if (status == PGRES_COPY_BOTH) { // replication: there is no way out but to close
        finish();
        co_return error_code();
    }
    if (status == PGRES_COPY_IN) {
        if (PQputCopyEnd(handle, "COPY isn't supported by execute") != 1)
            co_return errc::connection_lost;
        const error_code code = co_await send_all();
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
        const error_code code = co_await wait_for_input();
        if (code)
            co_return code;
    }
}

void session::finish() {
    state_->socket.give_back();
    state_->handle.reset();
}

void session::abandon() noexcept try {
    // Only the strand may touch the socket; when the context has ended already, the destructor does the work.
    asio::post(state_->strand, [self = shared_from_this()] {
        self->state_->abandoned = true;
        if (self->state_->connecting)
            self->state_->connecting->interrupt();
        if (self->state_->busy)
            self->state_->socket.cancel();
        else
            self->finish();
    });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for the message, the destructor does the work
}

bool session::is_reusable() {
    PGconn* const handle = state_->handle.get();
    if (!handle || state_->busy)
        return false;
    // An idle session has nothing to say. What has arrived is the server's farewell, and behind it, for the second
    // look, the end of the stream.
    return PQconsumeInput(handle) == 1 && PQconsumeInput(handle) == 1 && PQisBusy(handle) == 0 &&
           PQstatus(handle) == CONNECTION_OK && !state_->notices.farewell &&
           PQtransactionStatus(handle) == PQTRANS_IDLE;
}

} // namespace coropq::detail
