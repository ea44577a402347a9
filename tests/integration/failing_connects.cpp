// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "failing_connects.hpp"

#include "fake_names.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"

#include <utility>

namespace coropq::test {

namespace {

using attempt = failing_connect::attempt;
using cases = std::vector<failing_connect>;

// A change of the URL is all that is needed.
auto with(std::function<test_url(test_url)> change) {
    return [change = std::move(change)](const test_url& app, const attempt& try_it) { try_it(change(app)); };
}

auto with_certificate(server_certificate certificate) {
    return [certificate](const test_url& app, const attempt& try_it) {
        const auto changed = cluster().use_certificate(certificate);
        try_it(app);
    };
}

// A server that isn't the cluster. Without TLS it gets the startup packet at once.
auto with_server(scripted_server::script script, const std::string& sslmode = "disable") {
    return [script = std::move(script), sslmode](test_url app, const attempt& try_it) {
        scripted_server server(script);
        try_it(without_tls(app.host(scripted_server::host()).port(server.port())).set("sslmode", sslmode));
    };
}

auto answering(std::string bytes) {
    return [bytes = std::move(bytes)](scripted_session& session) {
        session.read_startup_packet();
        session.send(bytes);
        session.close();
    };
}

auto refusing(const std::string& sqlstate, const std::string& message) {
    return with_server([=](scripted_session& session) {
        session.accept_startup();
        session.send(wire::error_response("FATAL", sqlstate, message));
        session.close();
    });
}

void add_network(cases& all) {
    all.push_back({"unknown host", "connection_error", errc::host_not_found, "can't be resolved", "host name",
                   [](test_url app, const attempt& try_it) {
                       const fake_name nobody("nobody.test", {});
                       try_it(app.host("nobody.test"));
                   }});
    all.push_back({"refused port", "connection_error", errc::connect_failed, "refused", "nothing listens",
                   [](test_url app, const attempt& try_it) {
                       const refusing_port port;
                       try_it(app.host(refusing_port::host()).port(port.port()));
                   }});
    all.push_back({"no answer", "connection_error", errc::connect_timeout, "no answer within 1 s", "firewall",
                   [](test_url app, const attempt& try_it) {
                       const unanswering_port port;
                       try_it(app.host(unanswering_port::host()).port(port.port()).set("connect_timeout", "1"));
                   }});
    all.push_back({"no Unix socket", "connection_error", errc::connect_failed, "No such file", "socket",
                   with([](test_url app) { return app.set("host", "/nonexistent/directory"); })});
}

void add_strangers(cases& all) {
    const std::string http = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    const std::string random = "\x17\x03\x03\x9c\xff\x02\xfe\x80\x01\x13\x37\x99";
    all.push_back({"HTTP server", "connection_error", errc::not_postgresql, "received", "isn't a PostgreSQL server",
                   with_server(answering(http))});
    all.push_back({"HTTP server, asked for TLS", "connection_error", errc::not_postgresql, "received",
                   "isn't a PostgreSQL server", with_server(answering(http), "require")});
    all.push_back({"random bytes", "connection_error", errc::not_postgresql, "received", "isn't a PostgreSQL server",
                   with_server(answering(random))});
    all.push_back({"random bytes, asked for TLS", "connection_error", errc::not_postgresql, "received",
                   "isn't a PostgreSQL server", with_server(answering(random), "require")});
    // Its first letter means "yes" to TLS; it then waits for the client's greeting, and hangs up.
    all.push_back({"SSH server, asked for TLS", "connection_error", errc::tls_failed, "SSL", "host and port",
                   with_server(
                       [](scripted_session& session) {
                           session.send("SSH-2.0-OpenSSH_9.2\r\n");
                           session.read_startup_packet();
                           session.read(5);
                           session.close();
                       },
                       "require")});
    all.push_back({"says yes to TLS, and speaks something else", "connection_error", errc::not_postgresql, "SSL",
                   "isn't a PostgreSQL server",
                   with_server(
                       [](scripted_session& session) {
                           session.read_startup_packet();
                           session.send("S");
                           session.read(5); // the head of the client's first TLS record
                           session.send("220 mail.example.org ESMTP\r\n");
                           session.close();
                       },
                       "require")});
    const auto hang_up = [](scripted_session& session) { session.close(); };
    const auto reset = [](scripted_session& session) {
        session.read_startup_packet();
        session.reset();
    };
    all.push_back({"closes at once", "connection_error", errc::connect_failed, "closed the connection", "hung up",
                   with_server(hang_up)});
    all.push_back({"closes at once, asked for TLS", "connection_error", errc::connect_failed, "closed the connection",
                   "hung up", with_server(hang_up, "require")});
    all.push_back({"resets", "connection_error", errc::connect_failed, "", "hung up", with_server(reset)});
    all.push_back({"resets, asked for TLS", "connection_error", errc::connect_failed, "", "hung up",
                   with_server(reset, "require")});
    all.push_back({"closes within the TLS handshake", "connection_error", errc::tls_failed, "SSL", "TLS",
                   with_server(
                       [](scripted_session& session) {
                           session.read_startup_packet();
                           session.send("S");
                           session.read(5);
                           session.close();
                       },
                       "require")});
    all.push_back({"closes behind TLS", "connection_error", errc::connect_failed, "closed", "hung up",
                   [](test_url app, const attempt& try_it) {
                       scripted_server server(
                           [](scripted_session& session) {
                               session.accept_startup('S');
                               session.close();
                           },
                           tls_identity{cluster().server_certificate_file(), cluster().server_key_file()});
                       try_it(app.host(scripted_server::host()).port(server.port()));
                   }});
}

void add_tls(cases& all) {
    all.push_back({"expired certificate", "connection_error", errc::tls_failed, "certificate verify failed", "expired",
                   with_certificate(server_certificate::expired)});
    all.push_back({"certificate of another host", "connection_error", errc::tls_failed, "does not match host name",
                   "another server", with_certificate(server_certificate::wrong_host)});
    all.push_back({"missing CA file", "connection_error", errc::tls_failed, "/nonexistent/ca.pem", "sslrootcert",
                   with([](test_url app) { return app.set("sslrootcert", "/nonexistent/ca.pem"); })});
    all.push_back({"unreadable CA file", "connection_error", errc::tls_failed, "root certificate file", "sslrootcert",
                   with([](test_url app) { return app.set("sslrootcert", "/dev/null"); })});
    all.push_back({"CA that did not sign", "connection_error", errc::tls_failed, "certificate verify failed",
                   "sslrootcert",
                   with([](test_url app) { return app.set("sslrootcert", cluster().other_ca_file()); })});
    all.push_back({"no TLS in the server", "connection_error", errc::tls_failed, "does not support SSL",
                   "TLS switched off", [](test_url app, const attempt& try_it) {
                       const auto off = cluster().configure({{"ssl", "off"}});
                       try_it(app.set("sslmode", "require"));
                   }});
    all.push_back({"client certificate by another CA", "connection_error", errc::tls_failed, "unknown ca", "sslcert",
                   with([](test_url app) {
                       return app.user("certified")
                           .set("sslcert", cluster().other_client_certificate_file())
                           .set("sslkey", cluster().other_client_key_file());
                   })});
    all.push_back(
        {"client certificate of another role", "authentication_error", sqlstate::invalid_authorization_specification,
         "certificate authentication failed", "certificate", [](test_url app, const attempt& try_it) {
             const auto rule = cluster().add_access_rules("hostssl all app all cert");
             try_it(app.set("sslcert", cluster().client_certificate_file()).set("sslkey", cluster().client_key_file()));
         }});
    all.push_back({"no client certificate", "authentication_error", sqlstate::invalid_authorization_specification,
                   "requires a valid client certificate", "sslcert",
                   with([](test_url app) { return app.user("certified"); })});
    const auto encrypted = [](test_url app) {
        return app.user("certified")
            .set("sslcert", cluster().client_certificate_file())
            .set("sslkey", cluster().client_encrypted_key_file());
    };
    all.push_back({"encrypted key, no password for it", "connection_error", errc::tls_failed, "private key file",
                   "sslpassword", with(encrypted)});
    all.push_back({"encrypted key, wrong password for it", "connection_error", errc::tls_failed, "private key file",
                   "sslpassword",
                   with([=](const test_url& app) { return encrypted(app).set("sslpassword", app.password() + "!"); })});
}

void add_refusals(cases& all) {
    using enum sqlstate;
    all.push_back({"wrong password", "authentication_error", invalid_password, "password authentication failed",
                   "password", with([](test_url app) { return app.password(app.password() + "!"); })});
    all.push_back({"wrong token", "authentication_error", invalid_password, "password authentication failed", "token",
                   with([](test_url app) {
                       return app.user(cluster().qs_user()).database("prod:all").password(app.password() + "!");
                   })});
    all.push_back({"no password", "authentication_error", errc::authentication_failed, "no password supplied",
                   "give a password", with([](test_url app) { return app.password(""); })});
    all.push_back({"not admitted", "authentication_error", invalid_authorization_specification, "pg_hba.conf rejects",
                   "pg_hba.conf", [](const test_url& app, const attempt& try_it) {
                       const auto rule = cluster().add_access_rules("host all app all reject");
                       try_it(app);
                   }});
    all.push_back({"unknown database", "connection_error", invalid_catalog_name, "does not exist", "database",
                   with([](test_url app) { return app.database("no such: database?"); })});
    all.push_back({"unknown role", "authentication_error", invalid_password, "password authentication failed", "user",
                   with([](test_url app) { return app.user("nobody@AdobeOrg"); })});
    all.push_back({"too many connections", "connection_error", too_many_connections, "too many connections",
                   "connection", [](const test_url& app, const attempt& try_it) {
                       cluster().query("alter role app connection limit 0");
                       try_it(app);
                       cluster().query("alter role app connection limit -1");
                   }});
    all.push_back({"starting up", "connection_error", cannot_connect_now, "starting up", "again in a moment",
                   refusing("57P03", "the database system is starting up")});
    all.push_back({"shutting down", "connection_error", cannot_connect_now, "shutting down", "again in a moment",
                   refusing("57P03", "the database system is shutting down")});
    all.push_back({"ended by an administrator", "connection_error", admin_shutdown, "administrator", "again",
                   refusing("57P01", "terminating connection due to administrator command")});
    all.push_back({"channel binding", "authentication_error", errc::authentication_failed, "channel binding",
                   "channel_binding", with([](test_url app) {
                       return app.user(cluster().qs_user()).database("prod:all").set("channel_binding", "require");
                   })});
    all.push_back({"unknown way to authenticate", "authentication_error", errc::authentication_failed, "not supported",
                   "authentication", with_server([](scripted_session& session) {
                       session.accept_startup();
                       session.send(wire::authentication(99));
                       session.close();
                   })});
    all.push_back({"no standby", "connection_error", errc::connect_failed, "standby", "target_session_attrs",
                   with([](test_url app) { return app.set("target_session_attrs", "standby"); })});
}

} // namespace

std::vector<failing_connect> failing_connects() {
    cases all;
    add_network(all);
    add_strangers(all);
    add_tls(all);
    add_refusals(all);
    return all;
}

} // namespace coropq::test
