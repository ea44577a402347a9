// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_DIALECT_QUERY_SERVICE_ERRORS_HPP
#define COROPQ_SRC_DIALECT_QUERY_SERVICE_ERRORS_HPP

#include <coropq/query_service.hpp>

#include "error/diagnostics_fields.hpp"

#include <string>
#include <string_view>

namespace coropq::detail {

/// What an error of the server means.
query_service::problem query_service_problem(std::string_view sqlstate, std::string_view message) noexcept;

/// What to do about it; empty if that isn't known. `statement`: its text, or empty.
std::string_view query_service_hint(query_service::problem what, std::string_view statement) noexcept;

/// The identifier in "sessionId: 0b0d…"; empty if there is none.
std::string_view query_service_session_id(std::string_view message) noexcept;

/// Adds what is known about an error of the server: the session's identifier, and a hint where the server gives none.
void annotate_query_service_error(diagnostics_fields& fields);

/// Whether an error is about the session rather than the statement, so that it is of no more use: it has ended with its
/// credentials, or has been sent something that the server doesn't know.
bool ends_query_service_session(std::string_view sqlstate) noexcept;

/// Whether a statement reads rows without saying how many at most: Query Service then gives 50,000.
bool lacks_limit(std::string_view sql) noexcept;

inline constexpr std::size_t query_service_row_limit = 50'000;

} // namespace coropq::detail

#endif
