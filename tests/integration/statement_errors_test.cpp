// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Errors show the statement and the place in it, and never a value.

#include "api_support.hpp"

#include <coropq/types/array.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace coropq::test;

struct statement_errors : testing::TestWithParam<bool> {
    asio::io_context context;
    coropq::connection conn{context};

    statement_errors() {
        coropq::connect_options options;
        options.statements(coropq::statement_options().simple_protocol(GetParam()));
        run(context, conn.connect(plain_address(), options));
    }
    ~statement_errors() override {
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    template <typename... Arguments>
    coropq::server_error refused(std::string_view sql, const Arguments&... arguments) {
        return failure_of<coropq::server_error>(context, conn.execute(sql, arguments...));
    }
    // What stands in the statement's line where the caret of the line below is, to the end of the word.
    static std::string pointed_at(const std::string& message) {
        const std::size_t caret_line = message.rfind('\n') + 1;
        const std::size_t line = message.rfind('\n', caret_line - 2) + 1;
        const std::string below = message.substr(caret_line);
        if (below.empty() || below.back() != '^' || below.find_first_not_of(" \t^") != std::string::npos)
            return "no caret: " + below;
        // As a terminal does: characters one by one, tabs below tabs.
        std::size_t at = line;
        for (std::size_t i = 0; i + 1 != below.size(); ++i) {
            if ((message[at] == '\t') != (below[i] == '\t'))
                return "tabs differ";
            ++at;
            while ((static_cast<unsigned char>(message[at]) & 0xC0) == 0x80)
                ++at;
        }
        return message.substr(at, message.find_first_of(" ,\n\t(;", at) - at);
    }
};

TEST_P(statement_errors, the_caret_is_exactly_below_the_place) {
    for (const std::string& sql :
         {std::string("select nope"), std::string("select\tnope\tfrom pg_class"),
          std::string("select 1,\n\t\t2, nope\n, 3"), std::string("select 'äöü€🐘', nope"),
          std::string("select 'ä',\n '🐘' as \"ß\", nope, 2"), "select " + std::string(5000, ' ') + "nope",
          "select '" + std::string(20000, 'x') + "', nope, 'y'", std::string("\n\n\nselect nope\n\n"),
          std::string("select 1 -- é\r\n, nope\r\n")}) {
        for (int i = 0; i != 2; ++i) {
            const auto failure = refused(sql);
            EXPECT_EQ(failure.details().statement(), sql);
            EXPECT_EQ(pointed_at(failure.what()).substr(0, 4), "nope") << failure.what();
        }
    }
}

TEST_P(statement_errors, the_place_is_that_in_the_statement_with_parameters_too) {
    const std::string value = "a value that is longer than its placeholder";
    EXPECT_EQ(pointed_at(refused("select nope, $1::text", value).what()), "nope");
    EXPECT_EQ(pointed_at(refused("select $1::text, nope", value).what()), "nope");
    EXPECT_EQ(pointed_at(refused("select $1::text, 'ä', nope, $2::int, $1", value, 7).what()).substr(0, 4),
              GetParam() ? "no c" : "nope"); // between literals no place is shown
    EXPECT_EQ(pointed_at(refused("select $1::text, \n '€', $2::int\n, nope", value, 7).what()), "nope");
    EXPECT_EQ(refused("select $1::text, nope", value).details().statement(), "select $1::text, nope");
}

TEST_P(statement_errors, never_a_value) {
    run(context, conn.execute("create temp table accounts (id int primary key, code text check (length(code) < 30), "
                              "numbers int[] check (numbers[1] > 0), amount numeric(6, 2))"));
    run(context, conn.execute("insert into accounts values (70123, 'x')"));
    const std::string secret = "the-secret-value";
    const std::vector<int> many{-84213, 84214};
    std::vector<coropq::server_error> failures;
    failures.push_back(refused("insert into accounts (id) values ($1)", 70123));
    failures.push_back(refused("insert into accounts (id, code) values ($1, $2)", 5, secret + secret));
    failures.push_back(refused("insert into accounts (id, numbers) values ($1, $2)", 70124, many));
    failures.push_back(refused("insert into accounts (id, amount) values ($1, $2)", 6, 7012312.5));
    failures.push_back(refused("select $1::uuid", secret));
    failures.push_back(refused("select $1::text::json", "{" + secret));
    failures.push_back(refused("select $1::text::date", secret));
    failures.push_back(refused("select ($1::text || $2::text)::int", secret, secret));
    failures.push_back(refused("select $1::int2", 70123));
    failures.push_back(refused("select $1::text from nope", secret));
    failures.push_back(refused("select $1 + $2 from from", secret, 70123));
    for (const auto& failure : failures) {
        for (const char* piece : {"secret", "70123", "70124", "84213", "84214", "7012312"}) {
            EXPECT_FALSE(contains(failure.what(), piece)) << failure.what();
            EXPECT_FALSE(contains(failure.details().detail(), piece)) << failure.what();
        }
        EXPECT_TRUE(contains(failure.details().statement(), "$1")) << failure.what();
    }
}

TEST_P(statement_errors, streams_tell_the_same) {
    const auto failure = failure_of<coropq::server_error>(
        context, conn.stream<int>(coropq::statement("select $1::text, nope", "the-secret-value")));
    EXPECT_EQ(failure.details().statement(), "select $1::text, nope");
    EXPECT_EQ(pointed_at(failure.what()), "nope");
    EXPECT_FALSE(contains(failure.what(), "secret")) << failure.what();
}

INSTANTIATE_TEST_SUITE_P(protocols, statement_errors, testing::Bool(),
                         [](const auto& parameter) { return std::string(parameter.param ? "simple" : "extended"); });

} // namespace
