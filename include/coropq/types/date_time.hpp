// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_DATE_TIME_HPP
#define COROPQ_TYPES_DATE_TIME_HPP

// Dates and times as PostgreSQL has them: the whole range from 4713 BC on, the infinities, 24:00:00, and intervals of
// months and days. The types of std::chrono can be parameters and be read, too: see <coropq/types/chrono_codecs.hpp>.
//
// Conversions throw `value_error` for infinity and for what doesn't fit. PostgreSQL counts microseconds: what is finer
// is rounded to the nearest one, halves to the even one, as the server rounds text.

#include <coropq/detail/one_type.hpp>
#include <coropq/types/codec.hpp>

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <ratio>
#include <string>
#include <type_traits>

namespace coropq {

namespace detail {

/// Microseconds as ticks of numerator/denominator seconds. Throws `value_error` if that isn't exact or beyond the
/// limits.
std::int64_t ticks_of_microseconds(std::int64_t microseconds, std::int64_t epoch_seconds, std::int64_t numerator,
                                   std::int64_t denominator, std::int64_t least, std::uint64_t most);
/// The other way; rounds. The epochs are those that the ticks count from, as seconds before 2000.
std::int64_t microseconds_of_ticks(std::int64_t ticks, std::int64_t epoch_seconds, std::int64_t numerator,
                                   std::int64_t denominator);
std::int64_t microseconds_of_seconds(double seconds, std::int64_t epoch_seconds);

/// From 1970 to 2000.
inline constexpr std::int64_t unix_epoch_seconds = 946684800;

template <typename Duration>
Duration to_duration(std::int64_t microseconds, std::int64_t epoch_seconds) {
    using rep = typename Duration::rep;
    using period = typename Duration::period;
    if constexpr (std::is_floating_point_v<rep>) {
        using exact = std::chrono::duration<long double, std::micro>;
        return std::chrono::duration_cast<Duration>(exact(static_cast<long double>(microseconds)) +
                                                    exact(static_cast<long double>(epoch_seconds) * 1e6L));
    } else {
        static_assert(std::is_integral_v<rep>, "coropq: durations count in integers or floating-point numbers");
        return Duration(
            static_cast<rep>(ticks_of_microseconds(microseconds, epoch_seconds, period::num, period::den,
                                                   static_cast<std::int64_t>(std::numeric_limits<rep>::min()),
                                                   static_cast<std::uint64_t>(std::numeric_limits<rep>::max()))));
    }
}

template <typename Duration>
std::int64_t from_duration(const Duration& duration, std::int64_t epoch_seconds) {
    using rep = typename Duration::rep;
    using period = typename Duration::period;
    if constexpr (std::is_floating_point_v<rep>) {
        return microseconds_of_seconds(static_cast<double>(std::chrono::duration<long double>(duration).count()),
                                       epoch_seconds);
    } else {
        static_assert(std::is_integral_v<rep> && sizeof(rep) <= sizeof(std::int64_t) &&
                          (sizeof(rep) < sizeof(std::int64_t) || std::is_signed_v<rep>),
                      "coropq: durations count in signed integers or floating-point numbers");
        return microseconds_of_ticks(static_cast<std::int64_t>(duration.count()), epoch_seconds, period::num,
                                     period::den);
    }
}

} // namespace detail

/// A day of the (proleptic) Gregorian calendar, 4713 BC … 5874897 AD, or an infinity.
class date {
public:
    /// 2000-01-01
    constexpr date() noexcept = default;
    /// Each throws `value_error` for days that PostgreSQL doesn't have, the last one also for one that isn't `ok()`.
    explicit date(std::chrono::sys_days day);
    explicit date(std::chrono::local_days day);
    explicit date(std::chrono::year_month_day day);
    static date from_days_since_2000(std::int32_t days);
    static constexpr date infinity() noexcept { return date(std::numeric_limits<std::int32_t>::max(), true); }
    static constexpr date negative_infinity() noexcept { return date(std::numeric_limits<std::int32_t>::min(), true); }

    constexpr bool is_finite() const noexcept { return *this != infinity() && *this != negative_infinity(); }
    /// From 2000-01-01; negative before. Infinities are the largest and the smallest value.
    constexpr std::int32_t days_since_2000() const noexcept { return days_; }

    /// Each throws `value_error` for infinity; the last one also outside of the years -32767…32767, which are all that
    /// `std::chrono::year` has. The year 0 is 1 BC.
    std::chrono::sys_days to_sys_days() const;
    std::chrono::local_days to_local_days() const;
    std::chrono::year_month_day to_year_month_day() const;

    friend constexpr auto operator<=>(const date&, const date&) noexcept = default;

private:
    constexpr date(std::int32_t days, bool) noexcept : days_(days) {}

    std::int32_t days_ = 0;
};

/// A time of the day, 00:00:00 … 24:00:00.
class time_of_day {
public:
    /// 00:00:00
    constexpr time_of_day() noexcept = default;
    /// Since midnight. Throws `value_error` outside of 00:00:00 … 24:00:00.
    explicit time_of_day(std::chrono::microseconds since_midnight);

    constexpr std::chrono::microseconds since_midnight() const noexcept { return time_; }
    constexpr std::chrono::hh_mm_ss<std::chrono::microseconds> to_hh_mm_ss() const {
        return std::chrono::hh_mm_ss<std::chrono::microseconds>(time_);
    }

    friend constexpr auto operator<=>(const time_of_day&, const time_of_day&) noexcept = default;

private:
    std::chrono::microseconds time_{0};
};

/// A time of the day somewhere on the world.
class time_of_day_tz {
public:
    /// 00:00:00+00
    constexpr time_of_day_tz() noexcept = default;
    /// The offset is what the clocks there are ahead of UTC. Throws `value_error` for one of 16 hours or more.
    time_of_day_tz(time_of_day local_time, std::chrono::seconds offset);

    constexpr time_of_day local_time() const noexcept { return time_; }
    constexpr std::chrono::seconds offset() const noexcept { return offset_; }

    friend constexpr bool operator==(const time_of_day_tz&, const time_of_day_tz&) noexcept = default;
    /// As PostgreSQL orders them: by the time in UTC, then from east to west.
    friend constexpr std::strong_ordering operator<=>(const time_of_day_tz& left,
                                                      const time_of_day_tz& right) noexcept {
        const auto order = left.time_.since_midnight() - left.offset_ <=> right.time_.since_midnight() - right.offset_;
        return order != 0 ? order : right.offset_ <=> left.offset_;
    }

private:
    time_of_day time_;
    std::chrono::seconds offset_{0};
};

namespace detail {

/// What timestamp and timestamptz have in common. `Time` is the class derived from it.
template <typename Time>
class basic_timestamp {
public:
    /// Throws `value_error` for times that PostgreSQL doesn't have.
    static Time from_microseconds_since_2000(std::int64_t microseconds);
    static constexpr Time infinity() noexcept { return Time(std::numeric_limits<std::int64_t>::max(), 0); }
    static constexpr Time negative_infinity() noexcept { return Time(std::numeric_limits<std::int64_t>::min(), 0); }

    constexpr bool is_finite() const noexcept {
        return time_ != std::numeric_limits<std::int64_t>::max() && time_ != std::numeric_limits<std::int64_t>::min();
    }
    /// From 2000-01-01 00:00:00; negative before. Infinities are the largest and the smallest value.
    constexpr std::int64_t microseconds_since_2000() const noexcept { return time_; }

    friend constexpr auto operator<=>(const basic_timestamp&, const basic_timestamp&) noexcept = default;

protected:
    constexpr basic_timestamp() noexcept = default;
    constexpr explicit basic_timestamp(std::int64_t time) noexcept : time_(time) {}

    template <typename Duration>
    Duration to() const {
        require_finite();
        return to_duration<Duration>(time_, unix_epoch_seconds);
    }
    template <typename Duration>
    static std::int64_t from(const Duration& since_1970) {
        return checked(from_duration(since_1970, unix_epoch_seconds));
    }

private:
    void require_finite() const;
    static std::int64_t checked(std::int64_t microseconds);

    std::int64_t time_ = 0;
};

} // namespace detail

/// A date and a time of the day, of no time zone, 4713 BC … 294276 AD, or an infinity.
class timestamp : public detail::basic_timestamp<timestamp> {
public:
    /// 2000-01-01 00:00:00
    constexpr timestamp() noexcept = default;
    template <typename Duration>
    explicit timestamp(std::chrono::local_time<Duration> time) : basic_timestamp(from(time.time_since_epoch())) {}

    /// Throws `value_error` for infinity, for what doesn't fit, and if the time isn't a multiple of the duration's
    /// unit.
    template <typename Duration = std::chrono::microseconds>
    std::chrono::local_time<Duration> to_local_time() const {
        return std::chrono::local_time<Duration>(to<Duration>());
    }

private:
    friend basic_timestamp;
    constexpr timestamp(std::int64_t time, int) noexcept : basic_timestamp(time) {}
};

/// A point in time, 4713 BC … 294276 AD, or an infinity.
class timestamptz : public detail::basic_timestamp<timestamptz> {
public:
    /// 2000-01-01 00:00:00 UTC
    constexpr timestamptz() noexcept = default;
    template <typename Duration>
    explicit timestamptz(std::chrono::sys_time<Duration> time) : basic_timestamp(from(time.time_since_epoch())) {}

    /// Throws `value_error` for infinity, for what doesn't fit, and if the time isn't a multiple of the duration's
    /// unit.
    template <typename Duration = std::chrono::microseconds>
    std::chrono::sys_time<Duration> to_sys_time() const {
        return std::chrono::sys_time<Duration>(to<Duration>());
    }

private:
    friend basic_timestamp;
    constexpr timestamptz(std::int64_t time, int) noexcept : basic_timestamp(time) {}
};

/// A span of time whose months and days have no fixed length. Equal means memberwise: a day isn't 24 hours, though the
/// server compares them as if it were.
struct interval {
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int64_t microseconds = 0;

    friend constexpr bool operator==(const interval&, const interval&) noexcept = default;
};

/// The server's text, with DateStyle ISO, IntervalStyle postgres, and the time zone UTC.
std::string to_string(const date& value);
std::string to_string(const time_of_day& value);
std::string to_string(const time_of_day_tz& value);
std::string to_string(const timestamp& value);
std::string to_string(const timestamptz& value);
std::string to_string(const interval& value);
std::ostream& operator<<(std::ostream& stream, const date& value);
std::ostream& operator<<(std::ostream& stream, const time_of_day& value);
std::ostream& operator<<(std::ostream& stream, const time_of_day_tz& value);
std::ostream& operator<<(std::ostream& stream, const timestamp& value);
std::ostream& operator<<(std::ostream& stream, const timestamptz& value);
std::ostream& operator<<(std::ostream& stream, const interval& value);

/// coropq::date ↔ date
template <>
struct codec<date> : detail::one_type<type_oid::date> {
    static void encode(const date& value, value_writer& writer);
    static date decode(const value_view& value);
};
/// time_of_day ↔ time
template <>
struct codec<time_of_day> : detail::one_type<type_oid::time> {
    static void encode(const time_of_day& value, value_writer& writer);
    static time_of_day decode(const value_view& value);
};
/// time_of_day_tz ↔ timetz
template <>
struct codec<time_of_day_tz> : detail::one_type<type_oid::timetz> {
    static void encode(const time_of_day_tz& value, value_writer& writer);
    static time_of_day_tz decode(const value_view& value);
};
/// coropq::timestamp ↔ timestamp
template <>
struct codec<timestamp> : detail::one_type<type_oid::timestamp> {
    static void encode(const timestamp& value, value_writer& writer);
    static timestamp decode(const value_view& value);
};
/// coropq::timestamptz ↔ timestamptz
template <>
struct codec<timestamptz> : detail::one_type<type_oid::timestamptz> {
    static void encode(const timestamptz& value, value_writer& writer);
    static timestamptz decode(const value_view& value);
};
/// coropq::interval ↔ interval
template <>
struct codec<interval> : detail::one_type<type_oid::interval> {
    static void encode(const interval& value, value_writer& writer);
    static interval decode(const value_view& value);
};

} // namespace coropq

template <>
struct std::hash<coropq::date> {
    std::size_t operator()(const coropq::date& value) const noexcept {
        return std::hash<std::int32_t>()(value.days_since_2000());
    }
};
template <>
struct std::hash<coropq::time_of_day> {
    std::size_t operator()(const coropq::time_of_day& value) const noexcept {
        return std::hash<std::int64_t>()(value.since_midnight().count());
    }
};
template <>
struct std::hash<coropq::time_of_day_tz> {
    std::size_t operator()(const coropq::time_of_day_tz& value) const noexcept {
        return std::hash<std::int64_t>()(value.local_time().since_midnight().count() * 131072 + value.offset().count());
    }
};
template <>
struct std::hash<coropq::timestamp> {
    std::size_t operator()(const coropq::timestamp& value) const noexcept {
        return std::hash<std::int64_t>()(value.microseconds_since_2000());
    }
};
template <>
struct std::hash<coropq::timestamptz> {
    std::size_t operator()(const coropq::timestamptz& value) const noexcept {
        return std::hash<std::int64_t>()(value.microseconds_since_2000());
    }
};
template <>
struct std::hash<coropq::interval> {
    std::size_t operator()(const coropq::interval& value) const noexcept {
        const auto wide = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
        return std::hash<std::uint64_t>()((wide(value.microseconds) * 31 + wide(value.days)) * 31 + wide(value.months));
    }
};

#endif
