// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_CHRONO_CODECS_HPP
#define COROPQ_TYPES_CHRONO_CODECS_HPP

// The types of std::chrono as parameters and columns. They have no infinities and less range; what doesn't fit is a
// `value_error`, and <coropq/types/date_time.hpp> has types that hold everything.

#include <coropq/types/date_time.hpp>

#include <chrono>
#include <ratio>

namespace coropq {

/// std::chrono::sys_days ↔ date
template <>
struct codec<std::chrono::sys_days> : codec<date> {
    static void encode(std::chrono::sys_days value, value_writer& writer) { codec<date>::encode(date(value), writer); }
    static std::chrono::sys_days decode(const value_view& value) { return codec<date>::decode(value).to_sys_days(); }
};

/// std::chrono::local_days ↔ date
template <>
struct codec<std::chrono::local_days> : codec<date> {
    static void encode(std::chrono::local_days value, value_writer& writer) {
        codec<date>::encode(date(value), writer);
    }
    static std::chrono::local_days decode(const value_view& value) {
        return codec<date>::decode(value).to_local_days();
    }
};

/// std::chrono::year_month_day ↔ date
template <>
struct codec<std::chrono::year_month_day> : codec<date> {
    static void encode(std::chrono::year_month_day value, value_writer& writer) {
        codec<date>::encode(date(value), writer);
    }
    static std::chrono::year_month_day decode(const value_view& value) {
        return codec<date>::decode(value).to_year_month_day();
    }
};

/// std::chrono::hh_mm_ss<microseconds> ↔ time
template <>
struct codec<std::chrono::hh_mm_ss<std::chrono::microseconds>> : codec<time_of_day> {
    using time = std::chrono::hh_mm_ss<std::chrono::microseconds>;
    static void encode(const time& value, value_writer& writer) {
        codec<time_of_day>::encode(time_of_day(value.to_duration()), writer);
    }
    static time decode(const value_view& value) { return codec<time_of_day>::decode(value).to_hh_mm_ss(); }
};

namespace detail {

/// Days are dates.
template <typename Duration>
concept finer_than_days = std::ratio_less_v<typename Duration::period, std::chrono::days::period>;

} // namespace detail

/// std::chrono::local_time<D> ↔ timestamp. Written to the nearest microsecond, halves to the even one. A column with a
/// fraction of a D is a `value_error`: read it as `local_time<microseconds>` and round as you like.
template <detail::finer_than_days Duration>
struct codec<std::chrono::time_point<std::chrono::local_t, Duration>> : codec<timestamp> {
    using time = std::chrono::local_time<Duration>;
    static void encode(const time& value, value_writer& writer) { codec<timestamp>::encode(timestamp(value), writer); }
    static time decode(const value_view& value) {
        return codec<timestamp>::decode(value).template to_local_time<Duration>();
    }
};

/// std::chrono::sys_time<D> ↔ timestamptz, such as `std::chrono::system_clock::time_point`; rounded and checked as
/// local_time<D>.
template <detail::finer_than_days Duration>
struct codec<std::chrono::time_point<std::chrono::system_clock, Duration>> : codec<timestamptz> {
    using time = std::chrono::sys_time<Duration>;
    static void encode(const time& value, value_writer& writer) {
        codec<timestamptz>::encode(timestamptz(value), writer);
    }
    static time decode(const value_view& value) {
        return codec<timestamptz>::decode(value).template to_sys_time<Duration>();
    }
};

namespace detail {

/// Throws `value_error` if there are months or days, whose length isn't fixed.
std::int64_t decode_fixed_interval(const value_view& value);

} // namespace detail

/// std::chrono::duration ↔ interval; rounded as times are. A column with months or days is a `value_error`.
template <typename Rep, typename Period>
struct codec<std::chrono::duration<Rep, Period>> : codec<interval> {
    using duration = std::chrono::duration<Rep, Period>;
    static void encode(const duration& value, value_writer& writer) {
        codec<interval>::encode(interval{.microseconds = detail::from_duration(value, 0)}, writer);
    }
    static duration decode(const value_view& value) {
        return detail::to_duration<duration>(detail::decode_fixed_interval(value), 0);
    }
};

} // namespace coropq

#endif
