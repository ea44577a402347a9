// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/coropq_tasks.hpp"

#include <coropq/connection.hpp>
#include <coropq/url.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coropq::bench {

namespace {

asio::awaitable<void> hold_at_once(const engine& database, std::size_t count) {
    std::vector<connection> all;
    while (all.size() != count) {
        connection one = co_await database.connect();
        all.push_back(std::move(one));
    }
}

} // namespace

engine open_engine(asio::io_context& context, const load& work) {
    const std::size_t connections = std::min(work.connections, work.tasks);
    const engine database =
        create_engine(context, url::parse(work.url),
                      engine_options().pool(pool_options().size(connections).pipeline_depth(work.depth)));
    start(context, hold_at_once(database, connections));
    context.run();
    context.restart();
    return database;
}

void start(asio::io_context& context, asio::awaitable<void> work) {
    asio::co_spawn(context, std::move(work), [](const std::exception_ptr& problem) {
        if (problem)
            std::rethrow_exception(problem);
    });
}

} // namespace coropq::bench
