// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Keys, constraints and indexes.

#include "inspect_support.hpp"

#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::qualified_name;
using reflected::referential_action;

struct inspect_keys : inspect_fixture {
    std::vector<reflected::foreign_key> keys(const std::string& table) { return get(inspect.foreign_keys(table)); }
    std::vector<reflected::check_constraint> checks(const std::string& table) {
        return get(inspect.check_constraints(table));
    }
    std::optional<reflected::primary_key> primary(const std::string& table) { return get(inspect.primary_key(table)); }
};

template <typename T>
names names_of(const std::vector<T>& all) {
    names found;
    for (const T& each : all)
        found.push_back(each.name);
    return found;
}

TEST_F(inspect_keys, primary_keys_in_the_order_of_the_key) {
    sql({"create table t (a int, b int, c int, d int, constraint \"The key\" primary key (c, a) include (d))",
         "comment on constraint \"The key\" on t is 'why'", "create table none (a int unique)",
         "create table late (a int, primary key (a) deferrable initially deferred)", "create view v as select 1 as a"});
    const std::optional<reflected::primary_key> key = primary("t");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->name, "The key");
    EXPECT_EQ(key->columns, (names{"c", "a"}));
    EXPECT_EQ(key->included, (names{"d"}));
    EXPECT_EQ(key->comment, "why");
    EXPECT_EQ(key->index, "The key");
    EXPECT_FALSE(key->deferrable);
    EXPECT_NE(key->oid, 0u);
    EXPECT_FALSE(primary("none"));
    EXPECT_FALSE(primary("v"));
    EXPECT_TRUE(primary("late")->deferrable);
    EXPECT_TRUE(primary("late")->initially_deferred);
    missing(inspect.primary_key("nope"));
    const auto all = get(inspect.primary_key(relation_selection()));
    EXPECT_EQ(all.size(), 4u);
    EXPECT_EQ(all.at({"public", "t"}), key);
    EXPECT_FALSE(all.at({"public", "v"}));
    sql({"alter table t rename column a to z", "alter table t rename constraint \"The key\" to renamed"});
    EXPECT_EQ(primary("t")->columns, (names{"c", "z"}));
    EXPECT_EQ(primary("t")->name, "renamed");
}

TEST_F(inspect_keys, unique_constraints_and_not_unique_indexes) {
    sql({"create table t (a int, b int, c int, constraint z unique (b, a) include (c) deferrable, "
         "constraint y unique nulls not distinct (c))",
         "create unique index only_an_index on t (a)", "comment on constraint z on t is 'both'"});
    const auto all = get(inspect.unique_constraints("t"));
    EXPECT_EQ(names_of(all), (names{"y", "z"}));
    EXPECT_TRUE(all.at(0).nulls_not_distinct);
    EXPECT_FALSE(all.at(1).nulls_not_distinct);
    EXPECT_EQ(all.at(1).columns, (names{"b", "a"}));
    EXPECT_EQ(all.at(1).included, (names{"c"}));
    EXPECT_TRUE(all.at(1).deferrable);
    EXPECT_FALSE(all.at(1).initially_deferred);
    EXPECT_EQ(all.at(1).comment, "both");
    sql("create table none (a int)");
    EXPECT_TRUE(get(inspect.unique_constraints("none")).empty());
    missing(inspect.unique_constraints("nope"));
    EXPECT_EQ(get(inspect.unique_constraints(relation_selection("public"))).at({"public", "t"}), all);
}

TEST_F(inspect_keys, foreign_keys_with_everything_that_was_declared) {
    sql({"create schema other", "create table other.p (x int, y int, primary key (x, y))",
         "create table p (id int primary key)",
         "create table t (a int, b int, c int references p, "
         "constraint pair foreign key (b, a) references other.p (y, x) match full on update cascade on delete restrict "
         "deferrable initially deferred, constraint partly foreign key (a, b) references other.p "
         "on delete set null (b), constraint whole foreign key (a, b) references other.p on delete set default "
         "on update set null)",
         "alter table t add constraint unsure foreign key (a) references p not valid",
         "comment on constraint pair on t is 'two'"});
    const auto all = keys("t");
    ASSERT_EQ(names_of(all), (names{"pair", "partly", "t_c_fkey", "unsure", "whole"}));
    const reflected::foreign_key& pair = all.at(0);
    EXPECT_EQ(pair.columns, (names{"b", "a"}));
    EXPECT_EQ(pair.referred_table, (qualified_name{"other", "p"}));
    EXPECT_EQ(pair.referred_oid, get(inspect.table_oid("p", "other")));
    EXPECT_EQ(pair.referred_columns, (names{"y", "x"}));
    EXPECT_EQ(pair.match, reflected::match_type::full);
    EXPECT_EQ(pair.on_update, referential_action::cascade);
    EXPECT_EQ(pair.on_delete, referential_action::restrict);
    EXPECT_TRUE(pair.deferrable);
    EXPECT_TRUE(pair.initially_deferred);
    EXPECT_TRUE(pair.validated);
    EXPECT_FALSE(pair.inherited);
    EXPECT_EQ(pair.comment, "two");
    EXPECT_EQ(all.at(1).on_delete, referential_action::set_null);
    EXPECT_EQ(all.at(1).on_delete_columns, (names{"b"}));
    EXPECT_EQ(all.at(1).on_update, referential_action::no_action);
    EXPECT_EQ(all.at(1).match, reflected::match_type::simple);
    EXPECT_FALSE(all.at(1).deferrable);
    EXPECT_EQ(all.at(2).referred_table, (qualified_name{"public", "p"}));
    EXPECT_EQ(all.at(2).referred_columns, (names{"id"}));
    EXPECT_EQ(all.at(2).comment, maybe());
    EXPECT_FALSE(all.at(3).validated);
    EXPECT_EQ(all.at(4).on_delete, referential_action::set_default);
    EXPECT_EQ(all.at(4).on_update, referential_action::set_null);
    EXPECT_EQ(all.at(4).on_delete_columns, names()) << "all of them";
    missing(inspect.foreign_keys("nope"));
    EXPECT_TRUE(keys("p").empty());
    EXPECT_EQ(get(inspect.foreign_keys(relation_selection())).at({"public", "t"}), all);
}

TEST_F(inspect_keys, foreign_keys_have_the_real_schema_whatever_the_search_path) {
    sql({"create schema other", "create table child (id int primary key)",
         "create table other.child (id int primary key)",
         "create table other.far (a int references public.child, b int references other.child)"});
    for (const char* path : {"public", "other", "other, public", "public, other", "''"}) {
        sql("set search_path to " + std::string(path));
        const auto all = get(inspect.foreign_keys("far", "other"));
        ASSERT_EQ(all.size(), 2u) << path;
        EXPECT_EQ(all.at(0).referred_table, (qualified_name{"public", "child"})) << path;
        EXPECT_EQ(all.at(1).referred_table, (qualified_name{"other", "child"})) << path;
    }
}

TEST_F(inspect_keys, keys_to_and_of_partitions_are_reported_once) {
    sql({"create table p (id int primary key) partition by hash (id)",
         "create table p1 partition of p for values with (modulus 2, remainder 0) partition by hash (id)",
         "create table p11 partition of p1 for values with (modulus 1, remainder 0)",
         "create table p2 partition of p for values with (modulus 2, remainder 1)",
         "create table r (pid int references p)",
         "create table parted (pid int references p, k int) partition by list (k)",
         "create table part partition of parted for values in (1)", "create table joined (pid int references p, k int)",
         "alter table parted attach partition joined for values in (2)"});
    for (const char* table : {"r", "parted", "part", "joined"}) {
        const auto all = keys(table);
        ASSERT_EQ(all.size(), 1u) << table;
        EXPECT_EQ(all.at(0).referred_table, (qualified_name{"public", "p"})) << table;
        EXPECT_EQ(all.at(0).columns, (names{"pid"})) << table;
    }
    EXPECT_FALSE(keys("r").at(0).inherited);
    EXPECT_FALSE(keys("parted").at(0).inherited);
    EXPECT_TRUE(keys("part").at(0).inherited);
    std::size_t count = 0;
    for (const auto& [name, all] : get(inspect.foreign_keys(relation_selection())))
        count += all.size();
    EXPECT_EQ(count, 4u);
}

TEST_F(inspect_keys, checks_with_their_flags) {
    sql({"create table parent (a int constraint \"a b\" check (a > 0 and a <> 7), b text, "
         "constraint own check (length(b) < a) no inherit, constraint always check (true))",
         "alter table parent add constraint unsure check (a < 100) not valid",
         "create table child (c int check (c is not null)) inherits (parent)",
         "comment on constraint own on parent is 'mine'"});
    const auto all = checks("parent");
    ASSERT_EQ(names_of(all), (names{"a b", "always", "own", "unsure"}));
    EXPECT_EQ(all.at(0).expression, "((a > 0) AND (a <> 7))");
    EXPECT_EQ(all.at(0).columns, (names{"a"}));
    EXPECT_TRUE(all.at(0).validated);
    EXPECT_FALSE(all.at(0).no_inherit);
    EXPECT_FALSE(all.at(0).inherited);
    EXPECT_EQ(all.at(1).expression, "true");
    EXPECT_EQ(all.at(1).columns, names());
    EXPECT_TRUE(all.at(2).no_inherit);
    EXPECT_EQ(all.at(2).comment, "mine");
    EXPECT_EQ(all.at(2).columns.size(), 2u);
    EXPECT_FALSE(all.at(3).validated);
    const auto inherited = checks("child");
    ASSERT_EQ(names_of(inherited), (names{"a b", "always", "child_c_check", "unsure"}));
    EXPECT_TRUE(inherited.at(0).inherited);
    EXPECT_FALSE(inherited.at(2).inherited);
    sql({"create domain small as int check (value < 5)", "create table d (a small not null)"});
    EXPECT_TRUE(checks("d").empty());
    missing(inspect.check_constraints("nope"));
    EXPECT_EQ(get(inspect.check_constraints(relation_selection())).at({"public", "parent"}), all);
}

TEST_F(inspect_keys, exclusion_constraints_with_their_operators) {
    sql({"create table t (a int4range, b point, c int, constraint apart exclude using gist (a with &&, "
         "(circle(b, 1)) with &&) where (c > 3) deferrable)",
         "create table u (a int, constraint same exclude (a with =) include (a))",
         "comment on constraint apart on t is 'far'"});
    const auto all = get(inspect.exclusion_constraints("t"));
    ASSERT_EQ(names_of(all), (names{"apart"}));
    EXPECT_EQ(all.at(0).method, "gist");
    ASSERT_EQ(all.at(0).elements.size(), 2u);
    EXPECT_EQ(all.at(0).elements.at(0).element.column, "a");
    EXPECT_EQ(all.at(0).elements.at(0).operator_name, (qualified_name{"pg_catalog", "&&"}));
    EXPECT_EQ(all.at(0).elements.at(1).element.column, maybe());
    EXPECT_EQ(all.at(0).elements.at(1).element.expression, "circle(b, (1)::double precision)");
    EXPECT_EQ(all.at(0).predicate, "(c > 3)");
    EXPECT_TRUE(all.at(0).deferrable);
    EXPECT_EQ(all.at(0).comment, "far");
    EXPECT_EQ(get(inspect.exclusion_constraints("u")).at(0).included, (names{"a"}));
    EXPECT_EQ(get(inspect.exclusion_constraints("u")).at(0).method, "btree");
    missing(inspect.exclusion_constraints("nope"));
    EXPECT_EQ(get(inspect.exclusion_constraints(relation_selection())).at({"public", "t"}), all);
    EXPECT_TRUE(get(inspect.unique_constraints("u")).empty());
}

TEST_F(inspect_keys, a_table_of_nothing_and_hostile_names) {
    sql("create table nothing ()");
    EXPECT_FALSE(primary("nothing"));
    EXPECT_TRUE(keys("nothing").empty());
    EXPECT_TRUE(checks("nothing").empty());
    EXPECT_TRUE(get(inspect.unique_constraints("nothing")).empty());
    EXPECT_TRUE(get(inspect.exclusion_constraints("nothing")).empty());
    for (const std::string& odd : hostile_names()) {
        const std::string name = odd.substr(0, 60);
        const std::string table = in_quotes(name);
        sql("create table " + table + " (" + table + " int, other int, constraint " + in_quotes("p" + name) +
            " primary key (" + table + "), constraint " + in_quotes("f" + name) + " foreign key (" + table +
            ") references " + table + ", constraint " + in_quotes("c" + name) + " check (" + table +
            " > 0), constraint " + in_quotes("u" + name) + " unique (other))");
        EXPECT_EQ(primary(name)->columns, (names{name}));
        EXPECT_EQ(primary(name)->name, "p" + name);
        EXPECT_EQ(keys(name).at(0).name, "f" + name);
        EXPECT_EQ(keys(name).at(0).referred_table, (qualified_name{"public", name}));
        EXPECT_EQ(keys(name).at(0).referred_columns, (names{name}));
        EXPECT_EQ(checks(name).at(0).name, "c" + name);
        EXPECT_EQ(checks(name).at(0).columns, (names{name}));
        EXPECT_EQ(names_of(get(inspect.unique_constraints(name))), (names{"u" + name}));
    }
}

TEST_F(inspect_keys, print_as_json) {
    sql({"create table p (id int primary key)", "create table t (a int references p)"});
    std::ostringstream text;
    const reflected::foreign_key key = keys("t").at(0);
    text << key;
    EXPECT_EQ(text.str(), "{\"oid\": " + std::to_string(key.oid) +
                              ", \"name\": \"t_a_fkey\", \"columns\": [\"a\"], \"referred_table\": {\"schema\": "
                              "\"public\", \"name\": \"p\"}, \"referred_oid\": " +
                              std::to_string(key.referred_oid) +
                              ", \"referred_columns\": [\"id\"], \"match\": \"simple\", \"on_update\": \"no_action\", "
                              "\"on_delete\": \"no_action\", \"on_delete_columns\": [], \"deferrable\": false, "
                              "\"initially_deferred\": false, \"validated\": true, \"inherited\": false, \"comment\": "
                              "null}");
}

} // namespace
