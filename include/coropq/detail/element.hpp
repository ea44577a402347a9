// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_ELEMENT_HPP
#define COROPQ_DETAIL_ELEMENT_HPP

// The parts of values: elements of arrays, attributes of composites, bounds of ranges. Parts may be NULL; in C++ that
// is an empty std::optional. Not for users.

#include <coropq/types/codec.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace coropq::detail {

template <typename T>
struct element_value {
    using type = T;
    static constexpr bool is_optional = false;
};
template <typename T>
struct element_value<std::optional<T>> {
    using type = std::remove_cv_t<T>;
    static constexpr bool is_optional = true;
};
/// The type itself, or what is in an optional.
template <typename T>
using element_value_t = typename element_value<T>::type;

template <typename T>
concept encodable_element = encodable<element_value_t<T>>;
template <typename T>
concept decodable_element = decodable<element_value_t<T>>;

[[noreturn]] void fail_null_part();
[[noreturn]] void fail_part_type();
[[noreturn]] void fail_part_text();

/// Throws `value_error` if parts of that type can't be read as a T.
template <decodable_element T>
void require_part_type(std::uint32_t type, const value_view& whole) {
    if (type != type_oid::unknown_type &&
        !codec<element_value_t<T>>::accepts(whole.types().base_of(type), whole.types()))
        fail_part_type();
}

/// A part of `whole`, NULL if it has no bytes. Its type was checked.
template <decodable_element T>
T decode_part(const std::optional<std::string_view>& bytes, std::uint32_t type, const value_view& whole) {
    if (bytes)
        return decode<element_value_t<T>>(whole.part(*bytes, type));
    if constexpr (element_value<T>::is_optional)
        return std::nullopt;
    else if constexpr (requires { codec<T>::null(); })
        return codec<T>::null();
    else
        fail_null_part();
}

template <typename T>
bool is_null_part(const T& value) {
    if constexpr (element_value<T>::is_optional)
        return !value.has_value();
    else if constexpr (requires { codec<T>::is_null(value); })
        return codec<T>::is_null(value);
    else if constexpr (std::is_pointer_v<T>)
        return value == nullptr;
    else
        return false;
}

template <typename T>
const element_value_t<T>& part_value(const T& value) {
    if constexpr (element_value<T>::is_optional)
        return *value;
    else
        return value;
}

/// A value of one of the server's own types as text.
void append_text_of_binary(type_reference type, std::string_view binary, std::string& text);

/// The server's text form of a value, whatever form its codec writes.
template <encodable T>
void append_text_form(const T& value, std::string& text) {
    if constexpr (format_of<T>() == wire_format::text) {
        value_writer writer(text);
        codec<T>::encode(value, writer);
        if (!writer.pending_types().empty())
            fail_part_text();
    } else {
        std::string binary;
        value_writer writer(binary);
        codec<T>::encode(value, writer);
        if (!writer.pending_types().empty())
            fail_part_text();
        append_text_of_binary(type_of(value), binary, text);
    }
}

/// The text form of a part; nothing for NULL.
template <encodable_element T>
std::optional<std::string> text_of_part(const T& value) {
    std::optional<std::string> text;
    if (!is_null_part(value))
        append_text_form(part_value(value), text.emplace());
    return text;
}

/// A part with its length in front, in binary form.
template <encodable_element T>
void write_part(const T& value, value_writer& writer) {
    if (is_null_part(value)) {
        writer.write_null();
    } else {
        const std::size_t begin = writer.begin_value();
        codec<element_value_t<T>>::encode(part_value(value), writer);
        writer.end_value(begin);
    }
}

} // namespace coropq::detail

#endif
