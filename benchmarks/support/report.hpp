// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SUPPORT_REPORT_HPP
#define COROPQ_BENCHMARKS_SUPPORT_REPORT_HPP

#include "support/measure.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace coropq::bench {

/// The measurements of a program: printed as a table while they come in, and written as JSON.
class report {
public:
    /// One line: the median of ours, the median of theirs, and the median of the rounds' ratios, ours over theirs.
    void add(const std::string& name, const boost::json::object& params, const std::string& unit,
             const std::vector<double>& ours, const std::vector<double>& theirs);

    /// `NAME.rows_per_second` and `NAME.cpu_per_row` (ns).
    void add_speed(const std::string& name, const boost::json::object& params, double rows,
                   const std::vector<sample>& ours, const std::vector<sample>& theirs);
    /// `NAME.peak_memory_growth` (bytes).
    void add_memory(const std::string& name, const boost::json::object& params, const std::vector<sample>& ours,
                    const std::vector<sample>& theirs);

    /// A list of `{"name", "params", "value", "unit", "baseline", "ratio"}`. Throws `std::runtime_error` if the file
    /// can't be written.
    void write(const std::string& file) const;

private:
    boost::json::array lines_;
};

} // namespace coropq::bench

#endif
