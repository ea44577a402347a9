// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/conversion.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace coropq::detail {

void boolean_to_binary(std::string_view text, std::string& binary) {
    if (text == "t" || text == "true")
        binary.push_back('\1');
    else if (text == "f" || text == "false")
        binary.push_back('\0');
    else
        throw_senseless_text();
}

void boolean_to_text(std::string_view binary, std::string& text) {
    if (binary.size() != 1)
        throw_senseless_bytes();
    text.push_back(binary[0] != 0 ? 't' : 'f');
}

namespace {

template <typename Float>
struct layout;
template <>
struct layout<double> {
    using bits = std::uint64_t;
    static constexpr int largest_fixed_exponent = 14; // then comes 1e+15
};
template <>
struct layout<float> {
    using bits = std::uint32_t;
    static constexpr int largest_fixed_exponent = 5;
};

template <typename Float>
Float parse_float(std::string_view text) {
    if (text == "NaN")
        return std::numeric_limits<Float>::quiet_NaN();
    if (text == "Infinity")
        return std::numeric_limits<Float>::infinity();
    if (text == "-Infinity")
        return -std::numeric_limits<Float>::infinity();
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || (!is_digit(digits[0]) && digits[0] != '.')) // nan(…) and inf
        throw_senseless_text();
    Float number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range)
        throw_text_out_of_range();
    if (error != std::errc() || end != text.data() + text.size())
        throw_senseless_text();
    return number;
}

// A positive number, as digits and where the point stands: d.ddd × 10^exponent.
struct decimal_digits {
    char digits[32];
    std::size_t count = 0;
    int exponent = 0;
};

decimal_digits split(std::string_view scientific) {
    decimal_digits result;
    std::size_t i = 0;
    for (; i != scientific.size() && scientific[i] != 'e'; ++i)
        if (scientific[i] != '.' && result.count != sizeof result.digits)
            result.digits[result.count++] = scientific[i];
    ++i;                                                                 // e
    const bool negative = i < scientific.size() && scientific[i] == '-'; // the sign is always there
    for (++i; i < scientific.size(); ++i)
        result.exponent = 10 * result.exponent + (scientific[i] - '0');
    if (negative)
        result.exponent = -result.exponent;
    while (result.count > 1 && result.digits[result.count - 1] == '0')
        --result.count;
    return result;
}

// Whether the digits stand for the number in the middle between two neighbours. Reading them gives the even one; the
// server doesn't rely on that and writes more digits (src/common/d2s.c, STRICTLY_SHORTEST). It can only happen to whole
// numbers: those with decimals would have more digits than the shortest form has.
template <typename Float>
bool is_middle(const decimal_digits& number) {
    const int zeros = number.exponent - static_cast<int>(number.count) + 1;
    if (zeros < 0 || zeros > 27) // 5^27 is the last that fits
        return false;
    std::uint64_t odd = 0;
    for (std::size_t i = 0; i != number.count; ++i)
        odd = 10 * odd + static_cast<std::uint64_t>(number.digits[i] - '0');
    for (int i = 0; i != zeros; ++i) { // times ten, but for a power of two
        if (odd > std::numeric_limits<std::uint64_t>::max() / 5)
            return false;
        odd *= 5;
    }
    if (odd == 0)
        return false;
    odd >>= std::countr_zero(odd);
    return std::bit_width(odd) == std::numeric_limits<Float>::digits + 1;
}

template <typename Float>
decimal_digits shortest_digits(Float number) {
    char buffer[64];
    const char* end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
    decimal_digits result = split({buffer, end});
    for (int precision = static_cast<int>(result.count) - 1; is_middle<Float>(result);) {
        ++precision;
        end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific, precision).ptr;
        Float same = 0;
        std::from_chars(buffer, end, same);
        if (same == number)
            result = split({buffer, end});
        if (precision > std::numeric_limits<Float>::max_digits10)
            break;
    }
    return result;
}

} // namespace

template <std::floating_point Float>
void append_float(std::string& text, Float number) {
    if (std::isnan(number)) {
        text.append("NaN");
        return;
    }
    if (std::signbit(number)) {
        text.push_back('-');
        number = -number;
    }
    if (std::isinf(number)) {
        text.append("Infinity");
        return;
    }
    if (number == 0) {
        text.push_back('0');
        return;
    }
    const decimal_digits value = shortest_digits(number);
    const std::string_view digits(value.digits, value.count);
    const int exponent = value.exponent;
    if (exponent < -4 || exponent > layout<Float>::largest_fixed_exponent) {
        text.push_back(digits[0]);
        if (digits.size() > 1)
            text.append(".").append(digits.substr(1));
        text.append(exponent < 0 ? "e-" : "e+");
        append_padded(text, static_cast<std::uint64_t>(exponent < 0 ? -exponent : exponent), 2);
    } else if (exponent < 0) {
        text.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
    } else {
        const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
        text.append(digits.substr(0, whole));
        if (digits.size() < whole)
            text.append(whole - digits.size(), '0');
        else if (digits.size() > whole)
            text.append(".").append(digits.substr(whole));
    }
}

template <std::floating_point Float>
void float_to_binary(std::string_view text, std::string& binary) {
    append_number(binary, std::bit_cast<typename layout<Float>::bits>(parse_float<Float>(text)));
}

template <std::floating_point Float>
void float_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto bits = reader.read<typename layout<Float>::bits>();
    reader.finish();
    append_float(text, std::bit_cast<Float>(bits));
}

double parse_double(std::string_view text) { return parse_float<double>(text); }

template void append_float<double>(std::string&, double);
template void append_float<float>(std::string&, float);
template void float_to_binary<double>(std::string_view, std::string&);
template void float_to_binary<float>(std::string_view, std::string&);
template void float_to_text<double>(std::string_view, std::string&);
template void float_to_text<float>(std::string_view, std::string&);

} // namespace coropq::detail
