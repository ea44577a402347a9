// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/decimal.hpp>
#include <coropq/types/multiprecision.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace codec_support;
using coropq::decimal;
namespace type_oid = coropq::type_oid;

decimal number(std::string_view text) { return decimal::parse(text); }

TEST(codec_decimal, writes_the_servers_bytes) {
    const std::pair<const char*, const char*> known[] = {
        {"1.50", "000200000000000200011388"},
        {"-12345678.000123", "000400014000000604d2162e000108fc"},
        {"0", "0000000000000000"},
        {"0.000", "0000000000000003"},
        {"-0.000", "0000000000000003"},
        {"1e20", "00010005000000000001"},
        {"1e-16", "0001fffc000000100001"},
        {"NaN", "00000000c0000000"},
        {"9999.9999", "0002000000000004270f270f"},
    };
    for (const auto& [text, bytes] : known) {
        EXPECT_EQ(hex(encoded(number(text))), bytes) << text;
        EXPECT_EQ(from_hex<decimal>(bytes, type_oid::numeric), number(text)) << text;
    }
    EXPECT_EQ(to_string(from_hex<decimal>("00000000d0000020", type_oid::numeric)), "Infinity");
    EXPECT_EQ(to_string(from_hex<decimal>("00000000f0000020", type_oid::numeric)), "-Infinity");
}

TEST(codec_decimal, text_goes_both_ways) {
    for (const char* text :
         {"0", "0.0", "1", "-1", "1.50", "-0.00001", "12345678901234567890.123456789012345678901234567890", "10000",
          "99999999", "0.0001", "0.00001", "NaN", "Infinity", "-Infinity", "100000000.00000001"}) {
        EXPECT_EQ(to_string(number(text)), text);
        EXPECT_EQ(from_text<decimal>(text, type_oid::numeric), number(text)) << text;
        expect_round_trip(number(text));
    }
    EXPECT_EQ(to_string(number(" +1.5e3\n")), "1500");
    EXPECT_EQ(to_string(number("1.5E-3")), "0.0015");
    EXPECT_EQ(to_string(number(".5")), "0.5");
    EXPECT_EQ(to_string(number("5.")), "5");
    EXPECT_EQ(to_string(number("-inf")), "-Infinity");
    EXPECT_EQ(to_string(number("0001.10")), "1.10");
}

TEST(codec_decimal, refuses_what_is_no_number) {
    for (const char* text :
         {"", " ", "-", ".", "e5", "1e", "1e+", "1.2.3", "1 2", "0x10", "1,5", "+nan", "infinit", "--1"})
        EXPECT_THROW(number(text), value_error) << text;
}

TEST(codec_decimal, holds_as_many_digits_as_the_server) {
    const std::string largest(131072, '9');
    const std::string finest = "0." + std::string(16382, '0') + "1";
    EXPECT_EQ(to_string(number(largest)), largest);
    EXPECT_EQ(to_string(number(finest)), finest);
    expect_round_trip(number(largest + "." + std::string(16383, '9')));
    expect_round_trip(number(finest));
    EXPECT_THROW(number(largest + "0"), value_error);
    EXPECT_THROW(number(finest + "1"), value_error);
    EXPECT_THROW(number("1e131072"), value_error);
    EXPECT_THROW(number("1e99999999999999999999"), value_error);
    EXPECT_THROW(number("1e-99999999999999999999"), value_error);
}

TEST(codec_decimal, scale_does_not_count_in_comparisons) {
    EXPECT_EQ(number("1.5"), number("1.500"));
    EXPECT_EQ(number("1.500").scale(), 3);
    EXPECT_EQ(std::hash<decimal>()(number("1.5")), std::hash<decimal>()(number("1.500")));
    EXPECT_EQ(number("0"), number("-0.00"));
    EXPECT_EQ(number("5"), 5);
}

TEST(codec_decimal, is_ordered_as_the_server_does) {
    const char* const ordered[] = {"-Infinity", "-10000.1", "-10000", "-1",  "-0.5", "-0.00005", "0",        "0.00005",
                                   "0.5",       "1",        "1.0001", "1.5", "9999", "10000",    "Infinity", "NaN"};
    for (std::size_t i = 0; i != std::size(ordered); ++i)
        for (std::size_t j = 0; j != std::size(ordered); ++j)
            EXPECT_EQ(number(ordered[i]) <=> number(ordered[j]), i <=> j) << ordered[i] << ' ' << ordered[j];
}

TEST(codec_decimal, integers) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t value : {least, least + 1, std::int64_t(-10000), std::int64_t(-1), std::int64_t(0),
                                     std::int64_t(9999), std::int64_t(10000), most}) {
        EXPECT_EQ(to_string(decimal(value)), std::to_string(value));
        EXPECT_EQ(decimal(value).to_int64(), value);
    }
    EXPECT_EQ(to_string(decimal(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
    EXPECT_EQ(number("7.000").to_int64(), 7);
    EXPECT_EQ(number("1e18").to_int64(), 1'000'000'000'000'000'000);
    for (const char* text :
         {"9223372036854775808", "-9223372036854775809", "1e19", "1e1000", "0.5", "10000.5", "NaN", "Infinity"})
        EXPECT_THROW(static_cast<void>(number(text).to_int64()), value_error) << text;
    EXPECT_EQ(from_hex<decimal>("8000", type_oid::int2), number("-32768"));
    EXPECT_EQ(from_hex<decimal>("00000007", type_oid::int4), number("7"));
    EXPECT_EQ(from_hex<decimal>("ffffffffffffffff", type_oid::int8), number("-1"));
}

TEST(codec_decimal, doubles) {
    EXPECT_EQ(to_string(decimal(0.1)), "0.1");
    EXPECT_EQ(to_string(decimal(0.1F)), "0.1");
    EXPECT_EQ(to_string(decimal(-1e22)), "-10000000000000000000000");
    EXPECT_TRUE(decimal(std::nan("")).is_nan());
    EXPECT_TRUE(decimal(-std::nan("")).is_nan());
    EXPECT_EQ(decimal(-HUGE_VAL), decimal::negative_infinity());
    for (const double value : {0.1, -2.5, 1e300, 5e-324, 1.7976931348623157e308})
        EXPECT_EQ(decimal(value).to_double(), value);
    EXPECT_EQ(number("1e-1000").to_double(), 0);
    EXPECT_TRUE(std::isnan(decimal::nan().to_double()));
    EXPECT_THROW(static_cast<void>(number("1e309").to_double()), value_error);
}

TEST(codec_decimal, digits_behind_the_scale_do_not_count) {
    // 1.23456789 with two digits behind the point, which the server never sends
    EXPECT_EQ(to_string(from_hex<decimal>("0003000000000002000109291a85", type_oid::numeric)), "1.23");
    EXPECT_EQ(from_hex<decimal>("0003000000000002000109291a85", type_oid::numeric), number("1.23"));
}

TEST(codec_decimal, any_bytes_are_a_value_or_an_error) {
    expect_total<decimal>(encoded(number("-12345678.000123")), type_oid::numeric);
    EXPECT_THROW(from_hex<decimal>("00010000000000002710", type_oid::numeric), value_error); // a digit of 10000
    EXPECT_THROW(from_hex<decimal>("00010000000080000001", type_oid::numeric), value_error); // a negative scale
    EXPECT_THROW(from_hex<decimal>("00010000123400000001", type_oid::numeric), value_error); // a sign there isn't
    EXPECT_THROW(from_hex<decimal>("ffff000000000000", type_oid::numeric), value_error);
}

TEST(codec_decimal, multiprecision) {
    using boost::multiprecision::cpp_dec_float_100;
    using boost::multiprecision::cpp_dec_float_50;
    for (const char* text :
         {"0", "1.5", "-0.1", "123456789012345678901234567890.123456789", "NaN", "-Infinity", "Infinity"})
        EXPECT_EQ(coropq::to_decimal(coropq::decimal_to<cpp_dec_float_50>(number(text))), number(text)) << text;
    const cpp_dec_float_100 third = cpp_dec_float_100(1) / 3;
    EXPECT_EQ(coropq::decimal_to<cpp_dec_float_100>(coropq::to_decimal(third)), third);
    EXPECT_EQ(coropq::to_decimal(cpp_dec_float_50("1e-60")), number("1e-60"));
    expect_round_trip(cpp_dec_float_50("-1234.5678"));
    EXPECT_EQ(codec<cpp_dec_float_50>::type(), coropq::type_reference(type_oid::numeric));
}

} // namespace
