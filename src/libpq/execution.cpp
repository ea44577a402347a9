// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/execution.hpp"

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "dialect/query_service_errors.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/pipeline_round.hpp"
#include "libpq/statement_sending.hpp"
#include "operation/recycled_allocator.hpp"
#include "result/result_data.hpp"
#include "statement/leading_keyword.hpp"
#include "statement/lexer.hpp"
#include "types/type_registry.hpp"

#include <algorithm>
#include <array>

namespace asio = boost::asio;

using namespace std::string_view_literals;

namespace coropq::detail {

namespace {

constexpr std::size_t longest_prepared = 16 * 1024; // what is longer is hardly written to be used again

std::uint32_t oid_of(type_reference type, const type_catalog& types) {
    return type.name().empty() ? type.oid() : types.find_by_name(type.name());
}

} // namespace

result make_result(std::vector<result_handle>& handles, const std::shared_ptr<const type_catalog>& types,
                   bool canonical_text, bool possibly_truncated) {
    std::shared_ptr<const result_data> last;
    for (result_handle& handle : handles) {
        const bool is_cut = possibly_truncated && &handle == &handles.back();
        const auto next = std::make_shared<result_data>(handle.release(), types, std::move(last));
        next->storage().set_canonical_text(canonical_text);
        next->set_possibly_truncated(is_cut);
        last = next;
    }
    return result(std::move(last));
}

bool has_columns(const PGresult* answer, const answer_columns* known) {
    const int count = PQnfields(answer);
    if (static_cast<std::size_t>(count) != (known ? known->columns.size() : 0))
        return false;
    for (int i = 0; i != count; ++i) {
        const answer_columns::column& one = known->columns[static_cast<std::size_t>(i)];
        if (PQftype(answer, i) != one.type || PQfformat(answer, i) != one.format || PQfmod(answer, i) != one.modifier ||
            PQftable(answer, i) != one.table || PQftablecol(answer, i) != one.position ||
            PQfname(answer, i) != one.name)
            return false;
    }
    return true;
}

result_columns columns_of(const PGresult* answer, const std::shared_ptr<const type_catalog>& types) {
    auto noted = std::make_shared<answer_columns>();
    noted->types = types;
    noted->are_known = true;
    for (int i = 0; i != PQnfields(answer); ++i) {
        const answer_columns::column one = {PQfname(answer, i), PQftype(answer, i),  PQfformat(answer, i),
                                            PQfmod(answer, i),  PQftable(answer, i), PQftablecol(answer, i)};
        noted->are_known = noted->are_known && (one.type == 0 || types->find(one.type));
        noted->columns.push_back(one);
    }
    if (noted->columns.empty())
        return noted;
    PGresult* const description = PQcopyResult(answer, PG_COPYRES_ATTRS);
    if (!description)
        throw std::bad_alloc();
    noted->description = {description, [](const PGresult* unwanted) { PQclear(const_cast<PGresult*>(unwanted)); }};
    return noted;
}

// What it needs of the columns is owned together with them: each owner of its own would cost as much as copying the
// rows.
result make_small_result(const PGresult* answer, result_columns columns, bool canonical_text) {
    const answer_columns& known = *columns;
    std::shared_ptr<const type_catalog> types(std::shared_ptr<const type_catalog>(), known.types.get());
    result_data::columns_pointer description(std::move(columns), known.description.get());
    auto data = std::allocate_shared<const result_data>(recycled_allocator<result_data>(), answer,
                                                        std::move(description), std::move(types));
    data->storage().set_canonical_text(canonical_text);
    return result(std::move(data));
}

template <typename Storage>
void wire_parameters::fill(Storage& storage, const statement& work, const type_catalog& catalog) {
    const std::size_t count = work.parameter_count();
    for (std::size_t i = 0; i != count; ++i) {
        storage.types[i] = oid_of(work.parameter_type(i), catalog);
        storage.values[i] = work.parameter_data(i);
        storage.sizes[i] = static_cast<int>(work.parameter_size(i));
        storage.formats[i] = work.parameter_format(i) == wire_format::text ? 0 : 1;
    }
    types = {std::data(storage.types), count};
    values = {std::data(storage.values), count};
    sizes = {std::data(storage.sizes), count};
    formats = {std::data(storage.formats), count};
}

wire_parameters::wire_parameters(const statement& work, const type_catalog& catalog) {
    if (work.parameter_count() <= most_here) {
        fill(few_, work, catalog);
    } else {
        many_ = std::make_unique<elsewhere>(work.parameter_count());
        fill(*many_, work, catalog);
    }
}

bool may_be_binary(const session::state& session, const statement& work) {
    return work.results() == result_format::automatic && session.defaults.binary_results() &&
           !goes_simply(session.defaults, work);
}

bool is_all_binary(const type_catalog& types, const PGresult* described) {
    for (int column = 0; column != PQnfields(described); ++column) {
        if (!types.is_binary(PQftype(described, column)))
            return false;
    }
    return true;
}

bool has_readable_settings(const session::state& session) {
    const auto setting = [&](const char* name) {
        const char* const value = PQparameterStatus(session.handle.get(), name);
        return std::string_view(value ? value : "");
    };
    const std::string_view dates = setting("DateStyle");
    return (dates.empty() || dates.starts_with("ISO")) && setting("IntervalStyle") != "sql_standard";
}

asio::awaitable<error_code> note_columns(session::state& session, prepared_statement& prepared,
                                         const PGresult* described) {
    const error_code code = co_await look_up_columns(session, described);
    describe(session, prepared, described);
    co_return code;
}

void describe(session::state& session, prepared_statement& prepared, const PGresult* described) {
    const std::shared_ptr<const type_catalog> types = session.types->catalog();
    prepared.described = true;
    prepared.binary_results = session.defaults.binary_results() && is_all_binary(*types, described);
    prepared.own_types.clear();
    for (int column = 0; column != PQnfields(described); ++column) {
        if (!type_catalog::built_in().find(PQftype(described, column)))
            prepared.own_types.push_back(PQftype(described, column));
    }
}

bool send_deallocations(session::state& session, std::size_t& sync_points) {
    constexpr std::size_t at_once = 64;
    PGconn* const handle = session.handle.get();
    if (session.unread == 0 && PQtransactionStatus(handle) != PQTRANS_IDLE)
        return true;
    for (const std::string& name : session.prepared.take_surplus(at_once)) {
        const std::string deallocate = "deallocate " + name;
        if (PQsendQueryParams(handle, deallocate.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1 ||
            !sync_pipeline(session))
            return false;
        ++sync_points;
    }
    return true;
}

asio::awaitable<error_code> read_deallocations(session::state& session, std::size_t sync_points) {
    error_code code;
    for (; sync_points != 0 && !code; --sync_points) {
        answer ignored; // somebody else may have done it already
        code = co_await read_to_sync(session, ignored);
    }
    co_return code;
}

asio::awaitable<error_code> drop_surplus(session::state& session) {
    constexpr std::size_t much = 32; // what comes together within transactions
    if (session.prepared.surplus() < much || needs_pipeline(session) ||
        PQtransactionStatus(session.handle.get()) != PQTRANS_IDLE)
        co_return error_code();
    pipeline_round round(session);
    answer ignored;
    error_code code = errc::connection_lost;
    if (round.begin())
        code = co_await round.finish(ignored);
    co_return code;
}

namespace {

// Types that were known once, and forgotten since: while rows are on their way, nobody can ask.
asio::awaitable<error_code> look_up_again(session::state& session, std::vector<std::uint32_t> types) {
    const std::shared_ptr<const type_catalog> catalog = session.types->catalog();
    std::erase_if(types, [&](std::uint32_t type) { return catalog->find(type) != nullptr; });
    if (types.empty() || !session.defaults.type_lookup() ||
        PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR)
        co_return error_code();
    const std::vector<std::string> no_names;
    const error_code code = co_await look_up_types(session, types, no_names);
    co_return code;
}

} // namespace

asio::awaitable<error_code> prepare_and_describe(session::state& session, statement& work, answer& received,
                                                 prepared_statement& prepared) {
    PGconn* const handle = session.handle.get();
    const wire_parameters parameters(work, *session.types->catalog());
    prepared.key = statement_cache::key_of(work.sql(), parameters.types);
    if (const prepared_statement* known = session.prepared.find(prepared.key); known && known->described) {
        prepared = *known;
        const error_code code = co_await look_up_again(session, prepared.own_types);
        co_return code;
    }
    session.prepared.make_room();
    prepared.name = session.prepared.next_name();
    pipeline_round round(session);
    const bool sent = round.begin() &&
                      PQsendPrepare(handle, prepared.name.c_str(), work.sql().c_str(), parameters.count(),
                                    parameters.types.data()) == 1 &&
                      PQsendDescribePrepared(handle, prepared.name.c_str()) == 1;
    if (!sent)
        co_return errc::connection_lost;
    error_code code = co_await round.finish(received);
    if (code == asio::error::operation_aborted)
        session.prepared.add_surplus(prepared.name);
    if (code || received.code || received.results.size() != 2)
        co_return code;
    const result_handle described = std::move(received.results[1]);
    received.results.clear();
    code = co_await note_columns(session, prepared, described.get());
    if (!code)
        session.prepared.add(prepared);
    co_return code;
}

bool is_preparable(const session::state& session, const statement& work) {
    if (session.prepared.capacity() == 0 || work.prepare() == false || work.sql().size() > longest_prepared)
        return false;
    // Statements that are planned. Others gain nothing, and COPY can't be.
    return work.prepare() == true ? !is_keyword(leading_keyword(work.sql()), "copy") : is_about_data(work.sql());
}

void note_effects(session::state& session, const answer& received) {
    constexpr std::array<std::string_view, 8> about_types = {"ALTER TYPE",     "DROP TYPE",   "ALTER TABLE",
                                                             "DROP TABLE",     "DROP DOMAIN", "DROP SCHEMA",
                                                             "DROP EXTENSION", "DROP OWNED"};
    // A type that was dropped elsewhere, and perhaps made anew. For a parameter the server doesn't look whether it is
    // still there: "cache lookup failed for type".
    if (received.code && (received.code == sqlstate::undefined_object || received.code == sqlstate::internal_error))
        session.types->clear();
    for (const result_handle& one : received.results) {
        const std::string_view tag = PQcmdStatus(one.get());
        if (tag.starts_with("SELECT ")) // most have, and it has no effect
            continue;
        note_settings_effect(session, tag);
        if (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL")
            session.prepared.clear();
        else if (std::find(about_types.begin(), about_types.end(), tag) != about_types.end())
            session.types->clear();
    }
}

// A transaction in which something has failed can't be committed: the server rolls it back and calls that a success.
void check_commit(session::state& session, const statement& work, answer& received) {
    if (received.code || received.results.size() != 1 || PQcmdStatus(received.results[0].get()) != "ROLLBACK"sv)
        return;
    sql_lexer lexer(work.sql());
    lexer.next();
    if (!is_keyword(lexer.first_word(), "commit") && !is_keyword(lexer.first_word(), "end"))
        return;
    diagnostics_fields fields;
    fields.severity = "ERROR";
    fields.sqlstate = "25P02";
    fields.message = "the transaction was rolled back, not committed: something in it had failed or was cancelled";
    fields.hint = "run the transaction again";
    session.notices.redact.add_statement(fields);
    received.code = make_sqlstate_code(fields.sqlstate);
    received.details = diagnostics(received.code, std::move(fields));
}

// PgBouncer before 1.21 takes a connection of the server away from a client that has sent a part of its next statement:
// the rest of that is skipped by the server, or another client's is (docs/poolers.md).
void note_missing_answer(session::state& session) {
    session.last_words = make_diagnostics(
        errc::connection_lost, "there is no answer to a statement where it belongs. Behind a pooler that mixes up "
                               "pipelines (PgBouncer before 1.21), use pool_options::pipelining(false)");
}

namespace {

// Query Service gives that many rows, and doesn't say whether there are more.
bool is_possibly_cut(const session::state& session, const statement& work, const answer& received) {
    return session.dialect == dialect::query_service && !received.results.empty() &&
           PQntuples(received.results.back().get()) == static_cast<int>(query_service_row_limit) &&
           lacks_limit(work.sql());
}

asio::awaitable<error_code> finish_execution(session::state& session, const statement& work, answer& received,
                                             result& output) {
    if (!received.code && received.results.empty()) {
        note_missing_answer(session);
        co_return errc::connection_lost;
    }
    if (ends_session(session, received))
        co_return errc::unsupported;
    note_effects(session, received);
    check_commit(session, work, received);
    for (const result_handle& one : received.results) {
        const error_code code = co_await look_up_columns(session, one.get());
        if (code)
            co_return code;
    }
    const bool is_cut = is_possibly_cut(session, work, received);
    output = make_result(received.results, session.types->catalog(), may_be_binary(session, work), is_cut);
    co_return error_code();
}

} // namespace

asio::awaitable<error_code> execute_statement(session::state& session, statement& work, answer& received,
                                              result& output) {
    error_code code = co_await resolve_parameters(session, work, received);
    if (!code && !received.code)
        code = co_await drop_surplus(session);
    if (code || received.code)
        co_return code;
    if (goes_simply(session.defaults, work)) {
        code = co_await run_simple(session, work, received);
    } else {
        const wire_parameters parameters(work, *session.types->catalog());
        const std::string key = statement_cache::key_of(work.sql(), parameters.types);
        const bool autocommit = is_autocommit(session);
        received.in_transaction = !autocommit;
        prepared_statement* prepared = work.prepare() == false ? nullptr : session.prepared.find(key);
        if (!prepared && !is_preparable(session, work)) {
            code = co_await run_unprepared(session, work, parameters, received);
            if (!code)
                code = co_await finish_execution(session, work, received, output);
            co_return code;
        }
        if (prepared) {
            code = co_await run_prepared(session, *prepared, work, parameters, received);
            if (!code && received.stale_plan) {
                const bool is_there = received.code == sqlstate::feature_not_supported;
                session.prepared.remove(key, is_there);
                prepared = nullptr;
                // Nothing has run. Within a transaction it can't be tried again: that has failed as a whole.
                if (autocommit)
                    received = answer();
            }
        }
        if (!code && !prepared && !received.code && may_be_binary(session, work) && !has_readable_settings(session)) {
            prepared_statement described; // one more round trip, and no text
            code = co_await prepare_and_describe(session, work, received, described);
            prepared = session.prepared.find(key);
            if (!code && !received.code && prepared)
                code = co_await run_prepared(session, *prepared, work, parameters, received);
        }
        if (!code && !prepared && !received.code) {
            prepared_statement added;
            added.name = session.prepared.next_name();
            added.key = key;
            bool is_prepared = false;
            code = co_await run_first(session, added.name, work, parameters, received, is_prepared);
            if (!code && is_prepared)
                prepared = &session.prepared.add(std::move(added));
        }
        if (!code && prepared && !received.code && !received.results.empty()) {
            if (!prepared->described)
                code = co_await note_columns(session, *prepared, received.results.back().get());
        }
    }
    if (!code)
        code = co_await finish_execution(session, work, received, output);
    co_return code;
}

} // namespace coropq::detail
