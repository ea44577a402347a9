// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_ENGINE_HPP
#define COROPQ_ENGINE_HPP

#include <coropq/connection.hpp>
#include <coropq/detail/initiation.hpp>
#include <coropq/detail/outcome.hpp>
#include <coropq/detail/query_functions.hpp>
#include <coropq/detail/transaction_run.hpp>
#include <coropq/options.hpp>
#include <coropq/pipeline.hpp>
#include <coropq/pool.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>
#include <coropq/transaction.hpp>
#include <coropq/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <source_location>
#include <string_view>
#include <utility>

namespace coropq {

class inspector;

/// The way to a database: knows how to connect, opens connections when they are needed, and keeps them for reuse.
///
///     coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, url); // opens nothing yet
///     for (const std::string& name : co_await engine.inspect().table_names()) …
///
/// A handle: copies are the same engine, which lives as long as the last of them, or of the operations and inspectors
/// that use it. There is nothing to run: it works as soon as its executor does, and holds no work while it is idle, so
/// an `io_context` can finish. (What has to happen while it is idle, such as closing connections that nobody uses, is
/// noticed on a thread of the library and done on the executor, as soon as that runs. The thread is started when it is
/// first needed, and ends with the execution context.) An engine must not be used when its context is gone; it may be
/// destroyed then.
///
/// Operations come in two forms, as those of `connection` do: `async_…` for any completion token, and one that returns
/// an awaitable. Cancellation: while waiting for a connection or connecting, nothing has been sent and every type is
/// accepted; afterwards as for `connection::execute`.
///
/// Thread-safety: all functions may be called from any thread at any time, apart from assignment to the handle itself.
class engine : public detail::query_functions<engine> {
public:
    using executor_type = boost::asio::any_io_executor;

    executor_type get_executor() const;

    /// What kind of server it is for: what the options say, or else the URL.
    coropq::dialect dialect() const;

    /// Runs one statement on a connection of its own choice, in autocommit, and gives all of its rows. When there are
    /// more statements than connections, they share these: see `pool_options::pipelining`.
    ///
    /// Errors: those of `connection::connect` and `connection::execute`; `pool_timeout` when no connection became free
    /// within `pool_options::acquire_timeout`; `errc::engine_disposed`. A statement that may have run is never sent
    /// again. Cancelled while others share the connection, it isn't cancelled on the server; its answer is dropped.
    template <detail::operation_token Token>
    auto async_execute(statement work, result& output, diagnostics& details, Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            execute_initiation(state_, get_executor()), token, std::move(work), &output, &details);
    }
    template <detail::operation_token Token>
    auto async_execute(statement work, result& output, Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            execute_initiation(state_, get_executor()), token, std::move(work), &output, nullptr);
    }
    boost::asio::awaitable<result> execute(statement work) const;
    using query_functions::execute;

    /// Runs the stages of a pipeline in one round trip, on a connection that it has to itself until they have ended,
    /// and gives the outcome of each: see `connection::run_pipeline`. Time limits include the waiting for a connection.
    /// A transaction that the stages leave open is rolled back.
    ///
    /// Errors: those of `connection::run_pipeline` and, with stages that all weren't run, of `execute`. Never sent
    /// again.
    template <detail::operation_token Token>
    auto async_run_pipeline(pipeline work, pipeline_results& output, diagnostics& details, Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            pipeline_initiation(state_, get_executor()), token, std::move(work), &output, &details);
    }
    template <detail::operation_token Token>
    auto async_run_pipeline(pipeline work, pipeline_results& output, Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            pipeline_initiation(state_, get_executor()), token, std::move(work), &output, nullptr);
    }
    boost::asio::awaitable<pipeline_results> run_pipeline(pipeline work) const;

    /// A connection for the caller alone, which goes back to the engine when it is destroyed or closed: an idle one, a
    /// new one, or the first that somebody gives back. It may outlive the engine, and is closed then when it goes back.
    /// `where`: for `stats`, error texts and leak reports, that it is in use. Errors as for `execute`.
    boost::asio::awaitable<connection> connect(std::source_location where = std::source_location::current()) const;

    /// The same, for any completion token; what `output` was before is closed or given back.
    template <detail::operation_token Token>
    auto async_get_connection(connection& output, diagnostics& details, Token&& token,
                              std::source_location where = std::source_location::current()) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            get_connection_initiation(state_, get_executor()), token, where, &output, &details);
    }
    template <detail::operation_token Token>
    auto async_get_connection(connection& output, Token&& token,
                              std::source_location where = std::source_location::current()) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            get_connection_initiation(state_, get_executor()), token, where, &output, nullptr);
    }

    /// Begins a transaction on a connection of its own, which goes back with its end. Sends nothing yet: see
    /// `transaction`. Errors as for `connect`; `options.timeout` includes the waiting.
    boost::asio::awaitable<coropq::transaction>
    begin(transaction_options options = {}, std::source_location where = std::source_location::current()) const;

    /// Runs a function in a transaction, on a connection that it has to itself: see `connection::transaction`.
    /// Repetitions are on the same connection. Errors of `connect` too.
    ///
    ///     auto transfer = [&](coropq::transaction& tx) -> asio::awaitable<int> { … };
    ///     int moved = co_await engine.transaction(transfer, {.retries = 3});
    template <detail::transaction_function Function>
    auto transaction(Function&& function, transaction_retries options = {},
                     std::source_location where = std::source_location::current()) const {
        return detail::run_transaction_for(state_, std::decay_t<Function>(std::forward<Function>(function)), options,
                                           where);
    }

    /// Opens a stream of rows, which has a connection of the engine to itself until its end. Errors as for `execute`.
    boost::asio::awaitable<row_stream> stream_rows(statement work, stream_options options = stream_options()) const;

    /// An inspector of the database's schema. Opens nothing and asks nothing by itself. Include
    /// `<coropq/inspect/inspector.hpp>`.
    inspector inspect() const;

    /// What the connections are doing, and have done.
    pool_statistics stats() const;

    /// Retires all connections that there are now: idle ones are closed, those in use when they come back.
    void invalidate() const;

    /// Changes the number of connections: see `pool_options::size` and `max_overflow`. Idle ones above it are closed
    /// now, those in use when they come back; who waits benefits at once.
    void resize(std::size_t size, std::size_t max_overflow = 0) const;

    /// The graceful end: later operations end with `errc::engine_disposed`, those that wait for a connection still get
    /// one, and when nobody needs a connection any more, it is closed. Completes when all are. At the limit, operations
    /// in progress are interrupted, also on the server, connections still in use are closed, and `cut` (the value) is
    /// how many those were. When it is cancelled before, with any type of cancellation, nothing is cut.
    template <detail::operation_token Token>
    auto async_drain(std::chrono::milliseconds limit, std::size_t& cut, diagnostics& details, Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            drain_initiation(state_, get_executor()), token, limit, &cut, &details);
    }
    template <detail::operation_token Token>
    auto async_drain(std::chrono::milliseconds limit, std::size_t& cut, Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            drain_initiation(state_, get_executor()), token, limit, &cut, nullptr);
    }
    boost::asio::awaitable<std::size_t> drain(std::chrono::milliseconds limit) const;

    /// The end: idle connections are closed now, connections in use as soon as their operations are done, and every
    /// later operation ends with `errc::engine_disposed`, as do those that wait for a connection or for one to open.
    /// Completes when the idle connections are closed. May be called again. Can't be cancelled. Also happens, without
    /// waiting, when the last handle goes.
    template <detail::operation_token Token>
    auto async_dispose(Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            dispose_initiation(state_, get_executor()), token, nullptr);
    }
    boost::asio::awaitable<void> dispose() const;

    /// For the library; users call `create_engine`.
    explicit engine(std::shared_ptr<detail::engine_state> state) noexcept : state_(std::move(state)) {}

private:
    using execute_initiation = detail::execute_initiation;
    using pipeline_initiation = detail::initiation<detail::engine_state, &detail::start_engine_run_pipeline>;
    using get_connection_initiation = detail::initiation<detail::engine_state, &detail::start_get_connection>;
    using drain_initiation = detail::initiation<detail::engine_state, &detail::start_engine_drain>;
    using dispose_initiation = detail::initiation<detail::engine_state, &detail::start_engine_dispose>;

    // Copied, never moved from: every handle has its engine.
    std::shared_ptr<detail::engine_state> state_;

public:
    engine(const engine&) noexcept = default;
    engine& operator=(const engine&) noexcept = default;
    ~engine() = default;
};

/// Makes an engine. Opens nothing and does no I/O: a host that doesn't exist is reported by the first operation.
engine create_engine(boost::asio::any_io_executor executor, url address, engine_options options = engine_options());

/// The same, from URL text. Throws `url_error`, also for a null pointer.
engine create_engine(boost::asio::any_io_executor executor, std::string_view address,
                     engine_options options = engine_options());
engine create_engine(boost::asio::any_io_executor executor, const char* address,
                     engine_options options = engine_options());

/// The same, from anything that has an executor, for example an `io_context`.
template <typename ExecutionContext, typename Address>
    requires(!std::convertible_to<ExecutionContext&, boost::asio::any_io_executor> &&
             requires(ExecutionContext& context) {
                 { context.get_executor() } -> std::convertible_to<boost::asio::any_io_executor>;
             })
engine create_engine(ExecutionContext& context, Address&& address, engine_options options = engine_options()) {
    return create_engine(boost::asio::any_io_executor(context.get_executor()), std::forward<Address>(address),
                         std::move(options));
}

} // namespace coropq

#endif
