// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Tables as one value.

#include "inspect_support.hpp"

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;

struct inspect_reflect : inspect_fixture {
    reflected::table of(const std::string& name) { return get(inspect.reflect(name)); }
};

TEST_F(inspect_reflect, everything_that_the_single_functions_give) {
    sql({"create table other (id int primary key)",
         "create table t (b int, a int references other, c text check (c <> ''), primary key (b, a), unique (c), "
         "exclude using btree (a with =))",
         "create index on t (c)", "create policy p on t using (a > 1)", "create table child () inherits (t)",
         "create trigger t before update on t for each row execute function suppress_redundant_updates_trigger()",
         "grant select on t to public", "create materialized view m as select * from t"});
    const reflected::table t = of("t");
    EXPECT_EQ(t.relation, get(inspect.relation("t")));
    EXPECT_EQ(t.columns, get(inspect.columns("t")));
    EXPECT_EQ(t.primary_key, get(inspect.primary_key("t")));
    EXPECT_EQ(t.foreign_keys, get(inspect.foreign_keys("t")));
    EXPECT_EQ(t.unique_constraints, get(inspect.unique_constraints("t")));
    EXPECT_EQ(t.check_constraints, get(inspect.check_constraints("t")));
    EXPECT_EQ(t.exclusion_constraints, get(inspect.exclusion_constraints("t")));
    EXPECT_EQ(t.indexes, get(inspect.indexes("t")));
    EXPECT_EQ(t.triggers, get(inspect.triggers("t")));
    EXPECT_EQ(t.policies, get(inspect.policies("t")));
    EXPECT_EQ(t.privileges, get(inspect.privileges("t")));
    EXPECT_EQ(t.children, get(inspect.children("t")));
    EXPECT_FALSE(t.view_definition);
    EXPECT_EQ(of("m").view_definition, get(inspect.view_definition("m")));
    EXPECT_EQ(t, get(inspect.reflect("t", "public")));

    const auto all = get(inspect.reflect(coropq::relation_selection("public")));
    EXPECT_EQ(all.size(), 4u);
    EXPECT_EQ(all.at({"public", "t"}), t);
    coropq::relation_selection some("public");
    some.names({"t", "nope"});
    EXPECT_EQ(get(inspect.reflect(some)).size(), 1u);
}

TEST_F(inspect_reflect, looks_things_up) {
    sql({"create schema \"Sa les\"",
         "create table \"Sa les\".\"Order\" (id int, \"Customer\" int, note text, other_note text, "
         "constraint k primary key (note, id), constraint fk foreign key (note, id) references "
         "\"Sa les\".\"Order\")"});
    const reflected::table table = get(inspect.reflect("Order", "Sa les"));
    EXPECT_EQ(table.name(), (reflected::qualified_name{"Sa les", "Order"}));
    EXPECT_EQ(table.quoted_name(), "\"Sa les\".\"Order\"");
    EXPECT_EQ(get(engine.fetch_value<std::int64_t>("select count(*) from " + table.quoted_name())), 0);
    EXPECT_EQ(table.primary_key_columns(), (names{"note", "id"}));
    EXPECT_EQ(table.column("note").type.text, "text");
    EXPECT_EQ(&table.column("id"), table.find_column("id"));
    EXPECT_EQ(table.find_column("ID"), nullptr);
    ASSERT_NE(table.find_index("k"), nullptr);
    EXPECT_EQ(table.find_index("k")->role, reflected::index_role::primary_key);
    EXPECT_EQ(table.find_index("fk"), nullptr);
    ASSERT_NE(table.find_foreign_key("fk"), nullptr);
    EXPECT_EQ(table.find_foreign_key("fk")->referred_columns, (names{"note", "id"}));
    EXPECT_EQ(table.find_foreign_key("k"), nullptr);
    EXPECT_EQ(reflected::table().primary_key_columns(), names());

    const auto problem = [&](const char* name) -> std::string {
        try {
            table.column(name);
        } catch (const coropq::inspection_error& error) {
            EXPECT_EQ(error.code(), coropq::errc::no_such_object);
            return error.what();
        }
        return "no error";
    };
    EXPECT_TRUE(contains(problem("customer"), "there is no column \"customer\" in \"Sa les\".\"Order\""));
    EXPECT_TRUE(contains(problem("customer"), "did you mean Customer?")) << problem("customer");
    EXPECT_TRUE(contains(problem("not"), "did you mean id, note?") || contains(problem("not"), "did you mean note"))
        << problem("not");
    EXPECT_TRUE(contains(problem("otherwise"), "names are compared as they are")) << problem("otherwise");
}

TEST_F(inspect_reflect, what_does_not_exist) {
    EXPECT_TRUE(contains(missing(inspect.reflect("nope")), "there is no table or view \"nope\""));
    sql({"create table t (a int)", "create schema other"});
    missing(inspect.reflect("t", "other"));
    EXPECT_TRUE(get(inspect.reflect(coropq::relation_selection("other"))).empty());
}

TEST_F(inspect_reflect, a_connection_sees_its_own_changes) {
    coropq::connection conn = get(engine.connect());
    coropq::transaction work = get(conn.begin());
    get(work.execute("create table fresh (a int)"));
    get(work.execute("create temp table passing (b int)"));
    EXPECT_EQ(get(conn.inspect().reflect("fresh")).column("a").position, 1);
    EXPECT_EQ(get(conn.inspect().reflect("passing")).quoted_name(), "pg_temp.passing");
    get(work.rollback());
    missing(conn.inspect().reflect("fresh"));
}

} // namespace
