// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/statement_runner.hpp"

#include <utility>

namespace coropq::detail {

statement_runner::~statement_runner() = default;

namespace {

class engine_runner final : public statement_runner {
public:
    explicit engine_runner(engine used) : engine_(std::move(used)) {}

    void run(statement work, result& output, diagnostics& details, operation_handler handler) override {
        engine_.async_execute(std::move(work), output, details, std::move(handler));
    }

    std::size_t capacity() const override {
        const pool_statistics pool = engine_.stats();
        return pool.size + pool.max_overflow;
    }

private:
    engine engine_;
};

} // namespace

std::unique_ptr<statement_runner> run_on(engine used) { return std::make_unique<engine_runner>(std::move(used)); }

} // namespace coropq::detail
