// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/report.hpp"

#include <boost/json/serialize.hpp>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace coropq::bench {

namespace {

std::vector<double> each(const std::vector<sample>& samples, auto&& number) {
    std::vector<double> numbers;
    for (const sample& one : samples)
        numbers.push_back(number(one));
    return numbers;
}

} // namespace

void report::add(const std::string& name, const boost::json::object& params, const std::string& unit,
                 const std::vector<double>& ours, const std::vector<double>& theirs) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round != ours.size(); ++round) {
        if (theirs[round] > 0)
            ratios.push_back(ours[round] / theirs[round]);
    }
    const double value = median(ours);
    const double baseline = median(theirs);
    boost::json::object line = {{"name", name},         {"params", params}, {"value", value}, {"unit", unit},
                                {"baseline", baseline}, {"ratio", nullptr}}; // there is none to a baseline of 0
    if (!ratios.empty())
        line["ratio"] = median(ratios);
    if (lines_.empty())
        std::printf("%-62s %14s %14s  %-9s %6s\n", "", "coropq", "baseline", "", "ratio");
    const int digits = value < 100 ? 2 : 0;
    std::printf("%-62s %14.*f %14.*f  %-9s %6.2f\n", name.c_str(), digits, value, digits, baseline, unit.c_str(),
                median(ratios));
    std::fflush(stdout);
    lines_.push_back(std::move(line));
}

void report::add_speed(const std::string& name, const boost::json::object& params, double rows,
                       const std::vector<sample>& ours, const std::vector<sample>& theirs) {
    const auto speed = [rows](const sample& one) { return rows / one.seconds; };
    const auto cpu = [rows](const sample& one) { return one.cpu_seconds / rows * 1e9; };
    add(name + ".rows_per_second", params, "rows/s", each(ours, speed), each(theirs, speed));
    add(name + ".cpu_per_row", params, "ns/row", each(ours, cpu), each(theirs, cpu));
}

void report::add_memory(const std::string& name, const boost::json::object& params, const std::vector<sample>& ours,
                        const std::vector<sample>& theirs) {
    const auto memory = [](const sample& one) { return one.memory; };
    add(name + ".peak_memory_growth", params, "bytes", each(ours, memory), each(theirs, memory));
}

void report::write(const std::string& file) const {
    std::ofstream output(file);
    output << boost::json::serialize(lines_) << '\n';
    if (!output.flush())
        throw std::runtime_error("can't write " + file);
}

} // namespace coropq::bench
