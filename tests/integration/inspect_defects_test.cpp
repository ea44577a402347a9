// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What other inspectors of PostgreSQL get wrong, one test for each. The behaviour under concurrent changes, their
// number 6, is in inspect_storm_test.cpp.

#include "inspect_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::qualified_name;

using inspect_defects = inspect_fixture;

TEST_F(inspect_defects, _1_schemas_that_begin_with_pg_are_there) {
    sql({"create schema pgsql", "create schema pgmq", "create table pgmq.q (a int)",
         "create type pgsql.mood as enum ('a')"});
    EXPECT_EQ(get(inspect.schema_names()), (names{"information_schema", "pgmq", "pgsql", "public"}));
    EXPECT_EQ(get(inspect.columns(relation_selection(coropq::all_schemas()))).size(), 1u);
    EXPECT_EQ(get(inspect.enums(coropq::all_schemas())).at(0).schema, "pgsql");
}

TEST_F(inspect_defects, _2_a_foreign_key_to_a_partitioned_table_is_one_key) {
    sql({"create table p (id int primary key) partition by hash (id)",
         "create table p1 partition of p for values with (modulus 2, remainder 0)",
         "create table p2 partition of p for values with (modulus 2, remainder 1)",
         "create table r (pid int references p)"});
    const auto keys = get(inspect.foreign_keys("r"));
    ASSERT_EQ(keys.size(), 1u);
    EXPECT_EQ(keys.at(0).name, "r_pid_fkey");
    EXPECT_EQ(keys.at(0).referred_table.name, "p");
    EXPECT_EQ(get(inspect.sorted_table_and_foreign_keys()).tables.back().foreign_keys, (names{"r_pid_fkey"}));
}

TEST_F(inspect_defects, _3_a_circle_of_keys_does_not_disturb_other_tables) {
    sql({"create table c (id int primary key)", "create table b (id int primary key, c int references c)",
         "create table a (b int references b)", "create table x (id int primary key)",
         "create table y (id int primary key constraint same references x)",
         "alter table x add constraint same foreign key (id) references y"});
    const reflected::table_order order = get(inspect.sorted_table_and_foreign_keys());
    names tables;
    for (const auto& each : order.tables)
        tables.push_back(each.table.name);
    EXPECT_EQ(tables, (names{"c", "b", "a", "x", "y"}));
    ASSERT_EQ(order.deferred.size(), 1u);
    EXPECT_EQ(order.deferred.at(0).table.name, "x") << "and not the key of the same name of y";
    EXPECT_EQ(order.tables.at(4).foreign_keys, (names{"same"}));
}

TEST_F(inspect_defects, _4_a_key_to_the_default_schema_has_that_schema) {
    sql({"create schema other", "create table child (id int primary key)", "create table other.child (a text)",
         "create table other.far (a int references public.child)"});
    EXPECT_EQ(get(inspect.foreign_keys("far", "other")).at(0).referred_table, (qualified_name{"public", "child"}));
}

TEST_F(inspect_defects, _5_comments_of_other_catalogs_are_not_ours) {
    sql({"create table p (id int primary key)",
         "create table t (a int constraint c check (a > 0), constraint u unique (a), constraint f foreign key (a) "
         "references p)",
         "create index i on t (a)", "create type mood as enum ()", "create domain d as int"});
    // An object of another catalog with the same OID, which happens when the counter has gone around.
    superuser_sql("insert into pg_description select o.oid, 'pg_proc'::regclass, s, 'wrong' from "
                  "(select oid from pg_class union select oid from pg_constraint union select oid from pg_type) o, "
                  "generate_series(0, 1) s where o.oid >= 16384");
    EXPECT_EQ(get(inspect.columns("t")).at(0).comment, maybe());
    EXPECT_EQ(get(inspect.primary_key("p"))->comment, maybe());
    EXPECT_EQ(get(inspect.unique_constraints("t")).at(0).comment, maybe());
    EXPECT_EQ(get(inspect.check_constraints("t")).at(0).comment, maybe());
    EXPECT_EQ(get(inspect.foreign_keys("t")).at(0).comment, maybe());
    for (const reflected::index& each : get(inspect.indexes("t")))
        EXPECT_EQ(each.comment, maybe());
    EXPECT_EQ(get(inspect.table_comment("t")), maybe());
    EXPECT_EQ(get(inspect.enums()).at(0).comment, maybe());
    EXPECT_EQ(get(inspect.domains()).at(0).comment, maybe());
    EXPECT_EQ(get(inspect.columns("t")).size(), 1u) << "and nothing is there twice";
    EXPECT_EQ(get(inspect.indexes("t")).size(), 2u);
}

TEST_F(inspect_defects, _7_what_is_not_valid_or_not_populated_is_said) {
    sql({"create table p (id int primary key)", "create table t (a int, b text collate \"C\")",
         "alter table t add constraint f foreign key (a) references p not valid",
         "create index i on t (b collate \"POSIX\")", "comment on index i is 'why'",
         "create materialized view m as select 1 as a with no data",
         "create view v with (security_invoker) as select 1 as a", "alter table t enable row level security"});
    EXPECT_FALSE(get(inspect.foreign_keys("t")).at(0).validated);
    const reflected::index index = get(inspect.indexes("t")).at(0);
    EXPECT_TRUE(index.valid);
    EXPECT_EQ(index.comment, "why");
    EXPECT_EQ(index.elements.at(0).collation, (qualified_name{"pg_catalog", "POSIX"}));
    EXPECT_FALSE(get(inspect.relation("m")).populated);
    EXPECT_EQ(get(inspect.table_options("v")).storage_parameters, (names{"security_invoker=true"}));
    EXPECT_TRUE(get(inspect.relation("t")).row_security);
}

TEST_F(inspect_defects, _8_lists_are_ordered_and_types_are_whole) {
    sql({"create table \"b\" (id int)", "create table a (id int)", "create domain word as varchar(30)",
         "create type pair as (a int)", "create table c (w word, n int[][], x xml, p point, q pair)"});
    EXPECT_EQ(get(inspect.table_names()), (names{"a", "b", "c"}));
    const auto columns = get(inspect.columns("c"));
    EXPECT_EQ(columns.at(0).type.bases.at(0).length, 30);
    EXPECT_EQ(get(inspect.domains()).at(0).type.length, 30);
    EXPECT_EQ(columns.at(1).type.dimensions, 2);
    EXPECT_EQ(columns.at(2).type.text, "xml");
    EXPECT_EQ(columns.at(3).type.text, "point");
    EXPECT_EQ(columns.at(4).type.kind, reflected::type_kind::composite);
    const reflected::relation found = get(inspect.relation("c"));
    EXPECT_EQ(found.schema, "public");
    EXPECT_EQ(found.oid, get(inspect.table_oid("c")));
}

// One statement is one snapshot: what a function tells about several tables is of the same moment.
TEST_F(inspect_defects, _9_each_function_is_one_statement_in_one_round_trip) {
    sql({"create type mood as enum ('a')", "create domain d as int check (value > 0)",
         "create table p (id int primary key)",
         "create table t (a int default 1 check (a > 0) references p, b mood, c d, unique (a))",
         "create index on t ((a + 1))", "create view v as select 1 as a"});
    tcp_proxy proxy(cluster().port());
    const coropq::engine through = coropq::create_engine(
        context, address_of(plain_url().host("127.0.0.1").port(proxy.port()).database(database.name())),
        coropq::engine_options().pool(coropq::pool_options().size(1)));
    const coropq::inspector far = through.inspect();
    get(far.table_names());
    const auto once = [&](const char* what, auto pending) {
        proxy.reset_counters();
        get(std::move(pending));
        EXPECT_EQ(proxy.round_trips(), 1u) << what;
    };
    const relation_selection all;
    for (int round = 0; round != 3; ++round) { // not prepared, being prepared, prepared
        once("view_names", far.view_names());
        once("sequence_names", far.sequence_names("public"));
        once("default_schema", far.default_schema());
        once("search_path", far.search_path());
        once("has_column", far.has_column("t", "a"));
        once("has_type", far.has_type("mood"));
        once("table_oid", far.table_oid("t"));
        once("columns", far.columns("t"));
        once("columns of a schema", far.columns(relation_selection("public")));
        once("all columns", far.columns(all));
        once("primary_key", far.primary_key("p"));
        once("all primary keys", far.primary_key(all));
        once("foreign_keys", far.foreign_keys("t"));
        once("all foreign keys", far.foreign_keys(all));
        once("unique_constraints", far.unique_constraints(all));
        once("check_constraints", far.check_constraints(all));
        once("exclusion_constraints", far.exclusion_constraints(all));
        once("indexes", far.indexes("t"));
        once("all indexes", far.indexes(all));
        once("relation", far.relation("t"));
        once("relations", far.relations(all));
        once("table_comment", far.table_comment("t"));
        once("table_options", far.table_options("t"));
        once("view_definition", far.view_definition("v"));
        once("sorted_table_and_foreign_keys", far.sorted_table_and_foreign_keys());
        once("enums", far.enums());
        once("domains", far.domains());
    }
    run(context, through.dispose());
}

asio::awaitable<void> look(coropq::inspector inspect, int& done) {
    const auto found = co_await inspect.columns("t");
    EXPECT_EQ(found.size(), 1u);
    ++done;
}

TEST_F(inspect_defects, _10_several_functions_at_once_use_several_connections) {
    sql("create table t (a int)");
    const coropq::engine wide = coropq::create_engine(context, plain_address(database),
                                                      coropq::engine_options().pool(coropq::pool_options().size(3)));
    int done = 0;
    for (int i = 0; i != 20; ++i)
        asio::co_spawn(context, look(wide.inspect(), done), asio::detached);
    drain(context);
    EXPECT_EQ(done, 20);
    EXPECT_EQ(wide.stats().size, 3u);
    run(context, wide.dispose());
}

TEST_F(inspect_defects, privileges_do_not_matter_as_in_the_catalogs) {
    superuser_sql(
        "create schema locked; create function locked.f(int) returns int immutable language sql as 'select $1'; "
        "create table locked.p (id int primary key); "
        "create table locked.t (a int default locked.f(2) check (locked.f(a) > 0) references locked.p, "
        "g int generated always as (locked.f(a)) stored, unique (a)); "
        "create index i on locked.t (locked.f(a)) where locked.f(a) > 1; "
        "create view locked.v as select a from locked.t; "
        "create type locked.mood as enum ('x'); create domain locked.d as int check (locked.f(value) > 0)");
    EXPECT_EQ(get(inspect.columns("t", "locked")).at(0).default_value, "locked.f(2)");
    EXPECT_EQ(get(inspect.columns("t", "locked")).at(1).generated->expression, "locked.f(a)");
    EXPECT_EQ(get(inspect.check_constraints("t", "locked")).at(0).expression, "(locked.f(a) > 0)");
    EXPECT_EQ(get(inspect.foreign_keys("t", "locked")).at(0).referred_table.name, "p");
    EXPECT_EQ(get(inspect.indexes("t", "locked")).at(0).predicate, "(locked.f(a) > 1)");
    EXPECT_TRUE(contains(get(inspect.view_definition("v", "locked")), "FROM locked.t"));
    EXPECT_EQ(get(inspect.enums("locked")).at(0).labels, (names{"x"}));
    EXPECT_EQ(get(inspect.domains("locked")).at(0).constraints.size(), 1u);
    EXPECT_EQ(get(inspect.relation("t", "locked")).owner,
              get(engine.fetch_value<std::string>("select rolname from pg_roles where oid = 10")));
}

} // namespace
