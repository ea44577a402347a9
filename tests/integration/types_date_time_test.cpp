// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Dates, times, timestamps, intervals, and the types of std::chrono.

#include "types_support.hpp"

#include <chrono>
#include <limits>
#include <utility>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
namespace chrono = std::chrono;
using chrono::microseconds;
using coropq::interval;
using coropq::time_of_day;
using coropq::time_of_day_tz;
using coropq::timestamp;
using coropq::timestamptz;

struct types_date_time : types_with_generators {
    std::int64_t between(std::int64_t first, std::int64_t last) {
        const auto from = static_cast<std::uint64_t>(first); // the distance may be more than an int64_t holds
        return static_cast<std::int64_t>(from + bits() % (static_cast<std::uint64_t>(last) - from));
    }

    template <typename Time>
    std::vector<Time> any_timestamps() {
        constexpr std::int64_t first = -211813488000000000;
        constexpr std::int64_t end = 9223371331200000000;
        return many([&] {
            switch (below(6)) {
            case 0: return Time::from_microseconds_since_2000(between(first, first + 1000000000000));
            case 1: return Time::from_microseconds_since_2000(end - 1 - between(0, 1000000000000));
            case 2: return Time::from_microseconds_since_2000(between(-100000, 100000) * 86400000000);
            case 3: return Time::from_microseconds_since_2000(between(first, -first));
            case 4: return below(2) == 0 ? Time::infinity() : Time::negative_infinity();
            default: return Time::from_microseconds_since_2000(between(first, end));
            }
        });
    }
};

TEST_F(types_date_time, dates) {
    using coropq::date;
    const auto day = [](int year, unsigned month, unsigned of_month) {
        return date(chrono::year_month_day(chrono::year(year), chrono::month(month), chrono::day(of_month)));
    };
    expect_value("date", day(2000, 1, 1), "2000-01-01");
    expect_value("date", day(2024, 2, 29), "2024-02-29");
    expect_value("date", day(1900, 2, 28), "1900-02-28");
    expect_value("date", day(1, 1, 1), "0001-01-01");
    expect_value("date", day(0, 12, 31), "0001-12-31 BC");
    expect_value("date", day(0, 2, 29), "0001-02-29 BC");
    expect_value("date", day(-4712, 1, 1), "4713-01-01 BC");
    expect_value("date", day(10000, 1, 1), "10000-01-01");
    expect_value("date", date::from_days_since_2000(-2451545), "4714-11-24 BC");
    expect_value("date", date::from_days_since_2000(2145031948), "5874897-12-31");
    expect_value("date", date::infinity(), "infinity");
    expect_value("date", date::negative_infinity(), "-infinity");
    expect_null<date>("date");
    expect_sent("date", many([&] {
                    switch (below(4)) {
                    case 0: return date::from_days_since_2000(static_cast<std::int32_t>(between(-2451545, -2450000)));
                    case 1: return date::from_days_since_2000(static_cast<std::int32_t>(between(-900000, 900000)));
                    default:
                        return date::from_days_since_2000(static_cast<std::int32_t>(between(-2451545, 2145031948)));
                    }
                }));
    expect_generated<date>("date", "select '0044-03-15 BC'::date + n * 250 from generate_series(1, 3000) n");
    for (const char* const other : {"now()", "localtimestamp", "'2000-01-01'::text", "1"})
        expect_refused<date>(other, "this type can't be read as coropq::date");
}

TEST_F(types_date_time, days_of_chrono) {
    using chrono::local_days, chrono::sys_days, chrono::year_month_day;
    const auto day = 2024y / chrono::February / 29;
    expect_value("date", day, "2024-02-29");
    expect_value("date", sys_days(day), "2024-02-29");
    expect_value("date", local_days(day), "2024-02-29");
    expect_value("date", year_month_day(0y / 12 / 31), "0001-12-31 BC");
    expect_value("date", year_month_day(32767y / 12 / 31), "32767-12-31");
    expect_null<year_month_day>("date");
    expect_null<sys_days>("date");
    expect_null<local_days>("date");
    expect_generated<sys_days>("date", "select '0044-03-15 BC'::date + n * 250 from generate_series(1, 3000) n");
    expect_generated<year_month_day>("date", "select '1890-01-01'::date + n * 25 from generate_series(1, 3000) n");
    expect_sent("date", many([&] { return local_days(chrono::days(between(-3000000, 3000000) / 2)); }));
    for (const char* const value : {"'infinity'::date", "'-infinity'::date"}) {
        expect_refused<sys_days>(value);
        expect_refused<year_month_day>(value);
    }
    expect_refused<year_month_day>("'32768-01-01'::date");
    EXPECT_THROW(coropq::statement("select $1", 2023y / 2 / 29), coropq::option_error);
    EXPECT_THROW(coropq::statement("select $1", sys_days(chrono::days(-3000000))), coropq::option_error);
}

TEST_F(types_date_time, times_of_day) {
    expect_value("time", time_of_day(), "00:00:00");
    expect_value("time", time_of_day(24h), "24:00:00");
    expect_value("time", time_of_day(24h - 1us), "23:59:59.999999");
    expect_value("time", time_of_day(4h + 5min + 6s + 700000us), "04:05:06.7");
    expect_null<time_of_day>("time");
    expect_sent("time", many([&] { return time_of_day(microseconds(between(0, 86400000000))); }));
    expect_generated<time_of_day>("time", "select '00:00:00.000001'::time + n * interval '28.791 s' "
                                          "from generate_series(1, 3000) n");
    using clock_time = chrono::hh_mm_ss<microseconds>;
    expect_value("time", clock_time(4h + 5min + 6s + 7us), "04:05:06.000007");
    expect_value("time", clock_time(24h), "24:00:00");
    expect_sent("time", many([&] { return clock_time(microseconds(between(0, 86400000000))); }));
    EXPECT_THROW(coropq::statement("select $1", clock_time(25h)), coropq::option_error);
    EXPECT_THROW(coropq::statement("select $1", clock_time(-1us)), coropq::option_error);
    expect_refused<time_of_day>("'1 hour'::interval", "this type can't be read as coropq::time_of_day");
    expect_refused<time_of_day>("'10:00+02'::timetz", "this type can't be read as coropq::time_of_day");
}

TEST_F(types_date_time, times_with_a_zone) {
    expect_value("timetz", time_of_day_tz(), "00:00:00+00");
    expect_value("timetz", time_of_day_tz(time_of_day(24h), -8h), "24:00:00-08");
    expect_value("timetz", time_of_day_tz(time_of_day(4h + 1us), 5h + 30min), "04:00:00.000001+05:30");
    expect_value("timetz", time_of_day_tz(time_of_day(4h), 15h + 59min + 59s), "04:00:00+15:59:59");
    expect_value("timetz", time_of_day_tz(time_of_day(4h), -15h - 59min - 59s), "04:00:00-15:59:59");
    expect_value("timetz", time_of_day_tz(time_of_day(4h), -30min), "04:00:00-00:30");
    expect_null<time_of_day_tz>("timetz");
    expect_sent("timetz", many([&] {
                    const auto unit = below(2) == 0 ? 900 : 1;
                    return time_of_day_tz(time_of_day(microseconds(between(0, 86400000000))),
                                          chrono::seconds(between(-57599, 57600) / unit * unit));
                }));
    expect_generated<time_of_day_tz>("timetz", "select ('12:00'::time + n * interval '28.791 s')::text::timetz at time "
                                               "zone (n % 1800 * interval '1 minute' - interval '15 hours') "
                                               "from generate_series(1, 3000) n");
}

TEST_F(types_date_time, timestamps) {
    expect_value("timestamp", timestamp(), "2000-01-01 00:00:00");
    expect_value("timestamp", timestamp::infinity(), "infinity");
    expect_value("timestamp", timestamp::negative_infinity(), "-infinity");
    expect_value("timestamp", timestamp::from_microseconds_since_2000(-211813488000000000), "4714-11-24 00:00:00 BC");
    expect_value("timestamp", timestamp::from_microseconds_since_2000(9223371331200000000 - 1),
                 "294276-12-31 23:59:59.999999");
    expect_value("timestamp", timestamp(chrono::local_days(0y / 12 / 31) + 24h - 1us), "0001-12-31 23:59:59.999999 BC");
    expect_value("timestamp", timestamp(chrono::local_days(2024y / 2 / 29) + 100ms), "2024-02-29 00:00:00.1");
    expect_null<timestamp>("timestamp");
    expect_sent("timestamp", any_timestamps<timestamp>());
    expect_generated<timestamp>("timestamp", "select '0044-03-15 BC'::timestamp + n * interval '250.123457 days' "
                                             "from generate_series(1, 3000) n");
    expect_refused<timestamp>("now()", "this type can't be read as coropq::timestamp");
    expect_refused<timestamp>("current_date", "this type can't be read as coropq::timestamp");
}

TEST_F(types_date_time, timestamps_in_time_zones) {
    expect_value("timestamptz", timestamptz(), "2000-01-01 00:00:00+00");
    expect_value("timestamptz", timestamptz::infinity(), "infinity");
    expect_value("timestamptz", timestamptz::negative_infinity(), "-infinity");
    expect_value("timestamptz", timestamptz::from_microseconds_since_2000(-211813488000000000),
                 "4714-11-24 00:00:00+00 BC");
    expect_null<timestamptz>("timestamptz");
    expect_sent("timestamptz", any_timestamps<timestamptz>());
    expect_generated<timestamptz>("timestamptz", "select '0044-03-15 BC'::timestamptz + n * interval '250.123457 days' "
                                                 "from generate_series(1, 3000) n");
    expect_refused<timestamptz>("localtimestamp", "this type can't be read as coropq::timestamptz");
    // The same points in time, however the server writes them.
    const auto times = any_timestamps<timestamptz>();
    for (const char* const zone : {"Asia/Kolkata", "America/St_Johns", "Europe/Amsterdam", "<+14:59>-14:59"}) {
        execute(std::string("set timezone = '") + zone + "'");
        for (const way how : all_ways)
            ASSERT_EQ(execute(how, coropq::statement("select unnest($1)", times)).scalars<timestamptz>(), times);
    }
}

TEST_F(types_date_time, time_points_of_chrono) {
    using chrono::local_days, chrono::local_time, chrono::sys_days, chrono::sys_time;
    const auto day = 2024y / 2 / 29;
    expect_value("timestamp", local_time<chrono::seconds>(local_days(day)), "2024-02-29 00:00:00");
    expect_value("timestamp", local_time<microseconds>(local_days(day) + 1us), "2024-02-29 00:00:00.000001");
    expect_value("timestamptz", sys_time<chrono::milliseconds>(sys_days(day) + 1ms), "2024-02-29 00:00:00.001+00");
    expect_value("timestamptz", chrono::system_clock::time_point(sys_days(day) + 12h), "2024-02-29 12:00:00+00");
    expect_value("timestamptz", sys_time<chrono::minutes>(sys_days(0y / 1 / 1)), "0001-01-01 00:00:00+00 BC");
    expect_value("timestamptz", sys_time<microseconds>(sys_days(-4712y / 1 / 1)), "4713-01-01 00:00:00+00 BC");
    expect_null<chrono::system_clock::time_point>("timestamptz");
    expect_null<local_time<microseconds>>("timestamp");
    expect_sent("timestamptz",
                many([&] { return sys_time<microseconds>(microseconds(between(-1LL << 57, 1LL << 57))); }));
    expect_sent("timestamp",
                many([&] { return local_time<chrono::seconds>(chrono::seconds(between(-1LL << 37, 1LL << 37))); }));
    // Finer than the server's: to the nearest, as it does.
    for (const auto& [nanoseconds, text] : {std::pair{1500, "1970-01-01 00:00:00.000002+00"},
                                            {2500, "1970-01-01 00:00:00.000002+00"},
                                            {-1500, "1969-12-31 23:59:59.999998+00"},
                                            {1499, "1970-01-01 00:00:00.000001+00"}}) {
        const auto time = sys_time<chrono::nanoseconds>(chrono::nanoseconds(nanoseconds));
        EXPECT_EQ(execute("select $1::text", time)[0][0].text(), text);
    }
    // What would be lost is an error.
    expect_refused<sys_time<chrono::seconds>>("'2024-02-29 00:00:00.5+00'::timestamptz");
    expect_refused<sys_time<chrono::hours>>("'2024-02-29 00:30+00'::timestamptz");
    expect_refused<sys_time<chrono::nanoseconds>>("'2300-01-01'::timestamptz");
    expect_refused<sys_time<microseconds>>("'infinity'::timestamptz");
    expect_refused<local_time<microseconds>>("'-infinity'::timestamp");
    expect_refused<sys_time<microseconds>>("localtimestamp", "this type can't be read as");
    EXPECT_THROW(coropq::statement("select $1", sys_time<chrono::hours>(chrono::hours(1LL << 40))),
                 coropq::option_error);
}

TEST_F(types_date_time, intervals) {
    using limits = std::numeric_limits<std::int64_t>;
    expect_value("interval", interval{}, "00:00:00");
    expect_value("interval", interval{14, -3, 14706007000}, "1 year 2 mons -3 days +04:05:06.007");
    expect_value("interval", interval{-1, 1, -1}, "-1 mons +1 day -00:00:00.000001");
    expect_value("interval", interval{0, 0, limits::max()}, "2562047788:00:54.775807");
    expect_null<interval>("interval");
    expect_sent<interval>("interval",
                          {{std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max(), 0},
                           {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::min(), 0},
                           {0, 0, limits::min() + 1},
                           {12, 0, 0},
                           {-12, 0, 0},
                           {13, 1, 0},
                           {0, 1, 86400000000}});
    expect_sent("interval", many([&] {
                    return interval{static_cast<std::int32_t>(bits()) >> below(32),
                                    static_cast<std::int32_t>(bits()) >> below(32),
                                    static_cast<std::int64_t>(bits()) >> below(64)};
                }));
    expect_generated<interval>("interval", "select make_interval(months => n % 99 - 50, days => n % 7 - 3, secs => "
                                           "pg_temp.any_bits() / 1e11) from generate_series(1, 3000) n");
    // However the server writes them.
    for (const char* const style : {"postgres", "postgres_verbose", "iso_8601"}) {
        execute(std::string("set intervalstyle = '") + style + "'");
        for (const way how : all_ways) {
            SCOPED_TRACE(style + name_of(how));
            EXPECT_EQ(execute(how, coropq::statement("select '-1 year -2 mons +3 days -04:05:06.7'::interval"))[0][0]
                          .as<interval>(),
                      (interval{-14, 3, -14706700000}));
        }
    }
}

TEST_F(types_date_time, intervals_in_the_style_of_the_standard_say_what_to_do) {
    // There, -1-2 +3 -4:05:06.7 can't be told from others.
    execute("set intervalstyle = sql_standard");
    const coropq::statement question("select '1 year 2 mons'::interval i");
    const auto got = execute(way::text, question);
    expect_error(coropq::errc::wrong_type, "set IntervalStyle to postgres",
                 [&] { static_cast<void>(got[0][0].as<interval>()); });
    EXPECT_EQ(got[0][0].text(), "1-2");
    EXPECT_EQ(execute(way::binary, question)[0][0].as<interval>(), (interval{14, 0, 0}));
}

TEST_F(types_date_time, durations) {
    expect_value("interval", 90min, "01:30:00");
    expect_value("interval", chrono::days(2), "48:00:00");
    expect_value("interval", -1us, "-00:00:00.000001");
    expect_value("interval", chrono::duration<double>(1.25), "00:00:01.25");
    expect_null<chrono::seconds>("interval");
    expect_sent("interval", many([&] { return microseconds(static_cast<std::int64_t>(bits()) >> (1 + below(63))); }));
    expect_refused<chrono::seconds>("'1 day'::interval");
    expect_refused<chrono::seconds>("'1 mon'::interval");
    expect_refused<chrono::seconds>("'0.5 s'::interval");
    expect_refused<chrono::nanoseconds>("'2562047788:00:00'::interval");
    EXPECT_THROW(coropq::statement("select $1", chrono::hours(1LL << 40)), coropq::option_error);
}

TEST_F(types_date_time, with_another_date_style_say_what_to_do) {
    execute("set datestyle = 'SQL, DMY'");
    const auto got = execute(way::text, coropq::statement("select '2024-02-29'::date d"));
    EXPECT_EQ(got[0][0].text(), "29/02/2024");
    expect_error(coropq::errc::wrong_type, "set DateStyle to ISO",
                 [&] { static_cast<void>(got[0][0].as<coropq::date>()); });
    EXPECT_EQ(execute(way::binary, coropq::statement("select '29/02/2024'::date"))[0][0].text(), "2024-02-29");
}

} // namespace
