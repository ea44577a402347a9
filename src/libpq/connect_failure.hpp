// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_CONNECT_FAILURE_HPP
#define COROPQ_SRC_LIBPQ_CONNECT_FAILURE_HPP

#include <coropq/error.hpp>

#include "libpq/connect_plan.hpp"
#include "libpq/server_message.hpp"

#include <libpq-fe.h>

#include <string>
#include <vector>

namespace coropq::detail {

/// Why one address wasn't used.
struct connect_failure {
    connect_attempt attempt;
    connect_message message;
    std::string hint;
    bool final = false; ///< No other address can do better: the server has answered, and refuses.
};

/// What libpq says about a connection that failed in `phase`.
connect_failure failure_of(PGconn* handle, ConnStatusType phase, connect_attempt attempt, const redaction& redact,
                           dialect spoken);

/// A failure that isn't libpq's.
connect_failure failure_of(error_code code, std::string reason, connect_attempt attempt);

/// The error of the whole connect, from the reasons for all addresses (at least one).
diagnostics describe_failures(const connect_plan& plan, std::vector<connect_failure> failures, error_code& code);

} // namespace coropq::detail

#endif
