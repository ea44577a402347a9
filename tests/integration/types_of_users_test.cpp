// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Enums, composite types, domains, ranges of users, extensions, variants.

#include "types_support.hpp"

#include <boost/describe.hpp>

#include <array>
#include <string_view>
#include <tuple>

namespace of_users {

BOOST_DEFINE_ENUM_CLASS(mood, sad, ok, very_happy, odd)

struct address {
    std::optional<std::string> street;
    std::optional<int> number;
    std::optional<std::vector<std::optional<mood>>> moods;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, number, moods))
inline bool operator==(const address& left, const address& right) {
    return left.street == right.street && left.number == right.number && left.moods == right.moods;
}

struct person {
    std::string fullName;
    address home;
    std::vector<std::optional<std::string>> tags;
    std::optional<coropq::range<std::string>> span;
    coropq::timestamptz born;
    std::optional<coropq::hstore> more;
};
BOOST_DESCRIBE_STRUCT(person, (), (fullName, home, tags, span, born, more))
inline bool operator==(const person& left, const person& right) {
    return left.fullName == right.fullName && left.home == right.home && left.tags == right.tags &&
           left.span == right.span && left.born == right.born && left.more == right.more;
}

// The attributes in another order, and not all of them.
struct short_address {
    int number = 0;
    std::string Street;
};
BOOST_DESCRIBE_STRUCT(short_address, (), (number, Street))

} // namespace of_users

template <>
struct coropq::type_name<of_users::mood> {
    static constexpr std::string_view value = "mood";
};
template <>
struct coropq::enum_labels<of_users::mood> {
    static constexpr std::array renames{coropq::enum_label{of_users::mood::very_happy, "very \"happy\""},
                                        coropq::enum_label{of_users::mood::odd, "a,b\\{}'"}};
};

namespace {

using namespace coropq::test;
using of_users::address;
using of_users::mood;
using of_users::person;
using of_users::short_address;

struct types_of_users : types_with_generators {
    types_of_users() : types_with_generators(plain_address(shared_database())) {}

    static const temporary_database& shared_database() {
        static const temporary_database database = [] {
            temporary_database made = cluster().create_database();
            cluster().query("set role " + cluster().app_user() + R"sql(;
                create schema elsewhere;
                create extension hstore;
                create extension citext schema elsewhere;
                create type mood as enum ('sad', 'ok', 'very "happy"', 'a,b\{}''');
                create domain small as int check (value > -1000000);
                create domain smaller as small check (value < 1000000);
                create domain words as text[];
                create type text_range as range (subtype = text, multirange_type_name = text_multirange);
                create type float_range as range (subtype = float8);
                create type address as (street text, number smaller, moods mood[]);
                create type person as (full_name varchar, home address, tags text[], span text_range, born timestamptz,
                                       more hstore);
                create type elsewhere."Odd Name" as enum ('x', 'Y z');
                grant all on schema elsewhere, public to public)sql",
                            made.name());
            return made;
        }();
        return database;
    }

    std::optional<std::string> text_or_null() { return below(5) == 0 ? std::nullopt : std::optional(any_text()); }
    address any_address() {
        address made{text_or_null(), below(4) == 0 ? std::nullopt : std::optional(static_cast<int>(below(1000))), {}};
        if (below(2) == 0)
            made.moods = {mood::sad, mood::odd, std::nullopt, mood::very_happy};
        return made;
    }
    person any_person() {
        person made{any_text(), any_address(), {any_text(), text_or_null()}, {}, {}, {}};
        if (below(2) == 0)
            made.span = coropq::range<std::string>::at_least(any_text());
        if (below(2) == 0)
            made.more = coropq::hstore{{any_text(), text_or_null()}, {any_text(), text_or_null()}};
        made.born = coropq::timestamptz::from_microseconds_since_2000(static_cast<std::int64_t>(bits() >> 8U));
        return made;
    }
};

TEST_F(types_of_users, enums) {
    expect_value("mood", mood::sad, "sad");
    expect_value("mood", mood::very_happy, "very \"happy\"");
    expect_value("mood", mood::odd, "a,b\\{}'");
    expect_value("mood[]", std::vector<std::optional<mood>>{mood::odd, std::nullopt, mood::ok},
                 "{\"a,b\\\\{}'\",NULL,ok}");
    expect_null<mood>("mood");
    expect_generated<mood>("mood", "select (enum_range(null::mood))[1 + n % 4] from generate_series(1, 3000) n");
    expect_generated<std::string>("mood", "select (enum_range(null::mood))[1 + n % 4] from generate_series(1, 3000) n");
    for (const way how : all_ways) {
        const auto row =
            execute(how, coropq::statement("select 'ok'::text, 'ok'::mood, 'Y z'::elsewhere.\"Odd Name\""));
        EXPECT_EQ(row[0][0].as<mood>(), mood::ok);
        EXPECT_EQ(row[0][1].as<std::string_view>(), "ok");
        EXPECT_EQ(row[0][2].as<std::string_view>(), "Y z");
    }
    expect_refused<mood>("'Y z'::elsewhere.\"Odd Name\"");
    expect_refused<mood>("'other'::text");
    expect_refused<mood>("1", "this type can't be read as");
    EXPECT_THROW(coropq::statement("select $1", static_cast<mood>(77)), coropq::option_error);
}

TEST_F(types_of_users, composites) {
    expect_value("address", address{}, "(,,)");
    expect_value("address", address{"", 1, std::vector<std::optional<mood>>{}}, "(\"\",1,{})");
    expect_value("address",
                 address{"a \"b\" \\ (c), 'd'", -5, std::vector<std::optional<mood>>{mood::odd, std::nullopt}},
                 "(\"a \"\"b\"\" \\\\ (c), 'd'\",-5,\"{\"\"a,b\\\\\\\\{}'\"\",NULL}\")");
    expect_null<address>("address");
    expect_null<person>("person");
    expect_sent("address", many([&] { return any_address(); }));
    expect_sent("person", many([&] { return any_person(); }));
    expect_generated<address>("address",
                              "select row(case when n % 5 = 0 then null else pg_temp.any_text() end, n, case when "
                              "n % 2 = 0 then null else enum_range(null::mood) || null::mood end)::address from "
                              "generate_series(1, 3000) n");
    expect_generated<person>(
        "person",
        "select row(pg_temp.any_text(), row(pg_temp.any_text(), n, null)::address, array[pg_temp.any_text(), null], "
        "text_range(pg_temp.any_text(), null), 'epoch'::timestamptz + n * interval '1.25 hours', "
        "hstore(pg_temp.any_text(), nullif(pg_temp.any_text(), '')))::person from generate_series(1, 3000) n");
}

TEST_F(types_of_users, composites_by_name_and_by_position) {
    for (const way how : all_ways) {
        SCOPED_TRACE(name_of(how));
        const auto row =
            execute(how, coropq::statement("select row('a', 7, null)::address as a, row('b', 8) as r, "
                                           "array[row('c', 9, null)::address, null] as l, null::address n, "
                                           "row('a', null, null)::address as h"));
        const auto found = row[0][0].as<short_address>();
        EXPECT_EQ(found.Street, "a");
        EXPECT_EQ(found.number, 7);
        using triple = std::tuple<std::string, int, std::optional<std::vector<mood>>>;
        EXPECT_EQ(row[0][0].as<triple>(), triple("a", 7, std::nullopt));
        using pair = std::pair<std::string, int>;
        EXPECT_EQ(row[0][1].as<pair>(), pair("b", 8));
        EXPECT_EQ(row[0][2].as<std::vector<std::optional<triple>>>().at(0), triple("c", 9, std::nullopt));
        EXPECT_FALSE(row[0][3].as<std::optional<address>>().has_value());
        expect_error(coropq::errc::null_value, "\"h\"", [&] { static_cast<void>(row[0][4].as<short_address>()); });
        expect_error(coropq::errc::wrong_type, "\"a\"", [&] { static_cast<void>(row[0][0].as<pair>()); });
        expect_error(coropq::errc::wrong_type, "\"a\"", [&] { static_cast<void>(row[0][0].as<person>()); });
    }
    // A table's rows, without what was dropped.
    execute("create temp table shops (gone int, street text, number int, moods mood[])");
    execute("insert into shops values (1, 'x', 2, null)");
    execute("alter table shops drop column gone");
    for (const way how : all_ways)
        EXPECT_EQ(execute(how, coropq::statement("select s from shops s"))[0][0].as<address>(), (address{"x", 2, {}}));
}

TEST_F(types_of_users, domains) {
    for (const way how : all_ways) {
        SCOPED_TRACE(name_of(how));
        const auto row =
            execute(how, coropq::statement("select 5::smaller, array[5, null]::smaller[], array['a', null]::words, "
                                           "'{\"{a}\",\"{}\"}'::words[], $1::smaller, $2::smaller[]",
                                           6, std::vector<int>{7, 8}));
        EXPECT_EQ(row[0][0].as<int>(), 5);
        EXPECT_EQ(row[0][1].as<std::vector<std::optional<int>>>(), (std::vector<std::optional<int>>{5, std::nullopt}));
        EXPECT_EQ(row[0][2].as<std::vector<std::optional<std::string>>>(),
                  (std::vector<std::optional<std::string>>{"a", std::nullopt}));
        EXPECT_EQ(row[0][3].text(), "{\"{a}\",\"{}\"}");
        EXPECT_EQ(row[0][4].as<int>(), 6);
        EXPECT_EQ(row[0][5].as<std::vector<int>>(), (std::vector<int>{7, 8}));
    }
    expect_refused<std::string_view>("5::smaller", "this type can't be read as");
    EXPECT_THROW(execute("select $1::smaller", 5000000), coropq::server_error);
}

TEST_F(types_of_users, ranges) {
    using texts = coropq::range<std::string>;
    expect_value("text_range", texts("a", "b c"), "[a,\"b c\")");
    expect_value("text_range", texts::at_least(""), "[\"\",)");
    expect_value("text_range", texts::closed("\"", "\\"), "[\"\"\"\",\"\\\\\"]");
    expect_value("float_range", coropq::range<double>(-0.5, 1e300), "[-0.5,1e+300)");
    expect_value("text_multirange", coropq::multirange<std::string>{{{"a", "b"}, texts::at_least("{,}")}},
                 "{[a,b),[\"{,}\",)}");
    expect_null<texts>("text_range");
    expect_generated<texts>("text_range", "select text_range(least(a, b), greatest(a, b), '[]') from (select "
                                          "pg_temp.any_text() a, pg_temp.any_text() b from generate_series(1, 3000) "
                                          "offset 0) s");
    expect_generated<coropq::range<double>>("float_range", "select float_range(n / 3.0, null) from "
                                                           "generate_series(1, 3000) n");
}

TEST_F(types_of_users, hstore_and_citext) {
    using coropq::hstore;
    expect_value("hstore", hstore{}, "");
    expect_value("hstore", hstore{{"", std::nullopt}, {"NULL", "NULL"}, {"a\"b", "c\\d => ,"}},
                 "\"\"=>NULL, \"a\\\"b\"=>\"c\\\\d => ,\", \"NULL\"=>\"NULL\"");
    expect_null<hstore>("hstore");
    expect_sent("hstore", many([&] { return hstore{{any_text(), text_or_null()}, {any_text(), text_or_null()}}; }));
    expect_generated<hstore>("hstore", "select hstore(pg_temp.any_text(), nullif(pg_temp.any_text(), '')) || "
                                       "hstore(pg_temp.any_text(), pg_temp.any_text()) from generate_series(1, 3000)");
    expect_refused<hstore>("'a=>1'::text", "this type can't be read as");
    // Off the search path.
    expect_value("elsewhere.citext", std::string("It's"), "It's");
    expect_generated<std::string>("elsewhere.citext", "select pg_temp.any_text()::elsewhere.citext from "
                                                      "generate_series(1, 3000)");
    for (const way how : all_ways)
        EXPECT_EQ(execute(how, coropq::statement("select 'x'::elsewhere.citext"))[0][0].as<std::string_view>(), "x");
    cluster().query("alter extension hstore set schema elsewhere", shared_database().name());
    for (const way how : all_ways) {
        const auto row =
            execute(how, coropq::statement("select 'a=>1'::elsewhere.hstore, ($1::elsewhere.hstore)::text", "b=>2"));
        EXPECT_EQ(row[0][0].as<hstore>(), (hstore{{"a", "1"}}));
        EXPECT_EQ(row[0][1].text(), "\"b\"=>\"2\"");
    }
    cluster().query("alter extension hstore set schema public", shared_database().name());
}

TEST_F(types_of_users, variants) {
    using some =
        std::variant<std::monostate, bool, std::int64_t, coropq::timestamptz, std::vector<int>, mood, std::string>;
    for (const way how : all_ways) {
        SCOPED_TRACE(name_of(how));
        const auto row =
            execute(how, coropq::statement("select true, 5, now(), array[1, 2], 'sad'::mood, null::int, 1.5, "
                                           "$1::mood, $2::bigint, $3::int",
                                           some(mood::odd), some(std::int64_t(7)), some()));
        EXPECT_EQ(row[0][0].as<some>(), some(true));
        EXPECT_EQ(row[0][1].as<some>(), some(std::int64_t(5)));
        EXPECT_EQ(row[0][2].as<some>().index(), 3U);
        EXPECT_EQ(row[0][3].as<some>(), some(std::vector<int>{1, 2}));
        EXPECT_EQ(row[0][4].as<some>(), some(mood::sad));
        EXPECT_EQ(row[0][5].as<some>(), some());
        EXPECT_EQ(row[0][6].as<some>(), some(std::string("1.5")));
        EXPECT_EQ(row[0][7].as<some>(), some(mood::odd));
        EXPECT_EQ(row[0][8].as<some>(), some(std::int64_t(7)));
        EXPECT_EQ(row[0][9].as<some>(), some());
    }
}

} // namespace
