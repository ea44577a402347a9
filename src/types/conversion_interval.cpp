// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// interval: microseconds, days and months, each with its own sign. Written as IntervalStyle postgres does; read in that
// style, in postgres_verbose and in iso_8601 (EncodeInterval in src/backend/utils/adt/datetime.c).

#include "types/conversion.hpp"

#include <limits>

namespace coropq::detail {

namespace {

using days_limits = std::numeric_limits<std::int32_t>;
using time_limits = std::numeric_limits<std::int64_t>;

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;

class interval_sum {
public:
    // Everything is negative where the text ends with "ago".
    explicit interval_sum(int sign) noexcept : sign_(sign) {}

    void add(std::int64_t count, std::string_view unit) {
        if (unit == "year" || unit == "years" || unit == "Y")
            add(months_, count, 12);
        else if (unit == "mon" || unit == "mons" || unit == "M")
            add(months_, count, 1);
        else if (unit == "day" || unit == "days" || unit == "D")
            add(days_, count, 1);
        else if (unit == "hour" || unit == "hours")
            add_time(count, hour);
        else if (unit == "min" || unit == "mins")
            add_time(count, minute);
        else
            throw_senseless_text();
    }
    void add_time(std::int64_t count, std::int64_t unit) { add(microseconds_, count, unit); }

    void write(std::string& binary) const {
        append_number(binary, microseconds_);
        append_number(binary, narrow(days_));
        append_number(binary, narrow(months_));
    }

private:
    void add(std::int64_t& sum, std::int64_t count, std::int64_t unit) const {
        std::int64_t product = 0;
        if (__builtin_mul_overflow(count, sign_ * unit, &product) || __builtin_add_overflow(sum, product, &sum))
            throw_text_out_of_range();
    }
    static std::int32_t narrow(std::int64_t number) {
        if (number < days_limits::min() || number > days_limits::max())
            throw_text_out_of_range();
        return static_cast<std::int32_t>(number);
    }

    std::int64_t months_ = 0;
    std::int64_t days_ = 0;
    std::int64_t microseconds_ = 0;
    int sign_;
};

[[noreturn]] void throw_other_style() {
    throw value_error("the server's interval isn't in a style that the library reads", "set IntervalStyle to postgres");
}

int read_sign(text_reader& reader) {
    if (reader.skip('-'))
        return -1;
    reader.skip('+');
    return 1;
}

// What follows the sign: no other sign.
std::int64_t read_count(text_reader& reader, int sign) {
    if (!is_digit(reader.peek()))
        throw_other_style();
    return sign * reader.read_number<std::int64_t>();
}

// 04:05:06.7 behind the hours
void read_clock(text_reader& reader, int sign, std::int64_t hours, interval_sum& sum) {
    sum.add_time(hours, hour);
    sum.add_time(sign * reader.read_two_digits(), minute);
    reader.expect(':');
    sum.add_time(sign * reader.read_two_digits(), second);
    sum.add_time(sign * reader.read_fraction(), 1);
}

std::string_view take_word(text_reader& reader) {
    const std::string_view rest = reader.rest();
    std::size_t size = 0;
    while (size != rest.size() && rest[size] >= 'a' && rest[size] <= 'z')
        ++size;
    return reader.take(size);
}

// 1 year 2 mons -3 days +04:05:06.7 and @ 1 year 2 mons 3 hours 5.6 secs
void read_words(text_reader& reader, interval_sum& sum) {
    do {
        const int sign = read_sign(reader);
        const std::int64_t count = read_count(reader, sign);
        if (reader.skip(':')) {
            read_clock(reader, sign, count, sum);
            continue;
        }
        const bool decimals = reader.peek() == '.';
        const std::int64_t microseconds = sign * reader.read_fraction();
        if (!decimals && reader.at_end() && count == 0) // @ 0
            return;
        const std::string_view unit = reader.skip(' ') ? take_word(reader) : std::string_view();
        if (unit.empty()) // as in sql_standard
            throw_other_style();
        if (unit == "sec" || unit == "secs") {
            sum.add_time(count, second);
            sum.add_time(microseconds, 1);
        } else if (decimals) {
            throw_senseless_text();
        } else {
            sum.add(count, unit);
        }
    } while (reader.skip(' '));
    reader.finish();
}

// 1Y2M-3DT4H5M6.7S behind the P
void read_iso(text_reader& reader, interval_sum& sum) {
    bool time = false;
    if (reader.at_end())
        throw_senseless_text();
    while (!reader.at_end()) {
        if (reader.skip('T')) {
            if (time || reader.at_end())
                throw_senseless_text();
            time = true;
        }
        const int sign = read_sign(reader);
        const std::int64_t count = read_count(reader, sign);
        const bool decimals = reader.peek() == '.';
        const std::int64_t microseconds = sign * reader.read_fraction();
        const std::string_view unit = reader.take(1);
        if (time && unit == "S") {
            sum.add_time(count, second);
            sum.add_time(microseconds, 1);
        } else if (decimals) {
            throw_senseless_text();
        } else if (time && unit == "H") {
            sum.add_time(count, hour);
        } else if (time && unit == "M") {
            sum.add_time(count, minute);
        } else if (!time) {
            sum.add(count, unit);
        } else {
            throw_senseless_text();
        }
    }
}

// Appends "3 days"; keeps in mind what stood in front: after a negative number, a positive one has a plus.
struct words {
    std::string& text;
    bool empty = true;
    bool negative = false;

    void append(std::int64_t count, std::string_view unit) {
        if (count == 0)
            return;
        if (!empty)
            text.push_back(' ');
        if (negative && count > 0)
            text.push_back('+');
        append_decimal(text, count);
        text.append(" ").append(unit);
        if (count != 1)
            text.push_back('s');
        negative = count < 0;
        empty = false;
    }
};

} // namespace

void interval_to_binary(std::string_view text, std::string& binary) {
    // Infinite ones, since PostgreSQL 17: the ends of all three.
    if (text == "infinity" || text == "-infinity") {
        const bool positive = text == "infinity";
        append_number(binary, positive ? time_limits::max() : time_limits::min());
        append_number(binary, positive ? days_limits::max() : days_limits::min());
        append_number(binary, positive ? days_limits::max() : days_limits::min());
        return;
    }
    if (text.starts_with('P')) {
        text_reader reader(text.substr(1));
        interval_sum sum(1);
        read_iso(reader, sum);
        return sum.write(binary);
    }
    constexpr std::string_view ago = " ago";
    const bool verbose = text.starts_with("@ ");
    if (verbose)
        text.remove_prefix(2);
    const bool past = verbose && text.ends_with(ago);
    if (past)
        text.remove_suffix(ago.size());
    text_reader reader(text);
    interval_sum sum(past ? -1 : 1);
    read_words(reader, sum);
    sum.write(binary);
}

void interval_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto time = reader.read<std::int64_t>();
    const auto days = reader.read<std::int32_t>();
    const auto months = reader.read<std::int32_t>();
    reader.finish();
    if (time == time_limits::max() && days == days_limits::max() && months == days_limits::max()) {
        text.append("infinity");
        return;
    }
    if (time == time_limits::min() && days == days_limits::min() && months == days_limits::min()) {
        text.append("-infinity");
        return;
    }
    words written{text};
    written.append(months / 12, "year");
    written.append(months % 12, "mon");
    written.append(days, "day");
    if (!written.empty && time == 0)
        return;
    if (!written.empty)
        text.push_back(' ');
    if (time < 0)
        text.push_back('-');
    else if (written.negative)
        text.push_back('+');
    const std::uint64_t size = time < 0 ? 0 - static_cast<std::uint64_t>(time) : static_cast<std::uint64_t>(time);
    append_padded(text, size / hour, 2);
    text.push_back(':');
    append_padded(text, size / minute % 60, 2);
    text.push_back(':');
    append_padded(text, size / second % 60, 2);
    append_fraction(text, size % second);
}

} // namespace coropq::detail
