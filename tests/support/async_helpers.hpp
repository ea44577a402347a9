// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_ASYNC_HELPERS_HPP
#define COROPQ_TESTS_SUPPORT_ASYNC_HELPERS_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace coropq::test {

namespace asio = boost::asio;

/// Long enough for a sanitizer build on a busy machine: only a test that fails waits for it.
inline constexpr std::chrono::milliseconds time_limit = std::chrono::seconds(30);

/// An operation that didn't end: what() says where the test waited for it, and for how long.
class hang_error : public std::runtime_error {
public:
    hang_error(const char* what, std::chrono::milliseconds limit, const std::source_location& where);
};

namespace detail {

/// What `run` does, for an operation without a value. Compiled once instead of in each test.
void run_to_end(asio::io_context& context, asio::awaitable<void> operation, std::chrono::milliseconds limit,
                const std::source_location& where);

template <typename T>
asio::awaitable<void> keep(asio::awaitable<T> operation, std::shared_ptr<std::optional<T>> result) {
    result->emplace(co_await std::move(operation));
}

} // namespace detail

/// Runs an operation to its end on the calling thread, gives its value or throws its exception. The context is left as
/// soon as the operation has ended: what else is in it goes on with the next `run` or `drain`.
///
/// An operation that takes longer than the limit, or that waits for nothing, is cancelled and ends in `hang_error`: a
/// test fails where it would have hung.
template <typename T>
T run(asio::io_context& context, asio::awaitable<T> operation, std::chrono::milliseconds limit = time_limit,
      const std::source_location where = std::source_location::current()) {
    if constexpr (std::is_void_v<T>) {
        detail::run_to_end(context, std::move(operation), limit, where);
    } else {
        // Shared, since an operation that can't be cancelled outlives this call.
        auto result = std::make_shared<std::optional<T>>();
        detail::run_to_end(context, detail::keep(std::move(operation), result), limit, where);
        return std::move(result->value());
    }
}

/// Runs the context until nothing is left to do in it; `hang_error` when that takes longer than the limit.
void drain(asio::io_context& context, std::chrono::milliseconds limit = time_limit,
           const std::source_location& where = std::source_location::current());

/// The same as `run` on a single-threaded context of its own, for a function that makes the operation from the
/// executor:
///
///     auto work = [](asio::any_io_executor executor) -> asio::awaitable<int> { … };
///     EXPECT_EQ(run(work), 7);
///
/// The context must be idle then: work left behind is waited for, and a `hang_error` when it doesn't end in time.
template <std::invocable<asio::any_io_executor> Function>
auto run(Function function, std::chrono::milliseconds limit = time_limit,
         const std::source_location where = std::source_location::current()) {
    asio::io_context context(1);
    auto operation = function(asio::any_io_executor(context.get_executor()));
    using value_type = typename decltype(operation)::value_type;
    if constexpr (std::is_void_v<value_type>) {
        run(context, std::move(operation), limit, where);
        drain(context, limit, where);
    } else {
        auto value = run(context, std::move(operation), limit, where);
        drain(context, limit, where);
        return value;
    }
}

/// Measures whether a loop stays responsive, with a coroutine on it that should get its turn every millisecond:
///
///     loop_watch watch(context.get_executor());
///     run(context, operation());
///     EXPECT_LT(watch.longest_gap(), loop_watch::acceptable);
///
/// The executor must run one thing at a time and in the thread that owns the watch.
class loop_watch {
public:
    /// What a busy machine does to an innocent loop; blocking in libpq shows as a second or more in our tests.
    static constexpr std::chrono::milliseconds acceptable = std::chrono::milliseconds(300);

    explicit loop_watch(asio::any_io_executor executor);
    loop_watch(const loop_watch&) = delete;
    loop_watch& operator=(const loop_watch&) = delete;
    /// Lets go of the executor: a context isn't kept running by it.
    ~loop_watch();

    /// The longest time between two turns since the construction; the one that is going on counts.
    std::chrono::milliseconds longest_gap() const;
    /// How many turns there were: that the measurement took place at all.
    std::size_t turns() const;

private:
    struct state;
    static asio::awaitable<void> tick(std::shared_ptr<state> shared);

    std::shared_ptr<state> state_;
};

} // namespace coropq::test

#endif
