// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// 64 coroutines work on 8 connections, through a proxy, while things go wrong. Each of their operations ends before its
// deadline, with the right result or an error; afterwards the first success comes soon, and nothing is left behind.

#include "api_support.hpp"
#include "open_sockets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;

namespace asio = boost::asio;
using clock_type = std::chrono::steady_clock;

constexpr int workers = 64;
constexpr std::size_t connections = 8;
constexpr auto slack = 30s; // a busy machine, a sanitizer

/// How long things may take.
struct limits {
    std::chrono::seconds statement = 25s; ///< longer than anything takes on a machine that isn't quick
    std::chrono::seconds acquire = 25s;
    std::chrono::seconds connect = 25s;
    std::chrono::milliseconds ping = 20s;
    std::chrono::milliseconds cancel = 20s;
};
constexpr limits short_ones = {2s, 3s, 2s, 300ms, 500ms};

/// What the workers have seen. From any thread.
class record {
public:
    void success(clock_type::time_point began) {
        const std::scoped_lock lock(mutex_);
        ++successes_;
        if (began >= since_)
            first_ = std::min(first_, clock_type::now());
    }
    void failure(const std::string& what) {
        const std::scoped_lock lock(mutex_);
        ++failures_[what.substr(0, what.find('\n'))];
    }
    void late(const std::string& what) {
        const std::scoped_lock lock(mutex_);
        late_.push_back(what);
    }
    void wrong(const std::string& what) { late(what); }

    /// From now on: when is the first success of an operation that begins later?
    void watch() {
        const std::scoped_lock lock(mutex_);
        since_ = clock_type::now();
        first_ = clock_type::time_point::max();
    }
    bool has_succeeded() {
        const std::scoped_lock lock(mutex_);
        return first_ != clock_type::time_point::max();
    }
    clock_type::duration time_to_success() {
        const std::scoped_lock lock(mutex_);
        return first_ - since_;
    }
    std::size_t successes() {
        const std::scoped_lock lock(mutex_);
        return successes_;
    }
    std::map<std::string, std::size_t> failures() {
        const std::scoped_lock lock(mutex_);
        return failures_;
    }
    std::vector<std::string> complaints() {
        const std::scoped_lock lock(mutex_);
        return late_;
    }

private:
    std::mutex mutex_;
    std::size_t successes_ = 0;
    std::map<std::string, std::size_t> failures_;
    std::vector<std::string> late_;
    clock_type::time_point since_ = clock_type::time_point::max();
    clock_type::time_point first_ = clock_type::time_point::max();
};

asio::awaitable<void> use_transaction(const coropq::engine& engine, int number) {
    coropq::connection conn = co_await engine.connect();
    auto work = co_await conn.begin();
    co_await work.execute("insert into worked values ($1)", number);
    co_await work.execute("insert into worked values ($1)", number);
    co_await work.commit();
}

asio::awaitable<bool> use_stream(const coropq::engine& engine) {
    auto rows = co_await engine.stream<int>("select * from generate_series(1, 500)", {.batch = 100});
    int sum = 0;
    while (const std::optional<int> next = co_await rows.next())
        sum += *next;
    co_return sum == 500 * 501 / 2;
}

asio::awaitable<bool> work_once(const coropq::engine& engine, int number) {
    bool right = true;
    switch (number % 4) {
    case 0: co_await use_transaction(engine, number); break;
    case 1: right = co_await use_stream(engine); break;
    default: {
        const int answer = co_await engine.fetch_value<int>("select $1::int + 1", number);
        right = answer == number + 1;
    }
    }
    co_return right;
}

asio::awaitable<void> work(coropq::engine engine, int worker, record& seen, const std::atomic<bool>& stop,
                           limits within) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (int round = 0; !stop; ++round) {
        const auto began = clock_type::now();
        try {
            const bool right = co_await work_once(engine, worker + round);
            if (right)
                seen.success(began);
            else
                seen.wrong("a wrong answer");
        } catch (const coropq::error& failure) {
            seen.failure(failure.what());
        }
        // A transaction is several operations: waiting, three statements.
        if (clock_type::now() - began > within.acquire + 4 * within.statement + slack)
            seen.late("an operation took too long");
        pause.expires_after(2ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

struct faults : testing::Test {
    temporary_database database = cluster().create_database();
    std::size_t sockets_before = open_sockets();

    void SetUp() override {
        cluster().query("create table worked (n int); grant all on worked to public", database.name());
    }

    static coropq::engine_options options(const limits& within) {
        auto connecting = coropq::connect_options()
                              .connect_timeout(within.connect)
                              .cancel_timeout(within.cancel)
                              .statements(coropq::statement_options().timeout(within.statement));
        auto pooling = coropq::pool_options()
                           .size(connections)
                           .acquire_timeout(within.acquire)
                           .retry_delay(25ms, 200ms) // else a sanitizer's time comes on top of that of the last pause
                           .ping_after(100ms)
                           .ping_timeout(within.ping);
        return coropq::engine_options().connect(std::move(connecting)).pool(std::move(pooling));
    }

    /// Lets the workers work, does `fault` to them a few times, from this thread, and looks at what becomes of them.
    /// The best of the rounds is what counts: the machine has other things to do as well.
    record& survive(const std::function<void(tcp_proxy&)>& fault, int rounds = 3, limits within = {}) {
        clock_type::duration best = clock_type::duration::max();
        {
            tcp_proxy proxy(cluster().port());
            asio::io_context context;
            auto alive = asio::make_work_guard(context);
            const coropq::engine engine = coropq::create_engine(
                context, address_of(plain_url().database(database.name()).host("127.0.0.1").port(proxy.port())),
                options(within));
            std::atomic<bool> stop = false;
            std::thread loop([&] { context.run(); });
            for (int worker = 0; worker != workers; ++worker)
                asio::co_spawn(context, work(engine, worker * 1000, seen, stop, within), asio::detached);
            EXPECT_TRUE(wait_until([&] { return seen.successes() > 200; }));
            for (int round = 0; round != rounds; ++round) {
                fault(proxy);
                seen.watch();
                EXPECT_TRUE(wait_until([&] { return seen.has_succeeded(); }));
                best = std::min(best, seen.time_to_success());
                const std::size_t before = seen.successes();
                EXPECT_TRUE(wait_until([&] { return seen.successes() > before + 200; }));
            }
            stop = true;
            EXPECT_TRUE(wait_until([&] { return engine.stats().active == 0 && engine.stats().waiting == 0; }));
            check_numbers(engine.stats());
            engine.async_dispose([&](boost::system::error_code) { alive.reset(); });
            loop.join();
            EXPECT_TRUE(proxy.wait_for_open_connections(0));
        }
        EXPECT_LT(best, 10s); // nobody waits for a limit
        EXPECT_TRUE(cluster().wait_for_session_count(0, database.name()));
        EXPECT_TRUE(wait_until([&] { return open_sockets() <= sockets_before; }));
        EXPECT_EQ(seen.complaints(), std::vector<std::string>());
        // Each transaction is there as a whole, or not at all.
        EXPECT_EQ(
            cluster().query_value("select count(*) from (select count(*) as times from worked group by n) as numbers "
                                  "where times % 2 <> 0",
                                  database.name()),
            "0");
        return seen;
    }

    static void check_numbers(const coropq::pool_statistics& stats) {
        EXPECT_LE(stats.idle + stats.connecting + stats.closing, connections);
        const coropq::closed_connections& gone = stats.closed;
        EXPECT_EQ(stats.opened, stats.idle + stats.closing + gone.idle + gone.lifetime + gone.overflow + gone.broken +
                                    gone.invalidated + gone.disposed);
        EXPECT_TRUE(stats.holders.empty());
    }

    static bool is_expected(const std::string& failure, std::initializer_list<std::string_view> expected) {
        return std::any_of(expected.begin(), expected.end(),
                           [&](std::string_view piece) { return contains(failure, piece); });
    }
    void expect_only(std::initializer_list<std::string_view> expected) {
        for (const auto& [failure, times] : seen.failures())
            EXPECT_TRUE(is_expected(failure, expected)) << times << " times: " << failure;
    }

    record seen;
};

TEST_F(faults, killed_backends) {
    survive([this](tcp_proxy&) { EXPECT_GT(cluster().terminate_backends(database.name()), 0u); });
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]"});
}

TEST_F(faults, a_restart_of_the_server) {
    survive([](tcp_proxy&) { cluster().restart(shutdown_mode::fast); }, 2);
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]", "[57P03]", "[57P01]"});
}

TEST_F(faults, a_crash_of_the_server) {
    survive([](tcp_proxy&) { cluster().restart(shutdown_mode::immediate); }, 2);
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]", "[57P03]", "[57P02]"});
}

TEST_F(faults, a_black_hole) {
    survive(
        [](tcp_proxy& proxy) {
            proxy.stall();
            std::this_thread::sleep_for(short_ones.statement + 1s); // everybody has given up meanwhile
            proxy.release();
        },
        2, short_ones);
    expect_only(
        {"[timeout]", "[pool_timeout]", "[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_timeout]"});
    EXPECT_GT(seen.failures().size(), 0u);
}

TEST_F(faults, connections_reset) {
    survive([](tcp_proxy& proxy) { proxy.reset(); });
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]"});
}

TEST_F(faults, connections_cut) {
    survive([](tcp_proxy& proxy) { proxy.cut(); });
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]"});
}

TEST_F(faults, half_closed_to_the_client) {
    survive([](tcp_proxy& proxy) { proxy.half_close(direction::to_client); });
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]"});
}

TEST_F(faults, half_closed_to_the_server) {
    survive([](tcp_proxy& proxy) { proxy.half_close(direction::to_server); });
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]"});
}

TEST_F(faults, refused_for_a_while) {
    survive([](tcp_proxy& proxy) {
        proxy.refuse(true);
        proxy.reset();
        std::this_thread::sleep_for(700ms); // long enough for some attempts
        proxy.refuse(false);
    });
    expect_only({"[connection_lost]", "[in_doubt]", "[not_connected]", "[connect_failed]"});
}

// Slow is no fault: everything goes on without an error.
TEST_F(faults, a_byte_at_a_time) {
    survive(
        [](tcp_proxy& proxy) {
            proxy.split(direction::to_client, 1);
            proxy.split(direction::to_server, 1);
            std::this_thread::sleep_for(300ms);
            proxy.split(direction::to_client, 0);
            proxy.split(direction::to_server, 0);
        },
        1);
    expect_only({});
}

} // namespace
