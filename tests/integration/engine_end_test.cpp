// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How engines end.

#include "engine_support.hpp"
#include "open_sockets.hpp"

namespace {

using namespace coropq::test;
using coropq::error_code;

using engine_end = engine_fixture;

TEST_F(engine_end, dispose_closes_what_is_idle_and_later_what_is_busy) {
    const coropq::engine three = make(pool_of(3));
    const std::size_t before = open_sockets();
    for (int i = 0; i != 3; ++i)
        start(three, "select pg_sleep(0.02)");
    drain(context);
    // For each connection, libpq's, the duplicate that the event loop watches, and two of the proxy.
    EXPECT_EQ(open_sockets() - before, 12u);
    gate closed(context);
    start(three, gate::statement("first"));
    start(three, gate::statement("second"));
    ASSERT_TRUE(run_until_active(context, "first"));
    ASSERT_TRUE(run_until_active(context, "second"));
    const coropq::engine one = make(unshared_pool_of(1));
    start(one, gate::statement("the only one"));
    ASSERT_TRUE(run_until_active(context, "the only one"));
    started& waiting = start(one, "select 1");
    const coropq::inspector inspector = three.inspect();

    run(context, three.dispose());
    EXPECT_TRUE(proxy.wait_for_open_connections(3)); // two busy ones, and that of the other engine
    run(context, one.dispose());
    run(context, one.dispose());
    for (const coropq::engine& each : {three, one}) {
        const auto failure = failure_of<coropq::error>(context, each.execute("select 1"));
        EXPECT_EQ(failure.code(), coropq::errc::engine_disposed);
        EXPECT_TRUE(contains(failure.what(), "[engine_disposed]")) << failure.what();
    }
    EXPECT_EQ(failure_of<coropq::error>(context, inspector.table_names()).code(), coropq::errc::engine_disposed);
    closed.open();
    drain(context);
    for (const auto& each : all) {
        EXPECT_EQ(each->code, each.get() == &waiting ? error_code(coropq::errc::engine_disposed) : error_code());
    }
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

// "Completes when the idle connections are closed."
TEST_F(engine_end, dispose_has_closed_the_idle_connections_when_it_completes) {
    const std::size_t before = open_sockets();
    const coropq::engine three = coropq::create_engine(context, plain_address(), pool_of(3));
    for (int i = 0; i != 3; ++i)
        start(three, "select pg_sleep(0.02)");
    drain(context);
    EXPECT_EQ(open_sockets(), before + 6); // libpq's, and the duplicates that the event loop watches
    std::size_t after = 0;
    three.async_dispose([&](error_code code) {
        EXPECT_FALSE(code);
        after = open_sockets();
    });
    drain(context);
    EXPECT_EQ(after, before);
}

TEST_F(engine_end, dispose_while_connecting_opens_nothing) {
    const coropq::engine one = make();
    proxy.stall(direction::to_client);
    started& opening = start(one, "select 1");
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return proxy.bytes(direction::to_server) > 0;
    }));
    run(context, one.dispose());
    proxy.release();
    drain(context);
    EXPECT_EQ(opening.code, coropq::errc::engine_disposed);
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

TEST_F(engine_end, the_last_handle_closes_the_idle_connections) {
    std::optional<coropq::engine> first(make(pool_of(2)));
    std::optional<coropq::engine> second(*first);
    std::optional<coropq::inspector> inspector(first->inspect());
    run(context, second->execute("select 1"));
    run(context, first->execute("select 1"));
    EXPECT_EQ(proxy.connections(), 1u);
    coropq::engine assigned = make();
    assigned = *first;
    run(context, assigned.execute("select 1"));
    EXPECT_EQ(proxy.connections(), 1u);
    first.reset();
    second.reset();
    assigned = make();
    EXPECT_TRUE(run(context, inspector->has_table("pg_class", "pg_catalog")));
    EXPECT_EQ(proxy.connections(), 1u);
    inspector.reset();
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

TEST_F(engine_end, operations_in_progress_outlive_the_last_handle) {
    std::optional<coropq::engine> handle(make(pool_of(1)));
    start(*handle, "select 1");
    start(*handle, "select 2");
    asio::awaitable<coropq::result> later = handle->execute("select 3");
    handle.reset();
    drain(context);
    EXPECT_EQ(all[0]->output[0][0].as<int>() + all[1]->output[0][0].as<int>(), 3);
    EXPECT_EQ(run(context, std::move(later))[0][0].as<int>(), 3);
    drain(context);
    EXPECT_TRUE(proxy.wait_for_open_connections(0));
}

} // namespace
