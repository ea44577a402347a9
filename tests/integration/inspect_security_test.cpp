// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Who may do what: policies of row-level security, and privileges.

#include "inspect_support.hpp"

#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::policy;
using reflected::policy_command;
using reflected::privilege;
using privileges = std::vector<privilege>;

// Roles belong to the whole server: each of these is made once.
struct inspect_security : inspect_fixture {
    static void SetUpTestSuite() {
        cluster().query("create role reader; create role \"Wri\"\"ter\"; create role \"\xF0\x9F\x90\x98\"", "postgres");
    }
    std::string app = cluster().app_user();

    policy of(const std::string& name) {
        for (policy& each : get(inspect.policies("t")))
            if (each.name == name)
                return std::move(each);
        ADD_FAILURE() << name;
        return {};
    }
};

TEST_F(inspect_security, policies) {
    sql({"create table t (a int, owner text)", "create policy everything on t",
         "create policy looking on t for select to reader, \"Wri\"\"ter\", current_user using (a > 1)",
         "create policy adding on t as restrictive for insert with check (owner = current_user)",
         "create policy changing on t for update to public using (a > 2) with check (a > 3)",
         "create policy removing on t for delete to reader using (false)",
         "comment on policy looking on t is 'at it'"});
    names found;
    for (const policy& each : get(inspect.policies("t")))
        found.push_back(each.name);
    EXPECT_EQ(found, (names{"adding", "changing", "everything", "looking", "removing"}));
    const policy everything = of("everything");
    EXPECT_NE(everything.oid, 0u);
    EXPECT_TRUE(everything.permissive);
    EXPECT_EQ(everything.command, policy_command::for_all);
    EXPECT_EQ(everything.roles, names());
    EXPECT_EQ(everything.using_expression, maybe());
    EXPECT_EQ(everything.check_expression, maybe());
    EXPECT_EQ(everything.comment, maybe());
    const policy looking = of("looking");
    EXPECT_EQ(looking.command, policy_command::for_select);
    EXPECT_EQ(looking.roles, (names{"Wri\"ter", app, "reader"}));
    EXPECT_EQ(looking.using_expression, "(a > 1)");
    EXPECT_EQ(looking.comment, "at it");
    const policy adding = of("adding");
    EXPECT_FALSE(adding.permissive);
    EXPECT_EQ(adding.command, policy_command::for_insert);
    EXPECT_EQ(adding.using_expression, maybe());
    EXPECT_EQ(adding.check_expression, "(owner = CURRENT_USER)");
    EXPECT_EQ(of("changing").command, policy_command::for_update);
    EXPECT_EQ(of("changing").roles, names()) << "everybody";
    EXPECT_EQ(of("changing").using_expression, "(a > 2)");
    EXPECT_EQ(of("changing").check_expression, "(a > 3)");
    EXPECT_EQ(of("removing").command, policy_command::for_delete);
    std::ostringstream text;
    text << of("removing");
    EXPECT_TRUE(contains(text.str(), "\"command\": \"for_delete\", \"roles\": [\"reader\"]")) << text.str();
    missing(inspect.policies("nope"));
}

TEST_F(inspect_security, policies_of_everything_that_is_selected) {
    sql({"create schema other", "create table t (a int)", "create table other.t (a int)",
         "create table parted (a int) partition by list (a)", "create table part partition of parted for values in (1)",
         "create temp table passing (a int)",
         "create policy same on t using (a in (select u.a from other.t u where u.a = t.a))",
         "create policy same on other.t using (a = 1)", "create policy above on parted using (a = 2)",
         "create policy short on passing using (a = 3)", "create view v as select 1 as a"});
    EXPECT_TRUE(contains(of("same").using_expression.value(), "FROM other.t u")) << "a subquery";
    const auto all = get(inspect.policies(relation_selection(coropq::all_schemas())));
    EXPECT_EQ(all.size(), 6u);
    EXPECT_EQ(all.at({"public", "t"}), get(inspect.policies("t", "public")));
    EXPECT_EQ(all.at({"other", "t"}).at(0).using_expression, "(a = 1)");
    EXPECT_EQ(all.at({"public", "parted"}).size(), 1u);
    EXPECT_TRUE(all.at({"public", "part"}).empty()) << "a partition has only its own";
    EXPECT_TRUE(all.at({"public", "v"}).empty());
    EXPECT_EQ(get(inspect.policies("passing")).at(0).name, "short");
    EXPECT_TRUE(get(inspect.policies(relation_selection("nope"))).empty());
}

TEST_F(inspect_security, policies_with_hostile_names) {
    for (const std::string& name : hostile_names()) {
        const std::string quoted = in_quotes(name);
        sql("create table " + quoted + " (" + quoted + " int)");
        sql("create policy " + quoted + " on " + quoted + " to \"\xF0\x9F\x90\x98\" using (" + quoted + " = 1)");
        const auto all = get(inspect.policies(name));
        ASSERT_EQ(all.size(), 1u) << name;
        EXPECT_EQ(all.at(0).name, name);
        EXPECT_EQ(all.at(0).roles, (names{"\xF0\x9F\x90\x98"}));
    }
}

TEST_F(inspect_security, privileges_of_tables_and_columns) {
    sql({"create table t (b int, a int)", "create table kept (a int)", "create view v as select a from t"});
    const names owners = {"DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"};
    const privileges by_default = get(inspect.privileges("t"));
    names found;
    for (const privilege& each : by_default) {
        EXPECT_EQ(each.grantee, app);
        EXPECT_EQ(each.grantor, app);
        EXPECT_FALSE(each.grantable || each.column);
        // PostgreSQL 17 has one more.
        if (each.name != "MAINTAIN")
            found.push_back(each.name);
    }
    EXPECT_EQ(found, owners) << "the owner has all";
    EXPECT_EQ(get(inspect.privileges("v")), by_default);
    sql({"revoke all on t from current_user", "grant select, insert on t to reader with grant option",
         "grant update on t to public", "grant select (b, a) on t to \"Wri\"\"ter\"",
         "grant references (a) on t to public"});
    EXPECT_EQ(get(inspect.privileges("t")), (privileges{{{}, "UPDATE", false, app, {}},
                                                        {"reader", "INSERT", true, app, {}},
                                                        {"reader", "SELECT", true, app, {}},
                                                        {"Wri\"ter", "SELECT", false, app, "b"},
                                                        {{}, "REFERENCES", false, app, "a"},
                                                        {"Wri\"ter", "SELECT", false, app, "a"}}));
    sql("revoke all on kept from current_user");
    EXPECT_TRUE(get(inspect.privileges("kept")).empty()) << "all are gone, not as by default";
    // Who was allowed to passes it on in their own name.
    superuser_sql("set role reader; grant select on t to \"Wri\"\"ter\"");
    const privileges passed_on = get(inspect.privileges("t"));
    EXPECT_EQ(passed_on.at(1), (privilege{"Wri\"ter", "SELECT", false, "reader", {}}));
    std::ostringstream text;
    text << passed_on.at(0);
    EXPECT_EQ(text.str(), "{\"grantee\": null, \"name\": \"UPDATE\", \"grantable\": false, \"grantor\": \"" + app +
                              "\", \"column\": null}");
    missing(inspect.privileges("nope"));
}

TEST_F(inspect_security, privileges_of_everything_that_is_selected) {
    sql({"create schema other", "create table t (a int)", "create table other.t (a int, gone int)",
         "create temp table t (a int)", "create table parted (a int) partition by list (a)",
         "create table part partition of parted for values in (1)", "grant select on parted to reader",
         "grant select (gone, a) on other.t to reader", "alter table other.t drop column gone"});
    const auto visible = get(inspect.privileges(relation_selection()));
    EXPECT_EQ(visible.size(), 3u);
    const auto all = get(inspect.privileges(relation_selection(coropq::all_schemas())));
    EXPECT_EQ(all.size(), 5u);
    EXPECT_EQ(all.at({"other", "t"}), get(inspect.privileges("t", "other")));
    EXPECT_EQ(all.at({"other", "t"}).back(), (privilege{"reader", "SELECT", false, app, "a"}));
    EXPECT_EQ(all.at({"public", "parted"}).size(), all.at({"public", "part"}).size() + 1);
    EXPECT_TRUE(get(inspect.privileges(relation_selection("nope"))).empty());
    // PostgreSQL's own tables can be read by all.
    const auto catalogs = get(inspect.privileges("pg_class", "pg_catalog"));
    EXPECT_EQ(catalogs.at(0).grantee, maybe());
    EXPECT_EQ(catalogs.at(0).name, "SELECT");
}

TEST_F(inspect_security, privileges_with_hostile_names) {
    for (const std::string& name : hostile_names()) {
        const std::string quoted = in_quotes(name);
        sql("create table " + quoted + " (" + quoted + " int)");
        sql("grant update (" + quoted + ") on " + quoted + " to \"\xF0\x9F\x90\x98\"");
        EXPECT_EQ(get(inspect.privileges(name)).back(), (privilege{"\xF0\x9F\x90\x98", "UPDATE", false, app, name}));
    }
}

} // namespace
