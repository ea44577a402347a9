// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "refusal.hpp"

#include <coropq/statement.hpp>

#include "statement/spent_statements.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
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
using coropq::test::refusal;

// One parameter, as it is sent: the OID of its type, its form and its bytes in hexadecimal, or NULL.
std::string parameter_of(const statement& made, std::size_t index) {
    std::string shown = std::to_string(made.parameter_type(index).oid());
    const char* data = made.parameter_data(index);
    if (!data)
        return shown + " NULL";
    const std::string_view bytes(data, made.parameter_size(index));
    if (made.parameter_format(index) == coropq::wire_format::text) {
        EXPECT_EQ(data[bytes.size()], '\0') << "libpq wants the end of a text marked";
        return shown + " text " + std::string(bytes);
    }
    shown += " ";
    for (const char c : bytes) {
        char digits[4];
        std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        shown += digits;
    }
    return shown;
}

template <typename T>
std::string parameter_of(const T& value) {
    const statement made("select $1", value);
    EXPECT_EQ(made.parameter_count(), 1u);
    return parameter_of(made, 0);
}

template <typename T>
std::string text_of(const T& value) {
    const std::string shown = parameter_of(value);
    EXPECT_EQ(shown.substr(0, 7), "0 text ");
    return shown.substr(7);
}

// Types of a program's own, as users would make them plug in.
struct point_in_text {
    int x;
};
struct tagged {
    std::string label;
};
struct maybe {
    bool known;
};

} // namespace

template <>
struct coropq::codec<point_in_text> {
    static constexpr type_reference type() { return type_reference("point3d"); }
    static constexpr wire_format format = wire_format::text;
    static void encode(const point_in_text& value, value_writer& writer) {
        if (value.x < 0)
            throw value_error("is negative", "take its absolute value");
        writer.write_text(std::to_string(value.x));
    }
};
template <>
struct coropq::codec<tagged> {
    static constexpr type_reference type() { return type_reference("tagged"); }
    static void encode(const tagged& value, value_writer& writer) {
        writer.write_type(type_reference("label"));
        writer.write_text(value.label);
        writer.write_type(type_oid::int4);
        writer.write_type(type_reference("other"));
    }
};
template <>
struct coropq::codec<maybe> {
    static constexpr type_reference type() { return type_oid::boolean; }
    static bool is_null(const maybe& value) { return !value.known; }
    static void encode(const maybe&, value_writer& writer) { writer.write(std::uint8_t(1)); }
};

namespace {

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
static_assert(all_are_parameters<point_in_text, tagged, maybe, std::optional<maybe>>);
static_assert(!std::is_convertible_v<const char*, statement>, "a statement is made on purpose");
static_assert(std::is_nothrow_move_constructible_v<statement>);

TEST(statement, keeps_the_text_and_the_values) {
    const statement plain("select 1");
    EXPECT_EQ(plain.sql(), "select 1");
    EXPECT_EQ(plain.parameter_count(), 0u);
    const statement several("select $1, $2, $3", 7, "x", true);
    EXPECT_EQ(several.parameter_count(), 3u);
    EXPECT_EQ(parameter_of(several, 0), "23 00000007");
    EXPECT_EQ(parameter_of(several, 1), "0 text x");
    EXPECT_EQ(parameter_of(several, 2), "16 01");
    EXPECT_EQ(statement("").sql(), "");
}

TEST(statement, numbers_have_the_type_that_holds_every_value_of_the_cpp_type) {
    EXPECT_EQ(parameter_of(0), "23 00000000");
    EXPECT_EQ(parameter_of(-1), "23 ffffffff");
    EXPECT_EQ(parameter_of(std::numeric_limits<std::int64_t>::min()), "20 8000000000000000");
    EXPECT_EQ(parameter_of(std::numeric_limits<std::int64_t>::max()), "20 7fffffffffffffff");
    EXPECT_EQ(parameter_of(std::uint64_t(1)), "20 0000000000000001");
    // 1844 6744 0737 0955 1615
    EXPECT_EQ(parameter_of(std::numeric_limits<std::uint64_t>::max()), "1700 000500040000000007341a5802e103bb064f");
    EXPECT_EQ(parameter_of(std::int8_t(-128)), "21 ff80");
    EXPECT_EQ(parameter_of(std::uint8_t(65)), "21 0041");
    EXPECT_EQ(parameter_of(static_cast<signed char>(65)), "21 0041");
    EXPECT_EQ(parameter_of(std::int16_t(-32768)), "21 8000");
    EXPECT_EQ(parameter_of(std::uint16_t(65535)), "23 0000ffff");
    EXPECT_EQ(parameter_of(std::uint32_t(4294967295)), "20 00000000ffffffff");
    EXPECT_EQ(parameter_of(true), "16 01");
    EXPECT_EQ(parameter_of(false), "16 00");
    EXPECT_EQ(parameter_of(1.0), "701 3ff0000000000000");
    EXPECT_EQ(parameter_of(-1.0F), "700 bf800000");
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
    EXPECT_EQ(parameter_of(std::nullopt), "0 NULL");
    EXPECT_EQ(parameter_of(nullptr), "0 NULL");
    EXPECT_EQ(parameter_of(static_cast<const char*>(nullptr)), "0 NULL");
    EXPECT_EQ(parameter_of(static_cast<char*>(nullptr)), "0 NULL");
    EXPECT_EQ(parameter_of(std::optional<const char*>(nullptr)), "0 NULL");
    EXPECT_EQ(parameter_of(maybe{false}), "16 NULL");
    EXPECT_EQ(parameter_of(maybe{true}), "16 01");
    const statement mixed("select $1, $2, $3, $4", std::nullopt, "a", std::optional<int>(), "b");
    EXPECT_EQ(parameter_of(mixed, 0), "0 NULL");
    EXPECT_EQ(parameter_of(mixed, 1), "0 text a");
    EXPECT_EQ(parameter_of(mixed, 2), "23 NULL");
    EXPECT_EQ(parameter_of(mixed, 3), "0 text b");
}

// Or the server would have to prepare the same text twice.
TEST(statement, null_has_the_type_that_a_value_would_have) {
    EXPECT_EQ(parameter_of(std::optional<int>()), "23 NULL");
    EXPECT_EQ(parameter_of(std::optional<int>(0)), "23 00000000");
    EXPECT_EQ(parameter_of(std::optional<bool>(false)), "16 00");
    EXPECT_EQ(parameter_of(std::optional<std::string>()), "0 NULL");
    EXPECT_EQ(parameter_of(std::optional<std::string>("")), "0 text ");
    EXPECT_EQ(parameter_of(std::optional<std::uint64_t>()), "20 NULL");
    EXPECT_EQ(parameter_of(std::optional<std::optional<int>>(std::optional<int>())), "23 NULL");
    EXPECT_EQ(parameter_of(std::optional<std::optional<int>>(5)), "23 00000005");
    EXPECT_EQ(parameter_of(std::optional<maybe>(maybe{false})), "16 NULL");
    const statement named("select $1", std::optional<point_in_text>());
    EXPECT_EQ(named.parameter_type(0).name(), "point3d");
}

TEST(statement, types_that_are_looked_up_by_name) {
    statement made("select $1, $2, $3", tagged{"abc"}, point_in_text{5}, tagged{""});
    EXPECT_EQ(made.parameter_type(0).name(), "tagged");
    EXPECT_EQ(made.parameter_type(1).name(), "point3d");
    EXPECT_EQ(parameter_of(made, 1), "0 text 5");
    ASSERT_EQ(made.pending_types().size(), 4u);
    EXPECT_EQ(made.pending_types()[0].name, "label");
    EXPECT_EQ(made.pending_types()[1].name, "other");
    EXPECT_EQ(made.pending_types()[1].parameter, 0u);
    EXPECT_EQ(made.pending_types()[2].parameter, 2u);
    EXPECT_EQ(parameter_of(made, 0), "0 000000006162630000001700000000");
    for (std::uint32_t oid = 0xFFFFFF01; const statement::pending_type& each : made.pending_types())
        made.resolve_type(each.position, oid++);
    EXPECT_EQ(parameter_of(made, 0), "0 ffffff0161626300000017ffffff02");
    EXPECT_EQ(parameter_of(made, 1), "0 text 5");
    EXPECT_EQ(parameter_of(made, 2), "0 ffffff0300000017ffffff04");
}

TEST(statement, outlives_what_it_was_made_from) {
    const std::string text = "select $1, $2, $3, $4 /* " + std::string(100, 's') + " */";
    auto sql = std::make_unique<std::string>(text);
    auto value = std::make_unique<std::string>(100, 'v');
    auto optional = std::make_unique<std::optional<std::string>>(std::string(100, 'o'));
    const statement made(*sql, *value, std::string_view(*value), value->c_str(), *optional);
    sql.reset();
    value.reset();
    optional.reset();
    EXPECT_EQ(made.sql(), text);
    for (const std::size_t index : {0u, 1u, 2u})
        EXPECT_EQ(made.parameter_data(index), std::string(100, 'v'));
    EXPECT_EQ(made.parameter_data(3), std::string(100, 'o'));
}

TEST(statement, is_a_value) {
    statement original("select $1, $2", "short", std::string(100, 'x'));
    original.prepare(false);
    const statement copy = original;
    const statement moved = std::move(original);
    for (const statement* each : {&copy, &moved}) {
        EXPECT_EQ(each->sql(), "select $1, $2");
        EXPECT_STREQ(each->parameter_data(0), "short");
        EXPECT_EQ(each->parameter_data(1), std::string(100, 'x'));
        EXPECT_EQ(each->prepare(), std::optional(false));
    }
    original = copy; // NOLINT: usable again
    EXPECT_STREQ(original.parameter_data(0), "short");
    EXPECT_NE(original.parameter_data(0), copy.parameter_data(0));
}

// What has run is kept for the next one, which is to have nothing of it but the memory.
TEST(statement, has_nothing_of_those_before_it) {
    const std::string text = "select $1, $2 /* longer than what a string has room for in itself */";
    const auto spend = [&] {
        statement spent(text, 5, "five");
        spent.prepare(true).simple_protocol(true).timeout(std::chrono::milliseconds(5));
        spent.results(coropq::result_format::binary);
        coropq::detail::spent_statements::add(std::move(spent));
    };
    spend();
    const statement same(text, 6, "a longer text than the one before");
    EXPECT_EQ(same.sql(), text);
    ASSERT_EQ(same.parameter_count(), 2u);
    EXPECT_EQ(parameter_of(same, 0), "23 00000006");
    EXPECT_STREQ(same.parameter_data(1), "a longer text than the one before");
    EXPECT_EQ(same.prepare(), std::nullopt);
    EXPECT_FALSE(same.simple_protocol());
    EXPECT_EQ(same.timeout(), std::nullopt);
    EXPECT_EQ(same.results(), coropq::result_format::automatic);
    spend();
    const statement other("select 1");
    EXPECT_EQ(other.sql(), "select 1");
    EXPECT_EQ(other.parameter_count(), 0u);
    spend();
    EXPECT_EQ(refusal([&] { const statement fewer(text, 5); }),
              "the statement has 2 parameters ($1 to $2), but 1 value was given|");
    spend();
    EXPECT_EQ(refusal([&] { const statement negative(text, 5, point_in_text{-5}); }),
              "parameter $2: is negative|take its absolute value");
    coropq::detail::spent_statements::add(statement(""));
    EXPECT_EQ(statement("").sql(), "");
}

TEST(statement, options) {
    const statement plain("select 1");
    EXPECT_EQ(plain.prepare(), std::nullopt);
    EXPECT_FALSE(plain.simple_protocol());
    EXPECT_EQ(plain.results(), coropq::result_format::automatic);
    const statement chained =
        statement("select 1").prepare(true).simple_protocol(true).results(coropq::result_format::binary);
    EXPECT_EQ(chained.prepare(), std::optional(true));
    EXPECT_TRUE(chained.simple_protocol());
    EXPECT_EQ(chained.results(), coropq::result_format::binary);
    statement later("select 1");
    later.prepare(false).simple_protocol(true).results(coropq::result_format::text).simple_protocol(false);
    EXPECT_EQ(later.prepare(), std::optional(false));
    EXPECT_FALSE(later.simple_protocol());
    EXPECT_EQ(later.results(), coropq::result_format::text);
    static_assert(std::is_same_v<decltype(later.prepare(true)), statement&>);
    static_assert(std::is_same_v<decltype(statement("").results(coropq::result_format::text)), statement&&>);
}

TEST(statement, counts_parameters_and_values) {
    EXPECT_EQ(refusal([] { statement("select $1, $2", 1, 2, 3); }),
              "the statement has 2 parameters ($1 to $2), but 3 values were given|");
    EXPECT_EQ(refusal([] { statement("select $1", 1, 2); }),
              "the statement has 1 parameter ($1), but 2 values were given|");
    EXPECT_EQ(refusal([] { statement("select $1, $2", 1); }),
              "the statement has 2 parameters ($1 to $2), but 1 value was given|");
    EXPECT_EQ(refusal([] { statement("select $1"); }), "the statement has 1 parameter ($1), but no values were given|");
    EXPECT_EQ(refusal([] { statement("select 1", 1); }), "the statement has no parameters, but 1 value was given|");
    EXPECT_EQ(refusal([] { statement("select '$1'", 1); }), "the statement has no parameters, but 1 value was given|");
    EXPECT_EQ(refusal([] { statement("select $2, $2", 1, 2); }), "accepted");
    EXPECT_EQ(refusal([] { statement("select '$1', $$ $1 $$, a$1 -- $1"); }), "accepted");
    // What only the server can tell.
    EXPECT_EQ(refusal([] { statement("select '\\', $1, '$2'", 1, 2); }), "accepted");
    EXPECT_EQ(refusal([] { statement("select $1, '", 1, 2); }), "accepted");
    EXPECT_EQ(refusal([] { statement("prepare a as select $1"); }), "accepted");
    EXPECT_EQ(refusal([] { statement("CREATE FUNCTION f(int) RETURNS int RETURN $1"); }), "accepted");
}

TEST(statement, says_which_value_cannot_be_encoded_and_why) {
    EXPECT_EQ(refusal([] { statement("select $1, $2", 1, point_in_text{-5}); }),
              "parameter $2: is negative|take its absolute value");
    EXPECT_EQ(refusal([] { statement("select $1", std::optional(point_in_text{-5})); }),
              "parameter $1: is negative|take its absolute value");
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
