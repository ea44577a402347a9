// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/coropq_side.hpp"

#include "fan_out/coropq_tasks.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>

namespace asio = boost::asio;

namespace coropq::bench {

namespace {

asio::awaitable<void> ask_again_and_again(const engine& database, random_keys& keys, window& counted) {
    clock::time_point asked = clock::now();
    do {
        const std::int32_t id = keys.next();
        const std::int32_t value = co_await database.fetch_value<std::int32_t>(point_select, id);
        check_answer(id, value);
    } while (counted.answered(asked));
}

std::uint64_t measure_point_selects(meter& measured, const load& work) {
    asio::io_context context(1);
    const engine database = open_engine(context, work);
    random_keys keys(work.rows);
    window counted(measured, work);
    for (std::size_t i = 0; i != work.tasks; ++i)
        start(context, ask_again_and_again(database, keys, counted));
    context.run();
    return 0;
}

asio::awaitable<void> wait_for_a_timer() {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
    co_await timer.async_wait(asio::use_awaitable);
}

std::uint64_t measure_waiting(meter& measured, const load& work) {
    asio::io_context context(1);
    for (std::size_t i = 0; i != work.tasks; ++i)
        start(context, wait_for_a_timer());
    measured.start();
    context.poll();
    measured.stop();
    measured.result().heap = allocated_now();
    return 0;
}

} // namespace

contestant coropq_point_selects(const load& work) {
    return {"coropq", [=](meter& measured) { return measure_point_selects(measured, work); }};
}

contestant waiting_coroutines(const load& work) {
    return {"coroutines", [=](meter& measured) { return measure_waiting(measured, work); }};
}

} // namespace coropq::bench
