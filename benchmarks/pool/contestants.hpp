// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_POOL_CONTESTANTS_HPP
#define COROPQ_BENCHMARKS_POOL_CONTESTANTS_HPP

// The same work with coropq's engine and with the plain pool. The connections are open before it begins.

#include "support/measure.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace coropq::bench {

struct sizes {
    std::size_t uses = 0;      ///< Acquire and release, one after the other, by each thread.
    std::size_t waiters = 0;   ///< Coroutines that want the connections.
    std::size_t turns = 0;     ///< How often each of them wants one.
    std::size_t requests = 50; ///< At once, in the spike.
};

constexpr std::size_t shared_connections = 10; ///< For the waiters.
constexpr std::size_t thread_count = 4;
constexpr std::size_t spike_idle = 5; ///< Open when the spike comes.
constexpr std::size_t spike_size = 50;
constexpr std::chrono::milliseconds spike_connect_time(150);

/// One coroutine on one thread: acquire, release.
contestant coropq_uncontended(const std::string& url, const sizes& size);
contestant plain_uncontended(const std::string& url, const sizes& size);

/// Many coroutines on one thread that want a few connections: acquire, let the others run, release.
contestant coropq_waiting(const std::string& url, const sizes& size);
contestant plain_waiting(const std::string& url, const sizes& size);

/// A coroutine on each of four threads, with a connection for each: acquire, release.
contestant coropq_threads(const std::string& url, const sizes& size);
contestant plain_threads(const std::string& url, const sizes& size);

/// Fifty requests of 2 ms at once, to a pool with five open connections, room for 45 more, and a server that takes 150
/// ms to connect to. Counts the connections when all requests are served and nothing is being opened any more.
contestant coropq_spike(const std::string& url, const sizes& size);
contestant plain_spike(const std::string& url, const sizes& size);

} // namespace coropq::bench

#endif
