// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "credentials/refresh_decisions.hpp"

#include <algorithm>

namespace coropq::detail {

namespace {

constexpr std::chrono::seconds first_delay(1);
constexpr std::chrono::seconds longest_delay(30);
constexpr std::chrono::minutes longest_margin(10);

} // namespace

refresh_decisions::advice refresh_decisions::ask(time_point now) const {
    if (!is_good(now))
        return advice::fetch;
    if (now < retry_at_)
        return advice::use;
    if (outdated_)
        return advice::fetch;
    if (now < refresh_at_)
        return advice::use;
    return now < retire_at_ ? advice::use_and_refresh : advice::fetch;
}

refresh_decisions::version refresh_decisions::succeeded(time_point now, std::optional<time_point> expires) {
    ++version_;
    // The same end as before: the source has nothing newer yet. It isn't asked at ever shorter intervals.
    const bool renewed = !is_good(now) || !expires || expires != expires_;
    usable_ = !expires || now < *expires; // others are tried, once for each call: the server's clock decides
    outdated_ = false;
    if (!renewed) {
        failed(now);
        return version_;
    }
    failures_ = 0;
    retry_at_ = time_point::min();
    expires_ = expires;
    refresh_at_ = time_point::max();
    retire_at_ = time_point::max();
    if (expires && usable_) {
        const clock::duration lifetime = *expires - now;
        const clock::duration margin = ahead_ ? std::clamp(*ahead_, clock::duration::zero(), lifetime / 2)
                                              : std::min<clock::duration>(lifetime / 5, longest_margin);
        refresh_at_ = *expires - margin;
        retire_at_ = *expires - margin / 2;
    }
    return version_;
}

bool refresh_decisions::failed(time_point now) {
    failures_ = std::min(failures_ + 1, 10);
    const clock::duration delay = std::min<clock::duration>(first_delay * (1 << (failures_ - 1)), longest_delay);
    retry_at_ = now + delay;
    return is_good(now);
}

void refresh_decisions::refused(version what) {
    if (what == version_)
        usable_ = false;
}

std::optional<refresh_decisions::window> refresh_decisions::retirement_at(time_point now) const {
    // What has ended by our clock, and is accepted all the same, says nothing about the session.
    if (!expires_ || !is_good(now))
        return std::nullopt;
    const time_point middle = refresh_at_ + (retire_at_ - refresh_at_) / 2;
    if (now < middle)
        return window{middle, retire_at_};
    if (now < retire_at_)
        return window{retire_at_, retire_at_};
    const time_point half = now + (*expires_ - now) / 2; // there is nothing better
    return window{half, half};
}

retirement on_steady_clock(const std::optional<refresh_decisions::window>& window) {
    retirement result;
    if (!window)
        return result;
    const auto here = std::chrono::steady_clock::now();
    const auto now = refresh_decisions::clock::now();
    const auto longest = std::chrono::steady_clock::time_point::max() - here;
    const auto translated = [&](refresh_decisions::time_point when) {
        const auto ahead = std::max(when - now, refresh_decisions::clock::duration::zero());
        return ahead < longest ? here + ahead : std::chrono::steady_clock::time_point::max();
    };
    result.from = translated(window->from);
    result.until = translated(window->until);
    return result;
}

} // namespace coropq::detail
