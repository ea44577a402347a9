// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_RUN_EXAMPLE_HPP
#define COROPQ_EXAMPLES_RUN_EXAMPLE_HPP

// What the examples that need nothing but a URL have in common: it is the argument, or in the environment variable
// COROPQ_URL, which keeps the password out of the list of processes. table_names.cpp shows it in full.

#include <coropq/coropq.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

/// What the example does.
boost::asio::awaitable<void> run_example(coropq::url url);

int main(int argc, char** argv) {
    const char* const text = argc > 1 ? argv[1] : std::getenv("COROPQ_URL");
    if (text == nullptr || argc > 2) {
        std::cerr << "usage: " << argv[0] << " URL\n       COROPQ_URL=URL " << argv[0] << '\n';
        return 2;
    }
    try {
        boost::asio::io_context context;
        boost::asio::co_spawn(context, run_example(coropq::url::parse(text)), [](std::exception_ptr problem) {
            if (problem)
                std::rethrow_exception(problem);
        });
        context.run();
    } catch (const std::exception& problem) {
        std::cerr << argv[0] << ": " << problem.what() << '\n';
        return 1;
    }
}

#endif
