// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/round_trips.hpp"

#include "fan_out/coropq_tasks.hpp"
#include "fan_out/libpq_loop.hpp"
#include "pool/slow_forwarder.hpp"

#include <chrono>

namespace asio = boost::asio;

namespace coropq::bench {

namespace {

asio::awaitable<void> ask_once(const engine& database, std::int32_t id) {
    const std::int32_t value = co_await database.fetch_value<std::int32_t>(point_select, id);
    check_answer(id, value);
}

void ask_once_each(asio::io_context& context, const engine& database, random_keys& keys, std::size_t tasks) {
    for (std::size_t i = 0; i != tasks; ++i)
        start(context, ask_once(database, keys.next()));
    context.run();
    context.restart();
}

// The same server, further away.
load from_afar(const load& work, const slow_forwarder& detour) {
    load result = work;
    result.url = detour.address().to_string(show_password);
    return result;
}

std::uint64_t finish(meter& measured) {
    measured.stop();
    measured.result().count = measured.result().seconds / std::chrono::duration<double>(round_trip_time).count();
    return 0;
}

std::uint64_t measure_coropq(meter& measured, const load& work) {
    const slow_forwarder detour(url::parse(work.url), {}, round_trip_time / 2);
    asio::io_context context(1);
    const engine database = open_engine(context, from_afar(work, detour));
    random_keys keys(work.rows);
    ask_once_each(context, database, keys, work.tasks); // prepares
    measured.start();
    ask_once_each(context, database, keys, work.tasks);
    return finish(measured);
}

std::uint64_t measure_libpq(meter& measured, const load& work) {
    const slow_forwarder detour(url::parse(work.url), {}, round_trip_time / 2);
    libpq_loop loop(from_afar(work, detour).url, work.connections, work.depth, libpq_loop::style::pipeline);
    random_keys keys(work.rows);
    const auto once = [](clock::time_point&) { return false; };
    loop.run(work.tasks, keys, once);
    measured.start();
    loop.run(work.tasks, keys, once);
    return finish(measured);
}

} // namespace

contestant coropq_round_trips(const load& work) {
    return {"coropq afar", [=](meter& measured) { return measure_coropq(measured, work); }};
}

contestant libpq_round_trips(const load& work) {
    return {"libpq afar", [=](meter& measured) { return measure_libpq(measured, work); }};
}

} // namespace coropq::bench
