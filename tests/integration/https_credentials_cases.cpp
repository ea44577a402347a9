// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Connection parameters and tokens from a service over HTTPS: what it is asked, what it may answer, whom it may be.

#include "api_support.hpp"
#include "support/leak_check.hpp"
#include "support/scripted_server.hpp"

#include <coropq/https/connection_parameters.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <sstream>

namespace {

namespace qs = coropq::query_service;
using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::errc;

const std::string access_token = marked_token(1634, 11);
const std::string compressed_token = marked_token(1238, 12);
const std::string client_id = marked_token(100, 13);

std::string with_body(const std::string& status, const std::string& body, const std::string& headers = {}) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

std::string parameters(const std::string& token, const std::string& rest) {
    return R"({"username":"ABC123@AdobeOrg","dbName":"prod:all?FLATTEN","host":"acme.example","version":1,"token":")" +
           token + R"(","websocketHost":"ws.example")" + rest + "}";
}

void read_request(scripted_session& session) {
    session.start_tls();
    std::string head;
    while (!head.ends_with("\r\n\r\n"))
        head += session.read(1);
}

scripted_server::script answering(const std::string& answer) {
    return [answer](scripted_session& session) {
        read_request(session);
        session.send(answer);
    };
}

tls_identity identity(const std::string& certificate = "COROPQ_SERVER_CERT") {
    return {cluster().value(certificate), cluster().server_key_file()};
}

coropq::credential_provider fixed(const std::string& token) {
    return coropq::fixed_credentials(coropq::credentials(coropq::secret(token)));
}

struct https_credentials : testing::Test {
    asio::io_context context;

    static qs::api_options api(const scripted_server& server) {
        qs::api_options options;
        options.organization("ABC123@AdobeOrg").api_key(client_id).sandbox("dev").host("127.0.0.1");
        return options.port(server.port()).root_certificates(cluster().ca_file());
    }

    qs::connection_parameters ask(const scripted_server& server) {
        return run(context, qs::get_connection_parameters(fixed(access_token), api(server)));
    }

    template <typename Error>
    std::string failure(const qs::api_options& options, errc code) {
        const auto failed = failure_of<Error>(context, qs::get_connection_parameters(fixed(access_token), options));
        EXPECT_EQ(failed.code(), code) << failed.what();
        for (const std::string& secret : {access_token, compressed_token, client_id})
            EXPECT_EQ(leaked_piece(secret, failed.what()), "") << failed.what();
        return failed.what();
    }

    // What is said about an answer.
    std::string refusal(const std::string& answer) {
        const scripted_server server(answering(answer), identity());
        return failure<coropq::authentication_error>(api(server), errc::authentication_failed);
    }
};

TEST_F(https_credentials, are_asked_for_with_all_headers_and_read) {
    const std::string body = parameters(access_token, R"(,"port":80,"compressedToken":")" + compressed_token + "\"");
    scripted_server server(answering(with_body("200 OK", body, "Content-Type: application/json\r\n")), identity());
    const qs::connection_parameters found = ask(server);
    server.wait();
    EXPECT_EQ(found.user, "ABC123@AdobeOrg");
    EXPECT_EQ(found.database, "prod:all?FLATTEN");
    EXPECT_EQ(found.host, "acme.example");
    EXPECT_EQ(found.port, 80);
    EXPECT_EQ(found.token.expose(), access_token);
    EXPECT_EQ(found.compressed_token.expose(), compressed_token);
    std::ostringstream shown;
    shown << found;
    EXPECT_EQ(leaked_piece(access_token, shown.str()), "");
    EXPECT_EQ(leaked_piece(compressed_token, shown.str()), "");

    const std::string request = server.received(0);
    EXPECT_TRUE(request.starts_with("GET /data/foundation/query/connection_parameters HTTP/1.1\r\n"));
    for (const std::string& line :
         {"Host: 127.0.0.1:" + std::to_string(server.port()), "Authorization: Bearer " + access_token,
          std::string("x-gw-ims-org-id: ABC123@AdobeOrg"), "x-api-key: " + client_id,
          std::string("x-sandbox-name: dev")})
        EXPECT_TRUE(contains(request, "\r\n" + line + "\r\n")) << line;
}

TEST_F(https_credentials, come_in_chunks_as_well) {
    const std::string body = parameters(access_token, R"(,"port":5432,"compressedToken":null)");
    std::ostringstream answer;
    answer << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
           << std::hex << 100 << "\r\n"
           << body.substr(0, 100) << "\r\n"
           << body.size() - 100 << "\r\n"
           << body.substr(100) << "\r\n0\r\n\r\n";
    const scripted_server server(answering(answer.str()), identity());
    const qs::connection_parameters found = ask(server);
    EXPECT_EQ(found.port, 5432);
    EXPECT_TRUE(found.compressed_token.empty());
}

TEST_F(https_credentials, refusals_say_status_and_message) {
    const std::string unauthorized =
        refusal(with_body("401 Unauthorized", R"({"error_code":"401013","message":"Oauth token is not valid"})"));
    EXPECT_TRUE(contains(unauthorized, "status 401: Oauth token is not valid")) << unauthorized;
    const std::string forbidden = refusal(with_body("403 Forbidden", R"({"title":"no","detail":"not your sandbox"})"));
    EXPECT_TRUE(contains(forbidden, "status 403: not your sandbox")) << forbidden;
    EXPECT_TRUE(contains(forbidden, "sandbox have to be those of the access token")) << forbidden;
    const std::string busy =
        refusal(with_body("429 Too Many Requests", R"({"errors":[{"message":"slow down"}]})", "Retry-After: 17\r\n"));
    EXPECT_TRUE(contains(busy, "status 429: slow down")) << busy;
    EXPECT_TRUE(contains(busy, "17 s")) << busy;
    const std::string broken = refusal(with_body("500 Internal Server Error", "<html>" + access_token + "</html>"));
    EXPECT_TRUE(contains(broken, "status 500")) << broken;
    const std::string elsewhere = refusal(with_body("302 Found", "", "Location: https://elsewhere.example/\r\n"));
    EXPECT_TRUE(contains(elsewhere, "status 302")) << elsewhere;
    EXPECT_TRUE(contains(elsewhere, "redirections aren't followed")) << elsewhere;
    // What it repeats of our secrets goes, and so do line breaks; long messages are cut.
    const std::string told = R"({"message":"the token )" + access_token + R"(\nof )" + client_id.substr(0, 40) +
                             " is bad" + std::string(1000, '!') + "\"}";
    const std::string repeating = refusal(with_body("400 Bad Request", told));
    EXPECT_TRUE(contains(repeating, "the token *** of *** is bad!")) << repeating;
    EXPECT_LT(repeating.size(), 600u);
}

TEST_F(https_credentials, answers_that_are_none_are_refused) {
    EXPECT_TRUE(contains(refusal("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "doesn't answer as HTTP says"));
    EXPECT_TRUE(contains(refusal("HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"), "HTTP"));
    const auto member = [&](const std::string& body) { return refusal(with_body("200 OK", body)); };
    for (const std::string& none :
         {std::string(), access_token, "[" + parameters("t", "") + "]", parameters("t", R"(,"port":80)") + "}"})
        EXPECT_TRUE(contains(member(none), "something else than a JSON object"));
    const std::array<std::pair<std::string, const char*>, 9> cases = {{
        {parameters("t", ""), "port is missing"},
        {parameters("t", R"(,"port":0)"), "port isn't a number"},
        {parameters("t", R"(,"port":65536)"), "port isn't a number"},
        {parameters("t", R"(,"port":"80")"), "port isn't a number"},
        {parameters("", R"(,"port":80)"), "token is empty"},
        {parameters("a\\u0000b", R"(,"port":80)"), "token has characters"},
        {parameters("t", R"(,"port":80,"username":7)"), "username isn't a text"},
        {parameters("t", R"(,"port":80,"host":"a b")"), "host has characters"},
        {parameters("t", R"(,"port":80,"compressedToken":["x"])"), "compressedToken isn't a text"},
    }};
    for (const auto& [body, what] : cases)
        EXPECT_TRUE(contains(member(body), what)) << what;
}

TEST_F(https_credentials, answers_have_a_limit) {
    EXPECT_TRUE(contains(refusal("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n{"), "more than 65536 bytes"));
    const std::string chunk = "1000\r\n" + std::string(0x1000, ' ') + "\r\n";
    const scripted_server endless(
        [&](scripted_session& session) {
            read_request(session);
            session.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (;;)
                session.send(chunk);
        },
        identity());
    const std::string told = failure<coropq::authentication_error>(api(endless), errc::authentication_failed);
    EXPECT_TRUE(contains(told, "more than 65536 bytes")) << told;
    // An answer that is cut off isn't taken for a whole one.
    const scripted_server cut(answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}"), identity());
    failure<coropq::connection_error>(api(cut), errc::connection_lost);
}

TEST_F(https_credentials, nobody_else_is_told_the_token) {
    const auto begin = [](scripted_session& session) {
        try {
            session.start_tls();
            session.read_until_end();
        } catch (const script_failure&) { // the client doesn't trust us
            session.reset();
        }
    };
    const auto refused = [&](const std::string& certificate, const std::string& ca, const std::string& host) {
        const scripted_server server(begin, identity(certificate));
        qs::api_options options = api(server);
        options.root_certificates(ca).host(host);
        const std::string told = failure<coropq::connection_error>(options, errc::tls_failed);
        EXPECT_EQ(server.received(0), "");
        EXPECT_TRUE(contains(told, "isn't trusted")) << told;
        return told;
    };
    const std::string ca = cluster().ca_file();
    refused("COROPQ_SERVER_CERT", cluster().other_ca_file(), "127.0.0.1");
    refused("COROPQ_SERVER_CERT", "", "127.0.0.1"); // the system's roots
    EXPECT_TRUE(contains(refused("COROPQ_EXPIRED_CERT", ca, "127.0.0.1"), "expired"));
    EXPECT_TRUE(contains(refused("COROPQ_WRONG_HOST_CERT", ca, "127.0.0.1"), "IP address mismatch"));
    EXPECT_TRUE(contains(refused("COROPQ_WRONG_HOST_CERT", ca, "localhost"), "hostname mismatch"));
    // Nor is one that doesn't speak TLS.
    const scripted_server plain([](scripted_session& session) {
        session.read(1);
        session.send("HTTP/1.1 200 OK\r\n\r\n");
    });
    failure<coropq::connection_error>(api(plain), errc::tls_failed);
    EXPECT_EQ(leaked_piece(access_token, plain.received(0)), "");
}

TEST_F(https_credentials, time_and_patience_end) {
    const auto say_nothing = [](scripted_session& session) { session.read_until_end(); };
    const scripted_server silent(say_nothing, identity());
    qs::api_options impatient = api(silent);
    impatient.timeout(200ms);
    const std::string told = failure<coropq::connection_error>(impatient, errc::connect_timeout);
    EXPECT_TRUE(contains(told, "hasn't answered within 200 ms")) << told;

    const scripted_server server(say_nothing, identity());
    asio::cancellation_signal stop;
    std::exception_ptr end;
    asio::co_spawn(context, qs::get_connection_parameters(fixed(access_token), api(server)),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](const std::exception_ptr& problem, const auto&) { end = problem; }));
    EXPECT_TRUE(wait_until([&] {
        context.restart();
        context.poll();
        return server.connections() == 1;
    }));
    stop.emit(asio::cancellation_type::terminal);
    drain(context);
    ASSERT_TRUE(end);
    try {
        std::rethrow_exception(end);
    } catch (const boost::system::system_error& problem) {
        EXPECT_EQ(problem.code(), asio::error::operation_aborted);
    }
    qs::api_options nobody = api(server);
    failure<coropq::connection_error>(nobody.host("coropq-test.invalid"), errc::host_not_found);
}

TEST_F(https_credentials, options_that_cannot_be_right_are_refused) {
    const scripted_server server(answering(""), identity());
    const auto refused = [&](const qs::api_options& options) {
        EXPECT_THROW(qs::credentials_from_connection_parameters(fixed(access_token), options), coropq::option_error);
    };
    refused(api(server).organization(""));
    refused(api(server).organization("ABC\r\nX-Evil: 1"));
    refused(api(server).api_key(""));
    refused(api(server).sandbox("a b"));
    refused(api(server).host("https://platform.adobe.io/"));
    refused(api(server).port(0));
    refused(api(server).longest_answer(0));
    refused(api(server).root_certificates("/nowhere/ca.pem"));
    const auto broken = failure_of<coropq::authentication_error>(
        context, qs::get_connection_parameters(fixed("two\r\nlines"), api(server)));
    EXPECT_TRUE(contains(broken.what(), "characters that a header can't hold")) << broken.what();
    EXPECT_EQ(server.connections(), 0u);
}

TEST_F(https_credentials, a_refused_access_token_is_asked_for_again_once) {
    const std::string newer = marked_token(1634, 14);
    int calls = 0;
    const coropq::credential_provider access([&]() -> asio::awaitable<coropq::credentials> {
        coropq::credentials given{coropq::secret(++calls == 1 ? access_token : newer)};
        co_return given;
    });
    const std::string unauthorized = with_body("401 Unauthorized", "{}");
    const scripted_server server({answering(unauthorized),
                                  answering(with_body("200 OK", parameters(newer, R"(,"port":80)"))),
                                  answering(unauthorized)},
                                 identity());
    const qs::connection_parameters found = run(context, qs::get_connection_parameters(access, api(server)));
    EXPECT_EQ(found.token.expose(), newer);
    EXPECT_EQ(calls, 2);
    EXPECT_TRUE(contains(server.received(1), "Bearer " + newer));
    // It gives the same once more: that isn't sent again.
    failure_of<coropq::authentication_error>(context, qs::get_connection_parameters(access, api(server)));
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(server.connections(), 3u);
}

TEST_F(https_credentials, let_an_engine_in) {
    const std::string token = marked_token(1634, 15);
    cluster().query("drop role if exists by_https; create role by_https login password '" + token + "'");
    std::string answer = parameters(token, R"(,"port":80)");
    answer.replace(answer.find("ABC123@AdobeOrg"), 15, "by_https");
    const scripted_server server({answering(with_body("200 OK", answer)), answering(with_body("403 Forbidden", "{}"))},
                                 identity());
    coropq::connect_options how;
    how.credentials(qs::credentials_from_connection_parameters(fixed(access_token), api(server)));
    const coropq::url where = address_of(plain_url().user("nobody").password("nothing"));
    const coropq::engine engine = coropq::create_engine(
        context, where, coropq::engine_options().connect(how).pool(coropq::pool_options().size(2)));
    EXPECT_EQ(run(context, engine.fetch_value<std::string>("select current_user::text")), "by_https");
    EXPECT_EQ(server.connections(), 1u);
    // The server wants another one now: the service is asked once more, and says no.
    cluster().query("alter role by_https password 'another one'");
    engine.invalidate();
    const auto refused = failure_of<coropq::authentication_error>(context, engine.execute("select 1"));
    EXPECT_TRUE(contains(refused.what(), "status 403")) << refused.what();
    EXPECT_EQ(leaked_piece(token, refused.what()), "");
    EXPECT_EQ(server.connections(), 2u);
    run(context, engine.dispose());
    EXPECT_TRUE(cluster().wait_for_session_count(0));
}

} // namespace
