// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_TEXT_HPP
#define COROPQ_SRC_URL_TEXT_HPP

// Percent-encoding (by Boost.URL) and what the parsers share. All in ASCII, whatever the locale.

#include "characters.hpp"
#include "url/problem.hpp"
#include "url/wipe.hpp"

#include <coropq/credentials.hpp>

#include <string>
#include <string_view>

namespace coropq::detail {

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

/// Without white space at both ends.
std::string_view trim(std::string_view text) noexcept;

/// The characters of a percent-encoded text. `plus_is_space` as in HTML forms. Throws for a broken escape and for NUL.
std::string decode(std::string_view text, bool plus_is_space = false);

/// The same, of a password. No plain string ever holds it.
secret decode_secret(std::string_view text);

/// True if every % is followed by two hexadecimal digits.
bool has_valid_escapes(std::string_view text) noexcept;

/// Which characters stand for themselves besides A-Z a-z 0-9 - . _ ~
enum class url_part { user, host, database, query };

/// Appends the text with percent-encoding. What it appends is never copied elsewhere if the capacity suffices.
void append_encoded(std::string& out, std::string_view text, url_part part);
/// How much that appends.
std::size_t encoded_size(std::string_view text, url_part part) noexcept;

/// What `url` promises about passwords: no white space at both ends; no line breaks inside a token.
secret normalize_password(secret password);

/// True for the names of query parameters whose values are secrets. Ignores case.
bool is_secret_key(std::string_view key) noexcept;

/// Throws for a NUL byte.
void refuse_nul(std::string_view text);

} // namespace coropq::detail

#endif
