// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/decimal.hpp>

#include "types/reading.hpp"

namespace coropq {

namespace {

// numeric_send in src/backend/utils/adt/numeric.c
constexpr std::uint16_t positive = 0x0000;
constexpr std::uint16_t negative = 0x4000;
constexpr std::uint16_t not_a_number = 0xC000;
constexpr std::uint16_t positive_infinity = 0xD000;
constexpr std::uint16_t negative_infinity = 0xF000;

} // namespace

void codec<decimal>::encode(const decimal& value, value_writer& writer) {
    std::uint16_t sign = value.negative_ ? negative : positive;
    if (value.is_nan())
        sign = not_a_number;
    else if (value.is_infinite())
        sign = value.negative_ ? negative_infinity : positive_infinity;
    writer.write(static_cast<std::uint16_t>(value.digits_.size()));
    writer.write(value.weight_);
    writer.write(sign);
    writer.write(value.scale_);
    for (const char16_t digit : value.digits_)
        writer.write(static_cast<std::uint16_t>(digit));
}

bool codec<decimal>::accepts(std::uint32_t type, const type_catalog&) {
    return type == type_oid::numeric || type == type_oid::int8 || type == type_oid::int4 || type == type_oid::int2;
}

decimal codec<decimal>::decode(const value_view& value) {
    switch (value.type()) {
    case type_oid::int2: return decimal(detail::read_number<std::int16_t>(value));
    case type_oid::int4: return decimal(detail::read_number<std::int32_t>(value));
    case type_oid::int8: return decimal(detail::read_number<std::int64_t>(value));
    case type_oid::numeric: break;
    default: detail::senseless();
    }
    value_reader reader(value);
    const auto count = reader.read<std::uint16_t>();
    const auto weight = reader.read<std::int16_t>();
    const auto sign = reader.read<std::uint16_t>();
    const auto scale = reader.read<std::int16_t>();
    if (reader.remaining() != 2U * count)
        detail::senseless();
    switch (sign) {
    case positive:
    case negative: break;
    case not_a_number: return decimal::nan();
    case positive_infinity: return decimal::infinity();
    case negative_infinity: return decimal::negative_infinity();
    default: detail::senseless();
    }
    if (scale < 0 || scale > 0x3FFF)
        detail::senseless();

    decimal number;
    number.weight_ = weight;
    number.scale_ = scale;
    number.negative_ = sign == negative;
    number.digits_.reserve(count);
    // Digits behind the scale don't count, and the server sends none.
    int place = weight;
    for (std::size_t i = 0; i != count; ++i, --place) {
        auto digit = reader.read<std::uint16_t>();
        if (digit > 9999)
            detail::senseless();
        const int shown = scale + 4 * (place + 1); // of its four decimal digits, if less than 4
        if (shown < 4)
            digit = static_cast<std::uint16_t>(shown <= 0   ? 0
                                               : shown == 1 ? digit - digit % 1000
                                               : shown == 2 ? digit - digit % 100
                                                            : digit - digit % 10);
        number.digits_.push_back(digit);
    }
    // Zeros in front make the weight less than a number can have.
    const std::size_t first = number.digits_.find_first_not_of(u'\0');
    if (first != std::u16string::npos && weight - static_cast<int>(first) < -32768)
        detail::senseless();
    number.normalise();
    return number;
}

} // namespace coropq
