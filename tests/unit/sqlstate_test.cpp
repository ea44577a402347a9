// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/sqlstate.hpp>

#include <gtest/gtest.h>

#include <boost/system/error_condition.hpp>

#include <set>
#include <string>
#include <string_view>

namespace {

using boost::system::error_code;
using coropq::make_sqlstate_code;
using coropq::sqlstate;
using coropq::sqlstate_text;

TEST(sqlstate, codes_and_texts_belong_together) {
    for (const char* text : {"42P01", "23505", "28P01", "57P01", "40001", "40P01", "00001", "01000", "ZZZZZ", "XX000",
                             "0A000", "P0001", "HV000", "F0000", "72000", "00Z0Z"}) {
        const error_code code = make_sqlstate_code(text);
        EXPECT_TRUE(code.failed()) << text;
        EXPECT_EQ(sqlstate_text(code), text);
        EXPECT_EQ(code.category(), coropq::sqlstate_category());
        EXPECT_NE(code.message().find(text), std::string::npos) << code.message();
    }
}

TEST(sqlstate, compares_with_names) {
    EXPECT_EQ(make_sqlstate_code("23505"), sqlstate::unique_violation);
    EXPECT_EQ(make_sqlstate_code("42P01"), sqlstate::undefined_table);
    EXPECT_NE(make_sqlstate_code("42P02"), sqlstate::undefined_table);
    EXPECT_EQ(error_code(sqlstate::deadlock_detected), make_sqlstate_code("40P01"));
    EXPECT_EQ(make_sqlstate_code("40001"), sqlstate::serialization_failure);
    EXPECT_FALSE(error_code(sqlstate::successful_completion).failed());
    static_assert(static_cast<int>(sqlstate::query_canceled) == coropq::detail::encode_sqlstate("57014"));
}

TEST(sqlstate, messages_name_the_condition) {
    EXPECT_EQ(error_code(sqlstate::unique_violation).message(), "unique_violation (23505)");
    EXPECT_EQ(error_code(sqlstate::admin_shutdown).message(), "admin_shutdown (57P01)");
    EXPECT_EQ(make_sqlstate_code("QX123").message(), "SQLSTATE QX123");
    EXPECT_STREQ(coropq::sqlstate_category().name(), "coropq.sqlstate");
}

// A server that reports an error without a proper code has still reported an error.
TEST(sqlstate, nonsense_is_an_internal_error) {
    for (const std::string_view text : {"", "1", "4230", "423055", "4230a", "42 01", "-2305",
                                        "42\xC3\xA4"
                                        "1",
                                        "00000"})
        EXPECT_EQ(make_sqlstate_code(text), sqlstate::internal_error) << text;
}

TEST(sqlstate, other_codes_have_no_state) {
    EXPECT_EQ(sqlstate_text(error_code()), "");
    EXPECT_EQ(sqlstate_text(make_error_code(boost::system::errc::not_enough_memory)), "");
}

// Every five characters are a code of their own.
TEST(sqlstate, encoding_is_one_to_one) {
    constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::set<int> seen;
    for (const char first : digits) {
        for (const char last : digits) {
            const std::string text{first, '0', 'Z', last, '9'};
            const int value = coropq::detail::encode_sqlstate(text);
            EXPECT_GT(value, 0) << text;
            EXPECT_TRUE(seen.insert(value).second) << text;
            EXPECT_EQ(sqlstate_text({value, coropq::sqlstate_category()}), text);
        }
    }
}

} // namespace
