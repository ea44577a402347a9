// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What SQLAlchemy's tests of its QueuePool are about, under their names: connections that are retired, replaced, given
// back, and reset between two users.

#include "pool_cases_sqlalchemy.hpp"

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::error_code;
using coropq::pool_options;

using sqlalchemy_pool = sqlalchemy_fixture;
using sqlalchemy_reset_on_return = sqlalchemy_fixture;

// --- retired and replaced ---

TEST_F(sqlalchemy_pool, connrec_invalidated_within_checkout_no_race) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms));
    run(context, engine.execute("select 1"));
    proxy.stall();
    started& asked = start(engine, "select 7");
    EXPECT_TRUE(run_until([&] { return engine.stats().pings == 1; }));
    engine.invalidate();
    proxy.release();
    drain(context);
    EXPECT_EQ(asked.code, error_code()) << asked.details;
    EXPECT_EQ(engine.stats().opened, 2u);
    expect_balance(engine.stats());
}

// Several users see that the server was stopped: what was opened since the first of them said so stays.
TEST_F(sqlalchemy_pool, recycle_pool_no_race) {
    const coropq::engine engine = make_pool(pool_options().size(4));
    std::vector<coropq::connection> held;
    for (int i = 0; i != 3; ++i)
        held.push_back(get(engine));
    EXPECT_EQ(cluster().terminate_backends(), 3u);
    int opened_since = 0;
    while (!held.empty()) {
        failure_of<coropq::connection_error>(context, held.back().execute("select 1"));
        held.pop_back();
        const int used = backend_of(context, get(engine));
        if (opened_since == 0)
            opened_since = used;
        EXPECT_EQ(used, opened_since);
    }
    EXPECT_EQ(proxy.connections(), 4u);
    expect_balance(engine.stats());
}

TEST_F(sqlalchemy_pool, error_on_pooled_reconnect_cleanup_invalidate) {
    const coropq::engine engine = make_pool(pool_options().size(1));
    run(context, engine.execute("select 1"));
    proxy.refuse(true);
    engine.invalidate();
    expect_recovery(engine);
}

TEST_F(sqlalchemy_pool, error_on_pooled_reconnect_cleanup_recycle) {
    const coropq::engine engine = make_pool(pool_options().size(1).max_lifetime(50ms));
    run(context, engine.execute("select 1"));
    proxy.refuse(true);
    EXPECT_TRUE(run_until([&] { return engine.stats().closed.lifetime == 1; }));
    for (int i = 0; i != 2; ++i)
        EXPECT_EQ(failure_of<coropq::connection_error>(context, engine.connect()).code(), coropq::errc::connect_failed);
    proxy.refuse(false);
    EXPECT_EQ(text_of(engine, "select 7"), "7");
    expect_balance(engine.stats());
}

// What happens at check-out is our ping.
TEST_F(sqlalchemy_pool, error_on_pooled_reconnect_cleanup_wcheckout_event) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(0ms));
    run(context, engine.execute("select 1"));
    proxy.refuse(true);
    proxy.cut();
    expect_recovery(engine);
}

// --- given back ---

TEST_F(sqlalchemy_pool, no_double_checkin) {
    const coropq::engine engine = make_pool(pool_options().size(1).acquire_timeout(0ms));
    std::optional<coropq::connection> first(get(engine));
    run(context, first->close());
    coropq::connection second = get(engine);
    run(context, first->close()); // it is the second user's now
    first.reset();
    EXPECT_EQ(engine.stats().active, 1u);
    failure_of<coropq::pool_timeout>(context, engine.connect());
    run(context, second.ping());
}

TEST_F(sqlalchemy_pool, lifo) {
    const coropq::engine engine = make_pool(pool_options().size(3));
    std::vector<int> backends;
    {
        std::vector<coropq::connection> held;
        for (int i = 0; i != 3; ++i) {
            held.push_back(get(engine));
            backends.push_back(backend_of(context, held.back()));
        }
        for (coropq::connection& each : held)
            run(context, each.close());
    }
    std::vector<coropq::connection> again;
    for (std::size_t i = 3; i-- != 0;) {
        again.push_back(get(engine));
        EXPECT_EQ(backend_of(context, again.back()), backends[i]);
    }
}

TEST_F(sqlalchemy_reset_on_return, custom) {
    const coropq::engine engine =
        make_with_setup(pool_options().size(1).reset(coropq::reset_policy::discard_all), {"set work_mem = '77MB'"});
    run(context, engine.execute("set application_name = 'somebody'"));
    run(context, engine.execute("set work_mem = '88MB'"));
    EXPECT_NE(text_of(engine, "show application_name"), "somebody");
    EXPECT_EQ(text_of(engine, "show work_mem"), "77MB"); // set up again
    EXPECT_EQ(proxy.connections(), 1u);
}

// Nothing is sent when the transaction has ended.
TEST_F(sqlalchemy_reset_on_return, plain_rollback_via_engine) {
    const coropq::engine engine = make_pool(pool_options().size(1).ping_after(std::chrono::milliseconds::max()));
    const auto bytes_of_next = [&] {
        proxy.reset_counters();
        run(context, engine.execute("show work_mem"));
        return proxy.bytes(direction::to_server);
    };
    bytes_of_next();
    const std::size_t usual = bytes_of_next();
    for (const std::string_view end : {"commit", "rollback", ""}) {
        run(context, engine.execute("show work_mem"));
        std::optional<coropq::connection> conn(get(engine));
        run(context, conn->execute("begin"));
        if (!end.empty())
            run(context, conn->execute(end));
        proxy.reset_counters();
        conn.reset();
        run(context, engine.execute("show work_mem"));
        if (end.empty())
            EXPECT_GT(proxy.bytes(direction::to_server), usual);
        else
            EXPECT_EQ(proxy.bytes(direction::to_server), usual) << end;
    }
}

// Not offered: nothing is committed that its user hasn't committed.
TEST_F(sqlalchemy_reset_on_return, plain_commit) {
    make_table("unfinished");
    const coropq::engine engine = make_pool(pool_options().size(1));
    {
        const coropq::connection conn = get(engine);
        run(context, conn.execute("begin"));
        run(context, conn.execute("insert into unfinished values (1)"));
    }
    EXPECT_EQ(text_of(engine, "select count(*) from unfinished"), "0");
    EXPECT_EQ(proxy.connections(), 1u);
}

// Ours doesn't hand an open transaction to somebody else: that connection is closed.
TEST_F(sqlalchemy_reset_on_return, plain_none) {
    const coropq::engine engine = make_pool(pool_options().size(1).reset(coropq::reset_policy::none));
    run(context, engine.execute("set work_mem = '77MB'"));
    EXPECT_EQ(text_of(engine, "show work_mem"), "77MB");
    EXPECT_EQ(proxy.connections(), 1u);
    run(context, engine.execute("begin"));
    EXPECT_NE(text_of(engine, "show work_mem"), "77MB");
    EXPECT_EQ(proxy.connections(), 2u);
    expect_balance(engine.stats());
}

} // namespace
