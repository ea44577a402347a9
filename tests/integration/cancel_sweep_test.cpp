// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// One scenario with everything in it, over TLS, that is ended at every point where it can be: by cancellation, by the
// destruction of the suspended coroutine, and by the end of its context. After each of them the pool's numbers balance,
// the next query works, and the server has no session that nobody knows about.

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t pool_size = 3;

coropq::url encrypted_address(const temporary_database& database) {
    return address_of(cluster()
                          .app_url()
                          .database(database.name())
                          .set("sslmode", "require")
                          .set("options", "-c client_connection_check_interval=20"));
}

coropq::engine make_engine(asio::io_context& context, const temporary_database& database) {
    auto connecting = coropq::connect_options().on_connect({"set work_mem = '5MB'", "set lock_timeout = '20s'"});
    return coropq::create_engine(context, encrypted_address(database),
                                 coropq::engine_options()
                                     .connect(std::move(connecting))
                                     .pool(coropq::pool_options().size(pool_size).ping_after(0ms)));
}

/// Where the scenario pauses in the sweep of destructions. Whoever destroys the handler that is kept here destroys the
/// coroutines that wait for it.
class pauses {
public:
    /// Keeps the scenario at the pause of that number, and lets it go on at all others.
    explicit pauses(std::optional<std::size_t> where = std::nullopt) : where_(where) {}

    asio::awaitable<void> pause() {
        auto wait = [this](auto handler) { kept_ = std::make_shared<decltype(handler)>(std::move(handler)); };
        if (count_++ == where_)
            co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(wait, asio::use_awaitable);
    }
    bool is_paused() const noexcept { return kept_ != nullptr; }
    void destroy() { kept_.reset(); }
    std::size_t count() const noexcept { return count_; }

private:
    std::optional<std::size_t> where_;
    std::size_t count_ = 0;
    std::shared_ptr<void> kept_; ///< The handler.
};

asio::awaitable<void> read_streams(coropq::connection& conn, pauses& here) {
    auto rows = co_await conn.stream<int>("select * from generate_series(1, 2500)", {.batch = 1000});
    int sum = 0;
    while (const std::optional<int> next = co_await rows.next()) {
        if (sum == 0)
            co_await here.pause();
        sum += *next;
    }
    EXPECT_EQ(sum, 2500 * 2501 / 2);
    auto left = co_await conn.stream<int>("select * from generate_series(1, 100000)", {.batch = 10});
    co_await left.next();
    co_await here.pause();
    co_await left.close();
}

asio::awaitable<void> use_transaction(coropq::connection& conn, pauses& here) {
    auto outer = co_await conn.begin({.isolation = coropq::isolation::repeatable_read});
    co_await here.pause();
    co_await outer.execute("insert into swept values (1)");
    co_await here.pause();
    {
        auto inner = co_await outer.begin();
        co_await here.pause();
        co_await inner.execute("insert into swept values ($1)", 2);
        co_await here.pause();
        co_await inner.commit();
    }
    {
        auto inner = co_await outer.begin();
        co_await inner.execute("insert into swept values (3)");
        co_await here.pause();
        co_await inner.rollback();
    }
    co_await here.pause();
    co_await outer.commit();
}

asio::awaitable<void> scenario(coropq::engine engine, pauses& here) {
    co_await engine.execute("select 1");
    co_await here.pause();
    coropq::connection conn = co_await engine.connect();
    co_await here.pause();
    // The pool is used up: one more has to be opened, and one that is idle is asked for a sign of life.
    coropq::connection second = co_await engine.connect();
    co_await here.pause();
    const int seven = co_await conn.fetch_value<int>("select $1::int", 7);
    EXPECT_EQ(seven, 7);
    const int again = co_await conn.fetch_value<int>("select $1::int", 8); // prepared by now
    EXPECT_EQ(again, 8);
    co_await second.execute("select pg_sleep(0.002)");
    co_await here.pause();
    co_await read_streams(conn, here);
    co_await use_transaction(conn, here);
    co_await here.pause();
    {
        coropq::connection back = std::move(second);
        co_await back.execute("begin");
        co_await back.execute("lock table swept"); // rolled back on the way to the pool
    }
    co_await engine.execute("select count(*) from swept");
    co_await here.pause();
}

/// Everything is at rest, and as it should be.
void expect_balance(asio::io_context& context, const coropq::engine& engine, const temporary_database& database,
                    const std::string& where) {
    SCOPED_TRACE(where);
    context.restart();
    EXPECT_EQ(run(context, engine.fetch_value<int>("select 42")), 42);
    drain(context); // what is left of cancelled statements
    const coropq::pool_statistics stats = engine.stats();
    EXPECT_EQ(stats.active, 0u);
    EXPECT_EQ(stats.waiting, 0u);
    EXPECT_EQ(stats.connecting, 0u);
    EXPECT_EQ(stats.closing, 0u);
    EXPECT_GE(stats.idle, 1u);
    EXPECT_LE(stats.idle, pool_size);
    EXPECT_TRUE(stats.holders.empty());
    const coropq::closed_connections& gone = stats.closed;
    EXPECT_EQ(stats.opened,
              stats.idle + gone.idle + gone.lifetime + gone.overflow + gone.broken + gone.invalidated + gone.disposed);
    EXPECT_TRUE(cluster().wait_for_session_count(stats.idle, database.name()))
        << "sessions: " << cluster().session_count(database.name()) << ", idle: " << stats.idle;
    // Nobody is left in a transaction or with a lock.
    EXPECT_EQ(run(context, engine.fetch_value<int>("select count(*)::int from pg_stat_activity where datname = "
                                                   "current_database() and state like 'idle in transaction%'")),
              0);
    // A transaction leaves everything or nothing.
    const auto kept = run(context, engine.fetch<int>("select n from swept order by n"));
    EXPECT_TRUE(kept.empty() || kept == (std::vector<int>{1, 2})) << "rows: " << kept.size();
    run(context, engine.execute("truncate swept"));
}

struct cancel_sweep : testing::Test {
    temporary_database database = cluster().create_database();

    cancel_sweep() {
        asio::io_context context;
        coropq::connection creating(context);
        run(context, creating.connect(address_of(cluster().app_url().database(database.name()))));
        run(context, creating.execute("create table swept (n int)"));
    }
};

/// The scenario, and how it ended.
struct running {
    pauses here;
    asio::cancellation_signal stop;
    std::optional<error_code> ended;
    std::string problem;

    explicit running(std::optional<std::size_t> pause = std::nullopt) : here(pause) {}

    void start(asio::io_context& context, coropq::engine engine) {
        auto end = [this](const std::exception_ptr& failure) {
            ended.emplace();
            try {
                if (failure)
                    std::rethrow_exception(failure);
            } catch (const boost::system::system_error& error) {
                ended = error.code();
                problem = error.what();
            } catch (const std::exception& error) {
                ended = make_error_code(coropq::errc::unexpected);
                problem = error.what();
            }
        };
        asio::co_spawn(context, scenario(std::move(engine), here), asio::bind_cancellation_slot(stop.slot(), end));
    }
};

/// Steps of the event loop that the whole scenario takes, about.
constexpr std::size_t most_steps = 3000;

// Cancelled at each step: the first engine sees everything for the first time, and is made anew now and then.
TEST_F(cancel_sweep, cancelled_at_every_step) {
    asio::io_context context;
    std::optional<coropq::engine> engine;
    std::set<std::string> ends;
    bool completed = false;
    for (std::size_t steps = 0; !completed; ++steps) {
        ASSERT_LT(steps, most_steps);
        if (steps % 8 == 0) {
            if (engine)
                run(context, engine->dispose());
            engine = make_engine(context, database);
        }
        running each;
        context.restart();
        each.start(context, *engine);
        for (std::size_t step = 0; step != steps && !each.ended; ++step)
            ASSERT_NE(context.run_one_for(20s), 0u);
        completed = each.ended.has_value();
        each.stop.emit(asio::cancellation_type::terminal);
        const auto patience = std::chrono::steady_clock::now() + 20s;
        while (!each.ended && std::chrono::steady_clock::now() < patience)
            context.run_one_for(1s);
        ASSERT_TRUE(each.ended) << "still going on after step " << steps;
        EXPECT_TRUE(!*each.ended || *each.ended == asio::error::operation_aborted)
            << "step " << steps << ": " << each.problem;
        ends.insert(each.problem);
        expect_balance(context, *engine, database, "after step " + std::to_string(steps));
        if (HasFailure())
            break;
    }
    EXPECT_TRUE(completed);
    EXPECT_GT(ends.size(), 3u); // it was cancelled in different places
    run(context, engine->dispose());
    EXPECT_TRUE(cluster().wait_for_session_count(0, database.name()));
}

// The same, each time with an engine that has nothing yet: the cancellations hit connecting and setting up as well.
TEST_F(cancel_sweep, cancelled_at_every_step_of_a_new_engine) {
    bool completed = false;
    std::size_t stride = 1;
    for (std::size_t steps = 0; !completed; steps += stride) {
        ASSERT_LT(steps, most_steps);
        stride = steps < 60 ? 1 : 7; // later on, it is like the other one
        asio::io_context context;
        const coropq::engine engine = make_engine(context, database);
        running each;
        each.start(context, engine);
        for (std::size_t step = 0; step != steps && !each.ended; ++step)
            ASSERT_NE(context.run_one_for(20s), 0u);
        completed = each.ended.has_value();
        each.stop.emit(asio::cancellation_type::terminal);
        drain(context);
        ASSERT_TRUE(each.ended);
        expect_balance(context, engine, database, "new engine, after step " + std::to_string(steps));
        run(context, engine.dispose());
        drain(context);
        EXPECT_TRUE(cluster().wait_for_session_count(0, database.name()));
        if (HasFailure())
            break;
    }
}

// The coroutine is destroyed where it is suspended, with everything that it holds.
TEST_F(cancel_sweep, destroyed_at_every_pause) {
    asio::io_context context;
    const coropq::engine engine = make_engine(context, database);
    for (std::size_t pause = 0;; ++pause) {
        ASSERT_LT(pause, 100u);
        running each(pause);
        context.restart();
        each.start(context, engine);
        const auto patience = std::chrono::steady_clock::now() + 20s;
        while (!each.here.is_paused() && !each.ended && std::chrono::steady_clock::now() < patience)
            context.run_one_for(1s);
        if (!each.here.is_paused()) {
            EXPECT_TRUE(each.ended);
            EXPECT_EQ(each.ended, error_code()) << each.problem;
            EXPECT_EQ(each.here.count(), pause);
            EXPECT_GE(pause, 14u);
            break;
        }
        EXPECT_FALSE(each.ended);
        each.here.destroy();
        expect_balance(context, engine, database, "destroyed at pause " + std::to_string(pause));
        if (HasFailure())
            break;
    }
    run(context, engine.dispose());
    EXPECT_TRUE(cluster().wait_for_session_count(0, database.name()));
}

// The context ends, with all coroutines and operations in it.
TEST_F(cancel_sweep, the_context_ends_at_every_step) {
    bool completed = false;
    std::size_t stride = 1;
    for (std::size_t steps = 0; !completed; steps += stride) {
        ASSERT_LT(steps, most_steps);
        stride = steps < 60 ? 1 : 5;
        {
            running each;
            asio::io_context context;
            std::optional<coropq::engine> engine = make_engine(context, database);
            each.start(context, *engine);
            for (std::size_t step = 0; step != steps && !each.ended; ++step)
                ASSERT_NE(context.run_one_for(20s), 0u);
            completed = each.ended.has_value();
            if (steps % 2 == 0) // then the scenario has the last handle
                engine.reset();
        }
        EXPECT_TRUE(cluster().wait_for_session_count(0, database.name())) << "after step " << steps;
        if (HasFailure())
            break;
    }
}

} // namespace
