// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_CREDENTIALS_REFRESH_DECISIONS_HPP
#define COROPQ_SRC_CREDENTIALS_REFRESH_DECISIONS_HPP

#include "credentials/retirement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace coropq::detail {

/// Whether credentials are used, refreshed or waited for. A plain object without clock, threads or secrets: it is told
/// what happens, and when. The same events give the same answers.
class refresh_decisions {
public:
    using clock = std::chrono::system_clock;
    using time_point = clock::time_point;
    using version = std::uint64_t; ///< Of credentials: each call gives another one.

    enum class advice : std::uint8_t {
        use,
        use_and_refresh, ///< They are good for now, but a call should begin.
        fetch,           ///< Nothing to use before a call has ended.
    };

    /// `ahead`: how long before the end to refresh; none: a fifth of the lifetime, 10 minutes at most.
    explicit refresh_decisions(std::optional<clock::duration> ahead = std::nullopt) : ahead_(ahead) {}

    advice ask(time_point now) const;

    /// A call gave credentials that end then, if ever. The number of what it gave.
    version succeeded(time_point now, std::optional<time_point> expires);
    /// A call failed. True: what was there before is still good.
    bool failed(time_point now);
    /// A server has refused what has that number. Nothing happens if others have replaced it.
    void refused(version what);
    /// What is there may be outdated: it is only used if nothing better can be had.
    void outdated() { outdated_ = true; }

    /// When sessions that are opened now with the present credentials are to be retired. Empty: never, for this reason.
    struct window {
        time_point from;
        time_point until;
    };
    std::optional<window> retirement_at(time_point now) const;

    version current() const noexcept { return version_; }

private:
    bool is_good(time_point now) const { return usable_ && (!expires_ || now < *expires_); }

    std::optional<clock::duration> ahead_;
    version version_ = 0;
    bool usable_ = false;
    bool outdated_ = false;
    std::optional<time_point> expires_;
    time_point refresh_at_ = time_point::max();
    time_point retire_at_ = time_point::max();
    time_point retry_at_ = time_point::min(); ///< Not before that, unless there is nothing to use.
    int failures_ = 0;                        ///< Calls that gave nothing better, since the last that did.
};

/// The same moments by the clock that timers have.
retirement on_steady_clock(const std::optional<refresh_decisions::window>& window);

} // namespace coropq::detail

#endif
