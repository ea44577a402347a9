// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_WAIT_UNTIL_HPP
#define COROPQ_TESTS_SUPPORT_WAIT_UNTIL_HPP

#include <chrono>
#include <thread>

namespace coropq::test {

/// Asks again and again until the answer is yes; false when it still isn't at the end of the limit. For what another
/// thread or the server does, never in place of an event of our own. Blocks the thread: not within a coroutine.
template <typename Predicate>
bool wait_until(Predicate predicate, std::chrono::milliseconds limit = std::chrono::minutes(1)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!predicate()) {
        if (std::chrono::steady_clock::now() >= deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

} // namespace coropq::test

#endif
