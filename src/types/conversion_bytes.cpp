// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/conversion.hpp"

#include <limits>

namespace coropq::detail {

namespace {

void append_unhexed(std::string& binary, std::string_view digits) {
    if (digits.size() % 2 != 0)
        throw_senseless_text();
    const std::size_t begin = binary.size();
    binary.resize(begin + digits.size() / 2);
    char* to = binary.data() + begin;
    for (std::size_t i = 0; i != digits.size(); i += 2) {
        const int high = hex_digit(digits[i]);
        const int low = hex_digit(digits[i + 1]);
        if (high < 0 || low < 0)
            throw_senseless_text();
        *to++ = static_cast<char>(static_cast<unsigned char>(16 * high + low));
    }
}

// `\ooo`: three octal digits, at most 377.
bool is_octal(std::string_view text) {
    return text.size() >= 4 && text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' &&
           text[2] <= '7' && text[3] >= '0' && text[3] <= '7';
}

char octal_byte(std::string_view text) {
    return static_cast<char>(static_cast<unsigned char>(64 * (text[1] - '0') + 8 * (text[2] - '0') + (text[3] - '0')));
}

} // namespace

void bytea_to_binary(std::string_view text, std::string& binary) {
    if (text.starts_with("\\x"))
        return append_unhexed(binary, text.substr(2));
    while (!text.empty()) { // bytea_output = escape
        if (text[0] != '\\') {
            const std::string_view plain = text.substr(0, text.find('\\'));
            binary.append(plain);
            text.remove_prefix(plain.size());
        } else if (text.starts_with("\\\\")) {
            binary.push_back('\\');
            text.remove_prefix(2);
        } else if (is_octal(text)) {
            binary.push_back(octal_byte(text));
            text.remove_prefix(4);
        } else {
            throw_senseless_text();
        }
    }
}

void bytea_to_text(std::string_view binary, std::string& text) {
    text.append("\\x");
    append_hex(text, binary);
}

// The zero byte is no text; bytes above 127 are written as octal digits since PostgreSQL 15.3.
void char_to_binary(std::string_view text, std::string& binary) {
    if (text.size() == 4 && is_octal(text))
        binary.push_back(octal_byte(text));
    else if (text.size() <= 1)
        binary.push_back(text.empty() ? '\0' : text[0]);
    else
        throw_senseless_text();
}

void char_to_text(std::string_view binary, std::string& text) {
    if (binary.size() != 1)
        throw_senseless_bytes();
    const auto byte = static_cast<unsigned char>(binary[0]);
    if (byte > 127) {
        text.push_back('\\');
        for (const int shift : {6, 3, 0})
            text.push_back(static_cast<char>('0' + ((byte >> shift) & 7)));
    } else if (byte != 0) {
        text.push_back(binary[0]);
    }
}

void bits_to_binary(std::string_view text, std::string& binary) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw_text_out_of_range();
    append_number(binary, static_cast<std::int32_t>(text.size()));
    for (; !text.empty(); text.remove_prefix(text.size() < 8 ? text.size() : 8)) {
        unsigned byte = 0;
        for (std::size_t i = 0; i != 8; ++i) {
            const char bit = i < text.size() ? text[i] : '0';
            if (bit != '0' && bit != '1')
                throw_senseless_text();
            byte = 2 * byte + static_cast<unsigned>(bit - '0');
        }
        binary.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
    }
}

void bits_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto size = reader.read<std::int32_t>();
    if (size < 0 || reader.remaining() != (static_cast<std::size_t>(size) + 7) / 8)
        throw_senseless_bytes();
    const std::string_view bytes = reader.read_bytes(reader.remaining());
    text.reserve(text.size() + static_cast<std::size_t>(size));
    for (std::size_t i = 0; i != static_cast<std::size_t>(size); ++i)
        text.push_back((static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8)) & 1 ? '1' : '0');
}

void uuid_to_binary(std::string_view text, std::string& binary) {
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        throw_senseless_text();
    append_unhexed(binary, text.substr(0, 8));
    append_unhexed(binary, text.substr(9, 4));
    append_unhexed(binary, text.substr(14, 4));
    append_unhexed(binary, text.substr(19, 4));
    append_unhexed(binary, text.substr(24));
}

void uuid_to_text(std::string_view binary, std::string& text) {
    if (binary.size() != 16)
        throw_senseless_bytes();
    append_hex(text, binary.substr(0, 4));
    for (const std::size_t position : {4U, 6U, 8U}) {
        text.push_back('-');
        append_hex(text, binary.substr(position, 2));
    }
    text.push_back('-');
    append_hex(text, binary.substr(10));
}

void jsonb_to_binary(std::string_view text, std::string& binary) {
    binary.push_back('\1'); // the version
    binary.append(text);
}

void jsonb_to_text(std::string_view binary, std::string& text) {
    if (binary.empty())
        throw_senseless_bytes();
    if (binary[0] != 1)
        throw value_error("the server uses a version of jsonb that the library doesn't know");
    text.append(binary.substr(1));
}

void tid_to_binary(std::string_view text, std::string& binary) {
    text_reader reader(text);
    reader.expect('(');
    append_number(binary, reader.read_number<std::uint32_t>());
    reader.expect(',');
    append_number(binary, reader.read_number<std::uint16_t>());
    reader.expect(')');
    reader.finish();
}

void tid_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    text.push_back('(');
    append_decimal(text, reader.read<std::uint32_t>());
    text.push_back(',');
    append_decimal(text, reader.read<std::uint16_t>());
    text.push_back(')');
    reader.finish();
}

void lsn_to_binary(std::string_view text, std::string& binary) {
    text_reader reader(text);
    append_number(binary, reader.read_number<std::uint32_t>(16));
    reader.expect('/');
    append_number(binary, reader.read_number<std::uint32_t>(16));
    reader.finish();
}

void lsn_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto append = [&](std::uint32_t half) {
        char digits[8];
        char* const end = std::to_chars(digits, digits + sizeof digits, half, 16).ptr;
        for (char* digit = digits; digit != end; ++digit)
            text.push_back(*digit >= 'a' ? static_cast<char>(*digit - 'a' + 'A') : *digit);
    };
    append(reader.read<std::uint32_t>());
    text.push_back('/');
    append(reader.read<std::uint32_t>());
    reader.finish();
}

} // namespace coropq::detail
