// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What is inspected changes at the same time.

#include "inspect_support.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>

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

/// How long the storm lasts: COROPQ_STORM_SECONDS, or as long as a test may.
std::chrono::seconds length_of_storm() {
    const char* seconds = std::getenv("COROPQ_STORM_SECONDS");
    return std::chrono::seconds(seconds == nullptr ? 2 : std::atoi(seconds));
}

constexpr int sessions = 4;

/// What happens meanwhile.
struct storm {
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + length_of_storm();
    bool failed = false;
    int changes = 0;
    int deadlocks = 0;
    int answers = 0;
    int rounds = 0;

    bool goes_on() const { return !failed && std::chrono::steady_clock::now() < end; }
};

// One transaction each: everybody sees all of it, or nothing. The names of a pair's tables and what belongs to them end
// with the number of the session.
const std::vector<std::vector<const char*>> pair_of_tables = {
    {"create function w#(int) returns int immutable language sql as 'select $1'", "create type g# as enum ('a', 'b')",
     "create domain h# as int constraint one check (value > 0)",
     "create table a# (id int primary key, x int default w#(1) constraint positive check (w#(x) > 0), e g#, h h#, "
     "unique (x))",
     "create index on a# (w#(x)) where x > 1",
     "create table b# (id int primary key, x int constraint positive check (w#(x) > 0), e g#[], h h#, "
     "unique (x), constraint to_a foreign key (x) references a#)",
     "create index on b# (w#(x)) where x > 1", "create view y# as select a.x, b.id from a# a join b# b using (x)",
     "comment on table a# is 'narrow'", "comment on table b# is 'narrow'"},
    {"alter type g# add value 'c'", "alter table a# add column late text constraint short check (length(late) < 9)",
     "alter table b# add column late text constraint short check (length(late) < 9)",
     "create index late_a# on a# (late)", "create index late_b# on b# (late)", "comment on table a# is 'wide'",
     "comment on table b# is 'wide'"},
    {"drop view y#", "drop table b#", "drop table a#", "drop function w#(int) cascade", "drop domain h#",
     "drop type g#"},
};

// One after the other; what depends on the function vanishes with it.
const std::vector<const char*> one_by_one = {
    "create function f#(int) returns int immutable language sql as 'select $1'",
    "create type e# as enum ('a', 'b')",
    "create domain d# as int default f#(5) check (f#(value) > 0)",
    "create table s# (id serial primary key, a int default f#(1) check (f#(a) > 0), "
    "g int generated always as (f#(a)) stored, e e# default 'a', d d#, n int generated always as identity, unique (a))",
    "create index on s# (f#(a), (a + 1), (g * 2)) where f#(a) > 1",
    "create table t# (x int references s#, y int references s# (a)) partition by list (x)",
    "create table u# partition of t# for values in (1)",
    "create view v# as select a, e from s#",
    "alter table s# add column late text default 'late'",
    "alter table s# alter column late type varchar(9)",
    "alter table s# drop column late",
    "alter table t# add constraint small check (x < 9) not valid",
    "alter table t# drop constraint small",
    "comment on table s# is 'passing'",
    "drop function f# cascade",
    "drop table t#",
    "drop view v#",
    "drop table s#",
    "drop domain if exists d#",
    "drop type e#"};

asio::awaitable<void> change(coropq::connection& conn, const char* text, int session, storm& around) {
    // Made first: GCC 12 and temporaries in a co_await expression.
    const std::string statement = numbered(text, session);
    try {
        co_await conn.execute(statement);
        ++around.changes;
    } catch (const coropq::server_error& problem) {
        if (problem.code() != coropq::sqlstate::deadlock_detected)
            throw;
        ++around.deadlocks;
    }
}

asio::awaitable<void> build_and_tear_down(coropq::engine engine, int session, storm& around) {
    coropq::connection conn = co_await engine.connect();
    while (around.goes_on()) {
        for (const std::vector<const char*>& together : pair_of_tables) {
            co_await conn.execute("begin");
            for (const char* text : together)
                co_await change(conn, text, session, around);
            co_await conn.execute("commit");
        }
        for (const char* text : one_by_one)
            co_await change(conn, text, session, around);
    }
}

/// About something that comes and goes: an answer, or that it doesn't exist.
template <typename T>
asio::awaitable<void> maybe_there(asio::awaitable<T> pending, storm& around) {
    try {
        co_await std::move(pending);
    } catch (const coropq::inspection_error&) {
    }
    ++around.answers;
}

template <typename T>
asio::awaitable<T> answer(asio::awaitable<T> pending, storm& around) {
    T found = co_await std::move(pending);
    ++around.answers;
    co_return found;
}

/// Both tables of a pair, or none of them: what was found about them.
template <typename T, typename Check>
void each_pair(const reflected::by_relation<T>& all, Check check) {
    for (int session = 1; session <= sessions; ++session) {
        const std::string number = std::to_string(session);
        const auto a = all.find({"public", "a" + number});
        const auto b = all.find({"public", "b" + number});
        EXPECT_EQ(a == all.end(), b == all.end()) << session;
        if (a != all.end() && b != all.end())
            check(a->second, b->second);
    }
}

asio::awaitable<void> ask_about_tables(const coropq::inspector& inspect, storm& around) {
    const relation_selection all;
    const auto columns = co_await answer(inspect.columns(all), around);
    each_pair(columns, [](const auto& a, const auto& b) {
        EXPECT_TRUE(a.size() == 4 || a.size() == 5) << a.size();
        EXPECT_EQ(a.size(), b.size());
    });
    const auto primary_keys = co_await answer(inspect.primary_key(all), around);
    each_pair(primary_keys, [](const auto& a, const auto& b) { EXPECT_TRUE(a && b); });
    const auto keys = co_await answer(inspect.foreign_keys(all), around);
    each_pair(keys, [](const auto& a, const auto& b) {
        EXPECT_TRUE(a.empty());
        EXPECT_EQ(b.size(), 1u);
    });
    const auto uniques = co_await answer(inspect.unique_constraints(all), around);
    each_pair(uniques, [](const auto& a, const auto& b) { EXPECT_TRUE(a.size() == 1 && b.size() == 1); });
    const auto checks = co_await answer(inspect.check_constraints(all), around);
    each_pair(checks, [](const auto& a, const auto& b) {
        EXPECT_TRUE(a.size() == 1 || a.size() == 2) << a.size();
        EXPECT_EQ(a.size(), b.size());
    });
    const auto exclusions = co_await answer(inspect.exclusion_constraints(all), around);
    each_pair(exclusions, [](const auto& a, const auto& b) { EXPECT_TRUE(a.empty() && b.empty()); });
    const auto indexes = co_await answer(inspect.indexes(all), around);
    each_pair(indexes, [](const auto& a, const auto& b) {
        EXPECT_TRUE(a.size() == 3 || a.size() == 4) << a.size();
        EXPECT_EQ(a.size(), b.size());
    });
    const auto comments = co_await answer(inspect.table_comment(all), around);
    each_pair(comments, [](const auto& a, const auto& b) {
        EXPECT_TRUE(a == "narrow" || a == "wide") << a.value_or("");
        EXPECT_EQ(a, b);
    });
    const auto relations = co_await answer(inspect.relations(all), around);
    each_pair(relations, [](const auto& a, const auto& b) { EXPECT_EQ(a.comment, b.comment); });
    const auto options = co_await answer(inspect.table_options(all), around);
    each_pair(options, [](const auto& a, const auto& b) { EXPECT_EQ(a, b); });
    const auto order = co_await answer(inspect.sorted_table_and_foreign_keys(), around);
    EXPECT_TRUE(order.deferred.empty());
}

// All parts of it are of one moment.
asio::awaitable<void> ask_about_everything(const coropq::inspector& inspect, storm& around) {
    const reflected::schema_snapshot all = co_await answer(inspect.snapshot(), around);
    for (int session = 1; session <= sessions; ++session) {
        const std::string number = std::to_string(session);
        const reflected::table* const a = all.find_table("a" + number);
        const reflected::table* const b = all.find_table("b" + number);
        const reflected::enum_type* const labels = all.find_enum("g" + number);
        const bool there = a != nullptr && b != nullptr && labels != nullptr;
        EXPECT_EQ(a != nullptr, there);
        EXPECT_EQ(b != nullptr, there);
        EXPECT_EQ(labels != nullptr, there);
        EXPECT_EQ(all.find_domain("h" + number) != nullptr, there);
        if (!there)
            continue;
        const bool wide = a->relation.comment == "wide";
        EXPECT_EQ(labels->labels.size(), wide ? 3u : 2u);
        for (const reflected::table* each : {a, b}) {
            EXPECT_EQ(each->columns.size(), wide ? 5u : 4u);
            EXPECT_EQ(each->indexes.size(), wide ? 4u : 3u);
            EXPECT_EQ(each->check_constraints.size(), wide ? 2u : 1u);
            EXPECT_EQ(each->unique_constraints.size(), 1u);
            EXPECT_TRUE(each->primary_key);
        }
        EXPECT_EQ(b->foreign_keys.size(), 1u);
    }
}

asio::awaitable<void> ask_about_names(const coropq::inspector& inspect, storm& around) {
    const names tables = co_await answer(inspect.table_names(), around);
    EXPECT_TRUE(std::find(tables.begin(), tables.end(), "rock") != tables.end());
    const names views = co_await answer(inspect.view_names(), around);
    EXPECT_LE(views.size(), 2u * sessions);
    const names sequences = co_await answer(inspect.sequence_names(), around);
    EXPECT_LE(sequences.size(), 2u * sessions);
    const names schemas = co_await answer(inspect.schema_names(), around);
    EXPECT_EQ(schemas.size(), 2u);
    names asked;
    for (int session = 1; session <= sessions; ++session)
        for (const char* letter : {"a", "b"})
            asked.push_back(letter + std::to_string(session));
    const names existing = co_await answer(inspect.existing_tables(asked), around);
    EXPECT_EQ(existing.size() % 2, 0u) << "both tables of a pair, or none";
    const auto enums = co_await answer(inspect.enums(), around);
    EXPECT_LE(enums.size(), 2u * sessions);
    const auto domains = co_await answer(inspect.domains(coropq::all_schemas()), around);
    EXPECT_LE(domains.size(), 2u * sessions);
    for (const reflected::domain_type& domain : domains)
        if (domain.name.starts_with("h")) {
            EXPECT_EQ(domain.constraints.size(), 1u);
        }
    for (const char* method : {"materialized", "foreign", "temporary"}) {
        const std::string which = method;
        names none;
        if (which == "materialized")
            none = co_await answer(inspect.materialized_view_names(), around);
        else if (which == "foreign")
            none = co_await answer(inspect.foreign_table_names(), around);
        else
            none = co_await answer(inspect.temporary_table_names(), around);
        EXPECT_TRUE(none.empty()) << which;
    }
}

// The objects of one session after the other.
asio::awaitable<void> ask_about_one(const coropq::inspector& inspect, storm& around) {
    const std::string number = std::to_string(around.rounds % sessions + 1);
    for (const char* letter : {"a", "s", "t", "u", "v", "y"}) {
        const std::string name = letter + number;
        co_await maybe_there(inspect.columns(name), around);
        co_await maybe_there(inspect.primary_key(name), around);
        co_await maybe_there(inspect.foreign_keys(name), around);
        co_await maybe_there(inspect.unique_constraints(name), around);
        co_await maybe_there(inspect.check_constraints(name), around);
        co_await maybe_there(inspect.exclusion_constraints(name), around);
        co_await maybe_there(inspect.indexes(name), around);
        co_await maybe_there(inspect.relation(name), around);
        co_await maybe_there(inspect.table_comment(name), around);
        co_await maybe_there(inspect.table_options(name), around);
        co_await maybe_there(inspect.view_definition(name), around);
        co_await maybe_there(inspect.table_oid(name), around);
        co_await maybe_there(inspect.has_table(name), around);
        co_await maybe_there(inspect.has_column(name, "late"), around);
        co_await maybe_there(inspect.has_index(name, "late_" + name), around);
        co_await maybe_there(inspect.has_sequence(name), around);
        co_await maybe_there(inspect.has_type(name), around);
    }
}

asio::awaitable<void> ask(coropq::inspector inspect, storm& around) {
    const relation_selection all;
    const reflected::qualified_name rock{"public", "rock"};
    const std::vector<reflected::column> columns = co_await inspect.columns("rock");
    const std::vector<reflected::index> indexes = co_await inspect.indexes("rock");
    const std::vector<reflected::check_constraint> checks = co_await inspect.check_constraints("rock");
    while (around.goes_on()) {
        co_await ask_about_everything(inspect, around);
        co_await ask_about_tables(inspect, around);
        co_await ask_about_names(inspect, around);
        co_await ask_about_one(inspect, around);
        const auto all_columns = co_await answer(inspect.columns(all), around);
        EXPECT_EQ(all_columns.at(rock), columns);
        const auto all_indexes = co_await answer(inspect.indexes(all), around);
        EXPECT_EQ(all_indexes.at(rock), indexes);
        const auto all_checks = co_await answer(inspect.check_constraints(all), around);
        EXPECT_EQ(all_checks.at(rock), checks);
        ++around.rounds;
    }
}

// Nobody's objects depend on anybody else's: whoever is in a deadlock has met an inspector in it.
TEST_F(inspect_storm, gives_answers_and_no_error) {
    sql({"create function steady(int) returns int immutable language sql as 'select $1'",
         "create table rock (id int primary key references rock, a int default steady(3) check (steady(a) > 0), "
         "g int generated always as (steady(a)) stored)",
         "create index i on rock (steady(a), (a + 1)) where a > 1"});
    const coropq::engine many = coropq::create_engine(context, plain_address(database),
                                                      coropq::engine_options().pool(coropq::pool_options().size(8)));
    coropq::connection alone = get(many.connect());
    storm around;
    int ended = 0;
    const auto end = [&](std::exception_ptr problem) {
        ++ended;
        if (!problem)
            return;
        around.failed = true;
        try {
            std::rethrow_exception(problem);
        } catch (const std::exception& failure) {
            ADD_FAILURE() << failure.what();
        }
    };
    for (int session = 1; session <= sessions; ++session)
        asio::co_spawn(context, build_and_tear_down(many, session, around), end);
    asio::co_spawn(context, ask(many.inspect(), around), end);
    asio::co_spawn(context, ask(alone.inspect(), around), end);
    drain(context, length_of_storm() + 3 * time_limit);
    EXPECT_EQ(ended, sessions + 2);
    EXPECT_EQ(around.deadlocks, 0);
    EXPECT_GT(around.rounds, 0);
    std::cout << around.changes << " changes, " << around.answers << " answers in " << around.rounds << " rounds, "
              << around.deadlocks << " deadlocks\n";
    const auto deadlocks =
        cluster().query_value("select deadlocks from pg_stat_database where datname = '" + database.name() + "'");
    EXPECT_EQ(deadlocks, "0");
    run(context, many.dispose());
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
