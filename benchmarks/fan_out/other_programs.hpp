// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_OTHER_PROGRAMS_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_OTHER_PROGRAMS_HPP

// Programs of others that do the same work.

#include "fan_out/workload.hpp"
#include "support/measure.hpp"
#include "support/other_program.hpp"

#include <string>

namespace coropq::bench {

/// Where pgbench is; empty if it isn't to be found in PATH, nor where Debian puts it.
std::string find_pgbench();

/// `pgbench -M prepared` with a client for each connection, which asks for one row after the other. It only tells how
/// many rows there were, and runs for whole seconds.
contestant pgbench(const std::string& program, const load& work);

/// Another client library, in a program of its own, which measures itself: see benchmarks/peers/README.md.
contestant peer(const std::string& program, const load& work);

} // namespace coropq::bench

#endif
