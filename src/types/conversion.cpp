// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/conversion.hpp"

#include <limits>

namespace coropq::detail {

void throw_senseless_text() { throw value_error("the server's text makes no sense for the type"); }
void throw_text_out_of_range() {
    throw value_error("the server's text is out of the type's range", value_error::problem::out_of_range);
}
void throw_senseless_bytes() { throw value_error("the server's bytes make no sense for the type"); }

void replace_number(std::string& binary, std::size_t position, std::size_t number) {
    for (std::size_t i = 0; i != 4; ++i)
        binary[position + i] = static_cast<char>(static_cast<unsigned char>(number >> (24 - 8 * i)));
}

void length_prefix::end() {
    const std::size_t size = binary_.size() - begin_;
    if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw value_error("the value has more than 2 GB");
    replace_number(binary_, begin_ - 4, size);
}

void append_padded(std::string& text, std::uint64_t number, std::size_t width) {
    char digits[24];
    const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    const auto size = static_cast<std::size_t>(end - digits);
    if (size < width)
        text.append(width - size, '0');
    text.append(digits, size);
}

void text_reader::skip_space() noexcept {
    while (!rest_.empty() && is_space(rest_.front()))
        rest_.remove_prefix(1);
}

int text_reader::read_two_digits() {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1]))
        throw_senseless_text();
    const int number = 10 * (rest_[0] - '0') + (rest_[1] - '0');
    rest_.remove_prefix(2);
    return number;
}

std::int64_t text_reader::read_fraction() {
    if (!skip('.'))
        return 0;
    std::int64_t microseconds = 0;
    int digits = 0;
    for (; is_digit(peek()); ++digits) {
        const int digit = take() - '0';
        if (digits < 6)
            microseconds = 10 * microseconds + digit;
        else if (digit != 0)
            throw value_error("the time has more than six decimals");
    }
    if (digits == 0)
        throw_senseless_text();
    for (; digits < 6; ++digits)
        microseconds *= 10;
    return microseconds;
}

int hex_digit(char character) noexcept {
    if (is_digit(character))
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

void append_hex(std::string& text, std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    const std::size_t begin = text.size();
    text.resize(begin + 2 * bytes.size());
    char* to = text.data() + begin;
    for (const char byte : bytes) {
        const auto bits = static_cast<unsigned char>(byte);
        *to++ = digits[bits >> 4];
        *to++ = digits[bits & 15];
    }
}

} // namespace coropq::detail
