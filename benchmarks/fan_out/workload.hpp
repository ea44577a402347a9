// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_WORKLOAD_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_WORKLOAD_HPP

// What the sides of bench_fan_out have in common: the table, the statement, the keys, and which answers count.

#include "fan_out/latencies.hpp"
#include "support/measure.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace coropq::bench {

using clock = std::chrono::steady_clock;

/// So many tasks, each of which asks for one row after the other, over so many connections.
struct load {
    std::string url;
    std::size_t tasks = 1;
    std::size_t connections = 1;
    std::size_t depth = 1; ///< So many statements at most are under way on a connection.
    std::int32_t rows = 1;
    std::chrono::milliseconds warm_up{};
    std::chrono::milliseconds time{};
};

/// One int parameter, an int in the answer.
inline constexpr const char* point_select = "select value from coropq_bench_fan_out where id = $1";

/// The statements that make the table and fill it, over that of an earlier run, and the one that removes it.
std::vector<std::string> make_table(std::int32_t rows);
std::string drop_table();

/// Throws `std::runtime_error` unless that is the row's value.
void check_answer(std::int32_t id, std::int32_t value);

class random_keys {
public:
    explicit random_keys(std::int32_t rows) : keys_(1, rows) {}
    std::int32_t next() { return keys_(generator_); }

private:
    std::minstd_rand generator_;
    std::uniform_int_distribution<std::int32_t> keys_;
};

/// The part of the work that is measured: begins when the warm-up's time is over and there were as many answers as
/// there are tasks, and takes the time that it was given.
class window {
public:
    /// Both have to outlive this.
    window(meter& measured, const load& work);
    window(const window&) = delete;
    window& operator=(const window&) = delete;

    bool is_over() const noexcept { return is_over_; }

    /// The answer has come to what was asked at that time, which becomes the present one: whether the task goes on.
    bool answered(clock::time_point& asked);

private:
    void begin(clock::time_point now);
    void end();

    meter& measured_;
    const load& work_;
    clock::time_point turn_; ///< When the warm-up ends, at first; then, when the measuring does.
    std::size_t answers_ = 0;
    bool is_warm_ = false;
    bool is_over_ = false;
    latencies taken_;
};

/// The bytes that are allocated now, in all of the process.
double allocated_now();

} // namespace coropq::bench

#endif
