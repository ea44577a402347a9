// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_INSPECT_WORKLOAD_HPP
#define COROPQ_BENCHMARKS_INSPECT_WORKLOAD_HPP

// The schema that is inspected: tables with 50 columns of 24 types, ten of them with a default; each with a primary
// key, a unique constraint, a check, another index, a foreign key to the table before it, and comments.

#include <cstddef>
#include <string>
#include <vector>

namespace coropq::bench {

inline constexpr const char* inspected_schema = "coropq_bench_inspect";
inline constexpr std::size_t columns_of_table = 50;

struct inspection {
    std::string url;
    std::size_t tables = 0;
    std::size_t single_tables = 0; ///< How many are asked for one by one.
};

/// Statements that make the schema anew, and drop it; each a transaction of its own, so that no server runs out of
/// locks.
std::vector<std::string> make_schema(std::size_t tables);
std::vector<std::string> drop_schema(std::size_t tables);

/// The name of the i-th table, from 1.
std::string table_name(std::size_t i);

} // namespace coropq::bench

#endif
