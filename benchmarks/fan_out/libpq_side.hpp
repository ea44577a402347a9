// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_LIBPQ_SIDE_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_LIBPQ_SIDE_HPP

// The baselines: loops as they are written by hand with libpq.

#include "fan_out/workload.hpp"
#include "support/measure.hpp"

#include <string>
#include <vector>

namespace coropq::bench {

/// Runs statements, for instance those of `make_table`. Throws `std::runtime_error` with the server's message.
void run_statements(const std::string& url, const std::vector<std::string>& statements);

/// Pipeline mode, a sync point for each statement, so many under way as `work.depth` says; what is sent together leaves
/// in as few packets as the system makes of it (TCP_CORK).
contestant libpq_pipeline(const load& work);

/// The same, where each statement leaves at once, as libpq sends it.
contestant libpq_uncorked_pipeline(const load& work);

/// One statement at a time on each connection, without pipeline mode.
contestant libpq_one_at_a_time(const load& work);

/// One statement at a time, on one connection, with `PQexecPrepared`. There is one task.
contestant libpq_blocking(const load& work);

} // namespace coropq::bench

#endif
