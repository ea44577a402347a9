// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/connection.hpp>
#include <coropq/detail/transaction_run.hpp>
#include <coropq/error.hpp>

#include "engine/transaction_state.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/time_limit.hpp"
#include "operation/is_cancelled.hpp"
#include "operation/random_factor.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr milliseconds longest_delay = std::chrono::seconds(30);

// The server has chosen a victim, and nothing of it remains: the same again can succeed.
bool is_worth_repeating(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const error& failure) {
        return failure.code() == sqlstate::serialization_failure || failure.code() == sqlstate::deadlock_detected;
    } catch (...) {
        return false;
    }
}

std::exception_ptr cancelled() {
    const error_code code = asio::error::operation_aborted;
    return std::make_exception_ptr(
        error(code, make_diagnostics(code, "the transaction was cancelled, and rolled back")));
}

} // namespace

milliseconds retry_delay(milliseconds backoff, int repetition, double random) {
    const double longest = static_cast<double>(longest_delay.count());
    const double doubled = std::ldexp(static_cast<double>(std::max(backoff, milliseconds(0)).count()), repetition);
    return milliseconds(static_cast<milliseconds::rep>(std::min(doubled, longest) * random));
}

transaction_run::transaction_run(transaction_retries options)
    : options_(options)
    , until_(options.timeout > milliseconds(0) ? saturated_deadline(options.timeout) : time_point::max()) {}

asio::awaitable<transaction> transaction_run::begin(connection& used) {
    transaction_options options;
    options.isolation = options_.isolation;
    options.read_only = options_.read_only;
    options.deferrable = options_.deferrable;
    deadline limit;
    limit.limit = options_.timeout;
    limit.when = until_;
    return begin_transaction(used.get_executor(), used.lease(), false, options, limit);
}

// Gives the problem that is left, if there is one.
asio::awaitable<std::exception_ptr> transaction_run::end(transaction& attempt, std::exception_ptr problem) {
    const bool was_cancelled = co_await is_cancelled();
    if (!problem && attempt.is_open() && was_cancelled)
        problem = cancelled();
    if (!problem && attempt.is_open()) {
        try {
            co_await attempt.commit();
        } catch (...) {
            problem = std::current_exception();
        }
    }
    // When the time is up, the attempt rolls back where nobody waits for it.
    if (problem && attempt.is_open() && clock::now() < until_) {
        try {
            co_await attempt.rollback();
        } catch (const error&) { // NOLINT(bugprone-empty-catch): the problem is what there is to tell
        }
    }
    co_return problem;
}

asio::awaitable<bool> transaction_run::finish(transaction& attempt, std::exception_ptr problem, bool throws) {
    problem = co_await end(attempt, std::move(problem));
    bool again = problem && repetitions_ < options_.retries && is_worth_repeating(problem);
    if (again) {
        const milliseconds delay = retry_delay(options_.backoff, repetitions_++, random_factor());
        again = until_ == time_point::max() || until_ - clock::now() > delay;
        if (again) {
            asio::steady_timer timer(co_await asio::this_coro::executor, delay);
            error_code ignored;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            const bool was_cancelled = co_await is_cancelled();
            if (was_cancelled) {
                problem = cancelled();
                again = false;
            }
        }
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (problem && !again)
        std::rethrow_exception(problem);
    co_return again;
}

} // namespace coropq::detail
