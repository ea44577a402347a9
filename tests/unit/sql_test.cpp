// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What `select` becomes. That PostgreSQL takes it is for the tests with a server.

#include "refusal.hpp"
#include "support/sql_tables.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <type_traits>

namespace {

using namespace coropq::sql;
using coropq::test::refusal;
using coropq::test::shown;
using shop::employee;
using shop::hostile;
using shop::order;
using shop::user;

constexpr alias<employee, "manager"> manager;

const std::string all_of_user =
    R"(select "users"."id", "users"."name", "users"."age", "users"."e-mail", "users"."state" from "users")";

TEST(sql_select, objects) {
    EXPECT_EQ(shown(select<user>()), all_of_user);
    const auto query = select<user>()
                           .where(col<&user::age> > 30 && col<&user::name>.like("A%"))
                           .order_by(col<&user::name>.desc())
                           .limit(10);
    EXPECT_EQ(shown(query), all_of_user + R"( where "users"."age" > $1 and "users"."name" like $2)" +
                                R"( order by "users"."name" desc limit $3|30, 'A%', 10l)");
    static_assert(std::is_same_v<decltype(query)::row_type, user>);
    EXPECT_EQ(shown(select<order>().where(col<&order::paid>)),
              R"(select "public"."orders"."id", "public"."orders"."user_id", "public"."orders"."total", )"
              R"("public"."orders"."paid", "public"."orders"."tags" from "public"."orders")"
              R"( where "public"."orders"."paid")");
}

TEST(sql_select, queries_are_values) {
    const auto all = select<user>();
    const auto old = all.where(col<&user::age> > 30);
    const auto ada = old.where(col<&user::name> == "Ada");
    EXPECT_EQ(shown(all), all_of_user);
    EXPECT_EQ(shown(old), all_of_user + R"( where "users"."age" > $1|30)");
    EXPECT_EQ(shown(ada), all_of_user + R"( where "users"."age" > $1 and "users"."name" = $2|30, 'Ada')");
    EXPECT_EQ(shown(ada), shown(ada));
}

TEST(sql_select, expressions_and_labels) {
    const auto one = select(col<&user::name>);
    EXPECT_EQ(shown(one), R"(select "users"."name" from "users")");
    static_assert(std::is_same_v<decltype(one)::row_type, std::string>);
    const auto two = select(col<&user::name>, (col<&user::age> + 1).as("next \"age\""));
    EXPECT_EQ(shown(two), R"(select "users"."name", "users"."age" + $1 as "next ""age""" from "users"|1)");
    static_assert(std::is_same_v<decltype(two)::row_type, std::tuple<std::string, std::optional<int>>>);
    EXPECT_EQ(shown(select(value(1), value("a"))), "select $1, $2|1, 'a'");
    EXPECT_EQ(shown(select(col<&user::name>).distinct().order_by(col<&user::name>)),
              R"(select distinct "users"."name" from "users" order by "users"."name")");
    EXPECT_EQ(shown(select<employee>()
                        .distinct_on(col<&employee::manager_id>)
                        .order_by(col<&employee::manager_id>, col<&employee::name>.asc().nulls_last())),
              R"(select distinct on ("employees"."manager_id") "employees"."id", "employees"."name", )"
              R"("employees"."manager_id" from "employees" order by "employees"."manager_id", )"
              R"("employees"."name" asc nulls last)");
    EXPECT_EQ(shown(select(col<&user::id>).limit(3).offset(std::size_t(4))),
              R"(select "users"."id" from "users" limit $1 offset $2|3l, 4l)");
    EXPECT_EQ(shown(select((col<&user::age> * 2).as("twice")).order_by(label("twice").desc().nulls_first())),
              R"(select "users"."age" * $1 as "twice" from "users" order by "twice" desc nulls first|2)");
}

TEST(sql_select, joins) {
    const auto on = col<&order::user_id> == col<&user::id>;
    const auto inner = select(col<&user::name>, col<&order::total>).from<user>().join<order>(on);
    EXPECT_EQ(shown(inner), R"(select "users"."name", "public"."orders"."total" from "users" join "public"."orders" )"
                            R"(on "public"."orders"."user_id" = "users"."id")");
    static_assert(std::is_same_v<decltype(inner)::row_type, std::tuple<std::string, double>>);

    const auto columns =
        select(col<&user::name>, col<&order::total>, col<&order::total> + col<&user::id>, col<&order::id>.is_null());
    const auto left = columns.left_join<order>(on);
    static_assert(std::is_same_v<decltype(left)::row_type,
                                 std::tuple<std::string, std::optional<double>, std::optional<double>, bool>>);
    const auto right = columns.right_join<order>(on);
    static_assert(std::is_same_v<decltype(right)::row_type,
                                 std::tuple<std::optional<std::string>, double, std::optional<double>, bool>>);
    const auto full = columns.full_join<order>(on);
    static_assert(
        std::is_same_v<decltype(full)::row_type,
                       std::tuple<std::optional<std::string>, std::optional<double>, std::optional<double>, bool>>);
    const auto later = left.right_join<employee>(col<&employee::id> == col<&user::id>);
    static_assert(std::is_same_v<std::tuple_element_t<0, decltype(later)::row_type>, std::optional<std::string>>);
    EXPECT_EQ(shown(right.cross_join<employee>()),
              R"(select "users"."name", "public"."orders"."total", "public"."orders"."total" + "users"."id", )"
              R"("public"."orders"."id" is null from "users" right join "public"."orders" )"
              R"(on "public"."orders"."user_id" = "users"."id" cross join "employees")");
}

TEST(sql_select, aliases) {
    const auto query = select(col<&employee::name>, manager.col<&employee::name>)
                           .from<employee>()
                           .left_join(manager, manager.col<&employee::id> == col<&employee::manager_id>);
    EXPECT_EQ(shown(query), R"(select "employees"."name", "manager"."name" from "employees" left join "employees" as )"
                            R"("manager" on "manager"."id" = "employees"."manager_id")");
    static_assert(std::is_same_v<decltype(query)::row_type, std::tuple<std::string, std::optional<std::string>>>);
    EXPECT_EQ(shown(select(manager)), R"(select "manager"."id", "manager"."name", "manager"."manager_id" from )"
                                      R"("employees" as "manager")");
    static_assert(std::is_same_v<decltype(select(manager))::row_type, employee>);
}

TEST(sql_select, groups_and_aggregates) {
    const auto query = select(col<&order::user_id>, count().as("n"), sum(col<&order::total>),
                              count(col<&order::id>).filter(col<&order::paid>))
                           .group_by(col<&order::user_id>)
                           .having(count() > 1, max(col<&order::total>) < 7.5);
    EXPECT_EQ(shown(query),
              R"(select "public"."orders"."user_id", count(*) as "n", sum("public"."orders"."total"), )"
              R"(count("public"."orders"."id") filter (where "public"."orders"."paid") from "public"."orders" )"
              R"(group by "public"."orders"."user_id" having count(*) > $1 and max("public"."orders"."total") < $2)"
              "|1, 7.500000");
    static_assert(std::is_same_v<decltype(query)::row_type,
                                 std::tuple<std::int64_t, std::int64_t, std::optional<double>, std::int64_t>>);
    EXPECT_EQ(shown(select(count_distinct(col<&user::age>), min(col<&user::name>), avg(col<&user::age>))),
              R"(select count(distinct "users"."age"), min("users"."name"), avg("users"."age") from "users")");
    static_assert(std::is_same_v<decltype(avg(col<&user::age>))::value_type, std::optional<coropq::decimal>>);
    static_assert(std::is_same_v<decltype(sum(col<&user::age>))::value_type, std::optional<std::int64_t>>);
    static_assert(std::is_same_v<decltype(sum(col<&user::id>))::value_type, std::optional<coropq::decimal>>);

    // An expression that is used twice has its parameters once: what is selected is what is grouped by.
    const auto decade = col<&user::age> / 10;
    EXPECT_EQ(shown(select(decade, count()).group_by(decade)),
              R"(select "users"."age" / $1, count(*) from "users" group by "users"."age" / $1|10)");
}

struct summary {
    std::int64_t user = 0;
    std::optional<double> total;
};
BOOST_DESCRIBE_STRUCT(summary, (), (user, total))

TEST(sql_select, into_a_struct) {
    const auto query =
        select(col<&order::user_id>, sum(col<&order::total>)).group_by(col<&order::user_id>).into<summary>();
    EXPECT_EQ(shown(query),
              R"(select "public"."orders"."user_id" as "user", sum("public"."orders"."total") as "total" )"
              R"(from "public"."orders" group by "public"."orders"."user_id")");
    static_assert(std::is_same_v<decltype(query)::row_type, summary>);
}

TEST(sql_select, tables_that_are_known_when_the_program_runs) {
    const table users("users");
    EXPECT_EQ(shown(select(users)), R"(select "users".* from "users")");
    const auto query = select(users["id"], users.column<std::string>("name"))
                           .where(users["age"] > 30 && users["name"].like("A%") && users["e-mail"] == users["name"])
                           .order_by(users["id"]);
    EXPECT_EQ(shown(query), R"(select "users"."id", "users"."name" from "users" where "users"."age" > $1 and )"
                            R"("users"."name" like $2 and "users"."e-mail" = "users"."name" order by "users"."id")"
                            "|30, 'A%'");
    static_assert(std::is_same_v<decltype(query)::row_type, std::tuple<std::optional<std::string>, std::string>>);
    const table there("orders", "a.b");
    const table other = there.as("o");
    EXPECT_EQ(shown(select(there["x"]).join(other, other["y"] == there["z"])),
              R"(select "a.b"."orders"."x" from "a.b"."orders" join "a.b"."orders" as "o" on "o"."y" = )"
              R"("a.b"."orders"."z")");
    // A mapped table and one that is known by the same name are the same.
    EXPECT_EQ(shown(select(users["id"]).where(col<&user::id> == 1)),
              R"(select "users"."id" from "users" where "users"."id" = $1|1)");
}

TEST(sql_select, what_is_refused) {
    EXPECT_EQ(refusal([] { shown(select<user>().where(col<&order::paid>)); }),
              R"(the statement uses the column "paid" of "public"."orders", which it does not read from)"
              "|name the table in from() or join()");
    EXPECT_EQ(refusal([] { shown(select(value(1)).join<user>(col<&user::id> == 1)); }),
              "the statement joins tables to none|name the first one in from()");
    EXPECT_EQ(refusal([] { static_cast<void>(col<&user::name> == std::string("a\0b", 3)); }).substr(0, 24),
              "a value in the statement");
    EXPECT_EQ(refusal([] { static_cast<void>(table("a")[std::string_view("a\0b", 3)]); }),
              "a name in the statement contains a NUL byte|");
    EXPECT_EQ(refusal([] { static_cast<void>(table("")); }), "a name in the statement is empty|");
}

TEST(sql_select, hostile_names_and_values) {
    EXPECT_EQ(shown(select<hostile>().where(col<&hostile::text> == "'; drop table users; -- $1 \\ \" /*")),
              R"(select "sch""ema; drop"."ta""ble -- $1"."select", "sch""ema; drop"."ta""ble -- $1"."'; drop table )"
              R"(users; --" from "sch""ema; drop"."ta""ble -- $1" where )"
              R"("sch""ema; drop"."ta""ble -- $1"."'; drop table users; --" = $1|''; drop table users; -- $1 \ " /*')");
    EXPECT_EQ(shown(select(value(1).as("a\"; drop table users; --"))), R"(select $1 as "a""; drop table users; --"|1)");
}

} // namespace
