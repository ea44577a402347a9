// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Tables and views themselves, the order in which they can be created, enums and domains.

#include "inspect_support.hpp"
#include "support/table_order_text.hpp"

#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::qualified_name;
using reflected::relation_kind;

struct inspect_relations : inspect_fixture {
    reflected::relation of(const std::string& name) { return get(inspect.relation(name)); }
};

TEST_F(inspect_relations, every_kind) {
    sql({"create table plain (a int)", "create table parted (a int) partition by range (a)",
         "create table part partition of parted for values from (minvalue) to (5)",
         "create table rest partition of parted default", "create view looking as select 1 as a",
         "create materialized view kept as select 1 as a with no data", "create temp table passing (a int)",
         "create unlogged table fleeting (a int)"});
    superuser_sql("create foreign data wrapper nowhere; create server far foreign data wrapper nowhere; "
                  "create foreign table remote (r int) server far");
    const auto all = get(inspect.relations(relation_selection()));
    EXPECT_EQ(all.size(), 9u);
    EXPECT_EQ(of("plain").kind, relation_kind::table);
    EXPECT_EQ(of("plain").schema, "public");
    EXPECT_EQ(of("plain").oid, get(inspect.table_oid("plain")));
    EXPECT_EQ(of("plain").persistence, reflected::persistence::permanent);
    EXPECT_EQ(of("plain").owner, cluster().app_user());
    EXPECT_EQ(of("plain").options.access_method, "heap");
    EXPECT_EQ(of("plain").options.tablespace, maybe());
    EXPECT_EQ(of("plain").comment, maybe());
    EXPECT_FALSE(of("plain").is_partition);
    EXPECT_FALSE(of("plain").row_security);
    EXPECT_TRUE(of("plain").populated);
    EXPECT_EQ(of("parted").kind, relation_kind::partitioned_table);
    EXPECT_EQ(of("parted").options.access_method, maybe());
    EXPECT_TRUE(of("part").is_partition);
    EXPECT_EQ(of("part").partition_bound, "FOR VALUES FROM (MINVALUE) TO (5)");
    EXPECT_EQ(of("part").options.parents, (std::vector<qualified_name>{{"public", "parted"}}));
    EXPECT_EQ(of("rest").partition_bound, "DEFAULT");
    EXPECT_EQ(of("looking").kind, relation_kind::view);
    EXPECT_EQ(of("kept").kind, relation_kind::materialized_view);
    EXPECT_FALSE(of("kept").populated);
    sql("refresh materialized view kept");
    EXPECT_TRUE(of("kept").populated);
    EXPECT_EQ(of("remote").kind, relation_kind::foreign_table);
    EXPECT_EQ(of("fleeting").persistence, reflected::persistence::unlogged);
    EXPECT_EQ(of("passing").persistence, reflected::persistence::temporary);
    EXPECT_TRUE(of("passing").schema.starts_with("pg_temp_"));
    for (const auto& [name, found] : all)
        EXPECT_EQ(name, (qualified_name{found.schema, found.name}));
    missing(inspect.relation("nope"));
    missing(inspect.relation("plain_pkey"));
}

TEST_F(inspect_relations, options_comments_and_parents) {
    sql({"create schema other", "create table mother (a int)", "create table other.father (b int)",
         "create table child (c int) inherits (other.father, mother) with (fillfactor = 70, autovacuum_enabled = off)",
         "comment on table child is 'one'", "comment on column child.c is 'another'",
         "alter table child enable row level security", "alter table mother enable row level security",
         "alter table mother force row level security",
         "create view v with (security_barrier) as select a from mother where a > 1 with check option",
         "comment on view v is 'a view'"});
    const reflected::table_options options = get(inspect.table_options("child"));
    EXPECT_EQ(options.parents, (std::vector<qualified_name>{{"other", "father"}, {"public", "mother"}}));
    EXPECT_EQ(options.storage_parameters, (names{"fillfactor=70", "autovacuum_enabled=off"}));
    EXPECT_EQ(options.access_method, "heap");
    EXPECT_EQ(of("child").options, options);
    EXPECT_EQ(get(inspect.table_options("v")).storage_parameters,
              (names{"security_barrier=true", "check_option=cascaded"}));
    EXPECT_EQ(get(inspect.table_comment("child")), "one");
    EXPECT_EQ(get(inspect.table_comment("v")), "a view");
    EXPECT_EQ(get(inspect.table_comment("mother")), maybe());
    EXPECT_EQ(get(inspect.table_comment(relation_selection())).at({"public", "child"}), "one");
    EXPECT_EQ(get(inspect.table_options(relation_selection())).at({"public", "child"}), options);
    EXPECT_TRUE(of("child").row_security);
    EXPECT_FALSE(of("child").force_row_security);
    EXPECT_TRUE(of("mother").force_row_security);
    missing(inspect.table_comment("nope"));
    missing(inspect.table_options("nope"));
    missing(inspect.table_options("father"));
}

TEST_F(inspect_relations, what_views_read) {
    sql({"create schema \"Z z\"", "create table \"Z z\".t (a int)", "create table t (a int)",
         "create view v as select t.a, z.a as b from t, \"Z z\".t as z, t as again",
         "create materialized view m as select * from v where exists (select from t)",
         "create recursive view r (n) as values (1) union all select n + 1 from r where n < 3"});
    using reflected_names = std::vector<qualified_name>;
    EXPECT_EQ(of("v").sources, (reflected_names{{"Z z", "t"}, {"public", "t"}}));
    EXPECT_EQ(of("m").sources, (reflected_names{{"public", "t"}, {"public", "v"}}));
    EXPECT_EQ(of("r").sources, reflected_names());
    EXPECT_EQ(of("t").sources, reflected_names());
}

TEST_F(inspect_relations, definitions_of_views) {
    sql({"create table t (a int)", "create view \"V w\" as select a from t where a > 1",
         "create materialized view m as select 1 as one", "create schema other",
         "create view other.\"V w\" as select 2 as two"});
    EXPECT_EQ(get(inspect.view_definition("V w")), " SELECT t.a\n   FROM t\n  WHERE (t.a > 1);");
    EXPECT_EQ(get(inspect.view_definition("m")), " SELECT 1 AS one;");
    EXPECT_EQ(get(inspect.view_definition("V w", "other")), " SELECT 2 AS two;");
    EXPECT_TRUE(contains(missing(inspect.view_definition("t")), "there is no view \"t\""));
    missing(inspect.view_definition("nope"));
    missing(inspect.view_definition("m", "other"));
}

TEST_F(inspect_relations, the_order_of_creation) {
    sql({"create table c (id int primary key)",
         "create table b (id int primary key, c int constraint to_c references c)",
         "create table a (b int constraint to_b references b)", "create table x (id int primary key)",
         "create table y (id int primary key constraint to_x references x, self int constraint own references y)",
         "alter table x add constraint to_y foreign key (id) references y", "create view v as select 1 as a"});
    EXPECT_EQ(text_of(get(inspect.sorted_table_and_foreign_keys())), "c b>to_c a>to_b x y>own>to_x | x>to_y");
    EXPECT_EQ(get(inspect.sorted_table_and_foreign_keys("nope")), reflected::table_order());
    // Inheritance and partitions; a key to a partitioned table is one.
    sql({"create schema other", "create table other.z (id int primary key) partition by list (id)",
         "create table other.y1 partition of other.z for values in (1)",
         "create table other.k (id int constraint only_one references other.z, far int constraint far references c)",
         "create table other.z2 (a int)", "create table other.a2 () inherits (other.z2)"});
    EXPECT_EQ(text_of(get(inspect.sorted_table_and_foreign_keys("other"))), "z k>far>only_one y1 z2 a2");
    const auto all = get(inspect.sorted_table_and_foreign_keys(coropq::all_schemas()));
    EXPECT_EQ(all.tables.size(), 10u);
    EXPECT_EQ(all.deferred.size(), 1u);
}

TEST_F(inspect_relations, enums) {
    sql({"create type mood as enum ('sad', 'it''s', 'a,b', '')", "create type empty as enum ()",
         "alter type mood add value 'first' before 'sad'", "create schema other",
         "create type other.\"Mo od\" as enum ('x')", "comment on type mood is 'how'"});
    const auto visible = get(inspect.enums());
    ASSERT_EQ(visible.size(), 2u);
    EXPECT_EQ(visible.at(0).name, "empty");
    EXPECT_EQ(visible.at(0).labels, names());
    EXPECT_EQ(visible.at(1).name, "mood");
    EXPECT_EQ(visible.at(1).schema, "public");
    EXPECT_EQ(visible.at(1).labels, (names{"first", "sad", "it's", "a,b", ""}));
    EXPECT_EQ(visible.at(1).owner, cluster().app_user());
    EXPECT_EQ(visible.at(1).comment, "how");
    EXPECT_TRUE(visible.at(1).visible);
    const auto others = get(inspect.enums("other"));
    ASSERT_EQ(others.size(), 1u);
    EXPECT_EQ(others.at(0).name, "Mo od");
    EXPECT_FALSE(others.at(0).visible);
    EXPECT_TRUE(get(inspect.enums("nope")).empty());
    const auto all = get(inspect.enums(coropq::all_schemas()));
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all.at(0), others.at(0)) << "by schema first";
    std::ostringstream text;
    text << others.at(0);
    EXPECT_TRUE(contains(text.str(), "\"labels\": [\"x\"]")) << text.str();
    sql("set search_path to other");
    EXPECT_EQ(get(inspect.enums()).size(), 1u);
    EXPECT_TRUE(get(inspect.enums()).at(0).visible);
}

TEST_F(inspect_relations, domains) {
    sql({"create domain word as varchar(30) collate \"C\" not null default 'x' constraint b check (value <> 'no') "
         "constraint a check (length(value) > 1)",
         "create domain sub as word", "create domain words as word[][]", "create domain plain as numeric(5, 2)",
         "alter domain plain add constraint later check (value > 0) not valid", "comment on domain plain is 'simple'",
         "create schema other", "create domain other.far as text"});
    const auto all = get(inspect.domains());
    ASSERT_EQ(all.size(), 4u);
    const reflected::domain_type& plain = all.at(0);
    EXPECT_EQ(plain.name, "plain");
    EXPECT_EQ(plain.type.precision, 5);
    EXPECT_EQ(plain.type.scale, 2);
    EXPECT_TRUE(plain.nullable);
    EXPECT_EQ(plain.default_value, maybe());
    EXPECT_FALSE(plain.collation);
    EXPECT_EQ(plain.comment, "simple");
    EXPECT_EQ(plain.constraints,
              (std::vector<reflected::domain_constraint>{{"later", "(VALUE > (0)::numeric)", false}}));
    const reflected::domain_type& sub = all.at(1);
    EXPECT_EQ(sub.type.name, "word");
    ASSERT_EQ(sub.type.bases.size(), 1u);
    EXPECT_EQ(sub.type.bases.at(0).length, 30);
    EXPECT_FALSE(sub.nullable) << "what it is made of isn't";
    EXPECT_TRUE(sub.constraints.empty());
    const reflected::domain_type& word = all.at(2);
    EXPECT_EQ(word.type.text, "character varying(30)");
    EXPECT_EQ(word.type.length, 30);
    EXPECT_FALSE(word.nullable);
    EXPECT_EQ(word.default_value, "'x'::character varying");
    EXPECT_EQ(word.collation, (qualified_name{"pg_catalog", "C"}));
    ASSERT_EQ(word.constraints.size(), 2u);
    EXPECT_EQ(word.constraints.at(0).name, "a");
    EXPECT_EQ(word.constraints.at(1).expression, "((VALUE)::text <> 'no'::text)");
    EXPECT_EQ(all.at(3).type.dimensions, 2);
    EXPECT_TRUE(all.at(3).nullable) << "only its elements aren't";
    ASSERT_EQ(all.at(3).type.bases.size(), 1u);
    EXPECT_EQ(get(inspect.domains("other")).at(0).name, "far");
    EXPECT_EQ(get(inspect.domains(coropq::all_schemas())).size(), 5u);
    EXPECT_TRUE(get(inspect.domains("nope")).empty());
    EXPECT_FALSE(get(inspect.domains("information_schema")).empty());
}

} // namespace
