// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/scalar_codecs.hpp>

#include "types/reading.hpp"
#include "types/value_storage.hpp"

namespace coropq {

using detail::read_number;
using detail::senseless;

namespace detail {

bool accepts_integer(std::uint32_t type) noexcept {
    return type == type_oid::int4 || type == type_oid::int8 || type == type_oid::int2 || type == type_oid::oid ||
           type == type_oid::xid || type == type_oid::cid;
}

std::int64_t decode_integer(const value_view& value) {
    switch (value.type()) {
    case type_oid::int2: return read_number<std::int16_t>(value);
    case type_oid::int4: return read_number<std::int32_t>(value);
    case type_oid::int8: return read_number<std::int64_t>(value);
    case type_oid::oid:
    case type_oid::xid:
    case type_oid::cid: return read_number<std::uint32_t>(value);
    default: senseless();
    }
}

void integer_out_of_range() {
    throw value_error("the number doesn't fit", "read it as std::int64_t", value_error::problem::out_of_range);
}

void encode_large_integer(std::uint64_t value, value_writer& writer) {
    std::uint16_t digits[5]; // in base 10000, the least significant first
    std::size_t count = 0;
    for (; value != 0; value /= 10000)
        digits[count++] = static_cast<std::uint16_t>(value % 10000);
    writer.write(static_cast<std::int16_t>(count));
    writer.write(static_cast<std::int16_t>(count == 0 ? 0 : count - 1)); // weight
    writer.write(std::int16_t(0));                                       // sign
    writer.write(std::int16_t(0));                                       // digits behind the point
    while (count != 0)
        writer.write(digits[--count]);
}

void encode_text(std::string_view text, value_writer& writer) {
    if (text.find('\0') != std::string_view::npos)
        throw value_error("contains a NUL byte", "PostgreSQL's text types can't hold one; bytea can");
    writer.write_text(text);
}

bool accepts_text_view(std::uint32_t type, const type_catalog& types) noexcept {
    return type == type_oid::jsonb || type == type_oid::xml || types.has_text_bytes(type);
}

std::string_view decode_text_view(const value_view& value) {
    std::string_view text = value.text();
    if (value.type() == type_oid::jsonb && value.format() != wire_format::text) {
        if (text.empty() || text[0] != 1)
            throw value_error("the server uses a version of jsonb that the library doesn't know");
        text.remove_prefix(1);
    }
    return text;
}

namespace {

// Types whose text depends on settings of the session (TimeZone, DateStyle, bytea_output …), and those that may have
// such parts.
bool has_settings(std::uint32_t type, const type_catalog& types) {
    switch (type) {
    case type_oid::date:
    case type_oid::timestamp:
    case type_oid::timestamptz:
    case type_oid::interval:
    case type_oid::bytea:
    case type_oid::float4:
    case type_oid::float8: return true;
    default: break;
    }
    const type_kind kind = types.kind_of(type);
    return kind == type_kind::array || kind == type_kind::range || kind == type_kind::multirange ||
           kind == type_kind::composite;
}

} // namespace

std::string decode_any_text(const value_view& value) {
    // The usual types first: looking them up costs as much as copying a short text.
    const std::uint32_t type = value.type();
    if (type == type_oid::text || type == type_oid::varchar || type == type_oid::bpchar)
        return std::string(value.text());
    if (value.format() == wire_format::text) {
        const bool as_binary = value.storage() != nullptr && value.storage()->canonical_text() &&
                               has_settings(type, value.types()) && value.types().is_binary(type);
        if (!as_binary)
            return std::string(value.text());
        const converted_value converted(value, type, false);
        return decode_any_text(converted.view());
    }
    if (value.types().has_text_bytes(type))
        return std::string(value.text());
    std::string text;
    binary_to_text(value.types(), value.type(), value.text(), text);
    return text;
}

} // namespace detail

bool codec<double>::accepts(std::uint32_t type, const type_catalog&) {
    return type == type_oid::float8 || type == type_oid::float4 || type == type_oid::int4 || type == type_oid::int2;
}

double codec<double>::decode(const value_view& value) {
    switch (value.type()) {
    case type_oid::float8: return std::bit_cast<double>(read_number<std::uint64_t>(value));
    case type_oid::float4: return static_cast<double>(std::bit_cast<float>(read_number<std::uint32_t>(value)));
    case type_oid::int4: return read_number<std::int32_t>(value);
    case type_oid::int2: return read_number<std::int16_t>(value);
    default: senseless();
    }
}

bool codec<float>::accepts(std::uint32_t type, const type_catalog&) {
    return type == type_oid::float4 || type == type_oid::int2;
}

float codec<float>::decode(const value_view& value) {
    switch (value.type()) {
    case type_oid::float4: return std::bit_cast<float>(read_number<std::uint32_t>(value));
    case type_oid::int2: return read_number<std::int16_t>(value);
    default: senseless();
    }
}

} // namespace coropq
