// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Text in all of its types, "char", bytes, uuid, JSON.

#include "types_support.hpp"

#include <coropq/types/json.hpp>

#include <boost/json.hpp>
#include <boost/uuid/uuid.hpp>

#include <array>
#include <cstring>
#include <span>
#include <string_view>

namespace {

using namespace coropq::test;

struct types_text : types_with_generators {
    const std::vector<std::string> hard = {"",
                                           " ",
                                           "a",
                                           "it's",
                                           "\"quoted\"",
                                           "\\",
                                           "\\\\'",
                                           "a,b",
                                           "{}",
                                           "(,)",
                                           "NULL",
                                           "$1",
                                           ":name",
                                           "--",
                                           "/*",
                                           "\r\n\t",
                                           "\xC3\xA9\xE6\xBC\xA2\xF0\x9F\x98\x80",
                                           "\x01\x7F",
                                           std::string(100000, '\\') + "'"};

    std::vector<std::byte> any_bytes() {
        std::vector<std::byte> bytes(below(40));
        for (std::byte& each : bytes)
            each = static_cast<std::byte>(bits() & 255U);
        return bytes;
    }
};

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

TEST_F(types_text, text_and_varchar) {
    for (const std::string& text : hard) {
        expect_value("text", text, text);
        expect_value("varchar", text, text);
    }
    expect_null<std::string>("text");
    expect_sent("text", many([&] { return any_text(); }));
    expect_sent("varchar", many([&] { return any_text(); }));
    expect_generated<std::string>("text", "select pg_temp.any_text() from generate_series(1, 3000)");
    // Empty text isn't NULL.
    for (const way how : all_ways) {
        const auto row =
            execute(how, coropq::statement("select $1::text, $2::text, $3::text, $4::text is null", "", std::nullopt,
                                           std::optional<std::string>(""), static_cast<const char*>(nullptr)));
        EXPECT_EQ(row[0][0].as<std::optional<std::string>>(), "");
        EXPECT_EQ(row[0][1].as<std::optional<std::string>>(), std::nullopt);
        EXPECT_EQ(row[0][2].as<std::optional<std::string>>(), "");
        EXPECT_TRUE(row[0][3].as<bool>());
    }
    EXPECT_THROW(coropq::statement("select $1", std::string("a\0b", 3)), coropq::option_error);
    EXPECT_THROW(coropq::statement("select $1", std::vector<std::string>{std::string("a\0b", 3)}),
                 coropq::option_error);
}

TEST_F(types_text, names_and_padded_text) {
    expect_value("name", std::string("a \"b\""), "a \"b\"");
    expect_value("name", std::string(63, 'x'), std::string(63, 'x'));
    expect_value("char(5)", std::string("a'\\  "), "a'\\  ");
    expect_value("char(3)", std::string("\xC3\xA9  "), "\xC3\xA9  ");
    expect_null<std::string>("char(5)");
    expect_generated<std::string>("name", "select pg_temp.any_text()::name from generate_series(1, 3000)");
    expect_generated<std::string>("char(20)", "select pg_temp.any_text()::char(20) from generate_series(1, 3000)");
}

TEST_F(types_text, xml) {
    // The server may have been built without it.
    bool has_xml = true;
    try {
        execute("select '<a/>'::xml");
    } catch (const coropq::server_error& problem) {
        ASSERT_EQ(problem.code(), coropq::sqlstate::feature_not_supported) << problem.what();
        has_xml = false;
    }
    if (has_xml) {
        // The binary form has a declaration in front, so the library takes the text.
        const coropq::statement question("select x, format('%s', x), $1::xml from (select xmlelement(name a, "
                                         "pg_temp.any_text()) from generate_series(1, 3000) offset 0) q(x)",
                                         "<a b=\"c\">it's \xC3\xA9 &amp; \\</a>");
        for (const way how : {way::first, way::second, way::third, way::text, way::simple}) {
            const auto got = execute(how, question);
            EXPECT_EQ(got[0][2].as<std::string>(), "<a b=\"c\">it's \xC3\xA9 &amp; \\</a>");
            EXPECT_EQ(got.scalars<std::string>(0), got.scalars<std::string>(1));
        }
        EXPECT_EQ(execute("select '<a/>'::xml")[0][0].as<std::string_view>(), "<a/>");
    }
}

TEST_F(types_text, views_read_what_is_text_on_the_wire) {
    const char* const columns[] = {"'it''s'::text",     "'it''s'::varchar", "'it''s'::char(4)",
                                   "'it''s'::name",     "'it''s'",          "'it''s'::varchar collate \"C\"",
                                   "'it''s'::refcursor"};
    for (const std::string column : columns) {
        SCOPED_TRACE(column);
        for (const way how : all_ways)
            EXPECT_EQ(execute(how, coropq::statement("select " + column))[0][0].as<std::string_view>(), "it's");
    }
    for (const way how : all_ways) {
        const auto row =
            execute(how, coropq::statement("select '{\"a\": 1}'::json, '{\"a\": 1}'::jsonb, array['a', '', "
                                           "'b\"c', null]"));
        EXPECT_EQ(row[0][0].as<std::string_view>(), "{\"a\": 1}");
        EXPECT_EQ(row[0][1].as<std::string_view>(), "{\"a\": 1}");
        using views = std::vector<std::optional<std::string_view>>;
        EXPECT_EQ(row[0][2].as<views>(), (views{"a", "", "b\"c", std::nullopt}));
    }
    for (const char* const other : {"1", "now()", "'\\x00'::bytea", "1.5", "true", "point(1, 2)"})
        expect_refused<std::string_view>(other, "this type can't be read as std::string_view");
    // Parameters of every shape, all untyped.
    const std::string_view view = "abcdef";
    const char text[] = "abc";
    const auto row = execute("select $1::text || $2 || $3 || $4, $5 = date '2024-02-29'", view.substr(1, 2), text, "x",
                             std::string("y"), "2024-02-29");
    EXPECT_EQ(row[0][0].text(), "bcabcxy");
    EXPECT_TRUE(row[0][1].as<bool>());
}

// "Everything, in the server's text form."
TEST_F(types_text, strings_read_every_type) {
    for (const auto& [type, text] :
         std::vector<std::pair<std::string, std::string>>{{"tsvector", "'a':1A 'it''s':2"},
                                                          {"tsquery", "'a' & !'b'"},
                                                          {"regclass", "pg_type"},
                                                          {"regtype", "timestamp with time zone"},
                                                          {"jsonpath", "$.\"a\"[*]"},
                                                          {"pg_snapshot", "10:20:10,14"},
                                                          {"int2vector", "1 -2"},
                                                          {"oidvector", "1 2"},
                                                          {"txid_snapshot", "10:20:10"},
                                                          {"cid", "4294967295"},
                                                          {"numeric(10,3)", "1.500"},
                                                          {"interval", "1 day 00:00:01"},
                                                          {"box", "(1,1),(0,0)"},
                                                          {"money", "$1.00"}}) {
        reads_binary = false;
        SCOPED_TRACE(type);
        const coropq::statement question(
            "select v, format('%s', v), array[v] from (select $1::" + type + " offset 0) q(v)", text);
        for (const way how : all_ways) {
            const auto got = execute(how, question);
            EXPECT_EQ(got[0][1].text(), text);
            if (how != way::binary) {
                EXPECT_EQ(got[0][0].as<std::string>(), text) << name_of(how);
                EXPECT_EQ(got[0][2].as<std::vector<std::string>>(), std::vector<std::string>{text}) << name_of(how);
            }
        }
    }
    for (const way how : all_ways)
        EXPECT_EQ(execute(how, coropq::statement("select pg_sleep(0)"))[0][0].as<std::string>(), "");
}

TEST_F(types_text, void_is_a_monostate) {
    for (const way how : all_ways) {
        const auto got = execute(how, coropq::statement("select pg_sleep(0), null::int"));
        EXPECT_EQ(got[0][0].as<std::monostate>(), std::monostate());
        EXPECT_TRUE((got[0][1].as<std::variant<std::monostate, int>>() == std::variant<std::monostate, int>()));
    }
    expect_refused<std::monostate>("1");
}

TEST_F(types_text, one_character) {
    for (const char value : {'a', ' ', '\'', '\\', '{', '\x7F'})
        expect_value("\"char\"", value, std::string(1, value));
    expect_null<char>("\"char\"");
    const auto each = coropq::array<char>{{{.size = 126, .lower_bound = 1}}, [] {
                                              std::vector<char> all;
                                              for (char value = 1; value != 127; ++value)
                                                  all.push_back(value);
                                              return all;
                                          }()};
    for (const way how : all_ways)
        EXPECT_EQ(execute(how, coropq::statement("select $1::\"char\"[]", each))[0][0].as<coropq::array<char>>(), each);
    for (const way how : all_ways) {
        const auto row =
            execute(how, coropq::statement("select relkind, 'x'::text, 'y'::char, 'z'::varchar, ''::\"char\" "
                                           "from pg_class where relname = 'pg_class'"));
        EXPECT_EQ(row[0][0].as<char>(), 'r');
        EXPECT_EQ(row[0][1].as<char>(), 'x');
        EXPECT_EQ(row[0][2].as<char>(), 'y');
        EXPECT_EQ(row[0][3].as<char>(), 'z');
        EXPECT_EQ(row[0][4].as<char>(), '\0');
    }
    expect_refused<char>("'ab'::text");
    expect_refused<char>("''::text");
    expect_refused<char>("1", "this type can't be read as char");
}

TEST_F(types_text, bytes) {
    expect_value("bytea", bytes_of(""), "\\x");
    expect_value("bytea", bytes_of(std::string_view("\0\xFF\\'", 4)), "\\x00ff5c27");
    expect_null<std::vector<std::byte>>("bytea");
    expect_sent("bytea", many([&] { return any_bytes(); }));
    expect_generated<std::vector<std::byte>>(
        "bytea", "select substr(decode(md5(random()::text) || md5(random()::text), 'hex'), 1, n % 33) "
                 "from generate_series(1, 3000) n");
    using four = std::array<std::byte, 4>;
    four fixed;
    std::memcpy(fixed.data(), "\0\\'\xFF", 4);
    expect_value("bytea", fixed, "\\x005c27ff");
    expect_refused<four>("'\\x00'::bytea", "the number of bytes differs");
    for (const way how : all_ways) {
        const auto original = any_bytes();
        const auto got = execute(how, coropq::statement("select $1", std::span<const std::byte>(original)));
        const auto view = got[0][0].as<std::span<const std::byte>>();
        EXPECT_EQ(std::vector<std::byte>(view.begin(), view.end()), original);
    }
    execute("set bytea_output = escape");
    for (const way how : all_ways)
        EXPECT_EQ(execute(how, coropq::statement("select $1", bytes_of(std::string_view("a\0\\\xFF", 4))))[0][0]
                      .as<std::vector<std::byte>>(),
                  bytes_of(std::string_view("a\0\\\xFF", 4)));
    for (const char* const other : {"'a'::text", "1", "'1'::bit"})
        expect_refused<std::vector<std::byte>>(other, "this type can't be read as");
}

TEST_F(types_text, uuids) {
    using boost::uuids::uuid;
    const uuid some = {{0, 1, 2, 3, 0xAA, 0xBB, 0xCC, 0xDD, 8, 9, 10, 11, 12, 13, 14, 255}};
    expect_value("uuid", some, "00010203-aabb-ccdd-0809-0a0b0c0d0eff");
    expect_value("uuid", uuid(), "00000000-0000-0000-0000-000000000000");
    expect_null<uuid>("uuid");
    expect_sent("uuid", many([&] {
                    uuid made;
                    for (auto& byte : made.data)
                        byte = static_cast<std::uint8_t>(bits() & 255U);
                    return made;
                }));
    expect_generated<uuid>("uuid", "select gen_random_uuid() from generate_series(1, 3000)");
    expect_refused<uuid>("'00010203-aabb-ccdd-0809-0a0b0c0d0eff'::text", "this type can't be read as");
}

TEST_F(types_text, json) {
    namespace json = boost::json;
    for (const char* const text : {"null", "true", "1", "-2.5", "\"it's \\\"\\\\ \\n\"", "[]", "{}",
                                   "[1, [2, null], {\"a\": {}}]", "\"\xC3\xA9\xE6\xBC\xA2\""})
        expect_value("jsonb", json::parse(text), text);
    expect_null<json::value>("jsonb");
    expect_null<json::value>("json");
    expect_generated<json::value>(
        "jsonb", "select jsonb_build_object(pg_temp.any_text(), pg_temp.any_text(), 'n', n / 8.0::float8, "
                 "'l', array[null, n]) from generate_series(1, 3000) n");
    for (const way how : all_ways) {
        const auto row = execute(how, coropq::statement("select '{\"b\": 1, \"a\":  [true]}'::json, '1'::jsonb, "
                                                        "array['1', 'null', null]::jsonb[], $1::json",
                                                        json::parse("{\"k\":[1]}")));
        EXPECT_EQ(row[0][0].as<json::value>(), json::parse("{\"b\":1,\"a\":[true]}"));
        EXPECT_EQ(row[0][0].text(), "{\"b\": 1, \"a\":  [true]}"); // json is kept as it was written
        EXPECT_EQ(row[0][1].as<json::value>(), json::value(1));
        const auto parts = row[0][2].as<std::vector<std::optional<json::value>>>();
        EXPECT_TRUE(parts.at(1).has_value() && parts[1]->is_null());
        EXPECT_FALSE(parts.at(2).has_value());
        EXPECT_EQ(row[0][3].as<json::value>(), json::parse("{\"k\":[1]}"));
    }
    expect_refused<json::value>("'1'::text", "this type can't be read as");
}

} // namespace
