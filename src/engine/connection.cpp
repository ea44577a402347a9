// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/connection.hpp>
#include <coropq/error.hpp>

#include "engine/stream_state.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/session.hpp"
#include "operation/run_operation.hpp"

#include <boost/asio/strand.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

connection::connection(asio::any_io_executor executor)
    : executor_(std::move(executor)), session_(detail::session::create(executor_)) {}

// The executor stays with the source, which still needs one to complete what is asked of it.
connection::connection(connection&& other) noexcept : executor_(other.executor_), session_(std::move(other.session_)) {}

connection& connection::operator=(connection&& other) noexcept {
    if (this != &other) {
        connection old(std::move(*this));
        executor_ = other.executor_;
        session_ = std::move(other.session_);
    }
    return *this;
}

connection::~connection() {
    if (session_)
        session_->abandon();
}

namespace {

using detail::session;

// The awaitable forms own the session and what they were given; the connection itself may move away or be destroyed,
// which ends the operation as it ends the others.
asio::awaitable<result> run(std::shared_ptr<session> target, asio::awaitable<detail::operation_outcome> operation) {
    if (!target)
        throw_error(errc::not_connected, detail::make_diagnostics(errc::not_connected, "the connection was moved from",
                                                                  "use the one that it was moved to"));
    detail::operation_outcome outcome = co_await session::run(target, std::move(operation));
    detail::throw_if_failed(outcome.code, outcome.details);
    co_return outcome.output;
}

asio::awaitable<void> run_without_result(std::shared_ptr<session> target,
                                         asio::awaitable<detail::operation_outcome> operation) {
    co_await run(std::move(target), std::move(operation));
}

} // namespace

asio::awaitable<void> connection::connect(url address, connect_options options) {
    return run_without_result(session_, session::connect(session_, std::move(address), std::move(options)));
}

asio::awaitable<result> connection::execute(statement work) const {
    return run(session_, session::execute(session_, std::move(work)));
}

namespace {

asio::awaitable<row_stream> open_stream(std::shared_ptr<session> target, statement work, stream_options options) {
    if (!target)
        throw_error(errc::not_connected, detail::make_diagnostics(errc::not_connected, "the connection was moved from",
                                                                  "use the one that it was moved to"));
    const auto state = std::make_shared<detail::stream_state>(nullptr, std::move(target), options);
    co_await detail::stream_state::open(state, std::move(work));
    co_return row_stream(state);
}

} // namespace

asio::awaitable<row_stream> connection::stream_rows(statement work, stream_options options) const {
    return open_stream(session_, std::move(work), options);
}

asio::awaitable<void> connection::ping() { return run_without_result(session_, session::ping(session_)); }

asio::awaitable<void> connection::close() { return run_without_result(session_, session::close(session_)); }

namespace detail {

namespace {

asio::awaitable<operation_outcome> moved_away() {
    co_return failed_operation(errc::not_connected, "the connection was moved from",
                               "use the one that it was moved to");
}

void start(const std::shared_ptr<session>& target, const asio::any_io_executor& executor,
           asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
           operation_handler handler) {
    if (target)
        target->run(std::move(operation), output, details, std::move(handler));
    else
        run_operation(asio::make_strand(executor), executor, moved_away(), output, details, std::move(handler));
}

} // namespace

void start_connect(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, url address,
                   connect_options options, diagnostics* details, operation_handler handler) {
    start(target, executor, session::connect(target, std::move(address), std::move(options)), nullptr, details,
          std::move(handler));
}

void start_execute(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, statement work,
                   result* output, diagnostics* details, operation_handler handler) {
    start(target, executor, session::execute(target, std::move(work)), output, details, std::move(handler));
}

void start_rows(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, statement work,
                diagnostics* details, operation_handler handler) {
    start(target, executor, session::start_rows(target, std::move(work)), nullptr, details, std::move(handler));
}

void start_read_rows(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, std::size_t limit,
                     result* output, diagnostics* details, operation_handler handler) {
    start(target, executor, session::read_rows(target, limit), output, details, std::move(handler));
}

void start_end_rows(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, diagnostics* details,
                    operation_handler handler) {
    start(target, executor, session::end_rows(target), nullptr, details, std::move(handler));
}

void start_ping(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, diagnostics* details,
                operation_handler handler) {
    start(target, executor, session::ping(target), nullptr, details, std::move(handler));
}

void start_close(const std::shared_ptr<session>& target, const asio::any_io_executor& executor, diagnostics* details,
                 operation_handler handler) {
    start(target, executor, session::close(target), nullptr, details, std::move(handler));
}

} // namespace detail

} // namespace coropq
