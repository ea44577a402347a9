// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Reading catalogs while what is in them vanishes.

#include "inspect/catalog.hpp"
#include "statement/refused_statements.hpp"

#include <coropq/error.hpp>
#include <coropq/sqlstate.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using coropq::sqlstate;

/// Fails with one error after the other, and then answers.
class failing_catalog final : public coropq::detail::catalog {
public:
    explicit failing_catalog(std::vector<sqlstate> failures) : failures_(std::move(failures)) {}

    coropq::dialect dialect() const override { return coropq::dialect::postgresql; }
    asio::awaitable<coropq::result> execute(coropq::statement) const override {
        if (asked_ != failures_.size())
            coropq::throw_error(failures_[asked_++], coropq::diagnostics());
        ++answered_;
        co_return coropq::result();
    }
    asio::awaitable<coropq::pipeline_results>
    run_pipeline(coropq::pipeline, std::shared_ptr<coropq::detail::stage_observer>) const override {
        co_return coropq::pipeline_results();
    }
    asio::awaitable<bool> is_in_transaction() const override { co_return false; }
    coropq::detail::refused_statements& refused() const override { return refused_; }

    std::size_t failed() const { return asked_; }
    std::size_t answered() const { return answered_; }

private:
    std::vector<sqlstate> failures_;
    mutable coropq::detail::refused_statements refused_;
    mutable std::size_t asked_ = 0;
    mutable std::size_t answered_ = 0;
};

std::exception_ptr read(const std::shared_ptr<failing_catalog>& source) {
    asio::io_context context;
    std::exception_ptr ended;
    asio::co_spawn(context, coropq::detail::read_catalog(source, coropq::statement("select 1")),
                   [&](std::exception_ptr problem, const coropq::result&) { ended = problem; });
    context.run();
    return ended;
}

coropq::error_code code_of(const std::exception_ptr& problem) {
    try {
        if (problem)
            std::rethrow_exception(problem);
    } catch (const coropq::server_error& failure) {
        return failure.code();
    }
    return {};
}

TEST(inspect_catalog, reads_again_when_something_vanished) {
    const auto source = std::make_shared<failing_catalog>(std::vector(3, sqlstate::internal_error));
    EXPECT_FALSE(read(source));
    EXPECT_EQ(source->failed(), 3u);
    EXPECT_EQ(source->answered(), 1u);
}

TEST(inspect_catalog, gives_up_in_the_end) {
    const auto source = std::make_shared<failing_catalog>(std::vector(100, sqlstate::internal_error));
    EXPECT_EQ(code_of(read(source)), sqlstate::internal_error);
    EXPECT_EQ(source->failed(), 50u);
}

TEST(inspect_catalog, other_errors_are_final) {
    const auto source = std::make_shared<failing_catalog>(std::vector{sqlstate::insufficient_privilege});
    EXPECT_EQ(code_of(read(source)), sqlstate::insufficient_privilege);
    EXPECT_EQ(source->answered(), 0u);
}

TEST(inspect_catalog, in_a_transaction_the_first_error_is_what_happened) {
    const auto source =
        std::make_shared<failing_catalog>(std::vector{sqlstate::internal_error, sqlstate::in_failed_sql_transaction});
    EXPECT_EQ(code_of(read(source)), sqlstate::internal_error);
    const auto failed_before = std::make_shared<failing_catalog>(std::vector{sqlstate::in_failed_sql_transaction});
    EXPECT_EQ(code_of(read(failed_before)), sqlstate::in_failed_sql_transaction);
}

} // namespace
