// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_OPTIONS_HPP
#define COROPQ_OPTIONS_HPP

#include <coropq/credentials.hpp>
#include <coropq/detail/setting.hpp>
#include <coropq/diagnostics.hpp>
#include <coropq/dialect.hpp>
#include <coropq/pool.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq {

class credential_provider;

namespace detail {
class credential_cache;
} // namespace detail

/// Receives the notices and warnings that a server sends beside its results. Called on the executor of the session,
/// one call at a time for a session; must not block, and what it throws is dropped.
using notice_handler = std::function<void(const diagnostics& notice)>;

/// How statements are sent, where the statement itself doesn't say otherwise. Setters return the object. What isn't set
/// has a default, which is another one with some dialects; getters give what is set, or PostgreSQL's default.
class statement_options {
public:
    /// How many prepared statements each connection keeps, the least recently used one is the first to go. Statements
    /// (`select`, `insert`, `update`, `delete`, `merge`, `values`, `with` …) are prepared when they are first used, in
    /// the same round trip, and from the second time on run without being parsed and planned anew. 0 switches it off,
    /// for poolers that give a session to several clients (PgBouncer before 1.21, or without
    /// `max_prepared_statements`). Default 256; Query Service: 0.
    statement_options& prepared_statements(std::size_t limit) {
        prepared_statements_.set(limit);
        return *this;
    }
    std::size_t prepared_statements() const noexcept { return prepared_statements_.get(); }

    /// Sends every statement with the simple protocol, parameters as literals: see `statement::simple_protocol`.
    /// Default: no.
    statement_options& simple_protocol(bool on) {
        simple_protocol_.set(on);
        return *this;
    }
    bool simple_protocol() const noexcept { return simple_protocol_.get(); }

    /// Sends statements without parameters with the simple protocol, and others as they are: nothing is sent in
    /// pipeline mode then, and what has to stand in front of a statement is sent by itself. Default: no; Query Service:
    /// yes.
    statement_options& simple_without_parameters(bool on) {
        simple_without_parameters_.set(on);
        return *this;
    }
    bool simple_without_parameters() const noexcept { return simple_without_parameters_.get(); }

    /// Sends parameters as text, numbers and booleans with their types, others without: for servers whose front end has
    /// no binary forms. Default: no; Query Service: yes.
    statement_options& text_parameters(bool on) {
        text_parameters_.set(on);
        return *this;
    }
    bool text_parameters() const noexcept { return text_parameters_.get(); }

    /// Whether results come in binary form where the library knows all types of a statement; it then decodes faster,
    /// and what is read is the same. Default: yes; Query Service: no.
    statement_options& binary_results(bool on) {
        binary_results_.set(on);
        return *this;
    }
    bool binary_results() const noexcept { return binary_results_.get(); }

    /// Whether types that aren't built in (enums, composite types, extensions) are looked up in the server's catalogs,
    /// once for each engine, when they are first met. Without it their values can be read as text. Default: yes; Query
    /// Service: no.
    statement_options& type_lookup(bool on) {
        type_lookup_.set(on);
        return *this;
    }
    bool type_lookup() const noexcept { return type_lookup_.get(); }

    /// How long a statement may take where it doesn't say so itself: see `statement::timeout`. Default zero: no limit.
    statement_options& timeout(std::chrono::milliseconds limit) {
        timeout_.set(limit);
        return *this;
    }
    std::chrono::milliseconds timeout() const noexcept { return timeout_.get(); }

    /// Whether the server is told of the limit, as its `statement_timeout`, so that it ends statements whose client is
    /// gone or can't reach it. Travels in front of a statement whose limit isn't that of the one before. Default: no.
    statement_options& server_timeout(bool on) {
        server_timeout_.set(on);
        return *this;
    }
    bool server_timeout() const noexcept { return server_timeout_.get(); }

    /// For the library: what isn't set here is taken from there, if it is set there.
    void complete(const statement_options& weaker) noexcept;

private:
    detail::setting<std::chrono::milliseconds> timeout_{std::chrono::milliseconds(0)};
    detail::setting<std::size_t> prepared_statements_{256};
    detail::setting<bool> server_timeout_{false};
    detail::setting<bool> simple_protocol_{false};
    detail::setting<bool> simple_without_parameters_{false};
    detail::setting<bool> text_parameters_{false};
    detail::setting<bool> binary_results_{true};
    detail::setting<bool> type_lookup_{true};
};

/// How a connection is made, beyond what the URL says. Setters return the object, so they can be chained:
///
///     coropq::connect_options().application_name("reports").connect_timeout(5s).connect_arg("sslmode", "verify-full")
class connect_options {
public:
    connect_options() = default;

    /// Sets a connection parameter of libpq (PostgreSQL manual, "Parameter Key Words"): `sslmode`, `sslrootcert`,
    /// `keepalives_idle`, `tcp_user_timeout`, `target_session_attrs`, `options` …; all that libpq knows, by its name
    /// there. Overrides the same parameter of the URL. The names are checked when connecting: `option_error`
    /// (`errc::invalid_option`) lists the nearest known one.
    connect_options& connect_arg(std::string name, secret value) {
        connect_args_.insert_or_assign(std::move(name), std::move(value));
        return *this;
    }

    /// Sets several connection parameters. (GCC 12 can't compile a braced list inside a `co_await` expression: give the
    /// options a name first.)
    connect_options& connect_args(const std::map<std::string, std::string>& arguments) {
        for (const auto& [name, value] : arguments)
            connect_arg(name, value);
        return *this;
    }

    /// What has been set. Values are secrets, since passwords can be among them.
    const std::map<std::string, secret>& connect_args() const noexcept { return connect_args_; }

    /// The name that the server shows in `pg_stat_activity` and its log. The same as `connect_arg("application_name",
    /// …)`.
    connect_options& application_name(std::string_view name) { return connect_arg("application_name", name); }

    /// The limit for each address that is tried, from the first packet until the session is ready, TLS and
    /// authentication included; for a host name also the limit for its resolution. Default: `connect_timeout` of the
    /// URL or of the environment (`PGCONNECT_TIMEOUT`), in seconds, otherwise 30 s. Zero: no limit.
    connect_options& connect_timeout(std::chrono::milliseconds limit) {
        connect_timeout_ = limit;
        return *this;
    }
    const std::optional<std::chrono::milliseconds>& connect_timeout() const noexcept { return connect_timeout_; }

    /// The limit for the whole of a connect, however many hosts and addresses there are. Default 120 s. Zero: no limit.
    connect_options& total_connect_timeout(std::chrono::milliseconds limit) {
        total_connect_timeout_ = limit;
        return *this;
    }
    std::chrono::milliseconds total_connect_timeout() const noexcept { return total_connect_timeout_; }

    /// Receives notices and warnings of the server. Default: they are dropped. They never go to stderr. (One warning is
    /// libpq's own, and it prints that one itself: that others can read the password file.) (GCC 12 destroys a lambda
    /// that captures by value twice when it is written inside a `co_await` expression: give the options a name first.)
    connect_options& on_notice(notice_handler handler) {
        on_notice_ = std::move(handler);
        return *this;
    }
    const notice_handler& on_notice() const noexcept { return on_notice_; }

    /// Where user and password of each session come from, instead of from the URL or `connect_arg`: include
    /// `<coropq/credential_provider.hpp>`. Asked each time that a session is opened, within `total_connect_timeout`.
    /// Both are taken from it; an empty user is the one of the URL. When the server refuses them (SQLSTATE 28P01), it
    /// is asked for newer ones, and the session opened with these, once. An engine retires sessions before the
    /// credentials that they were opened with end, as with `pool_options::max_lifetime`. Default: none.
    connect_options& credentials(const credential_provider& provider);
    /// For the library; null: none.
    const std::shared_ptr<detail::credential_cache>& credentials() const noexcept { return credentials_; }

    /// Statements without parameters that make a session what it should be (`set search_path = …`). They travel in
    /// front of its first statement, in the same round trip, as one transaction. If one fails, that statement isn't
    /// run, its operation ends with the error, and the connection is closed. Default: none.
    connect_options& on_connect(std::vector<std::string> statements) {
        on_connect_ = std::move(statements);
        return *this;
    }
    const std::vector<std::string>& on_connect() const noexcept { return on_connect_; }

    /// What kind of server it is. Default: what the URL says (`dialect_of`).
    connect_options& dialect(coropq::dialect kind) {
        dialect_ = kind;
        return *this;
    }
    const std::optional<coropq::dialect>& dialect() const noexcept { return dialect_; }

    /// Query Service only: lets each new session give nested values as JSON (`SET auto_to_json=true`), in front of what
    /// `on_connect` says. With another dialect, connecting ends with `option_error`. Default: no.
    connect_options& auto_to_json(bool on) {
        auto_to_json_ = on;
        return *this;
    }
    bool auto_to_json() const noexcept { return auto_to_json_; }

    /// How long a statement that was cancelled, or whose time was up, has to end on the server; then its connection is
    /// closed. Nobody waits for that but the next operation on the same connection. Default 5 s.
    connect_options& cancel_timeout(std::chrono::milliseconds limit) {
        cancel_timeout_ = limit;
        return *this;
    }
    std::chrono::milliseconds cancel_timeout() const noexcept { return cancel_timeout_; }

    /// How statements are sent.
    connect_options& statements(statement_options options) {
        statements_ = options;
        return *this;
    }
    const statement_options& statements() const noexcept { return statements_; }

private:
    std::map<std::string, secret> connect_args_;
    std::optional<std::chrono::milliseconds> connect_timeout_;
    std::chrono::milliseconds total_connect_timeout_ = std::chrono::seconds(120);
    std::chrono::milliseconds cancel_timeout_ = std::chrono::seconds(5);
    std::vector<std::string> on_connect_;
    notice_handler on_notice_;
    statement_options statements_;
    std::shared_ptr<detail::credential_cache> credentials_;
    std::optional<coropq::dialect> dialect_;
    bool auto_to_json_ = false;
};

/// How an engine makes and keeps its connections.
class engine_options {
public:
    engine_options() = default;

    /// How each connection is made.
    engine_options& connect(connect_options options) {
        connect_ = std::move(options);
        return *this;
    }
    const connect_options& connect() const noexcept { return connect_; }

    /// How many connections are kept, and how long to wait for one.
    engine_options& pool(pool_options options) {
        pool_ = options;
        return *this;
    }
    const pool_options& pool() const noexcept { return pool_; }

    /// What kind of server it is: the same as `connect_options::dialect`, over which it wins.
    engine_options& dialect(coropq::dialect kind) {
        dialect_ = kind;
        return *this;
    }
    const std::optional<coropq::dialect>& dialect() const noexcept { return dialect_; }

private:
    connect_options connect_;
    pool_options pool_;
    std::optional<coropq::dialect> dialect_;
};

} // namespace coropq

#endif
