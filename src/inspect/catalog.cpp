// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/catalog.hpp"

#include <coropq/error.hpp>
#include <coropq/sqlstate.hpp>

#include "engine/connection_functions.hpp"
#include "engine/engine_state.hpp"

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

class engine_catalog final : public catalog {
public:
    explicit engine_catalog(std::shared_ptr<engine_state> engine) noexcept : engine_(std::move(engine)) {}
    asio::awaitable<result> execute(statement work) const override { return detail::execute(engine_, std::move(work)); }
    asio::awaitable<pipeline_results> run_pipeline(pipeline work) const override {
        return detail::run_pipeline(engine_, std::move(work));
    }
    asio::awaitable<bool> is_in_transaction() const override { co_return false; }

private:
    std::shared_ptr<engine_state> engine_;
};

class connection_catalog final : public catalog {
public:
    explicit connection_catalog(std::shared_ptr<lease> held) noexcept : held_(std::move(held)) {}
    asio::awaitable<result> execute(statement work) const override { return detail::execute(held_, std::move(work)); }
    asio::awaitable<pipeline_results> run_pipeline(pipeline work) const override {
        return detail::run_pipeline(held_, std::move(work));
    }
    asio::awaitable<bool> is_in_transaction() const override { return detail::is_in_transaction(held_); }

private:
    std::shared_ptr<lease> held_;
};

constexpr int attempts = 10;

} // namespace

bool is_about_what_vanished(boost::system::error_code code) {
    return code == sqlstate::internal_error || code == sqlstate::undefined_object ||
           code == sqlstate::invalid_binary_representation;
}

catalog::pointer catalog_of(std::shared_ptr<engine_state> engine) {
    return std::make_shared<engine_catalog>(std::move(engine));
}

catalog::pointer catalog_of(std::shared_ptr<lease> connection) {
    return std::make_shared<connection_catalog>(std::move(connection));
}

// A snapshot shows rows of objects that somebody drops meanwhile, and the functions that turn expressions into text
// look at what is there now: "cache lookup failed for function 16402" (XX000), "type with OID 16402 does not exist"
// (42704), "invalid internal value for enum" (22P03). That says nothing about the database as it is a moment later.
asio::awaitable<result> read_catalog(catalog::pointer source, statement work) {
    std::exception_ptr first;
    for (int attempt = 1;; ++attempt) {
        try {
            result rows = co_await source->execute(work);
            co_return rows;
        } catch (const server_error& problem) {
            // In a transaction there is no second attempt.
            if (first && problem.code() == sqlstate::in_failed_sql_transaction)
                std::rethrow_exception(first);
            if (!is_about_what_vanished(problem.code()) || attempt == attempts)
                throw;
            first = std::current_exception();
        }
    }
}

} // namespace coropq::detail
