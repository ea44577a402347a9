// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Functions, procedures, aggregates, window functions: how they are called.

#include "inspect_support.hpp"

#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using reflected::argument_mode;
using reflected::routine;
using reflected::routine_kind;

struct inspect_routines : inspect_fixture {
    /// The only one of its name.
    routine of(const std::string& name, const coropq::schema_selection& schemas = {}) {
        std::vector<routine> all = get(inspect.routines_named(name, schemas));
        EXPECT_EQ(all.size(), 1u) << name;
        return all.empty() ? routine() : all.front();
    }
};

TEST_F(inspect_routines, functions) {
    sql({"create domain word as varchar(30)",
         "create function f(a int, text, c numeric[] default array[1, 2], d text default 'a,b(' || '''', e word "
         "default "
         "null) returns varchar immutable strict parallel safe language sql set search_path = '' "
         "set work_mem = '1MB' as 'select null::varchar'",
         "create function nothing() returns void language plpgsql as 'begin end'", "comment on function f is 'does'"});
    const routine f = of("f");
    EXPECT_NE(f.oid, 0u);
    EXPECT_EQ(f.schema, "public");
    EXPECT_TRUE(f.visible);
    EXPECT_EQ(f.kind, routine_kind::function);
    ASSERT_EQ(f.arguments.size(), 5u);
    EXPECT_EQ(f.arguments.at(0).name, "a");
    EXPECT_EQ(f.arguments.at(0).mode, argument_mode::in);
    EXPECT_EQ(f.arguments.at(0).type.text, "integer");
    EXPECT_EQ(f.arguments.at(0).default_value, maybe());
    EXPECT_EQ(f.arguments.at(1).name, "");
    EXPECT_EQ(f.arguments.at(1).default_value, maybe());
    EXPECT_EQ(f.arguments.at(2).type.dimensions, 1);
    EXPECT_EQ(f.arguments.at(2).type.name, "numeric");
    EXPECT_EQ(f.arguments.at(2).default_value, "ARRAY[1, 2]");
    EXPECT_EQ(f.arguments.at(3).default_value, "('a,b('::text || ''''::text)");
    EXPECT_EQ(f.arguments.at(4).default_value, "NULL::character varying");
    EXPECT_EQ(f.arguments.at(4).type.kind, reflected::type_kind::domain);
    ASSERT_EQ(f.arguments.at(4).type.bases.size(), 1u);
    EXPECT_EQ(f.arguments.at(4).type.bases.at(0).length, 30);
    EXPECT_EQ(f.result.value().text, "character varying");
    EXPECT_FALSE(f.returns_set);
    EXPECT_EQ(f.language, "sql");
    EXPECT_EQ(f.volatility, "immutable");
    EXPECT_EQ(f.parallel, "safe");
    EXPECT_TRUE(f.strict);
    EXPECT_FALSE(f.security_definer || f.leakproof);
    EXPECT_EQ(f.settings, (names{"search_path=\"\"", "work_mem=1MB"}));
    EXPECT_EQ(f.owner, cluster().app_user());
    EXPECT_EQ(f.comment, "does");
    const routine nothing = of("nothing");
    EXPECT_TRUE(nothing.arguments.empty());
    EXPECT_EQ(nothing.result.value().text, "void");
    EXPECT_EQ(nothing.language, "plpgsql");
    EXPECT_EQ(nothing.volatility, "volatile");
    EXPECT_EQ(nothing.parallel, "unsafe");
    EXPECT_FALSE(nothing.strict);
    EXPECT_EQ(nothing.settings, names());
    EXPECT_EQ(nothing.comment, maybe());
    std::ostringstream text;
    text << nothing;
    EXPECT_TRUE(contains(text.str(), "\"kind\": \"function\", \"arguments\": []")) << text.str();
}

TEST_F(inspect_routines, modes_of_arguments) {
    sql({"create function outs(a int, out b text, inout c int default 7, variadic d int[] default '{}') "
         "language sql stable parallel restricted security definer as 'select ''x'', $2'",
         "create function many(a int) returns setof text language sql as 'select ''x'''",
         "create function rows_of(a int default 1) returns table (x int, y numeric) language sql as 'select 1, 2.0'"});
    const routine outs = of("outs");
    ASSERT_EQ(outs.arguments.size(), 4u);
    EXPECT_EQ(outs.arguments.at(0).default_value, maybe());
    EXPECT_EQ(outs.arguments.at(1).mode, argument_mode::out);
    EXPECT_EQ(outs.arguments.at(1).default_value, maybe());
    EXPECT_EQ(outs.arguments.at(2).mode, argument_mode::in_out);
    EXPECT_EQ(outs.arguments.at(2).default_value, "7");
    EXPECT_EQ(outs.arguments.at(3).mode, argument_mode::variadic);
    EXPECT_EQ(outs.arguments.at(3).type.dimensions, 1);
    EXPECT_EQ(outs.arguments.at(3).default_value, "'{}'::integer[]");
    EXPECT_EQ(outs.result.value().text, "record");
    EXPECT_EQ(outs.volatility, "stable");
    EXPECT_EQ(outs.parallel, "restricted");
    EXPECT_TRUE(outs.security_definer);
    EXPECT_TRUE(of("many").returns_set);
    EXPECT_EQ(of("many").result.value().text, "text");
    const routine table = of("rows_of");
    ASSERT_EQ(table.arguments.size(), 3u);
    EXPECT_EQ(table.arguments.at(0).default_value, "1") << "what is behind it isn't given";
    EXPECT_EQ(table.arguments.at(1).mode, argument_mode::table);
    EXPECT_EQ(table.arguments.at(2).name, "y");
    EXPECT_EQ(table.arguments.at(2).default_value, maybe());
    EXPECT_TRUE(table.returns_set);
}

TEST_F(inspect_routines, other_kinds) {
    sql({"create procedure p(a int, inout b text) language plpgsql as 'begin end'",
         "create procedure q() language plpgsql as 'begin end'",
         "create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0')"});
    EXPECT_EQ(of("p").kind, routine_kind::procedure);
    EXPECT_FALSE(of("p").result);
    EXPECT_EQ(of("p").arguments.at(1).mode, argument_mode::in_out);
    EXPECT_FALSE(of("q").result);
    EXPECT_EQ(of("total").kind, routine_kind::aggregate);
    EXPECT_EQ(of("total").result.value().text, "integer");
    EXPECT_EQ(of("total").language, "internal");
    EXPECT_EQ(of("row_number", "pg_catalog").kind, routine_kind::window);
    superuser_sql("create function quiet() returns int leakproof language sql as 'select 1'");
    EXPECT_TRUE(of("quiet").leakproof);
}

TEST_F(inspect_routines, several_of_one_name) {
    sql({"create schema other", "create function f(text) returns int language sql as 'select 1'",
         "create function f(int) returns int language sql as 'select 1'",
         "create function f(int, int) returns int language sql as 'select 1'",
         "create function f() returns int language sql as 'select 1'",
         "create function other.f(int) returns int language sql as 'select 2'",
         "create function other.g() returns int language sql as 'select 2'"});
    const auto all = get(inspect.routines_named("f"));
    ASSERT_EQ(all.size(), 4u) << "the other schema isn't on the search path";
    EXPECT_TRUE(all.at(0).arguments.empty());
    EXPECT_EQ(all.at(1).arguments.size(), 1u);
    EXPECT_EQ(all.at(1).arguments.at(0).type.text, "integer");
    EXPECT_EQ(all.at(2).arguments.size(), 2u);
    EXPECT_EQ(all.at(3).arguments.at(0).type.text, "text");
    EXPECT_EQ(get(inspect.routines()), all);
    EXPECT_EQ(get(inspect.routines("other")).size(), 2u);
    EXPECT_FALSE(get(inspect.routines("other")).at(0).visible);
    EXPECT_EQ(get(inspect.routines(coropq::all_schemas())).size(), 6u);
    EXPECT_EQ(get(inspect.routines_named("f", coropq::all_schemas())).size(), 5u);
    EXPECT_TRUE(get(inspect.routines_named("nope")).empty());
    EXPECT_TRUE(get(inspect.routines("nope")).empty());
    EXPECT_TRUE(get(inspect.routines_named("int4pl")).empty()) << "the server's own only if they are asked for";
    EXPECT_GT(get(inspect.routines("pg_catalog")).size(), 2000u);
    sql("create function pg_temp.passing() returns int language sql as 'select 1'");
    EXPECT_EQ(get(inspect.routines(coropq::all_schemas())).size(), 7u);
}

TEST_F(inspect_routines, privileges) {
    superuser_sql("create role caller");
    sql({"create function f() returns int language sql as 'select 1'",
         "create function g() returns int language sql as 'select 1'", "revoke all on function g() from public",
         "grant execute on function g() to caller"});
    const std::string app = cluster().app_user();
    EXPECT_EQ(of("f").privileges,
              (std::vector<reflected::privilege>{{{}, "EXECUTE", false, app, {}}, {app, "EXECUTE", false, app, {}}}))
        << "everybody may, by default";
    EXPECT_EQ(of("g").privileges, (std::vector<reflected::privilege>{{app, "EXECUTE", false, app, {}},
                                                                     {"caller", "EXECUTE", false, app, {}}}));
}

TEST_F(inspect_routines, hostile_names) {
    for (const std::string& name : hostile_names()) {
        const std::string quoted = in_quotes(name);
        sql("create schema " + quoted);
        sql("create function " + quoted + "." + quoted + "(" + quoted +
            " int default 1, b text default 'x') returns int language sql as 'select 1'");
        const routine found = of(name, name);
        EXPECT_EQ(found.schema, name);
        ASSERT_EQ(found.arguments.size(), 2u) << name;
        EXPECT_EQ(found.arguments.at(0).name, name);
        EXPECT_EQ(found.arguments.at(1).default_value, "'x'::text");
    }
}

} // namespace
