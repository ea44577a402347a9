// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/catalog.hpp"

#include <coropq/error.hpp>
#include <coropq/sqlstate.hpp>

#include "engine/connection_functions.hpp"
#include "engine/engine_state.hpp"
#include "operation/run_operation.hpp"
#include "operation/stage_observer.hpp"
#include "pool/lease.hpp"
#include "statement/refused_statements.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

[[noreturn]] void throw_unanswered(const refused_statements::refusal& reason) {
    const operation_outcome failed = failed_operation(
        errc::unsupported,
        "the server can't answer this question of the inspector: " + reason.message +
            (reason.sqlstate.empty() ? "" : " [" + reason.sqlstate + "]"),
        "it has only a part of PostgreSQL's catalogs, as Query Service has, or the user may not read them; names of "
        "tables and views, has_table, has_column and columns need the least of them, and only Query Service has "
        "datasets");
    throw inspection_error(failed.code, failed.details);
}

// Everything that travels as a pipeline asks for catalogs that Query Service doesn't have.
void refuse_pipelines(dialect spoken) {
    if (spoken == dialect::query_service)
        throw_unanswered({{}, "Query Service has no pipelines, and only a part of the catalogs"});
}

class engine_catalog final : public catalog {
public:
    explicit engine_catalog(std::shared_ptr<engine_state> engine) noexcept : engine_(std::move(engine)) {}
    coropq::dialect dialect() const override { return engine_->dialect(); }
    asio::awaitable<result> execute(statement work) const override { return detail::execute(engine_, std::move(work)); }
    refused_statements& refused() const override { return engine_->refused(); }
    asio::awaitable<pipeline_results> run_pipeline(pipeline work,
                                                   std::shared_ptr<stage_observer> observer) const override {
        refuse_pipelines(dialect());
        return detail::run_pipeline(engine_, std::move(work), std::move(observer));
    }
    asio::awaitable<bool> is_in_transaction() const override { co_return false; }
    asio::awaitable<pointer> connect() const override {
        const lease_origin origin{"snapshot", {}};
        std::shared_ptr<lease> leased = co_await acquire(engine_, origin);
        co_return catalog_of(std::move(leased));
    }
    pointer try_connect() const override {
        const lease_origin origin{"snapshot", {}};
        std::shared_ptr<lease> idle = engine_->connections()->try_acquire(origin);
        return idle ? catalog_of(std::move(idle)) : nullptr;
    }

private:
    std::shared_ptr<engine_state> engine_;
};

class connection_catalog final : public catalog {
public:
    explicit connection_catalog(std::shared_ptr<lease> held) noexcept : held_(std::move(held)) {}
    coropq::dialect dialect() const override {
        const std::shared_ptr<session> used = held_->session();
        return used ? used->dialect() : coropq::dialect::postgresql;
    }
    asio::awaitable<result> execute(statement work) const override { return detail::execute(held_, std::move(work)); }
    refused_statements& refused() const override { return refused_; }
    asio::awaitable<pipeline_results> run_pipeline(pipeline work,
                                                   std::shared_ptr<stage_observer> observer) const override {
        refuse_pipelines(dialect());
        return detail::run_pipeline(held_, std::move(work), std::move(observer));
    }
    asio::awaitable<bool> is_in_transaction() const override { return detail::is_in_transaction(held_); }

private:
    std::shared_ptr<lease> held_;
    mutable refused_statements refused_;
};

} // namespace

bool is_about_what_vanished(boost::system::error_code code) {
    return code == sqlstate::internal_error || code == sqlstate::undefined_object ||
           code == sqlstate::invalid_binary_representation;
}

asio::awaitable<catalog::pointer> catalog::connect() const { co_return nullptr; }

catalog::pointer catalog_of(std::shared_ptr<engine_state> engine) {
    return std::make_shared<engine_catalog>(std::move(engine));
}

catalog::pointer catalog_of(std::shared_ptr<lease> connection) {
    return std::make_shared<connection_catalog>(std::move(connection));
}

namespace {

// Class 42: a catalog, a column or a function that isn't there, may not be read, or syntax that isn't understood; the
// other ones are how servers that only speak PostgreSQL's protocol say so. (58000 is what Query Service answers to
// mistakes of users: Adobe, "Query Service troubleshooting guide".) Not 42704, which tells of what vanishes meanwhile.
bool is_refusal(const server_error& problem) {
    const std::string& state = problem.details().sqlstate();
    return (state.starts_with("42") && problem.code() != sqlstate::undefined_object) || state.starts_with("0A") ||
           state == "3F000" || state == "08P01" || state == "58000";
}

void throw_if_refused(const catalog& source, const std::string& text) {
    if (const std::optional<refused_statements::refusal> reason = source.refused().find(text))
        throw_unanswered(*reason);
}

void refuse(const catalog& source, const std::string& text, const server_error& problem) {
    const refused_statements::refusal reason{problem.details().sqlstate(), problem.details().message()};
    if (source.refused().note_refusal(text, reason))
        throw_unanswered(reason);
}

} // namespace

// A snapshot shows rows of objects that somebody drops meanwhile, and the functions that turn expressions into text
// look at what is there now: "cache lookup failed for function 16402" (XX000), "type with OID 16402 does not exist"
// (42704), "invalid internal value for enum" (22P03). That says nothing about the database as it is a moment later.
asio::awaitable<result> read_catalog(catalog::pointer source, statement work) {
    const std::string text = work.sql();
    throw_if_refused(*source, text);
    std::exception_ptr first;
    for (int attempt = 1;; ++attempt) {
        try {
            result rows = co_await source->execute(work);
            source->refused().note_answer(text);
            co_return rows;
        } catch (const server_error& problem) {
            // In a transaction there is no second attempt.
            if (first && problem.code() == sqlstate::in_failed_sql_transaction)
                std::rethrow_exception(first);
            if (is_refusal(problem))
                refuse(*source, text, problem);
            if (!is_about_what_vanished(problem.code()) || attempt == catalog_attempts)
                throw;
            first = std::current_exception();
        }
    }
}

void throw_if_failed(const pipeline_results& answers) {
    try {
        answers.throw_if_failed();
    } catch (const server_error& problem) {
        if (is_refusal(problem))
            throw_unanswered({problem.details().sqlstate(), problem.details().message()});
        throw;
    }
}

asio::awaitable<result> read_what_few_have(catalog::pointer source, statement work) {
    const std::string text = work.sql();
    throw_if_refused(*source, text);
    try {
        result rows = co_await source->execute(std::move(work));
        source->refused().note_answer(text);
        co_return rows;
    } catch (const server_error& problem) {
        if (is_refusal(problem) || problem.code() == sqlstate::undefined_object)
            refuse(*source, text, problem);
        throw;
    }
}

} // namespace coropq::detail
