// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_CREDENTIALS_RETIREMENT_HPP
#define COROPQ_SRC_CREDENTIALS_RETIREMENT_HPP

#include <chrono>

namespace coropq::detail {

/// When a session that was opened with credentials that end is retired: at some time between these two, so that those
/// opened with the same ones aren't all replaced at once.
struct retirement {
    std::chrono::steady_clock::time_point from = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

} // namespace coropq::detail

#endif
