// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Snapshots while others change what they look at.

#include "inspect_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using reflected::schema_snapshot;

using inspect_snapshot_storm = inspect_fixture;

constexpr int rounds = 20;

// In # comes the number of the session, in @ that of the generation.
std::string numbered(std::string text, int session, int generation) {
    for (const auto& [sign, number] : {std::pair('#', session), std::pair('@', generation)})
        for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign, at))
            text.replace(at, 1, std::to_string(number));
    return text;
}

asio::awaitable<void> change(coropq::engine engine, int session, int generation, names texts) {
    coropq::transaction change = co_await engine.begin();
    for (const std::string& text : texts) {
        // Made first: GCC 12 and temporaries in a co_await expression.
        const std::string statement = numbered(text, session, generation);
        co_await change.execute(statement);
    }
    co_await change.commit();
}

// Two tables, a function, an enum, a sequence and a view that come, change their names and go together. What names them
// in a snapshot has to name them as they are called in the same snapshot.
//
// `pause`: how long they stay as they are. Without any, most snapshots would be of a moment without them.
asio::awaitable<void> come_and_go(coropq::engine engine, int session, std::chrono::steady_clock::duration pause,
                                  const int& asked) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const names come{"create function f#_@(int) returns int immutable language sql as 'select $1'",
                     "create type e#_@ as enum ('l_@')",
                     "create sequence s#_@",
                     "create table a# (c_@ int default nextval('s#_@') check (f#_@(c_@) > 0), "
                     "g int generated always as (f#_@(c_@)) stored, e e#_@ default 'l_@')",
                     "create table b# (c_@ int check (f#_@(c_@) > 0), e e#_@ default 'l_@')",
                     "create index on b# (f#_@(c_@)) where f#_@(c_@) > 1",
                     "create view v# as select c_@ from b#"};
    const names go{"drop view v#",       "drop table a#",  "drop table b#",
                   "drop function f#_@", "drop type e#_@", "drop sequence s#_@"};
    for (int generation = 0; asked < rounds; ++generation) {
        const std::string next = std::to_string(generation + 1);
        const names rename{"alter function f#_@ rename to f#_" + next,
                           "alter type e#_@ rename to e#_" + next,
                           "alter type e#_" + next + " rename value 'l_@' to 'l_" + next + "'",
                           "alter sequence s#_@ rename to s#_" + next,
                           "alter table a# rename c_@ to c_" + next,
                           "alter table b# rename c_@ to c_" + next,
                           "alter view v# rename c_@ to c_" + next};
        co_await change(engine, session, generation, come);
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
        co_await change(engine, session, generation, rename);
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
        ++generation;
        co_await change(engine, session, generation, go);
    }
}

void expect_consistent(const schema_snapshot& snapshot, int session) {
    const std::string number = std::to_string(session);
    const reflected::table* const a = snapshot.find_table("a" + number);
    const reflected::table* const b = snapshot.find_table("b" + number);
    const reflected::table* const v = snapshot.find_table("v" + number);
    ASSERT_EQ(a == nullptr, b == nullptr) << snapshot;
    ASSERT_EQ(a == nullptr, v == nullptr) << snapshot;
    if (!a)
        return;
    ASSERT_EQ(a->columns.size(), 3u);
    ASSERT_EQ(b->columns.size(), 2u);
    const std::string column = a->columns[0].name;
    const std::string generation = column.substr(2);
    const std::string type = "e" + number + '_' + generation;
    const std::string call = "f" + number + '_' + generation + '(' + column + ')';
    EXPECT_EQ(b->columns[0].name, column);
    EXPECT_EQ(a->columns[0].default_value, "nextval('s" + number + '_' + generation + "'::regclass)");
    ASSERT_TRUE(a->columns[1].generated);
    EXPECT_EQ(a->columns[1].generated->expression, call);
    EXPECT_EQ(a->columns[2].type.text, type);
    EXPECT_EQ(a->columns[2].default_value, "'l_" + generation + "'::" + type);
    EXPECT_EQ(b->columns[1].default_value, a->columns[2].default_value);
    ASSERT_EQ(a->check_constraints.size(), 1u);
    EXPECT_EQ(a->check_constraints[0].expression, '(' + call + " > 0)");
    ASSERT_EQ(b->check_constraints.size(), 1u);
    EXPECT_EQ(b->check_constraints[0].expression, '(' + call + " > 0)");
    ASSERT_EQ(b->indexes.size(), 1u);
    EXPECT_EQ(b->indexes[0].elements.at(0).expression, call);
    EXPECT_EQ(b->indexes[0].predicate, '(' + call + " > 1)");
    ASSERT_EQ(v->columns.size(), 1u);
    EXPECT_EQ(v->columns[0].name, column);
    ASSERT_TRUE(v->view_definition);
    EXPECT_NE(v->view_definition->find('.' + column), std::string::npos) << *v->view_definition;
    const reflected::enum_type* const mood = snapshot.find_enum(type);
    ASSERT_TRUE(mood) << type << " in " << snapshot;
    EXPECT_EQ(mood->labels, (names{"l_" + generation}));
}

asio::awaitable<void> look(coropq::inspector inspect, int& asked, int& seen) {
    for (; asked < rounds; ++asked) {
        const coropq::snapshot_options options = coropq::snapshot_options().connections(1 + asked % 2);
        const schema_snapshot snapshot = co_await inspect.snapshot(options);
        for (int session = 1; session != 4; ++session) {
            expect_consistent(snapshot, session);
            seen += snapshot.find_table("a" + std::to_string(session)) != nullptr;
        }
        EXPECT_TRUE(snapshot.find_table("rock"));
    }
}

TEST_F(inspect_snapshot_storm, are_of_one_moment) {
    sql("create table rock (id int primary key, a int default 3 check (a > 0))");
    const coropq::engine many = coropq::create_engine(context, plain_address(database),
                                                      coropq::engine_options().pool(coropq::pool_options().size(6)));
    EXPECT_EQ(get(inspect.snapshot()).tables.size(), 1u);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(get(inspect.snapshot()).tables.size(), 1u);
    const auto pause = 8 * (std::chrono::steady_clock::now() - began);
    int asked = 0;
    int seen = 0;
    int ended = 0;
    const auto end = [&](std::exception_ptr problem) {
        ++ended;
        if (problem) {
            asked = rounds;
            std::rethrow_exception(problem);
        }
    };
    for (int session = 1; session != 4; ++session)
        asio::co_spawn(context, come_and_go(many, session, pause, asked), end);
    asio::co_spawn(context, look(many.inspect(), asked, seen), end);
    drain(context);
    EXPECT_EQ(ended, 4);
    EXPECT_EQ(asked, rounds);
    EXPECT_GT(seen, 0);
    EXPECT_EQ(get(inspect.snapshot()).tables.size(), 1u);
    run(context, many.dispose());
}

TEST_F(inspect_snapshot_storm, in_a_transaction_are_of_its_snapshot) {
    sql({"create table t (a int)", "create table u (a int)"});
    const coropq::engine other = coropq::create_engine(context, plain_address(database));
    coropq::connection conn = get(engine.connect());
    coropq::transaction_options options;
    options.isolation = coropq::isolation::repeatable_read;
    coropq::transaction mine = get(conn.begin(options));
    const schema_snapshot before = get(conn.inspect().snapshot());
    EXPECT_EQ(before.tables.size(), 2u);
    run(context, other.execute("alter table t add b int"));
    run(context, other.execute("drop table u"));
    EXPECT_EQ(get(conn.inspect().snapshot()), before);
    run(context, mine.commit());
    EXPECT_EQ(get(conn.inspect().snapshot()).tables.size(), 1u);
    run(context, other.dispose());
}

} // namespace
