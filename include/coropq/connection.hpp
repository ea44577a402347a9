// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_CONNECTION_HPP
#define COROPQ_CONNECTION_HPP

#include <coropq/advisory_lock.hpp>
#include <coropq/detail/initiation.hpp>
#include <coropq/detail/query_functions.hpp>
#include <coropq/detail/transaction_run.hpp>
#include <coropq/diagnostics.hpp>
#include <coropq/options.hpp>
#include <coropq/pipeline.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>
#include <coropq/transaction.hpp>
#include <coropq/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq {

class inspector;

/// One session with a server. Most programs use an `engine`, which makes and keeps connections by itself; this is also
/// what `engine::connect` gives: one of the engine's connections, for its holder alone.
///
/// Every operation comes in two forms of the same name and argument order:
///
/// - `async_…(…, diagnostics&, token)` is an Asio initiating function for any completion token, with the signature
///   `void(boost::system::error_code)`. `diagnostics&` and a `result&` must stay valid until the operation completes;
///   they are written right before the completion handler is called. `diagnostics&` may be left out.
/// - the form without `async_` returns an awaitable that gives the value and throws a `coropq::error`. What it needs it
///   owns, so the awaitable may be stored, passed on, and awaited later.
///
/// Completion handlers run on their associated executor, by default the one that the connection was constructed with.
/// The event loop is never blocked.
///
/// One operation at a time: another one ends at once with `errc::operation_in_progress` and leaves the first alone.
///
/// Cancellation: each operation can be cancelled through its associated cancellation slot and then ends with
/// `boost::asio::error::operation_aborted`. `connect` accepts every type of cancellation and leaves the connection
/// unopened. The others accept terminal cancellation; when a statement was sent already, it is cancelled on the server
/// in the background. The next operation waits for that and finds the connection usable, in a failed transaction if
/// there was one; or closed, when it took longer than `connect_options::cancel_timeout`.
///
/// Destroying a connection closes it; an operation in progress ends with `operation_aborted`. One of an engine goes
/// back there instead, without waiting: what it is doing is interrupted, a stream is ended, and an open transaction is
/// rolled back (`pool_options::reset`). Whatever still refers to it then, a stream or an awaitable that is awaited
/// later, ends with `errc::not_connected`.
///
/// Thread-safety: different connections may be used from different threads; one connection may be used from one thread
/// at a time. The executor may be that of a multi-threaded context: the session works on a strand of its own.
class connection : public detail::query_functions<connection> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// A connection that isn't open yet. Opens nothing.
    explicit connection(boost::asio::any_io_executor executor);

    /// The same, from anything that has an executor, for example an `io_context`.
    template <typename ExecutionContext>
        requires(!std::convertible_to<ExecutionContext&, boost::asio::any_io_executor> &&
                 requires(ExecutionContext& context) {
                     { context.get_executor() } -> std::convertible_to<boost::asio::any_io_executor>;
                 })
    explicit connection(ExecutionContext& context) : connection(boost::asio::any_io_executor(context.get_executor())) {}

    /// The source is left without a session: its operations end with `errc::not_connected`.
    connection(connection&& other) noexcept;
    connection& operator=(connection&& other) noexcept;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    executor_type get_executor() const noexcept { return executor_; }

    /// Opens the session. Names are resolved in the background, each address of each host of the URL is tried in turn,
    /// and `target_session_attrs` is honoured.
    ///
    /// Errors: `connection_error` or `authentication_error`, whose `details().attempts()` has the reason for each
    /// address; `option_error` for unknown or impossible options; `errc::already_connected`. A server that refuses the
    /// user, the password or the database ends the search; one that can't be reached, isn't trusted or is starting up
    /// or shutting down doesn't. After an error the connection isn't open and may be opened again.
    template <detail::operation_token Token>
    auto async_connect(url address, connect_options options, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            connect_initiation(lease_, executor_), token, std::move(address), std::move(options), &details);
    }
    template <detail::operation_token Token>
    auto async_connect(url address, diagnostics& details, Token&& token) {
        return async_connect(std::move(address), connect_options(), details, std::forward<Token>(token));
    }
    template <detail::operation_token Token>
    auto async_connect(url address, connect_options options, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            connect_initiation(lease_, executor_), token, std::move(address), std::move(options), nullptr);
    }
    template <detail::operation_token Token>
    auto async_connect(url address, Token&& token) {
        return async_connect(std::move(address), connect_options(), std::forward<Token>(token));
    }
    boost::asio::awaitable<void> connect(url address, connect_options options = connect_options());

    /// Runs one statement and gives all of its rows.
    ///
    /// Errors: `server_error` when the server rejects the statement, after which the connection can be used;
    /// `connection_error` when the connection is lost, after which the statement may or may not have run and the
    /// connection is closed; `errc::not_connected`; `errc::unsupported` for COPY, which is ended without effect.
    template <detail::operation_token Token>
    auto async_execute(statement work, result& output, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            execute_initiation(lease_, executor_), token, std::move(work), &output, &details);
    }
    template <detail::operation_token Token>
    auto async_execute(statement work, result& output, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            execute_initiation(lease_, executor_), token, std::move(work), &output, nullptr);
    }
    boost::asio::awaitable<result> execute(statement work) const;
    using query_functions::execute;

    /// Runs the stages of a pipeline in one round trip, and gives the outcome of each: see `pipeline`. The error of a
    /// stage is in its outcome, not one of the operation.
    ///
    /// Within a transaction both modes are part of it, and the first error fails it: what is behind that isn't run. One
    /// that was begun and not sent yet travels in front.
    ///
    /// Errors: `connection_error` when the connection is lost; `timeout_error`; `errc::unsupported` for what can't be
    /// run in a pipeline, before anything is sent; `server_error` for what stood in front of the stages, and for a
    /// commit that was refused (`all_or_nothing`); `errc::not_connected`. After these, and after a cancellation, the
    /// outcomes of the stages are in `output` all the same: which were done, may have run, or weren't run.
    template <detail::operation_token Token>
    auto async_run_pipeline(pipeline work, pipeline_results& output, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            pipeline_initiation(lease_, executor_), token, std::move(work), &output, &details);
    }
    template <detail::operation_token Token>
    auto async_run_pipeline(pipeline work, pipeline_results& output, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            pipeline_initiation(lease_, executor_), token, std::move(work), &output, nullptr);
    }
    boost::asio::awaitable<pipeline_results> run_pipeline(pipeline work) const;

    /// Runs a statement whose rows are then read with `async_read_some_rows`, as the server sends them. Completes when
    /// the first row is there, or the statement has ended without one. Errors as for `execute`. Coroutines use
    /// `stream`.
    template <detail::operation_token Token>
    auto async_start_execution(statement work, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            start_rows_initiation(lease_, executor_), token, std::move(work), &details);
    }

    /// The next rows, `limit` at most; none at the end. Until then, other operations end with
    /// `errc::operation_in_progress`. Errors as for `execute`; after one there are no more rows.
    template <detail::operation_token Token>
    auto async_read_some_rows(result& output, std::size_t limit, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            read_rows_initiation(lease_, executor_), token, limit, &output, &details);
    }

    /// Ends reading early: cancels the statement on the server and drops what is on its way. Does nothing when there is
    /// nothing to end. The connection is closed if the server takes longer than
    /// `connect_options::cancel_timeout`. Can't be cancelled.
    template <detail::operation_token Token>
    auto async_end_execution(diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            end_rows_initiation(lease_, executor_), token, &details);
    }

    /// Opens a stream of rows on this connection. Errors as for `execute`.
    boost::asio::awaitable<row_stream> stream_rows(statement work, stream_options options = stream_options()) const;

    /// An inspector that asks on this connection, and so sees what its transaction has changed and its temporary
    /// tables. Asks nothing by itself. Its functions are operations of this connection: one at a time, and they end
    /// with `errc::not_connected` when the connection is closed, given back or destroyed. Include
    /// `<coropq/inspect/inspector.hpp>`.
    inspector inspect() const;

    /// Begins a transaction, which travels in front of its first statement: sends nothing. See `transaction`. While it
    /// is open, statements of this connection run inside of it as well. Errors: `errc::transaction_in_progress`,
    /// `errc::not_connected`, `errc::operation_in_progress`.
    boost::asio::awaitable<coropq::transaction> begin(transaction_options options = {}) const;

    /// Runs a function in a transaction, and gives its value: commits when it returns, rolls back when it throws, and
    /// runs it again, as often as `options.retries` says, when the server has given up on the transaction in favour of
    /// another one (40001, 40P01), also at its commit. Never after anything else, an `in_doubt_error` in particular.
    ///
    /// The function takes a `coropq::transaction&`, or this connection as a `coropq::connection&`, and returns an
    /// `asio::awaitable`. It is kept until the end; the connection must stay where it is. Inside of it, `rollback` of
    /// the transaction ends it without an error. (GCC 12: capture by reference, or give the lambda a name first.)
    ///
    /// Throws what the function throws, and what `begin` and `transaction::commit` do: after an error that the function
    /// has kept to itself, that is 25P02. Cancelled, it rolls back, unless the commit was sent.
    template <detail::transaction_function Function>
    auto transaction(Function&& function, transaction_retries options = {}) {
        return detail::run_transaction_on(*this, std::decay_t<Function>(std::forward<Function>(function)), options);
    }

    /// The second half of a two-phase commit: see `transaction::prepare`. Not within a transaction. Errors as for
    /// `execute`, `server_error` 42704 when there is no such transaction; `in_doubt_error` when the connection is lost.
    boost::asio::awaitable<void> commit_prepared(std::string_view gid) const;
    boost::asio::awaitable<void> rollback_prepared(std::string_view gid) const;
    /// The names of those that are waiting for it in this database, the oldest first. Errors as for `execute`.
    boost::asio::awaitable<std::vector<std::string>> prepared_transactions() const;

    /// Waits for an advisory lock, which this connection holds until the object goes: see `coropq::advisory_lock`.
    /// Errors as for `execute`. When it is cancelled, nothing is left locked; also not what was locked under the same
    /// key with plain SQL, of which the library knows nothing.
    boost::asio::awaitable<coropq::advisory_lock> advisory_lock(advisory_key key,
                                                                advisory_lock_options options = {}) const;
    /// The same without waiting: nothing if somebody else has it.
    boost::asio::awaitable<std::optional<coropq::advisory_lock>>
    try_advisory_lock(advisory_key key, advisory_lock_options options = {}) const;

    /// Asks the server for a sign of life: one round trip. Errors as for `execute`.
    template <detail::operation_token Token>
    auto async_ping(diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(ping_initiation(lease_, executor_),
                                                                                   token, &details);
    }
    template <detail::operation_token Token>
    auto async_ping(Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(ping_initiation(lease_, executor_),
                                                                                   token, nullptr);
    }
    boost::asio::awaitable<void> ping();

    /// Says goodbye to the server and closes the session. Succeeds also when it isn't open. Can't be cancelled; waits
    /// for the server only while a cancelled statement is being got rid of. A connection of an engine goes back there,
    /// as if it were destroyed.
    template <detail::operation_token Token>
    auto async_close(diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(close_initiation(lease_, executor_),
                                                                                   token, &details);
    }
    template <detail::operation_token Token>
    auto async_close(Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(close_initiation(lease_, executor_),
                                                                                   token, nullptr);
    }
    boost::asio::awaitable<void> close();

    /// For the library: a connection of an engine.
    connection(boost::asio::any_io_executor executor, std::shared_ptr<detail::lease> leased) noexcept;
    const std::shared_ptr<detail::lease>& lease() const noexcept { return lease_; }

private:
    using connect_initiation = detail::initiation<detail::lease, &detail::start_connect>;
    using execute_initiation = detail::initiation<detail::lease, &detail::start_execute>;
    using pipeline_initiation = detail::initiation<detail::lease, &detail::start_run_pipeline>;
    using start_rows_initiation = detail::initiation<detail::lease, &detail::start_rows>;
    using read_rows_initiation = detail::initiation<detail::lease, &detail::start_read_rows>;
    using end_rows_initiation = detail::initiation<detail::lease, &detail::start_end_rows>;
    using ping_initiation = detail::initiation<detail::lease, &detail::start_ping>;
    using close_initiation = detail::initiation<detail::lease, &detail::start_close>;

    boost::asio::any_io_executor executor_;
    std::shared_ptr<detail::lease> lease_;
};

} // namespace coropq

#endif
