// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SERVER_MESSAGE_HPP
#define COROPQ_SRC_LIBPQ_SERVER_MESSAGE_HPP

#include <coropq/credentials.hpp>
#include <coropq/statement.hpp>

#include "error/diagnostics_fields.hpp"

#include <libpq-fe.h>

#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// Removes what must not be shown from texts that come from libpq or a server.
class redaction {
public:
    /// Passwords: replaced by *** wherever they stand, also in part of a word.
    void add_secret(const secret& value);

    /// Parameter values of the statement that is running: replaced where they stand as a whole between quotes,
    /// parentheses or commas, as servers write them; long ones wherever they stand.
    void set_statement(const statement* running) noexcept { statement_ = running; }

    /// The text of the statement that is running; empty if there is none.
    std::string running_sql() const { return statement_ ? statement_->sql() : std::string(); }

    std::string apply(std::string text) const;
    void apply(diagnostics_fields& fields) const;

private:
    std::vector<secret> secrets_;
    const statement* statement_ = nullptr;
};

/// The fields of an error or notice, redacted.
diagnostics_fields fields_of(const PGresult* result, const redaction& redact);

/// The error of a failed connect as libpq words it, taken apart. Needs PQERRORS_VERBOSE, which is the only way to learn
/// the SQLSTATE while connecting.
struct connect_message {
    std::string text;     ///< The last reason, without libpq's "connection to server at … failed: ".
    std::string severity; ///< Only if the server said it.
    std::string sqlstate;
    std::string detail;
    std::string hint;
};
connect_message parse_connect_message(std::string_view text);

} // namespace coropq::detail

#endif
