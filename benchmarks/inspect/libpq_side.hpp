// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_INSPECT_LIBPQ_SIDE_HPP
#define COROPQ_BENCHMARKS_INSPECT_LIBPQ_SIDE_HPP

#include "inspect/workload.hpp"
#include "support/measure.hpp"

#include <string>
#include <vector>

namespace coropq::bench {

void run_statements(const std::string& url, const std::vector<std::string>& statements);

/// The names of the tables by a query, written by hand, and `PQexecParams`.
contestant libpq_names(const inspection& work);
/// The same with connecting, to a server that is far away: counts round trips.
contestant libpq_cold_names(const inspection& work);

} // namespace coropq::bench

#endif
