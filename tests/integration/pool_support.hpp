// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_POOL_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_POOL_SUPPORT_HPP

#include "engine_support.hpp"

#include <chrono>
#include <source_location>

namespace coropq::test {

/// Engines behind a proxy, and what their pools do.
struct pool_fixture : engine_fixture {
    /// Runs the context, as if something else kept it running, until it is so.
    template <typename Predicate>
    bool run_until(Predicate predicate, std::chrono::milliseconds limit = std::chrono::minutes(1)) {
        return wait_until(
            [&] {
                context.restart();
                context.poll();
                return predicate();
            },
            limit);
    }

    coropq::engine make_pool(coropq::pool_options options) {
        return make(coropq::engine_options().pool(std::move(options)));
    }

    coropq::connection get(const coropq::engine& from, std::source_location where = std::source_location::current()) {
        return run(context, from.connect(where), time_limit, where);
    }

    /// Every connection that was opened is somewhere.
    static void expect_balance(const coropq::pool_statistics& numbers,
                               std::source_location where = std::source_location::current()) {
        const coropq::closed_connections& gone = numbers.closed;
        EXPECT_EQ(numbers.opened, numbers.active + numbers.idle + gone.idle + gone.lifetime + gone.overflow +
                                      gone.broken + gone.invalidated + gone.disposed)
            << "line " << where.line();
    }

    static int backend_of(asio::io_context& context, const coropq::connection& conn) {
        return run(context, conn.execute("select pg_backend_pid()"))[0][0].as<int>();
    }
};

} // namespace coropq::test

#endif
