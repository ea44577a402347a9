// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Ranges and multiranges: src/backend/utils/adt/rangetypes.c and multirangetypes.c.

#include "types/conversion.hpp"

namespace coropq::detail {

namespace {

constexpr std::uint8_t empty_range = 1;
constexpr std::uint8_t lower_inclusive = 2;
constexpr std::uint8_t upper_inclusive = 4;
constexpr std::uint8_t lower_infinite = 8;
constexpr std::uint8_t upper_infinite = 16;
constexpr std::uint8_t all_flags = 31;

bool is_empty(std::string_view text) {
    constexpr std::string_view empty = "empty";
    if (text.size() != empty.size())
        return false;
    for (std::size_t i = 0; i != empty.size(); ++i)
        if ((text[i] | 0x20) != empty[i])
            return false;
    return true;
}

// One range of several: up to its closing bracket.
std::string_view take_range(text_reader& reader) {
    const std::string_view text = reader.rest();
    bool quoted = false;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] == '\\') {
            if (++i == text.size())
                break;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (text[i] == ']' || text[i] == ')')) {
            return reader.take(i + 1);
        }
    }
    throw_senseless_text();
}

} // namespace

void binary_maker::convert_range(std::uint32_t subtype, std::string_view text, std::string& binary) {
    if (is_empty(text)) {
        append_number(binary, empty_range);
        return;
    }
    text_reader reader(text);
    unsigned flags = reader.skip('[') ? lower_inclusive : 0U;
    if (flags == 0)
        reader.expect('(');
    const std::size_t position = binary.size();
    binary.push_back('\0'); // the flags
    std::string bound;
    if (read_quoted_part(reader, ",", bound))
        convert_part(subtype, bound, binary);
    else
        flags = lower_infinite;
    reader.expect(',');
    const bool upper = read_quoted_part(reader, ")]", bound);
    if (upper)
        convert_part(subtype, bound, binary);
    else
        flags |= upper_infinite;
    if (reader.skip(']'))
        flags |= upper ? upper_inclusive : 0U; // infinity is never in it
    else
        reader.expect(')');
    reader.finish();
    binary[position] = static_cast<char>(flags);
}

void text_maker::convert_range(std::uint32_t subtype, std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto flags = reader.read<std::uint8_t>();
    if (flags > all_flags)
        throw_senseless_bytes();
    if ((flags & empty_range) != 0) {
        reader.finish();
        text.append("empty");
        return;
    }
    const auto append_bound = [&] {
        std::string_view bytes;
        if (!reader.read_value(bytes))
            throw_senseless_bytes();
        convert_quoted(subtype, bytes, "()[],\"\\", text);
    };
    // As above: infinity is never in it.
    text.push_back((flags & (lower_inclusive | lower_infinite)) == lower_inclusive ? '[' : '(');
    if ((flags & lower_infinite) == 0)
        append_bound();
    text.push_back(',');
    if ((flags & upper_infinite) == 0)
        append_bound();
    text.push_back((flags & (upper_inclusive | upper_infinite)) == upper_inclusive ? ']' : ')');
    reader.finish();
}

void binary_maker::convert_multirange(std::uint32_t range, std::string_view text, std::string& binary) {
    text_reader reader(text);
    const std::size_t position = binary.size();
    append_number(binary, std::int32_t(0)); // how many
    std::size_t count = 0;
    reader.expect('{');
    if (!reader.skip('}')) {
        do {
            convert_part(range, take_range(reader), binary);
            ++count;
        } while (reader.skip(','));
        reader.expect('}');
    }
    reader.finish();
    replace_number(binary, position, count);
}

void text_maker::convert_multirange(std::uint32_t range, std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto count = reader.read<std::int32_t>();
    if (count < 0)
        throw_senseless_bytes();
    text.push_back('{');
    for (std::int32_t i = 0; i != count; ++i) { // ends with an error where the bytes do
        std::string_view bytes;
        if (!reader.read_value(bytes))
            throw_senseless_bytes();
        if (i != 0)
            text.push_back(',');
        convert(range, bytes, text);
    }
    text.push_back('}');
    reader.finish();
}

} // namespace coropq::detail
