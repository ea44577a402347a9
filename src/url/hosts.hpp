// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_HOSTS_HPP
#define COROPQ_SRC_URL_HOSTS_HPP

#include "url/problem.hpp"

#include <coropq/url.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// 1 to 65535 in decimal digits; nothing for anything else.
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

/// What stands between the user and the database of a URL: `h1:p1,[v6]:p2,%2Fsocket`. Appends to `out` unless that is
/// null. Returns what is wrong, or null. An empty text is one host without name and port.
const problem* parse_authority(std::string_view text, std::vector<host_port>* out);

/// What is wrong with an unquoted host, or null. Empty is fine.
const problem* check_host(std::string_view host) noexcept;

/// Splits an unquoted list of hosts at its commas, as libpq does.
std::vector<std::string_view> split_list(std::string_view text);

/// The servers to try: those of the query's `host` and `port` in front of those of the authority. Throws if they don't
/// fit together.
std::vector<host_port> effective_hosts(const std::vector<host_port>& authority, const query_parameters& query);

} // namespace coropq::detail

#endif
