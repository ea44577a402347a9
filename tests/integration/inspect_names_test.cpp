// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Lists of names, and whether something exists. Tables and schemas are in inspector_test.cpp.

#include "inspect_support.hpp"

#include <algorithm>

namespace {

using namespace coropq::test;

struct inspect_names : inspect_fixture {
    void one_of_each() {
        sql({"create table plain (id serial primary key, big int generated always as identity)",
             "create table parted (a int) partition by list (a)",
             "create table part partition of parted for values in (1)", "create view looking as select 1 as a",
             "create materialized view kept as select 1 as a", "create sequence counting",
             "create type composite as (a int)", "create temp table passing (a int)",
             "create temp view glancing as select 1 as a", "create temp sequence ticking"});
        superuser_sql("create foreign data wrapper nowhere; create server far foreign data wrapper nowhere; "
                      "create foreign table remote (a int) server far");
    }
};

TEST_F(inspect_names, each_list_has_its_kind) {
    one_of_each();
    EXPECT_EQ(get(inspect.table_names()), (names{"part", "parted", "plain"}));
    EXPECT_EQ(get(inspect.view_names()), (names{"looking"}));
    EXPECT_EQ(get(inspect.materialized_view_names()), (names{"kept"}));
    EXPECT_EQ(get(inspect.foreign_table_names()), (names{"remote"}));
    EXPECT_EQ(get(inspect.sequence_names()), (names{"counting", "plain_big_seq", "plain_id_seq", "ticking"}));
    EXPECT_EQ(get(inspect.temporary_table_names()), (names{"passing"}));
    EXPECT_EQ(get(inspect.temporary_view_names()), (names{"glancing"}));
    // In the schema, there is nothing temporary.
    EXPECT_EQ(get(inspect.view_names("public")), (names{"looking"}));
    EXPECT_EQ(get(inspect.materialized_view_names("public")), (names{"kept"}));
    EXPECT_EQ(get(inspect.foreign_table_names("public")), (names{"remote"}));
    EXPECT_EQ(get(inspect.sequence_names("public")), (names{"counting", "plain_big_seq", "plain_id_seq"}));
    for (const char* nowhere : {"nope", "PUBLIC", "", "pub%", "public "}) {
        EXPECT_EQ(get(inspect.view_names(nowhere)), names()) << nowhere;
        EXPECT_EQ(get(inspect.materialized_view_names(nowhere)), names()) << nowhere;
        EXPECT_EQ(get(inspect.foreign_table_names(nowhere)), names()) << nowhere;
        EXPECT_EQ(get(inspect.sequence_names(nowhere)), names()) << nowhere;
    }
    EXPECT_FALSE(get(inspect.view_names("pg_catalog")).empty());
}

TEST_F(inspect_names, an_empty_database_has_none) {
    EXPECT_EQ(get(inspect.view_names()), names());
    EXPECT_EQ(get(inspect.materialized_view_names()), names());
    EXPECT_EQ(get(inspect.foreign_table_names()), names());
    EXPECT_EQ(get(inspect.sequence_names()), names());
    EXPECT_EQ(get(inspect.temporary_table_names()), names());
    EXPECT_EQ(get(inspect.temporary_view_names()), names());
}

TEST_F(inspect_names, lists_come_in_the_order_of_bytes_with_names_as_they_are) {
    names odd = hostile_names();
    for (const std::string& name : odd) {
        sql("create view " + in_quotes("v" + name.substr(0, 62)) + " as select 1 as a");
        sql("create sequence " + in_quotes("s" + name.substr(0, 62)));
    }
    const auto expected = [&](char first) {
        names all;
        for (const std::string& name : odd)
            all.push_back(first + name.substr(0, 62));
        std::sort(all.begin(), all.end());
        return all;
    };
    EXPECT_EQ(get(inspect.view_names()), expected('v'));
    EXPECT_EQ(get(inspect.sequence_names()), expected('s'));
    for (const std::string& name : expected('s')) {
        EXPECT_TRUE(get(inspect.has_sequence(name))) << name;
        EXPECT_TRUE(get(inspect.has_sequence(name, "public"))) << name;
    }
}

TEST_F(inspect_names, what_exists_is_found_by_its_exact_name) {
    one_of_each();
    EXPECT_TRUE(get(inspect.has_sequence("counting")));
    EXPECT_TRUE(get(inspect.has_sequence("plain_id_seq", "public")));
    EXPECT_TRUE(get(inspect.has_sequence("ticking")));
    EXPECT_FALSE(get(inspect.has_sequence("ticking", "public")));
    EXPECT_FALSE(get(inspect.has_sequence("plain")));
    EXPECT_FALSE(get(inspect.has_sequence("Counting")));
    EXPECT_FALSE(get(inspect.has_sequence("countin_")));

    EXPECT_TRUE(get(inspect.has_schema("public")));
    EXPECT_TRUE(get(inspect.has_schema("pg_catalog")));
    EXPECT_TRUE(get(inspect.has_schema("information_schema")));
    EXPECT_FALSE(get(inspect.has_schema("Public")));
    EXPECT_FALSE(get(inspect.has_schema("")));
    EXPECT_FALSE(get(inspect.has_schema("publi%")));

    EXPECT_TRUE(get(inspect.has_column("plain", "id")));
    EXPECT_TRUE(get(inspect.has_column("plain", "id", "public")));
    EXPECT_TRUE(get(inspect.has_column("looking", "a")));
    EXPECT_TRUE(get(inspect.has_column("kept", "a")));
    EXPECT_TRUE(get(inspect.has_column("remote", "a")));
    EXPECT_TRUE(get(inspect.has_column("passing", "a")));
    EXPECT_FALSE(get(inspect.has_column("passing", "a", "public")));
    EXPECT_FALSE(get(inspect.has_column("plain", "ctid"))) << "a system column";
    EXPECT_FALSE(get(inspect.has_column("plain", "ID")));
    EXPECT_FALSE(get(inspect.has_column("nope", "id")));
    EXPECT_FALSE(get(inspect.has_column("counting", "last_value"))) << "a sequence is no table";
    sql("alter table plain drop column big");
    EXPECT_FALSE(get(inspect.has_column("plain", "big")));
    EXPECT_FALSE(get(inspect.has_column("plain", "........pg.dropped.2........")));

    sql("create index sooner on plain (id)");
    EXPECT_TRUE(get(inspect.has_index("plain", "sooner")));
    EXPECT_TRUE(get(inspect.has_index("plain", "plain_pkey")));
    EXPECT_TRUE(get(inspect.has_index("plain", "sooner", "public")));
    EXPECT_FALSE(get(inspect.has_index("parted", "sooner")));
    EXPECT_FALSE(get(inspect.has_index("nope", "sooner")));
    EXPECT_FALSE(get(inspect.has_index("plain", "sooner", "nope")));
    EXPECT_FALSE(get(inspect.has_index("plain", "SOONER")));

    sql({"create function act() returns trigger language plpgsql as 'begin return new; end'",
         "alter table plain add constraint small check (id < 9)",
         "create trigger acting before insert on plain for each row execute function act()",
         "create policy seen on plain using (id > 1)",
         "create table pointing (id int constraint to_plain references plain deferrable)"});
    for (const char* schema : {"", "public", "nope"}) {
        const bool exists = std::string(schema) != "nope";
        const maybe where = *schema == 0 ? maybe() : maybe(schema);
        EXPECT_EQ(get(inspect.has_constraint("plain", "small", where)), exists) << schema;
        EXPECT_EQ(get(inspect.has_constraint("plain", "plain_pkey", where)), exists) << schema;
        EXPECT_EQ(get(inspect.has_constraint("pointing", "to_plain", where)), exists) << schema;
        EXPECT_EQ(get(inspect.has_trigger("plain", "acting", where)), exists) << schema;
        EXPECT_EQ(get(inspect.has_policy("plain", "seen", where)), exists) << schema;
        EXPECT_FALSE(get(inspect.has_constraint("plain", "sooner", where))) << "an index";
        EXPECT_FALSE(get(inspect.has_trigger("pointing", "acting", where)));
        EXPECT_FALSE(get(inspect.has_policy("plain", "acting", where)));
    }
    EXPECT_TRUE(get(inspect.has_routine("act")));
    EXPECT_TRUE(get(inspect.has_routine("act", "public")));
    EXPECT_FALSE(get(inspect.has_routine("act", "nope")));
    EXPECT_FALSE(get(inspect.has_routine("lower")));
    EXPECT_TRUE(get(inspect.has_routine("lower", "pg_catalog")));
    const std::string internal = cluster().query_value(
        "select tgname from pg_trigger where tgrelid = 'pointing'::regclass limit 1", database.name());
    EXPECT_FALSE(get(inspect.has_trigger("pointing", internal))) << "by which the server keeps the key";

    sql({"create type mood as enum ('sad')", "create domain short as varchar(3)", "create schema other",
         "create type other.hidden as enum ()"});
    for (const char* type : {"mood", "short", "composite", "plain", "looking"}) {
        EXPECT_TRUE(get(inspect.has_type(type))) << type;
        EXPECT_TRUE(get(inspect.has_type(type, "public"))) << type;
        EXPECT_TRUE(get(inspect.has_type(type, coropq::all_schemas()))) << type;
    }
    EXPECT_TRUE(get(inspect.has_type("passing")));
    EXPECT_FALSE(get(inspect.has_type("int4")));
    EXPECT_TRUE(get(inspect.has_type("int4", "pg_catalog")));
    EXPECT_FALSE(get(inspect.has_type("Mood")));
    EXPECT_FALSE(get(inspect.has_type("hidden")));
    EXPECT_TRUE(get(inspect.has_type("hidden", "other")));
    EXPECT_TRUE(get(inspect.has_type("hidden", coropq::all_schemas())));
    EXPECT_TRUE(get(inspect.has_type("hidden", names{"nope", "other"})));
    EXPECT_FALSE(get(inspect.has_type("hidden", names())));
}

TEST_F(inspect_names, many_names_at_once) {
    one_of_each();
    EXPECT_EQ(get(inspect.existing_tables({"plain", "nope", "looking", "kept", "remote", "passing", "counting", "plain",
                                           "PLAIN", "a,b", "part"})),
              (names{"kept", "looking", "part", "passing", "plain", "remote"}));
    EXPECT_EQ(get(inspect.existing_tables({"plain", "passing"}, "public")), (names{"plain"}));
    EXPECT_EQ(get(inspect.existing_tables({})), names());
    EXPECT_EQ(get(inspect.existing_tables({"plain"}, "nope")), names());
    for (const std::string& name : hostile_names())
        sql("create table " + in_quotes(name) + " ()");
    names odd = hostile_names();
    std::sort(odd.begin(), odd.end());
    EXPECT_EQ(get(inspect.existing_tables(hostile_names())), odd);
    EXPECT_EQ(get(inspect.existing_tables({std::string(64, 'x')})), names());
}

TEST_F(inspect_names, the_default_schema_is_that_of_the_moment) {
    EXPECT_EQ(get(inspect.default_schema()), "public");
    EXPECT_EQ(get(inspect.search_path()), (names{"public"}));
    sql({"create schema other", "create schema \"Odd, one\"", "set search_path to other, nope, \"Odd, one\", public"});
    EXPECT_EQ(get(inspect.default_schema()), "other");
    EXPECT_EQ(get(inspect.search_path()), (names{"other", "Odd, one", "public"}));
    sql("drop schema other");
    EXPECT_EQ(get(inspect.default_schema()), "Odd, one");
    sql("set search_path to ''");
    EXPECT_EQ(get(inspect.default_schema()), maybe());
    EXPECT_EQ(get(inspect.search_path()), names());
    sql("set search_path to pg_catalog, public");
    EXPECT_EQ(get(inspect.default_schema()), "pg_catalog");
}

TEST_F(inspect_names, without_a_schema_lists_follow_the_search_path) {
    sql({"create schema other", "create view here as select 1 as a", "create view other.there as select 1 as a",
         "create view shared as select 1 as a", "create view other.shared as select 1 as a",
         "create sequence other.counting"});
    EXPECT_EQ(get(inspect.view_names()), (names{"here", "shared"}));
    EXPECT_FALSE(get(inspect.has_sequence("counting")));
    sql("set search_path to other, public");
    EXPECT_EQ(get(inspect.view_names()), (names{"here", "shared", "there"}));
    EXPECT_TRUE(get(inspect.has_sequence("counting")));
    EXPECT_EQ(get(inspect.view_names("public")), (names{"here", "shared"}));
    EXPECT_EQ(get(inspect.view_names("other")), (names{"shared", "there"}));
}

TEST_F(inspect_names, oids_are_those_of_the_catalogs) {
    one_of_each();
    sql({"create schema other", "create table other.plain (a int)"});
    const auto oid = [&](const std::string& name) {
        return get(engine.fetch_value<std::uint32_t>("select cast($1 as regclass)::oid", name));
    };
    for (const char* name : {"plain", "parted", "part", "looking", "kept", "remote", "passing"})
        EXPECT_EQ(get(inspect.table_oid(name)), oid(name)) << name;
    EXPECT_EQ(get(inspect.table_oid("plain", "other")), oid("other.plain"));
    EXPECT_EQ(get(inspect.table_oid("plain", "public")), oid("plain"));
    EXPECT_NE(oid("other.plain"), oid("plain"));
}

TEST_F(inspect_names, what_does_not_exist_has_no_oid) {
    sql("create sequence counting");
    const std::string text = missing(inspect.table_oid("Nope"));
    EXPECT_TRUE(contains(text, "there is no table or view \"Nope\" that is visible on the search path")) << text;
    EXPECT_TRUE(contains(text, "[no_such_object]")) << text;
    const std::string elsewhere = missing(inspect.table_oid("nope", "some where"));
    EXPECT_TRUE(contains(elsewhere, "\"nope\" in the schema \"some where\"")) << elsewhere;
    missing(inspect.table_oid("counting"));
    missing(inspect.table_oid("pg_class"));
    EXPECT_EQ(get(inspect.table_oid("pg_class", "pg_catalog")), 1259u);
}

TEST_F(inspect_names, a_connection_sees_what_it_has_not_committed) {
    coropq::connection conn = get(coropq::create_engine(context, plain_address(database)).connect());
    coropq::transaction tx = get(conn.begin());
    run(context, tx.execute("create table fresh (a int)"));
    run(context, tx.execute("create temp table mine (a int)"));
    const coropq::inspector inside = conn.inspect();
    EXPECT_EQ(get(inside.table_names()), (names{"fresh"}));
    EXPECT_EQ(get(inside.temporary_table_names()), (names{"mine"}));
    EXPECT_TRUE(get(inside.has_column("mine", "a")));
    EXPECT_EQ(get(inspect.table_names()), names());
    EXPECT_EQ(get(inspect.temporary_table_names()), names());
    run(context, tx.rollback());
    EXPECT_EQ(get(inside.table_names()), names());
}

TEST_F(inspect_names, the_inspector_of_a_connection_that_is_gone_says_so) {
    std::optional<coropq::connection> conn = get(engine.connect());
    const coropq::inspector orphan = conn->inspect();
    EXPECT_TRUE(get(orphan.has_schema("public")));
    conn.reset();
    EXPECT_EQ(failure_of<coropq::error>(context, orphan.table_names()).code(), coropq::errc::not_connected);
    coropq::connection closed(context);
    EXPECT_EQ(failure_of<coropq::error>(context, closed.inspect().table_names()).code(), coropq::errc::not_connected);
}

TEST_F(inspect_names, an_inspector_keeps_its_engine) {
    std::optional<coropq::engine> passing = coropq::create_engine(context, plain_address(database));
    const coropq::inspector left = passing->inspect();
    passing.reset();
    EXPECT_TRUE(get(left.has_schema("public")));
}

} // namespace
