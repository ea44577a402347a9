// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What it costs to read rows: coropq beside a loop that was written by hand with libpq, on the same data, in the same
// run, in turn. docs/benchmarks.md says how to read the numbers.

#include "scan/coropq_side.hpp"
#include "scan/libpq_side.hpp"
#include "support/command_line.hpp"
#include "support/report.hpp"

#include <string>
#include <vector>

namespace {

using namespace coropq::bench;
/// One line of the report: which of a group's contestants are compared.
struct comparison {
    std::string name;
    std::size_t ours;
    std::size_t theirs;
    const char* baseline;
    bool compare_memory = true; ///< Not where one keeps all rows and the other one doesn't.
};

/// Contestants that do the same work, which are run in turn.
struct group {
    std::string name;
    std::vector<contestant> contestants;
    std::vector<comparison> comparisons;
    std::int64_t rows;
    std::int64_t columns;
};

constexpr const char* whole = "libpq, PQexecPrepared";
constexpr const char* single_row = "libpq, PQsetSingleRowMode";

std::vector<group> make_groups(const std::string& url, const sizes& size) {
    return {
        {"views",
         {coropq_views(url, size), coropq_stream_views(url, size), libpq_whole_views(url, size),
          libpq_single_row_views(url, size)},
         {{"views", 0, 2, whole},
          {"stream_views", 1, 3, single_row},
          {"views_beside_single_row", 0, 3, single_row, false},
          {"stream_views_beside_whole", 1, 2, whole, false}},
         size.narrow_rows,
         4},
        {"structs",
         {coropq_structs(url, size), coropq_stream_structs(url, size), coropq_stream_by_row(url, size),
          libpq_whole_structs(url, size), libpq_single_row_structs(url, size)},
         {{"structs", 0, 3, whole},
          {"stream_structs", 1, 4, single_row},
          {"stream_structs_one_by_one", 2, 4, single_row},
          {"structs_beside_single_row", 0, 4, single_row, false},
          {"stream_structs_beside_whole", 1, 3, whole, false}},
         size.narrow_rows,
         4},
        {"one_row",
         {coropq_lookups(url, size), coropq_engine_lookups(url, size), libpq_lookups(url, size)},
         {{"one_row", 0, 2, whole}, {"one_row_engine", 1, 2, whole}},
         size.lookups,
         4},
        {"wide",
         {coropq_wide(url, size), coropq_wide_stream(url, size), libpq_wide(url, size),
          libpq_wide_single_row(url, size)},
         {{"wide", 0, 2, whole}, {"stream_wide", 1, 3, single_row}},
         size.wide_rows,
         4 * wide_groups},
        {"arrays_int",
         {coropq_numbers(url, size), libpq_numbers(url, size)},
         {{"arrays_int", 0, 1, whole}},
         size.array_rows,
         2},
        {"arrays_text",
         {coropq_texts(url, size), libpq_texts(url, size)},
         {{"arrays_text", 0, 1, whole}},
         size.array_rows,
         2},
    };
}

void run_benchmark(const command_line& given, const sizes& size, const std::string& url) {
    run_statements(url, make_tables(size));
    report lines;
    for (const group& one : make_groups(url, size)) {
        if (!given.wants(one.name))
            continue;
        const std::vector<std::vector<sample>> samples = run_interleaved(one.contestants, given.rounds());
        for (const comparison& line : one.comparisons) {
            const boost::json::object params = {
                {"rows", one.rows}, {"columns", one.columns}, {"rounds", given.rounds()}, {"baseline", line.baseline}};
            const auto rows = static_cast<double>(one.rows);
            lines.add_speed(line.name, params, rows, samples[line.ours], samples[line.theirs]);
            if (line.compare_memory)
                lines.add_memory(line.name, params, samples[line.ours], samples[line.theirs]);
        }
    }
    run_statements(url, {drop_tables()});
    if (!given.json().empty())
        lines.write(given.json());
}

} // namespace

int main(int count, char** arguments) {
    command_line given("bench_scan", "the speed of reading rows, beside libpq",
                       "views structs one_row wide arrays_int arrays_text");
    sizes size;
    using number = std::remove_reference_t<decltype(size.narrow_rows)>;
    given.add_size("rows", size.narrow_rows, number(1'000'000), number(300'000), "of (int, int, int, char(84))");
    given.add_size("lookups", size.lookups, number(30'000), number(5'000), "of one row by its key");
    given.add_size("wide-rows", size.wide_rows, number(50'000), number(10'000), "of 100 columns");
    given.add_size("array-rows", size.array_rows, number(100'000), number(20'000), "with arrays");
    return given.run(count, arguments, [&](const std::string& url) { run_benchmark(given, size, url); });
}
