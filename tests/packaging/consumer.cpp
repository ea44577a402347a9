// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A program that needs the headers, the library, and all that the library is made of (Boost.URL, Boost.JSON, libpq),
// and no server: there is none in a directory that doesn't exist, and that is what it wants to be told.

#include <coropq/coropq.hpp>
#ifdef WITH_HTTPS
#include <coropq/https/connection_parameters.hpp>
#endif

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>

boost::asio::awaitable<void> ask(coropq::engine engine, bool& told) {
    try {
        co_await engine.inspect().table_names();
    } catch (const coropq::connection_error& error) {
        std::cout << error.what() << '\n';
        told = true;
    }
}

#ifdef WITH_HTTPS
bool needs_an_organization() {
    try {
        const auto token = coropq::fixed_credentials(coropq::credentials(coropq::secret("swordfish")));
        coropq::query_service::credentials_from_connection_parameters(token, coropq::query_service::api_options());
    } catch (const coropq::option_error& error) {
        std::cout << error.what() << '\n';
        return true;
    }
    return false;
}
#endif

int main() {
#ifdef WITH_HTTPS
    if (!needs_an_organization())
        return 1;
#endif
    auto url = coropq::url::create({.user = "ada", .database = "prod:all"});
    url = url.update_query_string("host=/nowhere");
    const coropq::secret password =
        coropq::credentials_from_json(R"({"technicalAccountId": "ada", "credential": "swordfish"})");
    url = url.set({.password = password});
    std::cout << url << '\n';

    boost::asio::io_context context;
    bool told = false;
    co_spawn(context, ask(coropq::create_engine(context, url), told), boost::asio::detached);
    context.run();
    return told ? 0 : 1;
}
