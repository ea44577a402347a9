// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements in C++, run by a real server.

#include "api_support.hpp"
#include "support/sql_tables.hpp"

#include <coropq/coropq.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace coropq::sql;
using namespace coropq::test;
using shop::employee;
using shop::hostile;
using shop::mood;
using shop::order;
using shop::user;

constexpr alias<employee, "manager"> manager;

// The tables of shop::schema. Each test changes them in a transaction of its own, which is rolled back.
struct sql_server : testing::Test {
    static temporary_database& database() {
        static temporary_database shared = [] {
            temporary_database made = cluster().create_database();
            asio::io_context own_context;
            coropq::connection own(own_context);
            run(own_context, own.connect(plain_address(made)));
            run(own_context, own.execute_script(shop::schema));
            run(own_context, own.close());
            return made;
        }();
        return shared;
    }

    asio::io_context context;
    coropq::connection conn{context};
    std::optional<coropq::transaction> tx;

    sql_server() {
        run(context, conn.connect(plain_address(database())));
        tx.emplace(run(context, conn.begin()));
    }
    ~sql_server() override {
        run(context, tx->rollback());
        run(context, conn.close());
    }

    template <typename Query>
    auto fetch(const Query& query) {
        return run(context, tx->fetch(query));
    }
    template <typename Query>
    std::uint64_t execute(const Query& query) {
        return run(context, tx->execute(query)).affected_rows();
    }
    // How many users a condition holds for.
    template <typename Condition>
    std::int64_t matching(const Condition& condition) {
        return run(context, tx->fetch_value(select(count()).from<user>().where(condition)));
    }
};

TEST_F(sql_server, objects) {
    const user ada{.id = 1, .name = "Ada", .age = 36, .mail = "ada@x", .state = mood::happy};
    const auto query = select<user>()
                           .where(col<&user::age> > 30 && col<&user::name>.like("A%"))
                           .order_by(col<&user::name>.desc())
                           .limit(10);
    EXPECT_EQ(fetch(query), std::vector<user>{ada});
    EXPECT_EQ(run(context, tx->fetch_one(query)), ada);
    EXPECT_EQ(run(context, tx->fetch_optional(query.where(col<&user::id> == 7))), std::nullopt);
    auto stream = run(context, tx->stream(query));
    EXPECT_EQ(run(context, stream.next()), ada);
    run(context, stream.close());
    // A struct that the statement doesn't know.
    const auto pairs = run(context, tx->fetch<std::pair<std::int64_t, std::string>>(
                                        select(col<&user::id>, col<&user::name>).order_by(col<&user::id>)));
    EXPECT_EQ(pairs.size(), 3u);
}

TEST_F(sql_server, conditions) {
    const auto& a = col<&user::age>;
    const auto& n = col<&user::name>;
    EXPECT_EQ(matching(a == 36), 1);
    EXPECT_EQ(matching(a != 36), 1);
    EXPECT_EQ(matching(20 < a || a <= 17), 2);
    EXPECT_EQ(matching(a >= 17.5), 1);
    EXPECT_EQ(matching(a == std::nullopt), 1);
    EXPECT_EQ(matching(a != std::optional<int>()), 2);
    EXPECT_EQ(matching((a > 20).is_not_true()), 2);
    EXPECT_EQ(matching((a > 20).is_null()), 1);
    EXPECT_EQ(matching((a == 36).is_distinct_from(a == 17)), 2);
    EXPECT_EQ(matching(a.is_distinct_from(36)), 2);
    EXPECT_EQ(matching(a.is_not_distinct_from(std::optional<int>())), 1);
    EXPECT_EQ(matching(col<&user::state> == mood::happy), 1);
    EXPECT_EQ(matching(col<&user::state> > mood::sad), 2);
    EXPECT_EQ(matching(col<&user::state>.in({mood::happy, mood::ok})), 2);
    EXPECT_EQ(matching(col<&user::mail> == "ada@x"), 1);
    EXPECT_EQ(matching(!(n == "Ada") && !(n == "Bob")), 1);
    EXPECT_EQ(matching(a.between(17, 36) && a.not_between(18, 35)), 2);
    EXPECT_EQ(matching(a.in({36, 17, 5})), 2);
    EXPECT_EQ(matching(a.in(std::vector<int>())), 0);
    EXPECT_EQ(matching(n.not_in({"Ada", "it's, \"{quoted}\" \\"})), 2);
    EXPECT_EQ(matching(col<&user::id>.in(select(col<&order::user_id>))), 2);
    EXPECT_EQ(matching(col<&user::id>.not_in(select(col<&order::user_id>).where(col<&order::paid>))), 1);
    EXPECT_EQ(matching(n.ilike("a%") && n.not_like("a%") && n.not_ilike("b%")), 1);
    EXPECT_EQ(matching(n.similar_to("(Ada|Eve)")), 2);
    EXPECT_EQ(matching(n.matches("^A") || n.imatches("^e")), 2);
    EXPECT_EQ(matching(n.not_matches("^A") && n.not_imatches("^e")), 1);
    EXPECT_EQ(matching(n.starts_with("A") || n.ends_with("e")), 2);
    EXPECT_EQ(matching(n.has_text("%")), 0);
    EXPECT_EQ(matching(n.collate("C") < "B"), 1);
    EXPECT_EQ(matching(n + "x" + col<&user::mail> == "Adaxada@x"), 1);
    EXPECT_EQ(matching((a + 4) * 2 - a / 6 % 4 == 78), 1);
    EXPECT_EQ(matching(-(-a) == a - -a), 0);
    EXPECT_EQ(matching(a.op<int>("%", 10) == 6), 1);
    EXPECT_EQ(matching(raw<bool>("length({}) = {}", n, 3)), 3);
}

TEST_F(sql_server, joins_and_groups) {
    const auto on = col<&order::user_id> == col<&user::id>;
    const auto columns = select(col<&user::name>, col<&order::total>).order_by(col<&user::id>, col<&order::id>);
    using row = std::tuple<std::string, double>;
    EXPECT_EQ(fetch(columns.from<user>().join<order>(on)), (std::vector<row>{{"Ada", 10.5}, {"Ada", 20}, {"Eve", 5}}));
    using left = std::tuple<std::string, std::optional<double>>;
    EXPECT_EQ(fetch(columns.left_join<order>(on)),
              (std::vector<left>{{"Ada", 10.5}, {"Ada", 20}, {"Bob", std::nullopt}, {"Eve", 5}}));
    EXPECT_EQ(fetch(columns.from<order>().right_join<user>(on)).size(), 4u);
    EXPECT_EQ(fetch(columns.from<user>().full_join<order>(on)).size(), 4u);
    EXPECT_EQ(fetch(columns.from<user>().cross_join<order>()).size(), 9u);

    const auto sums = select(col<&user::name>, count(col<&order::id>).as("n"), sum(col<&order::total>),
                             count().filter(col<&order::paid>))
                          .left_join<order>(on)
                          .group_by(col<&user::name>)
                          .having(count(col<&order::id>) < 2)
                          .order_by(label("n").desc(), col<&user::name>.asc().nulls_first());
    using sum_row = std::tuple<std::string, std::int64_t, std::optional<double>, std::int64_t>;
    EXPECT_EQ(fetch(sums), (std::vector<sum_row>{{"Eve", 1, 5, 1}, {"Bob", 0, std::nullopt, 0}}));

    const auto decade = col<&user::age> / 10;
    using decades = std::tuple<std::optional<int>, std::int64_t>;
    EXPECT_EQ(fetch(select(decade, count()).group_by(decade).order_by(decade)),
              (std::vector<decades>{{1, 1}, {3, 1}, {std::nullopt, 1}}));
    const auto totals = fetch(select(min(col<&user::name>), max(col<&user::age>), avg(col<&user::age>),
                                     sum(col<&user::id>), count_distinct(col<&user::state>)));
    ASSERT_EQ(totals.size(), 1u);
    EXPECT_EQ(std::get<0>(totals[0]), "Ada");
    EXPECT_EQ(std::get<1>(totals[0]), 36);
    EXPECT_EQ(std::get<2>(totals[0]), coropq::decimal::parse("26.5"));
    EXPECT_EQ(std::get<3>(totals[0]), coropq::decimal(6));
    EXPECT_EQ(std::get<4>(totals[0]), 3);
}

TEST_F(sql_server, aliases_and_distinct) {
    const auto pairs = select(col<&employee::name>, manager.col<&employee::name>)
                           .from<employee>()
                           .left_join(manager, manager.col<&employee::id> == col<&employee::manager_id>)
                           .order_by(col<&employee::id>)
                           .offset(1)
                           .limit(2);
    using row = std::tuple<std::string, std::optional<std::string>>;
    EXPECT_EQ(fetch(pairs), (std::vector<row>{{"Ben", "Ann"}, {"Cid", "Ann"}}));
    EXPECT_EQ(fetch(select(manager).where(manager.col<&employee::id> == 4)),
              (std::vector<employee>{{.id = 4, .name = "Dan", .manager_id = 2}}));
    EXPECT_EQ(fetch(select(col<&employee::manager_id>).distinct()).size(), 3u);
    EXPECT_EQ(fetch(select<employee>()
                        .distinct_on(col<&employee::manager_id>)
                        .order_by(col<&employee::manager_id>, col<&employee::name>.desc()))
                  .front()
                  .name,
              "Cid");
}

TEST_F(sql_server, inserts) {
    EXPECT_EQ(execute(insert(user{.id = 1, .name = "Ada"}).on_conflict(col<&user::id>).do_nothing()), 0u);
    const auto given = fetch(insert(user{.name = "Joe", .age = 5, .state = mood::sad}).returning());
    ASSERT_EQ(given.size(), 1u);
    EXPECT_GT(given[0].id, 3);
    EXPECT_EQ(given[0].state, mood::sad);
    const std::vector<user> several{{.name = "Kim"}, {.id = 100, .name = "Lou"}};
    const auto keys = fetch(insert(several).returning(col<&user::id>));
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_EQ(keys[1], 100);
    EXPECT_EQ(execute(insert<user>().values(col<& user::name> = "Max", col<& user::age> = std::nullopt)), 1u);
    EXPECT_EQ(execute(insert<user>()
                          .values(col<& user::name> = "Other", col<& user::mail> = "ada@x")
                          .on_conflict(col<&user::mail>)
                          .do_update(col<& user::name> = excluded<&user::name>, col<& user::age> = col<&user::age> + 1)
                          .where(col<&user::age> < 99)),
              1u);
    EXPECT_EQ(fetch(select(col<&user::name>, col<&user::age>).where(col<&user::id> == 1)),
              (std::vector<std::tuple<std::string, std::optional<int>>>{{"Other", 37}}));
    EXPECT_EQ(execute(insert<user>()
                          .values(col<& user::name> = "X", col<& user::mail> = "ada@x")
                          .on_conflict_constraint("users_e-mail_key")
                          .do_nothing()),
              0u);
    run(context, tx->execute("create unique index on users (name) where age is not null"));
    EXPECT_EQ(execute(insert<user>()
                          .values(col<& user::name> = "Eve", col<& user::age> = 1)
                          .on_conflict(col<&user::name>)
                          .where(col<&user::age>.is_not_null())
                          .do_nothing()),
              0u);
    const auto tagged = fetch(insert(order{.user_id = 1, .total = 1, .tags = {"it's", "\"x\""}}).returning());
    ASSERT_EQ(tagged.size(), 1u);
    EXPECT_EQ(tagged[0].tags, (std::vector<std::string>{"it's", "\"x\""}));
    EXPECT_EQ(failure_of<coropq::server_error>(context, tx->execute(insert<user>().values())).code(),
              coropq::sqlstate::not_null_violation);
}

TEST_F(sql_server, updates_and_deletes) {
    EXPECT_EQ(execute(update<user>().set(col<& user::age> = col<&user::age> + 1)), 3u);
    EXPECT_EQ(
        fetch(update<user>()
                  .set(col<& user::name> = "Zoe", col<& user::mail> = col<&user::name>, col<& user::age> = nullptr)
                  .where(col<&user::age> == 37)
                  .returning(col<&user::name>, col<&user::mail>)),
        (std::vector<std::tuple<std::string, std::optional<std::string>>>{{"Zoe", "Ada"}}));
    EXPECT_EQ(execute(update<user>()
                          .set(col<& user::state> = mood::sad)
                          .from<order>()
                          .where(col<&order::user_id> == col<&user::id>, !col<&order::paid>)),
              1u);
    EXPECT_EQ(fetch(delete_from<order>()
                        .from<user>()
                        .where(col<&order::user_id> == col<&user::id>, col<&user::name> == "Eve")
                        .returning())
                  .size(),
              1u);
    EXPECT_EQ(execute(delete_from<user>().where(col<&user::id>.in({1, 2}))), 2u);
    EXPECT_EQ(matching(col<&user::id> > 0), 1);
}

TEST_F(sql_server, tables_that_are_known_when_the_program_runs) {
    const table users("users");
    EXPECT_EQ(run(context, tx->fetch<user>(select(users).where(users["age"] > 20))).size(), 1u);
    EXPECT_EQ(fetch(select(users["id"], users.column<std::string>("name")).where(users["state"] == mood::ok)),
              (std::vector<std::tuple<std::optional<std::string>, std::string>>{{"2", "Bob"}}));
    EXPECT_EQ(execute(insert(users).values(users["name"] = "Joe", users["age"] = 7)), 1u);
    EXPECT_EQ(execute(update(users).set(users["age"] = users["age"] + 1).where(users["name"] == "Joe")), 1u);
    EXPECT_EQ(execute(delete_from(users).where(users["age"] == 8)), 1u);

    coropq::engine engine = coropq::create_engine(context, plain_address(database()));
    const table orders(run(context, engine.inspect().reflect("orders")));
    const table other = orders.as("other");
    const auto before = select(orders["id"], other["id"])
                            .from(orders)
                            .join(other, other["user_id"] == orders["user_id"] && other["id"] < orders["id"]);
    EXPECT_EQ((run(context, tx->fetch<std::tuple<int, int>>(before))), (std::vector<std::tuple<int, int>>{{2, 1}}));
    try {
        orders["totals"];
        ADD_FAILURE();
    } catch (const coropq::option_error& problem) {
        EXPECT_EQ(problem.details().message(), "the table \"orders\" has no column \"totals\"");
        EXPECT_EQ(problem.details().hint(), "did you mean total?");
    }
    run(context, engine.dispose());
}

TEST_F(sql_server, functions) {
    const auto& a = col<&user::age>;
    const auto& n = col<&user::name>;
    EXPECT_EQ(matching(func<std::string>("lower", n) == "ada"), 1);
    EXPECT_EQ(matching(func_in<int>("pg_catalog", "length", n) == 3), 3);
    EXPECT_EQ(matching(cast<std::string>(a) == "36"), 1);
    EXPECT_EQ(matching(cast<double>(a) / 8 == 4.5), 1);
    EXPECT_EQ(matching(coalesce(a, 0) == 0), 1);
    EXPECT_EQ(matching(nullif(n, "Ada").is_null()), 1);
    EXPECT_EQ(matching(greatest(a, 20) == 20 && least(a, 20) == 17), 1);
    EXPECT_EQ(matching(extract(date_part::day, raw<coropq::date>("date '2026-11-22'")) == 22), 3);
    EXPECT_EQ(fetch(select(aggregate_func_ordered<std::string>("string_agg", {n.desc()}, n, "-"))),
              std::vector<std::string>{"Eve-Bob-Ada"});
    const auto group = case_when(a < 18, "child").when(a < 65, "adult").otherwise("unknown");
    EXPECT_EQ(fetch(select(group).from<user>().order_by(col<&user::id>)),
              (std::vector<std::string>{"adult", "unknown", "child"}));
    EXPECT_EQ(fetch(select(group, count()).from<user>().group_by(group)).size(), 3u);
    const auto types = fetch(select(extract(date_part::epoch, value(coropq::interval{.months = 0, .days = 1})),
                                    cast<std::vector<int>>(nullptr), cast<bool>("t")));
    EXPECT_EQ(types.size(), 1u);
}

TEST_F(sql_server, queries_in_queries) {
    const auto of_user = select(col<&order::total>).where(col<&order::user_id> == col<&user::id>);
    EXPECT_EQ(matching(exists(of_user)), 2);
    EXPECT_EQ(matching(!exists(of_user.where(col<&order::total> > 15))), 2);
    EXPECT_EQ(matching(scalar(of_user.order_by(col<&order::total>).limit(1)) < 7.5), 1);
    EXPECT_EQ(matching(15 < any_of(of_user)), 1);
    EXPECT_EQ(matching(15 >= all_of(of_user)), 2);
    EXPECT_EQ(fetch(select(col<&order::id>).where("b" == any_of(col<&order::tags>)).order_by(col<&order::id>)),
              (std::vector<std::int64_t>{1, 3}));

    const auto totals = subquery(
        select(col<&order::user_id>, sum(col<&order::total>).as("sum")).group_by(col<&order::user_id>), "t\"s");
    using total = std::tuple<std::string, std::optional<double>>;
    EXPECT_EQ(fetch(select(col<&user::name>, totals.column<std::optional<double>>("sum"))
                        .from<user>()
                        .left_join(totals, totals.col<&order::user_id>() == col<&user::id>)
                        .order_by(col<&user::id>)),
              (std::vector<total>{{"Ada", 30.5}, {"Bob", std::nullopt}, {"Eve", 5}}));
    const auto latest = lateral(of_user.order_by(col<&order::id>.desc()).limit(1), "latest");
    EXPECT_EQ(fetch(select(col<&user::name>, latest.column<std::optional<double>>("total"))
                        .from<user>()
                        .cross_join(latest)
                        .order_by(col<&user::id>)),
              (std::vector<total>{{"Ada", 20}, {"Eve", 5}}));

    const auto rich = cte("rich", select(col<&order::user_id>).where(col<&order::total> > 9.5).distinct());
    EXPECT_EQ(fetch(select(col<&user::name>).join(rich, rich.col<&order::user_id>() == col<&user::id>)),
              std::vector<std::string>{"Ada"});
    const auto below = recursive_cte("below", select(col<&employee::id>).where(col<&employee::id> == 2),
                                     [](const derived_table& self) {
                                         return select(col<&employee::id>)
                                             .from<employee>()
                                             .join(self, self.col<&employee::id>() == col<&employee::manager_id>);
                                     });
    EXPECT_EQ(fetch(select(below.col<&employee::id>()).order_by(below["id"])), (std::vector<int>{2, 4}));
    const auto gone = cte("gone", delete_from<order>().where(col<&order::paid>).returning(col<&order::id>));
    EXPECT_EQ(fetch(select(count()).from(gone)), std::vector<std::int64_t>{2});

    const auto ids = select(col<&user::id>);
    const auto some = select(cast<std::int64_t>(col<&employee::id>)).where(col<&employee::id> > 2);
    EXPECT_EQ(fetch(union_all(ids, some).order_by(label("id")).limit(4).offset(1)),
              (std::vector<std::int64_t>{2, 3, 3, 4}));
    EXPECT_EQ(fetch(union_distinct(ids, some)).size(), 4u);
    EXPECT_EQ(fetch(intersect(ids, some)), std::vector<std::int64_t>{3});
    EXPECT_EQ(fetch(except(ids, some)).size(), 2u);
    EXPECT_EQ(fetch(except_all(intersect_all(ids, ids), some)).size(), 2u);
    EXPECT_EQ(matching(col<&user::id>.in(union_all(some, some))), 1);

    EXPECT_EQ(fetch(insert<user>()
                        .columns(col<&user::name>, col<&user::age>)
                        .from(select(col<&employee::name>, value(3)).where(col<&employee::id> > 2))
                        .returning(col<&user::age>)),
              (std::vector<std::optional<int>>{3, 3}));
}

TEST_F(sql_server, windows_and_locks) {
    const auto by_user = window().partition_by(col<&order::user_id>).order_by(col<&order::id>.desc());
    using row = std::tuple<std::int64_t, std::int64_t, std::optional<double>, std::optional<double>>;
    EXPECT_EQ(fetch(select(col<&order::id>, row_number().over(by_user), sum(col<&order::total>).over(),
                           lag(col<&order::total>).over(window().order_by(col<&order::id>)))
                        .order_by(col<&order::id>)),
              (std::vector<row>{{1, 2, 35.5, std::nullopt}, {2, 1, 35.5, 10.5}, {3, 1, 35.5, 20}}));
    const auto ordered = window().order_by(col<&order::id>);
    EXPECT_EQ(fetch(select(count().over(ordered.rows(preceding(1), current_row())), rank().over(ordered),
                           dense_rank().over(ordered), ntile(2).over(ordered), lead(col<&order::id>, 2).over(ordered),
                           first_value(col<&order::id>).over(ordered),
                           last_value(col<&order::id>).over(ordered.groups(preceding(), following(1))),
                           nth_value(col<&order::id>, 2).over(ordered.range(preceding(), following())),
                           percent_rank().over(ordered), cume_dist().over(ordered)))
                  .size(),
              3u);
    EXPECT_EQ(fetch(select(col<&user::id>).for_update(lock_wait::skip_locked)).size(), 3u);
    EXPECT_EQ(fetch(select(col<&user::id>).limit(1).for_share(lock_wait::nowait)).size(), 1u);
    EXPECT_EQ(fetch(select(col<&user::id>)
                        .from<user>()
                        .join<order>(col<&order::user_id> == col<&user::id>)
                        .lock(lock_strength::key_share, lock_wait::wait, table("users")))
                  .size(),
              3u);
}

// As users write them: GCC 12 destroys some temporaries in co_await expressions twice, which AddressSanitizer would
// see. Texts are long, so that they own memory.
TEST_F(sql_server, in_coroutines) {
    const auto work = [&]() -> asio::awaitable<void> {
        const std::string text = "a text that is too long for a string's own memory";
        const user made{.name = text, .age = 3};
        auto add = insert(made).returning(col<&user::id>);
        const std::int64_t id = co_await tx->fetch_value(add);
        const auto found = co_await tx->fetch_one(select<user>()
                                                      .where(col<&user::id> == id && col<&user::name>.starts_with(text))
                                                      .order_by(col<&user::name>));
        EXPECT_EQ(found.name, text);
        co_await tx->execute(update<user>()
                                 .set(col<& user::name> = text + text, col<& user::age> = col<&user::age> + 1)
                                 .where(col<&user::name> == text));
        const auto changed = co_await tx->fetch(
            select(col<&user::name>, (col<&user::age> + 1).as("a label that is too long for its own memory, too"))
                .where(col<&user::id> == id));
        EXPECT_EQ(std::get<0>(changed.at(0)), text + text);
        EXPECT_EQ(std::get<1>(changed.at(0)), 5);
        co_await tx->execute(insert<user>()
                                 .values(col<& user::name> = text, col<& user::mail> = "ada@x")
                                 .on_conflict(col<&user::mail>)
                                 .do_update(col<& user::name> = excluded<&user::name>));
        EXPECT_FALSE(co_await tx->fetch_optional(delete_from<user>().where(col<&user::name> == "none").returning()));
    };
    run(context, work());
}

TEST_F(sql_server, hostile_names_and_values) {
    const std::string all = "'; drop table users; -- \" $1 $$ \\ \\' E'\\'' /* */ \n\r\t\x01 \xf0\x9f\x98\x80 :x ? {}";
    EXPECT_EQ(execute(insert(hostile{.id = 1, .text = all})), 1u);
    EXPECT_EQ(execute(insert(hostile{.id = 1, .text = "x"})
                          .on_conflict(col<&hostile::id>)
                          .do_update(col<& hostile::text> = excluded<&hostile::text> + all)),
              1u);
    EXPECT_EQ(fetch(select<hostile>().where(col<&hostile::text> == "x" + all)),
              (std::vector<hostile>{{.id = 1, .text = "x" + all}}));
    EXPECT_EQ(execute(update<hostile>().set(col<& hostile::text> = all).where(col<&hostile::text>.has_text(all))), 1u);
    EXPECT_EQ(execute(delete_from<hostile>().where(col<&hostile::text>.in({all}))), 1u);
    const auto labelled = run(context, tx->execute(select(value(all).as(all.substr(0, 60)))));
    EXPECT_EQ(labelled.column_name(0), all.substr(0, 60));
    EXPECT_EQ(labelled.scalar<std::string>(), all);
}

} // namespace
