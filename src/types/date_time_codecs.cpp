// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/date_time.hpp>

#include "types/reading.hpp"

// The binary forms are those of date_send, time_send, timetz_send, timestamp_send and interval_send in the server's
// src/backend/utils/adt/{date,timestamp}.c.

namespace coropq {

namespace {

template <typename Time>
Time decode_timestamp(const value_view& value) {
    const auto time = detail::read_number<std::int64_t>(value);
    if (time == std::numeric_limits<std::int64_t>::max())
        return Time::infinity();
    if (time == std::numeric_limits<std::int64_t>::min())
        return Time::negative_infinity();
    return Time::from_microseconds_since_2000(time);
}

} // namespace

void codec<date>::encode(const date& value, value_writer& writer) { writer.write(value.days_since_2000()); }
date codec<date>::decode(const value_view& value) {
    const auto days = detail::read_number<std::int32_t>(value);
    if (days == std::numeric_limits<std::int32_t>::max())
        return date::infinity();
    if (days == std::numeric_limits<std::int32_t>::min())
        return date::negative_infinity();
    return date::from_days_since_2000(days);
}

void codec<time_of_day>::encode(const time_of_day& value, value_writer& writer) {
    writer.write(static_cast<std::int64_t>(value.since_midnight().count()));
}
time_of_day codec<time_of_day>::decode(const value_view& value) {
    return time_of_day(std::chrono::microseconds(detail::read_number<std::int64_t>(value)));
}

// On the wire, west of UTC is positive.
void codec<time_of_day_tz>::encode(const time_of_day_tz& value, value_writer& writer) {
    writer.write(static_cast<std::int64_t>(value.local_time().since_midnight().count()));
    writer.write(static_cast<std::int32_t>(-value.offset().count()));
}
time_of_day_tz codec<time_of_day_tz>::decode(const value_view& value) {
    value_reader reader(value);
    const time_of_day time{std::chrono::microseconds(reader.read<std::int64_t>())};
    const std::chrono::seconds west(reader.read<std::int32_t>());
    reader.finish();
    return {time, -west};
}

void codec<timestamp>::encode(const timestamp& value, value_writer& writer) {
    writer.write(value.microseconds_since_2000());
}
timestamp codec<timestamp>::decode(const value_view& value) { return decode_timestamp<timestamp>(value); }

void codec<timestamptz>::encode(const timestamptz& value, value_writer& writer) {
    writer.write(value.microseconds_since_2000());
}
timestamptz codec<timestamptz>::decode(const value_view& value) { return decode_timestamp<timestamptz>(value); }

void codec<interval>::encode(const interval& value, value_writer& writer) {
    writer.write(value.microseconds);
    writer.write(value.days);
    writer.write(value.months);
}
interval codec<interval>::decode(const value_view& value) {
    value_reader reader(value);
    interval result;
    result.microseconds = reader.read<std::int64_t>();
    result.days = reader.read<std::int32_t>();
    result.months = reader.read<std::int32_t>();
    reader.finish();
    return result;
}

namespace detail {

std::int64_t decode_fixed_interval(const value_view& value) {
    const interval whole = codec<interval>::decode(value);
    if (whole.months != 0 || whole.days != 0)
        throw value_error("the interval has months or days, whose length isn't fixed", "read it as coropq::interval",
                          value_error::problem::out_of_range);
    return whole.microseconds;
}

} // namespace detail

} // namespace coropq
