// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_STREAM_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_STREAM_SUPPORT_HPP

// What the tests of streams share. They are run for each strategy.

#include "api_support.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::test {

inline std::string numbers(int count) { return "select g from generate_series(1, " + std::to_string(count) + ") g"; }
// Slow to end by itself, fast to send the first rows.
inline const std::string endless = "select generate_series(1, 100000000), repeat('x', 100) -- endless";

inline const std::string open_cursors = "select count(*) from pg_cursors where name like 'coropq%'";

template <typename Stream>
std::vector<int> rest_of(asio::io_context& context, Stream& rows) {
    std::vector<int> found;
    while (const std::optional<int> next = run(context, rows.next()))
        found.push_back(*next);
    return found;
}

inline bool no_longer_runs(const std::string& comment) {
    return wait_until([&] {
        return cluster().query_value(
                   "select count(*) from pg_stat_activity where state = 'active' and strpos(query, '" + comment +
                   "') > 0 and pid <> pg_backend_pid()") == "0";
    });
}

struct streams : testing::TestWithParam<stream_strategy> {
    asio::io_context context;
    coropq::engine engine =
        coropq::create_engine(context, plain_address(), coropq::engine_options().pool(coropq::pool_options().size(1)));
    coropq::connection conn{context};

    streams() { run(context, conn.connect(plain_address())); }
    ~streams() override {
        run(context, conn.close());
        run(context, engine.dispose());
        drain(context);
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    static stream_options by(std::size_t batch) { return {.batch = batch, .strategy = GetParam()}; }
    int value(const coropq::engine& from, std::string_view sql) { return run(context, from.fetch_value<int>(sql)); }
    // What the connection was before, it is afterwards: usable at once, the same session, outside of a transaction.
    template <typename Target>
    void expect_usable(const Target& target, int pid) {
        EXPECT_EQ(run(context, target.template fetch_value<int>("select pg_backend_pid()")), pid);
        // A statement of the simple protocol begins its transaction when it begins itself.
        coropq::statement began("select now() = statement_timestamp()");
        began.simple_protocol(true);
        EXPECT_EQ(run(context, target.execute(began))[0][0].text(), "t");
        EXPECT_EQ(run(context, target.execute(open_cursors))[0][0].text(), "0");
    }
    template <typename Target>
    int pid_of(const Target& target) {
        return run(context, target.template fetch_value<int>("select pg_backend_pid()"));
    }
};

inline std::string name_of(const testing::TestParamInfo<stream_strategy>& parameter) {
    return parameter.param == stream_strategy::rows ? "rows" : "cursor";
}

} // namespace coropq::test

#endif
