// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SESSION_HPP
#define COROPQ_SRC_LIBPQ_SESSION_HPP

#include <coropq/detail/initiation.hpp>
#include <coropq/options.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/url.hpp>

#include "libpq/session_condition.hpp"
#include "operation/run_operation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::detail {

struct answer;
class counted_operation;
struct pipeline_job;
struct connect_plan;
struct diagnostics_fields;
class multiplexer;
struct pipelined_statement;
struct retirement;
class sharing_owner;
class type_registry;

/// When an operation has to be over; `time_point::max()`: nobody minds. For the message, how long the limit was, and
/// how much of it had been spent on waiting for a connection.
struct deadline {
    std::chrono::steady_clock::time_point when = std::chrono::steady_clock::time_point::max();
    std::chrono::milliseconds limit{};
    std::chrono::steady_clock::duration acquiring{};

    bool passed() const { return when != decltype(when)::max() && std::chrono::steady_clock::now() >= when; }
};

/// The deadline of a statement that begins now: by its own timeout, or else by that of the options.
deadline deadline_of(const statement& work, const statement_options& options);
/// That of a pipeline: the shortest one, of its own and of its stages.
deadline deadline_of(const pipeline& work, const statement_options& options);
/// What a passed deadline is reported as: how long the limit was, and what the time was spent on.
operation_outcome deadline_passed(const deadline& limit, std::string_view what);

/// An advisory lock: its key as it stands in the brackets of pg_advisory_lock, and its kind.
struct advisory_lock_name {
    advisory_lock_name(std::string text, bool is_shared) : key(std::move(text)), shared(is_shared) {}

    std::string key;
    bool shared;

    auto operator<=>(const advisory_lock_name&) const = default;
};

/// One session with a server: a PGconn, its socket, and the strand that both live on. Nothing of libpq shows here.
///
/// The operations are coroutines that run on the session's strand (`run` sees to that) and throw for lack of memory
/// only. They are given the session, and so keep it alive.
class session : public std::enable_shared_from_this<session> {
public:
    /// `types`: what is known about the types of the database, shared with other sessions; null for a session on its
    /// own.
    static std::shared_ptr<session> create(const boost::asio::any_io_executor& executor,
                                           std::shared_ptr<type_registry> types = nullptr);

    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session();

    const boost::asio::any_io_executor& executor() const noexcept;

    /// What the options of `connect` said, or else its URL; PostgreSQL before.
    coropq::dialect dialect() const noexcept;

    using pointer = std::shared_ptr<session>;
    static boost::asio::awaitable<operation_outcome> connect(pointer self, url address, connect_options options);
    static boost::asio::awaitable<operation_outcome> execute(pointer self, statement work, deadline limit = {});
    static boost::asio::awaitable<operation_outcome> ping(pointer self, deadline limit = {});
    /// Runs the stages of a pipeline, and says in the job what has become of each. An error is one of the operation as
    /// a whole.
    static boost::asio::awaitable<operation_outcome> run_pipeline(pointer self, std::shared_ptr<pipeline_job> job,
                                                                  deadline limit = {});

    /// Runs a statement whose rows are then read with `read_rows`. Until they have all been read, or `end_rows` was
    /// called, other operations end with operation_in_progress.
    static boost::asio::awaitable<operation_outcome> start_rows(pointer self, statement work, deadline limit = {});
    /// Some rows, as they come, `limit` at most; none at the end.
    static boost::asio::awaitable<operation_outcome> read_rows(pointer self, std::size_t limit, deadline until = {});
    /// Ends reading before the end: cancels the statement and drops what is on its way. The session is closed if that
    /// takes too long.
    static boost::asio::awaitable<operation_outcome> end_rows(pointer self);

    /// Begins a transaction with the next statement: `sql` ("begin isolation level …"), then `inside` ("set local …"),
    /// travel in front of it. Sends nothing. errc::transaction_in_progress if the session is in a transaction.
    static boost::asio::awaitable<operation_outcome> begin(pointer self, std::string sql,
                                                           std::vector<std::string> inside);
    /// The same for one that belongs into the transaction in progress, such as a savepoint.
    static boost::asio::awaitable<operation_outcome> put_ahead(pointer self, std::string sql);
    /// errc::no_transaction if the session is open and in no transaction.
    static boost::asio::awaitable<operation_outcome> check_transaction(pointer self);
    /// Ends the part of the transaction that began with "savepoint <name>", with the next statement; sends nothing if
    /// that wasn't sent. Releasing fails with 25P02 in a failed transaction. Rolling back can't fail and can't be
    /// cancelled; it waits for the operation in progress, and operations that begin later wait for it.
    static boost::asio::awaitable<operation_outcome> release_savepoint(pointer self, std::string name);
    static boost::asio::awaitable<operation_outcome> rollback_savepoint(pointer self, std::string name);
    /// Ends the transaction; sends nothing if it hasn't begun on the server. Once sent, a commit ("commit", "prepare
    /// transaction …") isn't cancelled any more; if its answer doesn't come, or not in time: errc::in_doubt.
    static boost::asio::awaitable<operation_outcome> commit(pointer self, std::string sql, deadline limit);
    /// The same for "rollback", which can't be cancelled and closes the session if it can't be done.
    static boost::asio::awaitable<operation_outcome> rollback(pointer self, std::string sql);
    /// Rolls back without waiting for the answer, if the session is in a transaction.
    static boost::asio::awaitable<operation_outcome> leave_transaction(pointer self);

    /// Takes an advisory lock of the session, or, in an `attempt`, says in its output whether it could. The output is
    /// empty if the session has the lock already: the server isn't asked then, and so has each lock held once only.
    static boost::asio::awaitable<operation_outcome> lock(pointer self, advisory_lock_name name, bool attempt);
    /// Gives it up; within a failed transaction with the first statement behind that. No error if the session doesn't
    /// have it. Can't be cancelled; operations that begin later wait for it.
    static boost::asio::awaitable<operation_outcome> unlock(pointer self, advisory_lock_name name);

    /// Runs a statement that cleans up, as soon as no other one runs. Operations that begin later wait for its end.
    /// Can't be cancelled; ends with errc::timeout after `connect_options::cancel_timeout`.
    static boost::asio::awaitable<operation_outcome> clean_up(pointer self, statement work);

    static boost::asio::awaitable<operation_outcome> close(pointer self);

    /// Begins a transaction unless the session is in one. Its answer, empty if it is in one.
    static boost::asio::awaitable<operation_outcome> begin_if_idle(pointer self);
    /// Whether all columns of a result have types whose binary form the library reads. From any thread.
    bool reads_binary(const result& rows) const;

    /// The owner is gone: ends the operation in progress, on the server as well, and closes the session. From any
    /// thread, without waiting.
    void abandon() noexcept;

    /// Whether no operation is in progress or about to begin, and nothing is left of earlier ones. Whoever has such a
    /// session to himself may use the functions below that need it, on any thread. From any thread.
    /// `besides`: so many operations, which ask at their ends, don't count.
    bool is_quiet(int besides = 0) const noexcept;

    /// Counts as an operation in progress until it is gone. From any thread.
    std::shared_ptr<void> hold();

    /// When it is to be retired because of the credentials that it was opened with. Only while it is quiet.
    const retirement& ends_with_credentials() const noexcept;

    /// Whether the session is open and not known to be dead. Looks at what has arrived on the socket, without waiting.
    /// Only while it is quiet.
    session_condition condition();

    /// Makes the session ready for another user, without waiting; false if that isn't possible, and `make_ready` has to
    /// be run. Only while it is quiet.
    bool try_make_ready(reset_policy policy);
    /// The same in any case: interrupts what is running, ends a stream, rolls back.
    static boost::asio::awaitable<operation_outcome> make_ready(pointer self, reset_policy policy);

    /// Whether statements can be sent as they come, with nothing to be done first. Only while it is quiet.
    bool can_be_shared() const;
    /// A statement for a session that several share, or will: the first one needs it quiet. See `multiplexer`. From any
    /// thread.
    void add_shared(std::shared_ptr<pipelined_statement> added, sharing_owner& lender, std::size_t slot);
    void cancel_shared(std::shared_ptr<pipelined_statement> unwanted, boost::asio::cancellation_type type);

    /// The event loop has ended: see `multiplexer::forget_all`.
    void forget_shared();

    /// Does something on the strand. From any thread.
    void dispatch(std::function<void()> step);

    /// Runs an operation on the session's strand and completes a handler on the handler's executor.
    void run(boost::asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
             operation_handler handler);

    /// The same, from a coroutine that lives elsewhere. Cancelling it cancels the operation.
    static boost::asio::awaitable<operation_outcome> run(pointer self,
                                                         boost::asio::awaitable<operation_outcome> operation);

    struct state; ///< For the files of this directory.

private:
    friend class multiplexer;

    session(const boost::asio::any_io_executor& executor, std::shared_ptr<type_registry> types);

    boost::asio::awaitable<void> open(connect_plan plan, operation_outcome& outcome);
    boost::asio::awaitable<void> open_with_credentials(url address, connect_options options,
                                                       operation_outcome& outcome);
    /// Waits while something is being cleaned up. An error if the operation that waits was cancelled, or its time is
    /// up.
    boost::asio::awaitable<operation_outcome> wait_until_free(const deadline& limit = {});
    boost::asio::awaitable<operation_outcome> execute_exclusively(statement& work, const deadline& limit = {});
    operation_outcome check_free(const statement& work) const;
    operation_outcome check_free() const;
    boost::asio::awaitable<void> wait_while_busy();
    boost::asio::awaitable<bool> stop_transaction();
    bool forget_savepoint(const std::string& name);
    boost::asio::awaitable<void> drop_rows();
    void forget_rows();
    deadline limit_of(const statement& work, const deadline& limit) const;
    operation_outcome stopped(const deadline& limit);
    operation_outcome lost(boost::system::error_code code, std::string hint);
    diagnostics_fields why_lost(boost::system::error_code code, std::string hint);
    operation_outcome outcome_of(boost::system::error_code code, answer&& received, const deadline& limit);
    void leave_statement();
    static boost::asio::awaitable<void> recover(pointer self, counted_operation count);
    bool send_at_once(const std::vector<std::string>& statements);
    std::vector<std::string> reset_statements(reset_policy policy);
    void finish();

    std::unique_ptr<state> state_;
    std::unique_ptr<multiplexer> shared_;
};

/// Refuses a second operation.
operation_outcome busy_elsewhere();

} // namespace coropq::detail

#endif
