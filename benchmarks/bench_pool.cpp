// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What it costs to get a connection from the pool and to give it back, and how many connections it opens: coropq's
// engine beside a pool as one writes it by hand, with the same sessions, in the same run, in turn. docs/benchmarks.md
// says how to read the numbers.

#include "pool/contestants.hpp"
#include "support/command_line.hpp"
#include "support/report.hpp"

#include <string>
#include <vector>

namespace {

using namespace coropq::bench;
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

void run_benchmark(const command_line& given, const sizes& size, const std::string& url) {
    report lines;
    for (const group& one : make_groups(url, size)) {
        if (given.wants(one.name))
            report_group(lines, one, given.rounds());
    }
    if (!given.json().empty())
        lines.write(given.json());
}

} // namespace

int main(int count, char** arguments) {
    command_line given("bench_pool", "taking connections from a pool, beside a plain one",
                       "uncontended waiting threads spike");
    sizes size;
    given.add_size("uses", size.uses, std::size_t(500'000), std::size_t(100'000), "of a connection, by each thread");
    given.add_size("waiters", size.waiters, std::size_t(1'000), std::size_t(1'000), "that share ten connections");
    given.add_size("turns", size.turns, std::size_t(300), std::size_t(60), "of each waiter");
    return given.run(count, arguments, [&](const std::string& url) { run_benchmark(given, size, url); });
}
