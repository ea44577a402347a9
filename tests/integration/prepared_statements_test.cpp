// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that are prepared by themselves, and the simple protocol that prepares nothing.

#include "api_support.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;

struct prepared_statements : testing::Test {
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    coropq::connection conn{context};

    prepared_statements() { connect({}); }
    ~prepared_statements() override {
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    void connect(coropq::statement_options options, const std::string& settings = {}) {
        run(context, conn.close());
        coropq::connect_options how;
        how.statements(options);
        if (!settings.empty())
            how.connect_arg("options", settings);
        run(context, conn.connect(address_through(proxy), how));
        proxy.reset_counters();
    }
    template <typename... Arguments>
    coropq::result operator()(std::string_view sql, const Arguments&... arguments) {
        return run(context, conn.execute(sql, arguments...));
    }
    coropq::result simple(std::string_view sql) {
        return run(context, conn.execute(coropq::statement(sql).simple_protocol(true)));
    }
    // Asked with the simple protocol, which doesn't prepare the question.
    std::vector<std::string> on_server() {
        std::vector<std::string> found;
        for (const coropq::row row : simple("select statement from pg_prepared_statements order by prepare_time"))
            found.push_back(row[0].text());
        return found;
    }
    template <typename Operation>
    std::size_t round_trips(Operation operation) {
        proxy.reset_counters();
        operation();
        return proxy.round_trips();
    }
};

using names = std::vector<std::string>;

TEST_F(prepared_statements, every_run_takes_one_round_trip) {
    EXPECT_EQ(round_trips([&] { (*this)("select $1 + 1", 1); }), 1u);
    EXPECT_EQ(on_server(), (names{"select $1 + 1"}));
    const std::size_t first = proxy.bytes(direction::to_server);
    EXPECT_EQ(round_trips([&] { EXPECT_EQ((*this)("select $1 + 1", 2)[0][0].as<int>(), 3); }), 1u);
    EXPECT_LT(proxy.bytes(direction::to_server), first); // no text any more
    EXPECT_EQ(on_server(), (names{"select $1 + 1"}));
    for (const char* text : {"insert into t values (1)", "update t set a = 2", "delete from t", "values (1)",
                             " /* c */ with x as (select 1) select * from x", "Select 2", "table t"}) {
        if (on_server().size() == 1)
            (*this)("create temp table t (a int)");
        (*this)(text);
        EXPECT_EQ(on_server().back(), text);
    }
    EXPECT_EQ(on_server().size(), 8u); // others aren't
}

TEST_F(prepared_statements, the_same_whichever_form_comes) {
    const std::string sql =
        "select 1::int2, 2.50::numeric, 'x'::text, '2020-02-03 04:05:06+00'::timestamptz, null::int, "
        "'{1,null}'::int[], '\\x00ff'::bytea, true, 1.5::float8, 'a'::\"char\", interval '1 day'";
    const auto texts = [&](coropq::result_format format) {
        names all;
        const coropq::result found = run(context, conn.execute(coropq::statement(sql).results(format)));
        for (const coropq::field value : found[0])
            all.push_back(value.is_null() ? "NULL" : value.text());
        EXPECT_EQ(found[0][0].as<int>(), 1);
        return all;
    };
    const names expected = texts(coropq::result_format::automatic);
    EXPECT_EQ(expected[1], "2.50");
    EXPECT_EQ(expected[4], "NULL");
    for (int i = 0; i != 2; ++i) {
        EXPECT_EQ(texts(coropq::result_format::automatic), expected);
        EXPECT_EQ(texts(coropq::result_format::text), expected);
        EXPECT_EQ(texts(coropq::result_format::binary), expected);
    }
    // The second run is the one in binary: 8 bytes instead of 17 digits.
    const std::string wide = "select g::float8 / 3 from generate_series(1, 1000) g";
    proxy.reset_counters();
    (*this)(wide);
    const std::size_t text_size = proxy.bytes(direction::to_client);
    proxy.reset_counters();
    EXPECT_EQ((*this)(wide)[0][0].as<double>(), 1.0 / 3);
    EXPECT_LT(proxy.bytes(direction::to_client), text_size * 9 / 10);
    connect(coropq::statement_options().binary_results(false));
    (*this)(wide);
    proxy.reset_counters();
    (*this)(wide);
    EXPECT_GE(proxy.bytes(direction::to_client), text_size - 100);
}

TEST_F(prepared_statements, the_least_recently_used_one_goes) {
    connect(coropq::statement_options().prepared_statements(3));
    for (int i = 1; i <= 3; ++i)
        (*this)("select " + std::to_string(i));
    (*this)("select 1");
    // The deallocation leaves with the rest: everything is sent before an answer comes.
    bool done = false;
    proxy.reset_counters();
    proxy.stall(direction::to_client);
    asio::co_spawn(context, conn.execute("select 4"), [&](const std::exception_ptr& problem, const coropq::result&) {
        EXPECT_FALSE(problem);
        done = true;
    });
    std::size_t sent = 0;
    EXPECT_TRUE(wait_until([&] { // no more comes, and the server has begun to answer
        context.restart();
        context.run_for(std::chrono::milliseconds(40));
        const std::size_t before = std::exchange(sent, proxy.bytes(direction::to_server));
        return sent == before && proxy.round_trips() != 0;
    }));
    EXPECT_FALSE(done);
    proxy.release();
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return done;
    }));
    EXPECT_EQ(proxy.bytes(direction::to_server), sent);
    EXPECT_EQ(on_server(), (names{"select 1", "select 3", "select 4"}));
    for (int i = 0; i != 20; ++i) {
        (*this)("select 10 + " + std::to_string(i));
        EXPECT_EQ(on_server().size(), 3u);
    }
    // Within transactions nothing is deallocated; it doesn't pile up all the same.
    for (int t = 0; t != 10; ++t) {
        (*this)("begin");
        for (int i = 0; i != 20; ++i)
            (*this)("select 100 + " + std::to_string(100 * t + i));
        (*this)("commit");
    }
    EXPECT_LE(on_server().size(), 3u + 32 + 20);
    (*this)("select 'idle'");
    EXPECT_EQ(on_server().size(), 3u);
}

TEST_F(prepared_statements, what_somebody_else_deallocated_is_prepared_anew) {
    const auto check = [&](std::string_view forget) {
        EXPECT_EQ((*this)("select $1::int", 5)[0][0].as<int>(), 5);
        EXPECT_EQ((*this)("select $1::int", 6)[0][0].as<int>(), 6);
        (*this)(forget);
        EXPECT_EQ((*this)("select $1::int", 7)[0][0].as<int>(), 7) << forget;
        EXPECT_EQ(on_server(), (names{"select $1::int"})) << forget;
    };
    check("discard all");
    check("deallocate all");
    check("do $$ begin execute 'deallocate all'; end $$");
    simple("deallocate all");
    EXPECT_EQ(round_trips([&] { (*this)("select $1::int", 7); }), 1u); // known from the tag
    // Within a transaction it can't be tried again.
    (*this)("begin");
    (*this)("do $$ begin execute 'deallocate all'; end $$");
    const auto failure = failure_of<coropq::server_error>(context, conn.execute("select $1::int", 8));
    EXPECT_EQ(failure.code(), coropq::sqlstate::invalid_sql_statement_name);
    EXPECT_TRUE(contains(failure.what(), "hint: ")) << failure.what();
    (*this)("rollback");
    EXPECT_EQ((*this)("select $1::int", 9)[0][0].as<int>(), 9);
    // What is evicted may be gone already.
    connect(coropq::statement_options().prepared_statements(1));
    (*this)("select 1");
    (*this)("do $$ begin execute 'deallocate all'; end $$");
    EXPECT_EQ((*this)("select 2")[0][0].as<int>(), 2);
    EXPECT_EQ((*this)("select 1")[0][0].as<int>(), 1);
}

TEST_F(prepared_statements, changed_tables) {
    (*this)("create temp table t (a int)");
    (*this)("insert into t values (1)");
    (*this)("select * from t");
    EXPECT_EQ((*this)("select * from t").column_count(), 1u);
    (*this)("alter table t add column b text default 'x'");
    EXPECT_EQ((*this)("select * from t").column_count(), 2u);
    EXPECT_EQ((*this)("select * from t")[0]["b"].as<std::string>(), "x");
    (*this)("alter table t alter column a type text");
    EXPECT_EQ((*this)("select * from t")[0]["a"].as<std::string_view>(), "1");
    (*this)("begin");
    (*this)("alter table t drop column b");
    const auto failure = failure_of<coropq::server_error>(context, conn.execute("select * from t"));
    EXPECT_EQ(failure.code(), coropq::sqlstate::feature_not_supported);
    EXPECT_TRUE(contains(failure.what(), "roll back")) << failure.what();
    (*this)("rollback");
    (*this)("alter table t drop column b");
    EXPECT_EQ((*this)("select * from t").column_count(), 1u);
}

// Errors that look like those, from inside of a statement that has done something already.
TEST_F(prepared_statements, nothing_runs_twice) {
    (*this)("create temp sequence runs");
    for (const char* state : {"0A000", "26000"}) {
        (*this)(std::string("create or replace function pg_temp.fails() returns int language plpgsql as $$ begin "
                            "perform nextval('runs'); raise exception 'prepared statement \"coropq_1\" does not exist' "
                            "using errcode = '") +
                state + "'; end $$");
        const int before = (*this)("select nextval('runs')::int")[0][0].as<int>();
        for (int i = 1; i <= 3; ++i) {
            const auto failure = failure_of<coropq::server_error>(context, conn.execute("select pg_temp.fails()"));
            EXPECT_EQ(coropq::sqlstate_text(failure.code()), state);
            EXPECT_EQ(simple("select last_value from runs")[0][0].text(), std::to_string(before + i));
        }
    }
}

TEST_F(prepared_statements, can_be_switched_off) {
    run(context, conn.execute(coropq::statement("select 1").prepare(false)));
    EXPECT_EQ(on_server(), names());
    EXPECT_EQ(round_trips([&] { run(context, conn.execute(coropq::statement("select $1", 1).prepare(false))); }), 1u);
    run(context, conn.execute(coropq::statement("show server_version").prepare(true)));
    EXPECT_EQ(on_server(), (names{"show server_version"}));
    connect(coropq::statement_options().prepared_statements(0));
    for (int i = 0; i != 2; ++i)
        EXPECT_EQ((*this)("select $1::int", i)[0][0].as<int>(), i);
    EXPECT_EQ(on_server(), names());
    auto rows = run(context, conn.stream<int>("select 1"));
    EXPECT_EQ(run(context, rows.next()), 1);
    run(context, rows.close());
    EXPECT_EQ(on_server(), names());
}

TEST_F(prepared_statements, failures_and_types_of_parameters) {
    for (int i = 0; i != 3; ++i) {
        EXPECT_EQ(failure_of<coropq::server_error>(context, conn.execute("select nope")).code(),
                  coropq::sqlstate::undefined_column);
        EXPECT_EQ(failure_of<coropq::server_error>(context, conn.execute("select 1 / $1", 0)).code(),
                  coropq::sqlstate::division_by_zero);
    }
    EXPECT_EQ(on_server(), (names{"select 1 / $1"}));
    EXPECT_EQ((*this)("select 1 / $1", 1)[0][0].as<int>(), 1);
    EXPECT_EQ((*this)("select 1 / $1", 2.0)[0][0].as<double>(), 0.5);
    EXPECT_EQ((*this)("select 1 / $1", 1)[0][0].as<int>(), 1);
    EXPECT_EQ(on_server().size(), 2u);
    // NULL has the type as well.
    EXPECT_TRUE((*this)("select 1 / $1", std::optional<int>())[0][0].is_null());
    EXPECT_EQ((*this)("select 1 / $1", std::optional<int>(1))[0][0].as<int>(), 1);
    EXPECT_EQ(on_server().size(), 2u);
}

TEST_F(prepared_statements, in_an_aborted_transaction) {
    (*this)("select 1");
    (*this)("begin");
    failure_of<coropq::server_error>(context, conn.execute("select nope"));
    for (const char* text : {"select 1", "select 2"})
        EXPECT_EQ(failure_of<coropq::server_error>(context, conn.execute(text)).code(),
                  coropq::sqlstate::in_failed_sql_transaction);
    (*this)("rollback");
    for (const char* text : {"select 1", "select 2"})
        EXPECT_EQ((*this)(text).size(), 1u);
}

TEST_F(prepared_statements, the_simple_protocol_means_the_same) {
    for (const char* conforming : {"on", "off"}) {
        connect(coropq::statement_options().simple_protocol(true),
                std::string("-c escape_string_warning=off -c standard_conforming_strings=") + conforming);
        for (const std::string text : {"", "plain", "it's", "back\\slash", "\\'; drop table x; --", "'", "\\", "$1",
                                       "ä\n\t", "E'x'", "/* */", "$$"}) {
            EXPECT_EQ((*this)("select $1", text)[0][0].as<std::string>(), text) << conforming;
            EXPECT_EQ((*this)("select $1::text || $2, $2", text, "x")[0][0].text(), text + "x") << conforming;
        }
        EXPECT_EQ((*this)("select $1 - $2", 3, -4)[0][0].as<int>(), 7);
        EXPECT_TRUE((*this)("select $1", std::optional<int>())[0][0].is_null());
        EXPECT_EQ(on_server(), names());
        auto rows = run(context, conn.stream<std::string>(coropq::statement("select $1", "it's \\")));
        EXPECT_EQ(run(context, rows.next()), "it's \\");
        run(context, rows.close());
    }
}

TEST_F(prepared_statements, literals_need_an_encoding_without_ascii_in_its_characters) {
    for (const char* encoding : {"SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"}) {
        simple(std::string("set client_encoding to '") + encoding + "'");
        coropq::statement work("select $1", "x");
        work.simple_protocol(true);
        const auto failure = failure_of<coropq::option_error>(context, conn.execute(work));
        EXPECT_EQ(failure.code(), coropq::errc::invalid_parameter);
        EXPECT_TRUE(contains(failure.what(), encoding) && contains(failure.what(), "hint: ")) << failure.what();
        EXPECT_EQ(failure_of<coropq::option_error>(context, conn.stream<std::string>(work)).code(),
                  coropq::errc::invalid_parameter);
        EXPECT_EQ(simple("select 1")[0][0].text(), "1"); // without values there is nothing to write
        EXPECT_EQ((*this)("select $1::text", "x")[0][0].text(), "x");
    }
    simple("set client_encoding to 'LATIN1'");
    EXPECT_EQ(run(context, conn.execute(coropq::statement("select $1", "x'").simple_protocol(true)))[0][0].text(),
              "x'");
}

TEST_F(prepared_statements, scripts) {
    const auto script = [&](std::string_view text) { return run(context, conn.execute_script(text)); };
    const std::vector<coropq::result> three =
        script("create temp table t (a int); insert into t values (1), (2); select a from t order by a;");
    ASSERT_EQ(three.size(), 3u);
    EXPECT_EQ(three[0].command_tag(), "CREATE TABLE");
    EXPECT_EQ(three[1].affected_rows(), 2u);
    EXPECT_EQ(three[2].scalars<int>(), (std::vector<int>{1, 2}));
    EXPECT_TRUE(script("").empty());
    EXPECT_TRUE(script(" -- nothing\n ; ").empty());
    const auto failure = failure_of<coropq::server_error>(
        context, conn.execute_script("insert into t values (3);\nselect 1 /* é */, nope;\ninsert into t values (4)"));
    EXPECT_EQ(failure.code(), coropq::sqlstate::undefined_column);
    EXPECT_TRUE(contains(failure.what(), "statement: select 1 /* é */, nope;\n"
                                         "                             ^"))
        << failure.what();
    EXPECT_EQ(simple("select count(*) from t")[0][0].text(), "2");
    // More results than a stack has room for.
    std::string many;
    for (int i = 0; i != 100000; ++i)
        many += "set a.b=1;";
    EXPECT_EQ(script(many).size(), 100000u);
}

} // namespace
