// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// date, time, timetz, timestamp, timestamptz. Binary: days or microseconds since 2000-01-01 in the proleptic Gregorian
// calendar; time zones as seconds west of UTC. Text: DateStyle ISO.

#include "types/conversion.hpp"

#include <limits>

namespace coropq::detail {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t microseconds_per_day = 86'400 * microseconds_per_second;
// src/include/datatype/timestamp.h
constexpr std::int64_t first_day = -2451545;                      // 4714-11-24 BC
constexpr std::int64_t last_day = 2145031948;                     // 5874897-12-31
constexpr std::int64_t first_microsecond = -211813488000000000;   // 4714-11-24 BC
constexpr std::int64_t end_of_microseconds = 9223371331200000000; // 294277-01-01
constexpr std::int64_t end_of_days = 106751983;                   // the same
constexpr std::int32_t end_of_zones = 16 * 3600;

template <typename Integer>
constexpr Integer latest = std::numeric_limits<Integer>::max(); // infinity
template <typename Integer>
constexpr Integer earliest = std::numeric_limits<Integer>::min(); // -infinity

struct civil_day {
    std::int64_t year; // 0 is 1 BC
    unsigned month;
    unsigned day;
};

// Both after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin in March. Day
// 0 is 2000-01-01, 730425 days after 0000-03-01.
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 730425;
}

constexpr civil_day civil_from_days(std::int64_t days) {
    days += 730425;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const auto day_of_era = static_cast<unsigned>(days - era * 146097);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned shifted_month = (5 * day_of_year + 2) / 153;
    const unsigned day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month, day};
}

static_assert(days_from_civil(2000, 1, 1) == 0 && days_from_civil(294277, 1, 1) == end_of_days);
static_assert(days_from_civil(-4713, 11, 24) == first_day && civil_from_days(first_day).year == -4713);

unsigned days_in_month(std::int64_t year, unsigned month) {
    constexpr unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

// The year isn't final until the end of the text has shown whether it is one before Christ.
civil_day read_day(text_reader& reader) {
    const std::string_view rest = reader.rest();
    std::size_t digits = 0;
    while (digits != rest.size() && is_digit(rest[digits]))
        ++digits;
    if (digits < 4 || digits == rest.size() || rest[digits] != '-')
        throw value_error("the server's date isn't in ISO style", "set DateStyle to ISO");
    if (digits > 7)
        throw_text_out_of_range();
    const auto year = reader.read_number<std::int64_t>();
    reader.expect('-');
    const int month = reader.read_two_digits();
    reader.expect('-');
    const int day = reader.read_two_digits();
    if (year == 0 || month < 1 || month > 12 || day < 1)
        throw_senseless_text();
    return {year, static_cast<unsigned>(month), static_cast<unsigned>(day)};
}

std::int64_t finish_day(text_reader& reader, civil_day day) {
    if (reader.skip(" BC"))
        day.year = 1 - day.year;
    reader.finish();
    if (day.day > days_in_month(day.year, day.month))
        throw_senseless_text();
    return days_from_civil(day.year, day.month, day.day);
}

std::int64_t read_time(text_reader& reader) {
    const int hours = reader.read_two_digits();
    reader.expect(':');
    const int minutes = reader.read_two_digits();
    reader.expect(':');
    const int seconds = reader.read_two_digits();
    const std::int64_t time =
        (hours * 3600 + minutes * 60 + seconds) * microseconds_per_second + reader.read_fraction();
    if (minutes > 59 || seconds > 59 || time > microseconds_per_day)
        throw_senseless_text();
    return time;
}

// Seconds east of UTC.
std::int32_t read_zone(text_reader& reader) {
    const bool west = reader.skip('-');
    if (!west)
        reader.expect('+');
    std::int32_t zone = reader.read_two_digits() * 3600;
    if (reader.skip(':')) {
        const int minutes = reader.read_two_digits();
        const int seconds = reader.skip(':') ? reader.read_two_digits() : 0;
        if (minutes > 59 || seconds > 59)
            throw_senseless_text();
        zone += minutes * 60 + seconds;
    }
    if (zone >= end_of_zones)
        throw_senseless_text();
    return west ? -zone : zone;
}

void append_two_digits(std::string& text, std::uint64_t number) {
    text.push_back(static_cast<char>('0' + number / 10 % 10));
    text.push_back(static_cast<char>('0' + number % 10));
}

// Returns whether the year is one before Christ.
bool append_day(std::string& text, std::int64_t days) {
    const civil_day day = civil_from_days(days);
    append_padded(text, static_cast<std::uint64_t>(day.year > 0 ? day.year : 1 - day.year), 4);
    text.push_back('-');
    append_two_digits(text, day.month);
    text.push_back('-');
    append_two_digits(text, day.day);
    return day.year <= 0;
}

void append_time(std::string& text, std::int64_t microseconds) {
    const auto time = static_cast<std::uint64_t>(microseconds);
    const std::uint64_t seconds = time / microseconds_per_second;
    append_two_digits(text, seconds / 3600);
    text.push_back(':');
    append_two_digits(text, seconds / 60 % 60);
    text.push_back(':');
    append_two_digits(text, seconds % 60);
    append_fraction(text, time % microseconds_per_second);
}

void append_zone(std::string& text, std::int32_t east) {
    const auto zone = static_cast<std::uint64_t>(east < 0 ? -east : east);
    text.push_back(east < 0 ? '-' : '+');
    append_two_digits(text, zone / 3600);
    if (zone % 3600 != 0) {
        text.push_back(':');
        append_two_digits(text, zone / 60 % 60);
    }
    if (zone % 60 != 0) {
        text.push_back(':');
        append_two_digits(text, zone % 60);
    }
}

template <typename Integer>
bool infinite_to_binary(std::string_view text, std::string& binary) {
    if (text == "infinity")
        append_number(binary, latest<Integer>);
    else if (text == "-infinity")
        append_number(binary, earliest<Integer>);
    else
        return false;
    return true;
}

template <typename Integer>
bool infinite_to_text(Integer number, std::string& text) {
    if (number == latest<Integer>)
        text.append("infinity");
    else if (number == earliest<Integer>)
        text.append("-infinity");
    else
        return false;
    return true;
}

void instant_to_binary(std::string_view text, bool with_zone, std::string& binary) {
    if (infinite_to_binary<std::int64_t>(text, binary))
        return;
    text_reader reader(text);
    const civil_day day = read_day(reader);
    if (!reader.skip(' '))
        reader.expect('T');
    const std::int64_t time = read_time(reader);
    const std::int32_t zone = with_zone ? read_zone(reader) : 0;
    const std::int64_t days = finish_day(reader, day);
    if (days > end_of_days || days < first_day - 1) // one day more, because of the time zone; the product still fits
        throw_text_out_of_range();
    const std::int64_t instant = days * microseconds_per_day + time - zone * microseconds_per_second;
    if (instant < first_microsecond || instant >= end_of_microseconds)
        throw_text_out_of_range();
    append_number(binary, instant);
}

void instant_to_text(std::string_view binary, bool with_zone, std::string& text) {
    value_reader reader(binary);
    const auto instant = reader.read<std::int64_t>();
    reader.finish();
    if (infinite_to_text(instant, text))
        return;
    if (instant < first_microsecond || instant >= end_of_microseconds)
        throw_senseless_bytes();
    std::int64_t days = instant / microseconds_per_day;
    std::int64_t time = instant % microseconds_per_day;
    if (time < 0) {
        time += microseconds_per_day;
        --days;
    }
    const bool before_christ = append_day(text, days);
    text.push_back(' ');
    append_time(text, time);
    if (with_zone)
        text.append("+00");
    if (before_christ)
        text.append(" BC");
}

std::int64_t read_time_of_day(value_reader& reader) {
    const auto time = reader.read<std::int64_t>();
    if (time < 0 || time > microseconds_per_day)
        throw_senseless_bytes();
    return time;
}

} // namespace

void append_fraction(std::string& text, std::uint64_t microseconds) {
    if (microseconds == 0)
        return;
    text.push_back('.');
    append_padded(text, microseconds, 6);
    while (text.back() == '0')
        text.pop_back();
}

void date_to_binary(std::string_view text, std::string& binary) {
    if (infinite_to_binary<std::int32_t>(text, binary))
        return;
    text_reader reader(text);
    const civil_day day = read_day(reader);
    const std::int64_t days = finish_day(reader, day);
    if (days < first_day || days > last_day)
        throw_text_out_of_range();
    append_number(binary, static_cast<std::int32_t>(days));
}

void date_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto days = reader.read<std::int32_t>();
    reader.finish();
    if (infinite_to_text(days, text))
        return;
    if (days < first_day || days > last_day)
        throw_senseless_bytes();
    if (append_day(text, days))
        text.append(" BC");
}

void time_to_binary(std::string_view text, std::string& binary) {
    text_reader reader(text);
    const std::int64_t time = read_time(reader);
    reader.finish();
    append_number(binary, time);
}

void time_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const std::int64_t time = read_time_of_day(reader);
    reader.finish();
    append_time(text, time);
}

void timetz_to_binary(std::string_view text, std::string& binary) {
    text_reader reader(text);
    const std::int64_t time = read_time(reader);
    const std::int32_t east = read_zone(reader);
    reader.finish();
    append_number(binary, time);
    append_number(binary, -east);
}

void timetz_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const std::int64_t time = read_time_of_day(reader);
    const auto west = reader.read<std::int32_t>();
    reader.finish();
    if (west <= -end_of_zones || west >= end_of_zones)
        throw_senseless_bytes();
    append_time(text, time);
    append_zone(text, -west);
}

void timestamp_to_binary(std::string_view text, std::string& binary) { instant_to_binary(text, false, binary); }
void timestamp_to_text(std::string_view binary, std::string& text) { instant_to_text(binary, false, text); }
void timestamptz_to_binary(std::string_view text, std::string& binary) { instant_to_binary(text, true, binary); }
void timestamptz_to_text(std::string_view binary, std::string& text) { instant_to_text(binary, true, text); }

} // namespace coropq::detail
