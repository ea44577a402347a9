// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "connect_support.hpp"

#include <boost/asio/io_context.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace coropq::test {

namespace {

std::string class_of(const error& failure) {
    const auto is = [&](auto* type) { return dynamic_cast<decltype(type)>(&failure) != nullptr; };
    if (is(static_cast<const authentication_error*>(nullptr)))
        return "authentication_error";
    if (is(static_cast<const connection_error*>(nullptr)))
        return "connection_error";
    if (is(static_cast<const server_error*>(nullptr)))
        return "server_error";
    if (is(static_cast<const option_error*>(nullptr)))
        return "option_error";
    if (is(static_cast<const url_error*>(nullptr)))
        return "url_error";
    if (is(static_cast<const result_error*>(nullptr)))
        return "result_error";
    if (is(static_cast<const timeout_error*>(nullptr)))
        return "timeout_error";
    return "error";
}

outcome outcome_with(const result& rows) {
    outcome done;
    if (!rows.empty() && rows.column_count() != 0)
        done.value = rows[0][0].text();
    return done;
}

int duplicate_of(int descriptor) {
    const int copy = dup(descriptor);
    if (copy < 0)
        throw std::runtime_error("dup failed");
    return copy;
}

} // namespace

outcome outcome_of(const std::exception_ptr& failure) {
    outcome found;
    try {
        std::rethrow_exception(failure);
    } catch (const error& problem) {
        found.kind = class_of(problem);
        found.code = problem.code();
        found.details = problem.details();
        found.what = problem.what();
    }
    return found;
}

outcome connect_and_ask(const url& address, const connect_options& options, const std::string& sql) {
    asio::io_context context(1);
    outcome done;
    {
        connection session(context);
        try {
            run(context, session.connect(address, options));
            done = outcome_with(run(context, session.execute(sql)));
        } catch (const error&) {
            done = outcome_of(std::current_exception());
        }
    }
    drain(context);
    return done;
}

outcome connect_and_ask(const std::string& address, const connect_options& options, const std::string& sql) {
    return connect_and_ask(url::parse(address), options, sql);
}

outcome ask_engine(const url& address, const connect_options& options, const std::string& sql) {
    asio::io_context context(1);
    outcome done;
    {
        const engine database = create_engine(context, address, engine_options().connect(options));
        try {
            done = outcome_with(run(context, database.execute(sql)));
        } catch (const error&) {
            done = outcome_of(std::current_exception());
        }
        run(context, database.dispose());
    }
    drain(context);
    return done;
}

outcome ask_engine(const std::string& address, const connect_options& options, const std::string& sql) {
    return ask_engine(url::parse(address), options, sql);
}

std::string value_of(const outcome& result) {
    return result.succeeded() ? result.value : "not a value but an error: " + result.what;
}

std::string every_text(const diagnostics& details) {
    std::ostringstream all;
    for (const std::string* part :
         {&details.message(), &details.severity(), &details.sqlstate(), &details.detail(), &details.hint(),
          &details.context(), &details.schema_name(), &details.table_name(), &details.column_name(),
          &details.data_type_name(), &details.constraint_name(), &details.statement(), &details.host(), &details.port(),
          &details.user(), &details.database(), &details.to_string()})
        all << *part << '\n';
    for (const connect_attempt& attempt : details.attempts())
        all << attempt.host << '\n'
            << attempt.address << '\n'
            << attempt.port << '\n'
            << attempt.code.message() << '\n'
            << attempt.reason << '\n';
    all << details.what() << '\n' << details << '\n';
    return all.str();
}

std::string every_text(const outcome& failure) {
    return failure.what + '\n' + failure.code.message() + '\n' + every_text(failure.details);
}

std::string with_hosts(test_url base, const std::string& hosts) {
    std::string text = base.host("THE-HOSTS").port(1).to_string();
    return text.replace(text.find("THE-HOSTS:1"), std::string_view("THE-HOSTS:1").size(), hosts);
}

std::size_t open_descriptors() {
    const auto all = std::filesystem::directory_iterator("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

int socket_to(std::uint16_t port) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(entry.path().filename().string());
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port)
            return descriptor;
    }
    return -1;
}

captured_output::captured_output() : file_(-1), output_(-1), error_(-1) {
    std::string name = std::filesystem::temp_directory_path() / "coropq-output-XXXXXX";
    file_ = mkstemp(name.data());
    if (file_ < 0)
        throw std::runtime_error("mkstemp failed");
    unlink(name.c_str());
    std::fflush(nullptr);
    output_ = duplicate_of(STDOUT_FILENO);
    error_ = duplicate_of(STDERR_FILENO);
    dup2(file_, STDOUT_FILENO);
    dup2(file_, STDERR_FILENO);
}

captured_output::~captured_output() {
    const std::string captured = text();
    dup2(output_, STDOUT_FILENO);
    dup2(error_, STDERR_FILENO);
    for (const int descriptor : {file_, output_, error_})
        close(descriptor);
    std::fputs(captured.c_str(), stdout); // the messages of failed assertions are in it
}

std::string captured_output::text() {
    std::fflush(nullptr);
    std::string all;
    char buffer[4096];
    for (ssize_t size = 0; (size = pread(file_, buffer, sizeof buffer, static_cast<off_t>(all.size()))) > 0;)
        all.append(buffer, static_cast<std::size_t>(size));
    return all;
}

scoped_variable::scoped_variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
}

scoped_variable::~scoped_variable() { unsetenv(name_.c_str()); }

temporary_file::temporary_file(const std::string& contents)
    : path_(std::filesystem::temp_directory_path() / "coropq-file-XXXXXX") {
    const int file = mkstemp(path_.data()); // readable by its owner only, as libpq demands of a password file
    if (file < 0)
        throw std::runtime_error("mkstemp failed");
    close(file);
    std::ofstream(path_) << contents;
}

temporary_file::~temporary_file() { unlink(path_.c_str()); }

} // namespace coropq::test
