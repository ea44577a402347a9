// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// numeric: groups of four decimal digits, the most significant first; `weight` is the power of 10000 of the first one;
// the scale is how many decimals are shown. src/backend/utils/adt/numeric.c, numeric_send.

#include "types/conversion.hpp"

namespace coropq::detail {

namespace {

constexpr std::uint16_t positive = 0;
constexpr std::uint16_t negative = 0x4000;
constexpr std::uint16_t not_a_number = 0xC000;
constexpr std::uint16_t infinity = 0xD000;
constexpr std::uint16_t minus_infinity = 0xF000;
constexpr std::uint16_t scale_of_infinity = 32; // what the server sends: bits of its own representation
constexpr std::size_t most_whole_digits = 131072;
constexpr std::size_t most_decimals = 16383;

void append_header(std::string& binary, std::size_t groups, int weight, std::uint16_t sign, std::size_t scale) {
    append_number(binary, static_cast<std::uint16_t>(groups));
    append_number(binary, static_cast<std::int16_t>(weight));
    append_number(binary, sign);
    append_number(binary, static_cast<std::uint16_t>(scale));
}

// Up to four digits; `missing` zeros are meant to follow.
void append_group(std::string& binary, std::string_view digits, std::size_t missing) {
    int group = 0;
    for (const char digit : digits)
        group = 10 * group + (digit - '0');
    for (; missing != 0; --missing)
        group *= 10;
    append_number(binary, static_cast<std::int16_t>(group));
}

std::string_view take_digits(text_reader& reader) {
    const std::string_view rest = reader.rest();
    std::size_t count = 0;
    while (count != rest.size() && is_digit(rest[count]))
        ++count;
    return reader.take(count);
}

bool is_zero_group(std::string_view binary, std::size_t position) {
    return binary[position] == 0 && binary[position + 1] == 0;
}

} // namespace

void numeric_to_binary(std::string_view text, std::string& binary) {
    if (text == "NaN")
        return append_header(binary, 0, 0, not_a_number, 0);
    if (text == "Infinity")
        return append_header(binary, 0, 0, infinity, scale_of_infinity);
    if (text == "-Infinity")
        return append_header(binary, 0, 0, minus_infinity, scale_of_infinity);

    text_reader reader(text);
    const bool minus = reader.skip('-');
    std::string_view whole = take_digits(reader);
    std::string_view decimals;
    bool has_digits = !whole.empty();
    if (reader.skip('.')) {
        decimals = take_digits(reader);
        has_digits = has_digits || !decimals.empty();
    }
    reader.finish();
    if (!has_digits)
        throw_senseless_text();
    while (!whole.empty() && whole.front() == '0')
        whole.remove_prefix(1);
    if (whole.size() > most_whole_digits || decimals.size() > most_decimals)
        throw_text_out_of_range();
    const std::size_t scale = decimals.size();

    const std::size_t header = binary.size();
    append_header(binary, 0, 0, positive, scale);
    const std::size_t begin = binary.size();
    int weight = static_cast<int>((whole.size() + 3) / 4) - 1;
    if (const std::size_t partial = whole.size() % 4; partial != 0) {
        append_group(binary, whole.substr(0, partial), 0);
        whole.remove_prefix(partial);
    }
    for (; !whole.empty(); whole.remove_prefix(4))
        append_group(binary, whole.substr(0, 4), 0);
    if (binary.size() == begin) { // 0.0001: groups of zeros in front aren't stored
        while (decimals.size() >= 4 && decimals.starts_with("0000")) {
            decimals.remove_prefix(4);
            --weight;
        }
    }
    while (!decimals.empty()) {
        const std::string_view group = decimals.substr(0, 4);
        append_group(binary, group, 4 - group.size());
        decimals.remove_prefix(group.size());
    }
    while (binary.size() != begin && is_zero_group(binary, binary.size() - 2))
        binary.resize(binary.size() - 2);

    const std::size_t groups = (binary.size() - begin) / 2;
    std::string actual;
    append_header(actual, groups, groups == 0 ? 0 : weight, minus && groups != 0 ? negative : positive, scale);
    binary.replace(header, actual.size(), actual);
}

void numeric_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    std::size_t groups = reader.read<std::uint16_t>();
    int weight = reader.read<std::int16_t>();
    const auto sign = reader.read<std::uint16_t>();
    const std::size_t scale = reader.read<std::uint16_t>();
    if (reader.remaining() != 2 * groups || scale > most_decimals)
        throw_senseless_bytes();
    switch (sign) {
    case not_a_number: text.append("NaN"); return;
    case infinity: text.append("Infinity"); return;
    case minus_infinity: text.append("-Infinity"); return;
    case positive:
    case negative: break;
    default: throw_senseless_bytes();
    }
    const std::size_t begin = text.size();
    std::string_view rest = reader.read_bytes(2 * groups);
    while (groups != 0 && is_zero_group(rest, 0)) {
        rest.remove_prefix(2);
        --groups;
        --weight;
    }
    if (groups == 0)
        weight = -1;
    else if (sign == negative)
        text.push_back('-');

    value_reader values(rest);
    const auto next = [&]() -> unsigned {
        const auto group = values.read<std::uint16_t>();
        if (group > 9999)
            throw_senseless_bytes();
        return group;
    };
    if (weight < 0) {
        text.push_back('0');
    } else {
        append_decimal(text, next());
        for (int i = 0; i != weight; ++i)
            append_padded(text, values.remaining() != 0 ? next() : 0, 4);
    }
    if (scale != 0) {
        text.push_back('.');
        const std::size_t end = text.size() + scale;
        // Groups that aren't stored, between the point and the first one.
        const std::size_t zeros = weight < -1 ? 4 * static_cast<std::size_t>(-1 - weight) : 0;
        text.append(zeros < scale ? zeros : scale, '0');
        while (text.size() < end && values.remaining() != 0)
            append_padded(text, next(), 4);
        text.resize(end, '0');
    }
    // Without the digits behind the scale, nothing may be left, and nothing has no sign.
    if (text[begin] == '-' && text.find_first_not_of("-.0", begin) == std::string::npos)
        text.erase(begin, 1);
}

} // namespace coropq::detail
