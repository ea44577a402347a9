// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_POOL_CASES_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_POOL_CASES_SUPPORT_HPP

#include "pool_support.hpp"

#include <chrono>
#include <exception>
#include <string_view>

namespace coropq::test {

/// For the cases of other pools.
struct pool_cases_fixture : pool_fixture {
    /// Runs the context until what was returned is idle or gone, and nothing is being closed.
    bool comes_to_rest(const coropq::engine& engine) {
        return run_until([&] {
            const coropq::pool_statistics numbers = engine.stats();
            return numbers.active + numbers.closing == 0;
        });
    }

    /// Runs the context until that has ended: with what.
    error_code outcome_of(const started& operation) {
        EXPECT_TRUE(run_until([&] { return operation.code.has_value(); })) << "doesn't end";
        return operation.code.value_or(error_code());
    }

    template <typename Queryable>
    int backend_of(const Queryable& from, std::source_location where = std::source_location::current()) {
        return run(context, from.execute("select pg_backend_pid()"), time_limit, where)[0][0].template as<int>();
    }

    /// That a statement works, in the end.
    template <typename Queryable>
    void expect_works(const Queryable& with, std::source_location where = std::source_location::current()) {
        EXPECT_EQ(run(context, with.execute("select 7"), time_limit, where)[0][0].template as<int>(), 7)
            << "line " << where.line();
    }

    /// Runs one that may fail.
    template <typename Queryable>
    void try_to(const Queryable& with, std::string_view sql) {
        try {
            run(context, with.execute(sql));
        } catch (const coropq::error&) { // as it may
        }
    }
};

} // namespace coropq::test

#endif
