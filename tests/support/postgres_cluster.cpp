// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "postgres_cluster.hpp"
#include "libpq_query.hpp"
#include "wait_until.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace coropq::test {

namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("can't read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// In place, so that the file keeps its owner.
void write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (!(file << text) || !file.flush())
        throw std::runtime_error("can't write " + path);
}

/// `NAME='value'` lines; there is no quote within a value.
std::map<std::string, std::string> parse_environment(const std::string& text) {
    std::map<std::string, std::string> values;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t equals = line.find("='");
        if (equals == std::string::npos || line.back() != '\'')
            throw std::runtime_error("unexpected line in the environment of the server: " + line.substr(0, equals));
        values[line.substr(0, equals)] = line.substr(equals + 2, line.size() - equals - 3);
    }
    return values;
}

std::string sql_quoted(std::string_view text, char quote) {
    std::string result(1, quote);
    for (const char character : text) {
        if (character == quote)
            result += quote;
        result += character;
    }
    return result += quote;
}

std::string of_database(std::string_view database) {
    std::string condition = "backend_type = 'client backend' and pid <> pg_backend_pid()";
    if (!database.empty())
        condition += " and datname = " + sql_quoted(database, '\'');
    return condition;
}

const char* mode_name(shutdown_mode mode) {
    switch (mode) {
    case shutdown_mode::smart: return "smart";
    case shutdown_mode::fast: return "fast";
    case shutdown_mode::immediate: return "immediate";
    }
    return "fast";
}

} // namespace

// --- temporary_database ---

temporary_database::temporary_database(temporary_database&& other) noexcept
    : cluster_(std::exchange(other.cluster_, nullptr)), name_(std::move(other.name_)) {}

temporary_database::~temporary_database() {
    if (cluster_ == nullptr || !cluster_->running())
        return;
    try {
        cluster_->query("drop database if exists " + sql_quoted(name_, '"') + " with (force)");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "database %s was not dropped: %s\n", name_.c_str(), error.what());
    }
}

test_url temporary_database::app_url() const { return cluster_->app_url().database(name_); }

// --- scoped_configuration ---

scoped_configuration::scoped_configuration(scoped_configuration&& other) noexcept
    : cluster_(std::exchange(other.cluster_, nullptr))
    , settings_(std::move(other.settings_))
    , access_rules_(std::move(other.access_rules_)) {}

scoped_configuration::~scoped_configuration() {
    if (cluster_ == nullptr)
        return;
    try {
        for (const std::string& name : settings_)
            cluster_->query("alter system reset " + name);
        if (!access_rules_.empty())
            write_file(cluster_->access_file(), access_rules_);
        cluster_->reload();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "the server's configuration was not put back: %s\n", error.what());
    }
}

// --- postgres_cluster ---

postgres_cluster& postgres_cluster::shared() {
    static postgres_cluster cluster;
    return cluster;
}

postgres_cluster::postgres_cluster(const std::vector<setting>& settings) : owner_(::getpid()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "coropq-test.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "can't make a directory " + pattern);
    directory_ = pattern;
    try {
        std::vector<std::string> arguments{"start", directory_, "--owner-pid", std::to_string(owner_)};
        for (const auto& [name, value] : settings) {
            arguments.emplace_back("--set");
            arguments.push_back(name);
            arguments.back().append("=").append(value);
        }
        run_script(arguments);
        values_ = parse_environment(read_file(directory_ + "/environment"));
        token_ = read_file(value("COROPQ_QS_TOKEN_FILE"));
        port_ = static_cast<std::uint16_t>(std::stoul(value("COROPQ_PORT")));
        running_ = true;
    } catch (...) {
        remove();
        throw;
    }
}

postgres_cluster::~postgres_cluster() {
    // A child of this program that ends (a death test) must not take the parent's server along.
    if (::getpid() == owner_)
        remove();
}

void postgres_cluster::remove() noexcept {
    try {
        run_script({"stop", directory_});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "the server in %s was not removed: %s\n", directory_.c_str(), error.what());
    }
}

void postgres_cluster::run_script(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{"bash", COROPQ_SCRIPTS_DIR "/throwaway-postgres.sh"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    pointers.reserve(command.size() + 1);
    for (std::string& word : command)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);

    // What it prints are passwords, and the same is in a file; its error messages go where ours go.
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process = 0;
    const int error = ::posix_spawnp(&process, "bash", &files, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        throw std::system_error(error, std::generic_category(), "can't run bash");
    int status = 0;
    while (::waitpid(process, &status, 0) == -1) {
        if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "waitpid");
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("throwaway-postgres.sh " + arguments.front() + " failed; it said why above");
}

const std::string& postgres_cluster::value(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end())
        throw std::runtime_error("throwaway-postgres.sh prints no " + name);
    return found->second;
}

test_url postgres_cluster::app_url() const {
    return test_url(app_user(), app_password(), host(), port_, app_database())
        .set("sslmode", "verify-full")
        .set("sslrootcert", ca_file());
}

test_url postgres_cluster::query_service_url() const {
    return app_url().user(qs_user()).password(qs_token()).database(value("COROPQ_QS_DATABASE"));
}

test_url postgres_cluster::superuser_url() const {
    return app_url().user(superuser()).password(superuser_password()).database("postgres");
}

test_url postgres_cluster::certified_url() const {
    return app_url()
        .user(value("COROPQ_CERTIFIED_USER"))
        .password({})
        .set("sslcert", client_certificate_file())
        .set("sslkey", client_key_file());
}

postgres_cluster::rows postgres_cluster::query(const std::string& sql, const std::string& database) {
    return libpq_query({{"host", socket_directory()},
                        {"port", std::to_string(port_)},
                        {"user", superuser()},
                        {"dbname", database},
                        {"application_name", "coropq test administrator"}},
                       sql);
}

std::string postgres_cluster::query_value(const std::string& sql, const std::string& database) {
    const rows result = query(sql, database);
    return result.empty() || result.front().empty() ? std::string() : result.front().front();
}

temporary_database postgres_cluster::create_database(std::string name) {
    static std::atomic<unsigned> number = 0;
    if (name.empty())
        name = "test_" + std::to_string(++number);
    query("create database " + sql_quoted(name, '"') + " owner " + app_user());
    return {*this, std::move(name)};
}

std::size_t postgres_cluster::session_count(std::string_view database) {
    return std::stoul(query_value("select count(*) from pg_stat_activity where " + of_database(database)));
}

bool postgres_cluster::wait_for_session_count(std::size_t count, std::string_view database) {
    return wait_until([&] { return session_count(database) == count; });
}

std::size_t postgres_cluster::terminate_backends(std::string_view database) {
    // Its second argument makes it wait until the session is gone.
    return std::stoul(query_value("select count(*) filter (where pg_terminate_backend(pid, 20000)) "
                                  "from pg_stat_activity where " +
                                  of_database(database)));
}

void postgres_cluster::stop(shutdown_mode mode) {
    running_ = false;
    run_script({"halt", directory_, mode_name(mode)});
}

void postgres_cluster::start() {
    run_script({"resume", directory_});
    running_ = true;
}

void postgres_cluster::restart(shutdown_mode mode) {
    stop(mode);
    start();
}

void postgres_cluster::reload() {
    // The server's main process reads the files some time after the call, and new sessions inherit what it has then.
    // pg_conf_load_time() tells when that was.
    const std::string before = query_value("select pg_conf_load_time() from pg_reload_conf()");
    if (!wait_until([&] { return query_value("select pg_conf_load_time()") != before; }))
        throw std::runtime_error("the server did not reload its configuration");
}

scoped_configuration postgres_cluster::configure(const std::vector<setting>& settings) {
    scoped_configuration change(*this);
    for (const auto& [name, value] : settings) {
        query("alter system set " + name + " = " + sql_quoted(value, '\''));
        change.settings_.push_back(name);
    }
    reload();
    return change;
}

scoped_configuration postgres_cluster::use_certificate(server_certificate certificate) {
    switch (certificate) {
    case server_certificate::valid: break;
    case server_certificate::expired: return configure({{"ssl_cert_file", value("COROPQ_EXPIRED_CERT")}});
    case server_certificate::wrong_host: return configure({{"ssl_cert_file", value("COROPQ_WRONG_HOST_CERT")}});
    }
    return configure({{"ssl_cert_file", server_certificate_file()}});
}

scoped_configuration postgres_cluster::add_access_rules(const std::string& lines) {
    scoped_configuration change(*this);
    const std::string former = read_file(access_file());
    write_file(access_file(), "local all " + superuser() + " trust\n" + lines + "\n" + former);
    change.access_rules_ = former;
    reload();
    // A line that is for TLS only is no mistake while TLS is off.
    if (const std::string mistake =
            query_value("select error from pg_hba_file_rules where error not like '%because SSL is disabled'");
        !mistake.empty())
        throw std::runtime_error("mistake in the access rules: " + mistake);
    return change;
}

} // namespace coropq::test
