// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What a dialect is chosen by, and what it makes of the options that nobody has set.

#include "dialect/protocol_choice.hpp"
#include "dialect/query_service.hpp"
#include "dialect/resolution.hpp"

#include <coropq/coropq.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>

namespace {

using namespace std::chrono_literals;
using coropq::connect_options;
using coropq::dialect;
using coropq::dialect_of;
using coropq::engine_options;
using coropq::pool_options;
using coropq::statement_options;
using coropq::url;
using coropq::detail::resolve;

const url adobe = url::parse("postgresql://ABC%40AdobeOrg:token@acme.platform-query.adobe.io:80/prod:all?FLATTEN");
const url other = url::parse("postgresql://u:p@db.example.org/db");

TEST(dialect, is_chosen_by_scheme_and_host) {
    EXPECT_EQ(dialect_of(adobe), dialect::query_service);
    EXPECT_EQ(dialect_of(other), dialect::postgresql);
    for (const char* text :
         {"queryservice://h/prod:all?FLATTEN", "queryservice+x://h/prod:all",
          "postgresql://ACME.Platform-Query.Adobe.IO/prod:all", "postgres://a.platform-query.adobe.io./x",
          "postgresql://acme.platform-query-stage.adobe.io/x",
          "postgresql:///x?host=db.example.org,acme.platform-query.adobe.io"})
        EXPECT_EQ(dialect_of(url::parse(text)), dialect::query_service) << text;
    for (const char* text :
         {"postgresql://platform-query.adobe.io/prod:all", "postgresql://h/prod:all?FLATTEN",
          "postgresql://.platform-query.adobe.io.example.org/x", "postgresql:///x",
          "postgresql://acme.platform-query.adobe.io.example.org/x", "postgresql://acme-platform-query.adobe.io/x"})
        EXPECT_EQ(dialect_of(url::parse(text)), dialect::postgresql) << text;
    std::ostringstream text;
    text << dialect::query_service << ' ' << dialect::postgresql;
    EXPECT_EQ(text.str(), "query_service postgresql");
}

TEST(dialect, options_win) {
    EXPECT_EQ(resolve(adobe, connect_options()).dialect(), dialect::query_service);
    EXPECT_EQ(resolve(adobe, connect_options().dialect(dialect::postgresql)).dialect(), dialect::postgresql);
    EXPECT_EQ(resolve(other, connect_options().dialect(dialect::query_service)).dialect(), dialect::query_service);
    EXPECT_EQ(resolve(other, connect_options().connect_arg("host", "a.platform-query.adobe.io")).dialect(),
              dialect::query_service);
    const engine_options both = resolve(
        other,
        engine_options().dialect(dialect::query_service).connect(connect_options().dialect(dialect::postgresql)));
    EXPECT_EQ(both.dialect(), dialect::query_service);
    EXPECT_EQ(both.connect().dialect(), dialect::query_service);
    const engine_options inner =
        resolve(other, engine_options().connect(connect_options().dialect(dialect::query_service)));
    EXPECT_EQ(inner.dialect(), dialect::query_service);
    EXPECT_EQ(inner.pool().size(), 1u);
}

TEST(dialect, postgresql_changes_nothing) {
    const engine_options options = resolve(other, engine_options());
    const statement_options& statements = options.connect().statements();
    EXPECT_EQ(options.pool().size(), 10u);
    EXPECT_TRUE(options.pool().pipelining());
    EXPECT_EQ(options.pool().acquire_timeout(), 30s);
    EXPECT_EQ(options.pool().ping_after(), 1s);
    EXPECT_EQ(options.pool().first_retry_delay(), 25ms);
    EXPECT_EQ(statements.prepared_statements(), 256u);
    EXPECT_TRUE(statements.binary_results());
    EXPECT_TRUE(statements.type_lookup());
    EXPECT_FALSE(statements.simple_protocol());
    EXPECT_FALSE(statements.simple_without_parameters());
    EXPECT_FALSE(statements.text_parameters());
    EXPECT_FALSE(coropq::detail::avoids_pipelines(statements));
}

TEST(dialect, query_service_has_defaults_of_its_own) {
    const engine_options options = resolve(adobe, engine_options());
    const statement_options& statements = options.connect().statements();
    EXPECT_EQ(options.pool().size(), 1u);
    EXPECT_EQ(options.pool().max_overflow(), 0u);
    EXPECT_EQ(options.pool().min_idle(), 0u);
    EXPECT_FALSE(options.pool().pipelining());
    EXPECT_EQ(options.pool().ping_after(), std::chrono::milliseconds::max());
    EXPECT_GE(options.pool().max_idle(), 1min);
    EXPECT_LE(options.pool().max_idle(), 15min);
    EXPECT_GT(options.pool().acquire_timeout(), 10min) << "as long as a statement in front may take";
    EXPECT_EQ(statements.prepared_statements(), 0u);
    EXPECT_FALSE(statements.binary_results());
    EXPECT_FALSE(statements.type_lookup());
    EXPECT_FALSE(statements.simple_protocol());
    EXPECT_TRUE(statements.simple_without_parameters());
    EXPECT_TRUE(statements.text_parameters());
}

// Also what is PostgreSQL's default.
TEST(dialect, what_somebody_has_set_stays) {
    const engine_options options =
        resolve(adobe, engine_options()
                           .pool(pool_options().size(10).pipelining(true).ping_after(1s).acquire_timeout(30s))
                           .connect(connect_options().statements(
                               statement_options().prepared_statements(256).binary_results(true).timeout(1min))));
    EXPECT_EQ(options.pool().size(), 10u);
    EXPECT_TRUE(options.pool().pipelining());
    EXPECT_EQ(options.pool().ping_after(), 1s);
    EXPECT_EQ(options.pool().acquire_timeout(), 30s);
    EXPECT_EQ(options.connect().statements().prepared_statements(), 256u);
    EXPECT_TRUE(options.connect().statements().binary_results());
    EXPECT_EQ(options.connect().statements().timeout(), 1min);
    EXPECT_TRUE(options.connect().statements().simple_without_parameters());
    const engine_options again = resolve(adobe, options);
    EXPECT_EQ(again.pool().size(), 10u);
    EXPECT_TRUE(again.connect().statements().text_parameters());
}

TEST(dialect, statements_without_parameters_go_simply) {
    using coropq::statement;
    using coropq::detail::goes_simply;
    const statement_options query_service = resolve(adobe, connect_options()).statements();
    const statement_options usual;
    EXPECT_TRUE(goes_simply(query_service, statement("select 1")));
    EXPECT_FALSE(goes_simply(query_service, statement("select $1", 1)));
    EXPECT_FALSE(goes_simply(query_service, statement("select 1").prepare(true)));
    EXPECT_FALSE(goes_simply(query_service, statement("select 1").results(coropq::result_format::binary)));
    EXPECT_TRUE(goes_simply(query_service, statement("select $1", 1).simple_protocol(true)));
    EXPECT_FALSE(goes_simply(usual, statement("select 1")));
}

TEST(dialect, auto_to_json_is_query_services) {
    const connect_options wanted = connect_options().auto_to_json(true).on_connect({"SET aqp=true"});
    const connect_options there = resolve(adobe, wanted);
    EXPECT_NO_THROW(coropq::detail::check_options(there));
    EXPECT_EQ(coropq::detail::set_up_statements(there),
              (std::vector<std::string>{"SET auto_to_json=true", "SET aqp=true"}));
    EXPECT_THROW(coropq::detail::check_options(resolve(other, wanted)), coropq::option_error);
    EXPECT_TRUE(coropq::detail::set_up_statements(resolve(adobe, connect_options())).empty());
}

// --- the parameters of a connection ---

using coropq::detail::connection_arguments;

bool is_in_any_libpq(std::string_view) { return true; }
bool is_in_libpq_15(std::string_view name) {
    return name != "require_auth" && name != "gssdelegation" && name != "sslcertmode" && name != "sslnegotiation" &&
           name != "load_balance_hosts" && !name.ends_with("_protocol_version");
}

connection_arguments completed(connection_arguments arguments, bool is_new = false, bool password_comes_later = false) {
    for (const auto& [name, value] : connection_arguments{
             {"host", "acme.platform-query.adobe.io"}, {"user", "ABC@AdobeOrg"}, {"dbname", "prod:all"}})
        arguments.emplace(name, value);
    if (!password_comes_later)
        arguments.emplace("password", "top-secret-token");
    coropq::detail::complete_query_service_arguments(
        arguments, {is_new ? is_in_any_libpq : is_in_libpq_15, is_new, password_comes_later});
    return arguments;
}

std::string value_of(const connection_arguments& arguments, const std::string& name) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? "(none)" : std::string(found->second.expose());
}

std::string refusal_of(connection_arguments arguments) {
    try {
        completed(std::move(arguments));
        return "accepted";
    } catch (const coropq::option_error& problem) {
        EXPECT_EQ(std::string(problem.what()).find("top-secret"), std::string::npos);
        return problem.what();
    }
}

// SSL_CERT_FILE names a file, so that the test is the same on all machines.
struct query_service_arguments : testing::Test {
    query_service_arguments() { setenv("SSL_CERT_FILE", "/some/roots.pem", 1); }
    ~query_service_arguments() override { unsetenv("SSL_CERT_FILE"); }
};

TEST_F(query_service_arguments, the_server_is_verified) {
    const connection_arguments old = completed({});
    EXPECT_EQ(value_of(old, "sslmode"), "verify-full");
    EXPECT_EQ(value_of(old, "sslrootcert"), "/some/roots.pem");
    EXPECT_EQ(value_of(old, "require_auth"), "(none)") << "which libpq 15 doesn't know";
    const connection_arguments recent = completed({}, true);
    EXPECT_EQ(value_of(recent, "sslrootcert"), "system");
    EXPECT_EQ(value_of(recent, "require_auth"), "password");
    EXPECT_EQ(value_of(completed({{"sslmode", "verify-ca"}}, true), "sslrootcert"), "/some/roots.pem");
    EXPECT_EQ(value_of(completed({{"sslrootcert", "/mine.pem"}}), "sslrootcert"), "/mine.pem");
    for (const connection_arguments& each : {old, recent}) {
        EXPECT_EQ(value_of(each, "gssencmode"), "disable");
        EXPECT_EQ(value_of(each, "channel_binding"), "disable");
        EXPECT_EQ(value_of(each, "port"), "80");
        EXPECT_EQ(value_of(each, "target_session_attrs"), "any");
    }
}

TEST_F(query_service_arguments, what_is_given_stays) {
    const connection_arguments given = completed({{"sslmode", "require"},
                                                  {"port", "5432"},
                                                  {"channel_binding", "prefer"},
                                                  {"application_name", "report"},
                                                  {"sslcert", "/mine.crt"}});
    EXPECT_EQ(value_of(given, "sslmode"), "require");
    EXPECT_EQ(value_of(given, "port"), "5432");
    EXPECT_EQ(value_of(given, "channel_binding"), "prefer");
    EXPECT_EQ(value_of(given, "application_name"), "report");
    EXPECT_EQ(value_of(given, "sslcert"), "/mine.crt");
    EXPECT_EQ(value_of(given, "sslrootcert"), "/dev/null/none") << "not the file in the home directory";
}

TEST_F(query_service_arguments, weak_modes_are_refused) {
    for (const char* mode : {"disable", "allow", "prefer"}) {
        const std::string text = refusal_of({{"sslmode", mode}});
        EXPECT_NE(text.find("sslmode=" + std::string(mode)), std::string::npos) << text;
        EXPECT_NE(text.find("sslmode=require"), std::string::npos) << text;
    }
}

TEST_F(query_service_arguments, what_is_missing_is_named) {
    EXPECT_NE(refusal_of({{"host", ""}}).find("needs a host"), std::string::npos);
    EXPECT_NE(refusal_of({{"host", "/run/postgresql"}}).find("socket"), std::string::npos);
    EXPECT_NE(refusal_of({{"user", ""}}).find("needs a user"), std::string::npos);
    EXPECT_NE(refusal_of({{"password", ""}}).find("PGPASSWORD"), std::string::npos);
    EXPECT_NE(refusal_of({{"dbname", ""}}).find("prod:all"), std::string::npos);
    EXPECT_NO_THROW(completed({}, false, true));
}

// libpq ignores empty values, and then asks its environment: there must be none that it could ask for.
TEST_F(query_service_arguments, the_environment_has_no_say) {
    setenv("PGOPTIONS", "-c x=y", 1);
    const connection_arguments all = completed({}, true);
    unsetenv("PGOPTIONS");
    for (const char* name : {"host",
                             "port",
                             "user",
                             "password",
                             "dbname",
                             "passfile",
                             "channel_binding",
                             "options",
                             "application_name",
                             "sslmode",
                             "sslcert",
                             "sslkey",
                             "sslrootcert",
                             "sslcrl",
                             "sslcrldir",
                             "sslcompression",
                             "sslsni",
                             "ssl_min_protocol_version",
                             "gssencmode",
                             "krbsrvname",
                             "target_session_attrs",
                             "connect_timeout",
                             "require_auth",
                             "sslcertmode",
                             "gssdelegation",
                             "load_balance_hosts",
                             "sslnegotiation",
                             "min_protocol_version",
                             "max_protocol_version"}) {
        const std::string value = value_of(all, name);
        EXPECT_FALSE(value.empty() || value == "(none)") << name;
    }
    EXPECT_EQ(value_of(completed({}), "options"), "(none)");
}

} // namespace
