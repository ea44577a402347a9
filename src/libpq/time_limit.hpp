// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_TIME_LIMIT_HPP
#define COROPQ_SRC_LIBPQ_TIME_LIMIT_HPP

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace coropq::detail {

/// The time after that limit; the end of time if the clock can't show it, as with the limits people write for "none".
inline std::chrono::steady_clock::time_point saturated_deadline(std::chrono::milliseconds limit) {
    using clock = std::chrono::steady_clock;
    const auto now = clock::now();
    const auto longest = std::chrono::floor<std::chrono::milliseconds>(clock::time_point::max() - now);
    return limit < longest ? now + std::max(limit, std::chrono::milliseconds(0)) : clock::time_point::max();
}

/// Calls a function once when a time has come, unless it is destroyed before. Everything happens on one strand: the
/// constructor, the destructor and the call.
class time_limit {
public:
    using clock = std::chrono::steady_clock;

    /// `clock::time_point::max()` never comes.
    template <typename Strand>
    time_limit(const Strand& strand, clock::time_point when, std::function<void()> expire) {
        if (when == clock::time_point::max())
            return;
        state_ = std::make_shared<state>(strand, std::move(expire));
        state_->timer.expires_at(when);
        state_->timer.async_wait([state = state_](const boost::system::error_code& code) {
            // Destruction may race with an expiry that is already queued; then the owner is gone.
            if (!code && !state->ended) {
                state->expired = true;
                state->expire();
            }
        });
    }
    time_limit(const time_limit&) = delete;
    time_limit& operator=(const time_limit&) = delete;
    ~time_limit() {
        if (!state_)
            return;
        state_->ended = true;
        state_->timer.cancel();
    }

    bool expired() const noexcept { return state_ && state_->expired; }

private:
    struct state {
        template <typename Strand>
        state(const Strand& strand, std::function<void()> on_expiry) : timer(strand), expire(std::move(on_expiry)) {}

        boost::asio::steady_timer timer;
        std::function<void()> expire;
        bool ended = false;
        bool expired = false;
    };

    std::shared_ptr<state> state_;
};

} // namespace coropq::detail

#endif
