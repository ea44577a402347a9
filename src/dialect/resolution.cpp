// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "dialect/resolution.hpp"

#include <coropq/error.hpp>

#include "dialect/query_service.hpp"
#include "error/diagnostics_fields.hpp"

#include <utility>

namespace coropq {

void statement_options::complete(const statement_options& weaker) noexcept {
    timeout_.complete(weaker.timeout_);
    prepared_statements_.complete(weaker.prepared_statements_);
    server_timeout_.complete(weaker.server_timeout_);
    simple_protocol_.complete(weaker.simple_protocol_);
    simple_without_parameters_.complete(weaker.simple_without_parameters_);
    text_parameters_.complete(weaker.text_parameters_);
    binary_results_.complete(weaker.binary_results_);
    type_lookup_.complete(weaker.type_lookup_);
}

void pool_options::complete(const pool_options& weaker) noexcept {
    size_.complete(weaker.size_);
    max_overflow_.complete(weaker.max_overflow_);
    min_idle_.complete(weaker.min_idle_);
    max_waiting_.complete(weaker.max_waiting_);
    acquire_timeout_.complete(weaker.acquire_timeout_);
    max_lifetime_.complete(weaker.max_lifetime_);
    max_idle_.complete(weaker.max_idle_);
    ping_after_.complete(weaker.ping_after_);
    ping_timeout_.complete(weaker.ping_timeout_);
    first_retry_delay_.complete(weaker.first_retry_delay_);
    longest_retry_delay_.complete(weaker.longest_retry_delay_);
    first_session_limit_delay_.complete(weaker.first_session_limit_delay_);
    longest_session_limit_delay_.complete(weaker.longest_session_limit_delay_);
    reset_.complete(weaker.reset_);
    pipelining_.complete(weaker.pipelining_);
    pipeline_depth_.complete(weaker.pipeline_depth_);
}

namespace detail {

dialect dialect_for(const url& address, const connect_options& options) noexcept {
    if (options.dialect())
        return *options.dialect();
    const auto host = options.connect_args().find("host");
    if (host != options.connect_args().end() && is_query_service_host(host->second.expose()))
        return dialect::query_service;
    return dialect_of(address);
}

// PostgreSQL's defaults are those that the options have by themselves.
connect_options resolve(const url& address, connect_options options) {
    const dialect kind = dialect_for(address, options);
    options.dialect(kind);
    if (kind == dialect::query_service) {
        statement_options statements = options.statements();
        statements.complete(query_service_statements());
        options.statements(statements);
    }
    return options;
}

engine_options resolve(const url& address, engine_options options) {
    connect_options connect = options.connect();
    if (options.dialect())
        connect.dialect(*options.dialect());
    connect = resolve(address, std::move(connect));
    const dialect kind = *connect.dialect();
    options.dialect(kind);
    options.connect(std::move(connect));
    if (kind == dialect::query_service) {
        pool_options pool = options.pool();
        pool.complete(query_service_pool());
        options.pool(std::move(pool));
    }
    return options;
}

void check_options(const connect_options& options) {
    if (options.auto_to_json() && options.dialect() != dialect::query_service)
        throw_error(errc::invalid_option,
                    make_diagnostics(errc::invalid_option, "auto_to_json is a setting of Query Service only",
                                     "leave it out, or say connect_options::dialect(coropq::dialect::query_service)"));
}

std::vector<std::string> set_up_statements(const connect_options& options) {
    std::vector<std::string> statements = options.on_connect();
    if (options.auto_to_json())
        statements.insert(statements.begin(), "SET auto_to_json=true"); // as Adobe writes it
    return statements;
}

} // namespace detail

} // namespace coropq
