// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_SCALAR_HPP
#define COROPQ_DETAIL_SCALAR_HPP

// The kinds of C++ types that parameters and fields tell apart. Not for users.

#include <concepts>
#include <optional>

namespace coropq::detail {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <typename T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

// Not the 128-bit integers that count as integral in GNU dialects: they would be cut.
template <typename T>
concept integer = std::integral<T> && !std::same_as<T, bool> && !character<T> && sizeof(T) <= sizeof(long long);

} // namespace coropq::detail

#endif
