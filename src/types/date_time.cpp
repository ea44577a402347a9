// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/date_time.hpp>

#include "types/reading.hpp"

#include <cmath>
#include <ostream>

namespace coropq {

namespace {

// The range of PostgreSQL's types: src/include/datatype/timestamp.h.
constexpr std::int64_t first_day = -2451545;                      // 4714-11-24 BC
constexpr std::int64_t last_day = 2147483493 - 2451545;           // 5874897-12-31
constexpr std::int64_t first_microsecond = -211813488000000000;   // 4714-11-24 BC
constexpr std::int64_t end_of_microseconds = 9223371331200000000; // 294277-01-01
constexpr std::int64_t day_of_2000 = 10957;                       // since 1970
constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::chrono::hours sixteen_hours(16);

// Products of 64-bit numbers.
__extension__ using wide = __int128;

[[noreturn]] void out_of_range() {
    throw value_error("PostgreSQL has no such time", value_error::problem::out_of_range);
}
[[noreturn]] void infinite() {
    throw value_error("infinity doesn't fit", "coropq::date, coropq::timestamp and coropq::timestamptz hold it",
                      value_error::problem::out_of_range);
}
[[noreturn]] void does_not_fit() {
    throw value_error("the time doesn't fit", "use coropq's own date and time types",
                      value_error::problem::out_of_range);
}

std::int32_t checked_days(std::int64_t days_since_2000) {
    if (days_since_2000 < first_day || days_since_2000 > last_day)
        out_of_range();
    return static_cast<std::int32_t>(days_since_2000);
}

std::int64_t days_of(const date& value) {
    if (!value.is_finite())
        infinite();
    return value.days_since_2000() + day_of_2000;
}

} // namespace

namespace detail {

std::int64_t ticks_of_microseconds(std::int64_t microseconds, std::int64_t epoch_seconds, std::int64_t numerator,
                                   std::int64_t denominator, std::int64_t least, std::uint64_t most) {
    const wide since_epoch = microseconds + wide(epoch_seconds) * microseconds_per_second;
    const wide unit = wide(numerator) * microseconds_per_second;
    const wide product = since_epoch * denominator;
    if (product % unit != 0)
        throw value_error("the time has a fraction that doesn't fit", "read it with std::chrono::microseconds",
                          value_error::problem::out_of_range);
    const wide ticks = product / unit;
    if (ticks < least || ticks > static_cast<wide>(most))
        does_not_fit();
    return static_cast<std::int64_t>(ticks);
}

std::int64_t microseconds_of_ticks(std::int64_t ticks, std::int64_t epoch_seconds, std::int64_t numerator,
                                   std::int64_t denominator) {
    // 2^63 ticks of 2^63 seconds are beyond 128 bits of microseconds, and beyond PostgreSQL well before.
    if (numerator > microseconds_per_second * microseconds_per_second && ticks != 0)
        out_of_range();
    const wide product = wide(ticks) * numerator * microseconds_per_second;
    wide quotient = product / denominator;
    wide rest = product % denominator;
    if (rest < 0) {
        rest += denominator;
        --quotient;
    }
    const wide doubled = 2 * rest;
    if (doubled > denominator || (doubled == denominator && quotient % 2 != 0))
        ++quotient;
    const wide since_2000 = quotient - wide(epoch_seconds) * microseconds_per_second;
    if (since_2000 < std::numeric_limits<std::int64_t>::min() || since_2000 > std::numeric_limits<std::int64_t>::max())
        out_of_range();
    return static_cast<std::int64_t>(since_2000);
}

std::int64_t microseconds_of_seconds(double seconds, std::int64_t epoch_seconds) {
    const double microseconds = std::nearbyint(seconds * 1e6); // halves to the even one
    constexpr double limit = 9223372036854775808.0;            // 2^63
    if (!(microseconds >= -limit && microseconds < limit))
        out_of_range();
    const wide since_2000 =
        wide(static_cast<std::int64_t>(microseconds)) - wide(epoch_seconds) * microseconds_per_second;
    if (since_2000 < std::numeric_limits<std::int64_t>::min())
        out_of_range();
    return static_cast<std::int64_t>(since_2000);
}

template <typename Time>
Time basic_timestamp<Time>::from_microseconds_since_2000(std::int64_t microseconds) {
    return Time(checked(microseconds), 0);
}

template <typename Time>
void basic_timestamp<Time>::require_finite() const {
    if (!is_finite())
        infinite();
}

template <typename Time>
std::int64_t basic_timestamp<Time>::checked(std::int64_t microseconds) {
    if (microseconds < first_microsecond || microseconds >= end_of_microseconds)
        out_of_range();
    return microseconds;
}

template class basic_timestamp<timestamp>;
template class basic_timestamp<timestamptz>;

} // namespace detail

date::date(std::chrono::sys_days day) : days_(checked_days(day.time_since_epoch().count() - day_of_2000)) {}

date::date(std::chrono::local_days day) : days_(checked_days(day.time_since_epoch().count() - day_of_2000)) {}

date::date(std::chrono::year_month_day day) {
    if (!day.ok())
        throw value_error("the date isn't in the calendar");
    *this = date(std::chrono::sys_days(day));
}

date date::from_days_since_2000(std::int32_t days) { return date(checked_days(days), true); }

std::chrono::sys_days date::to_sys_days() const { return std::chrono::sys_days(std::chrono::days(days_of(*this))); }

std::chrono::local_days date::to_local_days() const {
    return std::chrono::local_days(std::chrono::days(days_of(*this)));
}

std::chrono::year_month_day date::to_year_month_day() const {
    using std::chrono::year;
    const std::chrono::sys_days day = to_sys_days();
    constexpr std::chrono::sys_days first = year::min() / std::chrono::January / 1;
    constexpr std::chrono::sys_days last = year::max() / std::chrono::December / 31;
    if (day < first || day > last)
        does_not_fit();
    return std::chrono::year_month_day(day);
}

time_of_day::time_of_day(std::chrono::microseconds since_midnight) : time_(since_midnight) {
    if (time_ < std::chrono::hours(0) || time_ > std::chrono::hours(24))
        throw value_error("a time of the day is between 00:00:00 and 24:00:00", value_error::problem::out_of_range);
}

time_of_day_tz::time_of_day_tz(time_of_day local_time, std::chrono::seconds offset)
    : time_(local_time), offset_(offset) {
    if (offset_ <= -sixteen_hours || offset_ >= sixteen_hours)
        throw value_error("the offset from UTC is 16 hours or more", value_error::problem::out_of_range);
}

std::string to_string(const date& value) { return detail::text_of(value); }
std::string to_string(const time_of_day& value) { return detail::text_of(value); }
std::string to_string(const time_of_day_tz& value) { return detail::text_of(value); }
std::string to_string(const timestamp& value) { return detail::text_of(value); }
std::string to_string(const timestamptz& value) { return detail::text_of(value); }
std::string to_string(const interval& value) { return detail::text_of(value); }

std::ostream& operator<<(std::ostream& stream, const date& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const time_of_day& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const time_of_day_tz& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const timestamp& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const timestamptz& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const interval& value) { return stream << to_string(value); }

} // namespace coropq
