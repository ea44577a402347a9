// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_INSPECT_PEER_HPP
#define COROPQ_BENCHMARKS_INSPECT_PEER_HPP

#include "inspect/workload.hpp"
#include "support/measure.hpp"

#include <string>

namespace coropq::bench {

/// Another inspector, in a program of its own, which measures itself: see benchmarks/peers/README.md. `what`:
/// "snapshot", "tables", "names" or "cold_names".
contestant inspecting_peer(const std::string& program, const std::string& what, const inspection& work);

} // namespace coropq::bench

#endif
