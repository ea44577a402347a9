// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A server that behaves as Query Service does, or may: what users see of it, and that their engine works afterwards.

#include "api_support.hpp"
#include "support/leak_check.hpp"
#include "support/scripted_server.hpp"
#include "support/wire.hpp"

#include <coropq/credential_provider.hpp>
#include <coropq/query_service.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;
using script = scripted_server::script;

constexpr const char* user = "ABC123@AdobeOrg";
constexpr const char* database = "prod:all?FLATTEN";
const std::string token = marked_token(1634, 21);
const std::string newer_token = marked_token(1634, 22);
const std::string session_id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

login_answer service_login() {
    login_answer answer;
    answer.parameters = {{"server_version", "0.1.0"}, {"client_encoding", "UTF8"}, {"DateStyle", "ISO, MDY"}};
    answer.key_data = false;
    return answer;
}

// As the service lets somebody in: TLS, then the token in cleartext. Gives the token.
std::string let_in(scripted_session& session) {
    session.accept_startup('S');
    std::string given = session.ask_password();
    session.complete_login(service_login());
    return given;
}

void refuse_login(scripted_session& session, const std::string& sqlstate, const std::string& text) {
    session.accept_startup('S');
    session.ask_password();
    session.send(wire::error_response("FATAL", sqlstate, text));
}

std::string one_row(const std::string& value) {
    return wire::text_result({"value"}, {{value}}) + wire::ready_for_query();
}

// Answers simple statements, and nothing else.
std::string answer_simply(const wire::frontend_message& message) {
    return message.type == 'Q' ? one_row("fine")
                               : wire::error_response("FATAL", "08P01", "this isn't what the test is about");
}

void serve_well(scripted_session& session) {
    let_in(session);
    session.serve(answer_simply);
}

struct query_service_plays : testing::Test {
    asio::io_context context;

    static tls_identity identity() { return {cluster().server_certificate_file(), cluster().server_key_file()}; }

    static coropq::url address(const scripted_server& server) {
        return coropq::url::create({.user = user,
                                    .password = coropq::secret(token),
                                    .host = "127.0.0.1",
                                    .port = server.port(),
                                    .database = database});
    }
    static coropq::connect_options how() {
        coropq::connect_options options;
        options.dialect(coropq::dialect::query_service).connect_arg("sslrootcert", cluster().ca_file());
        return options;
    }
    // As it is for Query Service, but for how long it is patient.
    coropq::engine make(const scripted_server& server, coropq::connect_options options = how(),
                        coropq::pool_options pool = {}) {
        pool.retry_delay(1ms, 5ms).session_limit_delay(1ms, 5ms);
        return coropq::create_engine(context, address(server),
                                     coropq::engine_options().connect(std::move(options)).pool(pool));
    }
    void expect_works(const coropq::engine& engine) {
        EXPECT_EQ(run(context, engine.fetch_value<std::string>("select 'fine'")), "fine");
    }
    template <typename Error>
    Error failure(const coropq::engine& engine, const std::string& sql = "select 1") {
        Error failed = failure_of<Error>(context, engine.execute(sql));
        for (const std::string& secret : {token, newer_token})
            EXPECT_EQ(leaked_piece(secret, failed.what()), "") << failed.what();
        return failed;
    }
};

TEST_F(query_service_plays, a_good_day) {
    std::string given;
    const auto hang_up_on_others = [&](scripted_session& session) {
        if (session.read_startup_packet().what != wire::startup_packet::kind::ssl_request)
            return session.reset();
        session.send("S");
        session.start_tls();
        session.read_startup_packet();
        given = session.ask_password();
        session.complete_login(service_login());
        session.serve(answer_simply);
    };
    scripted_server server(hang_up_on_others, identity());
    // What a Kerberos ticket or somebody's environment would lead to: a first packet that the service hangs up on.
    ::setenv("PGGSSENCMODE", "require", 1);
    const coropq::engine engine = make(server);
    for (int i = 0; i != 3; ++i)
        expect_works(engine);
    ::unsetenv("PGGSSENCMODE");
    run(context, engine.dispose());
    server.wait();
    EXPECT_EQ(given, token);
    EXPECT_EQ(server.connections(), 1u);
    const auto packets = server.startup_packets(0);
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_EQ(packets[1].parameters.at("user"), user);
    EXPECT_EQ(packets[1].parameters.at("database"), database);
    std::string types;
    for (const auto& message : server.messages(0))
        types += message.type;
    EXPECT_EQ(types, "pQQQX") << "the password, the statements, the end";
}

TEST_F(query_service_plays, a_login_that_has_to_be_cleartext) {
    const scripted_server server({[](scripted_session& session) {
                                      refuse_login(session, "28000",
                                                   "authorization type must be AuthenticationCleartextPassword");
                                  },
                                  serve_well},
                                 identity());
    const coropq::engine engine = make(server);
    const auto refused = failure<coropq::authentication_error>(engine);
    EXPECT_EQ(refused.details().sqlstate(), "28000");
    EXPECT_TRUE(contains(refused.what(), "AuthenticationCleartextPassword")) << refused.what();
    expect_works(engine);
    run(context, engine.dispose());
    EXPECT_EQ(server.connections(), 2u) << "it isn't tried again by itself";
}

TEST_F(query_service_plays, a_token_that_has_ended) {
    std::string given;
    const scripted_server server(
        {[](scripted_session& session) { refuse_login(session, "28P01", "Invalid password / authentication token"); },
         [&](scripted_session& session) {
             given = let_in(session);
             session.serve(answer_simply);
         }},
        identity());
    int calls = 0;
    const coropq::credential_provider tokens([&]() -> asio::awaitable<coropq::credentials> {
        coropq::credentials newest(user, coropq::secret(++calls == 1 ? token : newer_token));
        co_return newest;
    });
    coropq::connect_options options = how();
    options.credentials(tokens);
    const coropq::engine engine = make(server, options);
    expect_works(engine);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(server.connections(), 2u);
    run(context, engine.dispose());
    EXPECT_EQ(given, newer_token);
}

TEST_F(query_service_plays, sessions_that_others_have) {
    const script full = [](scripted_session& session) { refuse_login(session, "53000", "Session Limit Reached"); };
    const scripted_server server({full, full, serve_well}, identity());
    const coropq::engine engine = make(server);
    expect_works(engine); // after the second refusal, without an error
    EXPECT_EQ(server.connections(), 3u);
    run(context, engine.dispose());

    // Who can't wait is told.
    const scripted_server busy({full, full, serve_well}, identity());
    const coropq::engine hurried = make(busy, how(), coropq::pool_options().acquire_timeout(0ms));
    EXPECT_EQ(failure<coropq::session_limit_error>(hurried).code(), errc::session_limit);
    coropq::connection alone(context);
    failure_of<coropq::session_limit_error>(context, alone.connect(address(busy), how()));
    EXPECT_EQ(busy.connections(), 2u);
    run(context, alone.connect(address(busy), how()));
    EXPECT_EQ(run(context, alone.fetch_value<std::string>("select 'fine'")), "fine");
    run(context, alone.close());
    run(context, hurried.dispose());
}

// A session that gives this answer to the first statement, and goes on.
script answering_once(const std::string& answer) {
    return [answer](scripted_session& session) {
        let_in(session);
        session.expect('Q');
        session.send(answer + wire::ready_for_query());
        session.serve(answer_simply);
    };
}

TEST_F(query_service_plays, two_limits_with_the_same_code) {
    using coropq::query_service::problem;
    const auto told = [&](const std::string& text, problem expected) {
        const scripted_server server(answering_once(wire::error_response("ERROR", "53400", text)), identity());
        const coropq::engine engine = make(server);
        const auto refused = failure<coropq::server_error>(engine, "select * from events");
        EXPECT_EQ(coropq::query_service::problem_of(refused), expected) << refused.what();
        expect_works(engine);
        EXPECT_EQ(server.connections(), 1u) << "the session is as good as before";
        run(context, engine.dispose());
        return refused;
    };
    const auto late = told("Query execution timed out. [sessionId: " + session_id + "]", problem::statement_timeout);
    EXPECT_EQ(late.details().session_id(), session_id);
    told("LIMIT exceeds max value 100000", problem::limit_too_large);
}

TEST_F(query_service_plays, statements_that_wait_without_a_word) {
    std::atomic<bool> may_answer = false;
    const auto queue_silently = [&](scripted_session& session) {
        let_in(session);
        session.expect('Q');
        while (!may_answer)
            session.wait(5ms);
        session.send(one_row("late"));
        session.serve(answer_simply);
    };
    const scripted_server server(queue_silently, identity());
    const coropq::engine engine = make(server);
    // The second waits for the first one's session: there is one.
    std::vector<std::string> answers;
    std::vector<coropq::result> rows(2);
    for (coropq::result& each : rows) {
        engine.async_execute(coropq::statement("select 1"), each, [&](coropq::error_code code) {
            answers.push_back(code ? code.message() : std::string(each[0][0].text()));
        });
    }
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return server.connections() == 1 && server.messages(0).size() == 2;
    }));
    EXPECT_TRUE(answers.empty());
    may_answer = true;
    drain(context);
    EXPECT_EQ(answers, (std::vector<std::string>{"late", "fine"}));
    run(context, engine.dispose());
    EXPECT_EQ(server.connections(), 1u);
}

TEST_F(query_service_plays, a_statement_that_nobody_waits_for_any_more) {
    const auto read_statement = [](scripted_session& session) {
        let_in(session);
        session.expect('Q');
        session.read_until_end();
    };
    const scripted_server server({read_statement, serve_well}, identity());
    const coropq::engine engine = make(server);
    coropq::result rows;
    std::optional<coropq::error_code> end;
    asio::cancellation_signal stop;
    engine.async_execute(coropq::statement("select 1"), rows,
                         asio::bind_cancellation_slot(stop.slot(), [&](coropq::error_code code) { end = code; }));
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return server.connections() == 1 && server.messages(0).size() == 2;
    }));
    stop.emit(asio::cancellation_type::terminal);
    drain(context);
    EXPECT_EQ(end, coropq::error_code(asio::error::operation_aborted));
    // Without a key there is nothing to cancel it with but the end of the session, which ends it (Adobe, "Query Editor
    // user guide").
    expect_works(engine);
    EXPECT_EQ(server.connections(), 2u) << "nor is a request sent that nobody can understand";
    run(context, engine.dispose());
}

// A session that ends in its first statement.
script ending_with(const std::string& bytes, bool by_reset = false) {
    return [bytes, by_reset](scripted_session& session) {
        let_in(session);
        session.expect('Q');
        if (!bytes.empty())
            session.send(bytes);
        if (by_reset)
            session.reset();
    };
}

TEST_F(query_service_plays, sessions_that_die_at_work) {
    const std::string half = wire::row_description({{.name = "value"}}) + wire::data_row({"first"});
    const std::string expired = wire::error_response("FATAL", "28P01", "the authentication token has expired");
    const auto dies = [&](const std::string& bytes, bool by_reset) {
        const scripted_server server({ending_with(bytes, by_reset), serve_well}, identity());
        const coropq::engine engine = make(server);
        const auto lost = failure<coropq::connection_error>(engine, "select value from events");
        EXPECT_EQ(lost.code(), errc::connection_lost) << lost.what();
        EXPECT_FALSE(lost.details().known_not_run());
        expect_works(engine);
        run(context, engine.dispose());
        EXPECT_EQ(server.connections(), 2u);
        return std::string(lost.what());
    };
    dies(half, true);
    dies(half, false);
    dies("", false);
    EXPECT_TRUE(contains(dies(expired, false), "the authentication token has expired"));
    EXPECT_TRUE(contains(dies(half + expired, false), "the authentication token has expired"));
}

TEST_F(query_service_plays, sessions_that_die_in_their_sleep) {
    for (const bool says_why : {true, false}) {
        std::atomic<bool> has_ended = false;
        const scripted_server server({[&](scripted_session& session) {
                                          let_in(session);
                                          session.expect('Q');
                                          session.send(one_row("fine"));
                                          if (says_why)
                                              session.send(wire::error_response("FATAL", "57P01", "token has expired"));
                                          session.half_close();
                                          has_ended = true;
                                      },
                                      serve_well},
                                     identity());
        const coropq::engine engine = make(server);
        expect_works(engine);
        EXPECT_TRUE(wait_until([&] { return has_ended.load(); }));
        expect_works(engine); // on another session, without an error
        EXPECT_EQ(server.connections(), 2u);
        run(context, engine.dispose());
    }
}

TEST_F(query_service_plays, types_that_nobody_knows) {
    const std::string nested = R"text(("(3018.0,c9b5)","(1.0)"))text";
    const std::string answer =
        wire::row_description({{.name = "identityMap", .type = 90001},
                               {.name = "commerce.order", .type = 2147480000, .size = 7, .modifier = 12},
                               {.name = "timestamp", .type = 1114},
                               {.name = "n", .type = 20}}) +
        wire::data_row({R"text([AAID -> "{(x,t)}"])text", nested, "2022-09-02 19:47:14.0", "42"}) +
        wire::data_row({std::nullopt, "NULL", std::nullopt, std::nullopt}) + wire::command_complete("SELECT 2");
    const scripted_server server(answering_once(answer), identity());
    const coropq::engine engine = make(server);
    const coropq::result rows = run(context, engine.execute("select * from events"));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0]["commerce.order"].text(), nested);
    EXPECT_EQ(rows[0]["identityMap"].as<std::string>(), R"text([AAID -> "{(x,t)}"])text");
    EXPECT_EQ(rows[0]["n"].as<std::int64_t>(), 42);
    EXPECT_TRUE(rows[1]["identityMap"].is_null());
    expect_works(engine);
    EXPECT_EQ(server.messages(0).size(), 3u) << "the password and two statements: no catalog is asked";
    run(context, engine.dispose());
}

TEST_F(query_service_plays, messages_that_it_does_not_have) {
    const auto refuse_parse = [](scripted_session& session) {
        let_in(session);
        session.serve([](const wire::frontend_message& message) -> std::string {
            switch (message.type) {
            case 'Q': return one_row("fine");
            case 'P': return wire::error_response("ERROR", "08P01", "unsupported message type");
            case 'S': return wire::ready_for_query();
            default: return {};
            }
        });
    };
    const scripted_server server(refuse_parse, identity());
    const coropq::engine engine = make(server);
    const auto refused = failure_of<coropq::server_error>(context, engine.execute("select $1", "value-of-a-user"));
    EXPECT_EQ(refused.details().sqlstate(), "08P01");
    EXPECT_FALSE(contains(refused.what(), "value-of-a-user")) << refused.what();
    expect_works(engine);
    // The way around it.
    coropq::statement simple("select $1", "value-of-a-user");
    simple.simple_protocol(true);
    EXPECT_EQ(run(context, engine.execute(simple))[0][0].text(), "fine");
    run(context, engine.dispose());
}

} // namespace
