// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"

#include <utility>

namespace coropq {

namespace {

// The name is the stable code that messages carry in brackets; the text is for errors without diagnostics.
struct description {
    const char* name;
    const char* text;
};

description describe(errc value) noexcept {
    switch (value) {
    case errc::invalid_url: return {"invalid_url", "the URL or connection string can't be used"};
    case errc::invalid_credentials_file: return {"invalid_credentials_file", "the credentials file can't be used"};
    case errc::invalid_option: return {"invalid_option", "an option can't be used"};
    case errc::invalid_parameter: return {"invalid_parameter", "a statement parameter can't be sent"};
    case errc::host_not_found: return {"host_not_found", "the name of the server can't be resolved"};
    case errc::connect_failed: return {"connect_failed", "the server can't be reached"};
    case errc::connect_timeout: return {"connect_timeout", "the server didn't answer within the connect timeout"};
    case errc::tls_failed: return {"tls_failed", "a trusted TLS connection can't be made"};
    case errc::authentication_failed: return {"authentication_failed", "authentication isn't possible"};
    case errc::not_postgresql: return {"not_postgresql", "the server doesn't speak the PostgreSQL protocol"};
    case errc::connection_lost: return {"connection_lost", "the connection to the server was lost"};
    case errc::not_connected: return {"not_connected", "the connection isn't open"};
    case errc::already_connected: return {"already_connected", "the connection is open already"};
    case errc::operation_in_progress:
        return {"operation_in_progress", "another operation is in progress on the connection"};
    case errc::engine_disposed: return {"engine_disposed", "the engine was disposed of"};
    case errc::pool_timeout: return {"pool_timeout", "no connection became free in time"};
    case errc::timeout: return {"timeout", "the deadline passed"};
    case errc::unsupported: return {"unsupported", "this operation can't do that"};
    case errc::null_value: return {"null_value", "the value is NULL"};
    case errc::wrong_type: return {"wrong_type", "the value isn't of that type"};
    case errc::unknown_column: return {"unknown_column", "the result has no such column"};
    case errc::ambiguous_column: return {"ambiguous_column", "the result has several columns of that name"};
    case errc::unexpected: return {"unexpected", "something failed that isn't known to fail"};
    case errc::row_out_of_range: return {"row_out_of_range", "the result has no such row"};
    case errc::no_row: return {"no_row", "the result has no row"};
    case errc::several_rows: return {"several_rows", "the result has several rows"};
    case errc::wrong_column_count: return {"wrong_column_count", "the result has another number of columns"};
    case errc::too_many_waiting: return {"too_many_waiting", "too many operations wait for a connection"};
    case errc::in_doubt: return {"in_doubt", "whether the transaction was committed is unknown"};
    case errc::transaction_in_progress:
        return {"transaction_in_progress", "the connection is in a transaction already"};
    case errc::no_transaction: return {"no_transaction", "the transaction has ended already"};
    case errc::not_run: return {"not_run", "the stage of the pipeline wasn't run"};
    case errc::rolled_back: return {"rolled_back", "the stage of the pipeline was taken back"};
    case errc::no_such_object: return {"no_such_object", "the object doesn't exist"};
    case errc::session_limit: return {"session_limit", "the server has no session left"};
    }
    return {"unknown", "unknown error"};
}

class client_category_type final : public boost::system::error_category {
public:
    constexpr client_category_type() noexcept : error_category(0x636f726f70710002ULL) {}

    const char* name() const noexcept override { return "coropq"; }

    std::string message(int value) const override {
        const description found = describe(static_cast<errc>(value));
        return std::string(found.text) + " [" + found.name + "]";
    }
};

} // namespace

const boost::system::error_category& client_category() noexcept {
    static const client_category_type category;
    return category;
}

error::error(error_code code, diagnostics details)
    : system_error(code), details_(details.empty() ? detail::make_diagnostics(code, {}) : std::move(details)) {}

void throw_error(error_code code, const diagnostics& details) {
    if (code.category() == sqlstate_category()) {
        const std::string state = sqlstate_text(code);
        // While connecting, what the server answers is the reason why there is no connection.
        if (!details.attempts().empty()) {
            if (state.starts_with("28"))
                throw authentication_error(code, details);
            throw connection_error(code, details);
        }
        throw server_error(code, details);
    }
    if (code.category() == client_category()) {
        switch (static_cast<errc>(code.value())) {
        case errc::invalid_url:
        case errc::invalid_credentials_file: throw url_error(code, details);
        case errc::invalid_option:
        case errc::invalid_parameter: throw option_error(code, details);
        case errc::authentication_failed: throw authentication_error(code, details);
        case errc::host_not_found:
        case errc::connect_failed:
        case errc::connect_timeout:
        case errc::tls_failed:
        case errc::not_postgresql:
        case errc::connection_lost: throw connection_error(code, details);
        case errc::timeout: throw timeout_error(code, details);
        case errc::pool_timeout:
        case errc::too_many_waiting: throw pool_timeout(code, details);
        case errc::in_doubt: throw in_doubt_error(code, details);
        case errc::session_limit: throw session_limit_error(code, details);
        case errc::null_value:
        case errc::wrong_type:
        case errc::unknown_column:
        case errc::ambiguous_column:
        case errc::no_row:
        case errc::several_rows:
        case errc::wrong_column_count:
        case errc::row_out_of_range: throw result_error(code, details);
        case errc::no_such_object: throw inspection_error(code, details);
        case errc::not_connected:
        case errc::already_connected:
        case errc::operation_in_progress:
        case errc::engine_disposed:
        case errc::transaction_in_progress:
        case errc::no_transaction:
        case errc::not_run:
        case errc::rolled_back:
        case errc::unsupported:
        case errc::unexpected: break;
        }
    }
    throw error(code, details);
}

} // namespace coropq
