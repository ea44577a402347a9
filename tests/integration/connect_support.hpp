// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_CONNECT_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_CONNECT_SUPPORT_HPP

// What the tests of connecting share: a connect as a value, whatever becomes of it.

#include "support/async_helpers.hpp"
#include "support/postgres_cluster.hpp"

#include <coropq/coropq.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::test {

inline postgres_cluster& cluster() { return postgres_cluster::shared(); }

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// How an operation ended.
struct outcome {
    std::string kind; ///< the exception's class: `connection_error`, …; empty: there was no error
    error_code code;
    diagnostics details;
    std::string what;
    std::string value; ///< the first value of the statement's result

    bool succeeded() const { return kind.empty(); }
};

/// The class and parts of an exception of ours; another one is thrown on.
outcome outcome_of(const std::exception_ptr& failure);

/// Connects and runs the statement, on a single-threaded loop of its own; closes the connection again.
outcome connect_and_ask(const url& address, const connect_options& options = {}, const std::string& sql = "select 1");
outcome connect_and_ask(const std::string& address, const connect_options& options = {},
                        const std::string& sql = "select 1");
/// The same through an engine.
outcome ask_engine(const url& address, const connect_options& options = {}, const std::string& sql = "select 1");
outcome ask_engine(const std::string& address, const connect_options& options = {},
                   const std::string& sql = "select 1");

/// The value; where there is an error, a text with which no comparison succeeds.
std::string value_of(const outcome& result);
inline std::string ask(const test_url& address, const std::string& sql, const connect_options& options = {}) {
    return value_of(connect_and_ask(address.to_string(), options, sql));
}
inline std::string ask(const std::string& address, const std::string& sql, const connect_options& options = {}) {
    return value_of(connect_and_ask(address, options, sql));
}

/// Every string that diagnostics give to anybody, one after the other.
std::string every_text(const diagnostics& details);
std::string every_text(const outcome& failure);

/// `postgresql://user:password@h1:p1,h2:p2/database?…` from a URL and hosts with ports as text.
std::string with_hosts(test_url base, const std::string& hosts);

/// The same URL without TLS, which only takes time in tests that are about something else.
inline test_url without_tls(test_url address) { return address.set("sslmode", "disable").remove("sslrootcert"); }

/// The descriptors that the process has open.
std::size_t open_descriptors();

/// Our end of the IPv4 connection to that port; -1 when there is none.
int socket_to(std::uint16_t port);

/// Runs the loop until the predicate holds; false when it still doesn't after `time_limit`. For what happens outside
/// of the loop: the predicate is asked again and again.
template <typename Predicate>
bool run_until(asio::io_context& context, Predicate predicate) {
    const auto deadline = std::chrono::steady_clock::now() + time_limit;
    while (!predicate()) {
        if (std::chrono::steady_clock::now() >= deadline)
            return false;
        if (context.stopped())
            context.restart();
        context.run_one_for(std::chrono::milliseconds(1));
    }
    return true;
}

/// What the process writes to its standard output and standard error during the lifetime of the object, whoever writes.
class captured_output {
public:
    captured_output();
    captured_output(const captured_output&) = delete;
    captured_output& operator=(const captured_output&) = delete;
    ~captured_output();

    /// What has been written so far.
    std::string text();

private:
    int file_;
    int output_;
    int error_;
};

/// An environment variable for the lifetime of the object.
class scoped_variable {
public:
    scoped_variable(std::string name, const std::string& value);
    scoped_variable(const scoped_variable&) = delete;
    scoped_variable& operator=(const scoped_variable&) = delete;
    ~scoped_variable();

private:
    std::string name_;
};

/// A private file, removed with the object.
class temporary_file {
public:
    explicit temporary_file(const std::string& contents);
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file();

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

} // namespace coropq::test

#endif
