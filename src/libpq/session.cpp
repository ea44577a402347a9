// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/session.hpp"

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "dialect/query_service_errors.hpp"
#include "dialect/resolution.hpp"
#include "libpq/connect_plan.hpp"
#include "libpq/execution.hpp"
#include "libpq/keywords.hpp"
#include "libpq/multiplexer.hpp"
#include "libpq/pipeline_round.hpp"
#include "libpq/session_state.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

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

} // namespace

std::shared_ptr<session> session::create(const asio::any_io_executor& executor, std::shared_ptr<type_registry> types) {
    if (!types)
        types = std::make_shared<type_registry>();
    return std::shared_ptr<session>(new session(executor, std::move(types)));
}

session::session(const asio::any_io_executor& executor, std::shared_ptr<type_registry> types)
    : state_(std::make_unique<state>(executor, std::move(types))), shared_(std::make_unique<multiplexer>(*this)) {}

session::~session() = default;

const asio::any_io_executor& session::executor() const noexcept { return state_->executor; }

coropq::dialect session::dialect() const noexcept { return state_->dialect; }

namespace {

// Ends the count of an operation with the operation. On the strand, those that wait for that are told.
asio::awaitable<operation_outcome> run_counted(session::pointer, session::state& target, counted_operation count,
                                               asio::awaitable<operation_outcome> operation) {
    operation_outcome outcome = co_await std::move(operation);
    count.end();
    if (target.cleaning_up != 0)
        target.freed.cancel();
    co_return outcome;
}

} // namespace

void session::run(asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
                  operation_handler handler) {
    run_operation(state_->strand, state_->executor,
                  run_counted(shared_from_this(), *state_, counted_operation(state_->operations), std::move(operation)),
                  output, details, std::move(handler));
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

} // namespace

operation_outcome busy_elsewhere() {
    return failed_operation(errc::operation_in_progress, "another operation is in progress on the connection",
                            "wait for it to end, or use another connection");
}

asio::awaitable<operation_outcome> session::connect(pointer self, url address, connect_options options) {
    co_await asio::this_coro::throw_if_cancelled(false);
    // Nothing is done that the server would keep, so every type of cancellation can be honoured.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    state& session_state = *self->state_;
    if (session_state.busy)
        co_return busy_elsewhere();
    if (session_state.handle)
        co_return failed_operation(errc::already_connected, "the connection is open already", "close it first");
    const busy_guard busy(session_state);
    operation_outcome outcome;
    options = resolve(address, std::move(options));
    session_state.dialect = *options.dialect();
    session_state.defaults = options.statements();
    session_state.prepared = statement_cache(options.statements().prepared_statements());
    session_state.setup = set_up_statements(options);
    session_state.cancel_timeout = options.cancel_timeout();
    session_state.credentials_end = retirement();
    std::optional<connect_plan> plan;
    try {
        check_options(options);
        plan = make_connect_plan(address, options);
    } catch (const error& problem) {
        outcome = operation_outcome(problem.code(), problem.details());
    }
    if (plan && options.credentials())
        co_await self->open_with_credentials(std::move(address), std::move(options), outcome);
    else if (plan)
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
    state_->wants_primary = plan.target_session_attrs == "primary" || plan.target_session_attrs == "read-write";
    state_->wants_standby = plan.target_session_attrs == "standby" || plan.target_session_attrs == "read-only";
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
    state_->rows.reset();
    state_->ahead.setup = state_->setup;
    state_->end = session_condition::broken;
    const auto text = [](const char* value) { return std::string(value ? value : ""); };
    state_->host = text(PQhost(state_->handle.get()));
    state_->port = text(PQport(state_->handle.get()));
    state_->user = text(PQuser(state_->handle.get()));
    state_->database = text(PQdb(state_->handle.get()));
}

asio::awaitable<operation_outcome> session::execute(pointer self, statement work, deadline limit) {
    co_await asio::this_coro::throw_if_cancelled(false);
    limit = self->limit_of(work, limit);
    operation_outcome outcome = co_await self->wait_until_free(limit);
    if (!outcome.code)
        outcome = co_await self->execute_exclusively(work, limit);
    co_return outcome;
}

asio::awaitable<operation_outcome> session::clean_up(pointer self, statement work) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    state& session_state = *self->state_;
    const cleaning_guard cleaning(session_state);
    while (session_state.busy || session_state.recovering) {
        error_code ignored;
        co_await session_state.freed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    deadline limit; // nobody can end it, so a server that is silent must not keep it
    limit.limit = session_state.cancel_timeout;
    limit.when = saturated_deadline(limit.limit);
    operation_outcome outcome = co_await self->execute_exclusively(work, limit);
    co_return outcome;
}

asio::awaitable<operation_outcome> session::ping(pointer self, deadline limit) {
    co_await asio::this_coro::throw_if_cancelled(false);
    statement nothing("");
    limit = self->limit_of(nothing, limit);
    operation_outcome outcome = co_await self->wait_until_free(limit);
    if (outcome.code)
        co_return outcome;
    outcome = co_await self->execute_exclusively(nothing, limit);
    outcome.output = result();
    co_return outcome;
}

asio::awaitable<operation_outcome> session::close(pointer self) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (self->state_->cleaning_up != 0 || self->state_->recovering) {
        error_code ignored;
        co_await self->state_->freed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (self->state_->busy)
        co_return busy_elsewhere();
    self->finish();
    co_return operation_outcome();
}

// Somebody left a statement before its end, which is somebody else's business to wait for.
asio::awaitable<operation_outcome> session::wait_until_free(const deadline& limit) {
    operation_outcome outcome;
    if (state_->cleaning_up == 0)
        co_return outcome;
    const time_limit timer(state_->strand, limit.when, [this] { state_->freed.cancel(); });
    while (state_->cleaning_up != 0 && !outcome.code) {
        error_code ignored;
        co_await state_->freed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (limit.passed())
            outcome = known_not_run(deadline_passed(limit, "waiting for an earlier statement to be got rid of"));
        if (state_->abandoned || state_->interrupted || cancellation.cancelled() != asio::cancellation_type::none)
            outcome = known_not_run(failed_operation(asio::error::operation_aborted,
                                                     "the operation was cancelled before anything was sent"));
    }
    co_return outcome;
}

operation_outcome session::check_free() const {
    if (state_->busy)
        return busy_elsewhere();
    if (!state_->handle)
        return failed_operation(errc::not_connected, "the connection isn't open", "connect it first");
    if (state_->rows)
        return failed_operation(errc::operation_in_progress, "a stream is open on the connection",
                                "read it to its end or close it");
    return {};
}

operation_outcome session::check_free(const statement& work) const {
    operation_outcome outcome = check_free();
    if (!outcome.code && work.parameter_count() > 65535)
        return failed_operation(errc::invalid_parameter, "a statement can have at most 65535 parameters");
    return outcome;
}

asio::awaitable<operation_outcome> session::execute_exclusively(statement& work, const deadline& limit) {
    if (operation_outcome refused = check_free(work); refused.code)
        co_return refused;
    const busy_guard busy(*state_);
    const statement_guard running(state_->notices.redact, work);
    const deadline_guard timer(*state_, limit);
    answer received;
    result output;
    state_->used = true;
    mirror_deadline(*state_, limit);
    // What was cancelled before it began isn't sent.
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    error_code code = asio::error::operation_aborted;
    const bool begins = !state_->timed_out && cancellation.cancelled() == asio::cancellation_type::none;
    if (begins)
        code = co_await execute_statement(*state_, work, received, output);
    operation_outcome outcome = outcome_of(code, std::move(received), limit);
    if (!begins)
        outcome = known_not_run(std::move(outcome));
    if (!outcome.code)
        outcome.output = std::move(output);
    co_return outcome;
}

operation_outcome session::outcome_of(error_code code, answer&& received, const deadline& limit) {
    if (code == asio::error::operation_aborted)
        return stopped(limit);
    if (!code && PQstatus(state_->handle.get()) == CONNECTION_BAD)
        code = errc::connection_lost;
    if (code == errc::unsupported) {
        finish();
        code = error_code();
    }
    if (code && received.code)
        return lost(code, "before that, the statement had failed: " + received.details.message());
    if (code)
        return lost(code, "the statement may or may not have run");
    // The server's own limit is the same, and either of them may be the first to notice.
    if (received.code == sqlstate::query_canceled && state_->defaults.server_timeout() && limit.passed())
        return deadline_passed(limit, "running");
    return {received.code, std::move(received.details)};
}

// Ends the session after a failure of the connection itself, and says why. The server's last words (an administrator's
// shutdown, say) are a better reason than that the stream has ended.
diagnostics_fields session::why_lost(error_code code, std::string hint) {
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
    return fields;
}

operation_outcome session::lost(error_code code, std::string hint) {
    diagnostics_fields fields = why_lost(code, std::move(hint));
    state_->notices.redact.add_statement(fields);
    finish();
    error_code final_code = errc::connection_lost;
    if (state_->dialect == coropq::dialect::query_service) {
        annotate_query_service_error(fields);
        if (query_service_problem(fields.sqlstate, fields.message) == query_service::problem::session_limit)
            final_code = errc::session_limit;
    }
    return {final_code, diagnostics(final_code, std::move(fields))};
}

void session::finish() {
    state_->socket.give_back();
    state_->handle.reset();
    state_->notices.redact.set_statement(nullptr);
    state_->rows.reset();
    state_->prepared.clear();
    state_->ahead = {};
    state_->advisory_locks.clear();
    forget_ahead(*state_);
    state_->due_syncs = 0;
    state_->unread = 0;
    state_->mirrored = std::chrono::milliseconds(0);
    state_->mirrored_within.reset();
    state_->lost_on_the_way = false;
    state_->used = false;
}

bool session::can_be_shared() const {
    return state_->handle && PQstatus(state_->handle.get()) == CONNECTION_OK && !state_->busy && !state_->recovering &&
           !state_->rows && !needs_pipeline(*state_) && !state_->lost_on_the_way &&
           !avoids_pipelines(state_->defaults) && is_autocommit(*state_);
}

void session::add_shared(std::shared_ptr<pipelined_statement> added, sharing_owner& lender, std::size_t slot) {
    shared_->add(std::move(added), lender, slot);
}

void session::cancel_shared(std::shared_ptr<pipelined_statement> unwanted, asio::cancellation_type type) {
    shared_->cancel(std::move(unwanted), type);
}

void session::forget_shared() { shared_->forget_all(); }

void session::dispatch(std::function<void()> step) {
    asio::dispatch(state_->strand, [self = shared_from_this(), step = std::move(step)] { step(); });
}

void session::abandon() noexcept try {
    // Only the strand may touch the socket; when the context has ended already, the destructor does the work.
    asio::post(state_->strand, [self = shared_from_this(), count = counted_operation(state_->operations)] {
        self->state_->abandoned = true;
        if (self->state_->connecting)
            self->state_->connecting->interrupt();
        if (self->state_->stop_request)
            self->state_->stop_request();
        if (self->shared_->is_active() && !self->state_->recovering)
            self->shared_->interrupt();
        else if (self->state_->busy || self->state_->recovering)
            self->state_->socket.cancel();
        else if (self->state_->rows && self->state_->handle)
            self->leave_statement();
        else
            self->finish();
        self->state_->freed.cancel();
    });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for the message, the destructor does the work
}

} // namespace coropq::detail
