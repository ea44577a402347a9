// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SCAN_WORKLOAD_HPP
#define COROPQ_BENCHMARKS_SCAN_WORKLOAD_HPP

// What bench_scan's two sides have in common: the tables, the statements and the arithmetic with what they read.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::bench {

struct sizes {
    std::int64_t narrow_rows = 0; ///< (int, int, int, char(84))
    std::int64_t lookups = 0;     ///< of one of them, by its key
    std::int64_t wide_rows = 0;   ///< 25 × (int, bigint, double, text)
    std::int64_t array_rows = 0;  ///< (int, int[100]); also (int, text[10])
};

/// Columns of a wide row come in groups of (int, bigint, double, text).
inline constexpr std::size_t wide_groups = 25;

// Each takes one bigint parameter: the most rows, or the key.
inline constexpr const char* narrow_sql = "select id, quantity, price, filler from coropq_bench_narrow limit $1";
inline constexpr const char* lookup_sql = "select id, quantity, price, filler from coropq_bench_narrow where id = $1";
inline constexpr const char* wide_sql = "select * from coropq_bench_wide limit $1";
inline constexpr const char* numbers_sql = "select id, numbers from coropq_bench_arrays limit $1";
inline constexpr const char* texts_sql = "select id, texts from coropq_bench_arrays limit $1";

/// The n-th key to look up, in no order that a cache could like.
inline std::int64_t lookup_key(std::int64_t n, const sizes& size) { return 1 + n * 7919 % size.narrow_rows; }

// What is done with each value: little, but something, on both sides alike.
inline std::uint64_t digest(std::int64_t number) { return static_cast<std::uint64_t>(number); }
inline std::uint64_t digest(std::int32_t number) { return digest(std::int64_t(number)); }
inline std::uint64_t digest(double number) { return static_cast<std::uint64_t>(number); }
inline std::uint64_t digest(std::string_view text) {
    return text.size() + static_cast<unsigned char>(text.empty() ? '\0' : text.back());
}

/// The statements that make the tables and fill them, over those of an earlier run, and the one that removes them.
std::vector<std::string> make_tables(const sizes& size);
std::string drop_tables();

} // namespace coropq::bench

#endif
