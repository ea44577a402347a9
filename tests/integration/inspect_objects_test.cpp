// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Schemas and extensions, composite types and ranges.

#include "inspect_support.hpp"

#include <algorithm>
#include <sstream>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
using reflected::qualified_name;

using inspect_objects = inspect_fixture;

TEST_F(inspect_objects, schemas) {
    superuser_sql("create role settler");
    sql({"create schema sales", "create schema pgmq", "create schema \"Up per\"", "comment on schema sales is 'money'",
         "grant usage on schema sales to settler with grant option", "grant create on schema sales to public",
         "create temp table passing (a int)"});
    const std::string app = cluster().app_user();
    names found;
    for (const reflected::schema& each : get(inspect.schemas()))
        found.push_back(each.name);
    EXPECT_EQ(found, (names{"Up per", "information_schema", "pgmq", "public", "sales"}));
    EXPECT_EQ(found, get(inspect.schema_names()));
    const reflected::schema sales = get(inspect.schema("sales"));
    EXPECT_NE(sales.oid, 0u);
    EXPECT_EQ(sales.owner, app);
    EXPECT_EQ(sales.comment, "money");
    EXPECT_EQ(sales.privileges, (std::vector<reflected::privilege>{{{}, "CREATE", false, app, {}},
                                                                   {app, "CREATE", false, app, {}},
                                                                   {app, "USAGE", false, app, {}},
                                                                   {"settler", "USAGE", true, app, {}}}));
    EXPECT_EQ(get(inspect.schema("pgmq")).comment, maybe());
    EXPECT_EQ(get(inspect.schema("pgmq")).privileges.size(), 2u) << "those by default";
    EXPECT_EQ(get(inspect.schema("pg_catalog")).name, "pg_catalog") << "any, if it is named";
    EXPECT_TRUE(contains(missing(inspect.schema("Sales")), "no schema \"Sales\""));
    for (const std::string& name : hostile_names()) {
        if (name != "Up per")
            sql("create schema " + in_quotes(name));
        EXPECT_EQ(get(inspect.schema(name)).name, name);
    }
    missing(inspect.schema(std::string(64, 'x')));
    std::ostringstream text;
    text << get(inspect.schema("pgmq"));
    EXPECT_TRUE(contains(text.str(), "\"name\": \"pgmq\", \"owner\": \"" + app + "\"")) << text.str();
}

TEST_F(inspect_objects, extensions) {
    sql("create schema other");
    superuser_sql("create extension hstore with schema other; comment on extension hstore is 'pairs'");
    names found;
    for (const reflected::extension& each : get(inspect.extensions()))
        found.push_back(each.name);
    EXPECT_EQ(found, (names{"hstore", "plpgsql"}));
    const reflected::extension hstore = get(inspect.extension("hstore"));
    EXPECT_NE(hstore.oid, 0u);
    EXPECT_EQ(hstore.version, cluster().query_value("select default_version from pg_available_extensions "
                                                    "where name = 'hstore'"));
    EXPECT_EQ(hstore.schema, "other");
    EXPECT_TRUE(hstore.relocatable);
    EXPECT_EQ(hstore.owner, cluster().query_value("select current_user"));
    EXPECT_EQ(hstore.comment, "pairs");
    EXPECT_FALSE(get(inspect.extension("plpgsql")).relocatable);
    EXPECT_TRUE(get(inspect.has_extension("hstore")));
    EXPECT_FALSE(get(inspect.has_extension("HStore")));
    EXPECT_TRUE(contains(missing(inspect.extension("postgis")), "no extension \"postgis\""));
    superuser_sql("drop extension hstore");
    EXPECT_FALSE(get(inspect.has_extension("hstore")));
}

TEST_F(inspect_objects, composite_types) {
    sql({"create schema other", "create domain word as varchar(30) not null", "create domain deep as word",
         "create type other.mood as enum ('sad')", "create type empty as ()",
         "create type pair as (a numeric(12, 3)[], gone int, \"B c\" text collate \"C\", m other.mood, d deep, ds "
         "word[])",
         "alter type pair drop attribute gone", "create type other.outer_one as (p pair, p2 pair[], x text)",
         "comment on type pair is 'two'", "comment on column pair.\"B c\" is 'second'", "create table t (a int)"});
    const auto all = get(inspect.composite_types());
    ASSERT_EQ(all.size(), 2u) << "a table's rows aren't there";
    EXPECT_EQ(all.at(0).name, "empty");
    EXPECT_TRUE(all.at(0).attributes.empty());
    const reflected::composite_type pair = get(inspect.composite_type("pair"));
    EXPECT_EQ(pair, all.at(1));
    EXPECT_NE(pair.oid, 0u);
    EXPECT_EQ(pair.schema, "public");
    EXPECT_EQ(pair.owner, cluster().app_user());
    EXPECT_TRUE(pair.visible);
    EXPECT_EQ(pair.comment, "two");
    ASSERT_EQ(pair.attributes.size(), 5u);
    EXPECT_EQ(pair.attributes.at(0).name, "a");
    EXPECT_EQ(pair.attributes.at(0).position, 1);
    EXPECT_EQ(pair.attributes.at(0).type.text, "numeric(12,3)[]");
    EXPECT_EQ(pair.attributes.at(0).type.scale, 3);
    EXPECT_EQ(pair.attributes.at(0).type.dimensions, 1);
    EXPECT_EQ(pair.attributes.at(1).name, "B c");
    EXPECT_EQ(pair.attributes.at(1).position, 3);
    EXPECT_EQ(pair.attributes.at(1).collation, (qualified_name{"pg_catalog", "C"}));
    EXPECT_EQ(pair.attributes.at(1).comment, "second");
    EXPECT_EQ(pair.attributes.at(2).type.kind, reflected::type_kind::enumeration);
    EXPECT_EQ(pair.attributes.at(2).type.schema, "other");
    ASSERT_EQ(pair.attributes.at(3).type.bases.size(), 2u);
    EXPECT_EQ(pair.attributes.at(3).type.bases.at(0).name, "word");
    EXPECT_EQ(pair.attributes.at(3).type.bases.at(1).length, 30);
    EXPECT_EQ(pair.attributes.at(4).type.dimensions, 1);
    ASSERT_EQ(pair.attributes.at(4).type.bases.size(), 1u);
    EXPECT_EQ(pair.attributes.at(4).type.bases.at(0).text, "character varying(30)");
    const reflected::composite_type outer = get(inspect.composite_type("outer_one", "other"));
    EXPECT_FALSE(outer.visible);
    EXPECT_EQ(outer.attributes.at(0).type.kind, reflected::type_kind::composite);
    EXPECT_EQ(outer.attributes.at(0).type.oid, pair.oid);
    EXPECT_EQ(outer.attributes.at(1).type.dimensions, 1);
    EXPECT_EQ(get(inspect.composite_types(coropq::all_schemas())).size(), 3u);
    EXPECT_TRUE(get(inspect.composite_types("nope")).empty());
    EXPECT_TRUE(contains(missing(inspect.composite_type("t")), "no composite type \"t\""));
    std::ostringstream text;
    text << outer;
    EXPECT_TRUE(contains(text.str(), "\"attributes\": [{\"name\": \"p\"")) << text.str();
}

TEST_F(inspect_objects, range_types) {
    sql({"create schema other", "create domain small as numeric(5, 2)",
         "create function other.distance(text, text) returns double precision immutable language sql as 'select 1.0'",
         "create type words as range (subtype = text, collation = \"C\", subtype_opclass = text_pattern_ops, "
         "subtype_diff = other.distance, multirange_type_name = other.many_words)",
         "create type other.smalls as range (subtype = small)", "comment on type words is 'from a to z'"});
    const reflected::range_type words = get(inspect.range_type("words"));
    EXPECT_NE(words.oid, 0u);
    EXPECT_EQ(words.schema, "public");
    EXPECT_TRUE(words.visible);
    EXPECT_EQ(words.owner, cluster().app_user());
    EXPECT_EQ(words.subtype.text, "text");
    EXPECT_EQ(words.operator_class, (qualified_name{"pg_catalog", "text_pattern_ops"}));
    EXPECT_FALSE(words.default_operator_class);
    EXPECT_EQ(words.collation, (qualified_name{"pg_catalog", "C"}));
    EXPECT_FALSE(words.canonical);
    EXPECT_EQ(words.difference, (qualified_name{"other", "distance"}));
    EXPECT_EQ(words.multirange_type, (qualified_name{"other", "many_words"}));
    EXPECT_EQ(words.comment, "from a to z");
    const reflected::range_type smalls = get(inspect.range_type("smalls", "other"));
    EXPECT_FALSE(smalls.visible);
    EXPECT_FALSE(smalls.collation);
    EXPECT_TRUE(smalls.default_operator_class);
    ASSERT_EQ(smalls.subtype.bases.size(), 1u);
    EXPECT_EQ(smalls.subtype.bases.at(0).precision, 5);
    EXPECT_EQ(get(inspect.range_types()), (std::vector<reflected::range_type>{words}));
    EXPECT_EQ(get(inspect.range_types(coropq::all_schemas())), (std::vector<reflected::range_type>{smalls, words}));
    const reflected::range_type dates = get(inspect.range_type("daterange", "pg_catalog"));
    EXPECT_EQ(dates.canonical, (qualified_name{"pg_catalog", "daterange_canonical"}));
    EXPECT_EQ(dates.difference, (qualified_name{"pg_catalog", "daterange_subdiff"}));
    EXPECT_EQ(dates.multirange_type, (qualified_name{"pg_catalog", "datemultirange"}));
    EXPECT_TRUE(contains(missing(inspect.range_type("many_words", "other")), "no range type \"many_words\""));
    std::ostringstream text;
    text << smalls;
    EXPECT_TRUE(contains(text.str(), "\"name\": \"smalls\"")) << text.str();
}

TEST_F(inspect_objects, types_with_hostile_names) {
    for (const std::string& name : hostile_names()) {
        const std::string quoted = in_quotes(name);
        sql("create schema " + quoted);
        sql("create type " + quoted + "." + quoted + " as (" + quoted + " int)");
        sql("create type " + quoted + ".\"~\" as range (subtype = int8)");
        const reflected::composite_type found = get(inspect.composite_type(name, name));
        EXPECT_EQ(found.schema, name);
        ASSERT_EQ(found.attributes.size(), 1u) << name;
        EXPECT_EQ(found.attributes.at(0).name, name);
        EXPECT_EQ(get(inspect.range_types(name)).size(), 1u) << name;
    }
}

} // namespace
