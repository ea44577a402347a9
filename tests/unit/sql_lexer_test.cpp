// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/lexer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using coropq::detail::lexer_options;
using coropq::detail::sql_lexer;

struct outcome {
    std::string placeholders; // "$1 :name $2"
    std::string problems;     // 'a'mbiguous, 'u'nterminated, 's'everal statements

    friend bool operator==(const outcome&, const outcome&) = default;
    friend std::ostream& operator<<(std::ostream& stream, const outcome& it) {
        return stream << '[' << it.placeholders << "] [" << it.problems << ']';
    }
};

outcome read(std::string_view sql, lexer_options options = {}) {
    sql_lexer lexer(sql, options);
    outcome result;
    while (const auto found = lexer.next()) {
        const std::string text(sql.substr(found->begin, found->size));
        EXPECT_EQ(text, found->name.empty() ? "$" + text.substr(1) : ":" + std::string(found->name)) << sql;
        result.placeholders += (result.placeholders.empty() ? "" : " ") + text;
    }
    result.problems = std::string(lexer.is_ambiguous() ? "a" : "") + (lexer.is_unterminated() ? "u" : "") +
                      (lexer.has_several_statements() ? "s" : "");
    return result;
}

std::string found_in(std::string_view sql, lexer_options options = {}) {
    const outcome result = read(sql, options);
    EXPECT_EQ(result.problems, "") << sql;
    return result.placeholders;
}

std::string names_in(std::string_view sql) { return found_in(sql, {.names = true}); }

TEST(sql_lexer, parameters_where_the_server_sees_them) {
    EXPECT_EQ(found_in(""), "");
    EXPECT_EQ(found_in("select 1"), "");
    EXPECT_EQ(found_in("select $1, $2::int,$3+$1"), "$1 $2 $3 $1");
    EXPECT_EQ(found_in("$1"), "$1");
    EXPECT_EQ(found_in("$12$3"), "$12 $3");
    EXPECT_EQ(found_in("select a$1, a$$b$$, $1a, é$2, _$3"), "$1");
    EXPECT_EQ(found_in("select $ 1, $, $x"), "");
    EXPECT_EQ(found_in("(-$1)[$2:$3].a"), "$1 $2 $3");
}

TEST(sql_lexer, the_highest_number) {
    const auto highest = [](std::string_view sql) {
        sql_lexer lexer(sql);
        while (lexer.next())
            ;
        return lexer.highest_number();
    };
    EXPECT_EQ(highest("select 1"), 0u);
    EXPECT_EQ(highest("select $3, $1"), 3u);
    EXPECT_EQ(highest("select $0"), 0u);
    EXPECT_EQ(highest("select $4294967297"), 4294967295u);
    EXPECT_EQ(highest("select $99999999999999999999999999999999"), 4294967295u);
}

TEST(sql_lexer, strings) {
    EXPECT_EQ(found_in("'$1' $2"), "$2");
    EXPECT_EQ(found_in("'it''s $1' $2"), "$2");
    EXPECT_EQ(found_in("'' $1 '''' $2 '''$3'"), "$1 $2");
    EXPECT_EQ(found_in("E'\\'$1' $2 e'\\\\' $3 E'''$4' E'\\\\\\'$5'"), "$2 $3");
    EXPECT_EQ(found_in("n'it''s $1' $2"), "$2");
    EXPECT_EQ(found_in("B'01' $1 b'1''0$2' x'ff' $3"), "$1 $3");
    EXPECT_EQ(found_in("U&'d\\0061 $1' $2 u&'\\' $3"), "$2 $3");
    EXPECT_EQ(found_in("'\n$1\n' $2"), "$2");
    EXPECT_EQ(found_in("'-- $1' $2 '/* ' $3 '*/' $4"), "$2 $3 $4");
    // The letter belongs to a longer word, so the string is a plain one.
    EXPECT_EQ(read("name'\\' $1 '").problems, "au");
    EXPECT_EQ(read("1e'\\' $1'"), (outcome{"", ""}));
}

TEST(sql_lexer, strings_go_on_after_a_line_break) {
    EXPECT_EQ(found_in("E'a'\n'\\' $1' $2"), "$2");
    EXPECT_EQ(found_in("E'a' -- '\n  -- '\n\t '\\' $1' $2"), "$2");
    EXPECT_EQ(found_in("E'a'\r'\\' $1' $2"), "$2");
    EXPECT_EQ(found_in("b'1'\n'\\' $1"), "$1");
    EXPECT_EQ(found_in("U&'a'\n'\\' $1"), "$1");
    EXPECT_EQ(found_in("'a'\n-- it's\n'$1' $2"), "$2");
    // Without one, or behind another kind of comment, it is another string.
    EXPECT_EQ(read("E'a' '\\' $1'"), (outcome{"$1", "au"}));
    EXPECT_EQ(read("E'a' -- '\\' $1'"), (outcome{"", ""}));
    EXPECT_EQ(read("E'a' /*\n*/ '\\' $1'"), (outcome{"$1", "au"}));
    EXPECT_EQ(found_in("'a' -- b\n$1"), "$1");
}

TEST(sql_lexer, what_depends_on_standard_conforming_strings) {
    const auto both = [](std::string_view sql) { return std::pair(read(sql), read(sql, {.backslash_escapes = true})); };
    // Backslashes that change nothing about where the string ends, and some that do.
    for (const std::string_view sql : {"'\\d' $1", "'\\\\' $1", "'C:\\temp' $1", "'\\\\''$9' $1", "'\\n''x' $1"})
        EXPECT_EQ(both(sql), (std::pair<outcome, outcome>({"$1", ""}, {"$1", ""}))) << sql;
    for (const std::string_view sql : {"'\\''$9' $1", "'\\n\\''''x' $1", "'\\'", "'\\\\\\'"}) {
        EXPECT_NE(both(sql).first.problems.find('a'), std::string::npos) << sql;
        EXPECT_NE(both(sql).second.problems.find('a'), std::string::npos) << sql;
    }
    const auto [on, off] = both("'\\' $1, ' $2 '");
    EXPECT_EQ(on, (outcome{"$1", "a"}));
    EXPECT_EQ(off, (outcome{"$2", "au"}));
    // Only plain strings depend on it.
    EXPECT_EQ(both("E'\\'' $1").second, (outcome{"$1", ""}));
    EXPECT_EQ(both("U&'\\' $1").second, (outcome{"$1", ""}));
    EXPECT_EQ(both("x'\\' $1").second, (outcome{"$1", ""}));
    EXPECT_EQ(both("$a$'\\'$a$ $1").second, (outcome{"$1", ""}));
    EXPECT_EQ(both("\"\\\" $1 -- '\\'").second, (outcome{"$1", ""}));
    EXPECT_EQ(both("n'\\' $1, '").first, (outcome{"$1", "au"}));
    // Two quotes in bits: the second one begins a plain string.
    EXPECT_EQ(both("b'1''\\' $1 '").first.problems, "au");
}

TEST(sql_lexer, dollar_quotes) {
    EXPECT_EQ(found_in("$$ $1 ' \" -- /* $$ $2"), "$2");
    EXPECT_EQ(found_in("$a$ $1 $$ $b$ $A$ $a $a$ $2"), "$2");
    EXPECT_EQ(found_in("$a1$ $1 $a1$ $2 $é_$ $3 $é_$ $4"), "$2 $4");
    EXPECT_EQ(found_in("$a$$a$ $1 $$$$ $2"), "$1 $2");
    EXPECT_EQ(found_in("$x$ $y$x$ $1"), "$1");
    EXPECT_EQ(found_in("$1$2$$ $3 $$"), "$1 $2");
    EXPECT_EQ(read("$a$ $1 $A$"), (outcome{"", "u"}));
    EXPECT_EQ(read("$$ $1 $"), (outcome{"", "u"}));
    EXPECT_EQ(read("$a-$ $1"), (outcome{"$1", ""}));
}

TEST(sql_lexer, quoted_names) {
    EXPECT_EQ(found_in("\"$1\" $2 \"a\"\"$3\" $4 \"it's\" $5"), "$2 $4 $5");
    EXPECT_EQ(found_in("U&\"$1\\\" $2 u&\"a\"\"$3\" $4"), "$2 $4");
    EXPECT_EQ(found_in("\"\\\" $1"), "$1");
    EXPECT_EQ(read("\"a $1"), (outcome{"", "u"}));
    EXPECT_EQ(read("\"a\"\" $1"), (outcome{"", "u"}));
}

TEST(sql_lexer, comments) {
    EXPECT_EQ(found_in("-- $1 ' \n$2 --$3"), "$2");
    EXPECT_EQ(found_in("/* $1 ' */ $2 /* /* $3 */ $4 */ $5"), "$2 $5");
    EXPECT_EQ(found_in("/*/ $1 */ $2 /***/ $3 /**/ $4 /*/**/*/ $5"), "$2 $3 $4 $5");
    EXPECT_EQ(found_in("1 +-- $1\n $2 */* $3 */ $4 - - $5"), "$2 $4 $5");
    EXPECT_EQ(found_in("1 - $1 / $2 * $3"), "$1 $2 $3");
    EXPECT_EQ(read("/* $1 /* */ $2"), (outcome{"", "u"}));
    EXPECT_EQ(read("/* $1 *"), (outcome{"", "u"}));
    EXPECT_EQ(read("/*/"), (outcome{"", "u"}));
    EXPECT_EQ(found_in("--"), "");
}

TEST(sql_lexer, numbers) {
    EXPECT_EQ(found_in("1$1 1.5$2 .5e3$3 1.$4 1e+5$5 1_000$6 0x1f$7 0b1$8 0o7$9 1.e5$10"),
              "$1 $2 $3 $4 $5 $6 $7 $8 $9 $10");
    EXPECT_EQ(found_in("1..$1 1a$2 1ex$3 1e+$4"), "$1 $4");
    EXPECT_EQ(found_in("0b'1' $1 0x $2"), "$1 $2");
}

TEST(sql_lexer, unterminated_strings) {
    for (const std::string_view sql : {"'$1", "E'$1\\'", "'$1''", "E'$1\\", "x'$1", "U&'$1", "'a'\n'$1"})
        EXPECT_EQ(read(sql), (outcome{"", "u"})) << sql;
}

TEST(sql_lexer, names) {
    EXPECT_EQ(names_in("select :id, :first_name::text,:_x2+:é"), ":id :first_name :_x2 :é");
    EXPECT_EQ(names_in("a::int, 'x'::text, a :: int, f(x := 1), a:=b, :::b"), "");
    EXPECT_EQ(names_in("':a' \":b\" /* :c */ $$:d$$ -- :e"), "");
    EXPECT_EQ(names_in("a[1:2], a[1:upper], a[b:c], a[f(1):x], a[b[1]:x], a[: upper], '12:30'"), "");
    EXPECT_EQ(names_in("a[:x], a[1 : :y], (:z), :a:int, :b::int"), ":x :y :z :a :b");
    EXPECT_EQ(names_in(": a :1 :'b' :\"c\" :"), "");
    EXPECT_EQ(names_in("=:a<:b"), ":a :b");
    EXPECT_EQ(names_in("$1 :a$2"), "$1 :a $2");
    EXPECT_EQ(found_in("select :id"), "");
}

TEST(sql_lexer, several_statements) {
    EXPECT_EQ(read("select 1; select 2").problems, "s");
    EXPECT_EQ(read("select $1; $2"), (outcome{"$1 $2", "s"}));
    for (const std::string_view sql :
         {"select 1;", "select 1; -- 2", "select 1;; ; /* */", ";select 1", "select ';' from \";\"", ";;",
          "create rule r as on insert to t do also (select 1; select 2)",
          "create function f() returns int begin atomic select 1; select case when true then 1 end; end",
          "create or replace procedure f() begin atomic select 1; select 2; end;"})
        EXPECT_EQ(read(sql).problems, "") << sql;
    EXPECT_EQ(read("create function f() returns int begin atomic select 1; end; select 1").problems, "s");
    EXPECT_EQ(read("begin; end").problems, "s");
}

TEST(sql_lexer, first_words) {
    const auto words = [](std::string_view sql) {
        sql_lexer lexer(sql);
        while (lexer.next())
            ;
        return std::string(lexer.first_word()) + "|" + std::string(lexer.second_word());
    };
    EXPECT_EQ(words("select 1"), "select|");
    EXPECT_EQ(words("/* x */ -- y\n ((Select a"), "Select|a");
    EXPECT_EQ(words("create or replace"), "create|or");
    EXPECT_EQ(words("begin;select"), "begin|");
    EXPECT_EQ(words("'a' select"), "|");
    EXPECT_EQ(words("E'a' select"), "|");
    EXPECT_EQ(words(""), "|");
    EXPECT_TRUE(coropq::detail::is_keyword("PREpare", "prepare"));
    EXPECT_FALSE(coropq::detail::is_keyword("prepared", "prepare"));
    EXPECT_FALSE(coropq::detail::is_keyword("", "prepare"));
}

// Whatever the text, the placeholders are in order and don't overlap, and reading ends.
TEST(sql_lexer, random_texts) {
    const std::vector<std::string_view> pieces = {
        "'",   "\"", "\\", "$",  "$1", "$a$", "$$", "--", "/*", "*/", "\n", " ", "E'",
        "U&'", "b'", ":",  ":a", "::", "a",   "1",  ".",  "e",  ";",  "(",  "é"};
    std::mt19937 random(42); // NOLINT: the same texts every time
    for (int round = 0; round != 20000; ++round) {
        std::string sql;
        for (std::size_t i = random() % 20; i != 0; --i)
            sql += pieces[random() % pieces.size()];
        for (const bool escapes : {false, true}) {
            sql_lexer lexer(sql, {.names = true, .backslash_escapes = escapes});
            std::size_t end = 0;
            while (const auto found = lexer.next()) {
                ASSERT_GE(found->begin, end) << sql;
                ASSERT_GT(found->size, 1u) << sql;
                end = found->begin + found->size;
                ASSERT_LE(end, sql.size()) << sql;
            }
            // Without ambiguity, both readings are one.
            if (escapes && !lexer.is_ambiguous()) {
                EXPECT_EQ(read(sql, {.names = true}), read(sql, {.names = true, .backslash_escapes = true})) << sql;
            }
        }
    }
}

} // namespace
