// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SERVER_MESSAGE_HPP
#define COROPQ_SRC_LIBPQ_SERVER_MESSAGE_HPP

#include "error/diagnostics_fields.hpp"
#include "libpq/redaction.hpp"

#include <libpq-fe.h>

#include <string>
#include <string_view>

namespace coropq::detail {

/// ERROR, FATAL, NOTICE …, a view into the result.
std::string_view severity_of(const PGresult* result);

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
