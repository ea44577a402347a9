// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Columns and their types.

#include "inspect_support.hpp"

#include <boost/json/value_from.hpp>

#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using reflected::column;
using reflected::qualified_name;

using columns = std::vector<column>;

names names_of(const columns& all) {
    names found;
    for (const column& each : all)
        found.push_back(each.name);
    return found;
}

struct inspect_columns : inspect_fixture {
    columns of(const std::string& table) { return get(inspect.columns(table)); }
    columns of(const std::string& table, const std::string& schema) { return get(inspect.columns(table, schema)); }

    column one(const std::string& table, const std::string& name) {
        for (const column& each : of(table))
            if (each.name == name)
                return each;
        ADD_FAILURE() << "no column " << name;
        return {};
    }
};

TEST_F(inspect_columns, come_in_their_order_with_their_positions) {
    sql({"create table t (c int, a int not null, dropped int, b text)", "alter table t drop column dropped",
         "alter table t add column d int"});
    const columns all = of("t");
    EXPECT_EQ(names_of(all), (names{"c", "a", "b", "d"}));
    EXPECT_EQ(all.at(0).position, 1);
    EXPECT_EQ(all.at(2).position, 4);
    EXPECT_EQ(all.at(3).position, 5);
    EXPECT_TRUE(all.at(0).nullable);
    EXPECT_FALSE(all.at(1).nullable);
    EXPECT_EQ(all.at(0).default_value, maybe());
    EXPECT_EQ(all.at(0).comment, maybe());
    EXPECT_FALSE(all.at(0).collation);
    EXPECT_FALSE(all.at(0).identity);
    EXPECT_FALSE(all.at(0).generated);
    EXPECT_FALSE(all.at(0).auto_increment);
}

TEST_F(inspect_columns, every_kind_of_relation_has_them) {
    sql({"create table nothing ()", "create table parted (a int, b text) partition by list (a)",
         "create table part partition of parted for values in (1)", "create table child (c int) inherits (nothing)",
         "create view looking as select 1 as a, 'x'::text as b", "create view blind as select from parted",
         "create materialized view kept as select 1::smallint as a", "create temp table passing (t int)",
         "create unlogged table fleeting (u int)", "create sequence counting", "create type composite as (a int)"});
    superuser_sql("create foreign data wrapper nowhere; create server far foreign data wrapper nowhere; "
                  "create foreign table remote (r int not null) server far");
    EXPECT_EQ(of("nothing"), columns());
    EXPECT_EQ(of("blind"), columns());
    EXPECT_EQ(names_of(of("parted")), (names{"a", "b"}));
    EXPECT_EQ(names_of(of("part")), (names{"a", "b"}));
    EXPECT_EQ(names_of(of("child")), (names{"c"}));
    EXPECT_EQ(names_of(of("looking")), (names{"a", "b"}));
    EXPECT_EQ(of("kept").at(0).type.text, "smallint");
    EXPECT_EQ(names_of(of("passing")), (names{"t"}));
    EXPECT_EQ(names_of(of("fleeting")), (names{"u"}));
    EXPECT_FALSE(of("remote").at(0).nullable);
    for (const char* other : {"counting", "composite", "nope", "parted ", "PARTED", "", "pg_class"})
        EXPECT_TRUE(contains(missing(inspect.columns(other)), "there is no table or view")) << other;
    missing(inspect.columns("passing", "public"));
    EXPECT_EQ(of("pg_class", "pg_catalog").at(0).name, "oid");
    EXPECT_EQ(of("tables", "information_schema").size(), 12u);
}

TEST_F(inspect_columns, a_temporary_table_hides_another_one_and_both_can_be_told_apart) {
    sql({"create table t (a int)", "create temp table t (b int)"});
    EXPECT_EQ(names_of(of("t")), (names{"b"}));
    EXPECT_EQ(names_of(of("t", "public")), (names{"a"}));
}

TEST_F(inspect_columns, two_schemas_with_the_same_table_and_a_path_that_changes) {
    sql({"create schema other", "create table t (a int)", "create table other.t (b int, c int)"});
    EXPECT_EQ(names_of(of("t")), (names{"a"}));
    EXPECT_EQ(names_of(of("t", "other")), (names{"b", "c"}));
    sql("set search_path to other, public");
    EXPECT_EQ(names_of(of("t")), (names{"b", "c"}));
    EXPECT_EQ(names_of(of("t", "public")), (names{"a"}));
    const auto both = get(inspect.columns(coropq::relation_selection(coropq::all_schemas())));
    EXPECT_EQ(both.size(), 2u);
    EXPECT_EQ(names_of(both.at({"public", "t"})), (names{"a"}));
    EXPECT_EQ(names_of(both.at({"other", "t"})), (names{"b", "c"}));
    const auto path = get(inspect.columns(coropq::relation_selection()));
    EXPECT_EQ(path.size(), 1u);
    EXPECT_EQ(names_of(path.at({"other", "t"})), (names{"b", "c"}));
    sql("set search_path to ''");
    missing(inspect.columns("t"));
    EXPECT_TRUE(get(inspect.columns(coropq::relation_selection())).empty());
}

TEST_F(inspect_columns, hostile_names) {
    names odd = hostile_names();
    for (const std::string& schema : odd) {
        sql("create schema " + in_quotes(schema));
        sql("create table " + in_quotes(schema) + "." + in_quotes(schema) + " (" + in_quotes(schema) + " int)");
        sql("comment on column " + in_quotes(schema) + "." + in_quotes(schema) + "." + in_quotes(schema) +
            " is 'it''s \\'");
    }
    for (const std::string& name : odd) {
        const columns all = of(name, name);
        EXPECT_EQ(names_of(all), (names{name}));
        EXPECT_EQ(all.at(0).comment, "it's \\");
        EXPECT_TRUE(get(inspect.has_column(name, name, name)));
    }
    const auto all = get(inspect.columns(coropq::relation_selection(odd).names(odd)));
    EXPECT_EQ(all.size(), odd.size());
    for (const std::string& name : odd)
        EXPECT_EQ(names_of(all.at({name, name})), (names{name}));
    missing(inspect.columns(std::string(64, 'x'), std::string(63, 'x')));
    missing(inspect.columns(std::string(63, 'x'), std::string(64, 'x')));
}

TEST_F(inspect_columns, selections_take_what_they_say) {
    sql({"create table t (a int)", "create table parted (a int) partition by list (a)",
         "create view v as select 1 as a", "create materialized view m as select 1 as a",
         "create temp table passing (a int)"});
    const auto selected = [&](const coropq::relation_selection& selection) {
        names found;
        for (const auto& [name, all] : get(inspect.columns(selection))) {
            EXPECT_EQ(names_of(all), (names{"a"}));
            found.push_back(name.name);
        }
        std::sort(found.begin(), found.end());
        return found;
    };
    using reflected::relation_kind;
    using selection = coropq::relation_selection;
    EXPECT_EQ(selected(selection()), (names{"m", "parted", "passing", "t", "v"}));
    EXPECT_EQ(selected(selection("public")), (names{"m", "parted", "t", "v"}));
    EXPECT_EQ(selected(selection("nope")), names());
    EXPECT_EQ(selected(selection(coropq::all_schemas())), (names{"m", "parted", "passing", "t", "v"}));
    EXPECT_EQ(selected(selection().kinds({relation_kind::table})), (names{"passing", "t"}));
    EXPECT_EQ(selected(selection().kinds({relation_kind::view, relation_kind::materialized_view})), (names{"m", "v"}));
    EXPECT_EQ(selected(selection().kinds({relation_kind::foreign_table})), names());
    EXPECT_EQ(selected(selection().kinds({})), names());
    EXPECT_EQ(selected(selection().temporary(true)), (names{"passing"}));
    EXPECT_EQ(selected(selection().temporary(false)), (names{"m", "parted", "t", "v"}));
    EXPECT_EQ(selected(selection().names({"t", "v", "nope", "t"})), (names{"t", "v"}));
    EXPECT_EQ(selected(selection("public").names({"t", "passing"})), (names{"t"}));
    EXPECT_EQ(selected(selection().names({})), names());
}

TEST_F(inspect_columns, collations_that_differ_from_the_type) {
    sql({"create schema other", "create collation other.mine from \"C\"", "create domain word as text collate \"C\"",
         "create table t (a text, b text collate \"C\", c varchar(3)[] collate other.mine, d word, "
         "e word collate \"POSIX\", f int, g name, h name collate \"default\")"});
    const columns all = of("t");
    EXPECT_FALSE(all.at(0).collation);
    EXPECT_EQ(all.at(1).collation, (qualified_name{"pg_catalog", "C"}));
    EXPECT_EQ(all.at(2).collation, (qualified_name{"other", "mine"}));
    EXPECT_FALSE(all.at(3).collation);
    EXPECT_EQ(all.at(4).collation, (qualified_name{"pg_catalog", "POSIX"}));
    EXPECT_FALSE(all.at(5).collation);
    EXPECT_FALSE(all.at(6).collation);
    EXPECT_EQ(all.at(7).collation, (qualified_name{"pg_catalog", "default"}));
}

TEST_F(inspect_columns, defaults_and_what_counts_by_itself) {
    sql({"create sequence counting", "create schema other", "create sequence other.\"Odd seq\"",
         "create function here() returns int language sql as 'select 1'", "create domain id as bigint",
         "create table t (a serial, b bigserial, c int default 5, d text default 'it''s', e timestamptz default now(), "
         "f int default nextval('counting') + 1, g smallint default nextval('other.\"Odd seq\"'), "
         "h text default nextval('counting'), i id default nextval('counting'), j int default here(), k int default "
         "null, "
         "l int[] default '{1,2}')"});
    const columns all = of("t");
    EXPECT_EQ(all.at(0).default_value, "nextval('t_a_seq'::regclass)");
    EXPECT_TRUE(all.at(0).auto_increment);
    EXPECT_FALSE(all.at(0).identity);
    EXPECT_FALSE(all.at(0).nullable);
    EXPECT_TRUE(all.at(1).auto_increment);
    EXPECT_EQ(all.at(2).default_value, "5");
    EXPECT_FALSE(all.at(2).auto_increment);
    EXPECT_EQ(all.at(3).default_value, "'it''s'::text");
    EXPECT_EQ(all.at(4).default_value, "now()");
    EXPECT_FALSE(all.at(5).auto_increment) << *all.at(5).default_value;
    EXPECT_EQ(all.at(6).default_value, "nextval('other.\"Odd seq\"'::regclass)");
    EXPECT_TRUE(all.at(6).auto_increment);
    EXPECT_FALSE(all.at(7).auto_increment) << "not an integer";
    EXPECT_TRUE(all.at(8).auto_increment) << "a domain of an integer";
    EXPECT_EQ(all.at(9).default_value, "here()");
    EXPECT_EQ(all.at(10).default_value, maybe());
    EXPECT_EQ(all.at(11).default_value, "'{1,2}'::integer[]");
}

TEST_F(inspect_columns, identity_and_generated_columns) {
    sql({"create table t (a int generated always as identity, "
         "b bigint generated by default as identity (start 10 increment -3 minvalue -99 maxvalue 50 cache 7 cycle), "
         "c int generated always as (length(t) * 2) stored, t text)",
         "create sequence more owned by t.a", "alter sequence t_a_seq rename to \"Counts a\""});
    const columns all = of("t");
    ASSERT_TRUE(all.at(0).identity);
    EXPECT_TRUE(all.at(0).identity->always);
    EXPECT_EQ(all.at(0).identity->sequence, (qualified_name{"public", "Counts a"}));
    EXPECT_EQ(all.at(0).identity->start, 1);
    EXPECT_EQ(all.at(0).identity->maximum, 2147483647);
    EXPECT_TRUE(all.at(0).auto_increment);
    EXPECT_EQ(all.at(0).default_value, maybe());
    EXPECT_FALSE(all.at(0).nullable);
    ASSERT_TRUE(all.at(1).identity);
    reflected::identity expected;
    expected.sequence = {"public", "t_b_seq"};
    expected.start = 10;
    expected.increment = -3;
    expected.minimum = -99;
    expected.maximum = 50;
    expected.cache = 7;
    expected.cycle = true;
    EXPECT_EQ(*all.at(1).identity, expected);
    ASSERT_TRUE(all.at(2).generated);
    EXPECT_EQ(all.at(2).generated->expression, "(length(t) * 2)");
    EXPECT_TRUE(all.at(2).generated->stored);
    EXPECT_EQ(all.at(2).default_value, maybe());
    EXPECT_EQ(all.size(), 4u) << "a second sequence that it owns doesn't double the column";
}

TEST_F(inspect_columns, comments) {
    sql({"create table t (a int, b int, c int)", "comment on column t.a is 'the first'",
         "comment on column t.c is E'line 1\nline 2 \U0001F418'", "comment on table t is 'the table'"});
    const columns all = of("t");
    EXPECT_EQ(all.at(0).comment, "the first");
    EXPECT_EQ(all.at(1).comment, maybe());
    EXPECT_EQ(all.at(2).comment, "line 1\nline 2 \xF0\x9F\x90\x98");
}

TEST_F(inspect_columns, print_and_convert_as_json) {
    sql({"create table t (\"a\"\"b\" varchar(3)[] not null default '{}')",
         "comment on column t.\"a\"\"b\" is E'tab\\t\\\\'"});
    const column found = of("t").at(0);
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << found;
    EXPECT_EQ(
        text.str(),
        "{\"name\": \"a\\\"b\", \"position\": 1, \"type\": {\"text\": \"character varying(3)[]\", "
        "\"schema\": \"pg_catalog\", \"name\": \"varchar\", \"oid\": 1043, \"kind\": \"base\", \"dimensions\": 1, "
        "\"array_oid\": 1015, \"length\": 3, \"precision\": null, \"scale\": null, \"interval_fields\": \"\", "
        "\"modifier\": 7, \"bases\": []}, \"nullable\": false, \"default_value\": \"'{}'::character varying[]\", "
        "\"identity\": null, \"generated\": null, \"auto_increment\": false, \"collation\": null, "
        "\"comment\": \"tab\\u0009\\\\\", \"local\": true, \"inherited_count\": 0, \"storage\": \"extended\", "
        "\"compression\": null, \"statistics_target\": null, \"options\": [], \"foreign_options\": []}");
    EXPECT_EQ(found, of("t").at(0));
    column changed = found;
    changed.type.length = 4;
    EXPECT_NE(found, changed);
    // Described structs are values of Boost.JSON by themselves.
    EXPECT_EQ(boost::json::value_from(found.type).at("length"), 3);
}

} // namespace
