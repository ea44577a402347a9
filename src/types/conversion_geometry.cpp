// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// point, line, lseg, box, path, polygon, circle: src/backend/utils/adt/geo_ops.c.

#include "types/conversion.hpp"

#include <coropq/types/type_oid.hpp>

#include <bit>

namespace coropq::detail {

namespace {

void coordinate_to_binary(text_reader& reader, std::string& binary) {
    const std::string_view rest = reader.rest();
    const std::string_view number = reader.take(rest.find_first_of(",()[]{}<>"));
    append_number(binary, std::bit_cast<std::uint64_t>(parse_double(number)));
}

void point_to_binary(text_reader& reader, std::string& binary) {
    reader.expect('(');
    coordinate_to_binary(reader, binary);
    reader.expect(',');
    coordinate_to_binary(reader, binary);
    reader.expect(')');
}

// Returns how many.
std::size_t points_to_binary(text_reader& reader, std::string& binary) {
    std::size_t count = 0;
    do {
        point_to_binary(reader, binary);
        ++count;
    } while (reader.skip(','));
    return count;
}

void counted_points_to_binary(text_reader& reader, std::string& binary) {
    const std::size_t position = binary.size();
    append_number(binary, std::int32_t(0));
    replace_number(binary, position, points_to_binary(reader, binary)); // less than the message has bytes
}

void path_to_binary(text_reader& reader, std::string& binary) {
    const bool open = reader.skip('[');
    if (!open)
        reader.expect('(');
    binary.push_back(open ? '\0' : '\1');
    counted_points_to_binary(reader, binary);
    reader.expect(open ? ']' : ')');
}

void coordinate_to_text(value_reader& reader, std::string& text) { append_float(text, reader.read_double()); }

void point_to_text(value_reader& reader, std::string& text) {
    text.push_back('(');
    coordinate_to_text(reader, text);
    text.push_back(',');
    coordinate_to_text(reader, text);
    text.push_back(')');
}

void points_to_text(value_reader& reader, std::string& text) {
    const auto count = reader.read<std::int32_t>();
    if (count <= 0 || reader.remaining() / 16 != static_cast<std::size_t>(count))
        throw_senseless_bytes();
    for (std::int32_t i = 0; i != count; ++i) {
        if (i != 0)
            text.push_back(',');
        point_to_text(reader, text);
    }
}

} // namespace

void geometry_to_binary(std::uint32_t type, std::string_view text, std::string& binary) {
    text_reader reader(text);
    switch (type) {
    case type_oid::point: point_to_binary(reader, binary); break;
    case type_oid::line:
        reader.expect('{');
        coordinate_to_binary(reader, binary);
        reader.expect(',');
        coordinate_to_binary(reader, binary);
        reader.expect(',');
        coordinate_to_binary(reader, binary);
        reader.expect('}');
        break;
    case type_oid::lseg:
        reader.expect('[');
        if (points_to_binary(reader, binary) != 2)
            throw_senseless_text();
        reader.expect(']');
        break;
    case type_oid::box:
        if (points_to_binary(reader, binary) != 2)
            throw_senseless_text();
        break;
    case type_oid::path: path_to_binary(reader, binary); break;
    case type_oid::polygon:
        reader.expect('(');
        counted_points_to_binary(reader, binary);
        reader.expect(')');
        break;
    default: // circle
        reader.expect('<');
        point_to_binary(reader, binary);
        reader.expect(',');
        coordinate_to_binary(reader, binary);
        reader.expect('>');
    }
    reader.finish();
}

void geometry_to_text(std::uint32_t type, std::string_view binary, std::string& text) {
    value_reader reader(binary);
    switch (type) {
    case type_oid::point: point_to_text(reader, text); break;
    case type_oid::line:
        for (const char before : {'{', ',', ','}) {
            text.push_back(before);
            coordinate_to_text(reader, text);
        }
        text.push_back('}');
        break;
    case type_oid::lseg:
    case type_oid::box:
        if (type == type_oid::lseg)
            text.push_back('[');
        point_to_text(reader, text);
        text.push_back(',');
        point_to_text(reader, text);
        if (type == type_oid::lseg)
            text.push_back(']');
        break;
    case type_oid::path: {
        const bool open = reader.read<std::uint8_t>() == 0;
        text.push_back(open ? '[' : '(');
        points_to_text(reader, text);
        text.push_back(open ? ']' : ')');
        break;
    }
    case type_oid::polygon:
        text.push_back('(');
        points_to_text(reader, text);
        text.push_back(')');
        break;
    default: // circle
        text.push_back('<');
        point_to_text(reader, text);
        text.push_back(',');
        coordinate_to_text(reader, text);
        text.push_back('>');
    }
    reader.finish();
}

} // namespace coropq::detail
