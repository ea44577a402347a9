// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What SQLAlchemy's inspector doesn't have, while others change it at the same time; and who waits for whom.

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

struct inspect_locks : inspect_fixture {
    coropq::engine other = coropq::create_engine(context, plain_address(database));

    ~inspect_locks() override { run(context, other.dispose()); }

    /// Locked as by who alters them.
    coropq::transaction locked(std::initializer_list<const char*> tables) {
        coropq::transaction holder = get(other.begin());
        for (const char* table : tables)
            run(context, holder.execute("lock table " + std::string(table) + " in access exclusive mode"));
        // Whoever waits for a lock fails then; who doesn't wait has no need to be quick.
        sql("set lock_timeout = '100ms'");
        return holder;
    }

    template <typename T>
    void expect_waits(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        const auto problem = failure_of<coropq::server_error>(context, std::move(pending), where);
        EXPECT_EQ(problem.code(), coropq::sqlstate::lock_not_available) << where.line();
    }
};

// As long as nothing has to be written down that mentions columns, nobody waits for who alters a table.
TEST_F(inspect_locks, most_functions_do_not_wait_for_who_alters_a_table) {
    sql({"create table p (id int primary key)",
         "create function f() returns trigger language plpgsql as 'begin return new; end'",
         "create table t (a int default 5, b text default 'x', s serial, n int generated always as identity, unique "
         "(a), "
         "foreign key (a) references p, exclude using btree (b with =))",
         "create index i on t (b desc)", "create trigger w before insert on t for each row execute function f()",
         "grant select (a) on t to public", "create policy y on t", "create table heir () inherits (t)",
         "create table parted (a int) partition by list (a)", "create table part partition of parted for values in (1)",
         "create view v as select a from t", "create type kind as enum ('a')",
         "create domain few as int default 3 check (value > 0)", "create type pair as (a t, b few)",
         "create type reach as range (subtype = few)"});
    coropq::transaction holder = locked({"t", "p", "heir", "parted", "part", "v"});
    run(context, holder.execute("alter table t add column c int default 7"));
    const relation_selection all;
    EXPECT_EQ(get(inspect.columns("t")).size(), 4u) << "and what isn't committed isn't there";
    EXPECT_EQ(get(inspect.columns(all)).size(), 6u);
    EXPECT_EQ(get(inspect.primary_key(all)).size(), 6u);
    EXPECT_EQ(get(inspect.foreign_keys(all)).at({"public", "t"}).size(), 1u);
    EXPECT_EQ(get(inspect.unique_constraints(all)).at({"public", "t"}).size(), 1u);
    EXPECT_EQ(get(inspect.check_constraints(all)).size(), 6u);
    EXPECT_EQ(get(inspect.exclusion_constraints(all)).at({"public", "t"}).size(), 1u);
    EXPECT_EQ(get(inspect.indexes(all)).at({"public", "t"}).size(), 3u);
    EXPECT_EQ(get(inspect.relations(all)).at({"public", "part"}).partition_bound, "FOR VALUES IN (1)");
    EXPECT_EQ(get(inspect.children(all)).at({"public", "t"}).size(), 1u);
    EXPECT_EQ(get(inspect.triggers(all)).at({"public", "t"}).size(), 1u);
    EXPECT_FALSE(get(inspect.trigger_definition("t", "w")).empty());
    EXPECT_EQ(get(inspect.policies(all)).at({"public", "t"}).size(), 1u);
    EXPECT_GT(get(inspect.privileges(all)).at({"public", "t"}).size(), 1u);
    EXPECT_EQ(get(inspect.sorted_table_and_foreign_keys()).tables.size(), 5u);
    EXPECT_EQ(get(inspect.table_names()).size(), 5u);
    EXPECT_EQ(get(inspect.existing_tables({"t", "v"})).size(), 2u);
    EXPECT_TRUE(get(inspect.has_index("t", "i")));
    EXPECT_EQ(get(inspect.sequences()).size(), 2u);
    EXPECT_EQ(get(inspect.enums()).size(), 1u);
    EXPECT_EQ(get(inspect.domains()).size(), 1u);
    EXPECT_EQ(get(inspect.composite_types()).size(), 1u);
    EXPECT_EQ(get(inspect.range_types()).size(), 1u);
    EXPECT_GE(get(inspect.routines()).size(), 1u) << "and those of the range";
    EXPECT_EQ(get(inspect.reflect("t")).columns.size(), 4u);
    coropq::snapshot_options without_views;
    without_views.view_definitions(false);
    EXPECT_EQ(get(inspect.snapshot(without_views)).tables.size(), 6u);
    run(context, holder.rollback());
}

TEST_F(inspect_locks, texts_that_mention_columns_wait) {
    sql({"create table t (a int)", "create function f() returns trigger language plpgsql as 'begin return new; end'",
         "create table checked (a int check (a > 0))",
         "create table made (a int, b int generated always as (a) stored)", "create table indexed (a int)",
         "create index on indexed ((a + 1)) where a > 1", "create table fired (a int)",
         "create trigger w before insert on fired for each row when (new.a > 1) execute function f()",
         "create table secret (a int)", "create policy y on secret using (a > 1)",
         "create table parted (a int) partition by list ((a + 1))"});
    coropq::transaction holder = locked({"checked", "made", "indexed", "fired", "secret", "parted"});
    expect_waits(inspect.check_constraints("checked"));
    expect_waits(inspect.columns("made"));
    expect_waits(inspect.indexes("indexed"));
    expect_waits(inspect.triggers("fired"));
    expect_waits(inspect.trigger_definition("fired", "w"));
    expect_waits(inspect.policies("secret"));
    expect_waits(inspect.relation("parted"));
    expect_waits(inspect.snapshot());
    // Nobody waits for tables that weren't asked about.
    EXPECT_EQ(get(inspect.reflect("t")).columns.size(), 1u);
    EXPECT_EQ(get(inspect.columns("fired")).size(), 1u);
    EXPECT_TRUE(get(inspect.check_constraints("fired")).empty());
    run(context, holder.rollback());
}

/// Until somebody in the database waits for a lock.
asio::awaitable<void> see_who_waits(coropq::transaction& observer) {
    const std::string question = "select count(*) from pg_locks where not granted and locktype = 'relation'";
    for (int waiting = 0; waiting == 0;) {
        const coropq::result answer = co_await observer.execute(question);
        waiting = answer.one<int>();
    }
}

// What a subquery reads stays locked until the end of the transaction. Whoever locks the same tables in another order
// doesn't wait for that: nobody is in a deadlock.
TEST_F(inspect_locks, who_waits_for_one_table_keeps_no_other_one_locked) {
    // Long enough to see that nobody waits that long.
    superuser_sql("alter database " + database.name() + " set deadlock_timeout = '20s'");
    sql({"create table a (x int)", "create table b (x int)", "create table t (x int)", "create table u (x int)",
         "create policy y on t using (x in (select a.x from a))",
         "create policy y on u using (x in (select b.x from b))",
         "create policy z on u using (x in (select a.x from a join b using (x)))",
         "create view v as select x from a join b using (x)"});
    const auto expect_no_deadlock = [&](auto pending, const char* what) {
        coropq::transaction holder = get(other.begin());
        run(context, holder.execute("lock table b in access exclusive mode"));
        bool is_read = false;
        asio::co_spawn(context, std::move(pending), [&](const std::exception_ptr& problem, const auto&) {
            EXPECT_FALSE(problem) << what;
            is_read = true;
        });
        run(context, see_who_waits(holder));
        run(context, holder.execute("lock table a in access exclusive mode"));
        EXPECT_FALSE(is_read) << what;
        run(context, holder.commit());
        drain(context);
        EXPECT_TRUE(is_read) << what;
    };
    const relation_selection all;
    expect_no_deadlock(inspect.policies(all), "policies");
    expect_no_deadlock(inspect.view_definition("v"), "view_definition");
    expect_no_deadlock(inspect.reflect(all), "reflect");
    expect_no_deadlock(inspect.snapshot(), "snapshot");
    EXPECT_EQ(get(inspect.policies("u")).at(0).using_expression, "(x IN ( SELECT b.x\n   FROM b))");
    EXPECT_EQ(get(inspect.snapshot()).table("u").policies, get(inspect.policies("u")));
}

} // namespace
