// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_INTERRUPTION_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_INTERRUPTION_SUPPORT_HPP

// What the tests of cancellation, deadlines and set-up statements share.

#include "api_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace coropq::test {

/// An operation in progress, which can be cancelled. Must live until it has ended.
class pending_operation {
public:
    auto token() {
        return asio::bind_cancellation_slot(stop_.slot(), [this](error_code code) { code_ = code; });
    }
    void execute(connection& conn, statement work) { conn.async_execute(std::move(work), output, details, token()); }
    template <typename... Arguments>
    void execute(connection& conn, std::string_view sql, const Arguments&... arguments) {
        execute(conn, statement(sql, arguments...));
    }
    void start_rows(connection& conn, statement work) { conn.async_start_execution(std::move(work), details, token()); }
    void start_rows(connection& conn, std::string_view sql) { start_rows(conn, statement(sql)); }
    void read_rows(connection& conn, std::size_t count) { conn.async_read_some_rows(output, count, details, token()); }

    void cancel() { stop_.emit(asio::cancellation_type::terminal); }
    bool ended() const { return code_.has_value(); }

    /// Runs the context until the operation has ended: its error.
    error_code finish(asio::io_context& context) {
        const auto deadline = std::chrono::steady_clock::now() + time_limit;
        while (!ended()) {
            context.restart();
            context.run_one_for(std::chrono::seconds(1));
            if (!ended() && std::chrono::steady_clock::now() >= deadline)
                throw std::runtime_error("an operation that doesn't end");
        }
        return *code_;
    }
    error_code cancel_and_finish(asio::io_context& context) {
        cancel();
        return finish(context);
    }

    result output;
    diagnostics details;

private:
    asio::cancellation_signal stop_;
    std::optional<error_code> code_;
};

inline const error_code aborted = asio::error::operation_aborted;

/// Without the setting by which a server notices that its client has gone: what ends a statement is the library.
inline url patient_address() { return address_of(cluster().app_url().set("sslmode", "disable")); }

inline bool is_active(const std::string& text) {
    return cluster().query_value("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and "
                                 "state = 'active' and strpos(query, '" +
                                 text + "') > 0") != "0";
}

/// Runs the context until no statement with the text is active on the server. Those of the tests take a minute by
/// themselves.
inline bool run_until_inactive(asio::io_context& context, const std::string& text) {
    return wait_until(
        [&] {
            context.restart();
            context.poll();
            return !is_active(text);
        },
        std::chrono::seconds(40));
}

/// Takes a minute, unless it is cancelled.
inline statement sleeper(const std::string& comment) { return statement("select pg_sleep(60) /* " + comment + " */"); }

/// The backend of a connection, asked together with something that only this statement can have as its answer.
/// With a time limit, where it isn't to be that of the connection.
inline int backend_of(asio::io_context& context, connection& conn,
                      std::optional<std::chrono::milliseconds> limit = std::nullopt) {
    static int question = 0;
    ++question;
    statement work("select pg_backend_pid(), 'answer ' || $1::int", question);
    if (limit)
        work.timeout(*limit);
    const result found = run(context, conn.execute(std::move(work)));
    if (found.size() != 1 || found[0][1].text() != "answer " + std::to_string(question))
        throw std::runtime_error("another statement's answer");
    return found[0][0].as<int>();
}

/// One value, asked for without preparing anything.
inline std::string simple_value(asio::io_context& context, connection& conn, std::string_view sql) {
    return run(context, conn.execute(statement(sql).simple_protocol(true)))[0][0].text();
}

} // namespace coropq::test

#endif
