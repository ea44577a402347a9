// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The conversion between the server's text and binary forms against the server's own: the same values, thousands of
// each type, are fetched in both forms, and each must be what the library makes of the other.

#include "type_text_queries.hpp"
#include "type_text_support.hpp"

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
namespace type_oid = coropq::type_oid;

constexpr std::size_t thousands = 4000;

void compare(const coropq::type_catalog& types, const std::vector<both_forms>& values, std::size_t least) {
    EXPECT_GE(values.size(), least);
    for (const both_forms& value : values) {
        ASSERT_TRUE(types.is_binary(value.type)) << types.name_of(value.type);
        std::string text, binary;
        ASSERT_NO_THROW(coropq::detail::binary_to_text(types, value.type, value.binary, text)) << value.text;
        ASSERT_EQ(text, value.text);
        ASSERT_NO_THROW(coropq::detail::text_to_binary(types, value.type, value.text, binary)) << value.text;
        ASSERT_EQ(to_hex(binary), to_hex(value.binary)) << value.text;
    }
}

// --- values made by the server ---

struct made_by_server : testing::TestWithParam<from_sql> {};

TEST_P(made_by_server, is_the_same_in_both_forms) {
    type_session session;
    session.execute("select setseed(0.25)");
    compare(*session.types(), session.fetch(GetParam().sql), GetParam().least);
}

INSTANTIATE_TEST_SUITE_P(all, made_by_server, testing::ValuesIn(type_queries().begin(), type_queries().end()),
                         [](const auto& which) { return std::string(which.param.name); });

// --- values made here, sent in binary form ---

using random_bytes = std::string (*)(random_source&);

struct from_bytes {
    const char* name;
    std::uint32_t type;
    random_bytes make;
    friend std::ostream& operator<<(std::ostream& out, const from_bytes& which) { return out << which.name; }
};

struct made_here : testing::TestWithParam<from_bytes> {};

TEST_P(made_here, is_the_same_in_both_forms) {
    type_session session;
    random_source random(20);
    std::vector<std::string> values;
    for (std::size_t i = 0; i != thousands; ++i)
        values.push_back(GetParam().make(random));
    compare(*session.types(), session.fetch_sent(GetParam().type, values), thousands);
}

template <typename Float>
std::string any_float(random_source& random) {
    using bits = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;
    for (;;) {
        Float number = 0;
        switch (random.below(5)) {
        case 0: number = std::bit_cast<Float>(static_cast<bits>(random.bits())); break;
        case 1: number = static_cast<Float>(random.bits() >> random.below(64)); break;
        // decimal digits: shortest forms, and numbers between two neighbours
        case 2:
            number = static_cast<Float>(static_cast<double>(random.bits() >> (20 + random.below(40))) *
                                        std::pow(10.0, random.between(-30, 30)));
            break;
        case 3: number = static_cast<Float>(std::pow(10.0, random.between(-40, 38))); break;
        default: number = static_cast<Float>(std::ldexp(1.0, random.between(-149, 127))); break;
        }
        if (random.below(2) == 0)
            number = -number;
        if (!std::isnan(number)) // the sign and the payload are lost in text
            return big_endian(std::bit_cast<bits>(number));
    }
}

std::string any_timestamp(random_source& random) {
    constexpr std::int64_t first = -211813488000000000, end = 9223371331200000000;
    switch (random.below(8)) {
    case 0: return big_endian(std::numeric_limits<std::int64_t>::max());
    case 1: return big_endian(std::numeric_limits<std::int64_t>::min());
    case 2: return big_endian(first + random.between(0, 1000));
    case 3: return big_endian(end - 1 - random.between(0, 1000));
    case 4: return big_endian(random.between(-1000, 1000) * std::int64_t(1'000'000) * 86'400);
    case 5: return big_endian(first + static_cast<std::int64_t>(random.bits() % 400'000'000'000'000'000));
    default: return big_endian(static_cast<std::int64_t>(random.bits() % static_cast<std::uint64_t>(end)));
    }
}

std::string any_time(random_source& random) {
    constexpr std::int64_t day = 86'400'000'000;
    if (random.below(9) == 0)
        return big_endian(random.below(2) == 0 ? day : std::int64_t(0));
    const std::int64_t unit = random.below(2) == 0 ? 1'000'000 : 1;
    return big_endian(static_cast<std::int64_t>(random.bits() % 86'400'000'000) / unit * unit);
}

std::string any_date(random_source& random) {
    switch (random.below(6)) {
    case 0: return big_endian(std::numeric_limits<std::int32_t>::max());
    case 1: return big_endian(std::numeric_limits<std::int32_t>::min());
    case 2: return big_endian(std::int32_t(-2451545) + random.between(0, 500));
    case 3: return big_endian(std::int32_t(2145031948) - random.between(0, 500)); // 5874897-12-31
    case 4: return big_endian(random.between(-1'000'000, 1'000'000));
    default: return big_endian(random.between(-2451545, 2145031948));
    }
}

std::string any_interval(random_source& random) {
    const auto number = [&](std::uint32_t bits) {
        const auto any = static_cast<std::int64_t>(random.bits());
        return random.below(3) == 0 ? 0 : any >> (64 - bits + random.below(bits));
    };
    std::int64_t time = number(64);
    if (random.below(3) == 0)
        time = time / 1'000'000 * 1'000'000;
    if (random.below(20) == 0)
        time =
            random.below(2) == 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
    return big_endian(time) + big_endian(static_cast<std::int32_t>(number(32))) +
           big_endian(static_cast<std::int32_t>(number(32)));
}

template <std::size_t Size>
std::string any_of_size(random_source& random) {
    return random.bytes(Size);
}
template <std::size_t Count>
std::string any_floats(random_source& random) {
    std::string floats;
    for (std::size_t i = 0; i != Count; ++i)
        floats += any_float<double>(random);
    return floats;
}

const from_bytes generators[] = {
    {"real", type_oid::float4, any_float<float>},
    {"double", type_oid::float8, any_float<double>},
    {"oid", type_oid::oid, any_of_size<4>},
    {"xid", type_oid::xid, any_of_size<4>},
    {"cid", type_oid::cid, any_of_size<4>},
    {"xid8", type_oid::xid8, any_of_size<8>},
    {"tid", type_oid::tid, any_of_size<6>},
    {"uuid", type_oid::uuid, any_of_size<16>},
    {"macaddr", type_oid::macaddr, any_of_size<6>},
    {"macaddr8", type_oid::macaddr8, any_of_size<8>},
    {"pg_lsn", type_oid::pg_lsn, any_of_size<8>},
    {"date", type_oid::date, any_date},
    {"time", type_oid::time, any_time},
    {"timetz", type_oid::timetz,
     [](random_source& random) {
         const int unit = random.below(2) == 0 ? 900 : 1;
         return any_time(random) + big_endian(std::int32_t(random.between(-57'599, 57'599) / unit * unit));
     }},
    {"timestamp", type_oid::timestamp, any_timestamp},
    {"timestamptz", type_oid::timestamptz, any_timestamp},
    {"interval", type_oid::interval, any_interval},
    {"point", type_oid::point, any_floats<2>},
    {"lseg", type_oid::lseg, any_floats<4>},
    {"box", type_oid::box, any_floats<4>},
    {"line", type_oid::line,
     [](random_source& random) {
         return any_floats<1>(random) + big_endian(std::bit_cast<std::uint64_t>(1.5)) + any_floats<1>(random);
     }},
    {"circle", type_oid::circle,
     [](random_source& random) {
         return any_floats<2>(random) + big_endian(std::bit_cast<std::uint64_t>(random.below(1000) / 7.0));
     }},
};

INSTANTIATE_TEST_SUITE_P(all, made_here, testing::ValuesIn(generators),
                         [](const auto& which) { return std::string(which.param.name); });

// --- text in other styles than the library writes ---

struct style {
    const char* name;
    const char* settings;
    std::uint32_t type;
    random_bytes make;
    friend std::ostream& operator<<(std::ostream& out, const style& which) { return out << which.name; }
};

struct other_styles : testing::TestWithParam<style> {};

TEST_P(other_styles, are_read) {
    type_session session;
    session.execute(GetParam().settings);
    random_source random(21);
    std::vector<std::string> values;
    for (std::size_t i = 0; i != thousands; ++i)
        values.push_back(GetParam().make(random));
    for (const both_forms& value : session.fetch_sent(GetParam().type, values)) {
        std::string binary;
        ASSERT_NO_THROW(coropq::detail::text_to_binary(*session.types(), value.type, value.text, binary)) << value.text;
        ASSERT_EQ(to_hex(binary), to_hex(value.binary)) << value.text;
    }
}

const style styles[] = {
    {"kolkata", "set timezone = 'Asia/Kolkata'", type_oid::timestamptz, any_timestamp},
    {"st_johns", "set timezone = 'America/St_Johns'", type_oid::timestamptz, any_timestamp},
    {"amsterdam", "set timezone = 'Europe/Amsterdam'", type_oid::timestamptz, any_timestamp},
    {"far_east", "set timezone = '<+14:59>-14:59'", type_oid::timestamptz, any_timestamp},
    {"iso_8601", "set intervalstyle = iso_8601", type_oid::interval, any_interval},
    {"verbose", "set intervalstyle = postgres_verbose", type_oid::interval, any_interval},
    {"escape", "set bytea_output = escape", type_oid::bytea,
     [](random_source& random) { return random.bytes(random.below(40)); }},
};

INSTANTIATE_TEST_SUITE_P(all, other_styles, testing::ValuesIn(styles),
                         [](const auto& which) { return std::string(which.param.name); });

TEST(date_style, other_than_iso_is_an_error_that_says_what_to_do) {
    type_session session;
    for (const char* const name : {"SQL, DMY", "SQL, MDY", "German", "Postgres, DMY", "Postgres, MDY"}) {
        session.execute(std::string("set datestyle = '") + name + "'");
        for (const char* const type : {"date", "timestamp", "timestamptz"}) {
            const auto values = session.fetch(std::string("select '2026-07-04 12:34:56'::") + type + " v");
            ASSERT_EQ(values.size(), 1U);
            std::string binary;
            try {
                coropq::detail::text_to_binary(*session.types(), values[0].type, values[0].text, binary);
                FAIL() << values[0].text;
            } catch (const coropq::value_error& error) {
                EXPECT_STREQ(error.hint(), "set DateStyle to ISO") << values[0].text;
            }
        }
    }
}

// --- what stays text ---

TEST(parts_of_unknown_type, stay_text) {
    type_session session;
    const auto moneys = session.fetch("select array['1.50'::money, null] v");
    std::string binary;
    coropq::detail::text_to_binary(*session.types(), moneys[0].type, moneys[0].text, binary);
    coropq::value_reader reader(binary);
    for (const std::int32_t expected : {1, 1, 790, 2, 1})
        EXPECT_EQ(reader.read<std::int32_t>(), expected);
    std::string_view part;
    ASSERT_TRUE(reader.read_value(part));
    EXPECT_EQ(part, "$1.50");
    EXPECT_FALSE(reader.read_value(part));
    std::string text;
    EXPECT_THROW(coropq::detail::binary_to_text(*session.types(), moneys[0].type, moneys[0].binary, text),
                 coropq::value_error);
}

TEST(records_without_a_name, have_attributes_of_unknown_type) {
    type_session session;
    const auto records = session.fetch("select row(1, null, 'a b', '', row('x', 2.50)) v");
    const coropq::type_catalog& types = *session.types();
    EXPECT_FALSE(types.is_binary(records[0].type));
    std::string binary, text;
    // The binary form says which types they have.
    coropq::detail::binary_to_text(types, records[0].type, records[0].binary, text);
    EXPECT_EQ(text, records[0].text);
    coropq::detail::text_to_binary(types, records[0].type, records[0].text, binary);
    coropq::value_reader reader(binary);
    EXPECT_EQ(reader.read<std::int32_t>(), 5);
    for (const char* const expected : {"1", "", "a b", "", "(x,2.50)"}) {
        std::string_view part;
        EXPECT_EQ(reader.read<std::uint32_t>(), 0U);
        reader.read_value(part);
        EXPECT_EQ(part, expected);
    }
    reader.finish();
}

// --- the catalog ---

TEST(built_in_types, are_those_of_the_server) {
    type_session session;
    const coropq::type_catalog& types = coropq::type_catalog::built_in();
    std::size_t count = 0;
    for (const auto& row : session.query(
             "select t.oid, typname, format_type(t.oid, null), typarray, coalesce(r.rngsubtype, m.rngtypid, "
             "case when typsubscript::text = 'array_subscript_handler' or typname in ('int2vector', 'oidvector') "
             "then typelem else 0 end), typdelim "
             "from pg_type t left join pg_range r on r.rngtypid = t.oid left join pg_range m "
             "on m.rngmultitypid = t.oid where t.oid < 10000")) {
        const auto oid = static_cast<std::uint32_t>(std::stoul(row[0]));
        const coropq::type_description* type = types.find(oid);
        if (!type)
            continue;
        ++count;
        EXPECT_EQ(type->name, row[2]);
        EXPECT_EQ(type->array, std::stoul(row[3])) << row[1];
        EXPECT_EQ(type->element, std::stoul(row[4])) << row[1];
        EXPECT_EQ(std::string(1, type->delimiter), row[5]) << row[1];
        EXPECT_EQ(types.find_by_name(row[2]), oid) << row[2];
        if (row[1] != "char") {
            EXPECT_EQ(types.find_by_name(row[1]), oid) << row[1];
        }
    }
    EXPECT_GT(count, 170U);
    // What the server understands by the names, and nothing is missing that a column can have.
    for (const char* const name : {"int", "char", "\"char\"", "decimal", "float", "char[]", "int[]", "int4[]", "_int4"})
        EXPECT_EQ(std::to_string(types.find_by_name(name)),
                  session.query(std::string("select '") + name + "'::regtype::oid")[0][0]);
    for (const auto& row : session.query("select oid, typname from pg_type where oid < 10000 and typtype in "
                                         "('b', 'r', 'm') and typsend <> 0 and typname not like 'pg\\_%' and "
                                         "typname not like '\\_pg\\_%'")) {
        EXPECT_NE(types.find(static_cast<std::uint32_t>(std::stoul(row[0]))), nullptr) << row[1];
    }
}

} // namespace
