// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Arrays of everything, ranges and multiranges.

#include "types_support.hpp"

#include <array>
#include <chrono>
#include <limits>
#include <utility>

namespace {

using namespace coropq::test;
using coropq::decimal;
using coropq::multirange;
using coropq::range;

template <typename T>
using vector = std::vector<T>;

struct types_arrays : types_with_generators {
    // An array has no array type, so thousands of them are as many rows.
    template <typename T>
    void expect_arrays(const std::string& type, const std::string& sql) {
        SCOPED_TRACE(type);
        execute("drop table if exists arrays");
        execute("create temp table arrays (n int generated always as identity, v " + type + ")");
        execute("select setseed(0.25)");
        execute("insert into arrays (v) " + sql);
        const coropq::statement question("select v, format('%s', v) from arrays order by n");
        const auto values = execute(way::text, question).scalars<T>();
        EXPECT_GE(values.size(), 1000U);
        for (const way how : all_ways) {
            SCOPED_TRACE(name_of(how));
            ASSERT_NO_FATAL_FAILURE(expect_rows<T>(how, execute(how, question), values));
        }
        for (std::size_t i = 0; i < values.size(); i += 7) {
            const bool simple = i % 2 == 0;
            ASSERT_TRUE(
                execute(simple ? way::simple : way::first, coropq::statement("select format('%s', $1::" + type +
                                                                                 ") = (select format('%s', v) from "
                                                                                 "arrays where n = $2)",
                                                                             values[i], i + 1))[0][0]
                    .template as<bool>())
                << i;
        }
    }
};

TEST_F(types_arrays, edges) {
    using texts = vector<std::optional<std::string>>;
    expect_value("integer[]", vector<int>{}, "{}");
    expect_value("text[]", texts{}, "{}");
    expect_value("text[]", texts{std::nullopt}, "{NULL}");
    expect_value("text[]", texts{"NULL", "null", "", " ", "a b", "a\"b", "c\\d", "{", "}", ",", "(", ";", "\n", "'"},
                 "{\"NULL\",\"null\",\"\",\" \",\"a b\",\"a\\\"b\",\"c\\\\d\",\"{\",\"}\",\",\",(,;,\"\n\",'}");
    expect_value("integer[]", vector<std::optional<int>>{1, std::nullopt, -3}, "{1,NULL,-3}");
    expect_value("boolean[]", vector<bool>{true, false}, "{t,f}");
    expect_value("integer[]", vector<vector<int>>{{1, 2}, {3, 4}}, "{{1,2},{3,4}}");
    expect_value("integer[]", vector<vector<int>>{}, "{}");
    expect_value("text[]", vector<vector<texts>>{{{"a", std::nullopt}}, {{"{", "\\"}}},
                 "{{{a,NULL}},{{\"{\",\"\\\\\"}}}");
    using six = vector<vector<vector<vector<vector<vector<int>>>>>>;
    expect_value("integer[]", six{{{{{{1, 2}}}}}, {{{{{3, 4}}}}}}, "{{{{{{1,2}}}}},{{{{{3,4}}}}}}");
    expect_value("integer[]", std::array<std::array<int, 2>, 2>{{{1, 2}, {3, 4}}}, "{{1,2},{3,4}}");
    expect_value("text[]", std::array<std::optional<std::string>, 2>{"a", std::nullopt}, "{a,NULL}");
    expect_value("integer[]", coropq::array<int>{{{2, -3}}, {7, 8}}, "[-3:-2]={7,8}");
    expect_value("text[]", coropq::array<std::string>{{{2, 0}, {1, 5}}, {"a", ""}}, "[0:1][5:5]={{a},{\"\"}}");
    expect_value("integer[]", coropq::array<int>{}, "{}");
    expect_value("integer[]",
                 coropq::array<std::optional<int>>{{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {2, 1}}, {1, {}}},
                 "{{{{{{1,NULL}}}}}}");
    expect_value("bytea[]", vector<vector<std::byte>>{{std::byte(1)}, {}}, "{\"\\\\x01\",\"\\\\x\"}");
    expect_value("box[]", vector<coropq::box>{{{1, 1}, {0, 0}}, {{3, 3}, {2, 2}}}, "{(1,1),(0,0);(3,3),(2,2)}");
    expect_value("interval[]", vector<coropq::interval>{{1, 2, 3000000}}, "{\"1 mon 2 days 00:00:03\"}");
}

TEST_F(types_arrays, that_do_not_fit) {
    expect_refused<vector<int>>("array[[1, 2]]");
    expect_refused<vector<vector<int>>>("array[1, 2]");
    expect_refused<std::array<int, 3>>("array[1, 2]");
    expect_refused<vector<int>>("array['1', '2']", "this type can't be read as");
    expect_refused<vector<int>>("1", "this type can't be read as");
    expect_refused<int>("array[1]", "this type can't be read as int");
    for (const way how : all_ways) {
        const auto got = execute(how, coropq::statement("select array[1, null] a, '[3:4]={1,2}'::int[], '{}'::int[]"));
        expect_error(coropq::errc::null_value, "\"a\"", [&] { static_cast<void>(got[0][0].as<vector<int>>()); });
        EXPECT_EQ(got[0][1].as<vector<int>>(), (vector<int>{1, 2})); // where the indexes begin isn't read
        EXPECT_EQ(got[0][2].as<vector<vector<int>>>(), vector<vector<int>>{});
        EXPECT_EQ((got[0][2].as<std::array<int, 0>>()), (std::array<int, 0>{}));
    }
    EXPECT_THROW(coropq::statement("select $1", vector<vector<int>>{{1, 2}, {3}}), coropq::option_error);
    EXPECT_THROW(coropq::statement("select $1", coropq::array<int>{{{2, 1}}, {1, 2, 3}}), coropq::option_error);
    EXPECT_THROW(coropq::statement("select $1", coropq::array<int>{{{2, std::numeric_limits<int>::max()}}, {1, 2}}),
                 coropq::option_error);
}

TEST_F(types_arrays, thousands) {
    expect_arrays<vector<std::optional<std::string>>>(
        "text[]", "select array(select case when random() < 0.2 then null else pg_temp.any_text() end from "
                  "generate_series(1, n % 7)) from generate_series(1, 3000) n");
    expect_arrays<vector<std::optional<std::int64_t>>>(
        "bigint[]", "select array(select nullif(pg_temp.any_bits() >> 60, 1) from generate_series(1, n % 9)) from "
                    "generate_series(1, 3000) n");
    expect_arrays<vector<decimal>>(
        "numeric[]", "select array[pg_temp.any_numeric(n), 'NaN', pg_temp.any_numeric(n + 1)] from generate_series(1, "
                     "3000) n");
    expect_arrays<coropq::array<std::optional<std::string>>>(
        "text[]", "select case when n % 2 = 0 then array[[pg_temp.any_text(), null], [pg_temp.any_text(), 'x']] else "
                  "array_fill(pg_temp.any_text(), array[2, n % 3 + 1], array[n - 9, -n]) end from generate_series(1, "
                  "3000) n");
    expect_arrays<vector<coropq::timestamptz>>(
        "timestamptz[]", "select array['epoch'::timestamptz + n * interval '1.000123 day', '-infinity'] from "
                         "generate_series(1, 2000) n");
    expect_arrays<vector<range<int>>>("int4range[]",
                                      "select array[int4range(n, null), 'empty', int4range(-n, n, '[]')] "
                                      "from generate_series(1, 2000) n");
}

template <typename T>
range<T> bounds(std::optional<T> lower, std::optional<T> upper) {
    return {std::move(lower), std::move(upper), true, false};
}

TEST_F(types_arrays, ranges) {
    using integers = range<int>;
    expect_value("int4range", integers(), "empty");
    expect_value("int4range", integers::all(), "(,)");
    expect_value("int4range", integers(1, 3), "[1,3)");
    expect_value("int4range", integers::at_least(-5), "[-5,)");
    expect_value("int4range", integers::less_than(7), "(,7)");
    expect_value("int8range", range<std::int64_t>(std::numeric_limits<std::int64_t>::min(), 0),
                 "[-9223372036854775808,0)");
    expect_value("numrange", range<decimal>::closed(decimal::parse("1.50"), decimal::parse("NaN")), "[1.50,NaN]");
    expect_value("numrange", range<decimal>::greater_than(decimal(0)), "(0,)");
    expect_value("numrange", range<decimal>::at_most(decimal::infinity()), "(,Infinity]");
    using coropq::date, coropq::timestamp, coropq::timestamptz;
    expect_value("daterange", range<date>(date::negative_infinity(), date()), "[-infinity,2000-01-01)");
    expect_value("tsrange", range<timestamp>::closed(timestamp(), timestamp::infinity()),
                 "[\"2000-01-01 00:00:00\",infinity]");
    expect_value("tstzrange", range<timestamptz>::open(timestamptz::negative_infinity(), timestamptz()),
                 "(-infinity,\"2000-01-01 00:00:00+00\")");
    expect_value("tstzrange", range<std::chrono::sys_seconds>::at_least(std::chrono::sys_days(std::chrono::days(0))),
                 "[\"1970-01-01 00:00:00+00\",)");
    expect_null<integers>("int4range");
    expect_null<range<decimal>>("numrange");
    // The server's own way of saying the same.
    EXPECT_EQ(execute("select $1", integers::closed(1, 3))[0][0].as<integers>(), integers(1, 4));
    EXPECT_EQ(execute("select $1", integers::open(1, 2))[0][0].as<integers>(), integers());
    expect_refused<integers>("int8range(1, 2147483649)");
    expect_refused<integers>("numrange(1, 2)", "this type can't be read as");
    expect_refused<integers>("1", "this type can't be read as");
    EXPECT_THROW(integers(2, 1), coropq::value_error);
}

TEST_F(types_arrays, thousands_of_ranges) {
    constexpr const char* brackets = "(array['[)', '(]', '[]', '()'])[1 + n % 4]";
    expect_generated<range<int>>("int4range",
                                 std::string("select int4range(nullif(n % 50, 0), nullif(n % 99 + 50, 50), ") +
                                     brackets + ") from generate_series(1, 3000) n");
    expect_generated<range<decimal>>(
        "numrange", std::string("select numrange(least(a, b), greatest(a, b), ") + brackets +
                        ") from (select n, pg_temp.any_numeric(n) a, nullif(pg_temp.any_numeric(n + 1), 0) b from "
                        "generate_series(1, 3000) n offset 0) s");
    expect_generated<range<coropq::timestamptz>>(
        "tstzrange", std::string("select tstzrange('epoch'::timestamptz - n * interval '1.3 days', 'infinity', ") +
                         brackets + ") from generate_series(1, 3000) n");
    expect_generated<range<coropq::date>>("daterange",
                                          "select daterange('-infinity', '2000-01-01'::date - n * 250) from "
                                          "generate_series(1, 3000) n");
    expect_sent("int8range", many([&] {
                    const auto lower = static_cast<std::int64_t>(bits()) >> (1 + below(60));
                    if (below(5) == 0)
                        return range<std::int64_t>();
                    return bounds(below(5) == 0 ? std::nullopt : std::optional(lower),
                                  below(5) == 0 ? std::nullopt
                                                : std::optional(lower + 1 + static_cast<std::int64_t>(below(1000))));
                }));
}

TEST_F(types_arrays, multiranges) {
    using integers = multirange<int>;
    expect_value("int4multirange", integers{}, "{}");
    expect_value("int4multirange", integers{{range<int>::all()}}, "{(,)}");
    expect_value("int4multirange", integers{{range<int>::less_than(0), {1, 3}, range<int>::at_least(7)}},
                 "{(,0),[1,3),[7,)}");
    expect_value("nummultirange", multirange<decimal>{{range<decimal>::closed(decimal(1), decimal::parse("1.50"))}},
                 "{[1,1.50]}");
    expect_null<integers>("int4multirange");
    expect_generated<integers>("int4multirange", "select int4multirange(int4range(n, n + 2), int4range(-n, 0), "
                                                 "int4range(2 * n + 9, null)) from generate_series(1, 3000) n");
    expect_generated<multirange<coropq::timestamptz>>(
        "tstzmultirange", "select tstzmultirange(tstzrange(null, 'epoch'::timestamptz - n * interval '1.3 days'), "
                          "tstzrange('epoch', 'infinity', '(]')) from generate_series(1, 3000) n");
    expect_refused<integers>("int4range(1, 2)", "this type can't be read as");
    EXPECT_EQ(execute("select $1", integers{{{3, 5}, {1, 3}, {}}})[0][0].as<integers>(), (integers{{{1, 5}}}));
}

} // namespace
