// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How a connection with Query Service is made. The password is a token that is good for a day, and it travels as it is,
// so TLS is all that protects it.

#include <coropq/error.hpp>

#include "dialect/query_service.hpp"
#include "error/diagnostics_fields.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace coropq::detail {

namespace {

[[noreturn]] void refuse_connection(std::string message, std::string hint) {
    throw_error(errc::invalid_option, make_diagnostics(errc::invalid_option, std::move(message), std::move(hint)));
}

// libpq ignores empty values, so they are as good as none.
std::string_view given(const connection_arguments& arguments, const std::string& name) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? std::string_view() : found->second.expose();
}

void need(const connection_arguments& arguments, const char* name, const char* what, const char* hint) {
    if (given(arguments, name).empty())
        refuse_connection(std::string("Query Service needs ") + what + ", and none is given", hint);
}

void check_place(const connection_arguments& arguments) {
    need(arguments, "host", "a host",
         "give that of the credentials page, such as acme.platform-query.adobe.io; PGHOST isn't used for it");
    need(arguments, "dbname", "a database",
         "give that of the credentials page, such as prod:all; PGDATABASE isn't used for it");
    const std::string_view host = given(arguments, "host");
    if (host.starts_with('/') || host.starts_with('@') || host.find(",/") != std::string_view::npos)
        refuse_connection("Query Service is reached over TCP and TLS, and the host is the directory of a socket",
                          "give a host name, or connect_options::dialect(coropq::dialect::postgresql)");
}

void check_login(const connection_arguments& arguments) {
    need(arguments, "user", "a user",
         "give that of the credentials page, which ends in @AdobeOrg; PGUSER isn't used for it");
    need(arguments, "password", "a password",
         "give the token, or technicalAccountId:credential, in the URL or by a credential provider; PGPASSWORD and "
         "password files aren't used for it");
}

// Before libpq can do it otherwise.
void check_tls(const connection_arguments& arguments) {
    const std::string_view mode = given(arguments, "sslmode");
    for (const char* weak : {"disable", "allow", "prefer"}) {
        if (mode == weak)
            refuse_connection("sslmode=" + std::string(weak) +
                                  " can't be used with Query Service: the token would be sent to whoever answers, "
                                  "readable for all in between",
                              "leave sslmode out (verify-full), or use sslmode=require where the server's certificate "
                              "can't be verified");
    }
}

// Where systems keep the authorities that they trust, the way OpenSSL's own tools find them (SSL_CERT_FILE: OpenSSL
// manual, "SSL_CTX_set_default_verify_paths"). Debian, Fedora, openSUSE, Alpine and BSDs.
std::string system_roots() {
    constexpr std::array<const char*, 5> usual = {
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
    struct stat found {};
    if (const char* const named = std::getenv("SSL_CERT_FILE"); // NOLINT(concurrency-mt-unsafe): as libpq does
        named && *named != '\0')
        return named;
    for (const char* const file : usual) {
        if (stat(file, &found) == 0 && S_ISREG(found.st_mode))
            return file;
    }
    refuse_connection("there are no root certificates to verify Query Service with",
                      "install those of the system (package ca-certificates), or give sslrootcert=/path/to/file.pem "
                      "with DigiCert Global Root G2 (cacerts.digicert.com/DigiCertGlobalRootG2.crt.pem)");
}

// libpq has a default below the home directory for these, and an environment variable. There is nothing below this one.
constexpr const char* no_file = "/dev/null/none";

std::string default_roots(const std::string_view mode, const query_service_surroundings& around) {
    if (!mode.starts_with("verify-"))
        return no_file; // somebody's ~/.postgresql/root.crt is for other servers, and would be used
    // libpq refuses weaker modes than verify-full with "system".
    return around.has_system_roots && mode == "verify-full" ? "system" : system_roots();
}

} // namespace

void complete_query_service_arguments(connection_arguments& arguments, const query_service_surroundings& around) {
    const auto add = [&](const char* name, const std::string& value) {
        if (around.is_known(name) && given(arguments, name).empty())
            arguments.insert_or_assign(name, value);
    };
    check_place(arguments);
    if (!around.password_comes_later || !given(arguments, "password").empty())
        check_login(arguments);
    check_tls(arguments);

    add("port", "80");
    add("sslmode", "verify-full");
    if (given(arguments, "sslrootcert").empty())
        add("sslrootcert", default_roots(given(arguments, "sslmode"), around));
    // The first packet would be a request that the server hangs up on, if there is a Kerberos ticket (Adobe, "Connect
    // psql to Query Service").
    add("gssencmode", "disable");
    add("gssdelegation", "0");
    add("channel_binding", "disable"); // which needs SCRAM
    add("require_auth", "password");
    add("application_name", "coropq");
    // Statements are silent for ten minutes, and what stands in between forgets connections that are.
    add("keepalives", "1");
    add("keepalives_idle", "60");
    add("keepalives_interval", "15");
    add("keepalives_count", "4");
    add("tcp_user_timeout", "120000");

    // The rest is libpq's defaults, so that its environment variables (PostgreSQL manual, "Environment Variables")
    // don't count: they are about another server.
    if (given(arguments, "sslcert").empty()) {
        add("sslcertmode", "disable");
        add("sslcert", no_file);
        add("sslkey", no_file);
    }
    if (given(arguments, "sslcrl").empty() && given(arguments, "sslcrldir").empty()) {
        add("sslcrl", no_file);
        add("sslcrldir", no_file);
    }
    add("passfile", "/dev/null");
    add("connect_timeout", "30");
    add("target_session_attrs", "any");
    add("load_balance_hosts", "disable");
    add("sslcompression", "0");
    add("sslsni", "1");
    add("sslnegotiation", "postgres");
    add("ssl_min_protocol_version", "TLSv1.2");
    add("min_protocol_version", "3.0");
    add("max_protocol_version", "3.0");
    add("krbsrvname", "postgres");
    const auto is_set = [](const char* variable) {
        const char* const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): as libpq does
        return value && *value != '\0';
    };
    if (is_set("PGOPTIONS"))
        add("options", " "); // empty values are ignored
    if (is_set("PGSSLMAXPROTOCOLVERSION"))
        add("ssl_max_protocol_version", "TLSv1.3");
}

} // namespace coropq::detail
