// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/geometry.hpp>

#include "types/reading.hpp"

#include <limits>
#include <ostream>

// The binary forms are those of src/backend/utils/adt/geo_ops.c in the server.

namespace coropq {

namespace {

void write(const point& value, value_writer& writer) {
    writer.write_double(value.x);
    writer.write_double(value.y);
}

point read_point(value_reader& reader) {
    point result;
    result.x = reader.read_double();
    result.y = reader.read_double();
    return result;
}

void write(const std::vector<point>& points, value_writer& writer) {
    if (points.empty())
        throw value_error("there must be one point at least");
    if (points.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw value_error("there are too many points");
    writer.write(static_cast<std::int32_t>(points.size()));
    for (const point& one : points)
        write(one, writer);
}

std::vector<point> read_points(value_reader& reader) {
    const auto count = reader.read<std::int32_t>();
    if (count < 0 || reader.remaining() != static_cast<std::size_t>(count) * sizeof(double) * 2)
        detail::senseless();
    std::vector<point> points(static_cast<std::size_t>(count));
    for (point& one : points)
        one = read_point(reader);
    return points;
}

} // namespace

void codec<point>::encode(const point& value, value_writer& writer) { write(value, writer); }
point codec<point>::decode(const value_view& value) {
    value_reader reader(value);
    const point result = read_point(reader);
    reader.finish();
    return result;
}

void codec<line>::encode(const line& value, value_writer& writer) {
    writer.write_double(value.a);
    writer.write_double(value.b);
    writer.write_double(value.c);
}
line codec<line>::decode(const value_view& value) {
    value_reader reader(value);
    line result;
    result.a = reader.read_double();
    result.b = reader.read_double();
    result.c = reader.read_double();
    reader.finish();
    return result;
}

void codec<line_segment>::encode(const line_segment& value, value_writer& writer) {
    write(value.first, writer);
    write(value.second, writer);
}
line_segment codec<line_segment>::decode(const value_view& value) {
    value_reader reader(value);
    line_segment result;
    result.first = read_point(reader);
    result.second = read_point(reader);
    reader.finish();
    return result;
}

void codec<box>::encode(const box& value, value_writer& writer) {
    write(value.high, writer);
    write(value.low, writer);
}
box codec<box>::decode(const value_view& value) {
    value_reader reader(value);
    box result;
    result.high = read_point(reader);
    result.low = read_point(reader);
    reader.finish();
    return result;
}

void codec<path>::encode(const path& value, value_writer& writer) {
    writer.write(static_cast<std::uint8_t>(value.is_closed));
    write(value.points, writer);
}
path codec<path>::decode(const value_view& value) {
    value_reader reader(value);
    path result;
    result.is_closed = reader.read<std::uint8_t>() != 0;
    result.points = read_points(reader);
    return result;
}

void codec<polygon>::encode(const polygon& value, value_writer& writer) { write(value.points, writer); }
polygon codec<polygon>::decode(const value_view& value) {
    value_reader reader(value);
    return {read_points(reader)};
}

void codec<circle>::encode(const circle& value, value_writer& writer) {
    write(value.center, writer);
    writer.write_double(value.radius);
}
circle codec<circle>::decode(const value_view& value) {
    value_reader reader(value);
    circle result;
    result.center = read_point(reader);
    result.radius = reader.read_double();
    reader.finish();
    return result;
}

std::string to_string(const point& value) { return detail::text_of(value); }
std::string to_string(const line& value) { return detail::text_of(value); }
std::string to_string(const line_segment& value) { return detail::text_of(value); }
std::string to_string(const box& value) { return detail::text_of(value); }
std::string to_string(const path& value) { return detail::text_of(value); }
std::string to_string(const polygon& value) { return detail::text_of(value); }
std::string to_string(const circle& value) { return detail::text_of(value); }

std::ostream& operator<<(std::ostream& stream, const point& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const line& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const line_segment& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const box& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const path& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const polygon& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const circle& value) { return stream << to_string(value); }

} // namespace coropq
