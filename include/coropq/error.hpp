// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_ERROR_HPP
#define COROPQ_ERROR_HPP

// Errors. Everything that the library throws is a `coropq::error`, which is a `boost::system::system_error`:
//
//     error
//     ├── url_error              a URL, connection string or credentials file that can't be used
//     ├── option_error           an option or parameter that can't be used
//     ├── connection_error       no connection could be made, or it was lost
//     │   ├── authentication_error   the server refused the user, the password or the token
//     │   ├── session_limit_error    the server has no session left for this user or organisation
//     │   └── in_doubt_error         a commit was sent, and whether it happened is unknown
//     ├── server_error           the server rejected a statement (its SQLSTATE is the code)
//     ├── result_error           a result that doesn't fit what was asked of it
//     ├── inspection_error       something that an inspector was asked about doesn't exist
//     └── timeout_error          a deadline passed
//         └── pool_timeout           … while waiting for a connection
//
// Functions that take a completion token give the same as an `error_code` and, where asked, a `diagnostics`. A
// cancelled operation ends with `boost::asio::error::operation_aborted`.
//
// No error text ever contains the password or token of the connection, or the value of a parameter. It may contain the
// text of the statement.

#include <coropq/diagnostics.hpp>
#include <coropq/sqlstate.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <string>
#include <type_traits>

namespace coropq {

using error_code = boost::system::error_code;

/// The conditions that the library itself reports; the server's are in `sqlstate`. The names are stable and stand in
/// brackets in every message (those of the server have the SQLSTATE there), so that they can be searched for.
enum class errc : int {
    invalid_url = 1,          ///< A URL or connection string can't be parsed, or holds something impossible.
    invalid_credentials_file, ///< A credentials file is missing, unreadable or not of the documented form.
    invalid_option,           ///< An unknown option, or a value that it can't have.
    invalid_parameter,        ///< A statement parameter that can't be sent (for example text with a NUL byte).
    host_not_found,           ///< The name of the server can't be resolved.
    connect_failed,           ///< No address of the server could be reached.
    connect_timeout,          ///< The server didn't answer within the connect timeout.
    tls_failed,               ///< TLS is impossible, or the server's certificate can't be trusted.
    authentication_failed,    ///< Authentication isn't possible (a refusal by the server carries its SQLSTATE instead).
    not_postgresql,           ///< Something answered that doesn't speak the PostgreSQL protocol.
    connection_lost,          ///< An open connection broke.
    not_connected,            ///< The connection isn't open.
    already_connected,        ///< The connection is open already.
    operation_in_progress,    ///< The connection is busy: one operation at a time.
    engine_disposed,          ///< The engine was disposed of.
    pool_timeout,             ///< No connection became free in time.
    timeout,                  ///< A deadline passed.
    unsupported,              ///< Something that this operation can't do, for example COPY in `execute`.
    null_value,               ///< A NULL was asked for as a value.
    wrong_type,               ///< A value was asked for as a type that it isn't.
    unknown_column,           ///< A result has no column of that name or index.
    ambiguous_column,         ///< A result has several columns of that name.
    unexpected,               ///< An exception that isn't one of the library's, for example from the operating system.
    row_out_of_range,         ///< A result has fewer rows than that.
    no_row,                   ///< One row was asked for, and there is none.
    several_rows,             ///< One row was asked for, and there are several.
    wrong_column_count,       ///< A result has more or fewer columns than the tuple or value that it is read as.
    too_many_waiting,         ///< More operations wait for a connection than may (`pool_options::max_waiting`).
    in_doubt,                 ///< A commit was sent, and whether it happened is unknown.
    transaction_in_progress,  ///< The connection is in a transaction already.
    no_transaction,           ///< The transaction has ended already.
    not_run,                  ///< A stage of a pipeline wasn't run, because of another one or of what stood ahead.
    rolled_back,              ///< A stage of a pipeline was taken back, because another one failed.
    no_such_object,           ///< An inspector was asked about something that doesn't exist.
    session_limit,            ///< There are as many sessions as an organisation may have (Query Service).
};

/// The category of `errc`.
const boost::system::error_category& client_category() noexcept;

inline boost::system::error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), client_category()};
}

/// The base of all exceptions of the library: an error code, and diagnostics that say what happened, where, and what
/// to do. `what()` is the whole text, several lines where that helps. Copying never throws.
class error : public boost::system::system_error {
public:
    error(error_code code, diagnostics details);

    /// The message, the place, the reasons and the hint, ready to be shown or logged.
    const char* what() const noexcept override { return details_.what(); }

    /// Everything known about the error, in parts.
    const diagnostics& details() const noexcept { return details_; }

private:
    diagnostics details_;
};

/// A URL, connection string or credentials file that can't be used. The text never repeats the input, because it may
/// hold a password.
class url_error : public error {
public:
    using error::error;
};

/// An option that doesn't exist or has an impossible value, or a parameter that can't be sent.
class option_error : public error {
public:
    using error::error;
};

/// No connection could be made, or an open one was lost. `details().attempts()` has the reason for each address.
class connection_error : public error {
public:
    using error::error;
};

/// The server refused the user, the password or the token (SQLSTATE class 28), or authentication isn't possible.
class authentication_error : public connection_error {
public:
    using connection_error::connection_error;
};

/// Query Service has no session left: an organisation has a number of them, which all of its users and sandboxes share.
/// An engine waits for one, and reports this when `pool_options::acquire_timeout` is up: see
/// `pool_options::session_limit_delay`. Nothing was run.
class session_limit_error : public connection_error {
public:
    using connection_error::connection_error;
};

/// A commit was sent, and its answer didn't come: the transaction may have been committed or not. Nothing is repeated
/// by itself; look at the data before doing so.
class in_doubt_error : public connection_error {
public:
    using connection_error::connection_error;
};

/// The server rejected a statement. `code()` compares with `sqlstate`.
class server_error : public error {
public:
    using error::error;
};

/// A result that doesn't fit what was asked of it: NULL, wrong type, unknown column, no row, several rows.
class result_error : public error {
public:
    using error::error;
};

/// What an inspector was asked about doesn't exist where it was looked for, or the server can't answer: `code()` says.
class inspection_error : public error {
public:
    using error::error;
};

/// A deadline passed.
class timeout_error : public error {
public:
    using error::error;
};

/// No connection of the pool became free within `acquire_timeout`, or too many operations wait for one. The text says
/// what the connections are doing, who has held one the longest, and why the last connect failed.
class pool_timeout : public timeout_error {
public:
    using timeout_error::timeout_error;
};

/// Throws the exception class that belongs to the code. For callers of the token forms that want exceptions after all.
[[noreturn]] void throw_error(error_code code, const diagnostics& details);

} // namespace coropq

template <>
struct boost::system::is_error_code_enum<coropq::errc> : std::true_type {};

#endif
