// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_GEOMETRY_HPP
#define COROPQ_TYPES_GEOMETRY_HPP

// The shapes of PostgreSQL's plane. They compare memberwise, without the server's tolerance of 1e-6.

#include <coropq/detail/one_type.hpp>
#include <coropq/types/codec.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace coropq {

struct point {
    double x = 0;
    double y = 0;

    friend constexpr bool operator==(const point&, const point&) noexcept = default;
};

/// The line a·x + b·y + c = 0; not both a and b may be 0.
struct line {
    double a = 0;
    double b = 0;
    double c = 0;

    friend constexpr bool operator==(const line&, const line&) noexcept = default;
};

/// lseg
struct line_segment {
    point first;
    point second;

    friend constexpr bool operator==(const line_segment&, const line_segment&) noexcept = default;
};

/// A rectangle. The server stores the upper right corner as `high`, whichever corners are given.
struct box {
    point high;
    point low;

    friend constexpr bool operator==(const box&, const box&) noexcept = default;
};

struct path {
    std::vector<point> points; ///< At least one.
    bool is_closed = false;

    friend bool operator==(const path&, const path&) = default;
};

struct polygon {
    std::vector<point> points; ///< At least one.

    friend bool operator==(const polygon&, const polygon&) = default;
};

struct circle {
    point center;
    double radius = 0; ///< Not negative.

    friend constexpr bool operator==(const circle&, const circle&) noexcept = default;
};

/// The server's text: `(1,2)`, `{1,-1,0}`, `[(0,0),(1,1)]`.
std::string to_string(const point& value);
std::string to_string(const line& value);
std::string to_string(const line_segment& value);
std::string to_string(const box& value);
std::string to_string(const path& value);
std::string to_string(const polygon& value);
std::string to_string(const circle& value);
std::ostream& operator<<(std::ostream& stream, const point& value);
std::ostream& operator<<(std::ostream& stream, const line& value);
std::ostream& operator<<(std::ostream& stream, const line_segment& value);
std::ostream& operator<<(std::ostream& stream, const box& value);
std::ostream& operator<<(std::ostream& stream, const path& value);
std::ostream& operator<<(std::ostream& stream, const polygon& value);
std::ostream& operator<<(std::ostream& stream, const circle& value);

/// coropq::point ↔ point
template <>
struct codec<point> : detail::one_type<type_oid::point> {
    static void encode(const point& value, value_writer& writer);
    static point decode(const value_view& value);
};
/// coropq::line ↔ line
template <>
struct codec<line> : detail::one_type<type_oid::line> {
    static void encode(const line& value, value_writer& writer);
    static line decode(const value_view& value);
};
/// coropq::line_segment ↔ lseg
template <>
struct codec<line_segment> : detail::one_type<type_oid::lseg> {
    static void encode(const line_segment& value, value_writer& writer);
    static line_segment decode(const value_view& value);
};
/// coropq::box ↔ box
template <>
struct codec<box> : detail::one_type<type_oid::box> {
    static void encode(const box& value, value_writer& writer);
    static box decode(const value_view& value);
};
/// coropq::path ↔ path
template <>
struct codec<path> : detail::one_type<type_oid::path> {
    static void encode(const path& value, value_writer& writer);
    static path decode(const value_view& value);
};
/// coropq::polygon ↔ polygon
template <>
struct codec<polygon> : detail::one_type<type_oid::polygon> {
    static void encode(const polygon& value, value_writer& writer);
    static polygon decode(const value_view& value);
};
/// coropq::circle ↔ circle
template <>
struct codec<circle> : detail::one_type<type_oid::circle> {
    static void encode(const circle& value, value_writer& writer);
    static circle decode(const value_view& value);
};

} // namespace coropq

#endif
