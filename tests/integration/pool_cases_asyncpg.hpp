// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_POOL_CASES_ASYNCPG_HPP
#define COROPQ_TESTS_INTEGRATION_POOL_CASES_ASYNCPG_HPP

#include "pool_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <string>

namespace coropq::test {

/// What the tests named after asyncpg's share.
struct asyncpg_fixture : pool_fixture {
    /// A table for everybody.
    static void make_table(const std::string& name) {
        cluster().query("drop table if exists " + name + "; create table " + name + " (n int); grant all on " + name +
                            " to public",
                        cluster().app_database());
    }
    static std::string seen(const std::string& sql) { return cluster().query_value(sql, cluster().app_database()); }

    static asio::awaitable<void> acquire_use_release(engine from) {
        connection conn = co_await from.connect();
        const int answer = co_await conn.fetch_value<int>("select 1");
        if (answer != 1)
            throw std::runtime_error("a wrong answer");
        co_await conn.close();
    }
    static asio::awaitable<void> use_in_scope(engine from) {
        const connection conn = co_await from.connect();
        const int answer = co_await conn.fetch_value<int>("select 1");
        if (answer != 1)
            throw std::runtime_error("a wrong answer");
    }

    /// Nobody has a connection, and none got lost in the numbers.
    void expect_at_rest(const engine& engine) {
        EXPECT_TRUE(run_until([&] { return engine.stats().active == 0 && engine.stats().closing == 0; }));
        expect_balance(engine.stats());
    }
};

} // namespace coropq::test

#endif
