// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What it costs to read rows: coropq beside a loop that was written by hand with libpq, on the same data, in the same
// run, in turn. docs/benchmarks.md says how to read the numbers.

#include "scan/coropq_side.hpp"
#include "scan/libpq_side.hpp"
#include "support/report.hpp"
#include "support/server.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace coropq::bench;
namespace options = boost::program_options;

struct settings {
    std::string url;
    std::string json;
    std::vector<std::string> only;
    sizes size;
    std::size_t rounds = 0;
};

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

void run_benchmark(const settings& chosen, const std::string& url) {
    run_statements(url, make_tables(chosen.size));
    report lines;
    for (const group& one : make_groups(url, chosen.size)) {
        if (!chosen.only.empty() && std::find(chosen.only.begin(), chosen.only.end(), one.name) == chosen.only.end())
            continue;
        const std::vector<std::vector<sample>> samples = run_interleaved(one.contestants, chosen.rounds);
        for (const comparison& line : one.comparisons) {
            const boost::json::object params = {
                {"rows", one.rows}, {"columns", one.columns}, {"rounds", chosen.rounds}, {"baseline", line.baseline}};
            const auto rows = static_cast<double>(one.rows);
            lines.add_speed(line.name, params, rows, samples[line.ours], samples[line.theirs]);
            if (line.compare_memory)
                lines.add_memory(line.name, params, samples[line.ours], samples[line.theirs]);
        }
    }
    run_statements(url, {drop_tables()});
    if (!chosen.json.empty())
        lines.write(chosen.json);
}

/// False: there is nothing to do but to end, with the status.
bool read_command_line(int count, char** arguments, settings& chosen, int& status) {
    options::options_description known("bench_scan [OPTION]...: the speed of reading rows, beside libpq");
    auto add = known.add_options();
    add("url", options::value(&chosen.url), "the server; default: COROPQ_URL, or a server of its own");
    add("json", options::value(&chosen.json), "also write the results to this file");
    add("quick", "fewer rounds and rows: less than 40 seconds in all");
    add("only", options::value(&chosen.only)->multitoken(),
        "these groups only: views structs one_row wide arrays_int arrays_text");
    add("rounds", options::value(&chosen.rounds), "how often everything is run");
    add("rows", options::value(&chosen.size.narrow_rows), "of (int, int, int, char(84))");
    add("lookups", options::value(&chosen.size.lookups), "of one row by its key");
    add("wide-rows", options::value(&chosen.size.wide_rows), "of 100 columns");
    add("array-rows", options::value(&chosen.size.array_rows), "with arrays");
    add("help", "this text");
    options::variables_map given;
    try {
        options::store(options::parse_command_line(count, arguments, known), given);
        options::notify(given);
        const bool quick = given.count("quick") != 0;
        const auto choose = [&](const char* name, auto& value, auto full, auto less) {
            if (given.count(name) == 0)
                value = quick ? less : full;
            else if (value < 1)
                throw options::error(std::string("--") + name + " must be at least 1");
        };
        choose("rounds", chosen.rounds, 7U, 3U);
        choose("rows", chosen.size.narrow_rows, 1'000'000, 300'000);
        choose("lookups", chosen.size.lookups, 30'000, 5'000);
        choose("wide-rows", chosen.size.wide_rows, 50'000, 10'000);
        choose("array-rows", chosen.size.array_rows, 100'000, 20'000);
    } catch (const options::error& problem) {
        std::cerr << "bench_scan: " << problem.what() << '\n' << known;
        status = 2;
        return false;
    }
    if (given.count("help") != 0)
        std::cout << known;
    return given.count("help") == 0;
}

} // namespace

int main(int count, char** arguments) {
    settings chosen;
    int status = 0;
    try {
        if (read_command_line(count, arguments, chosen, status))
            run_benchmark(chosen, server_url(chosen.url, arguments));
    } catch (const std::exception& problem) {
        std::cerr << "bench_scan: " << problem.what() << '\n';
        status = 1;
    }
    return status;
}
