// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_POOL_HPP
#define COROPQ_POOL_HPP

#include <chrono>
#include <cstddef>

namespace coropq {

/// How many connections an engine keeps. Setters return the object, so they can be chained.
class pool_options {
public:
    /// The most connections that are open at the same time. Default 10; 0 counts as 1. Connections are opened when they
    /// are needed and kept for reuse, the one used last first.
    pool_options& size(std::size_t connections) noexcept {
        size_ = connections == 0 ? 1 : connections;
        return *this;
    }
    std::size_t size() const noexcept { return size_; }

    /// How long an operation waits for a connection while all are in use; then it ends with `pool_timeout`. Waiting
    /// operations are served in the order in which they came. Default 30 s; zero doesn't wait at all.
    pool_options& acquire_timeout(std::chrono::milliseconds limit) noexcept {
        acquire_timeout_ = limit;
        return *this;
    }
    std::chrono::milliseconds acquire_timeout() const noexcept { return acquire_timeout_; }

private:
    std::size_t size_ = 10;
    std::chrono::milliseconds acquire_timeout_ = std::chrono::seconds(30);
};

} // namespace coropq

#endif
