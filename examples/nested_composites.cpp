// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A tree of objects in one statement: composite types, and arrays of them, are structs with structs in them.
//
//     nested_composites postgresql://user:password@host:5432/database
//
// Works on temporary types and tables. Without an argument the URL is taken from COROPQ_URL.

#include "run_example.hpp"

#include <boost/describe/class.hpp>

#include <iostream>
#include <string>
#include <vector>

struct address {
    std::string street;
    std::string city;
    std::optional<std::string> country;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, city, country))

struct item {
    std::string product;
    int quantity = 0;
    coropq::decimal price;
};
BOOST_DESCRIBE_STRUCT(item, (), (product, quantity, price))

struct order {
    std::int64_t id = 0;
    address delivery;        // a column of the composite type "address"
    std::vector<item> items; // made by the statement: array_agg of rows
};
BOOST_DESCRIBE_STRUCT(order, (), (id, delivery, items))

boost::asio::awaitable<void> run_example(coropq::url url) {
    coropq::connection connection(co_await boost::asio::this_coro::executor);
    co_await connection.connect(url);
    co_await connection.execute_script(R"(
        create type pg_temp.address as (street text, city text, country text);
        create temporary table orders (id bigint primary key, delivery address not null);
        create temporary table items (order_id bigint, product text, quantity int, price numeric(12, 2)))");

    // A struct as a parameter is a value of its composite type.
    const address home = {"1 Main Street, \"the corner\"", "Springfield", std::nullopt};
    co_await connection.execute("insert into orders values ($1, $2)", 1, home);
    co_await connection.execute("insert into items values (1, 'pencil', 12, 0.35), (1, 'paper (A4)', 1, 4.99)");

    const std::string text = R"(
        select o.id, o.delivery, array_agg(i order by i.product) as items
        from orders o join items i on i.order_id = o.id group by o.id, o.delivery)";
    for (const order& one : co_await connection.fetch<order>(text)) {
        std::cout << "order " << one.id << " to " << one.delivery.street << ", " << one.delivery.city << '\n';
        for (const item& thing : one.items)
            std::cout << "  " << thing.quantity << " x " << thing.product << " at " << thing.price << '\n';
    }
    co_await connection.close();
}
