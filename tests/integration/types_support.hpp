// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_TYPES_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_TYPES_SUPPORT_HPP

// Values on their way to a server and back, through the public interface, in every form that they can travel in.

#include "api_support.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coropq::test {

/// Tells in which form a value came.
struct wire_probe {
    wire_format format = wire_format::text;
};

/// How a statement is run.
enum class way {
    first,  ///< automatic: as text, unless the connection knows the statement already
    second, ///< automatic: in binary form, where the library reads all columns
    third,
    text,
    binary,
    simple
};
inline constexpr way all_ways[] = {way::first, way::second, way::third, way::text, way::binary, way::simple};

inline std::string name_of(way how) {
    constexpr const char* names[] = {"first", "second", "third", "text", "binary", "simple"};
    return names[static_cast<std::size_t>(how)];
}

/// Equal, where NaN equals NaN, and -0 isn't 0.
template <typename T>
bool same(const T& left, const T& right) {
    if constexpr (std::is_floating_point_v<T>)
        return std::isnan(left) ? std::isnan(right) : left == right && std::signbit(left) == std::signbit(right);
    else if constexpr (requires { left.to_duration(); }) // std::chrono::hh_mm_ss
        return left.to_duration() == right.to_duration();
    else
        return left == right;
}

} // namespace coropq::test

template <>
struct coropq::codec<coropq::test::wire_probe> {
    static constexpr bool reads_text = true;
    static bool accepts(std::uint32_t, const type_catalog&) { return true; }
    static test::wire_probe decode(const value_view& value) { return {value.format()}; }
};

namespace coropq::test {

struct types_fixture : testing::Test {
    asio::io_context context;
    coropq::connection conn{context};
    std::mt19937_64 random{20}; // NOLINT: the same values every time
    /// Whether the library asks for the binary form of the types under test by itself.
    bool reads_binary = true;
    /// Whether parameters of the types under test can be literals.
    bool has_literals = true;

    explicit types_fixture(const url& where = plain_address()) {
        run(context, conn.connect(where));
        execute("set timezone = 'UTC'");
    }

    template <typename... Arguments>
    result execute(std::string_view sql, const Arguments&... arguments) {
        return run(context, conn.execute(sql, arguments...));
    }

    result execute(way how, statement work) {
        switch (how) {
        case way::text: work.results(result_format::text); break;
        case way::binary: work.results(result_format::binary); break;
        case way::simple: work.simple_protocol(true); break;
        default: break;
        }
        return run(context, conn.execute(work));
    }

    std::span<const way> ways() const { return std::span(all_ways).first(has_literals ? 6 : 5); }

    // The automatic form is binary from the second run on, where every column can be read in that form.
    void expect_form(way how, const result& got) const {
        if (got.empty() || got[0][0].is_null())
            return;
        const bool binary = how == way::binary || (reads_binary && (how == way::second || how == way::third));
        if (how != way::first) {
            EXPECT_EQ(got[0][0].as<wire_probe>().format, binary ? wire_format::binary : wire_format::text);
        }
    }

    // Rows of (v, format('%s', v)): the values, and the server's text of each. A cast to text may be another one.
    template <typename T>
    void expect_rows(way how, const result& got, const std::vector<T>& values) {
        expect_form(how, got);
        ASSERT_EQ(got.size(), values.size());
        for (std::size_t i = 0; i != got.size(); ++i) {
            const std::string text = got[i][1].template as<std::string>();
            ASSERT_TRUE(same<T>(got[i][0].template as<T>(), values[i])) << "row " << i << ": " << text.substr(0, 500);
            if (reads_binary || how != way::binary) {
                ASSERT_EQ(got[i][0].text(), text);
            }
        }
    }

    /// A value as a parameter comes back as it went, and is what the server makes of the text.
    template <typename T>
    void expect_value(const std::string& type, const T& value, const std::string& text) {
        SCOPED_TRACE(type + ' ' + text.substr(0, 500));
        const statement question("select v, format('%s', v), pg_typeof(v) = '" + type +
                                     "'::regtype, format('%s', v) = $2, " + "format('%s', $2::" + type +
                                     ") = $2 from (select $1::" + type + " offset 0) q(v)",
                                 value, text);
        for (const way how : ways()) {
            SCOPED_TRACE(name_of(how));
            const result got = execute(how, question);
            expect_rows<T>(how, got, {value});
            EXPECT_TRUE(got[0][2].as<bool>());
            EXPECT_TRUE(got[0][3].as<bool>()) << "stored " << got[0][1].as<std::string>().substr(0, 500);
            EXPECT_TRUE(got[0][4].as<bool>()) << "the server's own text is another";
        }
        if constexpr (requires { coropq::to_string(value); }) {
            EXPECT_EQ(coropq::to_string(value), text);
        }
    }

    /// Many values as one parameter.
    template <typename T>
    void expect_sent(const std::string& type, const std::vector<T>& values) {
        SCOPED_TRACE(type + " from C++");
        const statement question("select v, format('%s', v) from (select unnest($1::" + type +
                                     "[]) v, generate_subscripts($1::" + type + "[], 1) n) u order by n",
                                 values);
        for (const way how : ways()) {
            SCOPED_TRACE(name_of(how));
            const result got = execute(how, question);
            ASSERT_NO_FATAL_FAILURE(expect_rows<T>(how, got, values));
            if constexpr (requires(const T& value) { coropq::to_string(value); }) {
                for (std::size_t i = 0; i != values.size(); ++i)
                    ASSERT_EQ(coropq::to_string(values[i]), got[i][1].template as<std::string>());
            }
        }
    }

    /// Values that a query makes: read in all forms, and sent back.
    template <typename T>
    void expect_generated(const std::string& type, const std::string& sql, std::size_t least = 3000) {
        SCOPED_TRACE(type + " from the server");
        execute("drop table if exists generated");
        execute("create temp table generated (n int generated always as identity, v " + type + ")");
        execute("select setseed(0.25)");
        execute("insert into generated (v) " + sql);
        const statement question("select v, format('%s', v) from generated order by n");
        const result original = execute(way::text, question);
        const std::vector<T> values = original.scalars<T>();
        EXPECT_GE(values.size(), least);
        for (const way how : ways()) {
            SCOPED_TRACE(name_of(how));
            ASSERT_NO_FATAL_FAILURE(expect_rows<T>(how, execute(how, question), values));
        }
        for (const way how : ways().last(2)) {
            const result differences =
                execute(how, statement("select format('%s', u.v), format('%s', g.v) from (select unnest($1::" + type +
                                           "[]) v, generate_subscripts($1::" + type +
                                           "[], 1) n) u full join generated g using (n) "
                                           "where format('%s', u.v) <> format('%s', g.v)",
                                       values));
            ASSERT_TRUE(differences.empty()) << differences[0][0].text() << " instead of " << differences[0][1].text();
        }
    }

    /// NULL is an empty optional, and an error where there is none; alone and in arrays.
    template <typename T>
    void expect_null(const std::string& type) {
        SCOPED_TRACE(type);
        for (const way how : ways()) {
            SCOPED_TRACE(name_of(how));
            const result one = execute(how, statement("select $1::" + type + " as missing, pg_typeof($1::" + type +
                                                          ") = '" + type + "'::regtype",
                                                      std::optional<T>()));
            EXPECT_TRUE(one[0][0].is_null());
            EXPECT_TRUE(one[0][1].as<bool>());
            EXPECT_FALSE(one[0][0].template as<std::optional<T>>().has_value());
            expect_error(errc::null_value, "missing", [&] { static_cast<void>(one[0][0].template as<T>()); });
            if constexpr (coropq::detail::decodable<std::vector<T>>) { // not for char
                const std::vector<std::optional<T>> parts(2);
                const result several = execute(how, statement("select $1::" + type + "[] as missing", parts));
                EXPECT_TRUE((several[0][0].template as<std::vector<std::optional<T>>>() == parts));
                expect_error(errc::null_value, "missing",
                             [&] { static_cast<void>(several[0][0].template as<std::vector<T>>()); });
            }
        }
    }

    template <typename Function>
    static void expect_error(errc code, std::string_view mentioned, Function function) {
        try {
            function();
            ADD_FAILURE() << "no error, which should mention " << mentioned;
        } catch (const result_error& problem) {
            EXPECT_EQ(problem.code(), code) << problem.what();
            EXPECT_TRUE(contains(problem.what(), mentioned)) << problem.what();
        }
    }

    /// A column that isn't for T, and one whose value doesn't fit, in all forms.
    template <typename T>
    void expect_refused(const std::string& expression, std::string_view mentioned = "") {
        SCOPED_TRACE(expression);
        for (const way how : ways()) {
            SCOPED_TRACE(name_of(how));
            const result got = execute(how, statement("select " + expression + " as refused"));
            expect_error(errc::wrong_type, "\"refused\"", [&] { static_cast<void>(got[0][0].template as<T>()); });
            expect_error(errc::wrong_type, mentioned, [&] { static_cast<void>(got[0][0].template as<T>()); });
        }
    }

    std::uint64_t bits() { return random(); }
    std::uint64_t below(std::uint64_t limit) { return random() % limit; }

    template <typename Function>
    static auto many(Function make, std::size_t count = 3000) {
        std::vector<decltype(make())> values;
        values.reserve(count);
        for (std::size_t i = 0; i != count; ++i)
            values.push_back(make());
        return values;
    }

    /// Text that is hard to quote. Never empty if so wished.
    std::string any_text() {
        static const std::vector<std::string> pieces = {
            "a",  "Z",  "\"", "'",    ",",    "\\",       "{",
            "}",  "(",  ")",  "[",    "]",    " ",        "\n",
            "\t", "$1", ":x", "NULL", "null", "\xC3\xA9", "\xE6\xBC\xA2",
            "=",  "=>", ";",  "--",   "/*",   "0",        "\xF0\x9F\x98\x80"};
        std::string text;
        for (std::size_t i = below(7); i != 0; --i)
            text += pieces[below(pieces.size())];
        return text;
    }
};

/// Makes hard texts and others in the server: any_text(), any_bits(), any_numeric(n).
inline constexpr const char* generators[] = {
    R"sql(create or replace function pg_temp.any_text() returns text language sql volatile as $f$
        select coalesce(string_agg((array['a', 'Z', '"', '''', ',', '\', '{', '}', '(', ')', '[', ']', ' ', E'\n',
            E'\t', E'\v', 'NULL', 'null', 'é', '漢', '=', '>', ';', ':', '0', '-'])[1 + floor(random() * 26)::int],
            ''), '') from generate_series(1, floor(random() * 6)::int) $f$)sql",
    R"sql(create or replace function pg_temp.any_bits() returns bigint language sql volatile as
        $f$ select ('x' || substr(md5(random()::text), 1, 16))::bit(64)::bigint $f$)sql",
    R"sql(create or replace function pg_temp.any_numeric(n bigint) returns numeric language sql volatile as $f$
        select ((case when random() < 0.5 then '-' else '' end) ||
            substr(translate(md5(random()::text) || md5(random()::text), 'abcdef', '000019'), 1, (n % 41)::int) || '0' ||
            (case when n % 3 = 0 then '' else '.' || repeat('0', (n % 13)::int) ||
             substr(translate(md5(random()::text), 'abcdef', '000990'), 1, (n % 31)::int) || '0' end))::numeric $f$)sql"};

struct types_with_generators : types_fixture {
    explicit types_with_generators(const url& where = plain_address()) : types_fixture(where) {
        for (const char* const sql : generators)
            execute(sql);
    }
};

} // namespace coropq::test

#endif
