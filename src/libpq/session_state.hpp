// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SESSION_STATE_HPP
#define COROPQ_SRC_LIBPQ_SESSION_STATE_HPP

#include "credentials/retirement.hpp"
#include "libpq/borrowed_socket.hpp"
#include "libpq/connector.hpp"
#include "libpq/handles.hpp"
#include "libpq/notice_sink.hpp"
#include "libpq/session.hpp"
#include "libpq/statement_cache.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// How many operations have been started and haven't ended yet. From any thread.
using operation_count = std::atomic<int>;

/// One of them. What it did is seen by whoever sees that it has ended.
class counted_operation {
public:
    explicit counted_operation(std::shared_ptr<operation_count> count) : count_(std::move(count)) {
        count_->fetch_add(1, std::memory_order_relaxed);
    }
    counted_operation(counted_operation&&) noexcept = default;
    counted_operation(const counted_operation&) = delete;
    counted_operation& operator=(const counted_operation&) = delete;
    counted_operation& operator=(counted_operation&&) = delete;
    ~counted_operation() { end(); }

    void end() noexcept {
        if (count_)
            count_->fetch_sub(1, std::memory_order_release);
        count_.reset();
    }

private:
    std::shared_ptr<operation_count> count_;
};

/// Statements without parameters that are sent with the next one, in the same round trip and in front of it, in this
/// order. If one of them fails, nothing behind it is run, and its error is that of the operation.
struct ahead_statements {
    std::vector<std::string> reset;  ///< Ends what an earlier user has left behind: "rollback", "discard all".
    std::vector<std::string> setup;  ///< A transaction of its own; if it fails, the session is closed.
    std::vector<std::string> others; ///< What remained to be done: "select pg_advisory_unlock(1)".
    std::string begin;               ///< Begins a transaction; empty: none.
    std::vector<std::string> inside; ///< Within a transaction, begun here or before: savepoints, `set local`.

    bool empty() const noexcept {
        return reset.empty() && setup.empty() && others.empty() && begin.empty() && inside.empty();
    }
};

/// What a session is made of. Everything happens on its strand.
struct session::state {
    state(const boost::asio::any_io_executor& io, std::shared_ptr<type_registry> known_types)
        : executor(io)
        , strand(boost::asio::make_strand(io))
        , socket(strand)
        , types(std::move(known_types))
        , freed(strand, boost::asio::steady_timer::time_point::max()) {}

    // The socket is given back before the connection that owns it is finished.
    ~state() { socket.give_back(); }

    boost::asio::any_io_executor executor;
    session_strand strand;
    notice_sink notices;
    connection_handle handle;
    borrowed_socket socket;
    connector* connecting = nullptr;
    bool busy = false;
    bool abandoned = false;
    bool interrupted = false;           ///< What is in progress is to end: its user has given the session back.
    bool timed_out = false;             ///< The deadline of the operation in progress has passed.
    bool recovering = false;            ///< A statement that nobody waits for any more is being got rid of.
    bool given_up = false;              ///< That takes too long.
    std::function<void()> stop_request; ///< Ends a wait, while there is one: `stop_guard`.
    diagnostics last_words;             ///< What the server or libpq said about the end of the session.
    session_condition end = session_condition::broken; ///< What the end says about other sessions.
    std::shared_ptr<operation_count> operations = std::make_shared<operation_count>(0);
    std::string host;
    std::string port;
    std::string user;
    std::string database;

    coropq::dialect dialect = coropq::dialect::postgresql;
    statement_options defaults;
    statement_cache prepared{0};
    std::shared_ptr<type_registry> types;

    /// The statement whose rows are being read one by one, between the operations that do it.
    struct open_rows {
        explicit open_rows(statement running) : work(std::move(running)) {}

        statement work;
        std::shared_ptr<const type_catalog> types;
        result_handle first;         ///< A row that was read to see whether there is one.
        bool in_transaction = false; ///< That somebody else has begun.
        bool finished = false;       ///< The server has sent everything.
        operation_outcome failure;   ///< How it ended, to be told behind the last rows.
    };
    std::optional<open_rows> rows;
    bool rows_cut = false;           ///< They were ended by the end of their transaction, which their reader is told.
    bool leaving_rows = false;       ///< Nobody wants the rows that are being read.
    int cleaning_up = 0;             ///< How many things were left whose rest is being got rid of.
    boost::asio::steady_timer freed; ///< Cancelled when one of that is done, or could be.

    ahead_statements ahead;
    std::map<advisory_lock_name, int> advisory_locks; ///< How often each was taken through `lock`.
    std::vector<std::string> setup;                   ///< For new sessions, and for those that were reset.
    bool setup_due = false;                           ///< It was sent, and whether it had an effect isn't known yet.
    bool begin_due = false;                           ///< The same for the beginning of a transaction.
    std::vector<std::string> unlocks_due;             ///< The same for locks that were given up.
    bool ahead_failed = false;                        ///< Something failed since then.
    std::size_t commits_due = 0;  ///< Transactions that stand ahead of the statement, and haven't been committed yet.
    std::size_t due_syncs = 0;    ///< Synchronisation points that were sent and haven't come back.
    std::size_t unread = 0;       ///< Those of them that nobody has waited for: of statements sent at the end
                                  ///< of a use, whose answers the next one reads.
    bool single_row_mode = false; ///< libpq was told to give rows one by one, and may still think so.
    bool used = false;            ///< Since it was opened or reset.
    bool lost_on_the_way = false; ///< libpq can't send any more.
    std::optional<std::chrono::milliseconds> mirrored{0};     ///< The statement_timeout that the server has from us; 0:
                                                              ///< none. Empty: unknown.
    std::optional<std::chrono::milliseconds> mirrored_within; ///< The same for the transaction in progress.
    std::chrono::milliseconds cancel_timeout{0};
    bool wants_primary = false; ///< The URL asked for a server that can be written to …
    bool wants_standby = false; ///< … or for one that can't.
    retirement credentials_end;
};

/// Whether the transaction has failed, and what stands ahead doesn't mend that.
bool is_failed(const session::state& session);

/// What gives an advisory lock up.
std::string unlock_statement(const advisory_lock_name& name);

/// One operation at a time; says so on the way out.
class busy_guard {
public:
    explicit busy_guard(session::state& session) : session_(session) { session_.busy = true; }
    busy_guard(const busy_guard&) = delete;
    busy_guard& operator=(const busy_guard&) = delete;
    ~busy_guard() {
        session_.busy = false;
        if (session_.cleaning_up != 0)
            session_.freed.cancel();
    }

private:
    session::state& session_;
};

/// Ends what is in progress when its time is up. Whoever sees that asks `timed_out`.
class deadline_guard {
public:
    deadline_guard(session::state& session, const deadline& limit)
        : session_(session), timer_(session.strand, limit.when, [&session] {
            session.timed_out = true;
            session.socket.cancel();
            session.freed.cancel();
        }) {
        session_.timed_out =
            limit.when != time_limit::clock::time_point::max() && time_limit::clock::now() >= limit.when;
    }
    deadline_guard(const deadline_guard&) = delete;
    deadline_guard& operator=(const deadline_guard&) = delete;
    ~deadline_guard() { session_.timed_out = false; }

private:
    session::state& session_;
    const time_limit timer_;
};

/// Cleaning up after a stream: operations that begin meanwhile wait for the end of it.
class cleaning_guard {
public:
    explicit cleaning_guard(session::state& session) : session_(session) { ++session_.cleaning_up; }
    cleaning_guard(const cleaning_guard&) = delete;
    cleaning_guard& operator=(const cleaning_guard&) = delete;
    ~cleaning_guard() {
        --session_.cleaning_up;
        session_.freed.cancel();
    }

private:
    session::state& session_;
};

/// The statement that is running, for messages.
class statement_guard {
public:
    statement_guard(redaction& redact, const statement& running) : redact_(redact) { redact_.set_statement(&running); }
    statement_guard(const statement_guard&) = delete;
    statement_guard& operator=(const statement_guard&) = delete;
    ~statement_guard() { redact_.set_statement(nullptr); }

private:
    redaction& redact_;
};

} // namespace coropq::detail

#endif
