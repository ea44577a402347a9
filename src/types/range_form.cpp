// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/detail/range_form.hpp>

#include "types/reading.hpp"

// The forms are those of range_send and range_out in the server's src/backend/utils/adt/rangetypes.c, and of
// multirange_send in multirangetypes.c.

namespace coropq::detail {

namespace {

constexpr unsigned empty_flag = 0x01;
constexpr unsigned lower_inclusive_flag = 0x02;
constexpr unsigned upper_inclusive_flag = 0x04;
constexpr unsigned lower_infinite_flag = 0x08;
constexpr unsigned upper_infinite_flag = 0x10;
constexpr unsigned all_flags = 0x1F;

std::string_view read_bound(value_reader& reader) {
    std::string_view bytes;
    if (!reader.read_value(bytes))
        senseless();
    return bytes;
}

void write_bound(const std::optional<std::string>& bound, value_writer& writer) {
    if (!bound)
        return;
    // As the server writes it: see range_bound_escape in src/backend/utils/adt/rangetypes.c.
    if (!bound->empty() && bound->find_first_of("\"\\()[], \t\n\v\f\r") == std::string::npos) {
        writer.write_text(*bound);
        return;
    }
    writer.write_text("\"");
    for (const char c : *bound) {
        if (c == '"' || c == '\\')
            writer.buffer().push_back(c);
        writer.buffer().push_back(c);
    }
    writer.write_text("\"");
}

} // namespace

range_parts<std::string_view> read_range(const value_view& value) {
    value_reader reader(value);
    const unsigned flags = reader.read<std::uint8_t>();
    if ((flags & ~all_flags) != 0)
        senseless();
    range_parts<std::string_view> range;
    if ((flags & empty_flag) != 0) {
        range.empty = true;
    } else {
        if ((flags & lower_infinite_flag) == 0) {
            range.lower = read_bound(reader);
            range.lower_inclusive = (flags & lower_inclusive_flag) != 0;
        }
        if ((flags & upper_infinite_flag) == 0) {
            range.upper = read_bound(reader);
            range.upper_inclusive = (flags & upper_inclusive_flag) != 0;
        }
    }
    reader.finish();
    return range;
}

void write_range_flags(const range_parts<bool>& range, value_writer& writer) {
    unsigned flags = 0;
    if (range.empty)
        flags = empty_flag;
    else
        flags = (range.lower ? 0 : lower_infinite_flag) | (range.upper ? 0 : upper_infinite_flag) |
                (range.lower_inclusive ? lower_inclusive_flag : 0) | (range.upper_inclusive ? upper_inclusive_flag : 0);
    writer.write(static_cast<std::uint8_t>(flags));
}

void write_range_text(const range_parts<std::string>& range, value_writer& writer) {
    if (range.empty) {
        writer.write_text("empty");
        return;
    }
    writer.write_text(range.lower_inclusive ? "[" : "(");
    write_bound(range.lower, writer);
    writer.write_text(",");
    write_bound(range.upper, writer);
    writer.write_text(range.upper_inclusive ? "]" : ")");
}

std::vector<std::string_view> read_multirange(const value_view& value) {
    value_reader reader(value);
    const auto count = reader.read<std::int32_t>();
    // Each takes five bytes at least.
    if (count < 0 || static_cast<std::size_t>(count) > reader.remaining() / 5)
        senseless();
    std::vector<std::string_view> ranges(static_cast<std::size_t>(count));
    for (std::string_view& range : ranges)
        range = read_bound(reader);
    reader.finish();
    return ranges;
}

std::uint32_t element_of_range(std::uint32_t type, const type_catalog& types) noexcept {
    return types.kind_of(type) == type_kind::range ? types.base_of(types.element_of(type)) : type_oid::unknown_type;
}

std::uint32_t range_of_multirange(std::uint32_t type, const type_catalog& types) noexcept {
    return types.kind_of(type) == type_kind::multirange ? types.element_of(type) : type_oid::unknown_type;
}

void fail_reversed_range() { throw value_error("the lower bound of the range is greater than the upper one"); }

} // namespace coropq::detail
