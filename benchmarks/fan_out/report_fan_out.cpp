// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/report_fan_out.hpp"

namespace coropq::bench {

namespace {

std::vector<double> each(const std::vector<sample>& samples, auto&& number) {
    std::vector<double> numbers;
    for (const sample& one : samples)
        numbers.push_back(number(one));
    return numbers;
}

std::vector<double> growth(const std::vector<sample>& few, const std::vector<sample>& many) {
    std::vector<double> numbers;
    for (std::size_t round = 0; round != few.size(); ++round)
        numbers.push_back((many[round].heap - few[round].heap) / static_cast<double>(many_tasks - few_tasks));
    return numbers;
}

} // namespace

void report_comparison(report& lines, const comparison& line, const std::vector<sample>& ours,
                       const std::vector<sample>& theirs) {
    const std::string name = line.name + (line.beside.empty() ? "" : ".beside_" + line.beside);
    boost::json::object params = line.params;
    params["baseline"] = line.baseline;
    const auto add = [&](const char* what, const char* unit, auto&& number) {
        lines.add(name + what, params, unit, each(ours, number), each(theirs, number));
    };
    add(".queries_per_second", "queries/s", [](const sample& one) { return one.count / one.seconds; });
    add(".cpu_per_query", "ns/query", [](const sample& one) { return one.cpu_seconds / one.count * 1e9; });
    if (line.what == comparison::shown::speed)
        return;
    add(".p50", "us", [](const sample& one) { return one.p50 * 1e6; });
    add(".p99", "us", [](const sample& one) { return one.p99 * 1e6; });
    add(".p99.9", "us", [](const sample& one) { return one.p999 * 1e6; });
    if (line.what == comparison::shown::everything)
        add(".peak_memory", "bytes", [](const sample& one) { return one.peak; });
}

void report_memory(report& lines, std::size_t rounds, const std::vector<std::vector<sample>>& samples) {
    const boost::json::object params = {{"coroutines", many_tasks}, {"fewer", few_tasks}, {"rounds", rounds}};
    const std::vector<double> ours = growth(samples[0], samples[1]);
    boost::json::object beside_libpq = params;
    beside_libpq["baseline"] = "libpq pipeline";
    lines.add("memory.per_query", beside_libpq, "bytes", ours, growth(samples[2], samples[3]));
    boost::json::object beside_coroutines = params;
    beside_coroutines["baseline"] = "coroutines that wait for a timer";
    lines.add("memory.per_query.beside_coroutines", beside_coroutines, "bytes", ours, growth(samples[4], samples[5]));
}

void report_round_trips(report& lines, const boost::json::object& params, const std::vector<sample>& ours,
                        const std::vector<sample>& theirs) {
    const auto number = [](const sample& one) { return one.count; };
    lines.add("round_trips", params, "1", each(ours, number), each(theirs, number));
}

} // namespace coropq::bench
