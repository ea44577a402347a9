// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_REPORT_FAN_OUT_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_REPORT_FAN_OUT_HPP

// What bench_fan_out says of its measurements.

#include "support/measure.hpp"
#include "support/report.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace coropq::bench {

/// The numbers of coroutines that are compared with each other.
inline constexpr std::size_t few_tasks = 256;
inline constexpr std::size_t many_tasks = 10'000;

/// Two contestants, and which of their numbers are shown.
struct comparison {
    enum class shown : std::uint8_t {
        everything, ///< What follows, and p99.9.
        speed_and_latency,
        speed, ///< Queries per second and CPU per query.
    };

    std::string name;
    std::string beside; ///< Who the other one is, where that isn't the usual baseline.
    std::string baseline;
    boost::json::object params;
    std::size_t ours = 0;
    std::size_t theirs = 0;
    shown what = shown::everything;
};

void report_comparison(report& lines, const comparison& line, const std::vector<sample>& ours,
                       const std::vector<sample>& theirs);

/// `samples`: coropq, libpq, waiting coroutines, each with few tasks and with many.
void report_memory(report& lines, std::size_t rounds, const std::vector<std::vector<sample>>& samples);

void report_round_trips(report& lines, const boost::json::object& params, const std::vector<sample>& ours,
                        const std::vector<sample>& theirs);

} // namespace coropq::bench

#endif
