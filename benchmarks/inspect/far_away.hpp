// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_INSPECT_FAR_AWAY_HPP
#define COROPQ_BENCHMARKS_INSPECT_FAR_AWAY_HPP

#include "pool/slow_forwarder.hpp"
#include "support/measure.hpp"

#include <coropq/url.hpp>

#include <chrono>
#include <string>

namespace coropq::bench {

inline constexpr std::chrono::milliseconds round_trip_time(40);

/// The same server, 40 ms away: what takes time then is round trips.
class far_away {
public:
    explicit far_away(const std::string& address) : detour_(url::parse(address), {}, round_trip_time / 2) {}

    std::string address() const { return detour_.address().to_string(show_password); }

    /// How many there were in the time that was measured.
    void count_round_trips(meter& measured) const {
        measured.count(measured.result().seconds / std::chrono::duration<double>(round_trip_time).count());
    }

private:
    slow_forwarder detour_;
};

} // namespace coropq::bench

#endif
