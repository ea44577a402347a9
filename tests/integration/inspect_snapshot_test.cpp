// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Whole schemas at once.

#include "inspect_support.hpp"

#include "support/tcp_proxy.hpp"

#include <boost/asio/co_spawn.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using coropq::snapshot_options;
using reflected::relation_kind;
using reflected::schema_snapshot;

struct inspect_snapshot : inspect_fixture {
    void build_everything() {
        sql({"create schema other",
             "create schema empty",
             "create type mood as enum ('sad', 'ok')",
             "create type other.mood as enum ('else')",
             "create domain small as int default 3 check (value < 100)",
             "create domain smaller as small not null",
             "create table p (id int primary key, unique (id))",
             "create table t (id bigint generated always as identity primary key, p int default 7 references p, "
             "name varchar(30) collate \"C\" not null default 'x', m mood[], s smaller, o other.mood, "
             "g int generated always as (p + 1) stored, n serial, r int4range, check (p > 0), unique (name, p), "
             "exclude using gist (r with &&))",
             "create index on t ((p + 1), name desc) where p > 5",
             "comment on table t is 'a table'",
             "comment on column t.p is 'a column'",
             "create table bare ()",
             "create table parted (a int primary key, b text) partition by list (a)",
             "create table part partition of parted for values in (1, 2)",
             "create table other.t (x int references t (id))",
             "create view v as select id, name from t",
             "create materialized view mv as select 1 as one",
             "create table other.child (extra int) inherits (p)",
             "grant select (p, name), update (p) on t to public",
             "grant select on p to public",
             "create sequence other.counter as smallint cycle",
             "create type pair as (a small, b mood[])",
             "create type other.moods as range (subtype = mood)",
             "create function f(a small, b text default 'x', out c pair) language sql as 'select null::pair'",
             "create function f(int) returns setof mood language sql as 'select null::mood'",
             "create function other.f(int) returns int language sql as 'select 1'"});
    }
};

TEST_F(inspect_snapshot, has_what_the_single_functions_give) {
    build_everything();
    for (const coropq::schema_selection& schemas :
         {coropq::schema_selection(), coropq::schema_selection("other"), coropq::all_schemas(),
          coropq::schema_selection(names{"public", "other", "empty"}), coropq::schema_selection("pg_catalog")}) {
        const schema_snapshot snapshot = get(inspect.snapshot(snapshot_options(schemas).view_definitions(false)));
        const relation_selection all(schemas);
        const auto relations = get(inspect.relations(all));
        const auto columns = get(inspect.columns(all));
        const auto keys = get(inspect.primary_key(all));
        const auto foreign_keys = get(inspect.foreign_keys(all));
        const auto uniques = get(inspect.unique_constraints(all));
        const auto checks = get(inspect.check_constraints(all));
        const auto exclusions = get(inspect.exclusion_constraints(all));
        const auto indexes = get(inspect.indexes(all));
        const auto privileges = get(inspect.privileges(all));
        ASSERT_EQ(snapshot.tables.size(), relations.size());
        for (const auto& [name, table] : snapshot.tables) {
            EXPECT_EQ(table.relation, relations.at(name));
            EXPECT_EQ(table.columns, columns.at(name));
            EXPECT_EQ(table.primary_key, keys.at(name));
            EXPECT_EQ(table.foreign_keys, foreign_keys.at(name));
            EXPECT_EQ(table.unique_constraints, uniques.at(name));
            EXPECT_EQ(table.check_constraints, checks.at(name));
            EXPECT_EQ(table.exclusion_constraints, exclusions.at(name));
            EXPECT_EQ(table.indexes, indexes.at(name));
            EXPECT_EQ(table.privileges, privileges.at(name));
            EXPECT_EQ(table.view_definition, std::nullopt);
        }
        EXPECT_EQ(snapshot.enums, get(inspect.enums(schemas)));
        EXPECT_EQ(snapshot.domains, get(inspect.domains(schemas)));
        EXPECT_EQ(snapshot.composite_types, get(inspect.composite_types(schemas)));
        EXPECT_EQ(snapshot.range_types, get(inspect.range_types(schemas)));
        EXPECT_EQ(snapshot.sequences, get(inspect.sequences(schemas)));
        EXPECT_EQ(snapshot.routines, get(inspect.routines(schemas)));
    }
}

TEST_F(inspect_snapshot, of_one_table_has_all_of_it) {
    build_everything();
    sql({"comment on constraint t_name_p_key on t is 'a key'", "comment on index t_expr_name_idx is 'an index'",
         "create table rows (a t, b t[], c \"char\"[])"});
    const schema_snapshot all = get(inspect.snapshot(coropq::all_schemas()));
    for (const auto& [name, table] : all.tables)
        EXPECT_EQ(get(inspect.reflect(name.name, name.schema)), table);
    EXPECT_EQ(get(inspect.reflect("t")), all.table("t", "public"));
    EXPECT_EQ(all.table("t", "public").unique_constraints.at(0).comment, "a key");
    EXPECT_EQ(all.table("t", "public").indexes.at(0).comment, "an index");
    missing(inspect.reflect("T"));
    missing(inspect.reflect("t", "nowhere"));
    missing(inspect.reflect("child"));
}

TEST_F(inspect_snapshot, of_two_connections_is_the_same) {
    build_everything();
    const coropq::engine two = coropq::create_engine(context, plain_address(database),
                                                     coropq::engine_options().pool(coropq::pool_options().size(2)));
    const snapshot_options spread = snapshot_options(coropq::all_schemas()).connections(2);
    const schema_snapshot expected = get(inspect.snapshot(coropq::all_schemas()));
    EXPECT_EQ(get(two.inspect().snapshot(spread)), expected) << "there is one connection only";
    coropq::connection first = get(two.connect());
    coropq::connection second = get(two.connect());
    EXPECT_EQ(get(first.inspect().snapshot(spread)), expected) << "a connection is one";
    run(context, first.close());
    run(context, second.close());
    EXPECT_EQ(get(two.inspect().snapshot(spread)), expected);
    // What the leader has for itself is in it; what the helper has doesn't come in.
    first = get(two.connect());
    second = get(two.connect());
    run(context, first.execute("create temporary table mine (x int default 7 check (x > 0))"));
    run(context, second.execute("set search_path to other"));
    run(context, first.close());
    run(context, second.close());
    for (int i = 0; i != 2; ++i) {
        const schema_snapshot visible = get(two.inspect().snapshot(snapshot_options().connections(2)));
        for (const auto& [name, table] : visible.tables) {
            EXPECT_FALSE(table.columns.empty() && name.name != "bare") << table;
            if (name.name == "mine") {
                EXPECT_EQ(table.check_constraints.size(), 1u);
            }
        }
    }
    EXPECT_EQ(get(two.fetch_value<std::string>("show transaction_isolation")), "read committed");
    run(context, two.dispose());
}

TEST_F(inspect_snapshot, knows_where_it_comes_from) {
    sql("create schema s");
    coropq::connection conn = get(engine.connect());
    run(context, conn.execute("set search_path to s, nowhere, public"));
    const schema_snapshot snapshot = get(conn.inspect().snapshot());
    EXPECT_EQ(snapshot.database, database.name());
    EXPECT_GE(snapshot.server_version, 130000);
    EXPECT_EQ(snapshot.search_path, (names{"pg_catalog", "s", "public"}));
    EXPECT_TRUE(snapshot.tables.empty());
}

TEST_F(inspect_snapshot, looks_up_by_name) {
    sql({"create schema a", "create schema b", "create schema c", "create table a.t (x int)",
         "create table b.t (y int)", "create table c.only (z int)", "create type a.e as enum ()",
         "create domain b.d as int", "create table c.twice ()", "create table a.twice ()", "create sequence a.s",
         "create type b.p as (x int)", "create type b.r as range (subtype = int)",
         "create function a.f() returns int language sql as 'select 1'",
         "create function b.f(int) returns int language sql as 'select 1'", "set search_path to b, a"});
    const schema_snapshot snapshot = get(inspect.snapshot(coropq::all_schemas()));
    EXPECT_EQ(snapshot.table("t").relation.schema, "b") << "the first of the search path";
    EXPECT_EQ(snapshot.table("t", "a").relation.schema, "a");
    EXPECT_EQ(snapshot.table("only").relation.schema, "c") << "the only one";
    EXPECT_EQ(snapshot.find_table("t"), &snapshot.table("t"));
    EXPECT_EQ(snapshot.table("twice").relation.schema, "a");
    EXPECT_EQ(snapshot.find_table("t", "c"), nullptr);
    EXPECT_EQ(snapshot.find_table("T"), nullptr);
    EXPECT_EQ(snapshot.find_enum("e"), &snapshot.enums.front());
    EXPECT_EQ(snapshot.find_enum("e", "b"), nullptr);
    EXPECT_EQ(snapshot.find_domain("d", "b"), &snapshot.domains.front());
    EXPECT_EQ(snapshot.find_domain("e"), nullptr);
    EXPECT_EQ(snapshot.find_sequence("s"), &snapshot.sequences.front());
    EXPECT_EQ(snapshot.find_sequence("s", "b"), nullptr);
    EXPECT_EQ(snapshot.find_composite_type("p", "b"), &snapshot.composite_types.front());
    EXPECT_EQ(snapshot.find_range_type("r"), &snapshot.range_types.front());
    EXPECT_EQ(snapshot.routines_named("f").size(), 2u);
    ASSERT_EQ(snapshot.routines_named("f", "b").size(), 1u);
    EXPECT_EQ(snapshot.routines_named("f", "b").front()->schema, "b");
    EXPECT_TRUE(snapshot.routines_named("F").empty());
    EXPECT_EQ(snapshot.find_extension("plpgsql"), nullptr) << "it is in pg_catalog";
    const schema_snapshot own = get(inspect.snapshot("pg_catalog"));
    EXPECT_EQ(own.find_extension("plpgsql"), &own.extensions.front());
    try {
        snapshot.table("t", "no such schema");
        ADD_FAILURE();
    } catch (const coropq::inspection_error& problem) {
        EXPECT_EQ(problem.code(), coropq::errc::no_such_object);
        EXPECT_NE(std::string(problem.what()).find("\"t\""), std::string::npos) << problem.what();
        EXPECT_NE(std::string(problem.what()).find("\"no such schema\""), std::string::npos) << problem.what();
    }
    sql("set search_path to c");
    const schema_snapshot elsewhere = get(inspect.snapshot(names{"a", "b"}));
    EXPECT_EQ(elsewhere.find_table("t"), nullptr) << "there are two";
    EXPECT_THROW(elsewhere.table("t"), coropq::inspection_error);
    EXPECT_EQ(elsewhere.tables.size(), 3u);
}

TEST_F(inspect_snapshot, can_be_of_some_kinds) {
    build_everything();
    snapshot_options views;
    views.kinds({relation_kind::view, relation_kind::materialized_view});
    const schema_snapshot snapshot = get(inspect.snapshot(views));
    ASSERT_EQ(snapshot.tables.size(), 2u);
    EXPECT_EQ(snapshot.table("v").view_definition, get(inspect.view_definition("v")));
    EXPECT_EQ(snapshot.table("mv").view_definition, " SELECT 1 AS one;");
    EXPECT_EQ(get(inspect.snapshot(views.view_definitions(false))).table("v").view_definition, std::nullopt);
    coropq::connection conn = get(engine.connect());
    run(context, conn.execute("create temporary table passing (x int)"));
    const schema_snapshot temporary = get(conn.inspect().snapshot(snapshot_options().temporary(true)));
    EXPECT_EQ(temporary.tables.size(), 1u);
    EXPECT_EQ(temporary.table("passing").columns.size(), 1u);
}

TEST_F(inspect_snapshot, can_be_without_some_kinds) {
    build_everything();
    const schema_snapshot all = get(inspect.snapshot());
    snapshot_options options;
    options.types(false).sequences(false).routines(false).extensions(false);
    schema_snapshot expected = all;
    expected.enums.clear();
    expected.domains.clear();
    expected.composite_types.clear();
    expected.range_types.clear();
    expected.sequences.clear();
    expected.routines.clear();
    EXPECT_EQ(get(inspect.snapshot(options)), expected);
    EXPECT_FALSE(all.sequences.empty() || all.composite_types.empty() || all.routines.empty());
}

// Everything is sent before anything is answered: that many bytes leave while no answer gets through.
TEST_F(inspect_snapshot, takes_one_round_trip) {
    build_everything();
    tcp_proxy proxy(cluster().port());
    const auto address = address_of(plain_url().host("127.0.0.1").port(proxy.port()).database(database.name()));
    std::size_t size = 0;
    for (const bool is_stalled : {false, true}) {
        coropq::connection conn(context);
        run(context, conn.connect(address));
        proxy.reset_counters();
        if (is_stalled)
            proxy.stall(direction::to_client);
        std::optional<schema_snapshot> found;
        asio::co_spawn(context, conn.inspect().snapshot(snapshot_options("other")),
                       [&](const std::exception_ptr& problem, schema_snapshot answer) {
                           EXPECT_FALSE(problem);
                           found = std::move(answer);
                       });
        const auto work_until = [&](auto is_done) {
            const auto end = std::chrono::steady_clock::now() + time_limit;
            while (!is_done() && std::chrono::steady_clock::now() < end) {
                context.restart();
                context.run_for(std::chrono::milliseconds(10));
            }
        };
        if (is_stalled) {
            work_until([&] { return proxy.bytes(direction::to_server) >= size; });
            EXPECT_FALSE(found);
            EXPECT_EQ(proxy.bytes(direction::to_server), size);
            proxy.release();
        }
        work_until([&] { return found.has_value(); });
        ASSERT_TRUE(found);
        EXPECT_EQ(found->tables.size(), 2u);
        size = proxy.bytes(direction::to_server);
        run(context, conn.close());
    }
}

TEST_F(inspect_snapshot, of_a_schema_that_does_not_exist_is_empty) {
    const schema_snapshot snapshot = get(inspect.snapshot("nowhere"));
    EXPECT_TRUE(snapshot.tables.empty());
    EXPECT_TRUE(snapshot.enums.empty());
    EXPECT_TRUE(snapshot.domains.empty());
    EXPECT_TRUE(snapshot.sequences.empty());
    EXPECT_TRUE(snapshot.routines.empty());
}

TEST_F(inspect_snapshot, takes_names_as_they_are) {
    for (const std::string& name : hostile_names())
        sql("create table " + in_quotes(name) + " (" + in_quotes(name) + " int primary key)");
    const schema_snapshot snapshot = get(inspect.snapshot());
    EXPECT_EQ(snapshot.tables.size(), hostile_names().size());
    for (const std::string& name : hostile_names()) {
        EXPECT_EQ(snapshot.table(name).columns.at(0).name, name);
        EXPECT_TRUE(snapshot.table(name).primary_key) << name;
    }
}

TEST_F(inspect_snapshot, compares_and_prints) {
    build_everything();
    const schema_snapshot snapshot = get(inspect.snapshot());
    EXPECT_EQ(get(inspect.snapshot()), snapshot);
    std::ostringstream text;
    text << snapshot;
    EXPECT_NE(text.str().find("\"search_path\": [\"pg_catalog\", \"public\"], \"tables\": [[{\"schema\": "),
              std::string::npos)
        << text.str();
    sql("alter table bare add column x int");
    EXPECT_NE(get(inspect.snapshot()), snapshot);
}

TEST_F(inspect_snapshot, leaves_the_connection_as_it_was) {
    sql("create table t (id int)");
    coropq::connection conn = get(engine.connect());
    EXPECT_EQ(get(conn.inspect().snapshot()).tables.size(), 1u);
    run(context, conn.execute("create table u (id int)"));
    EXPECT_EQ(get(conn.inspect().snapshot()).tables.size(), 2u);
    EXPECT_EQ(get(conn.fetch_value<std::string>("show transaction_isolation")), "read committed");
}

TEST_F(inspect_snapshot, in_a_transaction_sees_its_changes_and_leaves_it_open) {
    sql("create table t (a int)");
    coropq::connection conn = get(engine.connect());
    coropq::transaction change = get(conn.begin());
    for (const char* text : {"create table fresh (id int primary key, t int check (t > 0))", "alter table t add b int",
                             "create view v as select a, b from t", "create type mood as enum ('a')"})
        run(context, change.execute(text));
    const schema_snapshot inside = get(conn.inspect().snapshot());
    EXPECT_EQ(inside.tables.size(), 3u);
    EXPECT_EQ(inside.table("t").columns.size(), 2u);
    EXPECT_EQ(inside.table("fresh").check_constraints.size(), 1u);
    EXPECT_TRUE(inside.table("v").view_definition);
    EXPECT_EQ(inside.enums.size(), 1u);
    run(context, change.execute("create table more (id int)"));
    EXPECT_EQ(get(conn.inspect().snapshot()).tables.size(), 4u);
    run(context, change.rollback());
    EXPECT_EQ(get(conn.inspect().snapshot()).tables.size(), 1u);
}

} // namespace
