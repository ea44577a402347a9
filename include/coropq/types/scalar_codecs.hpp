// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_SCALAR_CODECS_HPP
#define COROPQ_TYPES_SCALAR_CODECS_HPP

// Truth values, numbers and text.
//
// A parameter has the type that the same value has as a literal in SQL: `int` is an integer, `double` a double
// precision, text an untyped literal, whose type the server takes from where it stands.

#include <coropq/detail/scalar.hpp>
#include <coropq/types/codec.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coropq {

/// bool ↔ boolean
template <>
struct codec<bool> {
    static constexpr type_reference type() { return type_oid::boolean; }
    static void encode(bool value, value_writer& writer) { writer.write(static_cast<std::uint8_t>(value)); }
    static bool accepts(std::uint32_t type, const type_catalog&) { return type == type_oid::boolean; }
    static bool decode(const value_view& value) {
        if (value.size() != 1)
            throw value_error("the server's bytes make no sense for the type");
        return value.text()[0] != 0;
    }
};

namespace detail {

/// Four bytes in the protocol's order.
inline std::int32_t read_int4(const char* bytes) noexcept {
    std::uint32_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    if constexpr (std::endian::native == std::endian::little)
        number = number >> 24 | (number >> 8 & 0xff00U) | (number << 8 & 0xff0000U) | number << 24;
    return static_cast<std::int32_t>(number);
}
/// The value of a smallint, integer, bigint, oid, xid or cid.
std::int64_t decode_integer(const value_view& value);
bool accepts_integer(std::uint32_t type) noexcept;
[[noreturn]] void integer_out_of_range();
/// More than a bigint holds: the binary form of numeric.
void encode_large_integer(std::uint64_t value, value_writer& writer);

} // namespace detail

/// Integers ↔ smallint, integer, bigint, oid, xid, cid; checked where the column's type is wider. As parameters they
/// become the narrowest of smallint, integer, bigint that holds every value of the C++ type; a `std::uint64_t` above
/// bigint becomes numeric.
template <detail::integer T>
struct codec<T> {
    static constexpr type_reference type() {
        if constexpr (sizeof(T) == 1 || (sizeof(T) == 2 && std::is_signed_v<T>))
            return type_oid::int2;
        else if constexpr (sizeof(T) == 2 || (sizeof(T) == 4 && std::is_signed_v<T>))
            return type_oid::int4;
        else
            return type_oid::int8;
    }
    static constexpr type_reference type_of(T value) {
        if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) {
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
                return type_oid::numeric;
        }
        return type();
    }
    static void encode(T value, value_writer& writer) {
        constexpr std::uint32_t own = type().oid();
        if constexpr (own == type_oid::int2)
            writer.write(static_cast<std::int16_t>(value));
        else if constexpr (own == type_oid::int4)
            writer.write(static_cast<std::int32_t>(value));
        else if (type_of(value) == type())
            writer.write(static_cast<std::int64_t>(value));
        else
            detail::encode_large_integer(static_cast<std::uint64_t>(value), writer);
    }
    static bool accepts(std::uint32_t type, const type_catalog&) { return detail::accepts_integer(type); }
    static T decode(const value_view& value) {
        // The usual type without a call: it is most of what an integer column costs.
        const std::int64_t number = value.type() == type_oid::int4 && value.size() == 4
                                        ? detail::read_int4(value.text().data())
                                        : detail::decode_integer(value);
        if (!std::in_range<T>(number))
            detail::integer_out_of_range();
        return static_cast<T>(number);
    }
};

/// double ↔ double precision; also reads real, integer and smallint, which fit exactly
template <>
struct codec<double> {
    static constexpr type_reference type() { return type_oid::float8; }
    static void encode(double value, value_writer& writer) { writer.write_double(value); }
    static bool accepts(std::uint32_t type, const type_catalog& types);
    static double decode(const value_view& value);
};

/// float ↔ real; also reads smallint, which fits exactly
template <>
struct codec<float> {
    static constexpr type_reference type() { return type_oid::float4; }
    static void encode(float value, value_writer& writer) { writer.write_float(value); }
    static bool accepts(std::uint32_t type, const type_catalog& types);
    static float decode(const value_view& value);
};

namespace detail {

/// Text as a parameter has no NUL byte: PostgreSQL can't represent it.
void encode_text(std::string_view text, value_writer& writer);
/// Types whose binary form is their text form: text, varchar, char(n), name, json, enums, citext …; jsonb, too.
bool accepts_text_view(std::uint32_t type, const type_catalog& types) noexcept;
std::string_view decode_text_view(const value_view& value);
/// Any type: its text form.
std::string decode_any_text(const value_view& value);

struct text_parameter {
    static constexpr type_reference type() { return {}; }
    static constexpr std::uint32_t natural = type_oid::text;
    static constexpr wire_format format = wire_format::text;
    static void encode(std::string_view value, value_writer& writer) { encode_text(value, writer); }
    static constexpr bool reads_text = true;
};

} // namespace detail

/// std::string ↔ any type, in the server's text form; as a parameter an untyped literal
template <>
struct codec<std::string> : detail::text_parameter {
    static bool accepts(std::uint32_t, const type_catalog&) { return true; }
    static std::string decode(const value_view& value) { return detail::decode_any_text(value); }
};

/// std::string_view ↔ text, varchar, char(n), name, json, jsonb, xml, enums, citext …: types whose bytes are text, so
/// that it can be a view into the result
template <>
struct codec<std::string_view> : detail::text_parameter {
    static constexpr bool is_view = true;
    static bool accepts(std::uint32_t type, const type_catalog& types) {
        return detail::accepts_text_view(type, types);
    }
    static std::string_view decode(const value_view& value) { return detail::decode_text_view(value); }
};

/// Literals and other C strings as parameters; null pointers are NULL.
template <>
struct codec<const char*> : detail::text_parameter {};
template <>
struct codec<char*> : detail::text_parameter {};
template <std::size_t Size>
struct codec<char[Size]> : detail::text_parameter {
    static void encode(const char (&value)[Size], value_writer& writer) {
        detail::encode_text(static_cast<const char*>(value), writer);
    }
};

} // namespace coropq

#endif
