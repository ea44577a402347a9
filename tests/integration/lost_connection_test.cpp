// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What is said when a session ends in the middle of a statement, and that the reason is the right one.

#include "api_support.hpp"
#include "support/scripted_server.hpp"
#include "support/wire.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace coropq::test;

// A server that answers the first statement with these bytes and hangs up.
coropq::connection_error answered_with(const std::string& bytes) {
    scripted_server server([&](scripted_session& session) {
        session.log_in();
        session.expect('P');
        session.send(bytes);
        session.close();
    });
    asio::io_context context;
    coropq::connection connection(context);
    run(context, connection.connect(coropq::url::parse(server.url())));
    auto failure = failure_of<coropq::connection_error>(context, connection.execute("select 1"));
    EXPECT_EQ(failure.code(), coropq::errc::connection_lost);
    EXPECT_EQ(failure.details().statement(), "select 1");
    const auto next = failure_of<coropq::error>(context, connection.execute("select 1"));
    EXPECT_EQ(next.code(), coropq::errc::not_connected);
    return failure;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(lost_connection, without_a_word) {
    const auto failure = answered_with("");
    EXPECT_TRUE(contains(failure.details().message(), "closed the connection")) << failure.what();
    EXPECT_EQ(failure.details().hint(), "the statement may or may not have run");
}

// A pooler may give the answer to somebody else.
TEST(lost_connection, an_answer_that_is_missing_is_no_empty_one) {
    scripted_server server([](scripted_session& session) {
        session.log_in();
        session.serve([](const wire::frontend_message& message) {
            return message.type == 'S' ? wire::ready_for_query('I') : std::string();
        });
    });
    asio::io_context context;
    coropq::connection connection(context);
    run(context, connection.connect(coropq::url::parse(server.url())));
    const coropq::engine engine = coropq::create_engine(context, coropq::url::parse(server.url()));
    for (const bool shared : {false, true}) {
        const coropq::statement work = coropq::statement("select 1").prepare(false);
        const auto failure =
            failure_of<coropq::connection_error>(context, shared ? engine.execute(work) : connection.execute(work));
        EXPECT_EQ(failure.code(), coropq::errc::connection_lost);
        EXPECT_TRUE(contains(failure.details().message(), "no answer to a statement")) << failure.what();
        EXPECT_EQ(failure.details().statement(), "select 1");
        EXPECT_EQ(failure.details().hint(), "the statement may or may not have run");
    }
    run(context, engine.dispose());
}

TEST(lost_connection, with_the_servers_last_words) {
    const auto failure = answered_with(wire::error_response("FATAL", "57P01", "terminating connection"));
    EXPECT_TRUE(contains(failure.details().message(), "terminating connection")) << failure.what();
    EXPECT_EQ(failure.details().sqlstate(), "57P01");
}

TEST(lost_connection, after_the_statement_had_failed_its_error_isnt_the_reason) {
    const auto failure = answered_with(wire::error_response("ERROR", "23505", "duplicate key"));
    EXPECT_TRUE(contains(failure.details().message(), "closed the connection")) << failure.what();
    EXPECT_EQ(failure.details().hint(), "before that, the statement had failed: duplicate key");
}

TEST(lost_connection, because_the_stream_makes_no_sense) {
    const auto failure = answered_with("\x01\x02\x03 what is this, and who wants to know it?");
    EXPECT_FALSE(failure.details().message().empty());
}

} // namespace
