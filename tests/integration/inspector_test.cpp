// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Names of tables and schemas.

#include "api_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;

using names = std::vector<std::string>;

bool has(const names& all, std::string_view name) { return std::find(all.begin(), all.end(), name) != all.end(); }

std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char c : name)
        text += c == '"' ? "\"\"" : std::string(1, c);
    return text + '"';
}

struct inspector : testing::Test {
    temporary_database database = cluster().create_database();
    asio::io_context context;
    // One connection, so that temporary tables and the search path are those of the inspector.
    coropq::engine engine = coropq::create_engine(context, plain_address(database),
                                                  coropq::engine_options().pool(coropq::pool_options().size(1)));
    coropq::inspector inspect = engine.inspect();

    ~inspector() override { run(context, engine.dispose()); }

    void sql(std::string_view text) { run(context, engine.execute(text)); }
    names tables() { return run(context, inspect.table_names()); }
    names tables(const std::string& schema) { return run(context, inspect.table_names(schema)); }
    bool table(const std::string& name) { return run(context, inspect.has_table(name)); }
    bool table(const std::string& name, const std::string& schema) {
        return run(context, inspect.has_table(name, schema));
    }
    names schemas() { return run(context, inspect.schema_names()); }
};

TEST_F(inspector, an_empty_database_has_no_tables) {
    EXPECT_EQ(tables(), names());
    EXPECT_EQ(schemas(), (names{"information_schema", "public"}));
    EXPECT_FALSE(table("anything"));
}

TEST_F(inspector, lists_tables_and_nothing_that_only_looks_like_one) {
    for (const char* text :
         {"create table ordinary (id serial primary key, name text unique)", "create unlogged table fleeting (a int)",
          "create table parted (a int) partition by list (a)",
          "create table part_1 partition of parted for values in (1)",
          "create table part_2 partition of parted for values in (2) partition by list (a)",
          "create table part_2a partition of part_2 for values in (2)", "create table child () inherits (ordinary)",
          "create temp table passing (a int)", "create view looking as select 1 as a",
          "create materialized view kept as select 1 as a", "create type composite as (a int)",
          "create sequence counting", "create table \"no columns\" ()"})
        sql(text);
    // A wrapper that can't do anything has foreign tables all the same.
    for (const char* text : {"create foreign data wrapper nowhere", "create server far foreign data wrapper nowhere",
                             "create foreign table remote (a int) server far"})
        cluster().query(text, database.name());

    EXPECT_EQ(tables(),
              (names{"child", "fleeting", "no columns", "ordinary", "part_1", "part_2", "part_2a", "parted"}));
    EXPECT_EQ(tables("public"), tables());
    for (const char* name : {"child", "fleeting", "no columns", "ordinary", "part_1", "part_2", "part_2a", "parted",
                             "passing", "looking", "kept", "remote"}) {
        EXPECT_TRUE(table(name)) << name;
        EXPECT_EQ(table(name, "public"), name != std::string_view("passing")) << name;
    }
    for (const char* name : {"composite", "counting", "ordinary_pkey", "ordinary_id_seq", "ORDINARY", "ordinary ", "",
                             "ordinar_", "%", "public.ordinary", "\"ordinary\"", "part"}) {
        EXPECT_FALSE(table(name)) << name;
        EXPECT_FALSE(table(name, "public")) << name;
    }
}

TEST_F(inspector, without_a_schema_follows_the_search_path) {
    for (const char* text : {"create schema other", "create table shared (a int)", "create table here (a int)",
                             "create table other.shared (a int)", "create table other.there (a int)"})
        sql(text);
    EXPECT_EQ(tables(), (names{"here", "shared"}));
    EXPECT_FALSE(table("there"));
    EXPECT_TRUE(table("there", "other"));
    EXPECT_FALSE(table("here", "other"));
    EXPECT_EQ(tables("other"), (names{"shared", "there"}));
    sql("set search_path to other, public");
    EXPECT_EQ(tables(), (names{"here", "shared", "there"}));
    EXPECT_TRUE(table("there"));
    EXPECT_EQ(tables("public"), (names{"here", "shared"}));
    sql("set search_path to ''");
    EXPECT_EQ(tables(), names());
    EXPECT_FALSE(table("here"));
    EXPECT_EQ(tables("other"), (names{"shared", "there"}));
    sql("set search_path to public");
    // What a temporary table hides can't be found by its name alone.
    sql("create temp table here (a int)");
    EXPECT_EQ(tables(), (names{"shared"}));
    EXPECT_TRUE(table("here"));
    EXPECT_EQ(tables("public"), (names{"here", "shared"}));
    // The catalogs can be asked for.
    EXPECT_FALSE(table("pg_class"));
    EXPECT_TRUE(table("pg_class", "pg_catalog"));
    EXPECT_TRUE(has(tables("pg_catalog"), "pg_class"));
    EXPECT_TRUE(table("tables", "information_schema"));
}

TEST_F(inspector, a_schema_is_exactly_the_one_of_that_name) {
    sql("create schema \"Mixed Case\"");
    sql("create table \"Mixed Case\".t (a int)");
    EXPECT_EQ(tables("Mixed Case"), (names{"t"}));
    for (const char* schema : {"mixed case", "MIXED CASE", "Mixed_Case", "Mixed%", "\"Mixed Case\"", "nope", "",
                               "PUBLIC", "pg_temp", "' or 1=1 --"}) {
        EXPECT_EQ(tables(schema), names()) << schema;
        EXPECT_FALSE(table("t", schema)) << schema;
    }
}

TEST_F(inspector, names_come_back_as_they_are_in_the_order_of_their_bytes) {
    names odd{"A",
              "B",
              "Z",
              "_",
              "a",
              "a b",
              "a.b",
              "a\"b",
              "a'b",
              "a%",
              "a_",
              "aB",
              "ab",
              "a\\b",
              "\xC3\xA4",
              "\xC3\x84",
              "\xF0\x9F\x90\x98",
              "\xE2\x80\xAE",
              "0",
              "-",
              " ",
              "a\nb",
              "\ta",
              "select",
              std::string(63, 'x'),
              std::string(31, 'y') + "\xF0\x9F\x90\x98",
              "$1",
              "{}",
              "NULL",
              "null"};
    for (const std::string& name : odd)
        sql("create table " + quoted(name) + " (a int)");
    std::sort(odd.begin(), odd.end());
    EXPECT_EQ(tables(), odd);
    EXPECT_EQ(tables("public"), odd);
    for (const std::string& name : odd) {
        EXPECT_TRUE(table(name)) << name;
        EXPECT_TRUE(table(name, "public")) << name;
    }
    // Not cut, as an identifier in a statement would be.
    EXPECT_FALSE(table(std::string(64, 'x')));
    EXPECT_FALSE(table(std::string(64, 'x'), "public"));
    EXPECT_FALSE(table("a", std::string(63, 'x') + "public"));
    // Schemas in the same manner.
    for (const std::string& name : odd)
        sql("create schema " + quoted(name));
    names all = odd;
    all.insert(all.end(), {"information_schema", "public"});
    std::sort(all.begin(), all.end());
    EXPECT_EQ(schemas(), all);
    sql("create table \"a\"\"b\".\"c.d\" (a int)");
    sql("create table " + std::string(63, 'x') + ".t (a int)");
    EXPECT_EQ(tables(std::string(63, 'x')), (names{"t"}));
    EXPECT_EQ(tables(std::string(64, 'x')), names());
    EXPECT_FALSE(table("t", std::string(64, 'x')));
    EXPECT_EQ(tables("a\"b"), (names{"c.d"}));
}

TEST_F(inspector, schemas_that_only_begin_like_reserved_ones_are_shown) {
    for (const char* name : {"pgsql", "pgmq", "pgxfoo", "pg", "\"PG_upper\"", "information", "_pg_"})
        sql(std::string("create schema ") + name);
    sql("create temp table makes_a_schema (a int)");
    EXPECT_EQ(schemas(), (names{"PG_upper", "_pg_", "information", "information_schema", "pg", "pgmq", "pgsql",
                                "pgxfoo", "public"}));
    sql("create table pgmq.q (a int)");
    EXPECT_EQ(tables("pgmq"), (names{"q"}));
}

TEST_F(inspector, the_encoding_of_the_database_does_not_matter) {
    cluster().query("create database latin encoding 'LATIN1' locale 'C' template template0 owner " +
                    cluster().app_user());
    {
        const coropq::engine latin = coropq::create_engine(context, address_of(plain_url().database("latin")));
        run(context, latin.execute("create table \"gr\xC3\xB6\xC3\x9F"
                                   "e\" (a int)"));
        EXPECT_EQ(run(context, latin.inspect().table_names()), (names{"gr\xC3\xB6\xC3\x9F"
                                                                      "e"}));
        EXPECT_TRUE(run(context, latin.inspect().has_table("gr\xC3\xB6\xC3\x9F"
                                                           "e")));
        run(context, latin.dispose());
    }
    cluster().query("drop database latin with (force)");
}

TEST_F(inspector, privileges_do_not_matter_as_in_the_catalogs) {
    cluster().query("create schema locked; create table locked.treasure (a int); "
                    "create table public.hidden (a int)",
                    database.name());
    EXPECT_EQ(tables("locked"), (names{"treasure"}));
    EXPECT_TRUE(table("hidden"));
    EXPECT_TRUE(has(schemas(), "locked"));
}

// Cheap: one round trip when connected, and no preparation when not.
TEST_F(inspector, takes_one_round_trip) {
    tcp_proxy proxy(cluster().port());
    const coropq::engine through = coropq::create_engine(context, address_through(proxy));
    const coropq::inspector warm = through.inspect();
    drain(context);
    EXPECT_EQ(proxy.connections(), 0u);
    run(context, warm.table_names());
    // The start-up packet is answered with the first message of SCRAM, the client's first with the server's first, the
    // client's final with the session, and then there is the question itself.
    EXPECT_EQ(proxy.round_trips(), 4u);
    EXPECT_EQ(proxy.connections(), 1u);
    for (int i = 0; i != 6; ++i) {
        proxy.reset_counters();
        if (i % 3 == 0)
            run(context, warm.table_names());
        else if (i % 3 == 1)
            run(context, warm.has_table("nope", i == 1 ? std::optional<std::string>() : "public"));
        else
            run(context, warm.schema_names());
        EXPECT_EQ(proxy.round_trips(), 1u);
        EXPECT_EQ(proxy.connections(), 0u);
    }
}

// Query Service may know neither arrays nor information_schema, and a name in the text would be a way in.
TEST_F(inspector, asks_in_plain_words) {
    const std::string question = "select query from pg_stat_activity where datname = current_database() and "
                                 "pid <> pg_backend_pid() and application_name = 'coropq'";
    const auto check = [&](const char* form) {
        const std::string text = cluster().query_value(question, database.name());
        EXPECT_TRUE(contains(text, "pg_catalog.pg_")) << form << ": " << text;
        for (const char* bad : {"information_schema", "any(", "any (", "[]", "array", "like", "marker", "with "})
            EXPECT_FALSE(contains(text, bad)) << form << ": " << text;
    };
    tables();
    check("table_names");
    tables("marker");
    check("table_names of a schema");
    table("marker");
    check("has_table");
    table("marker", "marker");
    check("has_table in a schema");
    schemas();
    check("schema_names");
}

TEST_F(inspector, works_on_what_looks_like_query_service) {
    for (const char* name : {"prod:all", "prod:all?FLATTEN"}) {
        const coropq::engine service =
            coropq::create_engine(context, address_of(cluster().query_service_url().database(name)));
        const names expected = [&] {
            names found;
            for (const auto& row : cluster().query("select tablename from pg_tables where schemaname = 'public' "
                                                   "order by tablename collate \"C\"",
                                                   name))
                found.push_back(row[0]);
            return found;
        }();
        EXPECT_FALSE(expected.empty());
        EXPECT_EQ(run(context, service.inspect().table_names()), expected);
        EXPECT_EQ(run(context, service.inspect().table_names("public")), expected);
        EXPECT_TRUE(run(context, service.inspect().has_table(expected.front())));
        EXPECT_TRUE(has(run(context, service.inspect().schema_names()), "public"));
    }
}

asio::awaitable<void> build_and_tear_down(coropq::engine engine, int session, const int& asked) {
    int made = 0;
    while (asked != 60) {
        const std::string name = "storm_" + std::to_string(session) + "_" + std::to_string(++made % 5);
        co_await engine.execute("create table if not exists " + name + " (id serial primary key, t text)");
        co_await engine.execute("drop table if exists " + name + " cascade");
    }
}

asio::awaitable<void> ask(coropq::inspector inspect, int& asked) {
    while (asked != 60) {
        const names found = co_await inspect.table_names();
        EXPECT_TRUE(has(found, "rock"));
        EXPECT_TRUE(co_await inspect.has_table("rock"));
        const bool passing = co_await inspect.has_table("storm_1_1");
        static_cast<void>(passing); // it may be there or not
        const names of_schema = co_await inspect.table_names("public");
        EXPECT_TRUE(has(of_schema, "rock"));
        ++asked;
    }
}

TEST_F(inspector, a_storm_of_ddl_gives_no_error) {
    sql("create table rock (a int)");
    const coropq::engine many = coropq::create_engine(context, plain_address(database));
    int asked = 0;
    int ended = 0;
    const auto end = [&](std::exception_ptr problem) {
        ++ended;
        if (problem) {
            asked = 60;
            std::rethrow_exception(problem);
        }
    };
    asio::co_spawn(context, build_and_tear_down(many, 1, asked), end);
    asio::co_spawn(context, build_and_tear_down(many, 2, asked), end);
    asio::co_spawn(context, ask(many.inspect(), asked), end);
    drain(context);
    EXPECT_EQ(ended, 3);
    EXPECT_EQ(asked, 60);
    EXPECT_EQ(tables(), (names{"rock"}));
}

} // namespace
