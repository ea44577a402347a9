// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/statement.hpp>

#include "libpq/redaction.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace {

using coropq::statement;

// A value of any type in binary form.
struct raw {
    std::string_view bytes;
    coropq::type_reference type;
};

} // namespace

template <>
struct coropq::codec<raw> {
    static constexpr type_reference type() { return {}; }
    static type_reference type_of(const raw& value) { return value.type; }
    static void encode(const raw& value, value_writer& writer) { writer.write_text(value.bytes); }
};

namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t int4_array = 1007;
constexpr std::uint32_t text_array = 1009;

template <typename T>
std::string redacted(const T& value, std::string text) {
    const statement running("select $1", value);
    coropq::detail::redaction redact;
    redact.set_statement(&running);
    return redact.apply(std::move(text));
}

// {4711, 4712}
constexpr auto two_numbers = "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\4\0\0\x12\x67\0\0\0\4\0\0\x12\x68"sv;
// {"confidential words", "it's"}
constexpr auto two_texts = "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\2\0\0\0\1\0\0\0\x12"
                           "confidential words\0\0\0\4it's"sv;

TEST(redaction, of_binary_parameters_hides_their_text) {
    EXPECT_EQ(redacted(4711, "Key (id)=(4711) already exists."), "Key (id)=(***) already exists.");
    EXPECT_EQ(redacted(47, "Key (id)=(4711) already exists."), "Key (id)=(4711) already exists.");
    EXPECT_EQ(redacted(123456789012, "value \"123456789012\" is out of range"), "value \"***\" is out of range");
    EXPECT_EQ(redacted(-1.5, "(a, -1.5)"), "(a, ***)");
    EXPECT_EQ(
        redacted(raw{"\xA0\xEE\xBC\x99\x9C\x0B\x4E\xF8\xBB\x6D\x6B\xB9\xBD\x38\x0A\x11"sv, coropq::type_oid::uuid},
                 "Key (id)=(a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11)"),
        "Key (id)=(***)");
}

TEST(redaction, of_arrays_hides_their_elements) {
    const raw numbers{two_numbers, int4_array};
    EXPECT_EQ(redacted(numbers, "Key (id)=(4712) already exists."), "Key (id)=(***) already exists.");
    EXPECT_EQ(redacted(numbers, "Key (id)=(4713) already exists."), "Key (id)=(4713) already exists.");
    EXPECT_EQ(redacted(numbers, "(4711, 4712, 4711)"), "(***, ***, ***)");
    const raw texts{two_texts, text_array};
    EXPECT_EQ(redacted(texts, "Key (name)=(confidential words) already exists."), "Key (name)=(***) already exists.");
    EXPECT_EQ(redacted(texts, "invalid input: \"it's\""), "invalid input: \"***\"");
    EXPECT_EQ(redacted("{4711,4712}", "Key (id)=(4712) already exists."), "Key (id)=(***) already exists.");
}

TEST(redaction, of_types_that_are_not_known_takes_their_bytes) {
    EXPECT_EQ(redacted(raw{"confidential"sv, coropq::type_reference("mood")}, "invalid: \"confidential\""),
              "invalid: \"***\"");
    EXPECT_EQ(redacted(raw{"sad"sv, 70000}, "invalid: \"sad\""), "invalid: \"***\"");
    EXPECT_EQ(redacted(raw{"\1\2confidential\3"sv, 70000}, "invalid: \"confidential\""), "invalid: \"***\"");
    // Bytes that aren't a number after all.
    EXPECT_EQ(redacted(raw{"confidential"sv, coropq::type_oid::int4}, "invalid: \"confidential\""), "invalid: \"***\"");
}

TEST(redaction, follows_the_statement_that_is_running) {
    coropq::detail::redaction redact;
    const statement first("select $1", 4711);
    const statement second("select $1", 4712);
    redact.set_statement(&first);
    EXPECT_EQ(redact.apply("(4711) (4712)"), "(***) (4712)");
    redact.set_statement(&second);
    EXPECT_EQ(redact.apply("(4711) (4712)"), "(4711) (***)");
    redact.set_statement(nullptr);
    EXPECT_EQ(redact.apply("(4711) (4712)"), "(4711) (4712)");
}

// An array may have a million elements; a message is short. Quadratic effort would take minutes.
TEST(redaction, of_large_arrays_takes_linear_effort) {
    std::string array = "{";
    std::string message;
    for (int i = 0; i != 200000; ++i)
        array += std::to_string(1000000 + i) + ",";
    for (int i = 0; i != 20000; ++i)
        message += "(" + std::to_string(1000000 + 10 * i) + ") ";
    const auto begin = std::chrono::steady_clock::now();
    const std::string shown = redacted(array + "7}", message);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    EXPECT_EQ(shown.find('0'), std::string::npos);
    EXPECT_EQ(shown.substr(0, 12), "(***) (***) ");
}

} // namespace
