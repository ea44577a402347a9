// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_TRANSACTION_RUN_HPP
#define COROPQ_DETAIL_TRANSACTION_RUN_HPP

// A function of the user, run in a transaction as often as it takes: `engine::transaction` and
// `connection::transaction`. Not for users.

#include <coropq/transaction.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace coropq {

class connection;

namespace detail {

class engine_state;

/// What it may be given: a transaction, or the connection that is in one.
template <typename Function>
concept takes_transaction = std::is_invocable_v<Function&, transaction&>;
template <typename Function>
concept transaction_function =
    takes_transaction<std::decay_t<Function>> || std::is_invocable_v<std::decay_t<Function>&, connection&>;

template <typename Function, bool TakesTransaction = takes_transaction<Function>>
struct function_result {
    using type = std::invoke_result_t<Function&, transaction&>;
};
template <typename Function>
struct function_result<Function, false> {
    using type = std::invoke_result_t<Function&, connection&>;
};
/// An awaitable.
template <typename Function>
using transaction_result = typename function_result<std::decay_t<Function>>::type;

/// What doesn't depend on the function: begins, ends, and decides whether there is another attempt.
class transaction_run {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Its time begins now.
    explicit transaction_run(transaction_retries options);

    /// The next attempt. Throws what goes wrong.
    boost::asio::awaitable<transaction> begin(connection& used);

    /// Commits, or rolls back if there is a problem, which may be from the commit as well. True: there is to be another
    /// attempt, and it has been waited for. Otherwise throws the problem, if there is one. `throws`: whether the
    /// coroutine is to throw afterwards when it is cancelled; until then it must not.
    boost::asio::awaitable<bool> finish(transaction& attempt, std::exception_ptr problem, bool throws);

    /// When the time is up; the end of time if there is no limit.
    time_point until() const noexcept { return until_; }
    const transaction_retries& options() const noexcept { return options_; }

private:
    boost::asio::awaitable<std::exception_ptr> end(transaction& attempt, std::exception_ptr problem);

    transaction_retries options_;
    time_point until_;
    int repetitions_ = 0;
};

/// How long to wait before a repetition, the first being 0: `backoff`, doubled each time, up to 30 s, times
/// `random`, which is between 0.5 and 1.5.
std::chrono::milliseconds retry_delay(std::chrono::milliseconds backoff, int repetition, double random);

template <typename Function>
boost::asio::awaitable<typename transaction_result<Function>::value_type>
run_transaction(connection& used, Function& function, transaction_run& run) {
    using value_type = typename transaction_result<Function>::value_type;
    // A cancelled coroutine throws at its next co_await, which would be the one in front of the rollback.
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    for (;;) {
        transaction attempt = co_await run.begin(used);
        std::exception_ptr problem;
        const auto call = [&] {
            if constexpr (takes_transaction<Function>)
                return function(attempt);
            else
                return function(used);
        };
        if constexpr (std::is_void_v<value_type>) {
            try {
                auto pending = call();
                co_await std::move(pending);
            } catch (...) {
                problem = std::current_exception();
            }
            co_await boost::asio::this_coro::throw_if_cancelled(false);
            const bool again = co_await run.finish(attempt, problem, throws);
            if (!again)
                co_return;
        } else {
            std::optional<value_type> value;
            try {
                auto pending = call();
                value.emplace(co_await std::move(pending));
            } catch (...) {
                problem = std::current_exception();
            }
            co_await boost::asio::this_coro::throw_if_cancelled(false);
            const bool again = co_await run.finish(attempt, problem, throws);
            if (!again)
                co_return std::move(*value);
        }
    }
}

/// A connection for it. Throws what `engine::connect` does.
boost::asio::awaitable<connection> connect_for(std::shared_ptr<engine_state> engine, std::source_location where,
                                               const transaction_run& run);

/// The function is kept for as long as it takes; the connection is the caller's.
template <typename Function>
boost::asio::awaitable<typename transaction_result<Function>::value_type>
run_transaction_on(connection& used, Function function, transaction_retries options) {
    transaction_run run(options);
    using value_type = typename transaction_result<Function>::value_type;
    if constexpr (std::is_void_v<value_type>) {
        co_await run_transaction(used, function, run);
    } else {
        auto pending = run_transaction(used, function, run);
        co_return co_await std::move(pending);
    }
}

/// The same on a connection of an engine.
template <typename Function>
boost::asio::awaitable<typename transaction_result<Function>::value_type>
run_transaction_for(std::shared_ptr<engine_state> engine, Function function, transaction_retries options,
                    std::source_location where) {
    transaction_run run(options);
    // The type is known where this is used: with the engine.
    auto used = co_await connect_for(std::move(engine), where, run);
    using value_type = typename transaction_result<Function>::value_type;
    if constexpr (std::is_void_v<value_type>) {
        co_await run_transaction(used, function, run);
    } else {
        auto pending = run_transaction(used, function, run);
        co_return co_await std::move(pending);
    }
}

} // namespace detail
} // namespace coropq

#endif
