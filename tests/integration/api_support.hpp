// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_API_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_API_SUPPORT_HPP

// What the tests of the public interface share.

#include "support/async_helpers.hpp"
#include "support/postgres_cluster.hpp"
#include "support/tcp_proxy.hpp"
#include "support/wait_until.hpp"

#include <coropq/coropq.hpp>

#include <boost/asio/io_context.hpp>

#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

namespace coropq::test {

inline postgres_cluster& cluster() { return postgres_cluster::shared(); }

inline url address_of(const test_url& where) { return url::parse(where.to_string()); }

/// The ordinary database without TLS, which other tests are about: it only takes time here. A server that works for a
/// client who is gone notices it soon.
inline test_url plain_url() {
    return cluster().app_url().set("sslmode", "disable").set("options", "-c client_connection_check_interval=20");
}
inline url plain_address() { return address_of(plain_url()); }
inline url plain_address(const temporary_database& database) {
    return address_of(plain_url().database(database.name()));
}
inline url address_through(const tcp_proxy& proxy) {
    return address_of(plain_url().host("127.0.0.1").port(proxy.port()));
}

/// The error that an operation ends with. It must be of exactly that class.
template <typename Error, typename T>
Error failure_of(asio::io_context& context, asio::awaitable<T> operation,
                 const std::source_location where = std::source_location::current()) {
    const std::string line = "line " + std::to_string(where.line()) + ": ";
    try {
        run(context, std::move(operation), time_limit, where);
    } catch (const error& failure) {
        if (typeid(failure) == typeid(Error))
            return dynamic_cast<const Error&>(failure);
        throw std::runtime_error(line + "another class of error: " + failure.what());
    }
    throw std::runtime_error(line + "no error");
}

/// Runs the context until the server works on a statement that contains the text.
inline bool run_until_active(asio::io_context& context, const std::string& text) {
    const std::string question = "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and "
                                 "state = 'active' and strpos(query, '" +
                                 text + "') > 0";
    return wait_until([&] {
        context.restart();
        context.poll();
        return cluster().query_value(question) != "0";
    });
}

/// Statements that wait in the server until the gate opens.
class gate {
public:
    explicit gate(asio::io_context& context) : context_(context), holder_(context) {
        run(context_, holder_.connect(plain_address()));
        run(context_, holder_.execute("select pg_advisory_lock(4711)"));
    }

    /// Gives one row without columns of interest. The comment tells it from others in `run_until_active`.
    static std::string statement(const std::string& comment) {
        return "select pg_advisory_xact_lock_shared(4711) -- " + comment;
    }

    void open() { run(context_, holder_.execute("select pg_advisory_unlock(4711)")); }

private:
    asio::io_context& context_;
    connection holder_;
};

inline bool contains(std::string_view text, std::string_view piece) {
    return text.find(piece) != std::string_view::npos;
}

} // namespace coropq::test

#endif
