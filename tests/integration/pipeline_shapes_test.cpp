// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Every form in which pipelines are called, as in docs/pipelines.md. With GCC 12 and the address sanitizer, a form that
// its coroutines can't do fails here (see call_shapes_test.cpp).

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
#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace asio::experimental::awaitable_operators;

struct user {
    int id;
    std::string name;
    int age;
};
BOOST_DESCRIBE_STRUCT(user, (), (id, name, age))

// Longer than what a std::string keeps inside, so that a second destruction is noticed.
const std::string long_text(200, 'x');

struct pipeline_shapes : testing::Test {
    asio::io_context context;
    void run_shape(asio::awaitable<void> shape) {
        run(context, std::move(shape));
        drain(context);
    }
};

coropq::pipeline two_stages(std::string text) {
    coropq::pipeline made(coropq::pipeline_mode::isolated);
    made.execute("select $1::text", text);
    made.execute(coropq::statement{"select $1::text || 'y'", text});
    return made;
}

asio::awaitable<void> with_values(coropq::url url) {
    coropq::connection conn(co_await asio::this_coro::executor);
    co_await conn.connect(url);
    co_await conn.execute("create temp table users (id int primary key, name text, age int)");
    co_await conn.execute("create temp table log (text text unique)");
    co_await conn.execute("insert into users values (1, $1, 36)", long_text);

    // The program of the documentation.
    coropq::pipeline work(coropq::pipeline_mode::isolated);
    auto count = work.fetch_value<std::int64_t>("select count(*) from users where age > $1", 30);
    auto people = work.fetch<user>("select id, name, age from users");
    auto added = work.execute("insert into log (text) values ($1)", "looked");
    coropq::pipeline_results done = co_await conn.run_pipeline(work);
    std::int64_t n = done[count];
    EXPECT_EQ(n, 1);
    for (const user& each : done[people])
        EXPECT_EQ(each.name, long_text);
    done.throw_if_failed();
    const coropq::pipeline_results again = co_await conn.run_pipeline(work);
    EXPECT_TRUE(again.error(added) == coropq::sqlstate::unique_violation);

    // Temporaries of every kind.
    EXPECT_EQ((co_await conn.run_pipeline(work))[people].size(), 1u);
    for (const user& each : (co_await conn.run_pipeline(work))[people])
        EXPECT_EQ(each.age, 36);
    EXPECT_EQ((co_await conn.run_pipeline(two_stages(long_text + "z"))).outcome(1).output[0][0].text().size(), 202u);
    if (const auto ended = co_await conn.run_pipeline(coropq::pipeline(work)); !ended.all_done()) {
        EXPECT_THROW(ended.throw_if_failed(), coropq::server_error);
    }
    std::vector<coropq::pipeline_results> kept;
    kept.push_back(co_await conn.run_pipeline(two_stages(long_text)));
    kept.push_back(co_await conn.run_pipeline(std::move(work)));
    EXPECT_EQ(kept[0].outcome(0).output[0][0].text(), long_text);

    coropq::transaction tx = co_await conn.begin();
    EXPECT_TRUE((co_await tx.run_pipeline(two_stages(long_text))).all_done());
    co_await tx.commit();
    co_await conn.close();
}

TEST_F(pipeline_shapes, values_and_temporaries) { run_shape(with_values(plain_address())); }

// The same for everything that runs them.
template <typename Target>
asio::awaitable<void> with_tokens(Target& target) {
    coropq::pipeline work = two_stages(long_text);
    coropq::pipeline_results results;
    coropq::diagnostics details;
    coropq::error_code code;
    co_await target.async_run_pipeline(work, results, details, asio::redirect_error(asio::use_awaitable, code));
    EXPECT_FALSE(code) << details;
    EXPECT_EQ(results.outcome(0).output[0][0].text(), long_text);
    co_await target.async_run_pipeline(work, results, asio::use_awaitable);
    EXPECT_TRUE(results.all_done());
    co_await target.async_run_pipeline(two_stages(long_text), results, details, asio::deferred);
    EXPECT_TRUE(results.all_done());
    co_await target.async_run_pipeline(two_stages(long_text), results, asio::use_awaitable);
    EXPECT_TRUE(results.all_done());
    work.execute("copy pg_class to stdout");
    auto [failure] = co_await target.async_run_pipeline(work, results, details, asio::as_tuple(asio::use_awaitable));
    EXPECT_EQ(failure, coropq::errc::unsupported);
    auto [again] = co_await target.async_run_pipeline(work, results, details, asio::as_tuple(asio::deferred));
    EXPECT_EQ(again, coropq::errc::unsupported);
    EXPECT_EQ(results.outcome(0).status, coropq::stage_status::not_run);
    try {
        co_await target.async_run_pipeline(work, results, asio::use_awaitable);
        ADD_FAILURE();
    } catch (const boost::system::system_error& problem) {
        EXPECT_EQ(problem.code(), coropq::errc::unsupported);
    }
    try {
        results = co_await target.run_pipeline(work);
        ADD_FAILURE();
    } catch (const coropq::error& problem) {
        EXPECT_EQ(problem.code(), coropq::errc::unsupported) << problem.what();
    }
}

asio::awaitable<void> with_tokens_on_all(coropq::url url) {
    coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, url);
    co_await with_tokens(engine);
    coropq::connection conn = co_await engine.connect();
    co_await with_tokens(conn);
    coropq::transaction tx = co_await conn.begin();
    co_await with_tokens(tx);
    co_await tx.rollback();
    co_await conn.close();
    // At the same time.
    auto [first, second] =
        co_await (engine.run_pipeline(two_stages("first")) && engine.run_pipeline(two_stages(long_text)));
    EXPECT_EQ(first.outcome(0).output[0][0].text(), "first");
    EXPECT_EQ(second.outcome(0).output[0][0].text(), long_text);
    co_await engine.dispose();
}

TEST_F(pipeline_shapes, completion_tokens) { run_shape(with_tokens_on_all(plain_address())); }

// Without coroutines.
TEST_F(pipeline_shapes, callbacks_and_futures) {
    const coropq::engine engine = coropq::create_engine(context, plain_address());
    coropq::connection conn = run(context, engine.connect());
    coropq::pipeline_results of_engine;
    coropq::pipeline_results of_connection;
    coropq::diagnostics details;
    int ended = 0;
    const auto expect_success = [&](boost::system::error_code problem) {
        EXPECT_FALSE(problem) << details;
        ++ended;
    };
    engine.async_run_pipeline(two_stages(long_text), of_engine, details, expect_success);
    conn.async_run_pipeline(two_stages(long_text), of_connection, expect_success);
    auto future = asio::co_spawn(context, engine.run_pipeline(two_stages(long_text)), asio::use_future);
    coropq::pipeline_results told;
    auto done = engine.async_run_pipeline(two_stages(long_text), told, asio::use_future);
    drain(context);
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(of_engine.outcome(0).output[0][0].text(), long_text);
    EXPECT_TRUE(of_connection.all_done());
    EXPECT_TRUE(future.get().all_done());
    done.get();
    EXPECT_TRUE(told.all_done());
    // Nobody waits for it, and what it needs it owns.
    conn.async_run_pipeline(two_stages(long_text), of_connection, asio::detached);
    drain(context);
    EXPECT_TRUE(of_connection.all_done());
}

} // namespace
