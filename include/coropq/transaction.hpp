// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TRANSACTION_HPP
#define COROPQ_TRANSACTION_HPP

#include <coropq/advisory_lock.hpp>
#include <coropq/detail/initiation.hpp>
#include <coropq/detail/query_functions.hpp>
#include <coropq/diagnostics.hpp>
#include <coropq/pipeline.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace coropq {

/// What a transaction sees of others that run at the same time (PostgreSQL manual, "Transaction Isolation").
enum class isolation : std::uint8_t {
    server_default,   ///< What `default_transaction_isolation` says: read committed, as a rule.
    read_uncommitted, ///< In PostgreSQL the same as `read_committed`.
    read_committed,
    repeatable_read, ///< Can fail with 40001 (`sqlstate::serialization_failure`), as `serializable` can.
    serializable,
};

/// How a transaction begins.
struct transaction_options {
    coropq::isolation isolation = coropq::isolation::server_default;
    /// The server refuses what would change data.
    bool read_only = false;
    /// A serializable, read-only transaction waits at its beginning until it can neither fail nor make others fail.
    bool deferrable = false;
    /// The limit for the whole transaction, from `begin` on (waiting for a connection of the engine included). Each
    /// operation has as much time as is left, and ends with `timeout_error` when that is over; `rollback` has time of
    /// its own. Default: none.
    std::chrono::milliseconds timeout{};
};

/// How `engine::transaction` and `connection::transaction` run a transaction, and run it again.
struct transaction_retries {
    /// How often it is run again when the server gave up on it in favour of another one: after 40001 (serialization
    /// failure) and 40P01 (deadlock). Never after anything else.
    int retries = 0;
    /// The time before the first repetition, on average; each later one waits twice as long, up to 30 s, give or take
    /// a half at random.
    std::chrono::milliseconds backoff = std::chrono::milliseconds(10);
    coropq::isolation isolation = coropq::isolation::server_default;
    bool read_only = false;
    bool deferrable = false;
    /// The limit for everything: all repetitions, and the time between them.
    std::chrono::milliseconds timeout{};
};

namespace detail {
class transaction_state;
void start_transaction_execute(const std::shared_ptr<transaction_state>& target,
                               const boost::asio::any_io_executor& executor, statement work, result* output,
                               diagnostics* details, operation_handler handler);
void start_transaction_pipeline(const std::shared_ptr<transaction_state>& target,
                                const boost::asio::any_io_executor& executor, pipeline work, pipeline_results* output,
                                diagnostics* details, operation_handler handler);
void start_transaction_commit(const std::shared_ptr<transaction_state>& target,
                              const boost::asio::any_io_executor& executor, diagnostics* details,
                              operation_handler handler);
void start_transaction_rollback(const std::shared_ptr<transaction_state>& target,
                                const boost::asio::any_io_executor& executor, diagnostics* details,
                                operation_handler handler);
} // namespace detail

/// A transaction, from `begin` of an engine, a connection or another transaction to its `commit` or `rollback`. One
/// that is destroyed before is rolled back, in the background: operations on the connection wait for that.
///
///     auto tx = co_await engine.begin({.isolation = coropq::isolation::serializable});
///     co_await tx.execute("update account set balance = balance - $1 where id = $2", 100, 7);
///     co_await tx.commit();
///
/// `begin` sends nothing: what begins the transaction travels in front of its first statement, in the same round trip.
/// Without a statement nothing is sent at all.
///
/// One of an engine has a connection to itself, which goes back with the end. One of a `connection` uses that, whose
/// own statements run inside the transaction meanwhile.
///
/// After an error of the server, the transaction has failed: statements end with 25P02 until it is rolled back, or the
/// nested one that the error happened in. After a lost connection they end with `errc::connection_lost`; `rollback`
/// succeeds then. At the end everything ends with `errc::no_transaction`.
///
/// Cancellation: a statement that is cancelled leaves the transaction failed. See `commit`.
///
/// Thread-safety, and one operation at a time: as for `connection`. Must not be used when its connection has gone back
/// to the engine: operations end with `errc::not_connected` then.
class transaction : public detail::query_functions<transaction> {
public:
    using executor_type = boost::asio::any_io_executor;

    /// The source is left without a transaction: its operations end with `errc::no_transaction`.
    transaction(transaction&& other) noexcept;
    transaction& operator=(transaction&& other) noexcept;
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();

    executor_type get_executor() const noexcept { return executor_; }

    /// Whether it has neither been committed nor rolled back.
    bool is_open() const noexcept;

    /// Runs one statement and gives all of its rows. Errors as for `connection::execute`, and those above;
    /// `errc::transaction_in_progress` while a nested transaction is open.
    template <detail::operation_token Token>
    auto async_execute(statement work, result& output, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            execute_initiation(state_, executor_), token, std::move(work), &output, &details);
    }
    template <detail::operation_token Token>
    auto async_execute(statement work, result& output, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            execute_initiation(state_, executor_), token, std::move(work), &output, nullptr);
    }
    boost::asio::awaitable<result> execute(statement work) const;
    using query_functions::execute;

    /// Runs the stages of a pipeline in one round trip, with what begins the transaction if that wasn't sent yet. In
    /// both modes they are part of the transaction, and the first error fails it: what is behind that isn't run. Errors
    /// as for `connection::run_pipeline`, and those above.
    template <detail::operation_token Token>
    auto async_run_pipeline(pipeline work, pipeline_results& output, diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            pipeline_initiation(state_, executor_), token, std::move(work), &output, &details);
    }
    template <detail::operation_token Token>
    auto async_run_pipeline(pipeline work, pipeline_results& output, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            pipeline_initiation(state_, executor_), token, std::move(work), &output, nullptr);
    }
    boost::asio::awaitable<pipeline_results> run_pipeline(pipeline work) const;

    /// Opens a stream of rows, which has to be read to its end, or closed, before anything else runs.
    boost::asio::awaitable<row_stream> stream_rows(statement work, stream_options options = stream_options()) const;

    /// Begins a nested transaction, a savepoint. While it is open, this one can only be rolled back. Sends nothing.
    boost::asio::awaitable<transaction> begin() const;

    /// Makes everything that was done permanent; of a nested transaction, a part of the one around it (which sends
    /// nothing: it travels with the next statement).
    ///
    /// Errors: `server_error` when the server refuses (40001, a deferred constraint …), with 25P02 when a statement had
    /// failed, also if nobody looked at that error: it has been rolled back then. `in_doubt_error` when the connection
    /// is lost, or the time is up, after the commit was sent: it may have happened or not. `connection_error` when the
    /// connection had been lost before: it hasn't happened, and `rollback` ends the transaction. After an error of a
    /// nested transaction that one is still open, to be rolled back.
    ///
    /// Cancelled before it is sent, it rolls back; afterwards it can't be cancelled.
    template <detail::operation_token Token>
    auto async_commit(diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(commit_initiation(state_, executor_),
                                                                                   token, &details);
    }
    template <detail::operation_token Token>
    auto async_commit(Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(commit_initiation(state_, executor_),
                                                                                   token, nullptr);
    }
    boost::asio::awaitable<void> commit() const;

    /// Takes everything back that was done, in nested transactions too. Waits for the operation in progress, if there
    /// is one; the statement of an open stream is cancelled. Fails only if the transaction has ended already: when the
    /// server doesn't answer within `connect_options::cancel_timeout`, and again as long for the cancel request, the
    /// connection is closed, which rolls back as well. Can't be cancelled.
    template <detail::operation_token Token>
    auto async_rollback(diagnostics& details, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            rollback_initiation(state_, executor_), token, &details);
    }
    template <detail::operation_token Token>
    auto async_rollback(Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            rollback_initiation(state_, executor_), token, nullptr);
    }
    boost::asio::awaitable<void> rollback() const;

    /// The first half of a two-phase commit: stores the transaction on the server under that name, of up to 200 bytes,
    /// for `connection::commit_prepared` or `connection::rollback_prepared` on any connection. Ends this object's part.
    /// Not for nested ones (`errc::unsupported`). Errors and cancellation as for `commit`; `option_error` at once for a
    /// name with a NUL byte. The server must allow it (`max_prepared_transactions`), otherwise `server_error` 55000.
    boost::asio::awaitable<void> prepare(std::string gid) const;

    /// Waits for an advisory lock that is given up by the server with the end of the transaction, or of the nested one
    /// that it was taken in, if that is rolled back (PostgreSQL manual, "Advisory Locks"). Errors as for `execute`.
    boost::asio::awaitable<void> advisory_lock(advisory_key key, advisory_lock_options options = {}) const;
    /// The same without waiting: whether it could be had.
    boost::asio::awaitable<bool> try_advisory_lock(advisory_key key, advisory_lock_options options = {}) const;

    /// For the library.
    transaction(boost::asio::any_io_executor executor, std::shared_ptr<detail::transaction_state> state) noexcept
        : executor_(std::move(executor)), state_(std::move(state)) {}

private:
    using execute_initiation = detail::initiation<detail::transaction_state, &detail::start_transaction_execute>;
    using pipeline_initiation = detail::initiation<detail::transaction_state, &detail::start_transaction_pipeline>;
    using commit_initiation = detail::initiation<detail::transaction_state, &detail::start_transaction_commit>;
    using rollback_initiation = detail::initiation<detail::transaction_state, &detail::start_transaction_rollback>;

    boost::asio::any_io_executor executor_;
    std::shared_ptr<detail::transaction_state> state_;
};

} // namespace coropq

#endif
