// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "async_helpers.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string>

namespace coropq::test {

hang_error::hang_error(const char* what, std::chrono::milliseconds limit, const std::source_location& where)
    : std::runtime_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": " + what +
                         " (after " + std::to_string(limit.count()) + " ms)") {}

namespace detail {

namespace {

struct run_state {
    bool done = false;
    std::exception_ptr failure;
    asio::cancellation_signal stop;
};

} // namespace

void run_to_end(asio::io_context& context, asio::awaitable<void> operation, std::chrono::milliseconds limit,
                const std::source_location& where) {
    // Shared, since an operation that can't be cancelled outlives this call.
    const auto state = std::make_shared<run_state>();
    asio::co_spawn(context, std::move(operation),
                   asio::bind_cancellation_slot(state->stop.slot(), [state](std::exception_ptr failure) {
                       state->failure = std::move(failure);
                       state->done = true;
                   }));
    const auto run_until = [&](std::chrono::steady_clock::time_point deadline) {
        context.restart();
        while (!state->done && context.run_one_until(deadline) != 0) {
        }
    };
    run_until(std::chrono::steady_clock::now() + limit);
    if (!state->done) {
        const bool idle = context.stopped();
        // Ended properly, where it can be, it doesn't touch variables of the test that are gone after the exception.
        state->stop.emit(asio::cancellation_type::all);
        run_until(std::chrono::steady_clock::now() + std::chrono::seconds(5));
        const char* const end = state->done ? "" : ", not even when cancelled";
        const std::string what = (idle ? "the operation waits for something that nobody will do"
                                       : "the operation hangs: it has not ended in time") +
                                 std::string(end);
        throw hang_error(what.c_str(), limit, where);
    }
    if (state->failure)
        std::rethrow_exception(state->failure);
}

} // namespace detail

void drain(asio::io_context& context, std::chrono::milliseconds limit, const std::source_location& where) {
    context.restart();
    context.run_for(limit);
    if (!context.stopped())
        throw hang_error("the context still has work to do", limit, where);
}

struct loop_watch::state {
    using clock = std::chrono::steady_clock;

    explicit state(const asio::any_io_executor& executor) : timer(executor) {}

    asio::steady_timer timer;
    clock::time_point last = clock::now();
    clock::duration longest{};
    std::size_t turns = 0;
    bool ended = false;
};

loop_watch::loop_watch(asio::any_io_executor executor) : state_(std::make_shared<state>(executor)) {
    asio::co_spawn(executor, tick(state_), asio::detached);
}

loop_watch::~loop_watch() {
    state_->ended = true;
    state_->timer.cancel();
}

std::chrono::milliseconds loop_watch::longest_gap() const {
    const auto longest = std::max(state_->longest, state::clock::now() - state_->last);
    return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
}

std::size_t loop_watch::turns() const { return state_->turns; }

asio::awaitable<void> loop_watch::tick(std::shared_ptr<state> shared) {
    while (!shared->ended) {
        const auto now = state::clock::now();
        shared->longest = std::max(shared->longest, now - shared->last);
        shared->last = now;
        ++shared->turns;
        shared->timer.expires_after(std::chrono::milliseconds(1));
        boost::system::error_code cancelled;
        co_await shared->timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
}

} // namespace coropq::test
