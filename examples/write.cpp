// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The ways to write with Query Service, whose tables can only grow: CREATE TABLE … AS SELECT, INSERT INTO … SELECT,
// views, and temporary tables, which live as long as their session (Adobe, "SQL syntax in Query Service"):
//
//     write queryservice://ABC123%40AdobeOrg:token@acme.platform-query.adobe.io/prod:all
//
// Reads luma_loyalty_members of Adobe's sample data, makes a table and a view of its own, and drops them. Without an
// argument the URL is taken from COROPQ_URL. Works with every PostgreSQL that has such a table.

#include "run_example.hpp"

#include <iostream>
#include <string>

namespace asio = boost::asio;

// A table with what a query gives; the service makes a dataset of it, with a schema of its own. Where there is a schema
// that it should have: create table … with (schema = '…') as select …
asio::awaitable<void> make_table(const coropq::engine& engine) {
    co_await engine.execute(
        "create table coropq_members as "
        "select \"loyaltyId\", \"firstName\", points from luma_loyalty_members where tier = 'gold'");
    std::cout << "made coropq_members\n";
}

// More rows. There is no INSERT … VALUES for lists of values: what is written comes from a query, without parentheses
// around it.
asio::awaitable<void> add_rows(const coropq::engine& engine) {
    co_await engine.execute(
        "insert into coropq_members "
        "select \"loyaltyId\", \"firstName\", points from luma_loyalty_members where tier = 'silver'");
    const auto count = co_await engine.fetch_value<int>("select count(*) from coropq_members");
    std::cout << "it has " << count << " rows now\n";
}

asio::awaitable<void> make_view(const coropq::engine& engine) {
    co_await engine.execute("create or replace view coropq_best_members as "
                            "select \"firstName\", points from coropq_members where points > 1000");
    const coropq::result best = co_await engine.execute("select \"firstName\", points from coropq_best_members");
    for (const auto& [name, points] : best.rows<std::string, int>())
        std::cout << name << " has " << points << " points\n";
}

// A temporary table belongs to its session: one connection for all that uses it.
asio::awaitable<void> use_temporary_table(const coropq::engine& engine) {
    coropq::connection session = co_await engine.connect();
    co_await session.execute("create temp table coropq_names as select \"firstName\" from luma_loyalty_members");
    const auto count = co_await session.fetch_value<int>("select count(*) from coropq_names");
    std::cout << "the temporary table has " << count << " rows\n";
    co_await session.close(); // and with it goes the table
}

// What was written stays: rows aren't changed, nor deleted. To correct them, write another table from the first one.
asio::awaitable<void> try_to_change(const coropq::engine& engine) {
    try {
        co_await engine.execute("update luma_loyalty_members set points = 0");
        std::cout << "changed\n";
    } catch (const coropq::server_error& refused) {
        std::cout << "refused: " << refused.details().message() << '\n';
        if (!refused.details().hint().empty())
            std::cout << "hint: " << refused.details().hint() << '\n';
    }
}

asio::awaitable<void> run_example(coropq::url url) {
    const coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, url);
    co_await make_table(engine);
    co_await add_rows(engine);
    co_await make_view(engine);
    co_await use_temporary_table(engine);
    co_await try_to_change(engine);
    co_await engine.execute("drop view coropq_best_members");
    co_await engine.execute("drop table coropq_members");
    co_await engine.dispose();
}
