// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Pipelines on four threads: cancelled at any moment, with backends that are killed. What is told of each stage is
// compared with what is in the database at the end.

#include "engine_support.hpp"
#include "pipeline_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using coropq::errc;
using coropq::pipeline;
using coropq::pipeline_mode;

// The rows that stages insert, and what was told of these stages.
class ledger {
public:
    struct entry {
        int first_key = 0;
        int second_key = 0;
        coropq::stage_status first = not_run;
        coropq::stage_status second = not_run;
        pipeline_mode mode{};
    };

    ledger() {
        cluster().query("drop table if exists ledger; create table ledger (key int primary key); "
                        "grant all on ledger to public",
                        cluster().app_database());
    }
    void add(const entry& told) {
        const std::scoped_lock lock(mutex_);
        entries_.push_back(told);
    }

    /// How often each status was told.
    std::map<coropq::stage_status, int> compare() {
        EXPECT_TRUE(cluster().wait_for_session_count(0));
        std::set<int> keys;
        for (const auto& row : cluster().query("select key from ledger", cluster().app_database()))
            keys.insert(std::stoi(row[0]));
        std::map<coropq::stage_status, int> count;
        const auto check = [&](int key, coropq::stage_status told) {
            ++count[told];
            if (told != in_doubt) {
                EXPECT_EQ(keys.contains(key), told == done) << key << ": " << told;
            }
            return keys.contains(key);
        };
        for (const entry& each : entries_) {
            const bool first = check(each.first_key, each.first);
            const bool second = check(each.second_key, each.second);
            if (each.mode == pipeline_mode::all_or_nothing) {
                EXPECT_EQ(first, second) << each.first << ", " << each.second;
            }
        }
        return count;
    }

private:
    std::mutex mutex_;
    std::vector<entry> entries_;
};

enum class kind { plain, with_an_error, cancelled, prepared_before };

// Two rows, with something between them; and a question whose answer nobody else has.
template <typename Target>
asio::awaitable<coropq::error_code> run_one(Target& target, int key, ledger& book) {
    const auto executor = co_await asio::this_coro::executor;
    ledger::entry told;
    told.first_key = key;
    told.second_key = key + 1;
    told.mode = key % 3 == 0 ? pipeline_mode::isolated : pipeline_mode::all_or_nothing;
    const auto what = static_cast<kind>(key / 2 % 4);
    pipeline work(told.mode);
    const auto insert = "insert into ledger values ($1) -- " + std::to_string(key / 10 % 5);
    if (what == kind::prepared_before)
        work.prepare<int>(insert);
    const auto first = work.execute(insert, told.first_key);
    if (what == kind::with_an_error)
        work.execute("select 1 / ($1 - $1)", key);
    else if (what == kind::cancelled)
        work.execute("select pg_sleep(0.003)");
    const auto second = work.execute(insert, told.second_key);
    const auto answer = work.fetch_value<int>("select $1::int", key);

    coropq::pipeline_results results;
    coropq::diagnostics details;
    coropq::error_code code;
    if (what == kind::cancelled) {
        asio::steady_timer timer(executor, std::chrono::microseconds(173 * (key / 8 % 40)));
        asio::awaitable<std::tuple<coropq::error_code>> running =
            target.async_run_pipeline(work, results, details, asio::as_tuple(asio::use_awaitable));
        asio::awaitable<std::tuple<coropq::error_code>> waiting = timer.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto ended = co_await (std::move(running) || std::move(waiting));
        if (ended.index() == 0)
            code = std::get<0>(std::get<0>(ended));
        else if (!results.all_done())
            code = asio::error::operation_aborted;
    } else {
        const std::tuple<coropq::error_code> ended =
            co_await target.async_run_pipeline(work, results, details, asio::as_tuple(asio::use_awaitable));
        code = std::get<0>(ended);
    }
    const statuses all = statuses_of(results);
    EXPECT_EQ(all.size(), work.size());
    told.first = results.outcome(first).status;
    told.second = results.outcome(second).status;
    book.add(told);
    if (results.outcome(answer).status == done) {
        EXPECT_EQ(results[answer], key);
    }
    if (!code) {
        EXPECT_EQ(results.all_done(), what != kind::with_an_error);
    }
    co_return code;
}

constexpr int pipelines_of_each = 30;
// All of a test together, on a machine that does something else meanwhile.
constexpr std::chrono::milliseconds plenty_of_time = 200s;

// A connection of its own, and another one when that is lost.
asio::awaitable<void> with_connections(coropq::url address, int number, ledger& book, std::atomic<int>& ended) {
    coropq::connection conn(co_await asio::this_coro::executor);
    bool connected = false;
    for (int i = 0; i != pipelines_of_each; ++i) {
        while (!connected) {
            try {
                co_await conn.connect(address);
                connected = true;
            } catch (const coropq::connection_error&) { // killed as well
            }
        }
        const coropq::error_code code = co_await run_one(conn, 2 * (number * pipelines_of_each + i), book);
        // Or it was lost while a cancelled one was got rid of.
        connected = code != errc::connection_lost && code != errc::not_connected;
    }
    co_await conn.close();
    ++ended;
}

asio::awaitable<void> with_an_engine(coropq::engine engine, int number, ledger& book, std::atomic<int>& ended) {
    for (int i = 0; i != pipelines_of_each; ++i) {
        co_await run_one(engine, 2 * (number * pipelines_of_each + i), book);
        try {
            EXPECT_EQ(co_await engine.fetch_value<int>("select $1::int", i), i); // on shared connections
        } catch (const coropq::connection_error&) {
        }
    }
    ++ended;
}

const auto no_problem = [](const std::exception_ptr& problem) { EXPECT_FALSE(problem); };

// Until so many backends were killed, or everything has ended.
void kill_backends(const std::atomic<int>& ended, int all) {
    for (int round = 0; round != 6 && ended != all; ++round) {
        std::this_thread::sleep_for(15ms);
        cluster().terminate_backends();
    }
}

void expect_all_done(const coropq::pipeline_results& results) { EXPECT_TRUE(results.all_done()); }

void expect_every_kind(const std::map<coropq::stage_status, int>& count) {
    int sum = 0;
    for (const auto& [status, number] : count)
        sum += number;
    EXPECT_EQ(sum, 16 * pipelines_of_each * 2);
    for (const auto status : {done, rolled_back, not_run})
        EXPECT_GT(count.contains(status) ? count.at(status) : 0, 0) << status;
}

TEST(pipeline_threads, each_with_its_own_connection) {
    for (const bool kills : {false, true}) {
        ledger book;
        asio::thread_pool threads(4);
        std::atomic<int> ended = 0;
        for (int i = 0; i != 16; ++i)
            asio::co_spawn(asio::make_strand(threads), with_connections(plain_address(), i, book, ended), no_problem);
        if (kills)
            kill_backends(ended, 16);
        threads.join();
        EXPECT_EQ(ended, 16);
        expect_every_kind(book.compare());
    }
}

TEST(pipeline_threads, of_one_engine) {
    for (const bool kills : {false, true}) {
        ledger book;
        asio::thread_pool threads(4);
        std::atomic<int> ended = 0;
        {
            const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(5));
            for (int i = 0; i != 16; ++i)
                asio::co_spawn(asio::make_strand(threads), with_an_engine(engine, i, book, ended), no_problem);
            if (kills)
                kill_backends(ended, 16);
            EXPECT_TRUE(wait_until([&] { return ended == 16; }, plenty_of_time));
            EXPECT_EQ(asio::co_spawn(threads, engine.fetch_value<int>("select 7"), asio::use_future).get(), 7);
            EXPECT_EQ(engine.stats().waiting + engine.stats().in_flight, 0u);
        }
        threads.join();
        expect_every_kind(book.compare());
    }
}

// Nobody's strand: the threads take turns, also within one coroutine.
TEST(pipeline_threads, without_a_strand) {
    asio::thread_pool threads(4);
    const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(4));
    std::atomic<int> right = 0;
    const auto ask = [&](int number) -> asio::awaitable<void> {
        for (int i = 0; i != 20; ++i) {
            pipeline work(i % 2 == 0 ? pipeline_mode::isolated : pipeline_mode::all_or_nothing);
            const auto text = work.fetch_value<std::string>("select $1::text", std::to_string(number));
            const auto sum = work.fetch_value<int>("select $1::int + $2::int", number, i);
            const coropq::pipeline_results results = co_await engine.run_pipeline(work);
            EXPECT_EQ(results[text], std::to_string(number));
            EXPECT_EQ(results[sum], number + i);
            ++right;
        }
    };
    for (int i = 0; i != 40; ++i)
        asio::co_spawn(threads, ask(i), no_problem);
    EXPECT_TRUE(wait_until([&] { return right == 800; }, plenty_of_time));
    threads.join();
}

// The context stops with pipelines everywhere.
TEST(pipeline_threads, the_context_stops) {
    for (int round = 0; round != 10; ++round) {
        asio::thread_pool threads(4);
        const coropq::engine engine = coropq::create_engine(threads, plain_address(), pool_of(2));
        const auto work = [](coropq::engine mine) -> asio::awaitable<void> {
            pipeline endless(pipeline_mode::all_or_nothing);
            endless.execute("select 1");
            endless.execute("select 2");
            for (;;)
                expect_all_done(co_await mine.run_pipeline(endless));
        };
        for (int i = 0; i != 20; ++i)
            asio::co_spawn(threads, work(engine), asio::detached);
        std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
        threads.stop();
        threads.join();
    }
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

} // namespace
