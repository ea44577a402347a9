// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_COROPQ_SIDE_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_COROPQ_SIDE_HPP

#include "fan_out/workload.hpp"
#include "support/measure.hpp"

namespace coropq::bench {

/// A coroutine for each task, an engine with so many connections, one thread: `co_await engine.fetch_value<…>(…)`.
contestant coropq_point_selects(const load& work);

/// Only coroutines, one for each task, that wait for a timer of their own: what those have allocated.
contestant waiting_coroutines(const load& work);

} // namespace coropq::bench

#endif
