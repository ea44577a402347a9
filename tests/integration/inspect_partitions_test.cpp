// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What tables and columns are beyond what SQLAlchemy asks for: partitions, children, options of storage, foreign
// tables.

#include "inspect_support.hpp"

#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::column_storage;
using reflected::partition_strategy;
using reflected::qualified_name;
using qualified_names = std::vector<qualified_name>;

struct inspect_partitions : inspect_fixture {
    reflected::relation of(const std::string& name) { return get(inspect.relation(name)); }
    reflected::column column_of(const std::string& table, const std::string& name) {
        for (reflected::column& each : get(inspect.columns(table)))
            if (each.name == name)
                return std::move(each);
        ADD_FAILURE() << table << '.' << name;
        return {};
    }
};

TEST_F(inspect_partitions, keys) {
    sql({"create schema other", "create collation other.mine (locale = 'C')",
         "create table by_list (a int, \"b c\" text) partition by list (\"b c\")",
         "create table by_hash (a int, b text) partition by hash (a, b)",
         "create table by_range (a int, b text collate \"C\", c text) partition by range "
         "(a, lower(c) collate other.mine text_pattern_ops, b, (a + length(',')), b collate \"POSIX\")",
         "create table plain (a int)"});
    const reflected::partition_key list = of("by_list").partition_key.value();
    EXPECT_EQ(list.strategy, partition_strategy::list);
    ASSERT_EQ(list.elements.size(), 1u);
    EXPECT_EQ(list.elements.at(0).column, "b c");
    EXPECT_EQ(list.elements.at(0).expression, "");
    EXPECT_EQ(list.elements.at(0).operator_class, (qualified_name{"pg_catalog", "text_ops"}));
    EXPECT_TRUE(list.elements.at(0).default_operator_class);
    EXPECT_FALSE(list.elements.at(0).collation);
    EXPECT_EQ(of("by_hash").partition_key.value().strategy, partition_strategy::hash);
    EXPECT_EQ(of("by_hash").partition_key.value().elements.size(), 2u);
    const reflected::partition_key range = of("by_range").partition_key.value();
    EXPECT_EQ(range.strategy, partition_strategy::range);
    ASSERT_EQ(range.elements.size(), 5u);
    EXPECT_EQ(range.elements.at(0).column, "a");
    EXPECT_EQ(range.elements.at(1).column, maybe());
    EXPECT_EQ(range.elements.at(1).expression, "lower(c)");
    EXPECT_EQ(range.elements.at(1).operator_class, (qualified_name{"pg_catalog", "text_pattern_ops"}));
    EXPECT_FALSE(range.elements.at(1).default_operator_class);
    EXPECT_EQ(range.elements.at(1).collation, (qualified_name{"other", "mine"}));
    EXPECT_EQ(range.elements.at(2).column, "b");
    EXPECT_FALSE(range.elements.at(2).collation) << "that of the column";
    EXPECT_EQ(range.elements.at(3).expression, "(a + length(','::text))");
    EXPECT_EQ(range.elements.at(4).collation, (qualified_name{"pg_catalog", "POSIX"}));
    EXPECT_FALSE(of("plain").partition_key);
    std::ostringstream text;
    text << list;
    EXPECT_TRUE(contains(text.str(), "{\"strategy\": \"list\", \"elements\": [{\"column\": \"b c\"")) << text.str();
    EXPECT_EQ(get(inspect.relations(relation_selection())).at({"public", "by_range"}), of("by_range"));
}

TEST_F(inspect_partitions, partitions_and_children) {
    sql({"create schema other", "create table parted (a int, b int) partition by list (a)",
         "create table z partition of parted for values in (1) partition by range (b)",
         "create table other.y partition of parted default",
         "create table below partition of z for values from (1) to (2)", "create table mother (a int)",
         "create table other.father (b int)", "create table child () inherits (mother, other.father)",
         "create table other.child (a int) inherits (mother)", "create temp table passing () inherits (mother)",
         "create view v as select a from mother"});
    EXPECT_EQ(get(inspect.children("parted")), (qualified_names{{"other", "y"}, {"public", "z"}}));
    EXPECT_EQ(get(inspect.children("z")), (qualified_names{{"public", "below"}}));
    EXPECT_EQ(get(inspect.children("below")), qualified_names());
    EXPECT_EQ(get(inspect.children("v")), qualified_names());
    const qualified_names children = get(inspect.children("mother"));
    ASSERT_EQ(children.size(), 3u);
    EXPECT_EQ(children.at(0), (qualified_name{"other", "child"}));
    EXPECT_EQ(children.at(2), (qualified_name{"public", "child"}));
    EXPECT_EQ(get(inspect.children("father", "other")), (qualified_names{{"public", "child"}}));
    const auto all = get(inspect.children(relation_selection(coropq::all_schemas())));
    EXPECT_EQ(all.size(), 10u);
    EXPECT_EQ(all.at({"public", "mother"}), children);
    EXPECT_TRUE(get(inspect.children(relation_selection("nope"))).empty());
    missing(inspect.children("nope"));
    EXPECT_EQ(of("z").partition_key.value().strategy, partition_strategy::range) << "a partition that is partitioned";
    EXPECT_TRUE(of("z").is_partition);
    EXPECT_EQ(of("z").partition_bound, "FOR VALUES IN (1)");
}

TEST_F(inspect_partitions, inherited_columns) {
    sql({"create table mother (a int, b int)", "create table father (b int, c int)",
         "create table child (b int, d int) inherits (mother, father)",
         "create table parted (a int) partition by list (a)", "create table part partition of parted default"});
    EXPECT_TRUE(column_of("mother", "a").local);
    EXPECT_EQ(column_of("mother", "a").inherited_count, 0);
    EXPECT_FALSE(column_of("child", "a").local);
    EXPECT_EQ(column_of("child", "a").inherited_count, 1);
    EXPECT_TRUE(column_of("child", "b").local) << "declared here as well";
    EXPECT_EQ(column_of("child", "b").inherited_count, 2);
    EXPECT_TRUE(column_of("child", "d").local);
    EXPECT_FALSE(column_of("part", "a").local);
    EXPECT_EQ(column_of("part", "a").inherited_count, 1);
}

TEST_F(inspect_partitions, storage_of_columns) {
    sql({"create table t (a int, b text, c text compression pglz, d numeric, e bytea, f text)",
         "alter table t alter b set storage external, alter e set storage plain, alter b set statistics 500, "
         "alter f set statistics 0, alter a set (n_distinct = -0.5, n_distinct_inherited = 3)",
         "create view v as select a, b from t"});
    EXPECT_EQ(column_of("t", "a").storage, column_storage::plain);
    EXPECT_EQ(column_of("t", "b").storage, column_storage::external);
    EXPECT_EQ(column_of("t", "c").storage, column_storage::extended);
    EXPECT_EQ(column_of("t", "d").storage, column_storage::main);
    EXPECT_EQ(column_of("t", "e").storage, column_storage::plain);
    EXPECT_EQ(column_of("t", "b").compression, maybe());
    EXPECT_EQ(column_of("t", "c").compression, "pglz");
    EXPECT_EQ(column_of("t", "a").statistics_target, std::optional<int>());
    EXPECT_EQ(column_of("t", "b").statistics_target, 500);
    EXPECT_EQ(column_of("t", "f").statistics_target, 0);
    EXPECT_EQ(column_of("t", "a").options, (names{"n_distinct=-0.5", "n_distinct_inherited=3"}));
    EXPECT_EQ(column_of("t", "b").options, names());
    EXPECT_EQ(column_of("t", "b").foreign_options, names());
    EXPECT_EQ(column_of("v", "b").storage, column_storage::extended);
    EXPECT_EQ(get(inspect.columns(relation_selection())).at({"public", "t"}), get(inspect.columns("t")));
    std::ostringstream text;
    text << column_of("t", "c");
    EXPECT_TRUE(contains(text.str(), "\"storage\": \"extended\", \"compression\": \"pglz\"")) << text.str();
}

TEST_F(inspect_partitions, options_of_tables) {
    sql({"create schema other", "create type other.\"Sh ape\" as (a int, b text)",
         "create table typed of other.\"Sh ape\" (primary key (a))",
         "create table t (a int, b text) with (fillfactor = 70, toast.autovacuum_enabled = off, "
         "toast.vacuum_truncate = off)",
         "create table keyed (a int not null unique)", "alter table keyed replica identity using index keyed_a_key",
         "alter table t replica identity full", "create table none (a int)",
         "alter table none replica identity nothing"});
    EXPECT_EQ(of("t").options.storage_parameters, (names{"fillfactor=70"}));
    EXPECT_EQ(of("t").options.toast_parameters, (names{"autovacuum_enabled=off", "vacuum_truncate=off"}));
    EXPECT_EQ(of("typed").options.toast_parameters, names());
    EXPECT_EQ(of("typed").options.of_type, (qualified_name{"other", "Sh ape"}));
    EXPECT_FALSE(of("t").options.of_type);
    EXPECT_EQ(of("t").replica_identity, reflected::replica_identity::all_columns);
    EXPECT_EQ(of("keyed").replica_identity, reflected::replica_identity::by_index);
    EXPECT_EQ(of("none").replica_identity, reflected::replica_identity::nothing);
    EXPECT_EQ(of("typed").replica_identity, reflected::replica_identity::by_primary_key);
    EXPECT_EQ(of("t").options.server, maybe());
    EXPECT_EQ(get(inspect.table_options("t")), of("t").options);
}

TEST_F(inspect_partitions, foreign_tables) {
    superuser_sql("create foreign data wrapper nowhere; create server \"Far a'way\" foreign data wrapper nowhere; "
                  "create foreign table remote (a int options (column_name 'A=1', \"k\"\"ey\" ''), b int) "
                  "server \"Far a'way\" options (table_name 'x = y', other '')");
    EXPECT_EQ(of("remote").options.server, "Far a'way");
    EXPECT_EQ(of("remote").options.foreign_options, (names{"table_name=x = y", "other="}));
    EXPECT_EQ(column_of("remote", "a").foreign_options, (names{"column_name=A=1", "k\"ey="}));
    EXPECT_EQ(column_of("remote", "b").foreign_options, names());
}

TEST_F(inspect_partitions, hostile_names) {
    for (const std::string& name : hostile_names()) {
        const std::string quoted = in_quotes(name);
        sql("create schema " + quoted);
        sql("create table " + quoted + "." + quoted + " (" + quoted + " int, b int) partition by list (" + quoted +
            ")");
        sql("create table " + quoted + ".part partition of " + quoted + "." + quoted +
            " default partition by range ((" + quoted + " + 1), abs(b), " + quoted + ")");
        const auto found = get(inspect.relation(name, name)).partition_key.value();
        EXPECT_EQ(found.elements.at(0).column, name);
        const auto part = get(inspect.relation("part", name)).partition_key.value();
        ASSERT_EQ(part.elements.size(), 3u) << name;
        EXPECT_EQ(part.elements.at(1).expression, "abs(b)") << name;
        EXPECT_EQ(part.elements.at(2).column, name);
        EXPECT_EQ(get(inspect.children(name, name)), (qualified_names{{name, "part"}}));
    }
}

} // namespace
