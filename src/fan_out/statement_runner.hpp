// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_FAN_OUT_STATEMENT_RUNNER_HPP
#define COROPQ_SRC_FAN_OUT_STATEMENT_RUNNER_HPP

#include <coropq/detail/initiation.hpp>
#include <coropq/engine.hpp>

#include <cstddef>
#include <memory>

namespace coropq::detail {

/// What a fan-out needs of an engine.
class statement_runner {
public:
    statement_runner() = default;
    statement_runner(const statement_runner&) = delete;
    statement_runner& operator=(const statement_runner&) = delete;
    virtual ~statement_runner();

    /// As `engine::async_execute`: the handler isn't called from inside.
    virtual void run(statement work, result& output, diagnostics& details, operation_handler handler) = 0;

    /// How many statements can run at the same time.
    virtual std::size_t capacity() const = 0;
};

std::unique_ptr<statement_runner> run_on(engine used);

} // namespace coropq::detail

#endif
