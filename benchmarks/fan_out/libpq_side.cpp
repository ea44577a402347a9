// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/libpq_side.hpp"

#include "fan_out/libpq_loop.hpp"

#include <algorithm>

namespace coropq::bench {

namespace {

std::uint64_t measure_loop(meter& measured, const load& work, libpq_loop::style how) {
    libpq_loop loop(work.url, std::min(work.connections, work.tasks), work.depth, how);
    random_keys keys(work.rows);
    window counted(measured, work);
    loop.run(work.tasks, keys, [&counted](clock::time_point& asked) { return counted.answered(asked); });
    return 0;
}

std::uint64_t measure_blocking(meter& measured, const load& work) {
    const connection_handle connection = connect_and_prepare(work.url);
    random_keys keys(work.rows);
    window counted(measured, work);
    clock::time_point asked = clock::now();
    do {
        const std::int32_t id = keys.next();
        const key_parameter sent(id);
        const result_handle answer(
            PQexecPrepared(connection.get(), prepared_name, 1, &sent.value, &sent.size, &sent.format, 1));
        check_answer(id, value_in(connection.get(), answer.get()));
    } while (counted.answered(asked));
    return 0;
}

contestant make_loop(const char* name, const load& work, libpq_loop::style how) {
    return {name, [=](meter& measured) { return measure_loop(measured, work, how); }};
}

} // namespace

void run_statements(const std::string& url, const std::vector<std::string>& statements) {
    const connection_handle connection(PQconnectdb(url.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK)
        fail(connection.get());
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr); // a table that isn't there to be dropped
    for (const std::string& statement : statements) {
        const result_handle done(PQexec(connection.get(), statement.c_str()));
        if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
            fail(connection.get());
    }
}

contestant libpq_pipeline(const load& work) { return make_loop("libpq pipeline", work, libpq_loop::style::pipeline); }

contestant libpq_uncorked_pipeline(const load& work) {
    return make_loop("libpq uncorked", work, libpq_loop::style::uncorked_pipeline);
}

contestant libpq_one_at_a_time(const load& work) {
    return make_loop("libpq in turn", work, libpq_loop::style::one_at_a_time);
}

contestant libpq_blocking(const load& work) {
    return {"libpq blocking", [=](meter& measured) { return measure_blocking(measured, work); }};
}

} // namespace coropq::bench
