// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SESSION_STATE_HPP
#define COROPQ_SRC_LIBPQ_SESSION_STATE_HPP

#include "libpq/borrowed_socket.hpp"
#include "libpq/connector.hpp"
#include "libpq/handles.hpp"
#include "libpq/notice_sink.hpp"
#include "libpq/session.hpp"
#include "libpq/statement_cache.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

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
    diagnostics last_words; ///< What the server or libpq said about the end of the session.
    std::string host;
    std::string port;
    std::string user;
    std::string database;

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
    bool leaving_rows = false;       ///< Nobody wants the rows that are being read.
    int cleaning_up = 0;             ///< How many things were left whose rest is being got rid of.
    boost::asio::steady_timer freed; ///< Cancelled when one of that is done, or could be.

    /// What travels in front of the next statement: see `ahead_statements`.
    ahead_statements ahead;
};

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
