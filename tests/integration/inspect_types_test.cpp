// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The types of columns: nothing of their declaration is lost.

#include "inspect_support.hpp"

#include <tuple>

namespace {

using namespace coropq::test;
using coropq::reflected::column;
using coropq::reflected::data_type;
using coropq::reflected::type_kind;

struct inspect_types : inspect_fixture {
    std::vector<column> of(const std::string& table) { return get(inspect.columns(table)); }

    /// The type of a column that is declared like this.
    data_type type(const std::string& declaration) {
        sql("drop table if exists typed");
        sql("create table typed (a " + declaration + ")");
        return of("typed").at(0).type;
    }
};

TEST_F(inspect_types, lengths_precisions_and_scales) {
    EXPECT_EQ(type("varchar(30)").length, 30);
    EXPECT_EQ(type("varchar(30)").text, "character varying(30)");
    EXPECT_EQ(type("varchar(30)").name, "varchar");
    EXPECT_EQ(type("varchar(30)").schema, "pg_catalog");
    EXPECT_EQ(type("varchar").length, std::nullopt);
    EXPECT_EQ(type("varchar").modifier, -1);
    EXPECT_EQ(type("char").length, 1);
    EXPECT_EQ(type("char(7)").length, 7);
    EXPECT_EQ(type("bpchar").length, std::nullopt);
    EXPECT_EQ(type("\"char\"").length, std::nullopt);
    EXPECT_EQ(type("text").length, std::nullopt);
    EXPECT_EQ(type("bit").length, 1);
    EXPECT_EQ(type("bit(12)").length, 12);
    EXPECT_EQ(type("bit varying(9)").length, 9);
    EXPECT_EQ(type("varbit").length, std::nullopt);
    const data_type number = type("numeric(12, 3)");
    EXPECT_EQ(number.precision, 12);
    EXPECT_EQ(number.scale, 3);
    EXPECT_EQ(number.text, "numeric(12,3)");
    EXPECT_EQ(type("numeric").precision, std::nullopt);
    EXPECT_EQ(type("numeric").scale, std::nullopt);
    EXPECT_EQ(type("numeric(5)").scale, 0);
    EXPECT_EQ(type("numeric(2, -3)").scale, -3);
    EXPECT_EQ(type("numeric(2, -3)").precision, 2);
    EXPECT_EQ(type("numeric(1000, 1000)").precision, 1000);
    EXPECT_EQ(type("numeric(1000, 1000)").scale, 1000);
    EXPECT_EQ(type("numeric(1000, -1000)").scale, -1000);
    for (const char* base : {"time", "time with time zone", "timestamp", "timestamp with time zone", "interval"}) {
        EXPECT_EQ(type(base).precision, std::nullopt) << base;
    }
    EXPECT_EQ(type("time(0)").precision, 0);
    EXPECT_EQ(type("time(3) with time zone").precision, 3);
    EXPECT_EQ(type("timestamp(6)").precision, 6);
    EXPECT_EQ(type("timestamp(2) with time zone").precision, 2);
    EXPECT_EQ(type("timestamp(2) with time zone").text, "timestamp(2) with time zone");
    EXPECT_EQ(type("int").precision, std::nullopt);
    EXPECT_EQ(type("int").name, "int4");
    EXPECT_EQ(type("int").oid, 23u);
}

TEST_F(inspect_types, intervals_with_fields) {
    for (const char* fields :
         {"year", "month", "day", "hour", "minute", "second", "year to month", "day to hour", "day to minute",
          "day to second", "hour to minute", "hour to second", "minute to second"}) {
        const data_type found = type("interval " + std::string(fields));
        EXPECT_EQ(found.interval_fields, fields);
        EXPECT_EQ(found.precision, std::nullopt) << fields;
        EXPECT_EQ(found.text, "interval " + std::string(fields));
    }
    EXPECT_EQ(type("interval").interval_fields, "");
    EXPECT_EQ(type("interval(3)").precision, 3);
    EXPECT_EQ(type("interval(3)").interval_fields, "");
    EXPECT_EQ(type("interval second(2)").precision, 2);
    EXPECT_EQ(type("interval day to second(0)").interval_fields, "day to second");
    EXPECT_EQ(type("interval day to second(0)").precision, 0);
}

TEST_F(inspect_types, arrays_keep_dimensions_and_the_modifiers_of_their_elements) {
    const data_type cubes = type("numeric(5, 2)[][][]");
    EXPECT_EQ(cubes.dimensions, 3);
    EXPECT_EQ(cubes.name, "numeric");
    EXPECT_EQ(cubes.oid, 1700u);
    EXPECT_EQ(cubes.array_oid, 1231u);
    EXPECT_EQ(cubes.precision, 5);
    EXPECT_EQ(cubes.scale, 2);
    EXPECT_EQ(cubes.text, "numeric(5,2)[]");
    EXPECT_EQ(type("varchar(3)[4]").length, 3);
    EXPECT_EQ(type("varchar(3)[4]").dimensions, 1);
    EXPECT_EQ(type("int").dimensions, 0);
    EXPECT_EQ(type("int").array_oid, 0u);
    // They only have a type of elements.
    for (const char* none : {"oidvector", "int2vector", "point", "box", "name", "line"})
        EXPECT_EQ(type(none).dimensions, 0) << none;
    EXPECT_EQ(type("oidvector[]").dimensions, 1);
    // PostgreSQL forgets it in views.
    sql({"create table a (a int[][])", "create view v as select a from a"});
    EXPECT_EQ(of("a").at(0).type.dimensions, 2);
    EXPECT_GE(of("v").at(0).type.dimensions, 1);
}

TEST_F(inspect_types, types_that_others_lose) {
    sql({"create type pair as (a int, b text)",
         "create type span as range (subtype = float8, multirange_type_name = spans)",
         "create type mood as enum ('sad', 'ok')"});
    for (const auto& [declaration, name, kind] : {std::tuple("xml", "xml", type_kind::base),
                                                  std::tuple("box", "box", type_kind::base),
                                                  std::tuple("circle", "circle", type_kind::base),
                                                  std::tuple("point", "point", type_kind::base),
                                                  std::tuple("lseg", "lseg", type_kind::base),
                                                  std::tuple("path", "path", type_kind::base),
                                                  std::tuple("polygon", "polygon", type_kind::base),
                                                  std::tuple("line", "line", type_kind::base),
                                                  std::tuple("tsquery", "tsquery", type_kind::base),
                                                  std::tuple("tsvector", "tsvector", type_kind::base),
                                                  std::tuple("macaddr8", "macaddr8", type_kind::base),
                                                  std::tuple("pg_lsn", "pg_lsn", type_kind::base),
                                                  std::tuple("regclass", "regclass", type_kind::base),
                                                  std::tuple("money", "money", type_kind::base),
                                                  std::tuple("int4range", "int4range", type_kind::range),
                                                  std::tuple("int4multirange", "int4multirange", type_kind::multirange),
                                                  std::tuple("pair", "pair", type_kind::composite),
                                                  std::tuple("span", "span", type_kind::range),
                                                  std::tuple("spans", "spans", type_kind::multirange),
                                                  std::tuple("mood", "mood", type_kind::enumeration)}) {
        const data_type plain = type(declaration);
        EXPECT_EQ(plain.name, name);
        EXPECT_EQ(plain.kind, kind) << name;
        EXPECT_EQ(plain.text, declaration);
        EXPECT_EQ(plain.dimensions, 0) << name;
        const data_type array = type(std::string(declaration) + "[][]");
        EXPECT_EQ(array.name, name);
        EXPECT_EQ(array.kind, kind) << name;
        EXPECT_EQ(array.oid, plain.oid) << name;
        EXPECT_EQ(array.dimensions, 2) << name;
    }
    EXPECT_EQ(type("mood").schema, "public");
}

TEST_F(inspect_types, types_of_other_schemas_and_odd_names) {
    sql({"create schema \"Odd one\"", "create type \"Odd one\".\"Mo.od\" as enum ('a')",
         "create type \"???\" as enum ('a')", "create type \"int4\" as enum ('a')"});
    const data_type far = type("\"Odd one\".\"Mo.od\"[]");
    EXPECT_EQ(far.schema, "Odd one");
    EXPECT_EQ(far.name, "Mo.od");
    EXPECT_EQ(far.text, "\"Odd one\".\"Mo.od\"[]");
    EXPECT_EQ(type("\"???\"").name, "???");
    const data_type disguised = type("public.int4");
    EXPECT_EQ(disguised.schema, "public");
    EXPECT_EQ(disguised.name, "int4");
    EXPECT_EQ(disguised.kind, type_kind::enumeration);
}

TEST_F(inspect_types, domains_and_what_they_are_made_of) {
    sql({"create domain word as varchar(30) collate \"C\" default 'none'", "create domain name_of as word not null",
         "create domain words as name_of[][]", "create domain pages as words", "create domain plain as numeric(8, 2)",
         "create table t (a word, b name_of, c words, d pages[], e plain[], f name_of[], g plain not null, "
         "h plain default 7)"});
    const std::vector<column> all = of("t");
    EXPECT_EQ(all.at(0).type.kind, type_kind::domain);
    EXPECT_EQ(all.at(0).type.text, "word");
    EXPECT_EQ(all.at(0).type.length, std::nullopt);
    ASSERT_EQ(all.at(0).type.bases.size(), 1u);
    EXPECT_EQ(all.at(0).type.bases[0].text, "character varying(30)");
    EXPECT_EQ(all.at(0).type.bases[0].length, 30);
    EXPECT_TRUE(all.at(0).nullable);
    EXPECT_EQ(all.at(0).default_value, maybe()) << "that of the domain isn't its own";
    EXPECT_FALSE(all.at(0).collation) << "that of the type";

    ASSERT_EQ(all.at(1).type.bases.size(), 2u);
    EXPECT_EQ(all.at(1).type.bases[0].name, "word");
    EXPECT_EQ(all.at(1).type.bases[0].kind, type_kind::domain);
    EXPECT_EQ(all.at(1).type.bases[1].name, "varchar");
    EXPECT_FALSE(all.at(1).nullable) << "the domain is not null";

    ASSERT_EQ(all.at(2).type.bases.size(), 3u);
    EXPECT_EQ(all.at(2).type.bases[0].name, "name_of");
    EXPECT_EQ(all.at(2).type.bases[0].dimensions, 2);
    EXPECT_EQ(all.at(2).type.bases[1].name, "word");
    EXPECT_EQ(all.at(2).type.bases[2].length, 30);
    EXPECT_TRUE(all.at(2).nullable) << "only its elements are not null";

    EXPECT_EQ(all.at(3).type.dimensions, 1);
    ASSERT_EQ(all.at(3).type.bases.size(), 4u);
    EXPECT_EQ(all.at(3).type.bases[0].name, "words");
    EXPECT_EQ(all.at(3).type.bases[1].dimensions, 2);
    EXPECT_TRUE(all.at(3).nullable);

    EXPECT_EQ(all.at(4).type.dimensions, 1);
    EXPECT_EQ(all.at(4).type.name, "plain");
    ASSERT_EQ(all.at(4).type.bases.size(), 1u);
    EXPECT_EQ(all.at(4).type.bases[0].precision, 8);
    EXPECT_TRUE(all.at(5).nullable) << "an array of what isn't null";
    EXPECT_FALSE(all.at(6).nullable);
    EXPECT_EQ(all.at(7).default_value, "7");
}

} // namespace
