// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/statement_sending.hpp"

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/pipeline_round.hpp"
#include "statement/lexer.hpp"
#include "statement/literals.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>

namespace asio = boost::asio;

namespace coropq::detail {

std::string simple_text(const session::state& session, const statement& work, answer& received) {
    // In these, the second byte of a character can be a backslash or an ASCII letter.
    constexpr std::array<std::string_view, 7> unsafe = {"SJIS", "SHIFT_JIS_2004", "BIG5", "GBK",
                                                        "UHC",  "GB18030",        "JOHAB"};
    const auto setting = [&](const char* name) {
        const char* const value = PQparameterStatus(session.handle.get(), name);
        return std::string_view(value ? value : "");
    };
    const std::string_view encoding = setting("client_encoding");
    if (work.parameter_count() != 0 && std::find(unsafe.begin(), unsafe.end(), encoding) != unsafe.end()) {
        received.code = errc::invalid_parameter;
        received.details = make_diagnostics(
            received.code, "values can't be written as literals in the client_encoding " + std::string(encoding),
            "set client_encoding to UTF8, or send the statement without simple_protocol");
        return {};
    }
    try {
        if (session.dialect == dialect::query_service)
            return render_with_plain_literals(work, *session.types->catalog());
        return render_with_literals(work, *session.types->catalog(), setting("standard_conforming_strings") != "off");
    } catch (const error& problem) {
        received.code = problem.code();
        received.details = problem.details();
        return {};
    }
}

namespace {

int format_number(result_format format) { return format == result_format::binary ? 1 : 0; }

asio::awaitable<error_code> finish_plainly(session::state& session, answer& received) {
    error_code code = co_await send_all(session);
    if (!code)
        code = co_await read_answer(session, received);
    co_return code;
}

// Some statements can't be run behind others in a pipeline: COPY, and those that can't be run in a transaction. Behind
// what begins one, everything else can.
bool fits_behind(const ahead_statements& ahead, const statement& work) {
    constexpr std::array<std::string_view, 6> anywhere = {"begin", "start", "show", "set", "listen", "notify"};
    sql_lexer lexer(work.sql());
    lexer.next();
    const std::string_view keyword = lexer.first_word();
    const auto is_first = [keyword](std::string_view word) { return is_keyword(keyword, word); };
    if (ahead.setup.empty() && ahead.others.empty() && ahead.reset.empty())
        return !is_first("copy");
    return keyword.empty() || std::any_of(anywhere.begin(), anywhere.end(), is_first);
}

} // namespace

bool put_simple(session::state& session, const statement& work, answer& received) {
    const std::string text = simple_text(session, work, received);
    if (received.code)
        return false;
    if (work.parameter_count() != 0) {
        received.original = work.sql();
        received.sent = text;
    }
    return PQsendQuery(session.handle.get(), text.c_str()) == 1;
}

bool put_unprepared(session::state& session, const statement& work, const wire_parameters& parameters) {
    return PQsendQueryParams(session.handle.get(), work.sql().c_str(), parameters.count(), parameters.types.data(),
                             parameters.values.data(), parameters.sizes.data(), parameters.formats.data(),
                             format_number(work.results())) == 1;
}

bool put_prepared(session::state& session, const prepared_statement& prepared, const statement& work,
                  const wire_parameters& parameters) {
    const bool binary = work.results() == result_format::binary ||
                        (work.results() == result_format::automatic && prepared.binary_results);
    return PQsendQueryPrepared(session.handle.get(), prepared.name.c_str(), parameters.count(),
                               parameters.values.data(), parameters.sizes.data(), parameters.formats.data(),
                               binary ? 1 : 0) == 1;
}

asio::awaitable<error_code> run_simple(session::state& session, const statement& work, answer& received) {
    error_code code = co_await send_ahead_alone(session, received);
    if (code || received.code)
        co_return code;
    const bool sent = put_simple(session, work, received);
    if (received.code)
        co_return error_code();
    if (!sent)
        co_return errc::connection_lost;
    code = co_await finish_plainly(session, received);
    co_return code;
}

asio::awaitable<error_code> run_unprepared(session::state& session, const statement& work,
                                           const wire_parameters& parameters, answer& received) {
    const auto send = [&] { return put_unprepared(session, work, parameters); };
    error_code code;
    if (needs_pipeline(session) && (avoids_pipelines(session.defaults) || !fits_behind(session.ahead, work))) {
        code = co_await send_ahead_alone(session, received);
        if (code || received.code)
            co_return code;
    }
    if (needs_pipeline(session)) {
        pipeline_round round(session);
        if (!round.begin() || !send())
            co_return errc::connection_lost;
        code = co_await round.finish(received);
        co_return code;
    }
    if (!send())
        co_return errc::connection_lost;
    code = co_await finish_plainly(session, received);
    co_return code;
}

asio::awaitable<error_code> run_prepared(session::state& session, const prepared_statement& prepared,
                                         const statement& work, const wire_parameters& parameters, answer& received) {
    const auto send = [&] { return put_prepared(session, prepared, work, parameters); };
    error_code code = errc::connection_lost;
    if (needs_pipeline(session)) {
        pipeline_round round(session);
        if (round.begin() && send())
            code = co_await round.finish(received);
    } else if (send()) {
        code = co_await finish_plainly(session, received);
    }
    co_return code;
}

// Deallocates, prepares and runs in one round trip.
asio::awaitable<error_code> run_first(session::state& session, const std::string& name, const statement& work,
                                      const wire_parameters& parameters, answer& received, bool& prepared) {
    PGconn* const handle = session.handle.get();
    session.prepared.make_room();
    pipeline_round round(session);
    bool sent = round.begin();
    sent = sent &&
           PQsendPrepare(handle, name.c_str(), work.sql().c_str(), parameters.count(), parameters.types.data()) == 1;
    sent = sent &&
           PQsendQueryPrepared(handle, name.c_str(), parameters.count(), parameters.values.data(),
                               parameters.sizes.data(), parameters.formats.data(), format_number(work.results())) == 1;
    if (!sent)
        co_return errc::connection_lost;
    const error_code code = co_await round.finish(received);
    if (code == asio::error::operation_aborted) // it is there or not
        session.prepared.add_surplus(name);
    // The first result is that of preparing.
    prepared = !code && !received.results.empty();
    if (prepared)
        received.results.erase(received.results.begin());
    co_return code;
}

} // namespace coropq::detail
