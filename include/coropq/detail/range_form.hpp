// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_RANGE_FORM_HPP
#define COROPQ_DETAIL_RANGE_FORM_HPP

// The forms of ranges on their way, whatever their bounds are. Not for users.

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>
#include <coropq/types/value_writer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// PostgreSQL's own range types by what they are made of; 0 for other types.
constexpr std::uint32_t range_oid(std::uint32_t element) noexcept {
    switch (element) {
    case type_oid::int4: return type_oid::int4range;
    case type_oid::int8: return type_oid::int8range;
    case type_oid::numeric: return type_oid::numrange;
    case type_oid::timestamp: return type_oid::tsrange;
    case type_oid::timestamptz: return type_oid::tstzrange;
    case type_oid::date: return type_oid::daterange;
    default: return type_oid::unknown_type;
    }
}

constexpr std::uint32_t multirange_oid(std::uint32_t element) noexcept {
    switch (element) {
    case type_oid::int4: return type_oid::int4multirange;
    case type_oid::int8: return type_oid::int8multirange;
    case type_oid::numeric: return type_oid::nummultirange;
    case type_oid::timestamp: return type_oid::tsmultirange;
    case type_oid::timestamptz: return type_oid::tstzmultirange;
    case type_oid::date: return type_oid::datemultirange;
    default: return type_oid::unknown_type;
    }
}

/// A range whose bounds are bytes.
template <typename Bytes>
struct range_parts {
    std::optional<Bytes> lower; ///< Nothing if the range is infinite there, or empty.
    std::optional<Bytes> upper;
    bool lower_inclusive = false;
    bool upper_inclusive = false;
    bool empty = false;
};

/// Throws `value_error`.
range_parts<std::string_view> read_range(const value_view& value);
/// The first byte; the bounds that are there follow with their lengths in front.
void write_range_flags(const range_parts<bool>& range, value_writer& writer);
void write_range_text(const range_parts<std::string>& range, value_writer& writer);

/// The binary values of the ranges. Throws `value_error`.
std::vector<std::string_view> read_multirange(const value_view& value);

/// What ranges of a type are made of; 0 if it is no range.
std::uint32_t element_of_range(std::uint32_t type, const type_catalog& types) noexcept;
/// The type of the ranges in a multirange; 0 if it is none.
std::uint32_t range_of_multirange(std::uint32_t type, const type_catalog& types) noexcept;

[[noreturn]] void fail_reversed_range();

} // namespace coropq::detail

#endif
