// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What it costs to get a connection from the pool and to give it back, and how many connections it opens: coropq's
// engine beside a pool as one writes it by hand, with the same sessions, in the same run, in turn. docs/benchmarks.md
// says how to read the numbers.

#include "pool/contestants.hpp"
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

struct group {
    std::string name;
    contestant ours;
    contestant theirs;
    boost::json::object params;
    std::size_t uses;
};

std::vector<group> make_groups(const std::string& url, const sizes& size) {
    return {
        {"uncontended",
         coropq_uncontended(url, size),
         plain_uncontended(url, size),
         {{"threads", 1}, {"connections", 1}},
         size.uses},
        {"waiting",
         coropq_waiting(url, size),
         plain_waiting(url, size),
         {{"threads", 1}, {"connections", shared_connections}, {"waiters", size.waiters}},
         size.waiters * size.turns},
        {"threads",
         coropq_threads(url, size),
         plain_threads(url, size),
         {{"threads", thread_count}, {"connections", thread_count}},
         size.uses * thread_count},
        {"spike",
         coropq_spike(url, size),
         plain_spike(url, size),
         {{"threads", 1}, {"requests", size.requests}, {"connect_ms", spike_connect_time.count()}},
         size.requests},
    };
}

std::vector<double> each(const std::vector<sample>& samples, double sample::*number, double factor) {
    std::vector<double> numbers;
    for (const sample& one : samples)
        numbers.push_back(one.*number * factor);
    return numbers;
}

void report_group(report& lines, const group& one, std::size_t rounds) {
    const std::vector<std::vector<sample>> samples = run_interleaved({one.ours, one.theirs}, rounds);
    boost::json::object params = one.params;
    params["uses"] = one.uses;
    params["rounds"] = rounds;
    params["baseline"] = "mutex and deque";
    const auto add = [&](const char* what, const char* unit, double sample::*number, double factor) {
        lines.add(one.name + what, params, unit, each(samples[0], number, factor), each(samples[1], number, factor));
    };
    if (one.name == "spike") {
        add(".connections", "1", &sample::count, 1);
        add(".time", "ms", &sample::seconds, 1e3);
        return;
    }
    const double nanoseconds = 1e9 / static_cast<double>(one.uses);
    add(".time_per_use", "ns", &sample::seconds, nanoseconds);
    add(".cpu_per_use", "ns", &sample::cpu_seconds, nanoseconds);
}

void run_benchmark(const settings& chosen, const std::string& url) {
    report lines;
    for (const group& one : make_groups(url, chosen.size)) {
        if (chosen.only.empty() || std::find(chosen.only.begin(), chosen.only.end(), one.name) != chosen.only.end())
            report_group(lines, one, chosen.rounds);
    }
    if (!chosen.json.empty())
        lines.write(chosen.json);
}

/// False: there is nothing to do but to end, with the status.
bool read_command_line(int count, char** arguments, settings& chosen, int& status) {
    options::options_description known("bench_pool [OPTION]...: taking connections from a pool, beside a plain one");
    auto add = known.add_options();
    add("url", options::value(&chosen.url), "the server; default: COROPQ_URL, or a server of its own");
    add("json", options::value(&chosen.json), "also write the results to this file");
    add("quick", "fewer rounds and uses: less than 40 seconds in all");
    add("only", options::value(&chosen.only)->multitoken(), "these groups only: uncontended waiting threads spike");
    add("rounds", options::value(&chosen.rounds), "how often everything is run");
    add("uses", options::value(&chosen.size.uses), "of a connection, by each thread");
    add("waiters", options::value(&chosen.size.waiters), "that share ten connections");
    add("turns", options::value(&chosen.size.turns), "of each waiter");
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
        choose("uses", chosen.size.uses, 500'000U, 100'000U);
        choose("waiters", chosen.size.waiters, 1'000U, 1'000U);
        choose("turns", chosen.size.turns, 300U, 60U);
    } catch (const options::error& problem) {
        std::cerr << "bench_pool: " << problem.what() << '\n' << known;
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
        std::cerr << "bench_pool: " << problem.what() << '\n';
        status = 1;
    }
    return status;
}
