// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_POSTGRES_CLUSTER_HPP
#define COROPQ_TESTS_SUPPORT_POSTGRES_CLUSTER_HPP

#include "test_url.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::test {

class postgres_cluster;

/// A database that is dropped, together with the sessions in it, at the end of the scope. Must not outlive its cluster.
class temporary_database {
public:
    temporary_database(temporary_database&& other) noexcept;
    temporary_database& operator=(temporary_database&&) = delete;
    ~temporary_database();

    const std::string& name() const noexcept { return name_; }

    /// Role `app`, which owns the database, over TLS with `sslmode=verify-full`.
    test_url app_url() const;
    /// The same, ready for use.
    std::string url() const { return app_url().to_string(); }

private:
    friend class postgres_cluster;
    temporary_database(postgres_cluster& cluster, std::string name) : cluster_(&cluster), name_(std::move(name)) {}

    postgres_cluster* cluster_;
    std::string name_;
};

/// Puts the cluster's configuration back at the end of the scope. Must not outlive its cluster, which must run then.
class scoped_configuration {
public:
    scoped_configuration(scoped_configuration&& other) noexcept;
    scoped_configuration& operator=(scoped_configuration&&) = delete;
    ~scoped_configuration();

private:
    friend class postgres_cluster;
    explicit scoped_configuration(postgres_cluster& cluster) : cluster_(&cluster) {}

    postgres_cluster* cluster_;
    std::vector<std::string> settings_;
    std::string access_rules_; ///< the former ones, when they were changed
};

enum class shutdown_mode {
    smart,    ///< waits for the sessions to end (given up, and made fast, after a while)
    fast,     ///< ends the sessions: they are told 57P01
    immediate ///< as in a crash: the sessions are told 57P02 and the next start recovers
};

enum class server_certificate {
    valid,     ///< for localhost, 127.0.0.1 and ::1, by the CA of `ca_file()`
    expired,   ///< the same names and CA, ended in January 2020
    wrong_host ///< by the same CA, for elsewhere.invalid only
};

/// A PostgreSQL server of a test program, made by `scripts/throwaway-postgres.sh`: its first lines say what is in it.
/// It is stopped and removed when the object is destroyed, and by a watchdog when the program ends in another way.
///
/// Functions that talk to the server use libpq, blocking, as superuser over the Unix socket (a new connection each
/// time: it works after every change of TLS or access rules). They throw `std::runtime_error` with the server's
/// message.
///
/// Thread safety: distinct threads may call functions that don't start, stop or configure at once.
class postgres_cluster {
public:
    using setting = std::pair<std::string, std::string>; ///< as in postgresql.conf: name, value

    /// The one of this program: started by the first call, removed when the program ends.
    static postgres_cluster& shared();

    /// One more, for instance with settings that only a start can change: `postgres_cluster{{{"max_connections",
    /// "5"}}}`.
    explicit postgres_cluster(const std::vector<setting>& settings = {});
    postgres_cluster(const postgres_cluster&) = delete;
    postgres_cluster& operator=(const postgres_cluster&) = delete;
    ~postgres_cluster();

    // --- where it is ---

    /// One of the values that `throwaway-postgres.sh start` prints, `"COROPQ_CA"` for instance.
    const std::string& value(const std::string& name) const;

    const std::string& host() const { return value("COROPQ_HOST"); }
    std::uint16_t port() const noexcept { return port_; }
    const std::string& socket_directory() const { return value("COROPQ_SOCKET_DIR"); }

    /// The ordinary database: role `app`, scram-sha-256, `sslmode=verify-full`.
    test_url app_url() const;
    /// As Query Service has it: `…@AdobeOrg`, the token as password, `prod:all`, `sslmode=verify-full`.
    test_url query_service_url() const;
    /// The superuser, over TCP and TLS.
    test_url superuser_url() const;
    /// The role that has no password but a client certificate.
    test_url certified_url() const;
    std::string url() const { return app_url().to_string(); }
    std::string qs_url() const { return query_service_url().to_string(); }

    const std::string& app_user() const { return value("COROPQ_USER"); }
    const std::string& app_password() const { return value("COROPQ_PASSWORD"); }
    const std::string& app_database() const { return value("COROPQ_DATABASE"); }
    const std::string& qs_user() const { return value("COROPQ_QS_USER"); }
    /// 1,634 characters.
    const std::string& qs_token() const noexcept { return token_; }
    const std::string& superuser() const { return value("COROPQ_SUPERUSER"); }
    const std::string& superuser_password() const { return value("COROPQ_SUPERUSER_PASSWORD"); }

    // --- certificates (PEM files) ---

    const std::string& ca_file() const { return value("COROPQ_CA"); }
    /// A CA that has signed none of the server's certificates.
    const std::string& other_ca_file() const { return value("COROPQ_OTHER_CA"); }
    const std::string& client_certificate_file() const { return value("COROPQ_CLIENT_CERT"); }
    const std::string& client_key_file() const { return value("COROPQ_CLIENT_KEY"); }
    /// The same key, encrypted with `client_key_password()`.
    const std::string& client_encrypted_key_file() const { return value("COROPQ_CLIENT_ENCRYPTED_KEY"); }
    const std::string& client_key_password() const { return value("COROPQ_CLIENT_KEY_PASSWORD"); }
    /// For the same role, by a CA that the server doesn't trust.
    const std::string& other_client_certificate_file() const { return value("COROPQ_OTHER_CLIENT_CERT"); }
    const std::string& other_client_key_file() const { return value("COROPQ_OTHER_CLIENT_KEY"); }
    /// What the server sends, for a scripted server that needs one too.
    const std::string& server_certificate_file() const { return value("COROPQ_SERVER_CERT"); }
    /// Belongs to the user that the server runs as: an ordinary user or root can read it.
    const std::string& server_key_file() const { return value("COROPQ_SERVER_KEY"); }

    // --- as administrator ---

    using rows = std::vector<std::vector<std::string>>; ///< NULL is an empty string

    /// The rows of the last statement in the text.
    rows query(const std::string& sql, const std::string& database = "postgres");
    /// The first column of the first row; empty when there is none.
    std::string query_value(const std::string& sql, const std::string& database = "postgres");

    /// An empty database with a name of its own, or with the given one.
    temporary_database create_database(std::string name = {});

    /// Sessions of clients, those of this class not counted; of one database, where a name is given.
    std::size_t session_count(std::string_view database = {});
    /// Waits until there are so many; false when there still aren't after 20 seconds.
    bool wait_for_session_count(std::size_t count, std::string_view database = {});

    /// Ends the sessions of clients with 57P01; those of one database, where a name is given. Returns how many, once
    /// they are gone.
    std::size_t terminate_backends(std::string_view database = {});

    // --- life ---

    /// Listeners are closed and sessions ended when it returns; the data stay.
    void stop(shutdown_mode mode = shutdown_mode::fast);
    /// On the same port, accepts connections when it returns.
    void start();
    void restart(shutdown_mode mode = shutdown_mode::fast);
    bool running() const noexcept { return running_; }

    // --- configuration; sessions that begin afterwards have it ---

    /// Settings that a reload can change: `auto off = cluster.configure({{"ssl", "off"}});`.
    [[nodiscard]] scoped_configuration configure(const std::vector<setting>& settings);
    [[nodiscard]] scoped_configuration use_certificate(server_certificate certificate);
    /// Lines as in pg_hba.conf, which are asked before the usual ones: `"host all app all reject"`. The administrator's
    /// way in stays in front of them.
    [[nodiscard]] scoped_configuration add_access_rules(const std::string& lines);

private:
    friend class scoped_configuration;

    std::string access_file() const { return value("COROPQ_DATA_DIR") + "/pg_hba.conf"; }
    void run_script(const std::vector<std::string>& arguments) const;
    void reload();
    void remove() noexcept;

    std::string directory_;
    std::map<std::string, std::string> values_;
    std::string token_;
    std::uint16_t port_ = 0;
    bool running_ = false;
    pid_t owner_;
};

} // namespace coropq::test

#endif
