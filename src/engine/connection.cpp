// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/connection.hpp>
#include <coropq/error.hpp>
#include <coropq/inspect/inspector.hpp>

#include "engine/connection_functions.hpp"
#include "engine/stream_state.hpp"
#include "engine/value_delivery.hpp"
#include "libpq/pipeline_job.hpp"
#include "libpq/session.hpp"
#include "operation/run_operation.hpp"
#include "pool/lease.hpp"

#include <boost/asio/strand.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

connection::connection(asio::any_io_executor executor)
    : executor_(std::move(executor)), lease_(std::make_shared<detail::lease>(detail::session::create(executor_))) {}

connection::connection(asio::any_io_executor executor, std::shared_ptr<detail::lease> leased) noexcept
    : executor_(std::move(executor)), lease_(std::move(leased)) {}

// The executor stays with the source, which still needs one to complete what is asked of it.
connection::connection(connection&& other) noexcept : executor_(other.executor_), lease_(std::move(other.lease_)) {}

connection& connection::operator=(connection&& other) noexcept {
    if (this != &other) {
        connection old(std::move(*this));
        executor_ = other.executor_;
        lease_ = std::move(other.lease_);
    }
    return *this;
}

// Not left to the last one who refers to the lease: streams and awaitables do, and must not keep it.
connection::~connection() {
    if (lease_)
        lease_->give_back();
}

namespace {

using detail::lease;
using detail::operation_outcome;
using detail::session;

operation_outcome no_session(const std::shared_ptr<lease>& held) {
    if (!held)
        return detail::failed_operation(errc::not_connected, "the connection was moved from",
                                        "use the one that it was moved to");
    if (!held->is_pooled())
        return detail::failed_operation(errc::not_connected, "the connection was destroyed", "keep it for longer");
    return detail::failed_operation(errc::not_connected, "the connection was given back to its engine",
                                    "get another one with engine::connect");
}

// When an operation starts: an awaitable may have been made long ago.
std::shared_ptr<session> session_of(const std::shared_ptr<lease>& held) {
    if (held && held->session())
        return held->session();
    const operation_outcome refused = no_session(held);
    throw_error(refused.code, refused.details);
}

// The awaitable forms own what they were given, but not the session; the connection itself may move away, or be
// destroyed, which ends the operation as it ends the others.

asio::awaitable<void> run_connect(std::shared_ptr<lease> held, url address, connect_options options) {
    const std::shared_ptr<session> target = session_of(held);
    operation_outcome outcome =
        co_await session::run(target, session::connect(target, std::move(address), std::move(options)));
    detail::throw_if_failed(outcome.code, outcome.details);
}

asio::awaitable<pipeline_results> run_stages(std::shared_ptr<lease> held, std::shared_ptr<detail::pipeline_job> job) {
    const std::shared_ptr<session> target = session_of(held);
    operation_outcome outcome = co_await session::run(target, session::run_pipeline(target, job));
    detail::throw_if_failed(outcome.code, outcome.details);
    co_return job->results(error_code());
}

asio::awaitable<row_stream> open_stream(std::shared_ptr<lease> held, statement work, stream_options options) {
    session_of(held);
    const auto state = std::make_shared<detail::stream_state>(std::move(held), false, options);
    co_await detail::stream_state::open(state, std::move(work));
    co_return row_stream(state);
}

asio::awaitable<void> run_ping(std::shared_ptr<lease> held) {
    const std::shared_ptr<session> target = session_of(held);
    operation_outcome outcome = co_await session::run(target, session::ping(target));
    detail::throw_if_failed(outcome.code, outcome.details);
}

asio::awaitable<void> run_close(std::shared_ptr<lease> held) {
    if (held && held->is_pooled()) {
        held->give_back();
        co_return;
    }
    const std::shared_ptr<session> target = session_of(held);
    operation_outcome outcome = co_await session::run(target, session::close(target));
    detail::throw_if_failed(outcome.code, outcome.details);
}

} // namespace

asio::awaitable<void> connection::connect(url address, connect_options options) {
    return run_connect(lease_, std::move(address), std::move(options));
}

asio::awaitable<result> connection::execute(statement work) const { return detail::execute(lease_, std::move(work)); }

inspector connection::inspect() const { return inspector(lease_); }

asio::awaitable<pipeline_results> connection::run_pipeline(pipeline work) const {
    return detail::run_pipeline(lease_, std::move(work));
}

asio::awaitable<row_stream> connection::stream_rows(statement work, stream_options options) const {
    return open_stream(lease_, std::move(work), options);
}

asio::awaitable<void> connection::ping() { return run_ping(lease_); }

asio::awaitable<void> connection::close() { return run_close(lease_); }

namespace detail {

asio::awaitable<result> execute(std::shared_ptr<lease> held, statement work) {
    const std::shared_ptr<session> target = session_of(held);
    operation_outcome outcome = co_await session::run(target, session::execute(target, std::move(work)));
    throw_if_failed(outcome.code, outcome.details);
    co_return outcome.output;
}

asio::awaitable<pipeline_results> run_pipeline(std::shared_ptr<lease> held, pipeline work,
                                               std::shared_ptr<stage_observer> observer) {
    return run_stages(std::move(held), std::make_shared<pipeline_job>(std::move(work), std::move(observer)));
}

asio::awaitable<bool> is_in_transaction(std::shared_ptr<lease> held) {
    const std::shared_ptr<session> target = session_of(held);
    const operation_outcome outcome = co_await session::run(target, session::check_transaction(target));
    if (outcome.code && outcome.code != errc::no_transaction)
        throw_error(outcome.code, outcome.details);
    co_return !outcome.code;
}

namespace {

asio::awaitable<operation_outcome> ended(operation_outcome outcome) { co_return outcome; }

void end_at_once(const asio::any_io_executor& executor, operation_outcome outcome, result* output, diagnostics* details,
                 operation_handler handler) {
    run_operation(asio::make_strand(executor), executor, ended(std::move(outcome)), output, details,
                  std::move(handler));
}

template <typename Make>
void start(const std::shared_ptr<lease>& held, const asio::any_io_executor& executor, result* output,
           diagnostics* details, operation_handler handler, Make make_operation) {
    if (held && held->session()) {
        const std::shared_ptr<session> target = held->session();
        target->run(make_operation(target), output, details, std::move(handler));
    } else {
        end_at_once(executor, no_session(held), output, details, std::move(handler));
    }
}

} // namespace

void start_connect(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, url address,
                   connect_options options, diagnostics* details, operation_handler handler) {
    start(target, executor, nullptr, details, std::move(handler), [&](const std::shared_ptr<session>& used) {
        return session::connect(used, std::move(address), std::move(options));
    });
}

void start_execute(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, statement work,
                   result* output, diagnostics* details, operation_handler handler) {
    start(target, executor, output, details, std::move(handler),
          [&](const std::shared_ptr<session>& used) { return session::execute(used, std::move(work)); });
}

void start_run_pipeline(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, pipeline work,
                        pipeline_results* output, diagnostics* details, operation_handler handler) {
    const auto job = std::make_shared<pipeline_job>(std::move(work));
    auto write = [job, output](error_code code) { *output = job->results(code); };
    start(target, executor, nullptr, details, value_delivery(std::move(write), std::move(handler)),
          [&](const std::shared_ptr<session>& used) { return session::run_pipeline(used, job); });
}

void start_rows(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, statement work,
                diagnostics* details, operation_handler handler) {
    start(target, executor, nullptr, details, std::move(handler),
          [&](const std::shared_ptr<session>& used) { return session::start_rows(used, std::move(work)); });
}

void start_read_rows(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, std::size_t limit,
                     result* output, diagnostics* details, operation_handler handler) {
    start(target, executor, output, details, std::move(handler),
          [&](const std::shared_ptr<session>& used) { return session::read_rows(used, limit); });
}

void start_end_rows(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, diagnostics* details,
                    operation_handler handler) {
    start(target, executor, nullptr, details, std::move(handler),
          [](const std::shared_ptr<session>& used) { return session::end_rows(used); });
}

void start_ping(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, diagnostics* details,
                operation_handler handler) {
    start(target, executor, nullptr, details, std::move(handler),
          [](const std::shared_ptr<session>& used) { return session::ping(used); });
}

void start_close(const std::shared_ptr<lease>& target, const asio::any_io_executor& executor, diagnostics* details,
                 operation_handler handler) {
    if (target && target->is_pooled()) {
        target->give_back();
        end_at_once(executor, operation_outcome(), nullptr, details, std::move(handler));
        return;
    }
    start(target, executor, nullptr, details, std::move(handler),
          [](const std::shared_ptr<session>& used) { return session::close(used); });
}

} // namespace detail

} // namespace coropq
