// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Prints the names of the tables of a database, one on each line:
//
//     table_names postgresql://user:password@host:5432/database
//
// Without an argument the URL is taken from the environment variable COROPQ_URL, which keeps the password out of the
// list of processes.

#include <coropq/coropq.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> print_table_names(coropq::url url) {
    coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, url);
    for (const std::string& name : co_await engine.inspect().table_names())
        std::cout << name << '\n';
    co_await engine.dispose();
}

int main(int argc, char** argv) {
    const char* const text = argc > 1 ? argv[1] : std::getenv("COROPQ_URL");
    if (text == nullptr || argc > 2) {
        std::cerr << "usage: table_names URL\n       COROPQ_URL=URL table_names\n";
        return 2;
    }
    try {
        asio::io_context context;
        asio::co_spawn(context, print_table_names(coropq::url::parse(text)), [](std::exception_ptr problem) {
            if (problem)
                std::rethrow_exception(problem);
        });
        context.run();
    } catch (const std::exception& problem) {
        std::cerr << "table_names: " << problem.what() << '\n';
        return 1;
    }
}
