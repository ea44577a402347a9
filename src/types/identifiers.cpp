// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/identifiers.hpp>

#include "types/reading.hpp"

#include <charconv>
#include <ostream>
#include <string_view>
#include <system_error>

namespace coropq {

using detail::read_number;

oid codec<oid>::decode(const value_view& value) { return {read_number<std::uint32_t>(value)}; }
xid codec<xid>::decode(const value_view& value) { return {read_number<std::uint32_t>(value)}; }
xid8 codec<xid8>::decode(const value_view& value) { return {read_number<std::uint64_t>(value)}; }
pg_lsn codec<pg_lsn>::decode(const value_view& value) { return {read_number<std::uint64_t>(value)}; }

void codec<tid>::encode(tid value, value_writer& writer) {
    writer.write(value.block);
    writer.write(value.offset);
}

tid codec<tid>::decode(const value_view& value) {
    value_reader reader(value);
    tid result;
    result.block = reader.read<std::uint32_t>();
    result.offset = reader.read<std::uint16_t>();
    reader.finish();
    return result;
}

bool codec<char>::accepts(std::uint32_t type, const type_catalog&) {
    return type == type_oid::char_type || type == type_oid::bpchar || type == type_oid::varchar ||
           type == type_oid::text;
}

char codec<char>::decode(const value_view& value) {
    const std::string_view text = value.text();
    if (text.size() == 1)
        return text[0];
    if (value.type() == type_oid::char_type && value.format() == wire_format::text) {
        // charout in src/backend/utils/adt/char.c
        if (text.empty())
            return '\0';
        unsigned byte = 0;
        if (text.size() == 4 && text[0] == '\\') {
            const std::from_chars_result end = std::from_chars(text.data() + 1, text.data() + 4, byte, 8);
            if (end.ec == std::errc() && end.ptr == text.data() + 4 && byte < 256)
                return static_cast<char>(static_cast<unsigned char>(byte));
        }
    }
    throw value_error("the text isn't one byte", "read it as std::string");
}

std::string to_string(oid value) { return std::to_string(value.value); }
std::string to_string(xid value) { return std::to_string(value.value); }
std::string to_string(xid8 value) { return std::to_string(value.value); }
std::string to_string(tid value) {
    return "(" + std::to_string(value.block) + "," + std::to_string(value.offset) + ")";
}
std::string to_string(pg_lsn value) {
    // The halves, without zeros in front.
    char digits[8];
    std::string text;
    const auto append_half = [&](std::uint64_t half) {
        char* first = digits + sizeof digits;
        do
            *--first = "0123456789ABCDEF"[half & 15];
        while ((half >>= 4) != 0);
        text.append(first, digits + sizeof digits);
    };
    append_half(value.value >> 32);
    text.push_back('/');
    append_half(value.value & 0xFFFFFFFF);
    return text;
}

std::ostream& operator<<(std::ostream& stream, oid value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, xid value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, xid8 value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, tid value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, pg_lsn value) { return stream << to_string(value); }

} // namespace coropq
