// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SUPPORT_MEASURE_HPP
#define COROPQ_BENCHMARKS_SUPPORT_MEASURE_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace coropq::bench {

/// What one run took.
struct sample {
    double seconds = 0;     ///< On the clock.
    double cpu_seconds = 0; ///< Of all threads of the process, in the program and in the kernel on its behalf.
    double memory = 0;      ///< Bytes by which resident memory grew at its highest.
    double count = 0;       ///< Of whatever the work counts.
    std::uint64_t checksum = 0;

    // For work that looks at them.
    double p50 = 0; ///< Seconds, of what was counted: as many took less as took more.
    double p99 = 0; ///< … all but a hundredth took less
    double p999 = 0;
    double heap = 0; ///< Bytes that were allocated at the end.
    double peak = 0; ///< Bytes of resident memory, the most there ever was.
};

/// What work calls around the part of it that counts: connecting and preparing don't.
class meter {
public:
    void start();
    void stop();
    /// Something that the work brings about, of which there may be more or less.
    void count(double number) { sample_.count = number; }

    const sample& result() const noexcept { return sample_; }
    /// For work that has measured something else itself, or everything, because another process did it.
    sample& result() noexcept { return sample_; }

private:
    sample sample_;
    double resident_ = 0;
};

/// Something that is measured. Returns a checksum of all the values that it read: whoever does the same work has the
/// same, and the compiler can't leave anything out.
struct contestant {
    std::string name;
    std::function<std::uint64_t(meter&)> work;
};

/// Runs the work in a child process, so that neither memory nor a peak of one run is there in the next. The calling
/// process must have one thread. Throws `std::runtime_error` with the message of what the work threw.
sample run_in_child(const contestant& one);

/// Runs all of them in turn, so many times, forwards and backwards: what else the machine does meets all alike. The
/// samples of each, round by round. Throws as `run_in_child` does, and when their checksums differ.
std::vector<std::vector<sample>> run_interleaved(const std::vector<contestant>& contestants, std::size_t rounds);

double median(std::vector<double> values);

} // namespace coropq::bench

#endif
