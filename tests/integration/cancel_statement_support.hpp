// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_CANCEL_STATEMENT_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_CANCEL_STATEMENT_SUPPORT_HPP

#include "interruption_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace coropq::test {

/// A connection whose statements are cancelled.
struct cancelled_statement : testing::Test {
    asio::io_context context;
    std::optional<coropq::connection> conn{std::in_place, context};
    int backend = 0;

    cancelled_statement() { connect(patient_address()); }
    ~cancelled_statement() override {
        conn.reset();
        drain(context);
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    // By default with more time to get rid of a statement than a busy machine needs.
    void connect(const coropq::url& address, const coropq::connect_options& options =
                                                 coropq::connect_options().cancel_timeout(std::chrono::seconds(25))) {
        conn.emplace(context);
        run(context, conn->connect(address, options));
        backend = backend_of(context, *conn);
    }
    // The connection is the same one, and gives the right answers.
    void expect_usable() { EXPECT_EQ(backend_of(context, *conn), backend); }
    int prepared_on_server() {
        return std::stoi(simple_value(context, *conn, "select count(*) from pg_prepared_statements"));
    }

    void cancel_while_running(coropq::statement work, const std::string& comment) {
        pending_operation operation;
        operation.execute(*conn, std::move(work));
        ASSERT_TRUE(run_until_active(context, comment));
        ASSERT_FALSE(operation.ended());
        EXPECT_EQ(operation.cancel_and_finish(context), aborted);
        EXPECT_TRUE(contains(operation.details.what(), "cancelled")) << operation.details.what();
        expect_usable();
        EXPECT_FALSE(is_active(comment));
    }

    // Cancels what `start` begins at its first suspension point, then at its second, … until it ends by itself.
    void sweep(
        const std::function<void(pending_operation&)>& start, const std::function<void()>& check = [] {}) {
        int completed = 0;
        int cancelled = 0;
        for (int steps = 0; completed < 2; ++steps) {
            SCOPED_TRACE("cancelled behind step " + std::to_string(steps));
            ASSERT_LT(steps, 2000);
            pending_operation operation;
            start(operation);
            context.restart();
            for (int i = 0; i != steps && !operation.ended(); ++i)
                ASSERT_EQ(context.run_one_for(std::chrono::seconds(20)), 1u);
            const bool had_ended = operation.ended();
            const coropq::error_code code = operation.cancel_and_finish(context);
            if (had_ended)
                ++completed;
            else if (code)
                ++cancelled;
            if (code) {
                EXPECT_EQ(code, aborted) << operation.details.what();
                EXPECT_FALSE(had_ended);
            }
            check();
            expect_usable();
            if (HasFailure())
                return;
        }
        EXPECT_GT(cancelled, 0);
    }
};

} // namespace coropq::test

#endif
