// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_DIALECT_RESOLUTION_HPP
#define COROPQ_SRC_DIALECT_RESOLUTION_HPP

#include <coropq/dialect.hpp>
#include <coropq/options.hpp>
#include <coropq/url.hpp>

#include <string>
#include <vector>

namespace coropq::detail {

/// What the options say, or else the hosts and the URL.
dialect dialect_for(const url& address, const connect_options& options) noexcept;

// Options in which the dialect is set, and what nobody has set is as the dialect wants it. Doing it again changes
// nothing.
connect_options resolve(const url& address, connect_options options);
engine_options resolve(const url& address, engine_options options);

/// Throws `option_error` for what the dialect doesn't have. For resolved options.
void check_options(const connect_options& options);

/// What is sent to each new session. For resolved options.
std::vector<std::string> set_up_statements(const connect_options& options);

} // namespace coropq::detail

#endif
