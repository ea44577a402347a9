// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_DEADLINE_QUEUE_HPP
#define COROPQ_SRC_POOL_DEADLINE_QUEUE_HPP

#include "pool/numbered_queue.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <utility>

namespace coropq::detail {

/// The deadlines of those who wait. Most have the same limit, so that who comes later also ends later: these take
/// constant time.
class deadline_queue {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using number = std::uint64_t;

    /// Numbers are higher each time. `time_point::max()` is none.
    void push(number id, time_point deadline) {
        if (deadline == time_point::max())
            return;
        if (in_order_.empty() || deadline >= last_) {
            in_order_.push(id, deadline);
            last_ = deadline;
        } else {
            others_.emplace(deadline, id);
        }
    }

    void remove(number id, time_point deadline) {
        if (deadline != time_point::max() && !in_order_.take(id))
            others_.erase({deadline, id});
    }

    bool empty() const noexcept { return in_order_.empty() && others_.empty(); }

    /// The next one, and whose it is.
    std::pair<time_point, number> front() const {
        if (in_order_.empty())
            return *others_.begin();
        const std::pair<time_point, number> first(in_order_.front(), in_order_.first());
        return others_.empty() ? first : std::min(first, *others_.begin());
    }

private:
    numbered_queue<time_point> in_order_;
    time_point last_{}; ///< Of those in order.
    std::set<std::pair<time_point, number>> others_;
};

} // namespace coropq::detail

#endif
