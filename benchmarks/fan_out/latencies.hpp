// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_LATENCIES_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_LATENCIES_HPP

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace coropq::bench {

/// How long things took. Each is kept to within a thirty-second of itself, and costs a counter, however many there are.
class latencies {
public:
    void add(std::chrono::nanoseconds taken) {
        ++counts_[place_of(taken.count() < 0 ? 0 : static_cast<std::uint64_t>(taken.count()))];
        ++all_;
    }

    /// Seconds: that part of all took no longer. 0 when there are none.
    double quantile(double part) const {
        const double wanted = part * static_cast<double>(all_);
        double seen = 0;
        for (std::size_t place = 0; place != counts_.size(); ++place) {
            seen += static_cast<double>(counts_[place]);
            if (seen >= wanted && seen > 0)
                return middle_of(place) * 1e-9;
        }
        return 0;
    }

private:
    // Below 32 ns a place for each; above, 32 places for each power of two.
    static constexpr unsigned bits = 5;
    static constexpr std::uint64_t steps = 1U << bits;

    static std::size_t place_of(std::uint64_t taken) {
        if (taken < steps)
            return taken;
        const auto shift = static_cast<unsigned>(std::bit_width(taken)) - bits - 1;
        return (shift + 1) * steps + ((taken >> shift) - steps);
    }
    static double middle_of(std::size_t place) {
        if (place < steps)
            return static_cast<double>(place);
        const std::size_t shift = place / steps - 1;
        return (static_cast<double>(place % steps + steps) + 0.5) * static_cast<double>(std::uint64_t(1) << shift);
    }

    std::array<std::uint32_t, (64 - bits + 1) * steps> counts_{};
    std::uint64_t all_ = 0;
};

} // namespace coropq::bench

#endif
