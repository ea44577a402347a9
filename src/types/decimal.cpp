// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "characters.hpp"

#include <coropq/types/decimal.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>
#include <string>
#include <system_error>

namespace coropq {

using detail::is_digit;
using detail::is_space;

namespace {

constexpr int base = 10000;
constexpr int digits_per_digit = 4;
// What numeric holds (src/backend/utils/adt/numeric.c).
constexpr int max_scale = 0x3FFF;
constexpr int max_weight = 0x7FFF;

[[noreturn]] void not_a_number() { throw value_error("the text isn't a number"); }
[[noreturn]] void too_large() {
    throw value_error("the number has more digits than numeric holds", value_error::problem::out_of_range);
}

bool is_word(std::string_view text, std::string_view lower) noexcept {
    return std::ranges::equal(text, lower,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// The digit of base 10000 that the four decimal digits from `position` are; what is outside of the text is 0.
char16_t digit_at(std::string_view digits, std::ptrdiff_t position) noexcept {
    int value = 0;
    for (std::ptrdiff_t i = position; i != position + digits_per_digit; ++i)
        value = value * 10 + (i < 0 || i >= std::ssize(digits) ? 0 : digits[static_cast<std::size_t>(i)] - '0');
    return static_cast<char16_t>(value);
}

std::ptrdiff_t floor_divide(std::ptrdiff_t number, std::ptrdiff_t divisor) noexcept {
    return number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor);
}

/// Behind the `e`. Exponents that no number can have come out as large ones of the same sign.
std::ptrdiff_t parse_exponent(std::string_view text) {
    const bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+'))
        text.remove_prefix(1);
    if (text.empty())
        not_a_number();
    std::ptrdiff_t exponent = 0;
    for (const char c : text) {
        if (!is_digit(c))
            not_a_number();
        exponent = std::min<std::ptrdiff_t>(exponent * 10 + (c - '0'), 100'000'000);
    }
    return negative ? -exponent : exponent;
}

} // namespace

decimal decimal::nan() noexcept {
    decimal number;
    number.kind_ = kind::nan;
    return number;
}

decimal decimal::infinity() noexcept {
    decimal number;
    number.kind_ = kind::infinity;
    return number;
}

decimal decimal::negative_infinity() noexcept {
    decimal number = infinity();
    number.negative_ = true;
    return number;
}

decimal decimal::parse(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    if (is_word(text, "nan"))
        return nan();
    const bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+'))
        text.remove_prefix(1);
    if (is_word(text, "inf") || is_word(text, "infinity"))
        return negative ? negative_infinity() : infinity();

    std::string digits; // decimal ones, without the point
    digits.reserve(text.size());
    std::ptrdiff_t before_point = -1;
    std::size_t position = 0;
    for (; position != text.size(); ++position) {
        if (is_digit(text[position]))
            digits.push_back(text[position]);
        else if (text[position] == '.' && before_point < 0)
            before_point = std::ssize(digits);
        else
            break;
    }
    if (digits.empty())
        not_a_number();
    if (before_point < 0)
        before_point = std::ssize(digits);
    std::ptrdiff_t exponent = 0;
    if (position != text.size()) {
        if (text[position] != 'e' && text[position] != 'E')
            not_a_number();
        exponent = parse_exponent(text.substr(position + 1));
    }

    decimal number;
    number.negative_ = negative;
    const std::ptrdiff_t scale = std::max<std::ptrdiff_t>(std::ssize(digits) - before_point - exponent, 0);
    before_point += exponent;
    const std::size_t first = digits.find_first_not_of('0');
    if (scale > max_scale)
        too_large();
    number.scale_ = static_cast<std::int16_t>(scale);
    if (first != std::string::npos) {
        const auto skipped = static_cast<std::ptrdiff_t>(first);
        // The decimal digit in front of the point has the place 0.
        const std::ptrdiff_t weight = floor_divide(before_point - skipped - 1, digits_per_digit);
        if (weight > max_weight)
            too_large();
        number.weight_ = static_cast<std::int16_t>(weight);
        // Where the group of four begins that the first digit belongs to.
        const std::ptrdiff_t begin = before_point - (weight + 1) * digits_per_digit;
        for (std::ptrdiff_t i = begin; i < std::ssize(digits); i += digits_per_digit)
            number.digits_.push_back(digit_at(digits, i));
    }
    number.normalise();
    return number;
}

void decimal::assign(std::int64_t number) {
    assign(number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
    negative_ = number < 0;
}

void decimal::assign(std::uint64_t number) {
    for (; number != 0; number /= base)
        digits_.push_back(static_cast<char16_t>(number % base));
    std::ranges::reverse(digits_);
    weight_ = static_cast<std::int16_t>(digits_.empty() ? 0 : digits_.size() - 1);
    normalise();
}

namespace {

template <typename Number>
decimal shortest(Number number) {
    char text[64];
    const std::to_chars_result result = std::to_chars(text, text + sizeof text, number);
    return decimal::parse(std::string_view(text, result.ptr));
}

} // namespace

void decimal::assign(double number) {
    if (std::isnan(number))
        *this = nan();
    else
        *this = shortest(number);
}

void decimal::assign(float number) {
    if (std::isnan(number))
        *this = nan();
    else
        *this = shortest(number);
}

void decimal::normalise() noexcept {
    const std::size_t first = digits_.find_first_not_of(u'\0');
    if (first == std::u16string::npos) {
        digits_.clear();
        weight_ = 0;
        negative_ = false;
        return;
    }
    digits_.erase(digits_.find_last_not_of(u'\0') + 1);
    digits_.erase(0, first);
    weight_ = static_cast<std::int16_t>(weight_ - static_cast<std::ptrdiff_t>(first));
}

std::weak_ordering decimal::compare(const decimal& other) const noexcept {
    const auto rank = [](const decimal& number) {
        if (number.is_nan())
            return 4;
        if (number.is_infinite())
            return number.negative_ ? -2 : 3;
        return number.digits_.empty() ? 0 : number.negative_ ? -1 : 1;
    };
    const int left = rank(*this);
    const int right = rank(other);
    if (left != right)
        return left <=> right;
    if (left != 1 && left != -1)
        return std::weak_ordering::equivalent;
    std::weak_ordering order = weight_ <=> other.weight_;
    if (order == 0)
        order = digits_.compare(other.digits_) <=> 0;
    return left > 0 ? order : 0 <=> order;
}

std::size_t decimal::hash() const noexcept {
    std::size_t value = std::hash<std::u16string>()(digits_);
    value ^= (static_cast<std::size_t>(static_cast<std::uint16_t>(weight_)) << 3 |
              static_cast<std::size_t>(kind_) << 1 | static_cast<std::size_t>(negative_)) *
             0x9E3779B97F4A7C15U;
    return value;
}

std::int64_t decimal::to_int64() const {
    if (!is_finite())
        throw value_error("NaN and infinity are no integers", value_error::problem::out_of_range);
    if (std::ssize(digits_) > weight_ + 1)
        throw value_error("the number has a fraction", "read it as coropq::decimal",
                          value_error::problem::out_of_range);
    std::int64_t number = 0; // negative all the way, as that range is larger
    for (int i = 0; i <= weight_ && !digits_.empty(); ++i) {
        const auto place = static_cast<std::size_t>(i);
        const int digit = place < digits_.size() ? digits_[place] : 0;
        if (__builtin_mul_overflow(number, base, &number) || __builtin_sub_overflow(number, digit, &number))
            throw value_error("the number doesn't fit", value_error::problem::out_of_range);
    }
    if (!negative_ && __builtin_sub_overflow(std::int64_t(0), number, &number))
        throw value_error("the number doesn't fit", value_error::problem::out_of_range);
    return number;
}

double decimal::to_double() const {
    if (is_nan())
        return std::nan("");
    if (is_infinite())
        return negative_ ? -HUGE_VAL : HUGE_VAL;
    const std::string text = to_string(*this);
    double number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc::result_out_of_range) {
        if (weight_ > 0)
            throw value_error("the number doesn't fit", value_error::problem::out_of_range);
        return negative_ ? -0.0 : 0.0;
    }
    return number;
}

std::string to_string(const decimal& number) {
    if (number.is_nan())
        return "NaN";
    if (number.is_infinite())
        return number.negative_ ? "-Infinity" : "Infinity";
    const auto append_digit = [&](std::string& text, std::ptrdiff_t weight) {
        const std::ptrdiff_t place = number.weight_ - weight;
        int digit =
            place < 0 || place >= std::ssize(number.digits_) ? 0 : number.digits_[static_cast<std::size_t>(place)];
        char decimals[digits_per_digit];
        for (int i = digits_per_digit; i-- != 0; digit /= 10)
            decimals[i] = static_cast<char>('0' + digit % 10);
        text.append(decimals, digits_per_digit);
    };
    std::string text;
    for (std::ptrdiff_t weight = number.weight_; weight >= 0; --weight)
        append_digit(text, weight);
    text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
    if (text.empty())
        text = "0";
    if (number.negative_)
        text.insert(text.begin(), '-');
    if (number.scale_ > 0) {
        text.push_back('.');
        const std::size_t end = text.size() + static_cast<std::size_t>(number.scale_);
        for (std::ptrdiff_t weight = -1; text.size() < end; --weight)
            append_digit(text, weight);
        text.resize(end);
    }
    return text;
}

std::ostream& operator<<(std::ostream& stream, const decimal& number) { return stream << to_string(number); }

} // namespace coropq
