// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/transaction.hpp>

#include "engine/stream_state.hpp"
#include "engine/transaction_state.hpp"
#include "engine/value_delivery.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/pipeline_job.hpp"

#include <boost/asio/strand.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

transaction::transaction(transaction&& other) noexcept : executor_(other.executor_), state_(std::move(other.state_)) {}

transaction& transaction::operator=(transaction&& other) noexcept {
    if (this != &other) {
        const transaction old(std::move(*this));
        executor_ = other.executor_;
        state_ = std::move(other.state_);
    }
    return *this;
}

transaction::~transaction() {
    if (state_)
        state_->leave();
}

bool transaction::is_open() const noexcept { return state_ && state_->is_open(); }

namespace detail {

namespace {

using pointer = transaction_state::pointer;

operation_outcome moved_from() {
    return failed_operation(errc::no_transaction, "the transaction was moved from", "use the one that it was moved to");
}

// The awaitable forms own the state; the transaction itself may move away.
asio::awaitable<result> run(pointer state, asio::awaitable<operation_outcome> operation) {
    operation_outcome outcome;
    const session::pointer used = state ? state->session_in_use() : nullptr;
    if (used)
        outcome = co_await session::run(used, std::move(operation));
    else
        outcome = state ? state->nobody() : moved_from();
    if (state)
        state->give_back_if_ended();
    throw_if_failed(outcome.code, outcome.details);
    co_return outcome.output;
}

asio::awaitable<void> run_without_result(pointer state, asio::awaitable<operation_outcome> operation) {
    co_await run(std::move(state), std::move(operation));
}

asio::awaitable<pipeline_results> run_stages(pointer state, std::shared_ptr<pipeline_job> job) {
    co_await run(state, transaction_state::run_pipeline(state, job));
    co_return job->results(error_code());
}

asio::awaitable<bool> run_attempt(pointer state, asio::awaitable<operation_outcome> operation) {
    const result answer = co_await run(std::move(state), std::move(operation));
    co_return answer[0][0].as<bool>();
}

asio::awaitable<operation_outcome> refuse(pointer state) { co_return state ? state->nobody() : moved_from(); }

void start(const pointer& state, const asio::any_io_executor& executor, asio::awaitable<operation_outcome> operation,
           result* output, diagnostics* details, operation_handler handler) {
    const session::pointer used = state ? state->session_in_use() : nullptr;
    if (!used) {
        run_operation(asio::make_strand(executor), executor, refuse(state), output, details, std::move(handler));
        return;
    }
    // A lease of its own has gone back when the handler is called.
    auto give_back = [state](error_code) { state->give_back_if_ended(); };
    used->run(std::move(operation), output, details, value_delivery(std::move(give_back), std::move(handler)));
}

} // namespace

void start_transaction_execute(const pointer& target, const asio::any_io_executor& executor, statement work,
                               result* output, diagnostics* details, operation_handler handler) {
    start(target, executor, transaction_state::execute(target, std::move(work)), output, details, std::move(handler));
}

void start_transaction_pipeline(const pointer& target, const asio::any_io_executor& executor, pipeline work,
                                pipeline_results* output, diagnostics* details, operation_handler handler) {
    const auto job = std::make_shared<pipeline_job>(std::move(work));
    auto write = [job, output](error_code code) { *output = job->results(code); };
    start(target, executor, transaction_state::run_pipeline(target, job), nullptr, details,
          value_delivery(std::move(write), std::move(handler)));
}

void start_transaction_commit(const pointer& target, const asio::any_io_executor& executor, diagnostics* details,
                              operation_handler handler) {
    start(target, executor, transaction_state::commit(target), nullptr, details, std::move(handler));
}

void start_transaction_rollback(const pointer& target, const asio::any_io_executor& executor, diagnostics* details,
                                operation_handler handler) {
    start(target, executor, transaction_state::rollback(target), nullptr, details, std::move(handler));
}

asio::awaitable<transaction> begin_transaction(asio::any_io_executor executor, std::shared_ptr<lease> leased,
                                               bool gives_back, transaction_options options, deadline limit) {
    if (!leased || !leased->session())
        throw_error(errc::not_connected,
                    make_diagnostics(errc::not_connected, "the connection was moved from, closed or given back",
                                     "use one that is in use"));
    const auto state = std::make_shared<transaction_state>(std::move(leased), gives_back, limit);
    transaction begun(std::move(executor), state); // from here on, every way out ends what was begun
    co_await run_without_result(state, transaction_state::begin(state, options));
    co_return begun;
}

namespace {

asio::awaitable<transaction> begin_nested(asio::any_io_executor executor, pointer parent) {
    if (!parent)
        throw_error(errc::no_transaction, moved_from().details);
    const auto state = std::make_shared<transaction_state>(std::move(parent));
    transaction begun(std::move(executor), state);
    co_await run_without_result(state, transaction_state::begin_nested(state));
    co_return begun;
}

asio::awaitable<row_stream> open_stream_within(pointer state, statement work, stream_options options) {
    co_await run_without_result(state, transaction_state::check(state));
    const auto rows = std::make_shared<stream_state>(state->leased(), false, options, state->limit());
    co_await stream_state::open(rows, std::move(work));
    co_return row_stream(rows);
}

statement lock_statement(const char* function, const advisory_key& key, advisory_lock_options options) {
    return statement(std::string("select ") + function + (options.shared ? "_shared(" : "(") + key.to_sql() + ")");
}

} // namespace

} // namespace detail

asio::awaitable<result> transaction::execute(statement work) const {
    return detail::run(state_, detail::transaction_state::execute(state_, std::move(work)));
}

asio::awaitable<pipeline_results> transaction::run_pipeline(pipeline work) const {
    return detail::run_stages(state_, std::make_shared<detail::pipeline_job>(std::move(work)));
}

asio::awaitable<row_stream> transaction::stream_rows(statement work, stream_options options) const {
    return detail::open_stream_within(state_, std::move(work), options);
}

asio::awaitable<transaction> transaction::begin() const { return detail::begin_nested(executor_, state_); }

asio::awaitable<void> transaction::commit() const {
    return detail::run_without_result(state_, detail::transaction_state::commit(state_));
}

asio::awaitable<void> transaction::rollback() const {
    return detail::run_without_result(state_, detail::transaction_state::rollback(state_));
}

asio::awaitable<void> transaction::advisory_lock(advisory_key key, advisory_lock_options options) const {
    return detail::run_without_result(
        state_,
        detail::transaction_state::execute(state_, detail::lock_statement("pg_advisory_xact_lock", key, options)));
}

asio::awaitable<bool> transaction::try_advisory_lock(advisory_key key, advisory_lock_options options) const {
    return detail::run_attempt(state_, detail::transaction_state::execute(
                                           state_, detail::lock_statement("pg_try_advisory_xact_lock", key, options)));
}

asio::awaitable<void> transaction::prepare(std::string gid) const {
    const statement work("prepare transaction " + detail::quoted_gid(gid)); // refuses what can't be sent
    return detail::run_without_result(state_, detail::transaction_state::commit(state_, work.sql()));
}

} // namespace coropq
