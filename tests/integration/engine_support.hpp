// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_ENGINE_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_ENGINE_SUPPORT_HPP

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq::test {

/// Between two uses of a connection, a busy machine may take the second after which a pool asks for a sign of life,
/// which counts as a round trip, and the answer may take the second after which the connection is replaced. Where a
/// test says nothing else, neither happens.
inline coropq::pool_options patient(coropq::pool_options options) {
    const coropq::pool_options usual;
    if (options.ping_after() == usual.ping_after())
        options.ping_after(std::chrono::milliseconds::max());
    if (options.ping_timeout() == usual.ping_timeout())
        options.ping_timeout(std::chrono::seconds(20));
    return options;
}

inline coropq::engine_options pool_of(std::size_t size, std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    return coropq::engine_options().pool(patient(coropq::pool_options().size(size).acquire_timeout(timeout)));
}

/// One statement at a time on each connection.
inline coropq::engine_options unshared_pool_of(std::size_t size,
                                               std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    coropq::engine_options options = pool_of(size, timeout);
    return options.pool(coropq::pool_options(options.pool()).pipelining(false));
}

/// Engines behind a proxy, which counts their connections, and statements whose ends are remembered.
struct engine_fixture : testing::Test {
    // Sessions of earlier tests are gone.
    engine_fixture() { EXPECT_TRUE(cluster().wait_for_session_count(0)); }

    asio::io_context context;
    tcp_proxy proxy{cluster().port()};

    coropq::engine make(coropq::engine_options options = {}) {
        options.pool(patient(options.pool()));
        return coropq::create_engine(context, address_through(proxy), std::move(options));
    }

    // The first connection of an engine whose short `acquire_timeout` is for what comes afterwards: on a busy machine,
    // connecting takes longer than that. It goes on when nobody waits for it any more. Also for further connections.
    coropq::connection opened_by(const coropq::engine& impatient,
                                 std::source_location where = std::source_location::current()) {
        coropq::connection opened(context);
        EXPECT_TRUE(wait_until([&] {
            try {
                opened = run(context, impatient.connect(where), time_limit, where);
                return true;
            } catch (const coropq::pool_timeout&) {
                return false;
            }
        }));
        return opened;
    }

    // A statement that was started, and how it ended.
    struct started {
        coropq::result output;
        coropq::diagnostics details;
        std::optional<error_code> code;
        asio::cancellation_signal stop;
    };
    std::vector<std::unique_ptr<started>> all;
    std::vector<std::size_t> ended; ///< indexes, in that order

    started& start(const coropq::engine& target, const std::string& sql) {
        const std::size_t index = all.size();
        all.push_back(std::make_unique<started>());
        started& each = *all.back();
        target.async_execute(coropq::statement(sql), each.output, each.details,
                             asio::bind_cancellation_slot(each.stop.slot(), [this, &each, index](error_code code) {
                                 each.code = code;
                                 ended.push_back(index);
                             }));
        return each;
    }
};

} // namespace coropq::test

#endif
