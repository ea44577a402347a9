// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_ROUND_TRIPS_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_ROUND_TRIPS_HPP

// A server that is far away: how many round trips' time all tasks take together to ask once each, all at the same time.
// The connections are open, and the statement has been prepared on each of them.

#include "fan_out/workload.hpp"
#include "support/measure.hpp"

#include <chrono>

namespace coropq::bench {

inline constexpr std::chrono::milliseconds round_trip_time(20);

contestant coropq_round_trips(const load& work);

/// A pipeline by hand.
contestant libpq_round_trips(const load& work);

} // namespace coropq::bench

#endif
