// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_VALUE_CLASS_HPP
#define COROPQ_SQL_VALUE_CLASS_HPP

// Which C++ types of values go together in an expression. Users don't need it.

#include <coropq/detail/arguments.hpp>
#include <coropq/detail/scalar.hpp>
#include <coropq/types/codec.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace coropq::sql {

/// The type of what isn't known when the program is compiled: columns of tables that are known by name only, raw SQL,
/// functions whose result nobody said. Goes with every other type; the server decides. Read as text, or as the type
/// that `fetch<T>` is told.
struct any_type {};

namespace detail {

enum class value_class : std::uint8_t { any, null, boolean, number, text, moment, interval, other };

template <typename T>
struct bare_type {
    using type = std::remove_cvref_t<T>;
};
template <typename T>
struct bare_type<std::optional<T>> {
    using type = std::remove_cv_t<T>;
};
/// What is in an optional, or the type itself.
template <typename T>
using bare = typename bare_type<T>::type;

template <typename T>
inline constexpr bool is_null_constant = std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t>;

/// Whether a value of the type may be NULL.
template <typename T>
inline constexpr bool is_nullable = coropq::detail::is_optional<T> || is_null_constant<T> || std::same_as<T, any_type>;

template <typename T>
inline constexpr bool is_text =
    std::derived_from<codec<T>, coropq::detail::text_parameter> || coropq::detail::text_like<T>;

template <typename T>
consteval std::uint32_t oid_of() {
    if constexpr (requires { codec<T>::type(); })
        return codec<T>::type().oid();
    else
        return 0;
}

template <typename T>
consteval value_class classify() {
    if constexpr (std::same_as<T, any_type>) {
        return value_class::any;
    } else if constexpr (is_null_constant<T>) {
        return value_class::null;
    } else if constexpr (!coropq::detail::is_parameter<T>) {
        return value_class::other;
    } else if constexpr (coropq::detail::text_like<T>) {
        return value_class::text;
    } else if constexpr (is_text<T>) {
        return value_class::text;
    } else {
        switch (oid_of<T>()) {
        case type_oid::boolean: return value_class::boolean;
        case type_oid::int2:
        case type_oid::int4:
        case type_oid::int8:
        case type_oid::float4:
        case type_oid::float8:
        case type_oid::numeric: return value_class::number;
        case type_oid::date:
        case type_oid::timestamp:
        case type_oid::timestamptz: return value_class::moment;
        case type_oid::interval: return value_class::interval;
        default: return value_class::other;
        }
    }
}

template <typename T>
inline constexpr value_class class_of = classify<bare<T>>();

/// The type that an expression of such values has: texts of all kinds are one.
template <typename T>
struct stored_type {
    using type = std::conditional_t<class_of<T> == value_class::text, std::string, T>;
};
template <typename T>
struct stored_type<std::optional<T>> {
    using type = std::optional<typename stored_type<T>::type>;
};
template <std::size_t Size>
struct stored_type<char[Size]> {
    using type = std::string;
};
template <typename T>
using stored = typename stored_type<std::remove_cvref_t<T>>::type;

/// Whether the server can compare the two, and one can take the place of the other.
template <typename Left, typename Right>
consteval bool go_together() {
    using left = bare<Left>;
    using right = bare<Right>;
    constexpr value_class first = class_of<Left>;
    constexpr value_class second = class_of<Right>;
    if constexpr (std::same_as<left, right> || first == value_class::any || second == value_class::any ||
                  first == value_class::null || second == value_class::null)
        return true;
    else if constexpr (first != second)
        return false;
    else if constexpr (first == value_class::other)
        return oid_of<left>() != 0 && oid_of<left>() == oid_of<right>();
    else
        return true;
}

template <typename T, bool Nullable>
using with_null = std::conditional_t<Nullable && !is_nullable<T>, std::optional<T>, T>;

/// The C++ type of the result of arithmetic with both, as PostgreSQL has it: the wider one.
template <typename Left, typename Right>
consteval auto arithmetic_type() {
    constexpr std::uint32_t left = oid_of<Left>();
    constexpr std::uint32_t right = oid_of<Right>();
    constexpr auto rank = [](std::uint32_t type) {
        switch (type) {
        case type_oid::int2: return 1;
        case type_oid::int4: return 2;
        case type_oid::int8: return 3;
        case type_oid::numeric: return 4;
        case type_oid::float4: return 5;
        default: return 6;
        }
    };
    if constexpr (rank(left) == 5 && rank(right) != 5 && rank(right) != 6)
        return std::type_identity<double>(); // real and another number: double precision
    else if constexpr (rank(right) == 5 && rank(left) != 5 && rank(left) != 6)
        return std::type_identity<double>();
    else if constexpr (rank(left) >= rank(right))
        return std::type_identity<Left>();
    else
        return std::type_identity<Right>();
}

} // namespace detail

} // namespace coropq::sql

#endif
