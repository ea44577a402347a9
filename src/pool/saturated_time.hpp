// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_SATURATED_TIME_HPP
#define COROPQ_SRC_POOL_SATURATED_TIME_HPP

#include <algorithm>
#include <chrono>

namespace coropq::detail {

/// That limit, not less than none; the longest that the clock can show if it is longer, as those people write for
/// "none".
inline std::chrono::steady_clock::duration saturated_duration(std::chrono::milliseconds limit) {
    using duration = std::chrono::steady_clock::duration;
    if (limit >= std::chrono::floor<std::chrono::milliseconds>(duration::max()))
        return duration::max();
    return std::max(limit, std::chrono::milliseconds::zero());
}

/// That much later; the end of time if the clock can't show it.
inline std::chrono::steady_clock::time_point later_by(std::chrono::steady_clock::time_point start,
                                                      std::chrono::steady_clock::duration delay) {
    using time_point = std::chrono::steady_clock::time_point;
    if (start > time_point() && delay >= time_point::max() - start)
        return time_point::max();
    return start + delay;
}

} // namespace coropq::detail

#endif
