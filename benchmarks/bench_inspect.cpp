// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What it costs to look at schemas: whole ones, single tables, names; beside other inspectors if there are any.
// docs/benchmarks.md says how to read the numbers.

#include "inspect/coropq_side.hpp"
#include "inspect/libpq_side.hpp"
#include "inspect/peer.hpp"
#include "support/command_line.hpp"
#include "support/other_program.hpp"
#include "support/report.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace coropq::bench;

struct choices {
    std::vector<std::size_t> tables;
    std::size_t single_tables = 0;
    std::string peers;
};

/// One kind of question: what coropq and the others do, the first of them being what it is compared with by default.
struct question {
    std::string name;
    contestant ours;
    contestant baseline;
    std::string peer_name;
};

std::vector<question> questions_of(const inspection& work) {
    return {{"snapshot", coropq_snapshot(work), coropq_functions(work), "snapshot"},
            {"single_tables", coropq_tables(work), coropq_snapshot(work), "tables"},
            {"names", coropq_names(work), libpq_names(work), "names"},
            {"cold_names", coropq_cold_names(work), libpq_cold_names(work), "cold_names"}};
}

void add_line(report& lines, const std::string& name, boost::json::object params, const std::string& baseline,
              const std::vector<sample>& ours, const std::vector<sample>& theirs) {
    params["baseline"] = baseline;
    const bool counts = ours.front().count > 0; // round trips
    const auto numbers = [&](const std::vector<sample>& samples) {
        std::vector<double> all;
        for (const sample& each : samples)
            all.push_back(counts ? each.count : each.seconds * 1e3);
        return all;
    };
    lines.add(name + (counts ? ".round_trips" : ".time"), params, counts ? "1" : "ms", numbers(ours), numbers(theirs));
}

void run_question(report& lines, const command_line& given, const choices& chosen, const inspection& work,
                  const question& asked) {
    if (!given.wants(asked.name))
        return;
    // Everything about single tables is compared with the whole only if nobody else is there.
    std::vector<contestant> contestants = {asked.ours};
    const std::vector<std::string> peers = chosen.peers.empty() ? std::vector<std::string>() : peers_in(chosen.peers);
    const bool has_baseline = asked.name != "single_tables";
    if (has_baseline)
        contestants.push_back(asked.baseline);
    for (const std::string& peer : peers)
        contestants.push_back(inspecting_peer(peer, asked.peer_name, work));
    const std::vector<std::vector<sample>> samples = run_interleaved(contestants, given.rounds());
    const std::string size = std::to_string(work.tables) + "_tables.";
    boost::json::object params = {{"tables", work.tables}, {"columns", columns_of_table}, {"rounds", given.rounds()}};
    if (!has_baseline)
        params["single_tables"] = work.single_tables;
    std::size_t next = 1;
    if (has_baseline)
        add_line(lines, size + asked.name, params, asked.baseline.name, samples[0], samples[next++]);
    for (const std::string& peer : peers)
        add_line(lines, size + asked.name + ".beside_" + short_name(peer), params, short_name(peer), samples[0],
                 samples[next++]);
}

void run_benchmark(const command_line& given, const choices& chosen, const std::string& url) {
    std::vector<std::size_t> sizes = chosen.tables;
    if (sizes.empty())
        sizes =
            given.is_quick() ? std::vector<std::size_t>{20, 1'000} : std::vector<std::size_t>{20, 250, 1'000, 10'000};
    report lines;
    for (const std::size_t tables : sizes) {
        const inspection work{url, tables, std::min(chosen.single_tables, tables)};
        run_statements(url, make_schema(tables));
        for (const question& asked : questions_of(work))
            run_question(lines, given, chosen, work, asked);
        run_statements(url, drop_schema(tables));
    }
    if (!given.json().empty())
        lines.write(given.json());
}

} // namespace

int main(int count, char** arguments) {
    command_line given("bench_inspect", "looking at schemas, beside other inspectors",
                       "snapshot single_tables names cold_names");
    choices chosen;
    given.add_list("tables", chosen.tables, "the numbers of tables; default: 20 250 1000 10000, --quick 20 1000");
    given.add("peers", chosen.peers, "a directory with programs to compare with: see benchmarks/peers");
    given.add_size<std::size_t>("single-tables", chosen.single_tables, 20, 20, "how many are asked for one by one");
    return given.run(
        count, arguments, [&](const std::string& url) { run_benchmark(given, chosen, url); }, way_to_server::tcp);
}
