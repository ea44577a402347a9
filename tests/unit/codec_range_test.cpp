// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/array.hpp>
#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/range.hpp>
#include <coropq/types/scalar_codecs.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace codec_support;
using coropq::decimal;
using coropq::multirange;
using coropq::range;
using coropq::type_reference;
using numbers = range<int>;
namespace type_oid = coropq::type_oid;

TEST(codec_range, writes_the_servers_bytes) {
    const std::pair<numbers, const char*> known[] = {
        {numbers(1, 5), "0200000004000000010000000400000005"},
        {numbers(), "01"},
        {numbers::less_than(5), "080000000400000005"},
        {numbers::all(), "18"},
    };
    for (const auto& [value, bytes] : known) {
        EXPECT_EQ(hex(encoded(value)), bytes);
        EXPECT_EQ(from_hex<numbers>(bytes, type_oid::int4range), value) << bytes;
    }
    const char* const two =
        "00000002000000110200000004000000010000000400000005000000110200000004000000070000000400000009";
    const multirange<int> both{{numbers(1, 5), numbers(7, 9)}};
    EXPECT_EQ(hex(encoded(both)), two);
    EXPECT_EQ(from_hex<multirange<int>>(two, type_oid::int4multirange), both);
    EXPECT_EQ(from_text<multirange<int>>("{[1,5),[7,9)}", type_oid::int4multirange), both);
    EXPECT_EQ(to_string(both), "{[1,5),[7,9)}");
}

TEST(codec_range, types) {
    using std::chrono::sys_days;
    using std::chrono::system_clock;
    EXPECT_EQ(codec<range<std::int64_t>>::type(), type_reference(type_oid::int8range));
    EXPECT_EQ(codec<range<decimal>>::type(), type_reference(type_oid::numrange));
    EXPECT_EQ(codec<range<sys_days>>::type(), type_reference(type_oid::daterange));
    EXPECT_EQ(codec<range<coropq::timestamp>>::type(), type_reference(type_oid::tsrange));
    EXPECT_EQ(codec<range<system_clock::time_point>>::type(), type_reference(type_oid::tstzrange));
    EXPECT_EQ(codec<multirange<coropq::date>>::type(), type_reference(type_oid::datemultirange));
    EXPECT_EQ(codec<std::vector<numbers>>::type(), type_reference(3905));
    EXPECT_TRUE(codec<range<double>>::type().is_untyped());
    const auto& types = type_catalog::built_in();
    EXPECT_TRUE(codec<range<std::int64_t>>::accepts(type_oid::int4range, types));
    EXPECT_FALSE(codec<range<std::int64_t>>::accepts(type_oid::daterange, types));
    EXPECT_FALSE(codec<range<std::int64_t>>::accepts(type_oid::int4multirange, types));
    EXPECT_FALSE(codec<multirange<int>>::accepts(type_oid::int4range, types));
    EXPECT_TRUE(codec<multirange<int>>::accepts(type_oid::int4multirange, types));
    static_assert(!coropq::detail::decodable<range<void*>>);
}

TEST(codec_range, text) {
    using strings = range<std::string>;
    EXPECT_EQ(encoded(strings("a", "b\"\\")), R"([a,"b""\\"))");
    EXPECT_EQ(encoded(strings()), "empty");
    EXPECT_EQ(encoded(strings::greater_than("")), R"(("",))");
    EXPECT_EQ(encoded(multirange<std::string>{{strings(), strings::at_most("x")}}), "{empty,(,x]}");
    EXPECT_EQ(encoded(range<double>::closed(1.5, 2)), "[1.5,2]");
    EXPECT_EQ(from_text<range<decimal>>("[1.50,)", type_oid::numrange),
              range<decimal>::at_least(decimal::parse("1.5")));
    EXPECT_EQ(to_string(numbers(1, 5)), "[1,5)");
    EXPECT_EQ(to_string(range<coropq::date>::less_than(coropq::date())), "(,2000-01-01)");
}

TEST(codec_range, contains) {
    EXPECT_TRUE(numbers(1, 5).contains(1));
    EXPECT_FALSE(numbers(1, 5).contains(5));
    EXPECT_TRUE(numbers::closed(1, 5).contains(5));
    EXPECT_FALSE(numbers::open(1, 5).contains(1));
    EXPECT_FALSE(numbers::closed(1, 5).contains(6));
    EXPECT_TRUE(numbers::all().contains(7));
    EXPECT_FALSE(numbers().contains(7));
    EXPECT_TRUE(numbers::greater_than(1).contains(2));
    EXPECT_FALSE(numbers::greater_than(1).contains(1));
}

TEST(codec_range, bounds) {
    EXPECT_TRUE(numbers(1, 1).is_empty());
    EXPECT_FALSE(numbers::closed(1, 1).is_empty());
    EXPECT_THROW(numbers(2, 1), value_error);
    EXPECT_FALSE(numbers(std::nullopt, 5, true, true).lower_inclusive()); // nothing there to include
    EXPECT_EQ(numbers(1, 5), numbers(1, 5, true, false));
    EXPECT_NE(numbers(1, 5), numbers::closed(1, 5));
    // The server's order isn't that of C++: text has collations.
    EXPECT_NO_THROW(from_hex<numbers>("0200000004000000050000000400000001", type_oid::int4range));
}

TEST(codec_range, round_trips) {
    expect_round_trip(range<decimal>(decimal(1), decimal::infinity()));
    expect_round_trip(range<std::chrono::sys_days>::at_least(std::chrono::sys_days()));
    expect_round_trip(std::vector<numbers>{numbers(), numbers(1, 5), numbers::all()});
    expect_round_trip(multirange<coropq::timestamptz>());
}

TEST(codec_range, any_bytes_are_a_value_or_an_error) {
    expect_total<numbers>(encoded(numbers(1, 5)), type_oid::int4range);
    expect_total<range<decimal>>(encoded(range<decimal>(decimal(1), decimal(2))), type_oid::numrange);
    expect_total<multirange<int>>(encoded(multirange<int>{{numbers(1, 5), numbers(7, 9)}}), type_oid::int4multirange);
    EXPECT_THROW(from_hex<numbers>("02ffffffff0000000400000005", type_oid::int4range), value_error);
    EXPECT_THROW(from_hex<multirange<int>>("7fffffff", type_oid::int4multirange), value_error);
    EXPECT_THROW(from_hex<numbers>("0100", type_oid::int4range), value_error);
}

} // namespace
