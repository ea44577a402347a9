// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/locking_texts.hpp"

#include <coropq/error.hpp>
#include <coropq/sqlstate.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

bool is_locked_out(const pipeline_results& answers) {
    for (std::size_t i = 0; i != answers.size(); ++i)
        if (answers.outcome(i).error == sqlstate::lock_not_available)
            return true;
    return false;
}

} // namespace

std::string without_waiting(std::string_view output, bool within) {
    if (within)
        return std::string(output);
    return "case when pg_catalog.set_config('lock_timeout', '100ms', true) is not null then " + std::string(output) +
           " end";
}

asio::awaitable<pipeline_results> read_locking(catalog::pointer source, pipeline work, bool within) {
    pipeline_results answers = co_await source->run_pipeline(work);
    while (!within && is_locked_out(answers))
        answers = co_await source->run_pipeline(work);
    co_return answers;
}

asio::awaitable<result> read_locking(catalog::pointer source, statement work, bool within) {
    for (;;) {
        try {
            result rows = co_await read_catalog(source, work);
            co_return rows;
        } catch (const server_error& problem) {
            if (within || problem.code() != sqlstate::lock_not_available)
                throw;
        }
    }
}

} // namespace coropq::detail
