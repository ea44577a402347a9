// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Truth values, integers, floating-point numbers, decimals, money.

#include "types_support.hpp"

#include <coropq/types/multiprecision.hpp>

#include <array>
#include <bit>
#include <limits>

namespace {

using namespace coropq::test;
using coropq::decimal;

struct types_numbers : types_with_generators {
    template <typename Integer>
    void expect_integers(const std::string& type) {
        using limits = std::numeric_limits<Integer>;
        for (const Integer value : {limits::min(), limits::max(), Integer(0), Integer(1), Integer(-1)})
            if (std::in_range<std::int64_t>(value))
                expect_value(type, value, std::to_string(value));
        expect_sent(type, many([&] {
                        // A shift by less than the width: small numbers, too.
                        return static_cast<Integer>(static_cast<std::int64_t>(bits()) >>
                                                    (64 - 8 * sizeof(Integer) + below(8 * sizeof(Integer))));
                    }));
        expect_null<Integer>(type);
    }

    template <typename Float>
    Float any_float() {
        using pattern = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;
        switch (below(4)) {
        case 0: return std::bit_cast<Float>(static_cast<pattern>(bits()));
        case 1: return static_cast<Float>(static_cast<std::int64_t>(bits()) >> below(64));
        case 2: return static_cast<Float>(static_cast<double>(bits() >> 30U) * std::pow(10.0, double(below(60)) - 30));
        default: return static_cast<Float>(std::ldexp(below(2) == 0 ? 1.0 : -1.0, static_cast<int>(below(277)) - 149));
        }
    }

    template <typename Float>
    void expect_floats(const std::string& type) {
        using limits = std::numeric_limits<Float>;
        expect_value(type, Float(0), "0");
        expect_value(type, Float(-0.0), "-0");
        expect_value(type, Float(1.5), "1.5");
        expect_value(type, limits::infinity(), "Infinity");
        expect_value(type, -limits::infinity(), "-Infinity");
        expect_value(type, limits::quiet_NaN(), "NaN");
        expect_sent<Float>(type, {limits::lowest(), limits::max(), limits::min(), limits::denorm_min(),
                                  -limits::denorm_min(), limits::epsilon(), Float(0.1), Float(1) / Float(3)});
        expect_sent(type, many([&] { return any_float<Float>(); }, 4000));
        expect_null<Float>(type);
    }
};

TEST_F(types_numbers, bool_is_boolean) {
    expect_value("boolean", true, "t");
    expect_value("boolean", false, "f");
    expect_null<bool>("boolean");
    expect_generated<bool>("boolean", "select random() < 0.5 from generate_series(1, 3000)");
    for (const char* const other : {"1", "'t'::text", "'1'::bit", "1.0"})
        expect_refused<bool>(other, "this type can't be read as bool");
}

TEST_F(types_numbers, integers_of_every_width) {
    expect_integers<std::int8_t>("smallint");
    expect_integers<std::uint8_t>("smallint");
    expect_integers<short>("smallint");
    expect_integers<int>("integer");
    expect_integers<std::uint16_t>("integer");
    expect_integers<long>("bigint");
    expect_integers<long long>("bigint");
    expect_integers<unsigned>("bigint");
    expect_null<std::uint64_t>("bigint");
    // A literal's type, as the documentation says it.
    const auto types = execute("select pg_typeof($1)::text, pg_typeof($2)::text, pg_typeof($3)::text, "
                               "pg_typeof($4)::text, pg_typeof($5)::text, pg_typeof($6)::text",
                               std::int8_t(1), std::uint16_t(1), 1U, std::uint64_t(1), ~std::uint64_t(0), short(1));
    const std::vector<std::string> expected = {"smallint", "integer", "bigint", "bigint", "numeric", "smallint"};
    for (std::size_t i = 0; i != expected.size(); ++i)
        EXPECT_EQ(types[0][i].text(), expected[i]);
    for (const way how : all_ways)
        EXPECT_EQ(execute(how, coropq::statement("select $1::text", ~std::uint64_t(0)))[0][0].text(),
                  "18446744073709551615");
    expect_generated<std::int64_t>("bigint", "select pg_temp.any_bits() >> (n % 64) from generate_series(1, 3000) n");
}

TEST_F(types_numbers, integers_are_checked_across_widths) {
    for (const way how : all_ways) {
        const auto row = execute(how, coropq::statement("select 7::int2, 7::int4, 7::int8, 7::oid, 7::text::xid, "
                                                        "7::text::cid, -1::int8, 4294967295::oid"));
        for (const int column : {0, 1, 2, 3, 4, 5}) {
            EXPECT_EQ(row[0][column].as<std::int8_t>(), 7);
            EXPECT_EQ(row[0][column].as<std::uint64_t>(), 7U);
            EXPECT_EQ(row[0][column].as<short>(), 7);
        }
        EXPECT_EQ(row[0][6].as<int>(), -1);
        EXPECT_EQ(row[0][7].as<std::uint32_t>(), 4294967295U);
        EXPECT_EQ(row[0][7].as<std::int64_t>(), 4294967295);
    }
    constexpr const char* reason = "the value can't be read as";
    expect_refused<std::int8_t>("128::int2", reason);
    expect_refused<std::int8_t>("-129::int8", reason);
    expect_refused<std::uint8_t>("-1::int2", reason);
    expect_refused<std::uint8_t>("256::int4", reason);
    expect_refused<short>("32768::int4", reason);
    expect_refused<std::uint16_t>("65536", reason);
    expect_refused<int>("2147483648::int8", reason);
    expect_refused<int>("4294967295::oid", reason);
    expect_refused<unsigned>("-1", reason);
    expect_refused<std::uint64_t>("-1::int8", reason);
    expect_refused<std::vector<int>>("array[1, 2147483648]", reason);
    for (const char* const other : {"1.0", "1.0::float8", "'1'::text", "true", "'1'::xid8", "array[1]", "'{}'::json"})
        expect_refused<int>(other, "this type can't be read as int");
    // Too large for the parameter's place: the server's own error.
    EXPECT_THROW(execute("select $1::int2", 32768), coropq::server_error);
    EXPECT_THROW(execute("select $1::int8", ~std::uint64_t(0)), coropq::server_error);
    EXPECT_THROW(coropq::statement("select $1::numeric[]", std::vector<std::uint64_t>{1, ~std::uint64_t(0)}),
                 coropq::option_error);
}

TEST_F(types_numbers, floats) {
    expect_floats<float>("real");
    expect_floats<double>("double precision");
    expect_generated<double>(
        "double precision",
        "select pg_temp.any_bits() * 10.0::float8 ^ (n % 580 - 300) from generate_series(1, 3000) n");
    expect_generated<float>("real", "select (pg_temp.any_bits() * 10.0::float8 ^ (n % 36 - 40))::real "
                                    "from generate_series(1, 3000) n");
    for (const way how : all_ways) {
        const auto row = execute(how, coropq::statement("select 1.5::float4, 7::int2, -7::int4, 0.1::float4"));
        EXPECT_EQ(row[0][0].as<double>(), 1.5);
        EXPECT_EQ(row[0][1].as<double>(), 7);
        EXPECT_EQ(row[0][1].as<float>(), 7);
        EXPECT_EQ(row[0][2].as<double>(), -7);
        EXPECT_EQ(row[0][3].as<double>(), static_cast<double>(0.1F));
    }
    for (const char* const other : {"1::int8", "1.5", "'1.5'::text", "true"})
        expect_refused<double>(other, "this type can't be read as double");
    for (const char* const other : {"1::int4", "1.5::float8", "1.5"})
        expect_refused<float>(other, "this type can't be read as float");
}

TEST_F(types_numbers, decimals) {
    const std::string nines(131072, '9');
    const std::string small = "0." + std::string(16382, '0') + "1";
    for (const std::string& text :
         {std::string("0"), std::string("0.00"), std::string("1.50"), std::string("-1.50"), std::string("NaN"),
          std::string("Infinity"), std::string("-Infinity"), std::string("10000"), std::string("9999.9999"),
          std::string("0.0001"), std::string("0.00001"), std::string("100000000.00000000"),
          std::string("-123456789012345678901234567890.0123456789"), nines, "-" + nines, small, "-" + small,
          nines + "." + std::string(16382, '0') + "1"})
        expect_value("numeric", decimal::parse(text), text);
    expect_null<decimal>("numeric");
    expect_generated<decimal>("numeric", "select pg_temp.any_numeric(n) from generate_series(1, 6000) n", 6000);
    expect_sent("numeric", many([&] {
                    std::string text = below(2) == 0 ? "-" : "";
                    for (std::size_t i = below(30) + 1; i != 0; --i)
                        text += static_cast<char>('0' + below(3) * below(5));
                    text += below(3) == 0 ? "" : ".";
                    if (text.back() == '.')
                        for (std::size_t i = below(30) + 1; i != 0; --i)
                            text += static_cast<char>('0' + below(3) * below(5));
                    return decimal::parse(text);
                }));
    // The shown digits are kept, not only the value.
    for (const way how : all_ways) {
        const auto row =
            execute(how, coropq::statement("select 1.50, 7::int2, -8::int4, 9::int8, $1::numeric", decimal(0.1)));
        EXPECT_EQ(to_string(row[0][0].as<decimal>()), "1.50");
        EXPECT_EQ(row[0][1].as<decimal>(), decimal(7));
        EXPECT_EQ(row[0][2].as<decimal>(), decimal(-8));
        EXPECT_EQ(row[0][3].as<decimal>(), decimal(9));
        EXPECT_EQ(row[0][4].text(), "0.1");
    }
    for (const char* const other : {"1.5::float8", "1.5::float4", "'1.5'::text", "'1'::oid"})
        expect_refused<decimal>(other, "this type can't be read as coropq::decimal");
}

TEST_F(types_numbers, multiprecision) {
    using number = boost::multiprecision::cpp_dec_float_50;
    for (const char* const text : {"0", "1.5", "-123456789012345678901234567890.0123456789", "0.00001"})
        expect_value("numeric", number(text), text);
    expect_null<number>("numeric");
    for (const way how : all_ways) {
        const auto row = execute(how, coropq::statement("select 7::int2, -8::int4, 9::int8, 'NaN'::numeric, "
                                                        "'Infinity'::numeric"));
        EXPECT_EQ(row[0][0].as<number>(), 7);
        EXPECT_EQ(row[0][1].as<number>(), -8);
        EXPECT_EQ(row[0][2].as<number>(), 9);
        EXPECT_TRUE(isnan(row[0][3].as<number>()));
        EXPECT_TRUE(isinf(row[0][4].as<number>()));
    }
    expect_generated<number>("numeric", "select trim_scale((pg_temp.any_bits() >> (n % 60)) / 10.0 ^ (n % 20)) "
                                        "from generate_series(1, 3000) n");
}

TEST_F(types_numbers, money_in_every_way_of_writing) {
    reads_binary = has_literals = false; // how it is written is the server's affair
    using coropq::money;
    using limits = std::numeric_limits<std::int64_t>;
    expect_value("money", money{150}, "$1.50");
    expect_value("money", money{-5}, "-$0.05");
    expect_value("money", money{limits::max()}, "$92,233,720,368,547,758.07");
    expect_value("money", money{limits::min()}, "-$92,233,720,368,547,758.08");
    expect_null<money>("money");
    expect_sent("money", many([&] { return money{static_cast<std::int64_t>(bits()) >> below(64)}; }));
    EXPECT_THROW(execute(way::simple, coropq::statement("select $1", money{150})), coropq::option_error);
    for (const char* const other : {"1.5", "100"})
        expect_refused<money>(other, "this type can't be read as coropq::money");
}

} // namespace
