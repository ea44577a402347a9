// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_KEYWORD_VALUES_HPP
#define COROPQ_SRC_URL_KEYWORD_VALUES_HPP

#include "url/wipe.hpp"

#include <coropq/url.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// One `keyword=value`, unquoted. Any of them may be the password.
struct keyword_value {
    std::string keyword;
    secret_buffer value;
};

/// Splits libpq's keyword/value text exactly as libpq's conninfo_parse does (src/interfaces/libpq/fe-connect.c).
std::vector<keyword_value> parse_keyword_values(std::string_view text);

/// The url that they describe; of several with the same keyword, the last counts.
url from_entries(const std::vector<keyword_value>& entries);

/// True for the connection keywords of libpq up to 18.
bool is_libpq_keyword(std::string_view text) noexcept;

} // namespace coropq::detail

#endif
