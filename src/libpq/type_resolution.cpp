// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Asking a server for the types that a statement or a result has and that aren't known yet.

#include "libpq/execution.hpp"

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/pipeline_round.hpp"
#include "statement/text_parameters.hpp"
#include "types/type_lookup.hpp"
#include "types/type_registry.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

bool is_in_failed_transaction(const session::state& session) {
    return PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR;
}

bool send_text(session::state& session, const char* text) {
    return PQsendQueryParams(session.handle.get(), text, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1 &&
           sync_pipeline(session);
}

bool send_lookup(PGconn* handle, const statement& question) {
    const wire_parameters parameters(question, type_catalog::built_in());
    return PQsendQueryParams(handle, question.sql().c_str(), parameters.count(), parameters.types.data(),
                             parameters.values.data(), parameters.sizes.data(), parameters.formats.data(), 0) == 1;
}

// Within somebody's transaction, which must not fail because of a question that nobody asked.
asio::awaitable<error_code> ask_behind_savepoint(session::state& session, const statement& question, answer& received) {
    PGconn* const handle = session.handle.get();
    const bool sent = PQenterPipelineMode(handle) == 1 && send_text(session, "savepoint coropq_types") &&
                      send_lookup(handle, question) && sync_pipeline(session) &&
                      send_text(session, "release savepoint coropq_types");
    if (!sent)
        co_return errc::connection_lost;
    error_code code = co_await send_all(session);
    answer ignored;
    if (!code)
        code = co_await read_to_sync(session, ignored);
    if (!code)
        code = co_await read_to_sync(session, received);
    if (!code)
        code = co_await read_to_sync(session, ignored);
    if (code)
        co_return code;
    if (PQexitPipelineMode(handle) != 1)
        co_return errc::connection_lost;
    if (!is_in_failed_transaction(session))
        co_return error_code();
    if (PQsendQuery(handle, "rollback to savepoint coropq_types; release savepoint coropq_types") == 0)
        co_return errc::connection_lost;
    code = co_await send_all(session);
    if (!code)
        code = co_await read_answer(session, ignored);
    co_return code;
}

asio::awaitable<error_code> ask(session::state& session, const statement& question, answer& received) {
    if (!send_lookup(session.handle.get(), question))
        co_return errc::connection_lost;
    error_code code = co_await send_all(session);
    if (!code)
        code = co_await read_answer(session, received);
    co_return code;
}

} // namespace

asio::awaitable<error_code> look_up_types(session::state& session, const std::vector<std::uint32_t>& oids,
                                          const std::vector<std::string>& names) {
    if (!session.types->may_look_up())
        co_return error_code();
    const statement question = type_lookup(oids, names);
    answer received;
    error_code code;
    if (PQtransactionStatus(session.handle.get()) == PQTRANS_INTRANS)
        code = co_await ask_behind_savepoint(session, question, received);
    else
        code = co_await ask(session, question, received);
    if (code)
        co_return code;
    try {
        if (received.code)
            session.types->put_off_look_ups();
        else
            add_types(*session.types, make_result(received.results, session.types->catalog(), false), oids);
    } catch (const error&) { // an answer that isn't one
        session.types->put_off_look_ups();
    }
    co_return error_code();
}

void add_unknown_columns(const type_catalog& types, const PGresult* received, std::vector<std::uint32_t>& unknown) {
    for (int column = 0; column != PQnfields(received); ++column) {
        const Oid type = PQftype(received, column);
        if (type != 0 && !types.find(type) && std::find(unknown.begin(), unknown.end(), type) == unknown.end())
            unknown.push_back(type);
    }
}

asio::awaitable<error_code> look_up_columns(session::state& session, const PGresult* received) {
    if (!session.defaults.type_lookup() || is_in_failed_transaction(session))
        co_return error_code();
    const std::shared_ptr<const type_catalog> types = session.types->catalog();
    std::vector<std::uint32_t> unknown;
    add_unknown_columns(*types, received, unknown);
    if (unknown.empty())
        co_return error_code();
    const std::vector<std::string> no_names;
    const error_code code = co_await look_up_types(session, unknown, no_names);
    co_return code;
}

asio::awaitable<error_code> resolve_parameters(session::state& session, statement& work, answer& received) {
    std::shared_ptr<const type_catalog> types = session.types->catalog();
    std::vector<std::string> unknown;
    const auto need = [&](std::string_view name) {
        if (!name.empty() && types->find_by_name(name) == 0 &&
            std::find(unknown.begin(), unknown.end(), name) == unknown.end())
            unknown.emplace_back(name);
    };
    for (std::size_t i = 0; i != work.parameter_count(); ++i)
        need(work.parameter_type(i).name());
    for (const statement::pending_type& pending : work.pending_types())
        need(pending.name);
    if (!unknown.empty() && session.defaults.type_lookup() && !is_failed(session)) {
        // Names are found as the statement would find them: with the settings of the session.
        error_code code = co_await send_ahead_alone(session, received);
        if (code || received.code)
            co_return code;
        const std::vector<std::uint32_t> no_oids;
        code = co_await look_up_types(session, no_oids, unknown);
        if (code)
            co_return code;
        types = session.types->catalog();
    }
    for (const statement::pending_type& pending : work.pending_types()) {
        const std::uint32_t oid = types->find_by_name(pending.name);
        if (oid == 0) {
            received.code = errc::invalid_parameter;
            received.details =
                make_diagnostics(received.code, "the database has no type \"" + std::string(pending.name) + "\"",
                                 "create it, or name it with its schema where the search path doesn't have that");
            co_return error_code();
        }
        work.resolve_type(pending.position, oid);
    }
    if (work.parameter_count() != 0 && session.defaults.text_parameters() && !goes_simply(session.defaults, work)) {
        try {
            write_parameters_as_text(work, *types);
        } catch (const error& problem) {
            received.code = problem.code();
            received.details = problem.details();
        }
    }
    co_return error_code();
}

} // namespace coropq::detail
