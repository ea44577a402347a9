// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_TRANSACTION_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_TRANSACTION_SUPPORT_HPP

#include "api_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq::test {

/// A connection through a proxy, which counts its round trips, an engine through the same proxy, and a table `item (id
/// int primary key, value int)` that everybody else sees as well.
struct transaction_fixture : testing::Test {
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    coropq::connection conn{context};
    coropq::engine engine = coropq::create_engine(
        context, address_through(proxy),
        engine_options().pool(coropq::pool_options().size(2).ping_after(std::chrono::milliseconds::max())));

    transaction_fixture() {
        cluster().query("drop table if exists item; create table item (id int primary key, value int not null); "
                        "grant all on item to public",
                        cluster().app_database());
        run(context, conn.connect(address_through(proxy)));
        proxy.reset_counters();
    }

    /// What others see.
    static std::string seen(const std::string& sql) { return cluster().query_value(sql, cluster().app_database()); }
    static std::string count() { return seen("select count(*) from item"); }

    static std::string insert(int id) { return "insert into item values (" + std::to_string(id) + ", 0)"; }

    template <typename T>
    T value(const coropq::transaction& tx, const std::string& sql) {
        return run(context, tx.fetch_value<T>(sql));
    }

    /// Runs the context until it is so; false if it never is.
    template <typename Condition>
    bool reach(Condition condition) {
        return wait_until([&] {
            context.restart();
            context.poll();
            return condition();
        });
    }

    /// How many sessions of clients are in a transaction.
    static std::string open_transactions() {
        return cluster().query_value("select count(*) from pg_stat_activity where state like 'idle in transaction%'");
    }

    /// Ends the session of the connection on the server.
    void kill(const coropq::connection& target) {
        const int pid = run(context, target.fetch_value<int>("select pg_backend_pid()"));
        kill(pid);
    }
    static void kill(int pid) { cluster().query("select pg_terminate_backend(" + std::to_string(pid) + ", 20000)"); }
};

template <typename T>
asio::awaitable<void> without_value(asio::awaitable<T> operation) {
    co_await std::move(operation);
}

/// An operation that was started and can be cancelled, and how it ended. Its value is dropped.
template <typename T>
class started {
public:
    started(asio::io_context& context, asio::awaitable<T> operation) {
        asio::co_spawn(context, without_value(std::move(operation)),
                       asio::bind_cancellation_slot(
                           stop_->slot(), [ended = ended_](std::exception_ptr problem) { *ended = problem; }));
    }

    void cancel() { stop_->emit(asio::cancellation_type::terminal); }
    bool ended() const { return ended_->has_value(); }
    /// Throws what it ended with.
    void get() const {
        if (ended_->value())
            std::rethrow_exception(ended_->value());
    }
    /// Empty after a success.
    error_code code() const {
        try {
            get();
        } catch (const error& failure) {
            return failure.code();
        }
        return {};
    }

private:
    std::shared_ptr<asio::cancellation_signal> stop_ = std::make_shared<asio::cancellation_signal>();
    std::shared_ptr<std::optional<std::exception_ptr>> ended_ = std::make_shared<std::optional<std::exception_ptr>>();
};

} // namespace coropq::test

#endif
