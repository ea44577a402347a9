// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What functions, queries in queries and windows become.

#include "refusal.hpp"
#include "support/sql_tables.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

using namespace coropq::sql;
using coropq::test::refusal;
using coropq::test::shown;
using shop::employee;
using shop::order;
using shop::user;

// What is selected, with its parameters and where from.
template <typename... Expressions>
std::string selected(const Expressions&... given) {
    return shown(select(given...)).substr(7);
}
template <typename Expected, typename Expression>
void has_type(const Expression&) {
    static_assert(std::is_same_v<typename Expression::value_type, Expected>);
}

TEST(sql_functions, by_name) {
    EXPECT_EQ(selected(func<std::string>("lower", col<&user::name>)), R"("lower"("users"."name") from "users")");
    EXPECT_EQ(selected(func("no\"w")), R"("no""w"())");
    EXPECT_EQ(selected(func_in<double>("ext", "similarity", col<&user::name>, "x")),
              R"("ext"."similarity"("users"."name", $1) from "users"|'x')");
    EXPECT_EQ(selected(aggregate_func<std::optional<std::string>>("string_agg", col<&user::name>, ", ")
                           .filter(col<&user::age> > 1)),
              R"("string_agg"("users"."name", $1) filter (where "users"."age" > $2) from "users"|', ', 1)");
    EXPECT_EQ(
        selected(aggregate_func_ordered("array_agg", {col<&user::age>.desc(), col<&user::id>.asc()}, col<&user::name>)),
        R"("array_agg"("users"."name" order by "users"."age" desc, "users"."id" asc) from "users")");
}

TEST(sql_functions, casts_and_their_like) {
    EXPECT_EQ(selected(cast<double>(col<&user::age>)), R"(cast("users"."age" as double precision) from "users")");
    has_type<std::optional<double>>(cast<double>(col<&user::age>));
    EXPECT_EQ(selected(cast<std::string>(7)), R"(cast($1 as text)|7)");
    has_type<std::string>(cast<std::string>(7));
    EXPECT_EQ(selected(cast<std::vector<int>>(nullptr)), R"(cast($1 as integer[])|NULL)");
    EXPECT_EQ(selected(coalesce(col<&user::age>, 0)), R"(coalesce("users"."age", $1) from "users"|0)");
    has_type<int>(coalesce(col<&user::age>, 0));
    has_type<std::optional<std::int64_t>>(coalesce(col<&user::age>, std::optional<std::int64_t>()));
    EXPECT_EQ(selected(nullif(col<&user::name>, "")), R"(nullif("users"."name", $1) from "users"|'')");
    EXPECT_EQ(selected(greatest(col<&user::id>, 1), least(col<&user::id>, col<&user::age>)),
              R"(greatest("users"."id", $1), least("users"."id", "users"."age") from "users"|1)");
    EXPECT_EQ(selected(extract(date_part::isoyear, value(coropq::timestamp()))),
              "cast(extract(isoyear from $1) as numeric)|8 bytes of 1114");
    EXPECT_EQ(selected(value(coropq::timestamp()) + value(coropq::interval())),
              "$1 + $2|8 bytes of 1114, 16 bytes of 1186");
}

TEST(sql_functions, cases) {
    const auto& a = col<&user::age>;
    const auto open = case_when(a < 18, "child").when(a < 65, "adult");
    EXPECT_EQ(selected(open), R"(case when "users"."age" < $1 then $2 when "users"."age" < $3 then $4 end from "users")"
                              "|18, 'child', 65, 'adult'");
    has_type<std::optional<std::string>>(open);
    EXPECT_EQ(selected(open.otherwise("old").as("group")),
              R"(case when "users"."age" < $1 then $2 when "users"."age" < $3 then $4 else $5 end as "group" from )"
              R"("users"|18, 'child', 65, 'adult', 'old')");
    has_type<std::string>(open.otherwise("old"));
    has_type<double>(case_when(a < 18, 1).otherwise(2.5));
    has_type<std::optional<int>>(case_when(a < 18, a).otherwise(2));
    has_type<std::optional<int>>(case_when(a < 18, nullptr).otherwise(2));
    EXPECT_EQ(shown(select<user>().order_by(open)).substr(86),
              R"(from "users" order by case when "users"."age" < $1 then $2 when "users"."age" < $3 then $4 end)"
              "|18, 'child', 65, 'adult'");
}

TEST(sql_queries, in_the_place_of_values) {
    const auto of_user = select(col<&order::total>).where(col<&order::user_id> == col<&user::id>);
    const std::string text = R"((select "public"."orders"."total" from "public"."orders" where )"
                             R"("public"."orders"."user_id" = "users"."id"))";
    EXPECT_EQ(shown(select(col<&user::name>).from<user>().where(exists(of_user))),
              R"(select "users"."name" from "users" where exists )" + text);
    EXPECT_EQ(shown(select(col<&user::name>).from<user>().where(!exists(of_user))),
              R"(select "users"."name" from "users" where not exists )" + text);
    EXPECT_EQ(selected(col<&user::name>, scalar(of_user).as("total")),
              R"("users"."name", )" + text + R"( as "total" from "users")");
    has_type<std::optional<double>>(scalar(of_user));
    EXPECT_EQ(shown(select(col<&user::id>).where(1.5 < any_of(of_user), col<&user::age> >= all_of(of_user))),
              R"(select "users"."id" from "users" where $1 < any )" + text + R"( and "users"."age" >= all )" + text +
                  "|1.500000");
    EXPECT_EQ(shown(select(col<&order::id>).where("a" == any_of(col<&order::tags>))),
              R"(select "public"."orders"."id" from "public"."orders" where $1 = any ("public"."orders"."tags")|'a')");
    // The tables of a query inside are none of the query around it.
    EXPECT_NE(
        refusal([&] { shown(select(col<&user::name>).from<user>().where(exists(of_user) && col<&order::paid>)); }),
        "accepted");
}

TEST(sql_queries, in_the_place_of_tables) {
    const auto totals = subquery(
        select(col<&order::user_id>, sum(col<&order::total>).as("sum")).group_by(col<&order::user_id>), "t\"s");
    const auto query = select(col<&user::name>, totals.column<std::optional<double>>("sum"))
                           .from<user>()
                           .left_join(totals, totals.col<&order::user_id>() == col<&user::id>)
                           .where(totals["sum"] > 3);
    EXPECT_EQ(shown(query),
              R"(select "users"."name", "t""s"."sum" from "users" left join (select "public"."orders"."user_id", )"
              R"(sum("public"."orders"."total") as "sum" from "public"."orders" group by "public"."orders"."user_id") )"
              R"(as "t""s" on "t""s"."user_id" = "users"."id" where "t""s"."sum" > $1|3)");
    const auto latest = lateral(select(col<&order::total>)
                                    .where(col<&order::user_id> == col<&user::id>)
                                    .order_by(col<&order::id>.desc())
                                    .limit(1),
                                "latest");
    EXPECT_EQ(shown(select(col<&user::name>, latest["total"]).from<user>().cross_join(latest)),
              R"(select "users"."name", "latest"."total" from "users" cross join lateral (select )"
              R"("public"."orders"."total" from "public"."orders" where "public"."orders"."user_id" = "users"."id" )"
              R"(order by "public"."orders"."id" desc limit $1) as "latest"|1l)");
    // What isn't lateral doesn't see the tables beside it.
    const auto blind =
        subquery(select(value(1).as("n")).from<order>().where(col<&order::user_id> == col<&user::id>), "b");
    EXPECT_EQ(refusal([&] { shown(select(col<&user::name>).from<user>().cross_join(blind)); }).substr(0, 40),
              "the statement uses the column \"id\" of \"u");
}

TEST(sql_queries, in_front) {
    const auto rich = cte("rich", select(col<&order::user_id>).where(col<&order::total> > 9.5));
    const std::string with = R"(with "rich" as (select "public"."orders"."user_id" from "public"."orders" where )"
                             R"("public"."orders"."total" > $)";
    EXPECT_EQ(shown(select(col<&user::name>)
                        .join(rich, rich.col<&order::user_id>() == col<&user::id>)
                        .where(col<&user::age> > 1)),
              with + R"(1) select "users"."name" from "users" join "rich" on "rich"."user_id" = "users"."id" where )"
                     R"("users"."age" > $2|9.500000, 1)");
    EXPECT_EQ(shown(delete_from<user>().from(rich).where(rich["user_id"] == col<&user::id>)),
              with + R"(1) delete from "users" using "rich" where "rich"."user_id" = "users"."id"|9.500000)");
    // One that uses another, and two uses of one.
    const auto twice = cte("twice", select(rich["user_id"]).from(rich));
    EXPECT_EQ(shown(select(twice["user_id"], rich["user_id"]).from(twice).from(rich)),
              with +
                  R"(1), "twice" as (select "rich"."user_id" from "rich") select "twice"."user_id", "rich"."user_id" )"
                  R"(from "twice", "rich"|9.500000)");
    const auto gone = cte("gone", delete_from<order>().where(col<&order::paid>).returning(col<&order::id>));
    EXPECT_EQ(shown(select(count()).from(gone)),
              R"(with "gone" as (delete from "public"."orders" where "public"."orders"."paid" returning )"
              R"("public"."orders"."id") select count(*) from "gone")");

    const auto below = recursive_cte("below", select(col<&employee::id>).where(col<&employee::id> == 2),
                                     [](const derived_table& self) {
                                         return select(col<&employee::id>)
                                             .from<employee>()
                                             .join(self, self.col<&employee::id>() == col<&employee::manager_id>);
                                     });
    EXPECT_EQ(shown(select(below.col<&employee::id>())),
              R"(with recursive "below" as ((select "employees"."id" from "employees" where "employees"."id" = $1) )"
              R"(union all (select "employees"."id" from "employees" join "below" on "below"."id" = )"
              R"("employees"."manager_id")) select "below"."id" from "below"|2)");
    EXPECT_EQ(refusal([&] { shown(select(value(1)).from(rich).from(cte("rich", select(col<&user::id>)))); }),
              "two common table expressions of the statement are called \"rich\"|");
}

TEST(sql_queries, compounds) {
    const auto young = select(col<&user::id>, col<&user::name>).where(col<&user::age> < 20);
    const auto named = select(col<&employee::id>, col<&employee::name>).order_by(col<&employee::id>).limit(1);
    const auto both = union_all(young, named).order_by(label("name").desc()).limit(5).offset(2);
    EXPECT_EQ(shown(both), R"((select "users"."id", "users"."name" from "users" where "users"."age" < $1) union all )"
                           R"((select "employees"."id", "employees"."name" from "employees" order by "employees"."id" )"
                           R"(limit $2) order by "name" desc limit $3 offset $4|20, 1l, 5l, 2l)");
    static_assert(std::is_same_v<decltype(both)::row_type, std::tuple<std::int64_t, std::string>>);
    const auto ids = select(col<&user::id>);
    const auto ages = select(col<&user::age>);
    const std::string i = R"((select "users"."id" from "users"))";
    const std::string a = R"((select "users"."age" from "users"))";
    EXPECT_EQ(shown(union_distinct(ids, ages, ids)), i + " union " + a + " union " + i);
    EXPECT_EQ(shown(intersect(ids, ages)), i + " intersect " + a);
    EXPECT_EQ(shown(intersect_all(ids, ages)), i + " intersect all " + a);
    EXPECT_EQ(shown(except(ids, union_all(ids, ages))), i + " except (" + i + " union all " + a + ")");
    EXPECT_EQ(shown(except_all(ids, ages)), i + " except all " + a);
    static_assert(std::is_same_v<decltype(union_all(ids, ages))::row_type, std::optional<std::int64_t>>);
    EXPECT_EQ(shown(ids.where(col<&user::id>.in(union_all(ids, ages)))),
              R"(select "users"."id" from "users" where "users"."id" in ()" + i + " union all " + a + ")");
}

TEST(sql_queries, windows) {
    const auto by_user = window().partition_by(col<&order::user_id>).order_by(col<&order::id>.desc());
    EXPECT_EQ(selected(row_number().over(by_user).as("n"), sum(col<&order::total>).over()),
              R"("row_number"() over (partition by "public"."orders"."user_id" order by "public"."orders"."id" desc) )"
              R"(as "n", sum("public"."orders"."total") over () from "public"."orders")");
    EXPECT_EQ(
        selected(lag(col<&order::total>, 2).over(window().order_by(col<&order::id>))),
        R"("lag"("public"."orders"."total", $1) over (order by "public"."orders"."id") from "public"."orders"|2)");
    EXPECT_EQ(selected(count().over(by_user.rows(preceding(2), current_row()))),
              R"(count(*) over (partition by "public"."orders"."user_id" order by "public"."orders"."id" desc rows )"
              R"(between $1 preceding and current row) from "public"."orders"|2)");
    EXPECT_EQ(
        selected(count().over(window().order_by(col<&user::id>).groups(preceding(), following(1)))),
        R"(count(*) over (order by "users"."id" groups between unbounded preceding and $1 following) from "users")"
        "|1");
    has_type<std::optional<double>>(lead(col<&order::total>).over());
    has_type<std::int64_t>(dense_rank().over());
}

TEST(sql_queries, locks) {
    const auto ids = select(col<&user::id>);
    const std::string text = R"(select "users"."id" from "users")";
    EXPECT_EQ(shown(ids.for_update()), text + " for update");
    EXPECT_EQ(shown(ids.limit(1).for_update(lock_wait::skip_locked)), text + " limit $1 for update skip locked|1l");
    EXPECT_EQ(shown(ids.for_share(lock_wait::nowait)), text + " for share nowait");
    EXPECT_EQ(shown(ids.lock(lock_strength::no_key_update, lock_wait::wait, table("users"))),
              text + R"( for no key update of "users")");
}

TEST(sql_queries, inserted) {
    EXPECT_EQ(shown(insert<user>()
                        .columns(col<&user::name>, col<&user::age>)
                        .from(select(col<&employee::name>, value(3)).where(col<&employee::id> > 1))
                        .on_conflict(col<&user::mail>)
                        .do_nothing()
                        .returning(col<&user::id>)),
              R"(insert into "users" ("name", "age") select "employees"."name", $1 from "employees" where )"
              R"("employees"."id" > $2 on conflict ("e-mail") do nothing returning "users"."id"|3, 1)");
}

} // namespace
