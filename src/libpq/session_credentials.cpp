// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Sessions whose user and password come from a provider.

#include <coropq/error.hpp>

#include "credentials/credential_cache.hpp"
#include "libpq/connect_plan.hpp"
#include "libpq/session_state.hpp"
#include "libpq/stop_guard.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/error.hpp>

#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using clock = time_limit::clock;

asio::awaitable<credential_cache::answer> ask(session::state& session, credential_cache::pointer cache,
                                              clock::time_point limit, std::chrono::milliseconds allowed) {
    credential_cache::request asking(std::move(cache), session.strand);
    const stop_guard guard(session, [&asking] { asking.interrupt(); });
    const time_limit timer(session.strand, limit, [&asking] { asking.interrupt(); });
    credential_cache::answer got;
    if (session.abandoned)
        got.code = asio::error::operation_aborted;
    else
        got = co_await asking.run();
    if (got.code == asio::error::operation_aborted && timer.expired()) {
        operation_outcome late =
            failed_operation(errc::connect_timeout,
                             "the credential provider gave nothing within " + std::to_string(allowed.count()) + " ms",
                             "see why it takes so long, or raise total_connect_timeout");
        got.code = late.code;
        got.details = std::move(late.details);
    }
    co_return got;
}

// What the provider says stands in for what the URL and the options say.
std::optional<connect_plan> plan_with(const credentials& given, const url& address, connect_options options,
                                      clock::time_point limit, operation_outcome& outcome) {
    try {
        if (!given.user().empty())
            options.connect_arg("user", given.user());
        options.connect_arg("password", given.password());
        connect_plan plan = make_connect_plan(address, options);
        plan.deadline = limit;
        return plan;
    } catch (const error& problem) {
        outcome = operation_outcome(problem.code(), problem.details());
        return std::nullopt;
    }
}

} // namespace

asio::awaitable<void> session::open_with_credentials(url address, connect_options options, operation_outcome& outcome) {
    const std::chrono::milliseconds allowed = std::max(options.total_connect_timeout(), std::chrono::milliseconds(0));
    const clock::time_point limit = allowed.count() == 0 ? clock::time_point::max() : saturated_deadline(allowed);
    const credential_cache::pointer cache = options.credentials();
    const auto refusal = make_sqlstate_code("28P01");
    for (int attempt = 1;; ++attempt) {
        const credential_cache::answer got = co_await ask(*state_, cache, limit, allowed);
        outcome = operation_outcome(got.code, got.details);
        if (got.code)
            co_return;
        std::optional<connect_plan> plan = plan_with(got.found->value, address, options, limit, outcome);
        if (!plan)
            co_return;
        co_await open(std::move(*plan), outcome);
        state_->credentials_end = got.sessions;
        if (outcome.code != refusal)
            co_return;
        // Others may have been refused the same ones, and have newer ones already.
        cache->refuse(got.found->version);
        if (attempt == 2 || cache->is_constant())
            co_return;
    }
}

const retirement& session::ends_with_credentials() const noexcept { return state_->credentials_end; }

} // namespace coropq::detail
