// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Indexes.

#include "inspect_support.hpp"

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::index_role;
using reflected::qualified_name;

struct inspect_indexes : inspect_fixture {
    std::vector<reflected::index> of(const std::string& table) { return get(inspect.indexes(table)); }
    reflected::index one(const std::string& definition) {
        sql("drop index if exists i");
        sql("create index i on t " + definition);
        for (const reflected::index& each : of("t"))
            if (each.name == "i")
                return each;
        ADD_FAILURE() << definition;
        return {};
    }
};

TEST_F(inspect_indexes, all_of_a_table_by_name_and_what_they_are_for) {
    sql({"create table t (id int primary key, a int constraint u unique, r int4range, "
         "constraint x exclude using gist (r with &&))",
         "create index \"B\" on t (a)", "create unique index c on t (a) where a > 3", "comment on index c is 'why'"});
    const auto all = of("t");
    ASSERT_EQ(all.size(), 5u);
    EXPECT_EQ(all.at(0).name, "B");
    EXPECT_EQ(all.at(0).role, index_role::none);
    EXPECT_EQ(all.at(0).constraint, maybe());
    EXPECT_EQ(all.at(0).method, "btree");
    EXPECT_FALSE(all.at(0).unique);
    EXPECT_TRUE(all.at(0).valid);
    EXPECT_FALSE(all.at(0).predicate);
    EXPECT_FALSE(all.at(0).parent);
    EXPECT_EQ(all.at(0).tablespace, maybe());
    EXPECT_EQ(all.at(0).comment, maybe());
    EXPECT_NE(all.at(0).oid, 0u);
    EXPECT_EQ(all.at(1).name, "c");
    EXPECT_TRUE(all.at(1).unique);
    EXPECT_EQ(all.at(1).predicate, "(a > 3)");
    EXPECT_EQ(all.at(1).comment, "why");
    EXPECT_EQ(all.at(2).role, index_role::primary_key);
    EXPECT_EQ(all.at(2).constraint, "t_pkey");
    EXPECT_EQ(all.at(3).role, index_role::unique_constraint);
    EXPECT_EQ(all.at(4).role, index_role::exclusion_constraint);
    EXPECT_EQ(all.at(4).method, "gist");
    EXPECT_EQ(get(inspect.indexes(relation_selection())).at({"public", "t"}), all);
    sql({"create table none (a int)", "create view v as select 1 as a"});
    EXPECT_TRUE(of("none").empty());
    EXPECT_TRUE(of("v").empty());
    missing(inspect.indexes("nope"));
    missing(inspect.indexes("u"));
}

TEST_F(inspect_indexes, expressions_among_columns) {
    sql("create table t (a int, b text, c numeric[], \"x, y\" text, d jsonb)");
    const reflected::index mixed =
        one("((a + 1), b, lower(b), (c[1]), (\"x, y\" || ',''(\"' || E'\\\\,'), (d -> 'a,b'), a, "
            "(array[a, 2]), (case when a > 1 then 'x,' else b end)) include (a, \"x, y\")");
    names elements;
    for (const reflected::index_element& each : mixed.elements)
        elements.push_back(each.column ? "column " + *each.column : each.expression);
    EXPECT_EQ(elements, (names{"(a + 1)", "column b", "lower(b)", "c[1]",
                               "((\"x, y\" || ',''(\"'::text) || '\\,'::text)", "(d -> 'a,b'::text)", "column a",
                               "ARRAY[a, 2]", "\nCASE\n    WHEN (a > 1) THEN 'x,'::text\n    ELSE b\nEND"}));
    EXPECT_EQ(mixed.included, (names{"a", "x, y"}));
    // As the server tells them one by one.
    for (std::size_t i = 0; i != mixed.elements.size(); ++i) {
        const std::string theirs = get(engine.fetch_value<std::string>(
            "select pg_get_indexdef($1::oid, $2::int, false)", mixed.oid, static_cast<int>(i) + 1));
        const reflected::index_element& each = mixed.elements[i];
        if (!each.column) {
            EXPECT_TRUE(theirs == each.expression || theirs == "(" + each.expression + ")") << theirs;
        }
    }
}

TEST_F(inspect_indexes, sort_orders_and_nulls) {
    sql("create table t (a int, b int, c int, d int)");
    const reflected::index sorted = one("(a, b desc, c nulls first, d desc nulls last)");
    ASSERT_EQ(sorted.elements.size(), 4u);
    EXPECT_FALSE(sorted.elements[0].descending);
    EXPECT_FALSE(sorted.elements[0].nulls_first);
    EXPECT_TRUE(sorted.elements[1].descending);
    EXPECT_TRUE(sorted.elements[1].nulls_first);
    EXPECT_FALSE(sorted.elements[2].descending);
    EXPECT_TRUE(sorted.elements[2].nulls_first);
    EXPECT_TRUE(sorted.elements[3].descending);
    EXPECT_FALSE(sorted.elements[3].nulls_first);
}

TEST_F(inspect_indexes, operator_classes_collations_and_parameters) {
    sql({"create table t (a text, b varchar(3), c text collate \"C\", d jsonb, e tsvector)", "create schema other",
         "create collation other.mine from \"C\""});
    const reflected::index plain = one("(a, b, c)");
    for (const reflected::index_element& each : plain.elements) {
        EXPECT_EQ(each.operator_class, (qualified_name{"pg_catalog", "text_ops"}));
        EXPECT_TRUE(each.default_operator_class);
        EXPECT_FALSE(each.collation);
        EXPECT_EQ(each.parameters, names());
    }
    const reflected::index special =
        one("(a text_pattern_ops, b collate other.mine, c collate \"default\", lower(a) collate \"C\", lower(a))");
    EXPECT_EQ(special.elements[0].operator_class.name, "text_pattern_ops");
    EXPECT_FALSE(special.elements[0].default_operator_class);
    EXPECT_FALSE(special.elements[0].collation);
    EXPECT_EQ(special.elements[1].collation, (qualified_name{"other", "mine"}));
    EXPECT_EQ(special.elements[2].collation, (qualified_name{"pg_catalog", "default"}));
    EXPECT_EQ(special.elements[3].collation, (qualified_name{"pg_catalog", "C"}));
    EXPECT_FALSE(special.elements[4].collation);
    const reflected::index paths = one("using gin (d jsonb_path_ops)");
    EXPECT_EQ(paths.method, "gin");
    EXPECT_EQ(paths.elements[0].operator_class.name, "jsonb_path_ops");
    EXPECT_EQ(one("using gist (e tsvector_ops (siglen = 32))").elements[0].parameters, (names{"siglen=32"}));
}

TEST_F(inspect_indexes, storage_and_uniqueness) {
    sql("create table t (a int, b text)");
    EXPECT_EQ(one("(a) with (fillfactor = 50, deduplicate_items = off)").storage_parameters,
              (names{"fillfactor=50", "deduplicate_items=off"}));
    EXPECT_EQ(one("using hash (a)").method, "hash");
    EXPECT_EQ(one("using brin (a) with (pages_per_range = 4)").method, "brin");
    sql("create unique index distinct_nulls on t (a) nulls not distinct");
    EXPECT_TRUE(of("t").at(0).nulls_not_distinct);
    EXPECT_FALSE(of("t").at(1).nulls_not_distinct);
    sql({"drop index i", "alter table t alter column a set not null", "drop index distinct_nulls",
         "create unique index i on t (a)", "cluster t using i", "alter table t replica identity using index i"});
    EXPECT_TRUE(of("t").at(0).clustered);
    EXPECT_TRUE(of("t").at(0).replica_identity);
}

TEST_F(inspect_indexes, an_index_that_failed_is_not_valid) {
    sql({"create table t (a int)", "insert into t values (1), (1)"});
    EXPECT_EQ(
        failure_of<coropq::server_error>(context, engine.execute("create unique index concurrently i on t (a)")).code(),
        coropq::sqlstate::unique_violation);
    EXPECT_EQ(of("t").at(0).name, "i");
    EXPECT_FALSE(of("t").at(0).valid);
}

TEST_F(inspect_indexes, of_partitions_and_materialized_views) {
    sql({"create schema other", "create table parted (a int, b int) partition by list (a)",
         "create table other.part partition of parted for values in (1)", "create index whole on parted (b)",
         "create materialized view kept as select 1 as a", "create index of_view on kept (a)",
         "create index alone on other.part (a)"});
    EXPECT_EQ(of("parted").at(0).name, "whole");
    EXPECT_FALSE(of("parted").at(0).parent);
    const auto part = get(inspect.indexes("part", "other"));
    ASSERT_EQ(part.size(), 2u);
    EXPECT_FALSE(part.at(0).parent);
    EXPECT_EQ(part.at(1).parent, (qualified_name{"public", "whole"}));
    EXPECT_EQ(of("kept").at(0).name, "of_view");
}

} // namespace
