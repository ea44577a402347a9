// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_TYPE_TEXT_HPP
#define COROPQ_DETAIL_TYPE_TEXT_HPP

// The name of a C++ type, for messages. Not for users.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coropq::detail {

/// As the compiler writes it, with the names that users know for the most frequent ones.
template <typename T>
constexpr std::string_view type_text() {
    // "… [with T = int; std::string_view = …]" (GCC), "… [T = int]" (Clang)
    constexpr std::string_view function = __PRETTY_FUNCTION__;
    constexpr std::string_view label = "T = ";
    constexpr std::size_t begin = function.find(label) + label.size();
    constexpr std::size_t semicolon = function.find(';', begin);
    constexpr std::size_t end = semicolon == std::string_view::npos ? function.rfind(']') : semicolon;
    return function.substr(begin, end - begin);
}

template <>
constexpr std::string_view type_text<std::string>() {
    return "std::string";
}
template <>
constexpr std::string_view type_text<std::string_view>() {
    return "std::string_view";
}
template <>
constexpr std::string_view type_text<std::int64_t>() {
    return "std::int64_t";
}
template <>
constexpr std::string_view type_text<std::uint64_t>() {
    return "std::uint64_t";
}
template <>
constexpr std::string_view type_text<std::optional<std::string>>() {
    return "std::optional<std::string>";
}
template <>
constexpr std::string_view type_text<std::optional<std::int64_t>>() {
    return "std::optional<std::int64_t>";
}

} // namespace coropq::detail

#endif
