// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_CODEC_HPP
#define COROPQ_TYPES_CODEC_HPP

// How C++ types and PostgreSQL types meet. Each C++ type that can be a parameter or be read from a column has a
// specialisation of `codec`; docs/values.md says how to write one.

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>
#include <coropq/types/value_writer.hpp>

#include <concepts>

namespace coropq {

/// The one place where a type plugs in. A specialisation has:
///
/// - `static constexpr type_reference type()`: the PostgreSQL type that a parameter is declared with, an OID of
///   `type_oid`, a name (`type_reference("vector")`, looked up once per database) or none (`type_reference()`: the
///   server finds the type out from where the parameter stands). Where it depends on the value, `type_of(const T&)`
///   beside it.
/// - `static constexpr wire_format format = …`: what `encode` writes; `binary` if it isn't there.
/// - `static void encode(const T&, value_writer&)`: writes a value, never NULL. Reports what can't be written with
///   `throw value_error("why")`.
/// - `static bool accepts(std::uint32_t type, const type_catalog&)`: whether columns of that type can be read. Domains
///   were replaced by what they are made of.
/// - `static T decode(const value_view&)`: reads a value, never NULL, of a type that is accepted. Reports bytes that
///   make no sense with `throw value_error("why")`. Any bytes may come.
/// - `static constexpr bool reads_text = true` if `decode` wants the server's text form as it is when the value came as
///   text (`value_view::format()` tells). Otherwise, a value that came as text is turned into the binary form first,
///   for the types that the library knows; values of other types always come as text.
/// - `static constexpr std::uint32_t natural = …`: the type that text is taken for where the server doesn't say one
/// (parts
///   of an anonymous record); by default the OID of `type()`.
/// - `static constexpr bool is_view = true` if a value refers to bytes of the result.
///
/// Either direction may be left out: a type without `encode` can't be a parameter, one without `decode` can't be read.
template <typename T>
struct codec;

namespace detail {

template <typename T>
concept encodable = requires(const T& value, value_writer& writer) {
    { codec<T>::type() } -> std::convertible_to<type_reference>;
    codec<T>::encode(value, writer);
};

template <typename T>
concept decodable = requires(const value_view& value, const type_catalog& types) {
    { codec<T>::accepts(std::uint32_t(), types) } -> std::convertible_to<bool>;
    { codec<T>::decode(value) } -> std::convertible_to<T>;
};

template <typename T>
consteval wire_format format_of() {
    if constexpr (requires { codec<T>::format; })
        return codec<T>::format;
    else
        return wire_format::binary;
}

template <typename T>
constexpr type_reference type_of(const T& value) {
    if constexpr (requires { codec<T>::type_of(value); })
        return codec<T>::type_of(value);
    else
        return codec<T>::type();
}

/// The type that text is taken for when the column doesn't say it.
template <typename T>
constexpr std::uint32_t natural_type() {
    if constexpr (requires { codec<T>::natural; })
        return codec<T>::natural;
    else if constexpr (requires { codec<T>::type(); })
        return codec<T>::type().oid();
    else
        return type_oid::unknown_type;
}

template <typename T>
inline constexpr bool reads_text = requires { requires codec<T>::reads_text; };

template <typename T>
inline constexpr bool is_view = requires { requires codec<T>::is_view; };

/// Reads a value that isn't NULL, whatever form it came in.
template <decodable T>
T decode(const value_view& value) {
    if constexpr (reads_text<T>) {
        return codec<T>::decode(value);
    } else {
        if (value.format() != wire_format::text)
            return codec<T>::decode(value);
        const converted_value converted(value, natural_type<T>(), is_view<T>);
        return codec<T>::decode(converted.view());
    }
}

} // namespace detail

} // namespace coropq

#endif
