// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Lists of expressions as the server writes them.

#include "inspect/expression_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using coropq::detail::split_expressions;
using list = std::vector<std::string>;

TEST(expression_list, commas_between_expressions_separate_them) {
    EXPECT_EQ(split_expressions("lower(a)"), (list{"lower(a)"}));
    EXPECT_EQ(split_expressions("lower(a), (b + 1), c"), (list{"lower(a)", "(b + 1)", "c"}));
    EXPECT_EQ(split_expressions(""), (list{""}));
}

TEST(expression_list, commas_within_do_not) {
    for (const char* one : {"f(a, b, g(c, d))", "ARRAY[a, b]", "(a)::numeric(3,2)", "('a, b'::text || c)", "\"a, b\"",
                            "(\"a\"\", b\" || 'it''s, so')", "(E'\\\\, ' || a)", "('(' || a)", "(')' || a)",
                            "(\"(\" || '[')", "c[1]", "(ROW(a, b))", "(''''::text)"})
        EXPECT_EQ(split_expressions(std::string(one) + ", x"), (list{one, "x"})) << one;
}

TEST(expression_list, text_without_an_end_is_no_trouble) {
    for (const char* text : {"'a, b", "\"a, b", "(a, b", "'", "a, b)", ")", "]", ","})
        EXPECT_FALSE(split_expressions(text).empty()) << text;
}

} // namespace
