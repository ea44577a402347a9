// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A statement with its values as literals, in the simple protocol, against the same statement with parameters, in the
// extended protocol: both over libpq alone.

#include <coropq/statement.hpp>
#include <coropq/types/type_catalog.hpp>

#include "statement/literals.hpp"
#include "support/postgres_cluster.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using coropq::statement;
using coropq::type_catalog;

// A value as the server gave it: any type, in binary form.
struct server_value {
    std::string bytes;
    std::uint32_t type = 0;
};

// The same in text form, for types whose binary form the library doesn't know.
struct typed_text {
    std::string text;
    std::uint32_t type = 0;
};

} // namespace

template <>
struct coropq::codec<server_value> {
    static constexpr type_reference type() { return {}; }
    static type_reference type_of(const server_value& value) { return value.type; }
    static void encode(const server_value& value, value_writer& writer) { writer.write_text(value.bytes); }
};
template <>
struct coropq::codec<typed_text> {
    static constexpr type_reference type() { return {}; }
    static type_reference type_of(const typed_text& value) { return value.type; }
    static constexpr wire_format format = wire_format::text;
    static void encode(const typed_text& value, value_writer& writer) { writer.write_text(value.text); }
};

namespace {

using rows = std::vector<std::vector<std::optional<std::string>>>;

class literals_in_server : public testing::Test {
protected:
    literals_in_server() : database_(coropq::test::postgres_cluster::shared().create_database()) {
        connection_.reset(PQconnectdb(database_.url().c_str()));
        EXPECT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
        PQsetNoticeProcessor(
            connection_.get(), [](void*, const char*) {}, nullptr);
        // The text forms that the library writes.
        run("set timezone = 'UTC'");
        run("create type mood as enum ('sad', 'it''s \\ok')");
        run("create type pair as (a int, b text)");
    }

    struct result_deleter {
        void operator()(PGresult* it) const { PQclear(it); }
    };
    using result_handle = std::unique_ptr<PGresult, result_deleter>;

    void run(const std::string& sql) {
        const result_handle result(PQexec(connection_.get(), sql.c_str()));
        ASSERT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQresultErrorMessage(result.get());
    }

    // What the server makes of a text as a value of a type.
    server_value value_of(const std::string& text, const std::string& type) {
        const char* const values[] = {text.c_str()};
        const result_handle result(
            PQexecParams(connection_.get(), ("select $1::" + type).c_str(), 1, nullptr, values, nullptr, nullptr, 1));
        EXPECT_EQ(PQresultStatus(result.get()), PGRES_TUPLES_OK)
            << type << ' ' << text << ' ' << PQresultErrorMessage(result.get());
        if (PQntuples(result.get()) != 1)
            return {};
        return {std::string(PQgetvalue(result.get(), 0, 0), static_cast<std::size_t>(PQgetlength(result.get(), 0, 0))),
                PQftype(result.get(), 0)};
    }

    static rows read(const result_handle& result, const std::string& sql) {
        EXPECT_EQ(PQresultStatus(result.get()), PGRES_TUPLES_OK) << sql << '\n' << PQresultErrorMessage(result.get());
        rows all(static_cast<std::size_t>(PQntuples(result.get())));
        for (int row = 0; row != PQntuples(result.get()); ++row)
            for (int column = 0; column != PQnfields(result.get()); ++column)
                all[static_cast<std::size_t>(row)].push_back(
                    PQgetisnull(result.get(), row, column) != 0 ? std::nullopt
                                                                : std::optional(PQgetvalue(result.get(), row, column)));
        return all;
    }

    rows extended(const statement& work) {
        std::vector<Oid> types;
        std::vector<const char*> values;
        std::vector<int> sizes;
        std::vector<int> formats;
        for (std::size_t i = 0; i != work.parameter_count(); ++i) {
            types.push_back(work.parameter_type(i).oid());
            values.push_back(work.parameter_data(i));
            sizes.push_back(static_cast<int>(work.parameter_size(i)));
            formats.push_back(work.parameter_format(i) == coropq::wire_format::text ? 0 : 1);
        }
        return read(
            result_handle(PQexecParams(connection_.get(), work.sql().c_str(), static_cast<int>(work.parameter_count()),
                                       types.data(), values.data(), sizes.data(), formats.data(), 0)),
            work.sql());
    }

    rows simple(const statement& work, std::optional<bool> standard_conforming) {
        const std::string sql = coropq::detail::render_with_literals(work, *types_, standard_conforming);
        return read(result_handle(PQexec(connection_.get(), sql.c_str())), sql);
    }

    // Whatever the setting, and whether the library knows it or not.
    void expect_same(const statement& work) {
        for (const bool standard_conforming : {true, false}) {
            run(standard_conforming ? "set standard_conforming_strings = on" : "set standard_conforming_strings = off");
            run("set backslash_quote = off"); // nothing of ours needs it
            const rows expected = extended(work);
            EXPECT_EQ(simple(work, std::nullopt), expected) << work.sql();
            EXPECT_EQ(simple(work, standard_conforming), expected) << work.sql();
        }
        run("set standard_conforming_strings = on");
    }

    std::uint32_t oid_of(const std::string& type) {
        const rows found = extended(statement("select $1::regtype::oid", type));
        return static_cast<std::uint32_t>(std::stoul(found.at(0).at(0).value()));
    }

    coropq::test::temporary_database database_;
    struct connection_deleter {
        void operator()(PGconn* it) const { PQfinish(it); }
    };
    std::unique_ptr<PGconn, connection_deleter> connection_;
    std::shared_ptr<const type_catalog> types_{std::shared_ptr<const type_catalog>(), &type_catalog::built_in()};
};

const std::vector<std::string> hostile = {
    "",
    "it's",
    "''",
    "'",
    "\\",
    "\\'",
    "\\\\'",
    "'\\",
    "\\'; drop table x; --",
    "'; drop table x; --",
    "$1",
    "$2 $1",
    "$$",
    "$a$ $b$",
    "-- x",
    "/* x",
    "*/",
    "a\nb",
    "\r\n'\n'",
    "\t\v\f\b",
    "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'\\",
    "\xE5\x85\xAC\\'",
    ":name",
    "E'\\'",
    "U&'\\0061'",
    "%s %n",
    "\\x41",
    "\\101",
    "\"quoted\"",
    std::string(100000, '\''),
    std::string(100001, '\\'),
};

TEST_F(literals_in_server, hostile_texts) {
    for (const std::string& text : hostile) {
        expect_same(statement("select $1", text));
        expect_same(statement(
            "select $1::text || 'x', 'a' || $2, '$1', \"$1\" from (select 1 as \"$1\") t /* $1 */ -- $2", text, text));
        expect_same(statement("select E'a'\n, $1\n, 'b', $2, length($1) where $1 = $2", text, text));
        expect_same(statement("select $1, convert_to($2, 'utf8'), $3", server_value{text, coropq::type_oid::text},
                              server_value{text, coropq::type_oid::varchar},
                              server_value{text, coropq::type_oid::bytea}));
    }
}

TEST_F(literals_in_server, random_texts) {
    const std::vector<std::string> pieces = {"'",  "\\", "$1",       "$$", "--", "/*", "*/",
                                             "\n", "E'", "\xC3\xA9", "a",  "\"", ";"};
    std::mt19937 random(7); // NOLINT: the same texts every time
    for (int round = 0; round != 300; ++round) {
        std::string text;
        for (std::size_t i = random() % 12; i != 0; --i)
            text += pieces[random() % pieces.size()];
        expect_same(statement("select $1, E'\\\\''$1', $2::text, '\\\\' || $1", text, text + "'"));
    }
}

TEST_F(literals_in_server, wherever_they_stand) {
    expect_same(statement("select -$1, - $1, 2-$1, 2 - -$1, $1::text, -$1::bigint, $1 ^ 2, 7 % $2, @$1", -5, 3));
    expect_same(statement("select -$1, $1 * -$1, $1::int, $1 between $1 and $2", -0.5, 3.0));
    expect_same(statement("select $1 from generate_series($2, $3) limit $4 offset $5", 1, 1, 9, 4, 2));
    expect_same(statement("select case when $1 then $2 else $3 end, not $1, $1 is true", true, "a", std::nullopt));
    expect_same(statement("select $1 is null, coalesce($1, 7), pg_typeof($1)::text, $2 in ($2, $3)",
                          std::optional<int>(), 1, 2));
    expect_same(statement("select * from (values ($1, $2), ($2, $1)) v(a, b) where a < $3 order by a desc", 1, 2, 5));
    expect_same(statement("select array[$1, $2], row($1, $3::text), ($1, $2), $1::numeric(5, 2)", 1, 2, "x"));
    expect_same(statement("select $1::date + 1, timestamp '2020-01-01' + $2::interval", "2024-02-29", "1 day"));
}

TEST_F(literals_in_server, every_type) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> values = {
        {"bool", {"t", "f"}},
        {"int2", {"-32768", "32767"}},
        {"int4", {"-2147483648", "0"}},
        {"int8", {"-9223372036854775808", "7"}},
        {"float4", {"0.1", "-1e-40", "NaN", "-Infinity"}},
        {"float8", {"0.1", "-5e-324", "1.7976931348623157e308", "Infinity"}},
        {"numeric", {"-0.000123", "12345678901234567890.50", "NaN", "Infinity"}},
        {"text", hostile},
        {"varchar", {"it's", "x  "}},
        {"bpchar", {"it's \\  "}},
        {"name", {"it's \\"}},
        {"\"char\"", {"a", "'", "\\"}},
        {"bytea", {"\\x", "\\x00ff275c", "'\\\\"}},
        {"date", {"0044-03-15 BC", "infinity", "2024-02-29"}},
        {"time", {"24:00", "12:34:56.789012"}},
        {"timetz", {"12:00+05:30"}},
        {"timestamp", {"0044-03-15 12:00 BC", "-infinity", "2024-02-29 12:34:56.789012"}},
        {"timestamptz", {"2024-02-29 12:34:56.789012+05", "infinity"}},
        {"interval", {"-1 year -2 mons +3 days -04:05:06.789", "0", "178000000 years"}},
        {"uuid", {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
        {"json", {R"({"it's": "\\'"})", "null"}},
        {"jsonb", {R"({"it's": "\\'", "b": [1, 2]})"}},
        {"jsonpath", {"$.\"a'\\\\b\"[*]"}},
        {"xml", {"<a>it's \\</a>"}},
        {"inet", {"10.0.0.1/8", "::1"}},
        {"cidr", {"10.0.0.0/8"}},
        {"macaddr", {"08:00:2b:01:02:03"}},
        {"macaddr8", {"08:00:2b:01:02:03:04:05"}},
        {"varbit", {"", "10101"}},
        {"bit(5)", {"10101"}},
        {"money", {"-12.34"}},
        {"oid", {"4294967295"}},
        {"xid", {"4294967295"}},
        {"tid", {"(1,2)"}},
        {"pg_lsn", {"16/B374D848"}},
        {"point", {"(1.5,-2)"}},
        {"box", {"(1,2),(0,0)"}},
        {"path", {"[(0,0),(1,1)]", "((0,0),(1,1))"}},
        {"polygon", {"((0,0),(1,1),(1,0))"}},
        {"circle", {"<(0,0),1>"}},
        {"line", {"{1,2,3}"}},
        {"lseg", {"[(0,0),(1,1)]"}},
        {"int4range", {"[1,5)", "empty", "(,)"}},
        {"tstzrange", {"[2024-01-01 00:00+00,)"}},
        {"int4multirange", {"{[1,3),[5,7)}"}},
        {"int4[]", {"{}", "{1,NULL,-3}", "[0:1][2:3]={{1,2},{3,4}}"}},
        {"text[]", {R"({"it's",NULL,"NULL","","a\"b\\c","{}"})"}},
        {"bytea[]", {R"({"\\x275c"})"}},
        {"box[]", {"{(1,1),(0,0);(2,2),(0,0)}"}},
        {"int2vector", {"1 2 3"}},
        {"tsvector", {"'a''b':1A 'c\\\\d'"}},
        {"tsquery", {"'a''b' & !c"}},
    };
    for (const auto& [type, texts] : values) {
        for (const std::string& text : texts) {
            const server_value value = value_of(text, type);
            ASSERT_NE(value.type, 0u);
            const std::string_view sql = "select $1, $1::text, pg_typeof($1)::text, pg_column_size($1)";
            expect_same(statement(sql, typed_text{text, value.type}));
            if (types_->is_binary(value.type))
                expect_same(statement(sql, value));
        }
    }
    const server_value array = value_of("{5,6,7}", "int4[]");
    expect_same(statement("select $1[2], $1[2:3], 5 = any($1), $1 || 8, cardinality($1)", array));
}

TEST_F(literals_in_server, types_of_the_database) {
    coropq::type_description mood;
    mood.oid = oid_of("mood");
    mood.name = "mood";
    mood.kind = coropq::type_kind::enumeration;
    mood.has_text_bytes = true;
    mood.is_binary = true;
    mood.array = oid_of("mood[]");
    coropq::type_description moods;
    moods.oid = mood.array;
    moods.name = "mood[]";
    moods.kind = coropq::type_kind::array;
    moods.element = mood.oid;
    coropq::type_description pair;
    pair.oid = oid_of("pair");
    pair.name = "pair";
    pair.kind = coropq::type_kind::composite;
    pair.attributes = {{"a", coropq::type_oid::int4}, {"b", coropq::type_oid::text}};
    types_ = type_catalog::built_in().with({mood, moods, pair});
    const std::string_view sql = "select $1, $1::text, pg_typeof($1)::text";
    expect_same(statement(sql, value_of("it's \\ok", "mood")));
    expect_same(statement(sql, value_of(R"({sad,"it's \\ok",NULL})", "mood[]")));
    expect_same(statement(sql, value_of(R"((1,"it's \\ ""x"""))", "pair")));
    expect_same(statement("select ($1).b, ($1).*", value_of(R"((1,"it's \\ ""x"""))", "pair")));
}

// A type of the same name in front of the server's own, as pg_temp always is.
TEST_F(literals_in_server, the_search_path_does_not_matter) {
    for (const char* type : {"uuid", "text", "date", "json", "inet"})
        run(std::string("create temporary table ") + type + " (x int)");
    run("set search_path = public, pg_catalog");
    expect_same(statement("select pg_typeof($1)::pg_catalog.text, $2", value_of("10.0.0.1", "pg_catalog.inet"),
                          value_of("2024-01-01", "pg_catalog.date")));
}

// Where a string ends depends on the setting: it has to be known.
TEST_F(literals_in_server, texts_that_depend_on_the_setting) {
    run("set standard_conforming_strings = on");
    const statement on("select '\\', $1, '$1'", "it's \\");
    EXPECT_EQ(simple(on, true), extended(on));
    run("set standard_conforming_strings = off");
    const statement off("select '\\\\\\', $1', $1", "it's \\");
    EXPECT_EQ(simple(off, false), extended(off));
}

} // namespace
