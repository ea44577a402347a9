// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_CHARACTERS_HPP
#define COROPQ_SRC_CHARACTERS_HPP

// The classes of ASCII characters, whatever the locale. White space is what the server takes for it (array_isspace).

namespace coropq::detail {

constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_control(char c) noexcept { return (c >= '\0' && c < ' ') || c == '\x7F'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_alphanumeric(char c) noexcept { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); }

} // namespace coropq::detail

#endif
