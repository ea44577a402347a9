// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/repetition.hpp"

#include <coropq/detail/transaction_run.hpp>
#include <coropq/error.hpp>
#include <coropq/sqlstate.hpp>

#include "statement/lexer.hpp"

namespace coropq::detail {

namespace {

statement_effect effect_of(errc code) {
    switch (code) {
    case errc::invalid_option:
    case errc::invalid_parameter:
    case errc::host_not_found:
    case errc::connect_failed:
    case errc::connect_timeout:
    case errc::tls_failed:
    case errc::authentication_failed:
    case errc::not_postgresql:
    case errc::not_connected:
    case errc::operation_in_progress:
    case errc::engine_disposed:
    case errc::pool_timeout:
    case errc::session_limit:
    case errc::too_many_waiting: return statement_effect::not_run;
    // COPY, which is ended without effect.
    case errc::unsupported: return statement_effect::rolled_back;
    // The answer to something that was sent didn't come, wasn't waited for, or isn't what was asked for.
    default: return statement_effect::unknown;
    }
}

// The server couldn't take one more client, or wasn't ready for any: it may be, a moment later.
bool is_refusal_for_now(const boost::system::error_code& code) {
    return code == sqlstate::cannot_connect_now || code == sqlstate::too_many_connections;
}

bool is_stopping(const boost::system::error_code& code) {
    return code == sqlstate::admin_shutdown || code == sqlstate::crash_shutdown;
}

// Reasons that can be gone a moment later.
bool can_pass(const boost::system::error_code& code, const fan_out_options& rules) {
    if (code == errc::pool_timeout || code == errc::too_many_waiting)
        return rules.retry_pool_timeouts();
    return code == errc::connect_failed || code == errc::connect_timeout || code == errc::host_not_found ||
           code == errc::session_limit || code == errc::not_connected || code == errc::connection_lost ||
           is_refusal_for_now(code) || is_stopping(code);
}

} // namespace

statement_effect effect_of(const boost::system::error_code& code, const diagnostics& details) {
    if (details.known_not_run() || !details.attempts().empty()) // of connecting
        return statement_effect::not_run;
    if (code.category() == client_category())
        return effect_of(static_cast<errc>(code.value()));
    if (code.category() == sqlstate_category()) {
        if (is_refusal_for_now(code))
            return statement_effect::not_run;
        return code == sqlstate::statement_completion_unknown ? statement_effect::unknown
                                                              : statement_effect::rolled_back;
    }
    return statement_effect::unknown;
}

bool may_commit_by_itself(const statement& work) {
    sql_lexer lexer(work.sql());
    while (lexer.next())
        ;
    return lexer.has_several_statements() || is_keyword(lexer.first_word(), "call") ||
           is_keyword(lexer.first_word(), "do");
}

bool is_repeatable(const boost::system::error_code& code, const diagnostics& details, const statement& work,
                   const fan_out_options& rules) {
    switch (effect_of(code, details)) {
    case statement_effect::not_run: return can_pass(code, rules);
    case statement_effect::rolled_back:
        // The server has chosen a victim among those that were in each other's way.
        return (code == sqlstate::serialization_failure || code == sqlstate::deadlock_detected) &&
               (rules.idempotent() || !may_commit_by_itself(work));
    case statement_effect::unknown:
        return rules.idempotent() && (code == errc::connection_lost || code == sqlstate::statement_completion_unknown);
    }
    return false;
}

std::optional<std::chrono::milliseconds> repetition_delay(const fan_out_options& rules, int attempts,
                                                          std::optional<std::chrono::milliseconds> time_left,
                                                          double random) {
    if (attempts > rules.retries())
        return std::nullopt;
    const std::chrono::milliseconds delay = retry_delay(rules.backoff(), attempts - 1, random);
    if (time_left && delay >= *time_left)
        return std::nullopt;
    return delay;
}

} // namespace coropq::detail
