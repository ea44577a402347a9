// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Triggers: when they fire, and what they do.

#include "inspect_support.hpp"

#include <map>
#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using coropq::relation_selection;
using reflected::qualified_name;
using reflected::trigger;
using reflected::trigger_state;
using reflected::trigger_timing;

struct inspect_triggers : inspect_fixture {
    inspect_triggers() {
        sql({"create function f() returns trigger language plpgsql as 'begin return new; end'",
             "create table t (a int, b text, c int)"});
    }

    trigger of(const std::string& name, const std::string& table = "t") {
        for (trigger& each : get(inspect.triggers(table)))
            if (each.name == name)
                return std::move(each);
        ADD_FAILURE() << name;
        return {};
    }
    names names_of(const std::string& table) {
        names found;
        for (const trigger& each : get(inspect.triggers(table)))
            found.push_back(each.name);
        return found;
    }
};

TEST_F(inspect_triggers, when_they_fire) {
    sql({"create trigger b before insert or update of c, a on t for each row execute function f()",
         "create trigger a after delete or truncate on t execute function f('one')",
         "create trigger c after update on t referencing old table as \"was\" new table as is_now "
         "for each statement execute function f()",
         "create trigger d before update on t for each row when (old.* is distinct from new.*) execute function f()",
         "create view v as select a from t",
         "create trigger w instead of insert or delete on v for each row execute function f()",
         "comment on trigger a on t is 'the first'"});
    EXPECT_EQ(names_of("t"), (names{"a", "b", "c", "d"}));
    const trigger a = of("a");
    EXPECT_NE(a.oid, 0u);
    EXPECT_EQ(a.timing, trigger_timing::after);
    EXPECT_FALSE(a.on_insert || a.on_update);
    EXPECT_TRUE(a.on_delete && a.on_truncate);
    EXPECT_FALSE(a.for_each_row);
    EXPECT_EQ(a.condition, maybe());
    EXPECT_EQ(a.function, (qualified_name{"public", "f"}));
    EXPECT_EQ(a.arguments, (names{"one"}));
    EXPECT_EQ(a.state, trigger_state::origin);
    EXPECT_FALSE(a.constraint || a.deferrable || a.initially_deferred);
    EXPECT_EQ(a.comment, "the first");
    const trigger b = of("b");
    EXPECT_EQ(b.timing, trigger_timing::before);
    EXPECT_TRUE(b.on_insert && b.on_update && b.for_each_row);
    EXPECT_FALSE(b.on_delete || b.on_truncate);
    EXPECT_EQ(b.update_columns, (names{"c", "a"}));
    EXPECT_EQ(b.arguments, names());
    EXPECT_EQ(b.comment, maybe());
    EXPECT_EQ(of("c").old_table, "was");
    EXPECT_EQ(of("c").new_table, "is_now");
    EXPECT_EQ(of("c").update_columns, names());
    EXPECT_EQ(b.old_table, maybe());
    EXPECT_EQ(of("d").condition, "(old.* IS DISTINCT FROM new.*)");
    EXPECT_EQ(of("w", "v").timing, trigger_timing::instead_of);
    EXPECT_TRUE(of("w", "v").on_insert && of("w", "v").on_delete);
    std::ostringstream text;
    text << b;
    EXPECT_TRUE(contains(text.str(), "\"timing\": \"before\"")) << text.str();
    missing(inspect.triggers("nope"));
}

TEST_F(inspect_triggers, arguments_are_what_was_written) {
    sql(R"(create trigger x before insert on t execute function f('', 'it''s', E'a\\b', '\000', E'\n', '"', 'ä🐘', '00'))");
    EXPECT_EQ(of("x").arguments, (names{"", "it's", "a\\b", "\\000", "\n", "\"", "ä🐘", "00"}));
}

TEST_F(inspect_triggers, states) {
    for (const char* name : {"ordinary", "off", "on_replica", "ever"})
        sql("create trigger " + std::string(name) + " before insert on t execute function f()");
    sql({"alter table t disable trigger off", "alter table t enable replica trigger on_replica",
         "alter table t enable always trigger ever"});
    EXPECT_EQ(of("ordinary").state, trigger_state::origin);
    EXPECT_EQ(of("off").state, trigger_state::disabled);
    EXPECT_EQ(of("on_replica").state, trigger_state::replica);
    EXPECT_EQ(of("ever").state, trigger_state::always);
}

TEST_F(inspect_triggers, constraint_triggers_and_not_those_of_keys) {
    sql({"create schema other", "create table other.far (id int primary key)",
         "alter table t add foreign key (a) references other.far deferrable, "
         "add unique (b) deferrable initially deferred",
         "create constraint trigger held after insert on t from other.far deferrable initially deferred for each row "
         "execute function f()",
         "create constraint trigger at_once after delete on t for each row execute function f()"});
    EXPECT_EQ(names_of("t"), (names{"at_once", "held"}));
    const trigger held = of("held");
    EXPECT_TRUE(held.constraint && held.deferrable && held.initially_deferred && held.for_each_row);
    EXPECT_EQ(held.timing, trigger_timing::after);
    EXPECT_EQ(held.referred_table, (qualified_name{"other", "far"}));
    EXPECT_TRUE(of("at_once").constraint);
    EXPECT_FALSE(of("at_once").deferrable);
    EXPECT_FALSE(of("at_once").referred_table);
    EXPECT_TRUE(get(inspect.triggers("far", "other")).empty()) << "only the server's own";
}

TEST_F(inspect_triggers, of_partitions) {
    sql({"create schema other", "create table parted (a int, b int) partition by list (a)",
         "create table other.part partition of parted for values in (1) partition by list (b)",
         "create trigger every after insert on parted for each row when (new.a > 0) execute function f()",
         "create constraint trigger checked after insert on parted for each row execute function f()",
         "create trigger once after insert on parted for each statement execute function f()",
         "create table leaf partition of other.part for values in (2)",
         "create trigger its_own after insert on leaf for each row execute function f()"});
    EXPECT_EQ(names_of("parted"), (names{"checked", "every", "once"}));
    EXPECT_EQ(names_of("leaf"), (names{"checked", "every", "its_own"}));
    EXPECT_FALSE(of("every", "parted").parent);
    EXPECT_EQ(of("every", "leaf").parent, (qualified_name{"other", "part"}));
    EXPECT_EQ(of("every", "leaf").condition, "(new.a > 0)");
    EXPECT_EQ(of("checked", "leaf").parent, (qualified_name{"other", "part"}));
    EXPECT_FALSE(of("its_own", "leaf").parent);
    const auto parts = get(inspect.triggers("part", "other"));
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts.at(1).parent, (qualified_name{"public", "parted"}));
}

TEST_F(inspect_triggers, of_everything_that_is_selected) {
    sql({"create schema other", "create table other.t (a int)", "create table none ()", "create temp table t (a int)",
         "create trigger hidden before insert on public.t execute function f()",
         "create trigger far before insert on other.t execute function f()",
         "create trigger passing before insert on t execute function f()",
         "create function other.g() returns trigger language plpgsql as 'begin return null; end'",
         "create trigger g after insert on none execute function other.g()"});
    EXPECT_EQ(names_of("t"), (names{"passing"})) << "the temporary table hides the other one";
    const auto visible = get(inspect.triggers(relation_selection()));
    EXPECT_EQ(visible.size(), 2u);
    EXPECT_EQ(visible.at({"public", "none"}).at(0).function, (qualified_name{"other", "g"}));
    const auto all = get(inspect.triggers(relation_selection(coropq::all_schemas())));
    EXPECT_EQ(all.size(), 4u);
    EXPECT_EQ(all.at({"public", "t"}).at(0).name, "hidden");
    EXPECT_EQ(all.at({"other", "t"}), get(inspect.triggers("t", "other")));
    EXPECT_TRUE(get(inspect.triggers(relation_selection("nope"))).empty());
}

TEST_F(inspect_triggers, definitions) {
    sql({"create trigger w before update of a on t for each row when (old.a is distinct from new.a) "
         "execute function f('x')",
         "create table p (id int primary key)", "alter table t add foreign key (c) references p"});
    EXPECT_EQ(get(inspect.trigger_definition("t", "w")),
              "CREATE TRIGGER w BEFORE UPDATE OF a ON public.t FOR EACH ROW WHEN ((old.a IS DISTINCT FROM new.a)) "
              "EXECUTE FUNCTION f('x')");
    EXPECT_EQ(get(inspect.trigger_definition("t", "w", "public")), get(inspect.trigger_definition("t", "w")));
    EXPECT_TRUE(contains(missing(inspect.trigger_definition("t", "nope")), "no trigger \"nope\" of a table"));
    missing(inspect.trigger_definition("nope", "w"));
    missing(inspect.trigger_definition("t", "w", "pg_catalog"));
    // What it says can be run again.
    const std::string definition = get(inspect.trigger_definition("t", "w"));
    const trigger before = of("w");
    sql("drop trigger w on t");
    sql(definition);
    trigger again = of("w");
    again.oid = before.oid;
    EXPECT_EQ(again, before);
}

std::string literal(const std::string& text) {
    std::string quoted = "E'";
    for (const char c : text)
        quoted += c == '\'' ? "''" : c == '\\' ? "\\\\" : std::string(1, c);
    return quoted + "'";
}

TEST_F(inspect_triggers, hostile_names) {
    for (const std::string& name : hostile_names()) {
        const std::string quoted = in_quotes(name);
        sql("create schema " + quoted);
        sql("create table " + quoted + "." + quoted + " (" + quoted + " int)");
        sql("create function " + quoted + "." + quoted +
            "() returns trigger language plpgsql as 'begin return null; end'");
        const std::string on_table = " on " + quoted + "." + quoted;
        const std::string calls = " execute function " + quoted + "." + quoted + "(" + literal(name) + ")";
        sql("create trigger " + quoted + " after update of " + quoted + on_table + calls);
        sql("create trigger \"!\" after insert" + on_table + " for each row when (new." + quoted + " is not null)" +
            calls);
        sql("create trigger \"~\" after insert" + on_table + " referencing new table as " + quoted + calls);
        std::map<std::string, trigger> all;
        for (trigger& each : get(inspect.triggers(name, name)))
            all[each.name] = std::move(each);
        ASSERT_EQ(all.size(), 3u) << name;
        const trigger& found = all.at(name);
        EXPECT_EQ(found.update_columns, (names{name}));
        EXPECT_EQ(found.function, (qualified_name{name, name}));
        EXPECT_EQ(found.arguments, (names{name}));
        EXPECT_EQ(found.condition, maybe());
        EXPECT_EQ(all.at("~").new_table, name);
        EXPECT_TRUE(contains(all.at("!").condition.value(), "IS NOT NULL)")) << *all.at("!").condition;
        EXPECT_TRUE(get(inspect.trigger_definition(name, name, name)).starts_with("CREATE TRIGGER "));
    }
}

} // namespace
