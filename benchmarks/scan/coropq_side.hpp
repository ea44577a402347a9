// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SCAN_COROPQ_SIDE_HPP
#define COROPQ_BENCHMARKS_SCAN_COROPQ_SIDE_HPP

// The same work with coropq, as its documentation shows it.

#include "scan/workload.hpp"
#include "support/measure.hpp"

#include <string>

namespace coropq::bench {

contestant coropq_views(const std::string& url, const sizes& size);
contestant coropq_structs(const std::string& url, const sizes& size);
contestant coropq_stream_views(const std::string& url, const sizes& size);
contestant coropq_stream_structs(const std::string& url, const sizes& size);
/// `next()` instead of `next_batch()`.
contestant coropq_stream_by_row(const std::string& url, const sizes& size);
contestant coropq_lookups(const std::string& url, const sizes& size);
/// Each on a connection of the engine's choice, which it takes from the pool and gives back.
contestant coropq_engine_lookups(const std::string& url, const sizes& size);
contestant coropq_wide(const std::string& url, const sizes& size);
contestant coropq_wide_stream(const std::string& url, const sizes& size);
contestant coropq_numbers(const std::string& url, const sizes& size);
contestant coropq_texts(const std::string& url, const sizes& size);

} // namespace coropq::bench

#endif
