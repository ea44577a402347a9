// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What `insert`, `update` and `delete` become. That PostgreSQL takes it is for the tests with a server.

#include "refusal.hpp"
#include "support/sql_tables.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

using namespace coropq::sql;
using coropq::test::refusal;
using coropq::test::shown;
using shop::employee;
using shop::hostile;
using shop::order;
using shop::user;

const std::string into_users = R"(insert into "users" ("id", "name", "age", "e-mail", "state") values )";

TEST(sql_insert, objects) {
    const auto add = insert(user{.id = 1, .name = "Ada"}).on_conflict(col<&user::id>).do_nothing();
    EXPECT_EQ(shown(add),
              into_users + R"(($1, $2, $3, $4, $5) on conflict ("id") do nothing|1l, 'Ada', NULL, NULL, 'ok')");
    // What the server fills in, and what a program filled in.
    EXPECT_EQ(shown(insert(user{.name = "Ada", .age = 3})),
              into_users + R"((default, $1, $2, $3, $4)|'Ada', 3, NULL, 'ok')");
    const std::vector<user> several{{.name = "Ada"}, {.id = 7, .name = "Bob"}};
    EXPECT_EQ(shown(insert(several)), into_users + R"((default, $1, $2, $3, $4), ($5, $6, $7, $8, $9))"
                                                   "|'Ada', NULL, NULL, 'ok', 7l, 'Bob', NULL, NULL, 'ok'");
}

TEST(sql_insert, values) {
    EXPECT_EQ(shown(insert<user>().values(col<& user::name> = "Ada", col<& user::age> = std::nullopt)),
              R"(insert into "users" ("name", "age") values ($1, $2)|'Ada', NULL)");
    EXPECT_EQ(shown(insert<user>().values(col<& user::name> = raw<std::string>("current_user"))),
              R"(insert into "users" ("name") values ((current_user)))");
    EXPECT_EQ(shown(insert<user>().values()), R"(insert into "users" default values)");
    const table users("users", "shop");
    EXPECT_EQ(shown(insert(users).values(users["name"] = "Ada", users["age"] = 3)),
              R"(insert into "shop"."users" ("name", "age") values ($1, $2)|'Ada', 3)");
}

TEST(sql_insert, conflicts) {
    const auto row = insert<user>().values(col<& user::name> = "Ada");
    const std::string text = R"(insert into "users" ("name") values ($1) on conflict)";
    EXPECT_EQ(shown(row.on_conflict().do_nothing()), text + " do nothing|'Ada'");
    EXPECT_EQ(shown(row.on_conflict(col<&user::id>, col<&user::mail>).do_nothing()),
              text + R"( ("id", "e-mail") do nothing|'Ada')");
    EXPECT_EQ(shown(row.on_conflict_constraint("users_\"pkey").do_nothing()),
              text + R"( on constraint "users_""pkey" do nothing|'Ada')");
    EXPECT_EQ(shown(row.on_conflict(col<&user::mail>)
                        .where(col<&user::age>.is_not_null())
                        .do_update(col<& user::name> = excluded<&user::name>, col<& user::age> = col<&user::age> + 1)
                        .where(col<&user::age> < 99)),
              text + R"( ("e-mail") where "users"."age" is not null do update set "name" = "excluded"."name", )"
                     R"("age" = "users"."age" + $2 where "users"."age" < $3|'Ada', 1, 99)");
}

TEST(sql_insert, returning) {
    const auto add = insert(user{.name = "Ada"}).returning(col<&user::id>);
    EXPECT_EQ(shown(add), into_users + R"((default, $1, $2, $3, $4) returning "users"."id"|'Ada', NULL, NULL, 'ok')");
    static_assert(std::is_same_v<decltype(add)::row_type, std::int64_t>);
    const auto whole = insert<user>().values().on_conflict().do_nothing().returning();
    EXPECT_EQ(shown(whole), R"(insert into "users" default values on conflict do nothing returning "users"."id", )"
                            R"("users"."name", "users"."age", "users"."e-mail", "users"."state")");
    static_assert(std::is_same_v<decltype(whole)::row_type, user>);
}

TEST(sql_update, set_from_where_returning) {
    EXPECT_EQ(shown(update<user>().set(col<& user::age> = col<&user::age> + 1)),
              R"(update "users" set "age" = "users"."age" + $1|1)");
    const auto change = update<user>()
                            .set(col<& user::name> = "Ada", col<& user::mail> = col<&user::name>)
                            .set(col<& user::age> = nullptr)
                            .where(col<&user::id> == 7)
                            .where(col<&user::age> > 1)
                            .returning(col<&user::id>, col<&user::age>);
    EXPECT_EQ(shown(change), R"(update "users" set "name" = $1, "e-mail" = "users"."name", "age" = $2 )"
                             R"(where "users"."id" = $3 and "users"."age" > $4 returning "users"."id", "users"."age")"
                             "|'Ada', NULL, 7, 1");
    static_assert(std::is_same_v<decltype(change)::row_type, std::tuple<std::int64_t, std::optional<int>>>);
    EXPECT_EQ(shown(update<user>()
                        .set(col<& user::state> = shop::mood::sad)
                        .from<order>()
                        .where(col<&order::user_id> == col<&user::id> && !col<&order::paid>)),
              R"(update "users" set "state" = $1 from "public"."orders" where "public"."orders"."user_id" = )"
              R"("users"."id" and not "public"."orders"."paid"|'sad')");
    const table users("users");
    EXPECT_EQ(shown(update(users).set(users["age"] = users["age"] + 1, users["a"] = users["b"])),
              R"(update "users" set "age" = "users"."age" + $1, "a" = "users"."b"|1)");
}

TEST(sql_delete, where_using_returning) {
    EXPECT_EQ(shown(delete_from<user>()), R"(delete from "users")");
    const auto gone = delete_from<user>()
                          .from<order>()
                          .where(col<&order::user_id> == col<&user::id>, col<&order::total> > 7.5)
                          .returning();
    EXPECT_EQ(shown(gone), R"(delete from "users" using "public"."orders" where "public"."orders"."user_id" = )"
                           R"("users"."id" and "public"."orders"."total" > $1 returning "users"."id", "users"."name", )"
                           R"("users"."age", "users"."e-mail", "users"."state"|7.500000)");
    static_assert(std::is_same_v<decltype(gone)::row_type, user>);
    const table users("users");
    EXPECT_EQ(shown(delete_from(users).where(users["id"] == 1)), R"(delete from "users" where "users"."id" = $1|1)");
}

TEST(sql_changes, hostile_names) {
    const std::string name = R"("sch""ema; drop"."ta""ble -- $1")";
    EXPECT_EQ(shown(insert(hostile{.id = 1, .text = "$1'\""}).returning(col<&hostile::id>.as("a\"b"))),
              "insert into " + name + R"( ("select", "'; drop table users; --") values ($1, $2) returning )" + name +
                  R"(."select" as "a""b"|1, '$1'"')");
    EXPECT_EQ(shown(update<hostile>().set(col<& hostile::text> = "x")),
              "update " + name + R"( set "'; drop table users; --" = $1|'x')");
}

TEST(sql_changes, what_is_refused) {
    EXPECT_EQ(refusal([] { shown(update<user>()); }), "the update sets nothing|name what changes in set()");
    EXPECT_EQ(refusal([] { shown(insert(std::vector<user>())); }), "there is nothing to insert|");
    EXPECT_EQ(refusal([] { shown(insert(std::vector<employee>(21846))); }),
              "the statement has more than 65535 values, which is all that the protocol allows|");
    EXPECT_EQ(refusal([] { shown(delete_from<user>().where(col<&order::paid>)); }).substr(0, 33),
              "the statement uses the column \"pa");
    EXPECT_EQ(refusal([] { shown(insert<user>().values(col<& user::name> = "a").values(col<& user::age> = 1)); }),
              "a row to insert has more or fewer values than there are columns|");
}

} // namespace
