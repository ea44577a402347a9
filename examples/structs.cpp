// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Rows as structs of your own, in and out:
//
//     structs postgresql://user:password@host:5432/database
//
// Works on a temporary table, so it leaves nothing behind. Without an argument the URL is taken from COROPQ_URL.

#include "run_example.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

// The enumerators are the labels in the database.
BOOST_DEFINE_ENUM_CLASS(role, reader, author, admin)

struct user {
    int id = 0;
    std::string name;
    std::optional<int> age;             // may be NULL
    role kind = role::reader;           // the column is called "role", see below
    std::vector<std::string> languages; // text[]
    coropq::date signedUp;              // finds the column signed_up
};
BOOST_DESCRIBE_STRUCT(user, (), (id, name, age, kind, languages, signedUp))

template <>
struct coropq::column_names<user> {
    static constexpr std::array renames{coropq::column_name{"kind", "role"}};
};

boost::asio::awaitable<void> run_example(coropq::url url) {
    coropq::connection connection(co_await boost::asio::this_coro::executor);
    co_await connection.connect(url);
    co_await connection.execute_script(R"(
        create type pg_temp.role as enum ('reader', 'author', 'admin');
        create temporary table users (id int primary key, name text not null, age int, role role not null,
                                      languages text[] not null, signed_up date not null))");

    // A struct's members are the named parameters of a statement.
    const std::vector<user> everybody = {
        {1, "Ada", 36, role::admin, {"en", "fr"}, coropq::date(std::chrono::year(1843) / 7 / 10)},
        {2, "Alan", 41, role::author, {"en"}, coropq::date(std::chrono::year(1936) / 5 / 28)},
        {3, "Grace", std::nullopt, role::author, {}, coropq::date(std::chrono::year(1944) / 7 / 2)},
    };
    for (const user& one : everybody)
        co_await connection.execute("insert into users values (:id, :name, :age, :role, :languages, :signedUp)",
                                    coropq::named(one));

    for (const user& one : co_await connection.fetch<user>("select * from users where role = $1", role::author))
        std::cout << one.name << " knows " << one.languages.size() << " languages, since " << one.signedUp << '\n';

    const std::optional<user> nobody = co_await connection.fetch_optional<user>("select * from users where id = $1", 7);
    std::cout << "number 7: " << (nobody ? nobody->name : "nobody") << '\n';

    const auto average = co_await connection.fetch_value<std::optional<coropq::decimal>>("select avg(age) from users");
    std::cout << "average age: " << *average << '\n';

    // Without copying: the names are views into the result.
    const coropq::result names = co_await connection.execute("select id, name from users order by id");
    for (const auto& [id, name] : names.rows<int, std::string_view>())
        std::cout << id << ' ' << name << '\n';
    co_await connection.close();
}
