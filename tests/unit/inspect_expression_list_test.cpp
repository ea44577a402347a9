// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Lists of expressions as the server writes them.

#include "inspect/borrowed_names.hpp"
#include "inspect/expression_list.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using coropq::detail::condition_in_definition;
using coropq::detail::split_expressions;
using coropq::detail::with_own_names;
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

TEST(borrowed_names, become_those_of_the_columns) {
    const list lent{"oid", "relname", "relnamespace"};
    const list own{"a", "relname", "Select it\"s"};
    const auto name_of = [&](int number) { return &own.at(static_cast<std::size_t>(number - 1)); };
    const auto renamed = [&](std::string_view text, const std::vector<std::int16_t>& used) {
        return with_own_names(text, lent, used, name_of);
    };
    EXPECT_EQ(renamed("(oid > 0)", {1}), "(a > 0)");
    EXPECT_EQ(renamed("((relnamespace)::text <> 'relname'::text)", {3}),
              "((\"Select it\"\"s\")::text <> 'relname'::text)");
    EXPECT_EQ(renamed("((relname IS NULL) OR (relname = E'\\\\ ''oid'))", {2}),
              "((relname IS NULL) OR (relname = E'\\\\ ''oid'))");
    // What is called like one of the columns, but is something else.
    EXPECT_EQ(renamed("(oid(relname) = s.oid(relname, oid => 1, oid => (oid)::oid))", {1, 2}),
              "(oid(relname) = s.oid(relname, oid => 1, oid => (a)::oid))");
    EXPECT_EQ(renamed("((oid COLLATE relname) < (oid).relname) AND (\"oid\" = 1e5)", {1}),
              "((a COLLATE relname) < (a).relname) AND (\"oid\" = 1e5)");
    EXPECT_EQ(renamed("(oid[oid:relname] = xmlelement(NAME oid, oid))", {1, 2}),
              "(a[a:relname] = xmlelement(NAME oid, a))");
    EXPECT_EQ(renamed("true", {}), "true");
    // Others than those that are used, or not all.
    EXPECT_EQ(renamed("(oid = relname)", {1}), std::nullopt);
    EXPECT_EQ(renamed("(oid = 1)", {1, 2}), std::nullopt);
    EXPECT_EQ(renamed("(\"oid\" = 1)", {1}), std::nullopt);
    for (const char* text : {"'oid", "\"oid", "'", ""})
        EXPECT_EQ(renamed(text, {1}), std::nullopt) << text;
}

TEST(trigger_condition, text_without_an_end_is_no_trouble) {
    for (const char* text : {"", " WHEN (", " WHEN (a", " WHEN (')", " WHEN", ")", " WHEN (\""})
        EXPECT_EQ(condition_in_definition(text), std::nullopt) << text;
}

} // namespace
