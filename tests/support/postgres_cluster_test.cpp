// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/libpq_query.hpp"
#include "support/postgres_cluster.hpp"
#include "support/wait_until.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace coropq::test;

postgres_cluster& cluster() { return postgres_cluster::shared(); }

std::string value_of(const std::vector<std::vector<std::string>>& rows) { return rows.at(0).at(0); }

/// The message of the failure; empty when there is none.
std::string failure_of(const std::string& url) {
    try {
        libpq_query(url, "select 1");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

void expect_failure(const std::string& url, const std::string& part) {
    const std::string message = failure_of(url);
    EXPECT_NE(message.find(part), std::string::npos) << "not the expected failure: " << message;
}

const char* const tls_version = "select coalesce(version, 'none') from pg_stat_ssl where pid = pg_backend_pid()";

TEST(postgres_cluster, ordinary_database_is_reachable_with_and_without_tls) {
    EXPECT_EQ(value_of(libpq_query(cluster().url(), tls_version)), "TLSv1.3");
    EXPECT_EQ(value_of(libpq_query(cluster().app_url().set("sslmode", "disable").to_string(), tls_version)), "none");
    EXPECT_EQ(value_of(libpq_query(cluster().url(), "select current_user || current_database()")), "appapp");
    expect_failure(cluster().app_url().password("wrong").to_string(), "password authentication failed");
    EXPECT_EQ(value_of(libpq_query(cluster().superuser_url().to_string(), "show is_superuser")), "on");
}

TEST(postgres_cluster, query_service_shape) {
    EXPECT_EQ(cluster().qs_token().size(), 1634u);
    EXPECT_EQ(value_of(libpq_query(cluster().value("COROPQ_QS_URL"), "select current_user")),
              "ECBB80245ECFC73E8A095EC9@AdobeOrg");
    EXPECT_EQ(value_of(libpq_query(cluster().qs_url(), "select current_database()")), "prod:all");
    EXPECT_EQ(value_of(libpq_query(cluster().qs_url(), "select count(*) from luma_web_events")), "3");
    EXPECT_EQ(value_of(libpq_query(cluster().value("COROPQ_QS_FLATTEN_URL"),
                                   "select \"commerce.order.priceTotal\" from luma_purchases")),
              "59.95");
    expect_failure(cluster().query_service_url().set("sslmode", "disable").to_string(), "pg_hba.conf rejects");
    // One character less: the whole token is compared.
    std::string shorter = cluster().qs_token();
    shorter.pop_back();
    expect_failure(cluster().query_service_url().password(shorter).to_string(), "password authentication failed");
    // Only cleartext: SCRAM, which channel binding needs, isn't offered.
    expect_failure(cluster().query_service_url().set("channel_binding", "require").to_string(), "channel binding");
}

TEST(postgres_cluster, certificates) {
    EXPECT_EQ(value_of(libpq_query(cluster().certified_url().to_string(), "select current_user")), "certified");
    EXPECT_EQ(value_of(libpq_query(cluster()
                                       .certified_url()
                                       .set("sslkey", cluster().client_encrypted_key_file())
                                       .set("sslpassword", cluster().client_key_password())
                                       .to_string(),
                                   "select current_user")),
              "certified");
    EXPECT_NE(failure_of(cluster()
                             .certified_url()
                             .set("sslcert", cluster().other_client_certificate_file())
                             .set("sslkey", cluster().other_client_key_file())
                             .to_string()),
              "");
    expect_failure(cluster().app_url().set("sslrootcert", cluster().other_ca_file()).to_string(),
                   "certificate verify failed");
    for (const char* host : {"127.0.0.1", "localhost"})
        EXPECT_EQ(failure_of(cluster().app_url().host(host).to_string()), "");
    {
        const auto expired = cluster().use_certificate(server_certificate::expired);
        expect_failure(cluster().url(), "certificate verify failed");
    }
    {
        const auto wrong_host = cluster().use_certificate(server_certificate::wrong_host);
        expect_failure(cluster().url(), "does not match host name");
        EXPECT_EQ(failure_of(cluster().app_url().set("sslmode", "verify-ca").to_string()), "");
    }
    EXPECT_EQ(failure_of(cluster().url()), "");
}

TEST(postgres_cluster, configuration_is_changed_and_put_back) {
    {
        const auto no_tls = cluster().configure({{"ssl", "off"}, {"work_mem", "5MB"}});
        expect_failure(cluster().url(), "server does not support SSL");
        EXPECT_EQ(cluster().query_value("show work_mem"), "5MB");
        const auto nobody = cluster().add_access_rules("host all app all reject");
        expect_failure(cluster().app_url().set("sslmode", "prefer").to_string(), "pg_hba.conf rejects");
    }
    EXPECT_EQ(failure_of(cluster().url()), "");
    EXPECT_EQ(cluster().query_value("show work_mem"), "4MB");
    EXPECT_THROW((void)cluster().add_access_rules("host all all nonsense"), std::runtime_error);
    EXPECT_EQ(failure_of(cluster().url()), "");
}

TEST(postgres_cluster, temporary_databases) {
    std::string name;
    {
        const temporary_database first = cluster().create_database();
        const temporary_database second = cluster().create_database("a \"b\"?c");
        name = second.name();
        EXPECT_NE(first.name(), second.name());
        libpq_query(first.url(), "create table t (x int)");
        EXPECT_EQ(value_of(libpq_query(second.url(), "select current_database()")), name);
        EXPECT_EQ(cluster().query("select 1 from pg_database where datname = 'a \"b\"?c'").size(), 1u);
    }
    EXPECT_EQ(cluster().query("select 1 from pg_database where datname = 'a \"b\"?c'").size(), 0u);
}

TEST(postgres_cluster, sessions_are_counted_and_ended) {
    const temporary_database database = cluster().create_database();
    EXPECT_EQ(cluster().session_count(database.name()), 0u);
    const std::string url = database.url();
    std::thread busy([&] { EXPECT_THROW(libpq_query(url, "select pg_sleep(60)"), std::runtime_error); });
    EXPECT_TRUE(cluster().wait_for_session_count(1, database.name()));
    EXPECT_EQ(cluster().terminate_backends(database.name()), 1u);
    busy.join();
    EXPECT_EQ(cluster().session_count(database.name()), 0u);
}

TEST(postgres_cluster, errors_are_thrown_with_the_message) {
    try {
        cluster().query("select nonsense");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("column \"nonsense\" does not exist"), std::string::npos);
    }
}

TEST(postgres_cluster, stop_start_restart) {
    const std::uint16_t port = cluster().port();
    cluster().stop();
    EXPECT_NE(failure_of(cluster().url()), "");
    cluster().start();
    EXPECT_EQ(cluster().port(), port);
    EXPECT_EQ(failure_of(cluster().url()), "");
    cluster().restart(shutdown_mode::immediate);
    EXPECT_EQ(failure_of(cluster().url()), "");
}

TEST(postgres_cluster, second_one_with_settings_of_its_own) {
    std::string directory;
    {
        postgres_cluster other({{"max_connections", "7"}, {"ssl_max_protocol_version", "TLSv1.2"}});
        EXPECT_EQ(other.query_value("show max_connections"), "7");
        EXPECT_EQ(value_of(libpq_query(other.url(), tls_version)), "TLSv1.2");
        EXPECT_NE(other.port(), cluster().port());
        directory = other.socket_directory();
        EXPECT_TRUE(std::filesystem::exists(directory));
    }
    EXPECT_FALSE(std::filesystem::exists(directory));
}

TEST(postgres_cluster, is_removed_when_the_program_is_killed) {
    int channel[2];
    ASSERT_EQ(::pipe(channel), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        // Of its own, and not ended by any destructor.
        const postgres_cluster own;
        const std::string& directory = own.socket_directory();
        if (::write(channel[1], directory.data(), directory.size()) < 0)
            std::_Exit(1);
        ::raise(SIGKILL);
    }
    ::close(channel[1]);
    char text[256];
    const ssize_t size = ::read(channel[0], text, sizeof text);
    ::close(channel[0]);
    ASSERT_GT(size, 0);
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    const auto directory = std::filesystem::path(std::string(text, static_cast<std::size_t>(size))).parent_path();
    EXPECT_TRUE(wait_until([&] { return !std::filesystem::exists(directory); })) << directory;
}

} // namespace
