// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "refusal.hpp"

#include <coropq/statement.hpp>
#include <coropq/types/type_catalog.hpp>

#include "statement/literals.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using coropq::statement;
using coropq::type_catalog;
using coropq::test::refusal;

// A value of any type, in any form.
struct raw {
    std::string_view bytes;
    coropq::type_reference type;
};
struct raw_text : raw {};

} // namespace

template <>
struct coropq::codec<raw> {
    static constexpr type_reference type() { return {}; }
    static type_reference type_of(const raw& value) { return value.type; }
    static void encode(const raw& value, value_writer& writer) { writer.write_text(value.bytes); }
};
template <>
struct coropq::codec<raw_text> : coropq::codec<raw> {
    static constexpr wire_format format = wire_format::text;
};

namespace {

std::string rendered(const statement& source, std::optional<bool> standard_conforming = std::nullopt,
                     const type_catalog& types = type_catalog::built_in()) {
    return coropq::detail::render_with_literals(source, types, standard_conforming);
}

template <typename T>
std::string literal(const T& value, const type_catalog& types = type_catalog::built_in()) {
    return rendered(statement("$1", value), std::nullopt, types);
}

TEST(literals, have_the_type_of_the_parameter) {
    EXPECT_EQ(literal(7), "(CAST('7' AS integer))");
    EXPECT_EQ(literal(-7), "(CAST('-7' AS integer))");
    EXPECT_EQ(literal(std::int16_t(7)), "(CAST('7' AS smallint))");
    EXPECT_EQ(literal(std::int64_t(7)), "(CAST('7' AS bigint))");
    EXPECT_EQ(literal(0.5), "(CAST('0.5' AS double precision))");
    EXPECT_EQ(literal(true), "(CAST('t' AS boolean))");
    EXPECT_EQ(literal("x"), "('x')");
    EXPECT_EQ(literal(""), "('')");
    EXPECT_EQ(literal(nullptr), "(NULL)");
    EXPECT_EQ(literal(std::optional<int>()), "(CAST(NULL AS integer))");
    EXPECT_EQ(literal(std::optional<std::string>()), "(NULL)");
}

TEST(literals, name_types_so_that_no_search_path_changes_them) {
    namespace oid = coropq::type_oid;
    const auto cast = [](std::uint32_t type) { return literal(raw_text{{"v", type}}); };
    EXPECT_EQ(cast(oid::text), "(CAST('v' AS pg_catalog.text))");
    EXPECT_EQ(cast(oid::uuid), "(CAST('v' AS pg_catalog.uuid))");
    EXPECT_EQ(cast(oid::timestamptz), "(CAST('v' AS timestamp with time zone))");
    EXPECT_EQ(cast(oid::bpchar), "(CAST('v' AS pg_catalog.bpchar))");
    EXPECT_EQ(cast(oid::char_type), "(CAST('v' AS pg_catalog.\"char\"))");
    EXPECT_EQ(cast(oid::bit), "(CAST('v' AS pg_catalog.bit))");
    EXPECT_EQ(cast(oid::oidvector), "(CAST('v' AS pg_catalog.oidvector))");
    EXPECT_EQ(cast(1007), "(CAST('v' AS integer[]))");
    EXPECT_EQ(cast(1561), "(CAST('v' AS pg_catalog.bit[]))");
    EXPECT_EQ(cast(1185), "(CAST('v' AS timestamp with time zone[]))");
    EXPECT_EQ(cast(oid::int4range), "(CAST('v' AS pg_catalog.int4range))");
}

TEST(literals, of_types_that_users_have_made) {
    coropq::type_description mood;
    mood.oid = 70000;
    mood.name = "my.\"Mood\"";
    mood.kind = coropq::type_kind::enumeration;
    mood.has_text_bytes = true;
    coropq::type_description moods;
    moods.oid = 70001;
    moods.kind = coropq::type_kind::array;
    moods.element = 70000;
    const auto types = type_catalog::built_in().with({mood, moods}, {{"mood", 70000}});
    EXPECT_EQ(literal(raw_text{{"sad", 70000}}, *types), "(CAST('sad' AS my.\"Mood\"))");
    EXPECT_EQ(literal(raw_text{{"{sad}", 70001}}, *types), "(CAST('{sad}' AS my.\"Mood\"[]))");
    EXPECT_EQ(literal(raw_text{{"sad", coropq::type_reference("mood")}}), "(CAST('sad' AS mood))");
    EXPECT_EQ(literal(raw{"sad", coropq::type_reference("mood")}, *types), "(CAST('sad' AS mood))");
    EXPECT_EQ(refusal([] {
                  literal(raw_text{{"secret", 70000}});
              }),
              "parameter $1: its type has no name that is known|");
    EXPECT_EQ(refusal([] {
                  literal(raw{"secret", coropq::type_reference("mood")});
              }),
              "parameter $1: its type isn't known, so the value can't be written as text|");
    EXPECT_EQ(refusal([] {
                  literal(raw{"secret", {}});
              }),
              "parameter $1: its type isn't known, so the value can't be written as text|");
    EXPECT_EQ(refusal([] { literal(raw{"secret", coropq::type_oid::int4}); }).substr(0, 14), "parameter $1: ");
}

TEST(literals, cannot_be_left_by_their_values) {
    EXPECT_EQ(literal("it's"), "('it''s')");
    EXPECT_EQ(literal("'; drop table x; --"), "('''; drop table x; --')");
    EXPECT_EQ(literal("\\'; drop table x; --"), "( E'\\\\''; drop table x; --')");
    EXPECT_EQ(literal("\\"), "( E'\\\\')");
    EXPECT_EQ(literal("$1 /* -- $$ $a$"), "('$1 /* -- $$ $a$')");
    EXPECT_EQ(literal("a\nb"), "('a\nb')");
    EXPECT_EQ(refusal([] {
                  literal(raw_text{{std::string_view("a\0b", 3), {}}});
              }),
              "parameter $1: its text contains a NUL byte|");
}

// GHSA-j88v-2chj-qfwx: a value with `$2` in it, and a minus in front of a negative number.
TEST(literals, replace_placeholders_and_nothing_else) {
    EXPECT_EQ(rendered(statement("select $1, $2", "$2", "x")), "select ('$2'), ('x')");
    EXPECT_EQ(rendered(statement("select -$1 -$2", -1, -2)),
              "select -(CAST('-1' AS integer)) -(CAST('-2' AS integer))");
    EXPECT_EQ(rendered(statement("select '$1', \"$1\", $$ $1 $$, a$1, $1 -- $1\n/* $1 */", "x")),
              "select '$1', \"$1\", $$ $1 $$, a$1, ('x') -- $1\n/* $1 */");
    EXPECT_EQ(rendered(statement("select $1::text, $1[1], ($1).a", "x")), "select ('x')::text, ('x')[1], (('x')).a");
    EXPECT_EQ(rendered(statement("select $2, $1, $2", "a", "b")), "select ('b'), ('a'), ('b')");
    EXPECT_EQ(rendered(statement("select E'a'\n$1\n'b'", "x")), "select E'a'\n('x')\n'b'");
    EXPECT_EQ(rendered(statement("select 1; select '")), "select 1; select '");
    EXPECT_EQ(rendered(statement("select '\\', '$1'")), "select '\\', '$1'");
}

TEST(literals, texts_whose_meaning_depends_on_a_setting) {
    const statement open("select '\\', $1, '$2'", "a", "b");
    EXPECT_EQ(refusal([&] { rendered(open); }),
              "where a string of the statement ends depends on the server's standard_conforming_strings|write strings "
              "with backslashes as E'…', with doubled backslashes");
    EXPECT_EQ(refusal([&] { rendered(open, true); }), "the statement has fewer parameters than values|");
    const statement one("select '\\', $1, '$2'", "a");
    EXPECT_EQ(rendered(one, true), "select '\\', ('a'), '$2'");
    EXPECT_EQ(refusal([&] { rendered(one, false); }), "the statement has $2, for which there is no value|");
    EXPECT_EQ(rendered(statement("select '\\'', $1", "a"), false), "select '\\'', ('a')");
    EXPECT_EQ(rendered(statement("select '\\d', $1", "a")), "select '\\d', ('a')");
    EXPECT_EQ(refusal([] { rendered(statement("select $0, $1", 1)); }),
              "the statement has $0, for which there is no value|");
}

} // namespace
