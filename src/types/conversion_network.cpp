// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// inet, cidr, macaddr, macaddr8. Addresses look as src/port/inet_net_ntop.c of PostgreSQL writes them.

#include "types/conversion.hpp"

#include <arpa/inet.h>

namespace coropq::detail {

namespace {

constexpr std::uint8_t family_4 = 2; // PGSQL_AF_INET
constexpr std::uint8_t family_6 = 3; // PGSQL_AF_INET6

void append_address_4(std::string& text, std::string_view address) {
    for (std::size_t i = 0; i != 4; ++i) {
        if (i != 0)
            text.push_back('.');
        append_decimal(text, static_cast<unsigned>(static_cast<unsigned char>(address[i])));
    }
}

struct zeros {
    std::size_t begin = 8;
    std::size_t size = 0;
};

// The longest run of groups that are zero, the first of several; one group alone isn't abbreviated.
zeros longest_zeros(const std::uint16_t (&groups)[8]) {
    zeros longest;
    for (std::size_t i = 0; i != 8;) {
        std::size_t end = i;
        while (end != 8 && groups[end] == 0)
            ++end;
        if (end - i > longest.size && end - i > 1)
            longest = {i, end - i};
        i = end == 8 ? 8 : end + 1;
    }
    return longest;
}

void append_address_6(std::string& text, std::string_view address) {
    std::uint16_t groups[8];
    value_reader reader(address);
    for (std::uint16_t& group : groups)
        group = reader.read<std::uint16_t>();
    const zeros abbreviated = longest_zeros(groups);
    const std::size_t end = abbreviated.begin + abbreviated.size;
    for (std::size_t i = 0; i != 8; ++i) {
        if (i >= abbreviated.begin && i < end) {
            if (i == abbreviated.begin)
                text.push_back(':');
            continue;
        }
        if (i != 0)
            text.push_back(':');
        // An IPv4 address inside: ::1.2.3.4 and ::ffff:1.2.3.4
        if (i == 6 && abbreviated.begin == 0 &&
            (abbreviated.size == 6 || (abbreviated.size == 5 && groups[5] == 0xffff)))
            return append_address_4(text, address.substr(12));
        char digits[4];
        text.append(digits, std::to_chars(digits, digits + sizeof digits, groups[i], 16).ptr);
    }
    if (abbreviated.size != 0 && end == 8)
        text.push_back(':');
}

} // namespace

void inet_to_binary(std::string_view text, bool is_cidr, std::string& binary) {
    const std::size_t slash = text.find('/');
    const std::string_view written = text.substr(0, slash);
    const bool is_6 = written.find(':') != std::string_view::npos;
    const unsigned most_bits = is_6 ? 128 : 32;
    char terminated[64];
    if (written.size() >= sizeof terminated)
        throw_senseless_text();
    terminated[written.copy(terminated, sizeof terminated - 1)] = '\0';
    char address[16];
    if (written.find('\0') != std::string_view::npos || inet_pton(is_6 ? AF_INET6 : AF_INET, terminated, address) != 1)
        throw_senseless_text();
    unsigned bits = most_bits;
    if (slash != std::string_view::npos) {
        text_reader reader(text.substr(slash + 1));
        bits = reader.read_number<unsigned>();
        reader.finish();
        if (bits > most_bits)
            throw_text_out_of_range();
    }
    const std::uint8_t size = is_6 ? 16 : 4;
    append_number(binary, is_6 ? family_6 : family_4);
    append_number(binary, static_cast<std::uint8_t>(bits));
    append_number(binary, static_cast<std::uint8_t>(is_cidr));
    append_number(binary, size);
    binary.append(address, size);
}

void inet_to_text(std::string_view binary, bool is_cidr, std::string& text) {
    value_reader reader(binary);
    const auto family = reader.read<std::uint8_t>();
    const unsigned bits = reader.read<std::uint8_t>();
    reader.read<std::uint8_t>(); // whether it is a cidr: the type says so
    const std::size_t size = reader.read<std::uint8_t>();
    const bool is_6 = family == family_6;
    const unsigned most_bits = is_6 ? 128 : 32;
    if ((!is_6 && family != family_4) || size != most_bits / 8 || bits > most_bits)
        throw_senseless_bytes();
    const std::string_view address = reader.read_bytes(size);
    reader.finish();
    if (is_6)
        append_address_6(text, address);
    else
        append_address_4(text, address);
    if (is_cidr || bits != most_bits) {
        text.push_back('/');
        append_decimal(text, bits);
    }
}

void macaddr_to_binary(std::string_view text, std::size_t size, std::string& binary) {
    if (text.size() != 3 * size - 1)
        throw_senseless_text();
    for (std::size_t i = 0; i != size; ++i) {
        const int high = hex_digit(text[3 * i]);
        const int low = hex_digit(text[3 * i + 1]);
        if (high < 0 || low < 0 || (i + 1 != size && text[3 * i + 2] != ':'))
            throw_senseless_text();
        binary.push_back(static_cast<char>(static_cast<unsigned char>(16 * high + low)));
    }
}

void macaddr_to_text(std::string_view binary, std::size_t size, std::string& text) {
    if (binary.size() != size)
        throw_senseless_bytes();
    for (std::size_t i = 0; i != size; ++i) {
        if (i != 0)
            text.push_back(':');
        append_hex(text, binary.substr(i, 1));
    }
}

} // namespace coropq::detail
