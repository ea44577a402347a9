// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SCAN_LIBPQ_SIDE_HPP
#define COROPQ_BENCHMARKS_SCAN_LIBPQ_SIDE_HPP

// The baselines: what is written by hand with libpq when speed matters. Prepared statements, binary parameters and
// results, blocking calls, values decoded where they lie, columns known to be NOT NULL and so not asked for NULL.

#include "scan/workload.hpp"
#include "support/measure.hpp"

#include <string>

namespace coropq::bench {

/// Runs statements, for instance those of `make_tables`. Throws `std::runtime_error` with the server's message.
void run_statements(const std::string& url, const std::vector<std::string>& statements);

contestant libpq_whole_views(const std::string& url, const sizes& size);
contestant libpq_whole_structs(const std::string& url, const sizes& size);
contestant libpq_single_row_views(const std::string& url, const sizes& size);
contestant libpq_single_row_structs(const std::string& url, const sizes& size);
contestant libpq_lookups(const std::string& url, const sizes& size);
contestant libpq_wide(const std::string& url, const sizes& size);
contestant libpq_wide_single_row(const std::string& url, const sizes& size);
contestant libpq_numbers(const std::string& url, const sizes& size);
contestant libpq_texts(const std::string& url, const sizes& size);

} // namespace coropq::bench

#endif
