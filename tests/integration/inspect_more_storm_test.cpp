// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What SQLAlchemy's inspector doesn't have, while others change it at the same time.

#include "inspect_support.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;

using inspect_more_storm = inspect_fixture;

/// Replaces every # by the number of the session.
std::string numbered(std::string text, int session) {
    for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at))
        text.replace(at, 1, std::to_string(session));
    return text;
}

constexpr int rounds = 10;

asio::awaitable<void> build_and_tear_down(coropq::engine engine, int session, const int& asked) {
    while (asked < rounds) {
        for (const char* text :
             {"create function c#(int) returns int immutable language sql as 'select $1'",
              "create function f#() returns trigger language plpgsql as 'begin return new; end'",
              "create sequence q# owned by none",
              "create table s# (id serial, a int, b text)",
              "create trigger w# before update of a, b on s# for each row when (c#(old.a) > new.a) "
              "execute function f#('x', 'y')",
              "alter sequence q# owned by s#.a",
              "grant select on s#, q# to public",
              "grant update (a) on s# to public",
              "create policy p# on s# using (c#(a) = (select r.id from rock r limit 1))",
              "create table t# (x int, y int) partition by list (c#(x))",
              "create trigger w# after insert on t# for each row execute function f#()",
              "create table u# partition of t# for values in (1)",
              "comment on trigger w# on s# is 'passing'",
              "create table v# () inherits (s#)",
              "create domain d# as int",
              "create type k# as (a int, b d#[], c d#)",
              "create type r# as range (subtype = d#)",
              "create function g#(k#, a d# default c#(1)) returns r# language sql as 'select null::r#'",
              "grant execute on function g# to public",
              "create schema n#",
              "comment on schema n# is 'passing'",
              "drop schema n#",
              "drop function f# cascade",
              "drop policy p# on s#",
              "drop function c# cascade",
              "drop table if exists t#",
              "drop type k# cascade",
              "drop domain d# cascade",
              "drop table s# cascade"}) {
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
    const reflected::qualified_name rock{"public", "rock"};
    const std::vector<reflected::trigger> triggers = co_await inspect.triggers("rock");
    const std::vector<reflected::policy> policies = co_await inspect.policies("rock");
    const std::vector<reflected::privilege> privileges = co_await inspect.privileges("rock");
    while (asked < rounds) {
        const auto all_triggers = co_await inspect.triggers(all);
        EXPECT_EQ(all_triggers.at(rock), triggers);
        const auto all_policies = co_await inspect.policies(all);
        EXPECT_EQ(all_policies.at(rock), policies);
        const auto all_privileges = co_await inspect.privileges(all);
        EXPECT_EQ(all_privileges.at(rock), privileges);
        const auto relations = co_await inspect.relations(all);
        EXPECT_TRUE(relations.at(rock).partition_key);
        const auto children = co_await inspect.children(all);
        EXPECT_TRUE(children.at(rock).empty());
        const auto columns = co_await inspect.columns(all);
        EXPECT_EQ(columns.at(rock).size(), 2u);
        const auto composites = co_await inspect.composite_types();
        EXPECT_LE(composites.size(), 3u);
        const auto ranges = co_await inspect.range_types();
        EXPECT_LE(ranges.size(), 3u);
        const auto routines = co_await inspect.routines();
        EXPECT_GE(routines.size(), 2u);
        const auto schemas = co_await inspect.schemas();
        EXPECT_GE(schemas.size(), 2u);
        const auto extensions = co_await inspect.extensions();
        EXPECT_EQ(extensions.size(), 1u);
        const auto sequences = co_await inspect.sequences();
        EXPECT_LE(sequences.size(), 7u);
        EXPECT_GE(sequences.size(), 1u);
        for (int session = 1; session != 4; ++session) {
            const std::string number = std::to_string(session);
            co_await maybe_there(inspect.triggers("s" + number));
            co_await maybe_there(inspect.trigger_definition("s" + number, "w" + number));
            co_await maybe_there(inspect.policies("s" + number));
            co_await maybe_there(inspect.privileges("s" + number));
            co_await maybe_there(inspect.sequence("q" + number));
            co_await maybe_there(inspect.relation("t" + number));
            co_await maybe_there(inspect.children("s" + number));
            co_await maybe_there(inspect.composite_type("k" + number));
            co_await maybe_there(inspect.range_type("r" + number));
            co_await maybe_there(inspect.schema("n" + number));
        }
        ++asked;
    }
}

TEST_F(inspect_more_storm, gives_answers_and_no_error) {
    sql({"create function firm(int) returns int immutable language sql as 'select $1'",
         "create table rock (id serial, a int) partition by list (firm(a))",
         "create function steady() returns trigger language plpgsql as 'begin return new; end'",
         "create trigger held before insert on rock for each row when (new.a > 1) execute function steady('x')",
         "create policy firm on rock using (firm(a) > 1)", "grant select (a) on rock to public"});
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
    drain(context, std::chrono::minutes(2)); // there are many statements
    EXPECT_EQ(ended, 4);
    EXPECT_EQ(asked, rounds);
    EXPECT_EQ(get(inspect.table_names()), (names{"rock"}));
    run(context, many.dispose());
}

} // namespace
