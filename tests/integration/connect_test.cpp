// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Connects that succeed: who is let in and how, which host is taken, where options come from.

#include "connect_support.hpp"

#include "fake_names.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::connect_options;
using coropq::errc;

const char* const tls_version = "select coalesce(version, 'none') from pg_stat_ssl where pid = pg_backend_pid()";
const char* const server_port = "select current_setting('port')";

std::string tls_of(const test_url& address) { return ask(address, tls_version); }
test_url with_mode(const std::string& sslmode) { return cluster().app_url().set("sslmode", sslmode); }
std::string port_of(const postgres_cluster& server) { return std::to_string(server.port()); }

// --- TLS --------------------------------------------------------------------------------------------------------

TEST(connect_tls, every_mode_with_a_server_that_has_it) {
    for (const char* plain : {"disable", "allow"})
        EXPECT_EQ(tls_of(with_mode(plain)), "none") << plain;
    for (const char* encrypted : {"prefer", "require", "verify-ca", "verify-full"}) {
        EXPECT_EQ(tls_of(with_mode(encrypted)), "TLSv1.3") << encrypted;
        EXPECT_EQ(value_of(ask_engine(with_mode(encrypted).to_string(), {}, tls_version)), "TLSv1.3") << encrypted;
    }
    EXPECT_EQ(tls_of(without_tls(cluster().app_url()).set("sslmode", "require")), "TLSv1.3") << "needs no CA";
    EXPECT_EQ(tls_of(cluster().app_url().remove("sslmode").set("ssl", "true")), "TLSv1.3") << "as JDBC writes it";
    EXPECT_EQ(tls_of(with_mode("require").set("ssl_max_protocol_version", "TLSv1.2")), "TLSv1.2");
}

TEST(connect_tls, every_mode_with_a_server_that_has_it_switched_off) {
    const auto off = cluster().configure({{"ssl", "off"}});
    for (const char* mode : {"disable", "allow", "prefer"}) {
        EXPECT_EQ(tls_of(with_mode(mode)), "none") << mode;
        EXPECT_EQ(value_of(ask_engine(with_mode(mode).to_string(), {}, tls_version)), "none") << mode;
    }
    for (const char* mode : {"require", "verify-ca", "verify-full"})
        EXPECT_EQ(connect_and_ask(with_mode(mode).to_string()).code, errc::tls_failed) << mode;
}

// libpq closes its socket and opens another one, which gets the same number: an event loop that goes by the number
// waits for ever. In turn, so that numbers are used again and again.
TEST(connect_tls, falls_back_to_plain_and_to_tls) {
    for (int round = 0; round != 5; ++round) {
        {
            const auto only_plain = cluster().add_access_rules("hostssl all app all reject");
            EXPECT_EQ(tls_of(with_mode("prefer")), "none");
            EXPECT_EQ(value_of(ask_engine(with_mode("prefer").to_string(), {}, tls_version)), "none");
        }
        {
            const auto only_tls = cluster().add_access_rules("hostnossl all app all reject");
            EXPECT_EQ(tls_of(with_mode("allow")), "TLSv1.3");
            EXPECT_EQ(value_of(ask_engine(with_mode("allow").to_string(), {}, tls_version)), "TLSv1.3");
        }
    }
}

TEST(connect_tls, verify_full_takes_the_name_that_was_given) {
    for (const char* host : {"localhost", "127.0.0.1", "::1"})
        EXPECT_EQ(tls_of(cluster().app_url().host(host)), "TLSv1.3") << host;
    const auto elsewhere = cluster().use_certificate(server_certificate::wrong_host);
    EXPECT_EQ(tls_of(with_mode("verify-ca")), "TLSv1.3");
    EXPECT_EQ(tls_of(with_mode("require").remove("sslrootcert")), "TLSv1.3");
    // The name is checked, the address is connected to; whether a resolver finds it or the user gives it.
    const fake_name name("elsewhere.invalid", {"127.0.0.1"});
    EXPECT_EQ(tls_of(cluster().app_url().host("elsewhere.invalid")), "TLSv1.3");
    forget_look_ups();
    EXPECT_EQ(tls_of(cluster().app_url().host("elsewhere.invalid").set("hostaddr", "127.0.0.1")), "TLSv1.3");
    for (const look_up& call : look_ups())
        EXPECT_TRUE(call.numeric) << "needn't be looked up: " << call.name;
    const fake_name other_name("elsewhere.test", {"127.0.0.1"});
    EXPECT_EQ(connect_and_ask(cluster().app_url().host("elsewhere.test").to_string()).code, errc::tls_failed);
}

TEST(connect_tls, client_certificates) {
    EXPECT_EQ(ask(cluster().certified_url(), "select current_user"), "certified");
    const test_url encrypted = cluster().certified_url().set("sslkey", cluster().client_encrypted_key_file());
    const std::string key_password = cluster().client_key_password();
    EXPECT_EQ(ask(test_url(encrypted).set("sslpassword", key_password), "select current_user"), "certified");
    EXPECT_EQ(ask(encrypted, "select current_user", connect_options().connect_arg("sslpassword", key_password)),
              "certified");
}

// --- authentication -----------------------------------------------------------------------------------------------

TEST(connect_authentication, scram_with_and_without_channel_binding) {
    for (const char* binding : {"disable", "prefer", "require"})
        EXPECT_EQ(ask(cluster().app_url().set("channel_binding", binding), "select current_user"), "app") << binding;
    EXPECT_EQ(ask(without_tls(cluster().app_url()), "select current_user"), "app");
}

TEST(connect_authentication, a_token_in_cleartext_within_tls) {
    ASSERT_EQ(cluster().qs_token().size(), 1634u);
    EXPECT_EQ(ask(cluster().query_service_url(), "select current_user || ' ' || current_database()"),
              cluster().qs_user() + " prod:all");
    EXPECT_EQ(ask(cluster().query_service_url().database("prod:all?FLATTEN"), "select current_database()"),
              "prod:all?FLATTEN");
    EXPECT_EQ(value_of(ask_engine(cluster().qs_url(), {}, tls_version)), "TLSv1.3");
}

// --- places -------------------------------------------------------------------------------------------------------

TEST(connect_places, sockets_and_addresses) {
    const test_url plain = without_tls(cluster().app_url());
    EXPECT_EQ(ask(test_url(plain).set("host", cluster().socket_directory()), "select inet_server_addr() is null"), "t");
    EXPECT_EQ(ask(test_url(plain).host("::1"), "select host(inet_server_addr())"), "::1");
    EXPECT_EQ(ask(test_url(plain).host("127.0.0.1"), "select host(inet_server_addr())"), "127.0.0.1");
    EXPECT_EQ(ask(test_url(plain).host("localhost"), server_port), port_of(cluster()));
}

TEST(connect_places, the_first_host_and_address_that_works) {
    const refusing_port dead;
    const fake_name nobody("nobody.test", {});
    const fake_name several("several.test", {"127.0.0.2", "::1", "127.0.0.1"});
    const test_url plain = without_tls(cluster().app_url());
    const std::string dead_place = "127.0.0.1:" + std::to_string(dead.port());
    const std::string alive = "127.0.0.1:" + port_of(cluster());
    const auto address_of = [&](const std::string& hosts) {
        return ask(with_hosts(plain, hosts), "select host(inet_server_addr())");
    };
    EXPECT_EQ(address_of(dead_place + "," + alive), "127.0.0.1");
    EXPECT_EQ(address_of("nobody.test:1," + dead_place + "," + alive), "127.0.0.1");
    EXPECT_EQ(address_of(alive + "," + dead_place), "127.0.0.1");
    EXPECT_EQ(address_of("several.test:" + port_of(cluster())), "::1") << "127.0.0.2 refuses";
    EXPECT_EQ(value_of(ask_engine(with_hosts(plain, dead_place + ",several.test:" + port_of(cluster())), {},
                                  "select host(inet_server_addr())")),
              "::1");
    // A server that starts, one whose certificate is wrong: the search goes on.
    scripted_server starting([](scripted_session& session) {
        session.accept_startup();
        session.send(wire::error_response("FATAL", "57P03", "the database system is starting up"));
        session.close();
    });
    EXPECT_EQ(address_of("127.0.0.1:" + std::to_string(starting.port()) + "," + alive), "127.0.0.1");
    postgres_cluster untrusted;
    EXPECT_EQ(
        ask(with_hosts(cluster().app_url(), "localhost:" + port_of(untrusted) + ",localhost:" + port_of(cluster())),
            server_port),
        port_of(cluster()))
        << "another CA has signed the first one's certificate";
    EXPECT_TRUE(untrusted.wait_for_session_count(0));
}

// A standby, as far as anybody can tell. Answers every statement by its own port.
scripted_server::script standby(const std::string& answer) {
    return [answer](scripted_session& session) {
        login_answer parameters;
        parameters.parameters.insert(parameters.parameters.end(),
                                     {{"in_hot_standby", "on"}, {"default_transaction_read_only", "off"}});
        session.log_in(parameters);
        session.serve([&](const wire::frontend_message& message) {
            return message.type != 'S' ? std::string()
                                       : wire::parse_complete() + wire::bind_complete() +
                                             wire::text_result({"port"}, {{answer}}) + wire::ready_for_query();
        });
    };
}

TEST(connect_places, session_attributes) {
    postgres_cluster read_only;
    scripted_server copy(standby("the standby"));
    const std::string writable_place = "127.0.0.1:" + port_of(cluster());
    const std::string read_only_place = "127.0.0.1:" + port_of(read_only);
    const std::string copy_place = "127.0.0.1:" + std::to_string(copy.port());
    // Both clusters let the superuser in by the same password.
    const test_url base = without_tls(cluster().superuser_url());
    read_only.query("alter role coropq password '" + base.password() + "'");
    const auto setting = read_only.configure({{"default_transaction_read_only", "on"}});
    const auto chosen = [&](const std::string& attributes, const std::string& hosts) {
        return ask(with_hosts(test_url(base).set("target_session_attrs", attributes), hosts), server_port);
    };
    const std::string both = read_only_place + "," + writable_place;
    const std::string turned = writable_place + "," + read_only_place;
    EXPECT_EQ(chosen("any", both), port_of(read_only));
    EXPECT_EQ(chosen("read-write", both), port_of(cluster()));
    EXPECT_EQ(chosen("read-write", copy_place + "," + both), port_of(cluster()));
    EXPECT_EQ(chosen("read-only", turned), port_of(read_only));
    EXPECT_EQ(chosen("primary", copy_place + "," + turned), port_of(cluster()));
    EXPECT_EQ(chosen("standby", turned + "," + copy_place), "the standby");
    EXPECT_EQ(chosen("prefer-standby", turned + "," + copy_place), "the standby");
    EXPECT_EQ(chosen("prefer-standby", turned), port_of(cluster())) << "there is none, so the first one";
    const outcome none = connect_and_ask(with_hosts(test_url(base).set("target_session_attrs", "standby"), both));
    EXPECT_EQ(none.code, errc::connect_failed);
    EXPECT_EQ(none.details.attempts().size(), 2u) << none.what;
    // Those that were looked at and not taken are closed.
    EXPECT_TRUE(cluster().wait_for_session_count(0));
    EXPECT_TRUE(read_only.wait_for_session_count(0));
}

// --- where options come from --------------------------------------------------------------------------------------

TEST(connect_options, everything_that_libpq_understands) {
    const test_url plain = without_tls(cluster().app_url());
    EXPECT_EQ(ask(plain, "show work_mem", connect_options().connect_arg("options", "-c work_mem=7MB")), "7MB");
    EXPECT_EQ(ask(test_url(plain).set("options", "-c work_mem=7MB"), "show work_mem",
                  connect_options().connect_args({{"options", "-c work_mem=9MB"}})),
              "9MB")
        << "arguments win over the URL";
    EXPECT_EQ(ask(plain, "show client_encoding"), "UTF8");
    const connect_options everything = connect_options().connect_args({{"user", cluster().superuser()},
                                                                       {"password", cluster().superuser_password()},
                                                                       {"dbname", "postgres"},
                                                                       {"host", "127.0.0.1"},
                                                                       {"port", port_of(cluster())}});
    EXPECT_EQ(
        ask("postgresql://nobody:nothing@nowhere.test:1/none", "select current_user || current_database()", everything),
        cluster().superuser() + "postgres");
    // A name is a name, never a connection string that could lead elsewhere.
    const outcome tricked =
        connect_and_ask(test_url(plain).database("host=127.0.0.2 dbname=app user=coropq").to_string());
    EXPECT_EQ(tricked.code, coropq::sqlstate::invalid_catalog_name) << tricked.what;
}

TEST(connect_options, application_name) {
    const test_url plain = without_tls(cluster().app_url());
    const char* const name = "select application_name from pg_stat_activity where pid = pg_backend_pid()";
    EXPECT_EQ(ask(plain, name), "coropq");
    EXPECT_EQ(ask(plain, name, connect_options().application_name("reports")), "reports");
    EXPECT_EQ(ask(test_url(plain).set("application_name", "from the URL"), name), "from the URL");
    const scoped_variable environment("PGAPPNAME", "environment");
    EXPECT_EQ(ask(plain, name), "environment");
}

TEST(connect_options, environment_variables_as_libpq_has_them) {
    const scoped_variable user("PGUSER", cluster().app_user());
    const scoped_variable password("PGPASSWORD", cluster().app_password());
    const scoped_variable database("PGDATABASE", cluster().app_database());
    const scoped_variable port("PGPORT", port_of(cluster()));
    const char* const who = "select current_user || current_database() || coalesce(host(inet_server_addr()), 'socket')";
    {
        const scoped_variable host("PGHOST", "127.0.0.1");
        EXPECT_EQ(ask("postgresql://", who), "appapp127.0.0.1");
        EXPECT_EQ(ask("postgresql:///postgres", who), "apppostgres127.0.0.1") << "the URL wins";
        const scoped_variable mode("PGSSLMODE", "require");
        EXPECT_EQ(ask("postgresql://", tls_version), "TLSv1.3");
        EXPECT_EQ(ask("postgresql://?sslmode=disable", tls_version), "none");
        const scoped_variable options("PGOPTIONS", "-c work_mem=6MB");
        EXPECT_EQ(ask("postgresql://", "show work_mem"), "6MB");
    }
    {
        const scoped_variable host("PGHOST", cluster().socket_directory());
        EXPECT_EQ(ask("postgresql://", who), "appappsocket");
    }
    const refusing_port dead;
    const scoped_variable hosts("PGHOST", "127.0.0.1,127.0.0.1");
    const scoped_variable ports("PGPORT", std::to_string(dead.port()) + "," + port_of(cluster()));
    EXPECT_EQ(ask("postgresql://", who), "appapp127.0.0.1");
}

TEST(connect_options, service_and_password_files) {
    const temporary_file service("[reports]\nhost=127.0.0.1\nport=" + port_of(cluster()) +
                                 "\nuser=app\ndbname=app\nsslmode=disable\noptions=-c work_mem=8MB\n");
    const temporary_file passwords("127.0.0.1:" + port_of(cluster()) + ":app:app:" + cluster().app_password() + "\n" +
                                   "localhost:*:*:app:wrong\n");
    const scoped_variable service_file("PGSERVICEFILE", service.path());
    const scoped_variable password_file("PGPASSFILE", passwords.path());
    EXPECT_EQ(ask("postgresql://?service=reports", "select current_user || current_setting('work_mem')"), "app8MB");
    EXPECT_EQ(ask("postgresql://?service=reports&application_name=x", "show application_name"), "x");
    {
        const scoped_variable name("PGSERVICE", "reports");
        EXPECT_EQ(ask("postgresql://", "show work_mem"), "8MB");
    }
    // Each host has its own line.
    const outcome wrong = connect_and_ask("postgresql://app@localhost:" + port_of(cluster()) + "/app");
    EXPECT_EQ(wrong.code, coropq::sqlstate::invalid_password) << wrong.what;
    EXPECT_EQ(ask("postgresql://app@127.0.0.1:" + port_of(cluster()) + "/app", "select 1"), "1");
}

} // namespace
