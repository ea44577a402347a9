// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/workload.hpp"

#include <malloc.h>

#include <stdexcept>

namespace coropq::bench {

std::vector<std::string> make_table(std::int32_t rows) {
    return {
        drop_table(),
        "create table coropq_bench_fan_out (id int primary key, name text not null, value int not null)",
        "insert into coropq_bench_fan_out select id, 'row ' || id, 7 * id from generate_series(1, " +
            std::to_string(rows) + ") as id",
        "vacuum analyze coropq_bench_fan_out",
    };
}

std::string drop_table() { return "drop table if exists coropq_bench_fan_out"; }

void check_answer(std::int32_t id, std::int32_t value) {
    if (value != 7 * id)
        throw std::runtime_error("an answer is that to another question");
}

double allocated_now() {
    // Linux, mallinfo(3): what was taken from the arenas, and what was too large for them.
    const struct mallinfo2 now = mallinfo2();
    return static_cast<double>(now.uordblks + now.hblkhd);
}

window::window(meter& measured, const load& work)
    : measured_(measured), work_(work), turn_(clock::now() + work.warm_up) {}

bool window::answered(clock::time_point& asked) {
    const clock::time_point now = clock::now();
    ++answers_;
    if (is_warm_ && !is_over_) {
        taken_.add(now - asked);
        if (now >= turn_)
            end();
    } else if (!is_warm_ && now >= turn_ && answers_ >= work_.tasks) {
        begin(now);
    }
    asked = now;
    return !is_over_;
}

void window::begin(clock::time_point now) {
    is_warm_ = true;
    answers_ = 0;
    turn_ = now + work_.time;
    measured_.start();
}

void window::end() {
    measured_.stop();
    is_over_ = true;
    sample& numbers = measured_.result();
    numbers.count = static_cast<double>(answers_);
    numbers.p50 = taken_.quantile(0.5);
    numbers.p99 = taken_.quantile(0.99);
    numbers.p999 = taken_.quantile(0.999);
    numbers.heap = allocated_now();
}

} // namespace coropq::bench
