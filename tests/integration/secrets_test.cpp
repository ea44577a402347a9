// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Nothing that comes out of the library holds a password, a token or the value of a parameter: not a piece of eight
// characters of it. Every failure is made with marked tokens, and every string that comes out is searched.

#include "failing_connects.hpp"

#include "fake_names.hpp"
#include "support/leak_check.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::connect_options;
using coropq::diagnostics;
using coropq::errc;
using coropq::sqlstate;
using coropq::statement;

// The password of role `app` in this program's cluster.
const std::string& token() {
    static const std::string password = [] {
        std::string marked = marked_token(900, 7);
        cluster().query("set password_encryption = 'scram-sha-256'; alter role app password '" + marked + "'");
        return marked;
    }();
    return password;
}

test_url app() { return cluster().app_url().password(token()); }

void expect_hidden(const std::string& secret, const std::string& text) {
    EXPECT_EQ(leaked_piece(secret, text), "") << "leaks out of: " << text;
}

void expect_hidden(const std::string& secret, const outcome& failure) {
    EXPECT_FALSE(failure.succeeded()) << "this was to fail";
    expect_hidden(secret, every_text(failure));
}

/// All notices of a session as one text.
class notices {
public:
    connect_options options() {
        return connect_options().on_notice([this](const diagnostics& notice) {
            text_ += every_text(notice);
            ++count_;
        });
    }
    const std::string& text() const { return text_; }
    std::size_t count() const { return count_; }

private:
    std::string text_;
    std::size_t count_ = 0;
};

TEST(secrets, no_failing_connect_shows_the_password) {
    captured_output output;
    std::size_t attempts = 0;
    for (const failing_connect& failing : failing_connects()) {
        SCOPED_TRACE(failing.name);
        failing.make(app(), [&](const test_url& address) {
            ++attempts;
            notices heard;
            expect_hidden(token(), connect_and_ask(address.to_string(), heard.options()));
            expect_hidden(token(), ask_engine(address.to_string(), heard.options()));
            expect_hidden(token(), heard.text());
            const auto url = coropq::url::parse(address.to_string());
            std::ostringstream shown;
            shown << url << '\n' << url.to_string() << '\n' << url.set({.user = "somebody"});
            expect_hidden(token(), shown.str());
        });
    }
    EXPECT_GE(attempts, 40u);
    expect_hidden(token(), output.text());
}

TEST(secrets, several_hosts) {
    captured_output output;
    const fake_name nobody("nobody.test", {});
    const refusing_port refused;
    const std::string address =
        with_hosts(app().password(token() + "!"), "nobody.test:1,127.0.0.1:" + std::to_string(refused.port()) +
                                                      ",localhost:" + std::to_string(cluster().port()));
    const outcome failure = connect_and_ask(address);
    EXPECT_EQ(failure.details.attempts().size(), 3u);
    expect_hidden(token(), failure);
    expect_hidden(token(), output.text());
}

// A server that repeats what it was given, in every field that there is.
wire::fields echo(const std::string& severity, const std::string& sqlstate, const std::string& secret) {
    wire::fields all = {{'S', severity}, {'V', severity}, {'C', sqlstate}};
    for (const char field : {'M', 'D', 'H', 'W', 's', 't', 'c', 'd', 'n', 'q', 'F', 'L', 'R'})
        all.emplace_back(field, "what " + secret + " is\nthat, '" + secret.substr(10, 40) + "...'?");
    return all;
}

scripted_server::script echoing_login(const std::function<std::string(const std::string&)>& answer) {
    return [answer](scripted_session& session) {
        session.accept_startup();
        session.send(answer(session.ask_password()));
        session.close();
    };
}

TEST(secrets, a_server_repeats_the_password_that_it_refuses) {
    captured_output output;
    const std::string broken = "two words\nand lines+" + marked_token(300, 3);
    for (const std::string& password : {token(), broken}) {
        const std::vector<std::function<std::string(const std::string&)>> answers = {
            [](const std::string& got) { return wire::error_response(echo("FATAL", "28P01", got)); },
            [](const std::string& got) { return wire::error_response(echo("FATAL", "3D000", got)); },
            [](const std::string& got) { return wire::error_response(echo(got, got, got)); },
            [](const std::string& got) {
                return wire::error_response({{'M', got}});
            },
            [](const std::string& got) {
                return wire::notice_response(echo("WARNING", "01000", got)) +
                       wire::error_response(echo("FATAL", "28P01", got));
            },
            [](const std::string& got) {
                return wire::authentication_ok() + wire::notice_response(echo("WARNING", "01000", got)) +
                       wire::parameter_status(got, got) + wire::error_response(echo("FATAL", "3D000", got));
            },
            // As servers of last century wrote errors, and as proxies that know no protocol at all do.
            [](const std::string& got) { return "EFATAL:  wrong password " + got + "\n" + std::string(1, '\0'); },
            [](const std::string& got) { return wire::message('E', got); },
            [](const std::string& got) { return "HTTP/1.1 401 Unauthorized\r\n\r\n" + got; },
            [](const std::string& got) { return wire::authentication(99, got); },
            [](const std::string& got) { return wire::authentication_sasl({got}); },
        };
        for (const auto& answer : answers) {
            scripted_server server(echoing_login(answer));
            const std::string address = test_url("ada", password, "127.0.0.1", server.port(), "db")
                                            .set("sslmode", "disable")
                                            .set("connect_timeout", "5")
                                            .to_string();
            SCOPED_TRACE(&answer - answers.data());
            notices heard;
            expect_hidden(password, connect_and_ask(address, heard.options()));
            expect_hidden(password, ask_engine(address, heard.options()));
            expect_hidden(password, heard.text());
        }
    }
    expect_hidden(token(), output.text());
}

TEST(secrets, words_of_the_password_do_not_spoil_the_classes_of_errors) {
    scripted_server server(echoing_login([](const std::string&) {
        return wire::error_response("FATAL", "28P01", "password authentication failed for user \"ada\"");
    }));
    for (const char* password : {"password", "28P01: password", "FATAL:  28P01", "authentication"}) {
        const outcome failure = connect_and_ask(
            test_url("ada", password, "127.0.0.1", server.port(), "db").set("sslmode", "disable").to_string());
        EXPECT_EQ(failure.kind, "authentication_error") << failure.what;
        EXPECT_EQ(failure.code, sqlstate::invalid_password) << failure.what;
    }
}

TEST(secrets, passwords_from_elsewhere) {
    captured_output output;
    scripted_server server(
        echoing_login([](const std::string& got) { return wire::error_response(echo("FATAL", "28P01", got)); }));
    const auto address = test_url("ada", "", "127.0.0.1", server.port(), "db").set("sslmode", "disable").to_string();
    {
        const scoped_variable password("PGPASSWORD", token());
        const outcome failure = connect_and_ask(address);
        EXPECT_EQ(failure.code, sqlstate::invalid_password) << "the password was asked for";
        expect_hidden(token(), failure);
    }
    {
        const temporary_file file("*:*:*:*:" + token() + "\n");
        const outcome failure = connect_and_ask(address, connect_options().connect_arg("passfile", file.path()));
        EXPECT_EQ(failure.code, sqlstate::invalid_password);
        expect_hidden(token(), failure);
    }
    {
        const temporary_file file("[here]\npassword=" + token() + "\n");
        const scoped_variable service_file("PGSERVICEFILE", file.path());
        const outcome failure = connect_and_ask(address, connect_options().connect_arg("service", "here"));
        EXPECT_EQ(failure.code, sqlstate::invalid_password);
        expect_hidden(token(), failure);
    }
    {
        const temporary_file file("[here]\nthis is no line: " + token() + "\n");
        const scoped_variable service_file("PGSERVICEFILE", file.path());
        const outcome failure = connect_and_ask(address, connect_options().connect_arg("service", "here"));
        EXPECT_EQ(failure.kind, "option_error");
        expect_hidden(token(), failure);
    }
    for (const auto& options : {connect_options().connect_arg("password", token()),
                                connect_options().connect_args({{"password", token()}, {"sslpassword", token()}}),
                                connect_options().connect_arg(token(), "1"),
                                connect_options().connect_arg("password", token() + std::string("\0", 1)),
                                connect_options().connect_args({{"password", token()}, {"sslmode", token()}})})
        expect_hidden(token(), connect_and_ask(address, options));
    expect_hidden(token(), output.text());
}

TEST(secrets, passwords_of_keys) {
    captured_output output;
    const std::string address = cluster()
                                    .certified_url()
                                    .set("sslkey", cluster().client_encrypted_key_file())
                                    .set("sslpassword", token())
                                    .to_string();
    expect_hidden(token(), connect_and_ask(address));
    expect_hidden(token(), ask_engine(address));
    const auto url = coropq::url::parse(address);
    expect_hidden(token(), url.to_string() + (std::ostringstream() << url).str());
    // And as the answer of a server, which should never have seen it.
    scripted_server server(
        echoing_login([](const std::string&) { return wire::error_response(echo("FATAL", "28P01", token())); }));
    expect_hidden(token(), connect_and_ask(test_url("ada", "pw", "127.0.0.1", server.port(), "db")
                                               .set("sslmode", "disable")
                                               .set("sslpassword", token())
                                               .to_string()));
    expect_hidden(token(), output.text());
}

// --- statements -------------------------------------------------------------------------------------------------

class statements : public testing::Test {
protected:
    statements() { run(context_, session_.connect(address(), heard_.options())); }

    coropq::url address() const {
        return coropq::url::parse(without_tls(database_.app_url().password(token())).to_string());
    }

    outcome failure_of(const statement& work) {
        try {
            run(context_, session_.execute(work));
        } catch (const coropq::error&) {
            return outcome_of(std::current_exception());
        }
        return {};
    }
    outcome failure_in_engine(const statement& work) {
        const coropq::engine engine =
            coropq::create_engine(context_, address(), coropq::engine_options().connect(heard_.options()));
        try {
            run(context_, engine.execute(work));
        } catch (const coropq::error&) {
            return outcome_of(std::current_exception());
        }
        return {};
    }
    void execute(const std::string& sql) { run(context_, session_.execute(sql)); }

    temporary_database database_ = cluster().create_database();
    captured_output output_;
    asio::io_context context_{1};
    coropq::connection session_{context_};
    notices heard_;
};

TEST_F(statements, values_in_errors) {
    execute("create table people (email text primary key, age int check (age < 200), name varchar(10), born date)");
    execute("create function complain(text) returns int language plpgsql as $$ begin raise exception "
            "'can''t take %', $1 using detail = 'it was ' || $1, hint = 'not ' || left($1, 60) || '...', "
            "constraint = 'c', table = 't'; end $$");
    execute("create function warn(text) returns int language plpgsql as $$ begin raise notice 'got % / %', $1, "
            "substr($1, 5, 30) using detail = lower($1), hint = upper($1); raise warning using message = $1; "
            "return 1; end $$");
    const std::string value = marked_token(400, 11);
    const std::string document = R"({"token": ")" + value + R"(", "rest": )" + marked_token(200, 13) + "}";
    run(context_, session_.execute("insert into people (email) values ($1)", value));
    const std::vector<statement> failing = {
        statement("insert into people (email) values ($1)", value),
        statement("insert into people (email, age) values ($1, 300)", value + "!"),
        statement("insert into people (email, name) values ('a', $1)", value),
        statement("select $1::int", value),
        statement("select $1::date", value),
        statement("select $1::uuid", value),
        statement("select $1::json", value),
        statement("select $1::jsonb", document),
        statement("select $1::int[]", "{" + value + "}"),
        statement("select $1::xml", "<a>" + value),
        statement("select $1::regclass", value),
        statement("select $1::point", value),
        statement("select complain($1)", value),
        statement("select complain($1), warn($1)", value),
        statement("select warn($1), complain($1)", value),
        statement("select set_config('search_path' || $1, 'x', true)", value),
        statement("select to_timestamp($1, 'YYYY-MM-DD')", value),
        statement("select decode($1, 'hex')", value),
        statement("select current_setting($1)", value),
        statement("select * from dblink($1)", value),
        statement("select 1 / (length($1) - length($1))", value),
    };
    for (const statement& work : failing) {
        SCOPED_TRACE(work.sql());
        expect_hidden(value, failure_of(work));
        expect_hidden(value, failure_in_engine(work));
    }
    EXPECT_GE(heard_.count(), 4u);
    expect_hidden(value, heard_.text());
    expect_hidden(marked_token(200, 13), heard_.text());
    expect_hidden(value, output_.text());
    // Even where the server is set up to tell the beginning of parameters.
    const auto telling = cluster().configure({{"log_parameter_max_length_on_error", "16"}});
    expect_hidden(value, failure_in_engine(statement("select 1 / (length($1) - length($1))", value)));
}

TEST_F(statements, short_values_and_the_words_of_messages) {
    execute("create table t (id int primary key, n text check (n <> 'x1y'))");
    execute("insert into t values (4711, 'a')");
    const outcome duplicate = failure_of(statement("insert into t values ($1, 'b')", 4711));
    EXPECT_EQ(duplicate.details.detail(), "Key (id)=(***) already exists.");
    EXPECT_EQ(duplicate.details.constraint_name(), "t_pkey");
    EXPECT_EQ(duplicate.details.message(), "duplicate key value violates unique constraint \"t_pkey\"");
    const outcome failing_row = failure_of(statement("insert into t values (1, $1)", "x1y"));
    EXPECT_FALSE(contains(failing_row.what, "x1y")) << failing_row.what;
    const outcome syntax = failure_of(statement("select $1::int", "abc"));
    EXPECT_EQ(syntax.details.message(), "invalid input syntax for type integer: \"***\"");
}

TEST_F(statements, the_password_in_the_text_of_a_statement) {
    const outcome failure = failure_of(statement("create role somebody password '" + token() + "' nonsense"));
    expect_hidden(token(), failure);
    EXPECT_TRUE(contains(failure.details.statement(), "create role somebody password '***' nonsense"))
        << failure.details.statement();
    const outcome raised = failure_of(statement("do $$ begin raise exception '%', '" + token() + "'; end $$"));
    expect_hidden(token(), raised);
}

TEST_F(statements, handlers_that_throw_change_nothing) {
    asio::io_context context(1);
    coropq::connection session(context);
    run(context, session.connect(address(), connect_options().on_notice([](const diagnostics& notice) {
        throw std::runtime_error(notice.to_string());
    })));
    const auto work = statement("do $$ begin raise notice 'one'; raise warning 'two'; end $$");
    EXPECT_NO_THROW(run(context, session.execute(work)));
    EXPECT_EQ(run(context, session.execute("select 1"))[0][0].text(), "1");
    EXPECT_EQ(output_.text(), "");
}

TEST_F(statements, a_server_repeats_everything_and_breaks_off) {
    const std::string value = marked_token(300, 19);
    for (const bool in_order : {true, false}) {
        scripted_server server([&](scripted_session& session) {
            session.accept_startup();
            const std::string password = session.ask_password();
            session.complete_login();
            std::string all = password;
            for (auto message = session.read_message(); message.type != 'S'; message = session.read_message())
                all += message.body;
            for (char& c : all)
                c = c == '\0' ? ' ' : c;
            session.send(wire::notice_response(echo("WARNING", "01000", all)) +
                         wire::error_response(echo(in_order ? "ERROR" : "FATAL", "22000", all)));
            if (in_order)
                session.send(wire::ready_for_query());
            else
                session.reset();
            session.read_until_end();
        });
        notices heard;
        const auto where = test_url("ada", token(), "127.0.0.1", server.port(), "db").set("sslmode", "disable");
        asio::io_context context(1);
        coropq::connection session(context);
        run(context, session.connect(coropq::url::parse(where.to_string()), heard.options()));
        try {
            run(context, session.execute("select $1", value));
            FAIL() << "no error";
        } catch (const coropq::error&) {
            const outcome failure = outcome_of(std::current_exception());
            EXPECT_EQ(failure.kind, in_order ? "server_error" : "connection_error") << failure.what;
            for (const std::string& hidden : {value, token()}) {
                expect_hidden(hidden, failure);
                expect_hidden(hidden, heard.text());
                expect_hidden(hidden, output_.text());
            }
        }
        EXPECT_EQ(heard.count(), 1u);
    }
}

} // namespace
