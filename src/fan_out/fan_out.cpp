// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The coroutines that users await.

#include <coropq/detail/fan_out_core.hpp>
#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "fan_out/core.hpp"
#include "operation/is_cancelled.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

[[noreturn]] void throw_cancelled() {
    const error_code code = asio::error::operation_aborted;
    throw_error(code, make_diagnostics(code, "the fan-out was cancelled"));
}

// Whether the coroutine was cancelled before there was one, or before the end.
asio::awaitable<bool> wait_for_one(std::shared_ptr<fan_out_core> core, fan_out_record& record,
                                   fan_out_core::taken& found) {
    for (;;) {
        found = core->take(record);
        if (found != fan_out_core::taken::none_yet)
            co_return false;
        const bool cancelled = co_await is_cancelled();
        if (cancelled)
            co_return true;
        co_await fan_out_core::wait(core, 1);
    }
}

void place_in(std::vector<fan_out_record>& outcomes, fan_out_record record) {
    const std::size_t index = record.index;
    if (index >= outcomes.size())
        outcomes.resize(index + 1);
    outcomes[index] = std::move(record);
}

asio::awaitable<std::vector<fan_out_record>> wait_for_all(std::shared_ptr<fan_out_core> core) {
    constexpr std::size_t at_once = 256;
    std::vector<fan_out_record> outcomes;
    for (;;) {
        fan_out_record record;
        fan_out_core::taken found = core->take(record);
        for (; found == fan_out_core::taken::one; found = core->take(record))
            place_in(outcomes, std::move(record));
        if (found == fan_out_core::taken::none_left)
            co_return outcomes;
        const bool cancelled = co_await is_cancelled();
        if (cancelled)
            core->cancel();
        co_await fan_out_core::wait(core, at_once);
    }
}

} // namespace

fan_out_handle::fan_out_handle(const engine& used, statement_source source, fan_out_options options,
                               fan_out_mapping mapping, bool unlimited)
    : core_(std::make_shared<fan_out_core>(run_on(used), std::move(source).take_input(), std::move(options), mapping,
                                           unlimited)) {}

fan_out_handle& fan_out_handle::operator=(fan_out_handle&& other) noexcept {
    if (this != &other) {
        if (core_)
            core_->abandon();
        core_ = std::move(other.core_);
    }
    return *this;
}

fan_out_handle::~fan_out_handle() {
    if (core_)
        core_->abandon();
}

fan_out_progress fan_out_handle::progress() const { return core_->progress(); }

void fan_out_handle::cancel() { core_->cancel(); }

asio::awaitable<bool> next_outcome(std::shared_ptr<fan_out_core> core, fan_out_record& record) {
    // A cancelled coroutine throws at its next co_await, before it can say so.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    core->start(co_await asio::this_coro::executor);
    fan_out_core::taken found{};
    const bool cancelled = co_await wait_for_one(core, record, found);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (cancelled) {
        core->cancel();
        throw_cancelled();
    }
    if (found == fan_out_core::taken::none_left)
        core->rethrow_problem();
    co_return found == fan_out_core::taken::one;
}

asio::awaitable<void> close_fan_out(std::shared_ptr<fan_out_core> core) {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    core->cancel();
    core->start(co_await asio::this_coro::executor);
    bool cancelled = false;
    while (!cancelled && !core->has_ended()) {
        co_await fan_out_core::wait(core, static_cast<std::size_t>(-1));
        cancelled = co_await is_cancelled();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (cancelled)
        throw_cancelled();
}

asio::awaitable<std::vector<fan_out_record>> all_outcomes(fan_out_handle run) {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    const bool cancelled = co_await is_cancelled();
    if (cancelled)
        run.cancel();
    run.core()->start(co_await asio::this_coro::executor);
    std::vector<fan_out_record> outcomes = co_await wait_for_all(run.core());
    co_await asio::this_coro::throw_if_cancelled(throws);
    run.core()->rethrow_problem();
    run.core()->rethrow_failure();
    co_return outcomes;
}

} // namespace coropq::detail
