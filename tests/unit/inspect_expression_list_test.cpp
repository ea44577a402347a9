// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Lists of expressions as the server writes them.

#include "inspect/expression_list.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace {

using coropq::detail::condition_in_definition;
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

TEST(trigger_condition, is_cut_out_of_the_definition) {
    const std::string before =
        "CREATE CONSTRAINT TRIGGER \" WHEN (\" BEFORE UPDATE OF \"it's (\", b ON a.\")\" "
        "NOT DEFERRABLE INITIALLY IMMEDIATE REFERENCING NEW TABLE AS \"\"\" WHEN (\" FOR EACH ROW";
    const std::string after = " EXECUTE FUNCTION \"f(\"('x', ' WHEN (y)', ')')";
    for (const char* condition :
         {"(old.a IS DISTINCT FROM new.a)", "((new.a > 1) AND (new.b < 2))", "new.ok", "(new.b = ')'::text)",
          "(new.b = 'it''s ('::text)", "(new.b = 'a\\'::text)",
          "(new.\")\" = (CASE WHEN (old.a > 1) THEN 1 ELSE 2 END))", "(new.\"\"\"(\" = ANY (ARRAY[1, 2]))"})
        EXPECT_EQ(condition_in_definition(before + " WHEN (" + condition + ")" + after), condition);
    EXPECT_EQ(condition_in_definition(before + after), std::nullopt);
}

TEST(trigger_condition, text_without_an_end_is_no_trouble) {
    for (const char* text : {"", " WHEN (", " WHEN (a", " WHEN (')", " WHEN", ")", " WHEN (\""})
        EXPECT_EQ(condition_in_definition(text), std::nullopt) << text;
}

} // namespace
