// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/date_time.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace codec_support;
using namespace std::chrono_literals;
using coropq::date;
using coropq::interval;
using coropq::time_of_day;
using coropq::time_of_day_tz;
using coropq::timestamp;
using coropq::timestamptz;
using std::chrono::local_days;
using std::chrono::local_time;
using std::chrono::microseconds;
using std::chrono::sys_days;
using std::chrono::sys_time;
using std::chrono::year_month_day;
namespace chrono = std::chrono;
namespace type_oid = coropq::type_oid;

constexpr year_month_day leap_day = chrono::year(2024) / 2 / 29;
constexpr year_month_day first_year = chrono::year(-4712) / 1 / 1; // 4713 BC

TEST(codec_date_time, dates) {
    EXPECT_EQ(hex(encoded(date(leap_day))), "00002279");
    EXPECT_EQ(hex(encoded(date(first_year))), "ffda97cd");
    EXPECT_EQ(hex(encoded(date::infinity())), "7fffffff");
    EXPECT_EQ(hex(encoded(date::negative_infinity())), "80000000");
    EXPECT_EQ(from_hex<date>("00002279", type_oid::date), date(leap_day));
    EXPECT_EQ(from_hex<year_month_day>("ffda97cd", type_oid::date), first_year);
    EXPECT_EQ(from_hex<sys_days>("00002279", type_oid::date), sys_days(leap_day));
    EXPECT_EQ(from_hex<local_days>("00002279", type_oid::date), local_days(leap_day));
    EXPECT_EQ(from_text<date>("2024-02-29", type_oid::date), date(leap_day));
    EXPECT_EQ(from_text<date>("4713-01-01 BC", type_oid::date), date(first_year));
    EXPECT_EQ(to_string(date(first_year)), "4713-01-01 BC");
    EXPECT_EQ(to_string(from_hex<date>("7fda970c", type_oid::date)), "5874897-12-31");
    EXPECT_EQ(to_string(date::negative_infinity()), "-infinity");
    expect_round_trip(leap_day);
    expect_round_trip(sys_days(leap_day));
    expect_round_trip(local_days(leap_day));
    expect_round_trip(date::infinity());
    EXPECT_LT(date::negative_infinity(), date());
    EXPECT_LT(date(), date::infinity());
}

TEST(codec_date_time, dates_that_do_not_fit) {
    EXPECT_THROW(date(chrono::year(2023) / 2 / 29), value_error);
    EXPECT_THROW(date(sys_days(chrono::year(-4800) / 1 / 1)), value_error);
    EXPECT_THROW(date{sys_days(chrono::days(std::numeric_limits<std::int32_t>::max()))}, value_error);
    EXPECT_THROW(from_hex<date>("7ffffffe", type_oid::date), value_error);
    EXPECT_THROW(from_hex<date>("80000001", type_oid::date), value_error);
    EXPECT_THROW(from_hex<sys_days>("7fffffff", type_oid::date), value_error);
    EXPECT_THROW(from_hex<year_month_day>("7fda970c", type_oid::date), value_error); // beyond std::chrono::year
    EXPECT_NO_THROW(from_hex<sys_days>("7fda970c", type_oid::date));
}

TEST(codec_date_time, times_of_the_day) {
    const time_of_day noon(12h + 34min + 56s + 789012us);
    EXPECT_EQ(hex(encoded(noon)), "0000000a8be62614");
    EXPECT_EQ(hex(encoded(time_of_day(24h))), "000000141dd76000");
    EXPECT_EQ(from_hex<time_of_day>("000000141dd76000", type_oid::time), time_of_day(24h));
    EXPECT_EQ(from_text<time_of_day>("12:34:56.789012", type_oid::time), noon);
    EXPECT_EQ(to_string(noon), "12:34:56.789012");
    EXPECT_EQ(to_string(time_of_day(24h)), "24:00:00");
    const chrono::hh_mm_ss<microseconds> read =
        from_hex<chrono::hh_mm_ss<microseconds>>("0000000a8be62614", type_oid::time);
    EXPECT_EQ(read.to_duration(), noon.since_midnight());
    EXPECT_EQ(encoded(read), encoded(noon));
    EXPECT_THROW(time_of_day(-1us), value_error);
    EXPECT_THROW(time_of_day(24h + 1us), value_error);
    EXPECT_THROW(from_hex<time_of_day>("000000141dd76001", type_oid::time), value_error);
}

TEST(codec_date_time, times_of_the_day_somewhere) {
    const time_of_day_tz india(time_of_day(12h + 500ms), 5h + 30min);
    EXPECT_EQ(hex(encoded(india)), "0000000a0ef35120ffffb2a8");
    EXPECT_EQ(from_hex<time_of_day_tz>("0000000a0ef35120ffffb2a8", type_oid::timetz), india);
    EXPECT_EQ(from_text<time_of_day_tz>("12:00:00.5+05:30", type_oid::timetz), india);
    EXPECT_EQ(to_string(india), "12:00:00.5+05:30");
    EXPECT_THROW(time_of_day_tz({}, 16h), value_error);
    EXPECT_THROW(from_hex<time_of_day_tz>("000000000000000080000000", type_oid::timetz), value_error);
    // By the moment in UTC, then from east to west.
    EXPECT_LT(time_of_day_tz(time_of_day(13h), 1h), time_of_day_tz(time_of_day(12h), 0h));
    EXPECT_LT(time_of_day_tz(time_of_day(13h), 2h), time_of_day_tz(time_of_day(12h), 0h));
    EXPECT_EQ(time_of_day_tz(time_of_day(13h), 1h) <=> time_of_day_tz(time_of_day(12h), 0h),
              std::strong_ordering::less);
}

TEST(codec_date_time, timestamps) {
    const local_time<microseconds> before = local_days(chrono::year(2000) / 1 / 1) - 1us;
    EXPECT_EQ(hex(encoded(timestamp(before))), "ffffffffffffffff");
    EXPECT_EQ(from_hex<timestamp>("ffffffffffffffff", type_oid::timestamp), timestamp(before));
    EXPECT_EQ(to_string(timestamp(before)), "1999-12-31 23:59:59.999999");
    EXPECT_EQ(to_string(from_hex<timestamp>("7fffff5bb3b29fff", type_oid::timestamp)), "294276-12-31 23:59:59.999999");
    EXPECT_EQ(to_string(from_hex<timestamp>("fd0f7fbdaf17e000", type_oid::timestamp)), "4713-01-01 00:00:00 BC");
    EXPECT_EQ(from_hex<timestamp>("7fffffffffffffff", type_oid::timestamp), timestamp::infinity());
    EXPECT_EQ(from_text<timestamp>("-infinity", type_oid::timestamp), timestamp::negative_infinity());
    EXPECT_THROW(from_hex<timestamp>("7fffff5bb3b2a000", type_oid::timestamp), value_error);
    EXPECT_THROW(from_hex<local_time<microseconds>>("7fffffffffffffff", type_oid::timestamp), value_error);
    // Microseconds since 1970 end 30 years before PostgreSQL's do.
    EXPECT_THROW(from_hex<local_time<microseconds>>("7fffff5bb3b29fff", type_oid::timestamp), value_error);
    expect_round_trip(before);
    expect_round_trip(timestamp::infinity());

    const sys_time<chrono::seconds> noon = sys_days(leap_day) + 12h;
    EXPECT_EQ(hex(encoded(noon)), "0002b582c4781000");
    EXPECT_EQ(from_hex<sys_time<chrono::seconds>>("0002b582c4781000", type_oid::timestamptz), noon);
    EXPECT_EQ(from_text<timestamptz>("2024-02-29 14:00:00+02", type_oid::timestamptz), timestamptz(noon));
    EXPECT_EQ(to_string(timestamptz(noon)), "2024-02-29 12:00:00+00");
    EXPECT_EQ(codec<chrono::system_clock::time_point>::type(), coropq::type_reference(type_oid::timestamptz));
    expect_round_trip(noon);
    expect_round_trip(chrono::sys_time<chrono::duration<double>>(chrono::duration<double>(1.5)));
}

TEST(codec_date_time, nothing_is_lost_unnoticed) {
    using nanoseconds = sys_time<chrono::nanoseconds>;
    const auto rounded = [](chrono::nanoseconds time) {
        return timestamptz(nanoseconds(time)).to_sys_time().time_since_epoch();
    };
    EXPECT_EQ(rounded(1499ns), 1us);
    EXPECT_EQ(rounded(1501ns), 2us);
    EXPECT_EQ(rounded(1500ns), 2us); // halves to the even one
    EXPECT_EQ(rounded(2500ns), 2us);
    EXPECT_EQ(rounded(-1500ns), -2us);
    EXPECT_EQ(rounded(-2500ns), -2us);
    const timestamptz fraction(sys_time<microseconds>(1500ms));
    EXPECT_EQ(fraction.to_sys_time<chrono::milliseconds>().time_since_epoch(), 1500ms);
    EXPECT_THROW(static_cast<void>(fraction.to_sys_time<chrono::seconds>()), value_error);
    EXPECT_DOUBLE_EQ(fraction.to_sys_time<chrono::duration<double>>().time_since_epoch().count(), 1.5);
    // Nanoseconds reach from 1677 to 2262.
    const timestamptz late(sys_days(chrono::year(2300) / 1 / 1) + 0s);
    EXPECT_THROW(static_cast<void>(late.to_sys_time<chrono::nanoseconds>()), value_error);
    EXPECT_NO_THROW(static_cast<void>(late.to_sys_time<chrono::microseconds>()));
    EXPECT_THROW(timestamptz(sys_time<chrono::seconds>(chrono::seconds::max())), value_error);
    EXPECT_THROW(timestamptz(sys_time<chrono::seconds>(chrono::seconds::min())), value_error);
    EXPECT_THROW(timestamptz(sys_time<chrono::duration<double>>(chrono::duration<double>(1e300))), value_error);
    using weeks = chrono::duration<std::int8_t, chrono::weeks::period>;
    EXPECT_THROW(static_cast<void>(late.to_sys_time<weeks>()), value_error);
}

TEST(codec_date_time, intervals) {
    const interval mixed{.months = 14, .days = -3, .microseconds = (4h + 5min + 6s + 789ms) / 1us};
    EXPECT_EQ(hex(encoded(mixed)), "000000036c97ca88fffffffd0000000e");
    EXPECT_EQ(from_hex<interval>("000000036c97ca88fffffffd0000000e", type_oid::interval), mixed);
    EXPECT_EQ(from_text<interval>("1 year 2 mons -3 days +04:05:06.789", type_oid::interval), mixed);
    EXPECT_EQ(to_string(mixed), "1 year 2 mons -3 days +04:05:06.789");
    EXPECT_NE(interval{.days = 1}, interval{.microseconds = 24h / 1us});
    expect_round_trip(90min);
    expect_round_trip(-1us);
    expect_round_trip(chrono::duration<double>(0.25));
    EXPECT_EQ(encoded(90min), encoded(interval{.microseconds = 5'400'000'000}));
    EXPECT_EQ(encoded(chrono::nanoseconds(2500)), encoded(interval{.microseconds = 2}));
    EXPECT_THROW(decoded<chrono::seconds>(encoded(mixed), type_oid::interval), value_error);
    EXPECT_THROW(decoded<chrono::seconds>(encoded(interval{.days = 1}), type_oid::interval), value_error);
    EXPECT_THROW(decoded<chrono::seconds>(encoded(500ms), type_oid::interval), value_error);
    EXPECT_THROW(encoded(chrono::hours(std::numeric_limits<std::int64_t>::max() / 3600)), value_error);
    EXPECT_EQ(decoded<chrono::milliseconds>(encoded(500ms), type_oid::interval), 500ms);
}

TEST(codec_date_time, any_bytes_are_a_value_or_an_error) {
    expect_total<date>(encoded(date(leap_day)), type_oid::date);
    expect_total<year_month_day>(encoded(leap_day), type_oid::date);
    expect_total<time_of_day>(encoded(time_of_day(1h)), type_oid::time);
    expect_total<time_of_day_tz>(encoded(time_of_day_tz(time_of_day(1h), 1h)), type_oid::timetz);
    expect_total<timestamp>(encoded(timestamp()), type_oid::timestamp);
    expect_total<sys_time<chrono::nanoseconds>>(encoded(timestamptz()), type_oid::timestamptz);
    expect_total<sys_time<chrono::duration<double>>>(encoded(timestamptz()), type_oid::timestamptz);
    expect_total<interval>(encoded(interval{}), type_oid::interval);
    expect_total<chrono::nanoseconds>(encoded(interval{}), type_oid::interval);
}

} // namespace
