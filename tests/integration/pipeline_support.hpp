// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_PIPELINE_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_PIPELINE_SUPPORT_HPP

#include "interruption_support.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq {

inline std::ostream& operator<<(std::ostream& out, stage_status status) {
    constexpr const char* names[] = {"done", "failed", "rolled_back", "not_run", "in_doubt"};
    return out << names[static_cast<std::size_t>(status)];
}

} // namespace coropq

namespace coropq::test {

using statuses = std::vector<stage_status>;
inline constexpr auto done = stage_status::done;
inline constexpr auto failed = stage_status::failed;
inline constexpr auto rolled_back = stage_status::rolled_back;
inline constexpr auto not_run = stage_status::not_run;
inline constexpr auto in_doubt = stage_status::in_doubt;

inline statuses statuses_of(const pipeline_results& results) {
    statuses all;
    for (std::size_t i = 0; i != results.size(); ++i) {
        const stage_outcome& one = results.outcome(i);
        all.push_back(one.status);
        // Whatever isn't done says why.
        EXPECT_EQ(one.status == stage_status::done, !one.error) << i;
        EXPECT_EQ(one.status == stage_status::done, one.details.empty()) << i;
    }
    return all;
}

inline void run_until_ended(asio::io_context& context, const std::optional<error_code>& code) {
    const auto limit = std::chrono::steady_clock::now() + time_limit;
    while (!code) {
        context.restart();
        context.run_one_for(std::chrono::seconds(1));
        if (!code && std::chrono::steady_clock::now() >= limit)
            throw std::runtime_error("a pipeline that doesn't end");
    }
}

/// For operations that are to fail.
inline asio::awaitable<void> without_results(asio::awaitable<pipeline_results> operation) {
    const pipeline_results ignored = co_await std::move(operation);
    EXPECT_TRUE(ignored.all_done());
}

/// A connection through a proxy that counts its round trips.
struct pipelines : testing::Test {
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    std::optional<coropq::connection> conn{std::in_place, context};
    pipeline isolated{pipeline_mode::isolated};
    pipeline whole{pipeline_mode::all_or_nothing};

    pipelines() { connect(); }
    ~pipelines() override {
        conn.reset();
        drain(context);
        proxy.reset();
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    // By default with more time to get rid of a statement than a busy machine needs.
    void connect(const connect_options& options = connect_options().cancel_timeout(std::chrono::seconds(25))) {
        conn.emplace(context);
        run(context, conn->connect(address_through(proxy), options));
        proxy.reset_counters();
    }
    /// What the server has said so far has got through the proxy and to us, since what it said later has.
    void let_answers_through() {
        coropq::connection later(context);
        run(context, later.connect(address_through(proxy)));
        run(context, later.execute("select 1"));
        context.restart();
        context.poll();
    }
    /// Without the proxy: what the server has said before it does something else has arrived.
    void connect_directly() {
        conn.emplace(context);
        run(context, conn->connect(plain_address(), connect_options().cancel_timeout(std::chrono::seconds(25))));
    }
    void connect(statement_options options) { connect(connect_options().statements(options)); }

    template <typename... Arguments>
    result operator()(std::string_view sql, const Arguments&... arguments) {
        return run(context, conn->execute(sql, arguments...));
    }
    result simple(std::string_view sql) { return run(context, conn->execute(statement(sql).simple_protocol(true))); }
    std::string value(std::string_view sql) { return simple(sql)[0][0].text(); }
    pipeline_results operator()(const pipeline& work) { return run(context, conn->run_pipeline(work)); }

    /// The same, which must take one round trip: everything is sent before an answer comes.
    pipeline_results in_one_round_trip(const pipeline& work) {
        return watched([&](pipeline_results& output, diagnostics& details, auto token) {
            conn->async_run_pipeline(work, output, details, std::move(token));
        });
    }
    pipeline_results in_one_round_trip(transaction& tx, const pipeline& work) {
        return watched([&](pipeline_results& output, diagnostics& details, auto token) {
            tx.async_run_pipeline(work, output, details, std::move(token));
        });
    }

    /// Texts that the server has prepared, the oldest first.
    std::vector<std::string> on_server() {
        return simple("select statement from pg_prepared_statements order by prepare_time, name")
            .scalars<std::string>();
    }
    void expect_usable() { EXPECT_EQ((*this)("select $1::int", 7)[0][0].as<int>(), 7); }

private:
    template <typename Start>
    pipeline_results watched(Start start) {
        pipeline_results output;
        diagnostics details;
        std::optional<error_code> code;
        proxy.reset_counters();
        proxy.stall(direction::to_client);
        start(output, details, [&](error_code ended) { code = ended; });
        // All is sent when no more comes; the server begins to answer some time later, unless there is nothing to do.
        std::size_t sent = 0;
        EXPECT_TRUE(wait_until([&] {
            context.restart();
            context.run_for(std::chrono::milliseconds(40));
            const std::size_t before = std::exchange(sent, proxy.bytes(direction::to_server));
            return sent == before && (sent == 0 || proxy.round_trips() != 0);
        }));
        EXPECT_FALSE(code);
        EXPECT_EQ(proxy.round_trips(), sent == 0 ? 0u : 1u);
        proxy.release();
        run_until_ended(context, code);
        EXPECT_FALSE(*code) << details;
        EXPECT_EQ(proxy.bytes(direction::to_server), sent);
        return output;
    }
};

/// A pipeline in progress, which can be cancelled.
class pending_pipeline {
public:
    template <typename Target>
    void start(Target& target, pipeline work) {
        code_.reset();
        target.async_run_pipeline(
            std::move(work), results, details,
            asio::bind_cancellation_slot(stop_.slot(), [this](error_code code) { code_ = code; }));
    }
    void cancel(asio::cancellation_type type = asio::cancellation_type::terminal) { stop_.emit(type); }
    bool ended() const { return code_.has_value(); }
    error_code finish(asio::io_context& context) {
        run_until_ended(context, code_);
        return *code_;
    }

    pipeline_results results;
    diagnostics details;

private:
    asio::cancellation_signal stop_;
    std::optional<error_code> code_;
};

} // namespace coropq::test

#endif
