// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Parameters and results: what goes to the server comes back.

#include "api_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;

struct execute : testing::Test {
    asio::io_context context;
    coropq::connection conn{context};

    execute() { run(context, conn.connect(plain_address())); }

    template <typename... Arguments>
    coropq::result operator()(std::string_view sql, const Arguments&... arguments) {
        return run(context, conn.execute(sql, arguments...));
    }

    template <typename T>
    T echo(const std::string& type, const T& value) {
        return (*this)("select $1::" + type, value)[0][0].template as<T>();
    }

    template <typename Integer>
    void echo_limits(const std::string& type) {
        for (const Integer value : {std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max(),
                                    static_cast<Integer>(0), static_cast<Integer>(1)})
            EXPECT_EQ(echo(type, value), value) << type;
    }

    template <typename Float>
    void echo_floats(const std::string& type) {
        using limits = std::numeric_limits<Float>;
        for (const Float value :
             {limits::lowest(), limits::max(), limits::min(), limits::denorm_min(), limits::epsilon(), Float(0),
              Float(-0.0), Float(0.1), Float(1) / Float(3), limits::infinity(), -limits::infinity()}) {
            EXPECT_EQ(echo(type, value), value) << type;
            EXPECT_EQ(std::signbit(echo(type, value)), std::signbit(value)) << type << ' ' << value;
        }
        EXPECT_TRUE(std::isnan(echo(type, limits::quiet_NaN())));
    }
};

TEST_F(execute, numbers_come_back_as_they_went) {
    echo_limits<std::int16_t>("int2");
    echo_limits<std::int32_t>("int4");
    echo_limits<std::int64_t>("int8");
    echo_limits<long long>("int8");
    echo_limits<std::int8_t>("int2");
    echo_limits<std::uint8_t>("int2");
    echo_limits<std::uint16_t>("int4");
    echo_limits<std::uint32_t>("int8");
    echo_limits<std::uint32_t>("oid");
    EXPECT_EQ(echo<std::uint64_t>("int8", 1ULL << 62U), 1ULL << 62U);
    echo_floats<float>("float4");
    echo_floats<double>("float8");
    EXPECT_EQ((*this)("select $1::numeric = 18446744073709551615", std::numeric_limits<std::uint64_t>::max())[0][0]
                  .as<bool>(),
              true);
    EXPECT_TRUE(echo("bool", true));
    EXPECT_FALSE(echo("bool", false));
    EXPECT_EQ((*this)("select 1.5::float4")[0][0].as<double>(), 1.5);
    EXPECT_EQ((*this)("select 7::int2")[0][0].as<double>(), 7.0);
    EXPECT_EQ((*this)("select 7::int4")[0][0].as<double>(), 7.0);
    EXPECT_EQ((*this)("select 7::int2")[0][0].as<float>(), 7.0F);
}

TEST_F(execute, text_comes_back_as_it_went) {
    std::string every_byte_of_ascii;
    for (char c = 1; c != 127; ++c)
        every_byte_of_ascii += c;
    for (const std::string& text :
         {std::string(), std::string("a"), every_byte_of_ascii, std::string("Zwölf Boxkämpfer 🥊 \u202E"),
          std::string("'); drop table x; --"), std::string("$1 $2 %s \\' \\000"), std::string(" \n\t ")}) {
        EXPECT_EQ(echo("text", text), text);
        EXPECT_EQ((*this)("select $1::text", std::string_view(text))[0][0].as<std::string_view>(), text);
        EXPECT_EQ((*this)("select length($1::text)", text.c_str())[0][0].as<int>(),
                  std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    }
    // A view into something that goes on.
    const std::string longer = "abcdef";
    EXPECT_EQ((*this)("select $1::text", std::string_view(longer).substr(1, 2))[0][0].as<std::string>(), "bc");
    EXPECT_EQ((*this)("select $1 || 'x'", "literal")[0][0].as<std::string>(), "literalx");
}

TEST_F(execute, null_is_not_empty) {
    const coropq::result values =
        (*this)("select $1::text, $2::int, $3::text, $4::text, $5::int", std::nullopt, std::optional<int>(),
                std::optional<std::string>(""), static_cast<const char*>(nullptr), std::optional<int>(5));
    const coropq::row only = values[0];
    EXPECT_TRUE(only[0].is_null());
    EXPECT_TRUE(only[1].is_null());
    EXPECT_FALSE(only[2].is_null());
    EXPECT_TRUE(only[3].is_null());
    EXPECT_EQ(only[4].as<std::optional<int>>(), 5);
    EXPECT_EQ(only[0].as<std::optional<std::string>>(), std::nullopt);
    EXPECT_EQ(only[1].as<std::optional<int>>(), std::nullopt);
    EXPECT_EQ(only[2].as<std::optional<std::string>>(), "");
    EXPECT_EQ(only[0].text(), "");
    EXPECT_EQ(only[4].as<std::optional<std::int16_t>>(), 5);
    EXPECT_EQ((*this)("select null::bool")[0][0].as<std::optional<bool>>(), std::nullopt);
    for (const auto& read : {std::function<void()>([&] { only[0].as<std::string>(); }),
                             std::function<void()>([&] { only[1].as<int>(); })}) {
        try {
            read();
            ADD_FAILURE() << "NULL was read as a value";
        } catch (const coropq::result_error& problem) {
            EXPECT_EQ(problem.code(), coropq::errc::null_value);
            EXPECT_TRUE(contains(problem.what(), "std::optional")) << problem.what();
        }
    }
}

// Both sides have much to send and much to read at the same time.
TEST_F(execute, megabytes_go_both_ways) {
    const std::string block = "0123456789abcdefghijklmnopqrstuvwxyzÄÖÜ🙂\n";
    std::string huge;
    while (huge.size() < (8U << 20U))
        huge += block;
    const auto check = [&](coropq::connection& connection) {
        EXPECT_EQ(run(context, connection.execute("select $1::text", huge))[0][0].as<std::string_view>(), huge);
        const coropq::result doubled = run(context, connection.execute("select $1::text || $2, $1::text", huge, huge));
        EXPECT_EQ(doubled[0][0].text().size(), 2 * huge.size());
        EXPECT_EQ(doubled[0][1].text(), huge);
    };
    check(conn);

    coropq::connection local(context);
    coropq::test::test_url url = plain_url().host("").port(0);
    run(context, local.connect(address_of(
                     url.set("host", cluster().socket_directory()).set("port", std::to_string(cluster().port())))));
    check(local);

    tcp_proxy proxy(cluster().port());
    proxy.split(direction::to_server, 64U << 10U, std::chrono::microseconds(100));
    coropq::connection slow(context);
    run(context, slow.connect(address_through(proxy)));
    check(slow);
}

// The server warns about each literal while it parses, much in all, and doesn't read the parameter before it got
// rid of them: who only writes until everything is sent waits for ever. Buffers are smallest on the Unix socket.
TEST_F(execute, a_server_that_talks_before_it_listens_is_read_from) {
    std::string sql = "select length($1::text) where '' not in ('\\\\'";
    for (int i = 1; i != 3000; ++i)
        sql += ", '\\\\'";
    const auto options = coropq::connect_options().connect_arg("options", "-c standard_conforming_strings=off");
    tcp_proxy proxy(cluster().port());
    for (const coropq::url& address :
         {address_through(proxy), address_of(plain_url()
                                                 .host("")
                                                 .port(0)
                                                 .set("host", cluster().socket_directory())
                                                 .set("port", std::to_string(cluster().port())))}) {
        coropq::connection talkative(context);
        run(context, talkative.connect(address, options));
        const std::string parameter(8U << 20U, 'x');
        EXPECT_EQ(run(context, talkative.execute(sql + ")", parameter))[0][0].as<std::size_t>(), parameter.size());
    }
    EXPECT_GT(proxy.bytes(direction::to_client), 500000U);
}

TEST_F(execute, a_nul_byte_is_refused_before_anything_is_sent) {
    using namespace std::string_literals;
    for (const auto& start :
         {std::function<void()>([&] { (void)conn.execute("select $1::text", "secretly\0"s + "x"); }),
          std::function<void()>([&] { (void)conn.execute("select \0 1"s); })}) {
        try {
            start();
            ADD_FAILURE() << "accepted";
        } catch (const coropq::option_error& problem) {
            EXPECT_EQ(problem.code(), coropq::errc::invalid_parameter);
            EXPECT_TRUE(contains(problem.what(), "NUL")) << problem.what();
            EXPECT_FALSE(contains(problem.what(), "secretly")) << problem.what();
        }
    }
    run(context, conn.ping());
}

TEST_F(execute, reading_as_another_type_is_an_error_that_names_the_place) {
    const coropq::result values = (*this)(
        "select 'hello' as words, 70000 as number, 1.5::float8 as fraction, true as truth, 1::numeric as exact");
    const coropq::row only = values[0];
    const auto wrong = [](auto read, std::initializer_list<const char*> pieces) {
        try {
            read();
            ADD_FAILURE() << "read";
        } catch (const coropq::result_error& problem) {
            EXPECT_EQ(problem.code(), coropq::errc::wrong_type);
            for (const char* piece : pieces)
                EXPECT_TRUE(contains(problem.what(), piece)) << problem.what();
            EXPECT_FALSE(contains(problem.what(), "hello")) << problem.what();
            EXPECT_FALSE(contains(problem.what(), "70000")) << problem.what();
        }
    };
    wrong([&] { only["words"].as<int>(); }, {"\"words\"", "text", "row 0"});
    wrong([&] { only["number"].as<std::int16_t>(); }, {"\"number\"", "integer", "doesn't fit"});
    wrong([&] { only["number"].as<std::uint16_t>(); }, {"\"number\"", "integer", "doesn't fit"});
    wrong([&] { only["number"].as<bool>(); }, {"\"number\""});
    wrong([&] { only["fraction"].as<int>(); }, {"\"fraction\"", "double precision"});
    wrong([&] { only["fraction"].as<float>(); }, {"\"fraction\"", "double precision"});
    wrong([&] { only["truth"].as<int>(); }, {"\"truth\"", "boolean"});
    wrong([&] { only["truth"].as<double>(); }, {"\"truth\"", "boolean"});
    wrong([&] { only["exact"].as<double>(); }, {"\"exact\"", "numeric"});
    const coropq::result negative = (*this)("select -1 as below");
    wrong([&] { negative[0]["below"].as<std::uint32_t>(); }, {"\"below\"", "doesn't fit"});
    wrong([&] { negative[0]["below"].as<std::uint64_t>(); }, {"\"below\"", "doesn't fit"});
    // Everything can be read as text.
    EXPECT_EQ(only["number"].as<std::string>(), "70000");
    EXPECT_EQ(only["truth"].as<std::string>(), "t");
    // Views need bytes in the result that are the text, whichever way the server sent the value.
    wrong([&] { only["truth"].as<std::string_view>(); }, {"\"truth\"", "boolean", "std::string_view"});
    wrong([&] { only["number"].as<std::string_view>(); }, {"\"number\"", "integer", "std::string_view"});
    EXPECT_EQ(only["exact"].name(), "exact");
}

TEST_F(execute, columns_are_found_by_exact_name_or_index) {
    const coropq::result values = (*this)("select 1 as a, 2 as \"A\", 3 as b, 4 as b, 5 as \"\xC3\xA4 \"\"q\"\"\"");
    const coropq::row only = values[0];
    EXPECT_EQ(values.column_count(), 5u);
    EXPECT_EQ(only.size(), 5u);
    EXPECT_EQ(only["a"].as<int>(), 1);
    EXPECT_EQ(only[std::string("A")].as<int>(), 2);
    EXPECT_EQ(only["\xC3\xA4 \"q\""].as<int>(), 5);
    EXPECT_EQ(only[3].as<int>(), 4);
    EXPECT_EQ(only[std::size_t(2)].as<int>(), 3);
    EXPECT_EQ(values.column_name(1), "A");
    EXPECT_EQ(values.column_type(0), 23u);
    const auto code_of = [](auto read) -> coropq::error_code {
        try {
            read();
        } catch (const coropq::result_error& problem) {
            return problem.code();
        }
        return {};
    };
    EXPECT_EQ(code_of([&] { only["c"]; }), coropq::errc::unknown_column);
    EXPECT_EQ(code_of([&] { only[5]; }), coropq::errc::unknown_column);
    EXPECT_EQ(code_of([&] { only[-1]; }), coropq::errc::unknown_column);
    EXPECT_EQ(code_of([&] { only["b"]; }), coropq::errc::ambiguous_column);
    EXPECT_EQ(code_of([&] { values[1]; }), coropq::errc::row_out_of_range);
    EXPECT_EQ(code_of([&] { values.column_name(5); }), coropq::errc::unknown_column);
    EXPECT_EQ(code_of([&] { values.column_type(5); }), coropq::errc::unknown_column);
    try {
        only["c"];
    } catch (const coropq::result_error& problem) {
        EXPECT_TRUE(contains(problem.what(), "a, A, b, b")) << problem.what();
    }
    const coropq::result nothing;
    EXPECT_EQ(code_of([&] { nothing[0]; }), coropq::errc::row_out_of_range);
    EXPECT_EQ(code_of([&] { nothing.column_name(0); }), coropq::errc::unknown_column);
    EXPECT_TRUE(nothing.begin() == nothing.end());
    EXPECT_EQ(nothing.affected_rows(), 0u);
    EXPECT_EQ(nothing.command_tag(), "");
}

TEST_F(execute, statements_tell_what_they_did) {
    EXPECT_EQ((*this)("create temp table t (a int)").command_tag(), "CREATE TABLE");
    const coropq::result inserted = (*this)("insert into t select generate_series(1, 10)");
    EXPECT_EQ(inserted.command_tag(), "INSERT 0 10");
    EXPECT_EQ(inserted.affected_rows(), 10u);
    EXPECT_EQ(inserted.column_count(), 0u);
    EXPECT_TRUE(inserted.empty());
    EXPECT_EQ((*this)("update t set a = 0 where a > $1", 7).affected_rows(), 3u);
    const coropq::result returned = (*this)("delete from t where a < 3 returning a");
    EXPECT_EQ(returned.size(), 5u);
    EXPECT_EQ(returned.affected_rows(), 5u);
    const coropq::result none = (*this)("select a from t where false");
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.column_name(0), "a");
    const coropq::result no_columns = (*this)("select from generate_series(1, 3)");
    EXPECT_EQ(no_columns.size(), 3u);
    EXPECT_EQ(no_columns[2].size(), 0u);
    const coropq::result empty = (*this)("");
    EXPECT_EQ(empty.command_tag(), "");
    EXPECT_EQ(empty.column_count(), 0u);
    EXPECT_EQ((*this)(" -- only a comment").size(), 0u);
}

static_assert(std::ranges::random_access_range<const coropq::result&>);
static_assert(std::ranges::sized_range<coropq::result>);
static_assert(std::ranges::common_range<coropq::result>);
static_assert(std::same_as<std::ranges::range_value_t<coropq::result>, coropq::row>);

TEST_F(execute, results_are_ranges) {
    const coropq::result numbers = (*this)("select g as n, g % 3 as rest from generate_series(1, 10) g");
    const auto n = [](coropq::row row) { return row["n"].as<int>(); };
    const auto divisible = [](coropq::row row) { return row["rest"].as<int>() == 0; };
    EXPECT_EQ(std::ranges::count_if(numbers, divisible), 3);
    EXPECT_EQ(std::ranges::max(numbers | std::views::transform(n)), 10);
    std::vector<int> found;
    std::ranges::copy(numbers | std::views::filter(divisible) | std::views::transform(n) | std::views::reverse,
                      std::back_inserter(found));
    EXPECT_EQ(found, (std::vector<int>{9, 6, 3}));
    EXPECT_EQ(n(*std::ranges::find_if(numbers, divisible)), 3);
    EXPECT_EQ(n(*std::ranges::lower_bound(numbers, 7, {}, n)), 7);
    EXPECT_EQ(
        std::accumulate(numbers.begin(), numbers.end(), 0, [&](int sum, coropq::row row) { return sum + n(row); }), 55);
    auto position = numbers.begin();
    EXPECT_EQ(n(position[4]), 5);
    EXPECT_EQ(n(*(position += 3)), 4);
    EXPECT_EQ(n(*(2 + position--)), 6);
    EXPECT_EQ(n(*position++), 3);
    EXPECT_EQ(numbers.end() - position, 7);
    EXPECT_TRUE(position < numbers.end() && position >= numbers.begin());
    int expected = 0;
    for (const coropq::row& row : numbers)
        EXPECT_EQ(n(row), ++expected);
    for (auto&& value : (*this)("select g from generate_series(1, 3) g") |
                            std::views::transform([](coropq::row row) { return row[0].as<int>(); }))
        EXPECT_EQ(++expected - 10, value);
}

TEST(results, outlive_engine_connection_and_context) {
    coropq::result first;
    coropq::result second;
    {
        asio::io_context context;
        coropq::connection conn(context);
        run(context, conn.connect(plain_address()));
        first = run(context, conn.execute("select $1::text", std::string(1000, 'x')));
        second = run(context, coropq::create_engine(context, plain_address()).execute("select 2"));
    }
    const coropq::result copy = first;
    coropq::result moved = std::move(first);
    first = coropq::result(); // NOLINT: usable again
    EXPECT_TRUE(first.empty());
    EXPECT_EQ(copy[0][0].text(), std::string(1000, 'x'));
    EXPECT_EQ(copy[0][0].as<std::string_view>().data(), moved[0][0].as<std::string_view>().data());
    EXPECT_EQ(second[0][0].as<int>(), 2);
}

} // namespace
