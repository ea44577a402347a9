// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What is inspected changes at the same time.

#include "inspect_support.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;

using inspect_storm = inspect_fixture;

/// Replaces every # by the number of the session.
std::string numbered(std::string text, int session) {
    for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at))
        text.replace(at, 1, std::to_string(session));
    return text;
}

constexpr int rounds = 25;

asio::awaitable<void> build_and_tear_down(coropq::engine engine, int session, const int& asked) {
    while (asked < rounds) {
        for (const char* text :
             {"create function f#(int) returns int immutable language sql as 'select $1'",
              "create type e# as enum ('a', 'b')", "create domain d# as int default f#(5) check (f#(value) > 0)",
              "create table s# (id serial primary key, a int default f#(1) check (f#(a) > 0), "
              "g int generated always as (f#(a)) stored, e e# default 'a', d d#, n int generated always as identity, "
              "unique (a))",
              "create index on s# (f#(a), (a + 1), (g * 2)) where f#(a) > 1",
              "create table t# (x int references s#, y int references s# (a)) partition by list (x)",
              "create table u# partition of t# for values in (1)", "create view v# as select a, e from s#",
              "alter table s# add column late text default 'late'", "alter table s# drop column late",
              "comment on table s# is 'passing'", "drop function f# cascade", "drop table t#", "drop view v#",
              "drop table s#", "drop domain if exists d#", "drop type e#"}) {
            // Made first: GCC 12 and temporaries in a co_await expression.
            const std::string statement = numbered(text, session);
            co_await engine.execute(statement);
        }
    }
}

/// About something that comes and goes: an answer, or that it doesn't exist.
template <typename T>
asio::awaitable<void> maybe_there(asio::awaitable<T> pending) {
    try {
        co_await std::move(pending);
    } catch (const coropq::inspection_error&) {
    }
}

asio::awaitable<void> ask(coropq::inspector inspect, int& asked) {
    const relation_selection all;
    const std::vector<reflected::column> columns = co_await inspect.columns("rock");
    const std::vector<reflected::index> indexes = co_await inspect.indexes("rock");
    const std::vector<reflected::check_constraint> checks = co_await inspect.check_constraints("rock");
    const reflected::qualified_name rock{"public", "rock"};
    while (asked < rounds) {
        const auto all_columns = co_await inspect.columns(all);
        EXPECT_EQ(all_columns.at(rock), columns);
        const auto all_indexes = co_await inspect.indexes(all);
        EXPECT_EQ(all_indexes.at(rock), indexes);
        const auto all_checks = co_await inspect.check_constraints(all);
        EXPECT_EQ(all_checks.at(rock), checks);
        const auto primary_keys = co_await inspect.primary_key(all);
        EXPECT_TRUE(primary_keys.at(rock));
        const auto keys = co_await inspect.foreign_keys(all);
        EXPECT_EQ(keys.at(rock).size(), 1u);
        const auto uniques = co_await inspect.unique_constraints(all);
        EXPECT_TRUE(uniques.at(rock).empty());
        const auto exclusions = co_await inspect.exclusion_constraints(all);
        EXPECT_TRUE(exclusions.at(rock).empty());
        const auto relations = co_await inspect.relations(all);
        EXPECT_EQ(relations.at(rock).name, "rock");
        const auto order = co_await inspect.sorted_table_and_foreign_keys();
        EXPECT_FALSE(order.tables.empty());
        const auto enums = co_await inspect.enums();
        EXPECT_LE(enums.size(), 3u);
        const auto domains = co_await inspect.domains(coropq::all_schemas());
        EXPECT_LE(domains.size(), 3u);
        for (int session = 1; session != 4; ++session) {
            const std::string number = std::to_string(session);
            co_await maybe_there(inspect.columns("s" + number));
            co_await maybe_there(inspect.indexes("s" + number));
            co_await maybe_there(inspect.check_constraints("s" + number));
            co_await maybe_there(inspect.foreign_keys("t" + number));
            co_await maybe_there(inspect.relation("u" + number));
            co_await maybe_there(inspect.view_definition("v" + number));
        }
        ++asked;
    }
}

TEST_F(inspect_storm, gives_answers_and_no_error) {
    sql({"create function steady(int) returns int immutable language sql as 'select $1'",
         "create table rock (id int primary key references rock, a int default steady(3) check (steady(a) > 0), "
         "g int generated always as (steady(a)) stored)",
         "create index i on rock (steady(a), (a + 1)) where a > 1"});
    const coropq::engine many = coropq::create_engine(context, plain_address(database),
                                                      coropq::engine_options().pool(coropq::pool_options().size(6)));
    int asked = 0;
    int ended = 0;
    const auto end = [&](std::exception_ptr problem) {
        ++ended;
        if (problem) {
            asked = rounds;
            std::rethrow_exception(problem);
        }
    };
    for (int session = 1; session != 4; ++session)
        asio::co_spawn(context, build_and_tear_down(many, session, asked), end);
    asio::co_spawn(context, ask(many.inspect(), asked), end);
    drain(context);
    EXPECT_EQ(ended, 4);
    EXPECT_EQ(asked, rounds);
    EXPECT_EQ(get(inspect.table_names()), (names{"rock"}));
    run(context, many.dispose());
}

// As long as nothing has to be written down that mentions columns, nobody waits for who alters a table.
TEST_F(inspect_storm, most_functions_do_not_wait_for_who_alters_a_table) {
    sql({"create table p (id int primary key)",
         "create table t (a int default 5, b text default 'x', unique (a), foreign key (a) references p)",
         "create table parted (a int) partition by list (a)",
         "create table part partition of parted for values in (1)"});
    const coropq::engine other = coropq::create_engine(context, plain_address(database));
    coropq::transaction change = get(other.begin());
    for (const char* table : {"t", "p", "parted", "part"})
        run(context, change.execute("lock table " + std::string(table) + " in access exclusive mode"));
    run(context, change.execute("alter table t add column c int default 7"));
    const relation_selection all;
    EXPECT_EQ(get(inspect.columns("t")).size(), 2u) << "and what isn't committed isn't there";
    EXPECT_EQ(get(inspect.columns(all)).size(), 4u);
    EXPECT_EQ(get(inspect.foreign_keys(all)).size(), 4u);
    EXPECT_EQ(get(inspect.primary_key(all)).size(), 4u);
    EXPECT_EQ(get(inspect.indexes(all)).size(), 4u);
    EXPECT_EQ(get(inspect.relations(all)).at({"public", "part"}).partition_bound, "FOR VALUES IN (1)");
    EXPECT_EQ(get(inspect.sorted_table_and_foreign_keys()).tables.size(), 4u);
    run(context, change.rollback());
    run(context, other.dispose());
}

TEST_F(inspect_storm, a_connection_sees_the_changes_of_its_transaction) {
    sql("create table t (a int)");
    const coropq::engine other = coropq::create_engine(context, plain_address(database));
    coropq::connection conn = get(other.connect());
    coropq::transaction change = get(conn.begin());
    for (const char* text :
         {"create table fresh (id int primary key, a int check (a > 0), t int references fresh)",
          "create index i on fresh ((a + 1))", "create type mood as enum ('a')", "create domain d as int",
          "create view v as select a from fresh", "comment on table fresh is 'new'", "alter table t add column b mood"})
        run(context, change.execute(text));
    const coropq::inspector inside = conn.inspect();
    EXPECT_EQ(get(inside.columns("fresh")).size(), 3u);
    EXPECT_EQ(get(inside.columns("t")).size(), 2u);
    EXPECT_TRUE(get(inside.primary_key("fresh")));
    EXPECT_EQ(get(inside.check_constraints("fresh")).size(), 1u);
    EXPECT_EQ(get(inside.foreign_keys("fresh")).size(), 1u);
    EXPECT_EQ(get(inside.indexes("fresh")).size(), 2u);
    EXPECT_EQ(get(inside.table_comment("fresh")), "new");
    EXPECT_EQ(get(inside.enums()).size(), 1u);
    EXPECT_EQ(get(inside.domains()).size(), 1u);
    EXPECT_FALSE(get(inside.view_definition("v")).empty());
    // Nobody else does, and asking about something that doesn't exist leaves the transaction alone.
    missing(inspect.columns("fresh"));
    EXPECT_EQ(get(inspect.columns("t")).size(), 1u);
    missing(inside.columns("nope"));
    EXPECT_EQ(get(inside.columns("t")).size(), 2u);
    run(context, change.commit());
    EXPECT_EQ(get(inspect.columns("fresh")).size(), 3u);
}

} // namespace
