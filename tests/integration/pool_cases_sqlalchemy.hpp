// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_POOL_CASES_SQLALCHEMY_HPP
#define COROPQ_TESTS_INTEGRATION_POOL_CASES_SQLALCHEMY_HPP

#include "pool_support.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::test {

/// What the tests named after SQLAlchemy's share.
struct sqlalchemy_fixture : pool_fixture {
    /// A table for everybody, for what set-up statements leave behind.
    static void make_table(const std::string& name) {
        cluster().query("drop table if exists " + name + "; create table " + name + " (n int); grant all on " + name +
                            " to public",
                        cluster().app_database());
    }
    static std::string seen(const std::string& sql) { return cluster().query_value(sql, cluster().app_database()); }

    coropq::engine make_with_setup(pool_options options, std::vector<std::string> setup) {
        return make(engine_options().pool(std::move(options)).connect(connect_options().on_connect(std::move(setup))));
    }

    std::string text_of(const engine& from, std::string_view sql) {
        return run(context, from.execute(sql))[0][0].text();
    }

    /// A new connection is needed, and there is none: nothing of the attempts stays behind.
    void expect_recovery(const engine& engine) {
        for (int i = 0; i != 2; ++i)
            EXPECT_EQ(failure_of<connection_error>(context, engine.connect()).code(), errc::connect_failed);
        EXPECT_EQ(engine.stats().active + engine.stats().idle + engine.stats().waiting, 0u);
        proxy.refuse(false);
        EXPECT_EQ(text_of(engine, "select 7"), "7");
        EXPECT_EQ(engine.stats().active, 0u);
        expect_balance(engine.stats());
    }
};

/// … of losing connections.
struct sqlalchemy_reconnect_fixture : sqlalchemy_fixture {
    void expect_works(const engine& engine) { EXPECT_EQ(text_of(engine, "select 7"), "7"); }

    /// Nobody has a connection, and none got lost in the numbers.
    void expect_at_rest(const engine& engine) {
        EXPECT_TRUE(run_until([&] { return engine.stats().active == 0 && engine.stats().closing == 0; }));
        expect_balance(engine.stats());
    }

    template <typename Use>
    void expect_lost(Use use) {
        EXPECT_EQ(failure_of<connection_error>(context, use()).code(), errc::connection_lost);
    }
};

} // namespace coropq::test

#endif
