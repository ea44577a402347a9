// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/advisory_lock.hpp>

#include <coropq/error.hpp>

#include "engine/advisory_lock_state.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/session.hpp"
#include "operation/run_operation.hpp"

#include <utility>

namespace asio = boost::asio;

namespace coropq {

// As strings: the least number of 64 bits is none without its sign, and a number that is too big for an integer.
std::string advisory_key::to_sql() const {
    const std::string first = "'" + std::to_string(first_) + "'::";
    return is_pair_ ? first + "int, '" + std::to_string(second_) + "'::int" : first + "bigint";
}

namespace detail {

advisory_lock_state::advisory_lock_state(std::shared_ptr<lease> leased, advisory_lock_name name)
    : lease_(std::move(leased)), name_(std::move(name)) {}

advisory_lock_state::~advisory_lock_state() {
    if (!held_)
        return;
    try {
        if (const session::pointer used = lease_->session())
            used->run(session::unlock(used, name_), nullptr, nullptr, [](error_code) {});
    } catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, it is kept until the connection goes back
    }
}

asio::awaitable<void> advisory_lock_state::release(std::shared_ptr<advisory_lock_state> self) {
    const session::pointer used = self && self->held_ ? self->lease_->session() : nullptr;
    if (!used)
        co_return;
    self->forget();
    const operation_outcome outcome = co_await session::run(used, session::unlock(used, self->name_));
    throw_if_failed(outcome.code, outcome.details);
}

namespace {

// Empty if it can't be had.
asio::awaitable<std::shared_ptr<advisory_lock_state>> acquire(std::shared_ptr<lease> leased, advisory_lock_name name,
                                                              bool attempt) {
    const session::pointer used = leased ? leased->session() : nullptr;
    if (!used)
        throw_error(errc::not_connected,
                    make_diagnostics(errc::not_connected, "the connection was moved from, closed or given back",
                                     "use one that is in use"));
    // It is there before the lock is, so that no way out leaves the lock behind.
    const auto state = std::make_shared<advisory_lock_state>(std::move(leased), name);
    const operation_outcome outcome = co_await session::run(used, session::lock(used, std::move(name), attempt));
    const bool granted = !outcome.code && (!attempt || outcome.output.empty() || outcome.output[0][0].as<bool>());
    if (!granted)
        state->forget();
    throw_if_failed(outcome.code, outcome.details);
    co_return granted ? state : nullptr;
}

} // namespace

asio::awaitable<advisory_lock> take_advisory_lock(std::shared_ptr<lease> leased, advisory_lock_name name) {
    std::shared_ptr<advisory_lock_state> state = co_await acquire(std::move(leased), std::move(name), false);
    co_return advisory_lock(std::move(state));
}

asio::awaitable<std::optional<advisory_lock>> try_advisory_lock(std::shared_ptr<lease> leased,
                                                                advisory_lock_name name) {
    std::shared_ptr<advisory_lock_state> state = co_await acquire(std::move(leased), std::move(name), true);
    std::optional<advisory_lock> lock;
    if (state)
        lock.emplace(std::move(state));
    co_return lock;
}

} // namespace detail

advisory_lock::advisory_lock(std::shared_ptr<detail::advisory_lock_state> state) noexcept : state_(std::move(state)) {}
advisory_lock::advisory_lock(advisory_lock&& other) noexcept = default;
advisory_lock& advisory_lock::operator=(advisory_lock&& other) noexcept = default;
advisory_lock::~advisory_lock() = default;

asio::awaitable<void> advisory_lock::release() { return detail::advisory_lock_state::release(state_); }

} // namespace coropq
