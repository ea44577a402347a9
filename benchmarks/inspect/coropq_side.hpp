// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_INSPECT_COROPQ_SIDE_HPP
#define COROPQ_BENCHMARKS_INSPECT_COROPQ_SIDE_HPP

#include "inspect/workload.hpp"
#include "support/measure.hpp"

namespace coropq::bench {

/// All with a connection that is open, and on which nothing was asked before. They count columns or names.

/// `inspector::snapshot` of the schema.
contestant coropq_snapshot(const inspection& work);
/// The same with the single functions, one after the other.
contestant coropq_functions(const inspection& work);
/// `inspector::reflect`, for one table after the other.
contestant coropq_tables(const inspection& work);
/// `inspector::table_names`.
contestant coropq_names(const inspection& work);
/// The same on an engine without a connection, to a server that is far away: counts round trips.
contestant coropq_cold_names(const inspection& work);

} // namespace coropq::bench

#endif
