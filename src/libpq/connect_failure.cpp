// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/connect_failure.hpp"

#include "dialect/query_service_errors.hpp"

#include <utility>

namespace coropq::detail {

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// What isn't a PostgreSQL server may send anything, and a terminal obeys some of it.
std::string printable(const std::string& text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f)
            shown += c;
        else
            shown += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return shown;
}

// The server, or something in front of it, has ended the connection, and TLS has nothing to do with it.
bool was_hung_up(std::string_view text) {
    if (contains(text, "SSL SYSCALL error") || contains(text, "SSL error"))
        return false;
    return contains(text, "closed the connection") || contains(text, "connection has been closed") ||
           contains(text, "Connection reset") || contains(text, "Broken pipe");
}

// Found before there was a server to talk to: PQconnectStartParams fails at once.
bool is_impossible_option(ConnStatusType phase, std::string_view text) {
    return phase == CONNECTION_NEEDED &&
           (text.starts_with("invalid ") || contains(text, "could not parse network address"));
}

// libpq's errors while connecting carry no code. The phase says most; the words (of libpq's English messages) refine
// it, and a translated libpq loses only the refinement.
errc kind_of(ConnStatusType phase, std::string_view text) {
    if (contains(text, "received invalid response to SSL negotiation") ||
        contains(text, "received invalid response to GSSAPI negotiation") ||
        contains(text, "expected authentication request from server") ||
        contains(text, "received invalid authentication request") || contains(text, "invalid protocol negotiation") ||
        contains(text, "wrong version number") || contains(text, "lost synchronization with server"))
        return errc::not_postgresql;
    if (is_impossible_option(phase, text))
        return errc::invalid_option;
    if (was_hung_up(text))
        return errc::connect_failed;
    if (contains(text, "SSL") || contains(text, "certificate") || contains(text, "private key file"))
        return errc::tls_failed;
    if (contains(text, "password") || contains(text, "authentication") || contains(text, "SASL") ||
        contains(text, "SCRAM") || contains(text, "channel binding"))
        return errc::authentication_failed;
    if (phase == CONNECTION_SSL_STARTUP)
        return errc::tls_failed;
    return errc::connect_failed;
}

std::string hint_for(errc kind, std::string_view text, const connect_attempt& attempt) {
    switch (kind) {
    case errc::host_not_found: return "check the host name, and that this machine's name servers can be reached";
    case errc::connect_failed:
        if (contains(text, "Connection refused"))
            return "nothing listens on this port: check host and port, and that the server is running";
        if (contains(text, "No such file or directory"))
            return "there is no socket for this port in the directory: check that the server is running on this "
                   "machine, and where it keeps its socket";
        if (was_hung_up(text))
            return "something accepted the connection and hung up: check the port, and the server's log";
        if (contains(text, "session is ") || contains(text, "server is "))
            return "the server isn't of the kind that target_session_attrs asks for";
        return {};
    case errc::connect_timeout:
        if (contains(text, "resolving the name"))
            return "the name servers of this machine are slow or can't be reached, or other look-ups of the program "
                   "were in front: check the name and the name servers, or raise connect_timeout";
        return "nothing answers at this address: check host and port and the firewalls in between, or raise "
               "connect_timeout";
    case errc::not_postgresql: return "what listens on this port isn't a PostgreSQL server: check host and port";
    case errc::tls_failed:
        if (contains(text, "server does not support SSL"))
            return "the server has TLS switched off: switch it on there (ssl = on), or use sslmode=prefer if the "
                   "connection may be unencrypted";
        if (contains(text, "root certificate file"))
            return "give the file with the certificate of the authority that signed the server's, as "
                   "sslrootcert=/path/to/ca.pem (for Query Service: DigiCert Global Root G2)";
        if (contains(text, "does not match host name"))
            return "the certificate belongs to another server: connect by a name that is in the certificate, or check "
                   "that this is the right host";
        if (contains(text, "certificate verify failed"))
            return "the server's certificate has expired, or isn't signed by the authority in sslrootcert (for Query "
                   "Service: DigiCert Global Root G2); look at it with: openssl s_client -starttls postgres -connect " +
                   (attempt.host.empty() ? attempt.address : attempt.host) + ":" + attempt.port;
        if (contains(text, "alert") && (contains(text, "unknown ca") || contains(text, "certificate")))
            return "the server doesn't accept the client's certificate: check the file in sslcert, and which authority "
                   "the server trusts (ssl_ca_file)";
        if (contains(text, "private key file") && (contains(text, "decrypt") || contains(text, "processing error")))
            return "the key is encrypted: check its password, which is given as sslpassword";
        if (contains(text, "certificate") || contains(text, "private key file"))
            return "check the files in sslcert, sslkey and sslrootcert";
        if (contains(text, "EOF detected") || contains(text, "SYSCALL"))
            return "the connection broke off in the middle of the TLS handshake: check host and port, and the server's "
                   "log";
        return "client and server find no common way to use TLS: check their settings (ssl_min_protocol_version and "
               "the like), and that this is the right host and port";
    case errc::authentication_failed:
        if (contains(text, "no password supplied"))
            return "give a password in the URL, in PGPASSWORD or in the password file";
        if (contains(text, "channel binding"))
            return "the server offers no authentication with channel binding (SCRAM over TLS): set up the role for "
                   "it, or use channel_binding=prefer";
        return "client and server have no way of authentication in common: check require_auth and pg_hba.conf there, "
               "and that this is the right server";
    case errc::invalid_option: return "the values of this option are in the PostgreSQL manual, \"Parameter Key Words\"";
    default: return {};
    }
}

std::string hint_for(std::string_view sqlstate, std::string_view text) {
    if (sqlstate == "28P01")
        return "check the user and the password; a token may have expired (Query Service's last 24 hours by default)";
    if (sqlstate == "28000" && contains(text, "certificate"))
        return "the server wants a certificate of this user: check the files in sslcert and sslkey, and that the "
               "certificate's common name is the user";
    if (sqlstate == "28000")
        return "the server doesn't admit this user, database, address or kind of encryption: see pg_hba.conf there";
    if (sqlstate == "3D000")
        return "check the name of the database; psql -l lists those of a server";
    if (sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03")
        return "the server is starting up, shutting down or recovering: try again in a moment";
    if (sqlstate == "53300")
        return "the server has no free connection slot: close some, or use smaller pools";
    return {};
}

std::string place(const std::string& host, const std::string& port) {
    if (host.starts_with('/') || host.starts_with('@'))
        return "socket " + host + "/.s.PGSQL." + port;
    if (host.find(':') != std::string::npos)
        return "[" + host + "]:" + port;
    return (host.empty() ? "the default socket, port " : host + ":") + port;
}

} // namespace

connect_failure failure_of(PGconn* handle, ConnStatusType phase, connect_attempt attempt, const redaction& redact,
                           dialect spoken) {
    connect_failure failure;
    failure.attempt = std::move(attempt);
    connect_message& message = failure.message;
    message = parse_connect_message(PQerrorMessage(handle));
    if (message.text.empty())
        message.text = "libpq gives no reason";
    // Told apart before anything is hidden: a password may be a word that matters here.
    const bool from_server = !message.sqlstate.empty();
    const errc kind = kind_of(phase, message.text);
    const query_service::problem problem = from_server && spoken == dialect::query_service
                                               ? query_service_problem(message.sqlstate, message.text)
                                               : query_service::problem::none;
    failure.hint =
        from_server ? hint_for(message.sqlstate, message.text) : hint_for(kind, message.text, failure.attempt);
    if (problem != query_service::problem::none)
        failure.hint = query_service_hint(problem, {});
    for (std::string* text : {&message.text, &message.severity, &message.detail, &message.hint})
        *text = printable(redact.apply(std::move(*text)));
    failure.attempt.reason = message.text;
    if (from_server) {
        failure.attempt.code = problem == query_service::problem::session_limit ? error_code(errc::session_limit)
                                                                                : make_sqlstate_code(message.sqlstate);
        failure.attempt.reason = message.severity + ": " + message.text;
        if (!message.hint.empty())
            failure.hint = message.hint;
        // As in libpq: a server that is starting or stopping may have a healthy neighbour.
        failure.final = message.sqlstate != "57P03" && message.sqlstate != "57P01" && message.sqlstate != "57P02";
        return failure;
    }
    failure.attempt.code = kind;
    failure.final = kind == errc::authentication_failed || kind == errc::invalid_option;
    return failure;
}

connect_failure failure_of(error_code code, std::string reason, connect_attempt attempt) {
    connect_failure failure;
    failure.attempt = std::move(attempt);
    failure.attempt.code = code;
    failure.attempt.reason = std::move(reason);
    if (code.category() == client_category())
        failure.hint = hint_for(static_cast<errc>(code.value()), failure.attempt.reason, failure.attempt);
    return failure;
}

diagnostics describe_failures(const connect_plan& plan, std::vector<connect_failure> failures, error_code& code) {
    const connect_failure& decisive = failures.back();
    code = decisive.attempt.code;
    diagnostics_fields fields;
    fields.host = decisive.attempt.host.empty() ? decisive.attempt.address : decisive.attempt.host;
    fields.port = decisive.attempt.port;
    fields.user = plan.user;
    fields.database = plan.database;
    fields.sqlstate = decisive.message.sqlstate;
    fields.detail = decisive.message.detail;
    fields.hint = decisive.hint;
    if (plan.spoken == dialect::query_service)
        fields.session_id = query_service_session_id(decisive.attempt.reason);
    std::string places;
    for (const server_place& server : plan.servers)
        places +=
            (places.empty() ? "" : ", ") + place(server.host.empty() ? server.hostaddr : server.host, server.port);
    fields.message =
        "could not connect to " + places + " as user \"" + plan.user + "\" to database \"" + plan.database + "\"";
    for (connect_failure& failure : failures)
        fields.attempts.push_back(std::move(failure.attempt));
    return diagnostics(code, std::move(fields));
}

} // namespace coropq::detail
