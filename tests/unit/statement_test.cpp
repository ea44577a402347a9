// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/statement.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using coropq::statement;

template <typename T>
std::string text_of(const T& value) {
    const statement made("select $1", value);
    EXPECT_EQ(made.parameter_count(), 1u);
    const char* text = made.parameter_text(0);
    if (!text)
        return "NULL";
    EXPECT_EQ(std::string_view(text).size(), made.parameter_size(0));
    return text;
}

// What can be a parameter, and what can't: a character is neither a text nor a number, a pointer no truth value.
template <typename... Types>
constexpr bool all_are_parameters = (coropq::parameter<Types> && ...);
template <typename... Types>
constexpr bool none_is_parameter = (!coropq::parameter<Types> && ...);

static_assert(all_are_parameters<bool, short, int, long, long long, unsigned char, signed char, unsigned, unsigned long,
                                 std::int8_t, std::uint64_t, float, double>);
static_assert(all_are_parameters<std::string, std::string_view, const char*, char*, char[4], const char[1],
                                 std::nullopt_t, std::nullptr_t, std::optional<int>, std::optional<std::string>>);
enum class color { red };
static_assert(none_is_parameter<char, wchar_t, char8_t, char16_t, char32_t, color, void*, int*, std::u8string,
                                std::vector<int>, std::filesystem::path, std::pair<int, int>>);
static_assert(!std::is_convertible_v<const char*, statement>, "a statement is made on purpose");
static_assert(std::is_nothrow_move_constructible_v<statement>);

TEST(statement, keeps_the_text_and_the_values) {
    const statement plain("select 1");
    EXPECT_EQ(plain.sql(), "select 1");
    EXPECT_EQ(plain.parameter_count(), 0u);
    const statement several("select $1, $2, $3", 7, "x", true);
    EXPECT_EQ(several.parameter_count(), 3u);
    EXPECT_STREQ(several.parameter_text(0), "7");
    EXPECT_STREQ(several.parameter_text(1), "x");
    EXPECT_STREQ(several.parameter_text(2), "t");
    EXPECT_EQ(statement("").sql(), "");
}

TEST(statement, integers) {
    EXPECT_EQ(text_of(0), "0");
    EXPECT_EQ(text_of(-1), "-1");
    EXPECT_EQ(text_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(text_of(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
    EXPECT_EQ(text_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(text_of(std::int8_t(-128)), "-128");
    EXPECT_EQ(text_of(std::uint8_t(65)), "65");
    EXPECT_EQ(text_of(static_cast<signed char>(65)), "65");
    EXPECT_EQ(text_of(std::int16_t(-32768)), "-32768");
    EXPECT_EQ(text_of(true), "t");
    EXPECT_EQ(text_of(false), "f");
    EXPECT_EQ(text_of(std::vector<bool>{true}.front() ? true : false), "t");
}

TEST(statement, floating_point_numbers_have_the_shortest_text_that_reads_back) {
    EXPECT_EQ(text_of(0.1), "0.1");
    EXPECT_EQ(text_of(0.1F), "0.1");
    EXPECT_EQ(text_of(-0.0), "-0");
    EXPECT_EQ(text_of(1e300), "1e+300");
    EXPECT_EQ(text_of(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(text_of(1.0F / 3), "0.33333334");
    EXPECT_EQ(text_of(5e-324), "5e-324");
    EXPECT_EQ(text_of(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
    EXPECT_EQ(text_of(std::numeric_limits<double>::infinity()), "Infinity");
    EXPECT_EQ(text_of(-std::numeric_limits<float>::infinity()), "-Infinity");
    EXPECT_EQ(text_of(std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(text_of(-std::numeric_limits<float>::quiet_NaN()), "NaN");
}

TEST(statement, texts) {
    using namespace std::string_literals;
    EXPECT_EQ(text_of("literal"), "literal");
    EXPECT_EQ(text_of(""), "");
    EXPECT_EQ(text_of(std::string()), "");
    EXPECT_EQ(text_of(std::string_view()), "");
    EXPECT_EQ(text_of(std::string(100000, 'x')), std::string(100000, 'x'));
    EXPECT_EQ(text_of(std::string_view("abcdef").substr(1, 2)), "bc");
    char buffer[16] = "shorter";
    EXPECT_EQ(text_of(buffer), "shorter");
    EXPECT_EQ(text_of(static_cast<const char*>(buffer)), "shorter");
    EXPECT_EQ(text_of("'; drop table x; --"), "'; drop table x; --");
}

TEST(statement, null_in_all_its_forms) {
    EXPECT_EQ(text_of(std::nullopt), "NULL");
    EXPECT_EQ(text_of(nullptr), "NULL");
    EXPECT_EQ(text_of(std::optional<int>()), "NULL");
    EXPECT_EQ(text_of(std::optional<std::string>()), "NULL");
    EXPECT_EQ(text_of(static_cast<const char*>(nullptr)), "NULL");
    EXPECT_EQ(text_of(std::optional<int>(0)), "0");
    EXPECT_EQ(text_of(std::optional<bool>(false)), "f");
    EXPECT_EQ(text_of(std::optional<std::string>("")), "");
    EXPECT_EQ(text_of(std::optional<std::optional<int>>(std::optional<int>())), "NULL");
    EXPECT_EQ(text_of(std::optional<std::optional<int>>(5)), "5");
    const statement mixed("select", std::nullopt, "a", std::optional<int>(), "b");
    EXPECT_EQ(mixed.parameter_text(0), nullptr);
    EXPECT_STREQ(mixed.parameter_text(1), "a");
    EXPECT_EQ(mixed.parameter_text(2), nullptr);
    EXPECT_STREQ(mixed.parameter_text(3), "b");
}

TEST(statement, outlives_what_it_was_made_from) {
    auto sql = std::make_unique<std::string>(100, 's');
    auto value = std::make_unique<std::string>(100, 'v');
    auto optional = std::make_unique<std::optional<std::string>>(std::string(100, 'o'));
    const statement made(*sql, *value, std::string_view(*value), value->c_str(), *optional);
    sql.reset();
    value.reset();
    optional.reset();
    EXPECT_EQ(made.sql(), std::string(100, 's'));
    for (const std::size_t index : {0u, 1u, 2u})
        EXPECT_EQ(made.parameter_text(index), std::string(100, 'v'));
    EXPECT_EQ(made.parameter_text(3), std::string(100, 'o'));
}

TEST(statement, is_a_value) {
    statement original("select $1, $2", "short", std::string(100, 'x'));
    const statement copy = original;
    const statement moved = std::move(original);
    for (const statement* each : {&copy, &moved}) {
        EXPECT_EQ(each->sql(), "select $1, $2");
        EXPECT_STREQ(each->parameter_text(0), "short");
        EXPECT_EQ(each->parameter_text(1), std::string(100, 'x'));
    }
    original = copy; // NOLINT: usable again
    EXPECT_STREQ(original.parameter_text(0), "short");
    EXPECT_NE(original.parameter_text(0), copy.parameter_text(0));
}

TEST(statement, refuses_nul_bytes_without_repeating_the_value) {
    using namespace std::string_literals;
    const auto refused = [](auto make, const char* piece) {
        try {
            make();
            ADD_FAILURE() << piece;
        } catch (const coropq::option_error& problem) {
            const std::string text = problem.what();
            EXPECT_EQ(problem.code(), coropq::errc::invalid_parameter);
            EXPECT_NE(text.find(piece), std::string::npos) << text;
            EXPECT_NE(text.find("NUL"), std::string::npos) << text;
            EXPECT_NE(text.find("[invalid_parameter]"), std::string::npos) << text;
            EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        }
    };
    refused([] { statement("secret\0"s); }, "the text of the statement");
    refused([] { statement("\0"s); }, "the text of the statement");
    refused([] { statement("select $1", "secret\0x"s); }, "$1");
    refused([] { statement("select $1, $2", 1, "\0secret"s); }, "$2");
    refused([] { statement("select $1, $2", std::nullopt, std::optional("secret\0"s)); }, "$2");
    refused([] { statement("select $1", "\0secret"s.substr(0, 1)); }, "$1");
}

} // namespace
