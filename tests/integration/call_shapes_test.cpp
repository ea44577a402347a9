// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Every form in which the documentation calls the library, written as users write it. GCC 12 destroys some temporaries
// twice when they stand in a co_await expression (docs/decisions.md); with the address sanitizer, a form that is hit
// fails here.

#include "api_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <ranges>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

// Longer than what a std::string keeps inside, so that a second destruction is noticed.
const std::string long_text(200, 'x');

std::string long_name() { return "a_name_that_is_longer_than_a_small_string"; }

bool has_empty(const std::vector<std::string>& names) { return std::ranges::find(names, std::string()) != names.end(); }

struct call_shapes : testing::Test {
    asio::io_context context;
    void run_shape(asio::awaitable<void> shape) {
        run(context, std::move(shape));
        drain(context);
    }
};

coropq::url as_parts() {
    const test_url where = plain_url();
    return coropq::url::create({.user = where.user(),
                                .password = where.password(),
                                .host = where.host(),
                                .port = where.port(),
                                .database = where.database()})
        .update_query_string("sslmode=disable");
}

// The first program of README and DESIGN.
asio::awaitable<void> first_program(std::string user, std::string token, std::string host, int port, std::string ca) {
    auto url =
        coropq::url::create({.user = user, .password = token, .host = host, .port = port, .database = "prod:all"})
            .update_query_string("sslmode=verify-full")
            .update_query_pairs({{"sslrootcert", ca}});
    coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, url);
    std::size_t count = 0;
    for (const std::string& name : co_await engine.inspect().table_names())
        count += name.empty() ? 0 : 1;
    EXPECT_GT(count, 0u);
    const auto flat = url.set({.database = "prod:all?FLATTEN"});
    coropq::engine other = coropq::create_engine(co_await asio::this_coro::executor, flat);
    EXPECT_FALSE((co_await other.inspect().table_names()).empty());
    co_await engine.dispose();
    co_await other.dispose();
}

TEST_F(call_shapes, the_first_program) {
    const test_url where = cluster().query_service_url();
    run_shape(first_program(where.user(), where.password(), where.host(), where.port(), cluster().ca_file()));
}

asio::awaitable<void> values(coropq::url url) {
    coropq::engine engine =
        coropq::create_engine(co_await asio::this_coro::executor, url,
                              coropq::engine_options()
                                  .connect(coropq::connect_options().application_name(long_name()).connect_timeout(5s))
                                  .pool(coropq::pool_options().size(2).acquire_timeout(10s)));
    coropq::result users = co_await engine.execute("select 1 as id, $1::text as name", long_text);
    for (coropq::row user : users)
        EXPECT_EQ(user["id"].as<int>() + static_cast<int>(user["name"].as<std::string_view>().size()), 201);
    for (auto row : co_await engine.execute("select $1::text as name from generate_series(1, $2::int)", long_text, 3))
        EXPECT_EQ(row["name"].as<std::string>(), long_text);
    for (const auto& name : (co_await engine.execute("select $1::text as name", long_name())) |
                                std::views::transform([](coropq::row row) { return row[0].as<std::string>(); }))
        EXPECT_EQ(name, long_name());
    // Temporaries as arguments, of every kind.
    EXPECT_EQ((co_await engine.execute("select $1::text || $2::text || $3::text", long_text + "y",
                                       std::string(100, 'z'), std::string_view(long_text)))[0][0]
                  .text()
                  .size(),
              501u);
    // A conditional operator that makes temporaries is more than GCC 12 can do in there.
    const std::string chosen = long_text.empty() ? std::string("select 1") : "select " + std::to_string(12345);
    EXPECT_EQ((co_await engine.execute(chosen))[0][0].as<int>(), 12345);
    EXPECT_EQ((co_await engine.execute(long_text.empty() ? "select 1" : "select 2"))[0][0].as<int>(), 2);
    const auto optional = (co_await engine.execute("select $1::text, $2::text, $3::int", std::optional<std::string>(),
                                                   std::optional<std::string>(long_text), std::nullopt));
    EXPECT_TRUE(optional[0][0].is_null());
    EXPECT_EQ(optional[0][1].as<std::optional<std::string>>(), long_text);
    EXPECT_EQ((co_await engine.execute(coropq::statement("select $1::text as v", long_text)))[0]["v"].as<std::string>(),
              long_text);
    EXPECT_EQ((co_await engine.execute(coropq::statement{"select 7"}))[0][0].as<int>(), 7);
    // One awaited call in another's argument.
    EXPECT_EQ((co_await engine.execute(
                  "select length($1::text)",
                  (co_await engine.execute("select $1::text || 'x'", long_text))[0][0].as<std::string>()))[0][0]
                  .as<int>(),
              201);
    if ((co_await engine.execute("select true"))[0][0].as<bool>() && !co_await engine.inspect().has_table(long_name()))
        co_await engine.execute("select 1");
    while ((co_await engine.execute("select $1::text is null", long_text))[0][0].as<bool>())
        ADD_FAILURE();
    do {
    } while (co_await engine.inspect().has_table(long_name() + long_name(), long_name()));
    switch ((co_await engine.execute("select 2"))[0][0].as<int>()) {
    case 2: break;
    default: ADD_FAILURE();
    }
    if (auto found = co_await engine.execute("select $1::text", long_text); !found.empty()) {
        EXPECT_EQ(found[0][0].text(), long_text);
    }
    auto [first, second] = std::pair(co_await engine.execute("select 1"), co_await engine.execute("select 2"));
    EXPECT_EQ(first[0][0].as<int>() + second[0][0].as<int>(), 3);
    std::vector<coropq::result> kept;
    kept.push_back(co_await engine.execute("select $1::text", long_text));
    kept.emplace_back(co_await engine.execute("select $1::text", long_text));
    const auto pointer = std::make_unique<coropq::result>(co_await engine.execute("select $1::text", long_text));
    EXPECT_EQ((*pointer)[0][0].text(), kept[1][0][0].text());
    std::ostringstream out;
    out << (co_await engine.execute("select $1::text", long_text))[0][0].as<std::string_view>() << url;
    EXPECT_TRUE(out.str().starts_with(long_text));
    const auto run_later = engine;
    co_await engine.dispose();
    EXPECT_THROW(co_await run_later.execute("select 1"), coropq::error);
}

TEST_F(call_shapes, values_and_temporaries) { run_shape(values(as_parts())); }

asio::awaitable<void> inspections(coropq::engine engine) {
    for (const std::string& name : co_await engine.inspect().schema_names())
        for (const std::string& table : co_await engine.inspect().table_names(name))
            EXPECT_FALSE(table.empty());
    EXPECT_TRUE(co_await engine.inspect().has_table("pg_class", "pg_catalog"));
    EXPECT_TRUE(co_await engine.inspect().has_table(std::string("pg_class"), std::string("pg_catalog")));
    EXPECT_TRUE((co_await engine.inspect().table_names(long_name() + "_of_a_schema")).empty());
    EXPECT_TRUE((co_await engine.inspect().table_names(std::optional<std::string>(long_name()))).empty());
    EXPECT_FALSE(co_await engine.inspect().has_table(long_name(), std::nullopt));
    coropq::inspector inspect = engine.inspect();
    auto [tables, schemas] = co_await (inspect.table_names(long_name()) && inspect.schema_names());
    EXPECT_TRUE(tables.empty());
    EXPECT_FALSE(schemas.empty());
}

TEST_F(call_shapes, inspector) { run_shape(inspections(coropq::create_engine(context, plain_address()))); }

asio::awaitable<void> connections(coropq::url url) {
    coropq::connection conn(co_await asio::this_coro::executor);
    int notices = 0;
    co_await conn.connect(url, coropq::connect_options()
                                   .application_name(long_name())
                                   .connect_timeout(5s)
                                   .total_connect_timeout(10s)
                                   .connect_arg("sslmode", "disable")
                                   .on_notice([&](const coropq::diagnostics&) { ++notices; }));
    EXPECT_EQ((co_await conn.execute("show application_name"))[0][0].as<std::string>(), long_name());
    co_await conn.execute("do $$ begin raise notice 'x'; end $$");
    EXPECT_EQ(notices, 1);
    co_await conn.ping();
    co_await conn.close();
    // A braced list in a co_await expression is more than GCC 12 compiles.
    auto options = coropq::connect_options().connect_args({{"keepalives_idle", "30"}, {"tcp_user_timeout", "1000"}});
    // And a lambda that holds something would be destroyed twice there.
    options.on_notice([notices = std::make_shared<int>()](const coropq::diagnostics&) { ++*notices; });
    co_await conn.connect(url, options);
    co_await conn.close();
    const coropq::url same = url.set({.database = coropq::absent}).set({.database = url.database().value()});
    co_await conn.connect(same);

    // With tokens.
    coropq::result output;
    coropq::diagnostics details;
    coropq::error_code code;
    co_await conn.async_execute(coropq::statement{"select $1::text", long_text}, output, asio::use_awaitable);
    EXPECT_EQ(output[0][0].text(), long_text);
    co_await conn.async_execute(coropq::statement("select $1::text", long_text), output, details, asio::deferred);
    auto [failure] = co_await conn.async_execute(coropq::statement("select nope -- " + long_text), output, details,
                                                 asio::as_tuple(asio::use_awaitable));
    EXPECT_EQ(failure, coropq::sqlstate::undefined_column);
    auto [again] = co_await conn.async_execute(coropq::statement("select nope -- " + long_text), output, details,
                                               asio::as_tuple(asio::deferred));
    EXPECT_EQ(again, coropq::sqlstate::undefined_column);
    co_await conn.async_execute(coropq::statement("select nope"), output,
                                asio::redirect_error(asio::use_awaitable, code));
    EXPECT_EQ(code, coropq::sqlstate::undefined_column);
    try {
        co_await conn.async_execute(coropq::statement("select nope -- " + long_text), output, asio::use_awaitable);
        ADD_FAILURE();
    } catch (const boost::system::system_error& problem) {
        EXPECT_EQ(problem.code(), coropq::sqlstate::undefined_column);
    }
    co_await conn.async_ping(asio::use_awaitable);
    co_await conn.async_close(details, asio::use_awaitable);
    co_await conn.async_connect(url, coropq::connect_options().application_name(long_name()), details,
                                asio::use_awaitable);
    co_await conn.async_close(asio::deferred);
    co_await conn.async_connect(coropq::url::parse(url.to_string(coropq::show_password)), asio::deferred);
    coropq::connection moved = std::move(conn);
    co_await moved.ping();
}

TEST_F(call_shapes, connections_and_tokens) { run_shape(connections(as_parts())); }

asio::awaitable<void> errors(coropq::engine engine) {
    try {
        co_await engine.execute("insert into nowhere values ($1)", long_text);
        ADD_FAILURE();
    } catch (const coropq::server_error& e) {
        EXPECT_TRUE(e.code() == coropq::sqlstate::undefined_table) << e.what();
        EXPECT_EQ(e.details().statement(), "insert into nowhere values ($1)");
    }
    std::optional<coropq::error> kept;
    try {
        for (auto row : co_await engine.execute("select $1::text as name", long_text))
            (void)row["other"].as<std::string>();
        ADD_FAILURE();
    } catch (const coropq::error& e) {
        kept = e;
    }
    EXPECT_EQ(kept->code(), coropq::errc::unknown_column);
    try {
        coropq::throw_error(kept->code(), kept->details());
    } catch (const coropq::result_error& e) {
        EXPECT_STREQ(e.what(), kept->what());
    }
}

TEST_F(call_shapes, errors) { run_shape(errors(coropq::create_engine(context, plain_address()))); }

// The program of README.md, with the database of this test.
asio::awaitable<void> readme(const char* token, test_url where, std::string ca, std::string& printed) {
    auto url = coropq::url::create({.user = where.user(),
                                    .password = token, // unquoted: no %40 to write
                                    .host = where.host(),
                                    .port = where.port(),
                                    .database = "prod:all",
                                    .query = {{"sslmode", "verify-full"}, // a token is for one server only
                                              {"sslrootcert", ca}}});
    coropq::engine engine = coropq::create_engine(co_await boost::asio::this_coro::executor, url); // opens nothing yet

    for (const std::string& name : co_await engine.inspect().table_names())
        printed += name + '\n';

    coropq::result found = co_await engine.execute("select 'Ada' as name, 36 as age where 36 > $1", 30);
    for (coropq::row user : found)
        printed += user["name"].as<std::string>() + " is " + std::to_string(user["age"].as<int>());
}

TEST_F(call_shapes, the_program_of_the_readme) {
    std::string printed;
    const test_url where = cluster().query_service_url();
    co_spawn(context, readme(where.password().c_str(), where, cluster().ca_file(), printed), [](std::exception_ptr e) {
        if (e)
            std::rethrow_exception(e);
    });
    context.run();
    EXPECT_TRUE(printed.ends_with("\nAda is 36")) << printed;
}

// docs/asynchrony.md and docs/connecting.md
TEST_F(call_shapes, the_programs_of_the_documentation) {
    auto options = coropq::connect_options()
                       .application_name("reports")
                       .connect_timeout(5s)
                       .connect_arg("sslrootcert", cluster().ca_file())
                       .on_notice([](const coropq::diagnostics& notice) { std::puts(notice.what()); });
    coropq::engine engine = coropq::create_engine(context, plain_address(), coropq::engine_options().connect(options));
    coropq::connection connection(context); // or one connection by itself
    run(context, connection.connect(plain_address(), options));
    bool called = false;
    asio::co_spawn(context, engine.inspect().table_names(),
                   [&](std::exception_ptr problem, std::vector<std::string> names) {
                       called = !problem;
                       EXPECT_FALSE(has_empty(names));
                   });
    std::future<std::vector<std::string>> names =
        asio::co_spawn(context, engine.inspect().table_names(), asio::use_future);
    coropq::result rows;
    coropq::diagnostics details;
    connection.async_execute(coropq::statement("select 1"), rows, details, [&](boost::system::error_code code) {
        if (code)
            ADD_FAILURE() << details << '\n';
    });
    drain(context);
    EXPECT_TRUE(called);
    EXPECT_NO_THROW(names.get());
    EXPECT_EQ(rows.size(), 1u);
}

// A function that takes a connection, as lambda and as coroutine.
asio::awaitable<int> count(coropq::connection& conn, std::string table) {
    co_return (co_await conn.execute("select count(*)::int from " + table + " where $1::text is not null", table))[0][0]
        .as<int>();
}

asio::awaitable<void> nested(coropq::url url) {
    coropq::connection conn(co_await asio::this_coro::executor);
    co_await conn.connect(url);
    auto twice = [&](const std::string& table) -> asio::awaitable<int> {
        const int once = co_await count(conn, table);
        co_return once + co_await count(conn, table + " as another_name_for_it");
    };
    EXPECT_EQ(co_await twice("generate_series(1, 2)"), 4) << "a lambda";
    EXPECT_EQ(co_await count(conn, "generate_series(1, 5)") * co_await count(conn, "generate_series(1, 2)"), 10);
    EXPECT_EQ(
        co_await [&]() -> asio::awaitable<int> { co_return co_await count(conn, "generate_series(1, 3)"); }(), 3);
    int sum = 0;
    for (int i = 0; i != co_await count(conn, "generate_series(1, 3)"); ++i)
        sum += co_await count(conn, "generate_series(1, " + std::to_string(i) + ")");
    EXPECT_EQ(sum, 3);
}

TEST_F(call_shapes, nested_coroutines) { run_shape(nested(as_parts())); }

// Without coroutines.
TEST_F(call_shapes, callbacks_and_futures) {
    coropq::connection conn(context);
    coropq::result res2;
    coropq::diagnostics diag;
    bool done = false;
    conn.async_connect(
        as_parts(), coropq::connect_options().application_name(long_name()), diag, [&](coropq::error_code connected) {
            ASSERT_FALSE(connected) << diag;
            conn.async_execute(coropq::statement{"select 1"}, res2, diag, [&](boost::system::error_code ec) {
                EXPECT_FALSE(ec) << diag;
                done = true;
            });
        });
    drain(context);
    EXPECT_TRUE(done);
    EXPECT_EQ(res2.size(), 1u);

    coropq::engine engine = coropq::create_engine(context, as_parts());
    auto rows = asio::co_spawn(context, engine.execute("select $1::text", long_text), asio::use_future);
    auto names = asio::co_spawn(context, engine.inspect().table_names(long_name()), asio::use_future);
    drain(context);
    asio::co_spawn(context, engine.dispose(), asio::detached);
    drain(context);
    EXPECT_TRUE(names.get().empty());
    EXPECT_EQ(rows.get()[0][0].text(), long_text);
}

} // namespace
