// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_FAN_OUT_SUPPORT_HPP
#define COROPQ_TESTS_UNIT_FAN_OUT_SUPPORT_HPP

// Fan-outs on a server that isn't there: each statement ends as its text says.

#include <coropq/error.hpp>
#include <coropq/fan_out.hpp>

#include "error/diagnostics_fields.hpp"
#include "fan_out/core.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq::test {

namespace asio = boost::asio;

/// What has become of the statements that were given to it.
struct fake_server {
    std::size_t started = 0;
    std::size_t running = 0;
    std::size_t most_running = 0;
    std::size_t cancelled = 0;
    std::map<std::string, int> times; ///< How often each text was run, if it isn't "ok".
};

/// The texts are words: "ok", "fail" (a unique violation), "wait" (until it is cancelled), "slow" (5 ms), "lost" (the
/// connection, always), "lost once" (then it is refused), "deadlock N" (N times, then it succeeds), "refused" (always).
class fake_runner final : public detail::statement_runner {
public:
    fake_runner(asio::io_context& context, std::shared_ptr<fake_server> server)
        : executor_(context.get_executor()), server_(std::move(server)) {}

    std::size_t capacity() const override { return 4; }

    void run(statement work, result&, diagnostics& details, detail::operation_handler handler) override {
        ++server_->started;
        server_->most_running = std::max(server_->most_running, ++server_->running);
        const std::string& text = work.sql();
        error_code code;
        std::chrono::milliseconds delay(0);
        if (text != "ok") {
            const int before = server_->times[text]++;
            if (text == "fail")
                code = sqlstate::unique_violation;
            else if (text == "lost")
                code = errc::connection_lost;
            else if (text == "lost once")
                code = before == 0 ? errc::connection_lost : errc::connect_failed;
            else if (text == "refused")
                code = errc::connect_failed;
            else if (text.starts_with("deadlock ") && before < std::stoi(text.substr(9)))
                code = sqlstate::deadlock_detected;
            else if (text == "slow")
                delay = std::chrono::milliseconds(5);
            else if (text == "wait")
                delay = std::chrono::hours(1);
        }
        details = code ? detail::make_diagnostics(code, "as it was told") : diagnostics();
        if (delay.count() == 0) {
            const auto end = asio::get_associated_executor(handler, executor_);
            auto ended = [server = server_, code, home = std::move(handler)]() mutable {
                --server->running;
                std::move(home)(code);
            };
            asio::post(executor_, asio::bind_executor(end, std::move(ended)));
            return;
        }
        const auto timer = std::make_shared<asio::steady_timer>(executor_, delay);
        const auto slot = asio::get_associated_cancellation_slot(handler);
        auto ended = [server = server_, timer, code, home = std::move(handler)](error_code stopped) mutable {
            --server->running;
            if (stopped) {
                ++server->cancelled;
                code = stopped;
            }
            const auto end = asio::get_associated_executor(home, timer->get_executor());
            asio::dispatch(
                asio::bind_executor(end, [code, home = std::move(home)]() mutable { std::move(home)(code); }));
        };
        timer->async_wait(asio::bind_cancellation_slot(slot, std::move(ended)));
    }

private:
    asio::any_io_executor executor_;
    std::shared_ptr<fake_server> server_;
};

struct fan_out_fixture : testing::Test {
    asio::io_context context{1};
    std::shared_ptr<fake_server> server = std::make_shared<fake_server>();

    detail::fan_out_handle handle(statement_source source, fan_out_options options, bool unlimited) {
        auto runner = std::make_unique<fake_runner>(context, server);
        return detail::fan_out_handle(std::make_shared<detail::fan_out_core>(
            std::move(runner), std::move(source).take_input(), std::move(options), nullptr, unlimited));
    }

    using outcomes = std::vector<fan_out_outcome<result>>;

    asio::awaitable<outcomes> all(statement_source source, fan_out_options options = fan_out_options()) {
        return detail::typed_outcomes<result>(
            detail::all_outcomes(handle(std::move(source), std::move(options), true)));
    }
    fan_out_run<result> stream(statement_source source, fan_out_options options = fan_out_options()) {
        return fan_out_run<result>(handle(std::move(source), std::move(options), false));
    }

    /// To its end, on the context. Throws what it throws.
    template <typename T>
    T run(asio::awaitable<T> operation) {
        std::optional<T> value;
        std::exception_ptr problem;
        bool done = false;
        asio::co_spawn(context, std::move(operation), [&](std::exception_ptr how, T what) {
            problem = how;
            value.emplace(std::move(what));
            done = true;
        });
        context.restart();
        context.run_for(std::chrono::minutes(5));
        EXPECT_TRUE(done) << "it hangs";
        if (problem)
            std::rethrow_exception(problem);
        return std::move(value.value());
    }

    /// The error that it throws.
    template <typename Error, typename T>
    Error failure_of(asio::awaitable<T> operation) {
        try {
            run(std::move(operation));
        } catch (const Error& failure) {
            return failure;
        }
        throw std::runtime_error("no error");
    }
};

inline std::vector<std::string> texts(std::size_t count, const std::string& text = "ok") {
    return std::vector<std::string>(count, text);
}

template <typename Outcomes>
std::size_t count_of(const Outcomes& outcomes, fan_out_state state) {
    std::size_t count = 0;
    for (const auto& each : outcomes)
        count += each.state() == state ? 1 : 0;
    return count;
}

} // namespace coropq::test

#endif
