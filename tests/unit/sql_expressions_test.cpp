// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What expressions become, with the parentheses that PostgreSQL needs.

#include "refusal.hpp"
#include "support/sql_tables.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::sql;
using coropq::test::refusal;
using coropq::test::shown;
using shop::order;
using shop::user;

// What a condition becomes, behind `where`, with its parameters.
template <typename Condition>
std::string condition(const Condition& given) {
    const std::string text = shown(select<user>().from<order>().where(given));
    return text.substr(text.find(" where ") + 7);
}

TEST(sql_expressions, comparisons) {
    EXPECT_EQ(condition(col<&user::age> == 1), R"("users"."age" = $1|1)");
    EXPECT_EQ(condition(col<&user::age> != 1), R"("users"."age" <> $1|1)");
    EXPECT_EQ(condition(1 < col<&user::age>), R"($1 < "users"."age"|1)");
    EXPECT_EQ(condition(1 == col<&user::age>), R"($1 = "users"."age"|1)");
    EXPECT_EQ(condition(col<&user::age> >= std::int64_t(1)), R"("users"."age" >= $1|1l)");
    EXPECT_EQ(condition(col<&user::age> <= 1.5), R"("users"."age" <= $1|1.500000)");
    EXPECT_EQ(condition(col<&user::name> == col<&user::mail>), R"("users"."name" = "users"."e-mail")");
    EXPECT_EQ(condition(col<&user::state> == shop::mood::happy), R"("users"."state" = $1|'happy')");
    EXPECT_EQ(condition(col<&order::tags> == std::vector<std::string>({"a", "b"})),
              R"("public"."orders"."tags" = $1|'{"a","b"}')");
    EXPECT_EQ(condition((col<&user::age> > 1) == col<&order::paid>),
              R"(("users"."age" > $1) = "public"."orders"."paid"|1)");
    // NULL that is known
    EXPECT_EQ(condition(col<&user::age> == std::nullopt), R"("users"."age" is null)");
    EXPECT_EQ(condition(nullptr != col<&user::age>), R"("users"."age" is not null)");
    EXPECT_EQ(condition(col<&user::age> == std::optional<int>()), R"("users"."age" is null)");
    EXPECT_EQ(condition(col<&user::age> != std::optional<int>(3)), R"("users"."age" <> $1|3)");
    EXPECT_EQ(condition(col<&user::age>.is_null()), R"("users"."age" is null)");
    EXPECT_EQ(condition((col<&user::age> > 3).is_not_true()), R"(("users"."age" > $1) is not true|3)");
    EXPECT_EQ(condition(col<&user::age>.is_distinct_from(3)), R"("users"."age" is distinct from $1|3)");
    EXPECT_EQ(condition(col<&user::age>.is_not_distinct_from(std::optional<int>())),
              R"("users"."age" is not distinct from $1|NULL)");
}

TEST(sql_expressions, precedence_of_conditions) {
    const auto& a = col<&user::age>;
    EXPECT_EQ(condition((a > 1 || a < 2) && a == 3),
              R"(("users"."age" > $1 or "users"."age" < $2) and "users"."age" = $3|1, 2, 3)");
    EXPECT_EQ(condition(a > 1 || (a < 2 && a == 3)),
              R"("users"."age" > $1 or "users"."age" < $2 and "users"."age" = $3|1, 2, 3)");
    EXPECT_EQ(condition(a > 1 && (a < 2 && a == 3)),
              R"("users"."age" > $1 and "users"."age" < $2 and "users"."age" = $3|1, 2, 3)");
    EXPECT_EQ(condition(!(a > 1 && a < 2)), R"(not ("users"."age" > $1 and "users"."age" < $2)|1, 2)");
    EXPECT_EQ(condition(!(a > 1) && a < 2), R"(not "users"."age" > $1 and "users"."age" < $2|1, 2)");
    EXPECT_EQ(condition(!!(a > 1)), R"(not (not "users"."age" > $1)|1)");
    EXPECT_EQ(condition((a > 1).is_null()), R"(("users"."age" > $1) is null|1)");
    EXPECT_EQ(condition(a.is_null() == a.is_null()), R"(("users"."age" is null) = ("users"."age" is null))");
    EXPECT_EQ(condition(a.between(1, a + 1) && a.not_between(3, 4)),
              R"("users"."age" between $1 and "users"."age" + $2 and "users"."age" not between $3 and $4|1, 1, 3, 4)");
    EXPECT_EQ(condition((a == 1).is_distinct_from(a == 2)),
              R"(("users"."age" = $1) is distinct from ("users"."age" = $2)|1, 2)");
}

TEST(sql_expressions, precedence_of_arithmetic) {
    const auto& a = col<&user::age>;
    const auto& n = col<&user::name>;
    EXPECT_EQ(condition((a + 1) * 2 > 3), R"(("users"."age" + $1) * $2 > $3|1, 2, 3)");
    EXPECT_EQ(condition(a + 2 * a > 3), R"("users"."age" + $1 * "users"."age" > $2|2, 3)");
    EXPECT_EQ(condition(a - (a - 1) == a - a - 1),
              R"("users"."age" - ("users"."age" - $1) = "users"."age" - "users"."age" - $2|1, 1)");
    EXPECT_EQ(condition(a / (a * 2) == a / a * 2),
              R"("users"."age" / ("users"."age" * $1) = "users"."age" / "users"."age" * $2|2, 2)");
    EXPECT_EQ(condition(-(-a) == a - -a), R"(- (- "users"."age") = "users"."age" - - "users"."age")");
    EXPECT_EQ(condition(-(a + 1) % 2 == 0), R"(- ("users"."age" + $1) % $2 = $3|1, 2, 0)");
    EXPECT_EQ(condition(n + "x" + n == "y"), R"("users"."name" || $1 || "users"."name" = $2|'x', 'y')");
    EXPECT_EQ(condition((n + "x").like("y")), R"("users"."name" || $1 like $2|'x', 'y')");
    EXPECT_EQ(condition(a.op<bool>("@>", a + 1)), R"("users"."age" @> ("users"."age" + $1)|1)");
    EXPECT_EQ(condition(n.collate("C") < n.collate("de\"x")),
              R"("users"."name" collate "C" < "users"."name" collate "de""x")");
}

TEST(sql_expressions, patterns_and_lists) {
    const auto& n = col<&user::name>;
    EXPECT_EQ(condition(n.not_like("a")), R"("users"."name" not like $1|'a')");
    EXPECT_EQ(condition(n.ilike("a")), R"("users"."name" ilike $1|'a')");
    EXPECT_EQ(condition(n.not_ilike("a")), R"("users"."name" not ilike $1|'a')");
    EXPECT_EQ(condition(n.similar_to("a")), R"("users"."name" similar to $1|'a')");
    EXPECT_EQ(condition(n.matches("a") && n.imatches("b") && n.not_matches("c") && n.not_imatches("d")),
              R"("users"."name" ~ $1 and "users"."name" ~* $2 and "users"."name" !~ $3 and "users"."name" !~* $4)"
              "|'a', 'b', 'c', 'd'");
    EXPECT_EQ(condition(n.starts_with("5%_\\")), R"("users"."name" like $1|'5\%\_\\%')");
    EXPECT_EQ(condition(n.ends_with("x")), R"("users"."name" like $1|'%x')");
    EXPECT_EQ(condition(n.has_text("x")), R"("users"."name" like $1|'%x%')");
    EXPECT_EQ(condition(n.in({"a", "b"})), R"("users"."name" = any ($1)|'{"a","b"}')");
    EXPECT_EQ(condition(n.not_in(std::vector<std::string>{"a,b"})), R"("users"."name" <> all ($1)|'{"a,b"}')");
    EXPECT_EQ(condition(col<&user::age>.in({1, 2, 3})), R"("users"."age" = any ($1)|44 bytes of 1007)");
    EXPECT_EQ(condition(col<&user::age>.in(std::vector<int>())), R"("users"."age" = any ($1)|12 bytes of 1007)");
    EXPECT_EQ(condition(col<&user::state>.in({shop::mood::ok})), R"("users"."state" = any ($1)|'{"ok"}')");
    EXPECT_EQ(condition(col<&user::id>.in(select(col<&order::user_id>))),
              R"("users"."id" in (select "public"."orders"."user_id" from "public"."orders"))");
    EXPECT_EQ(condition(col<&user::id>.not_in(select(col<&order::user_id>).where(col<&order::id> > 7))),
              R"("users"."id" not in (select "public"."orders"."user_id" from "public"."orders" )"
              R"(where "public"."orders"."id" > $1)|7)");
}

TEST(sql_expressions, raw_text) {
    EXPECT_EQ(condition(raw<bool>("age({}) > {} and '{{}}' <> ''", col<&user::age>, 7) && col<&order::paid>),
              R"((age("users"."age") > $1 and '{}' <> '') and "public"."orders"."paid"|7)");
    EXPECT_EQ(refusal([] { raw("{}"); }), "raw SQL has more places {} than operands|");
    EXPECT_EQ(refusal([] { raw("1", 2); }), "raw SQL has fewer places {} than operands|");
    EXPECT_EQ(refusal([] { raw("{", 2); }), "raw SQL has a single brace|write {{ and }} for braces");
}

TEST(sql_expressions, operators_of_ones_own) {
    const auto& n = col<&user::name>;
    EXPECT_EQ(condition(n.op<bool>("~<=~", "x")), R"("users"."name" ~<=~ $1|'x')");
    EXPECT_EQ(refusal([&] { n.op("; drop table users", 1); }),
              "an operator consists of the characters +-*/<>=~!@#%^&|`? and begins no comment|");
    for (const char* wrong : {"+--", "/*", "", "a", " ", "=$1"})
        EXPECT_EQ(refusal([&] { n.op(wrong, 1); }).substr(0, 11), "an operator") << wrong;
}

} // namespace
