// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Pipelines of a session: what can be run, in which rounds, and what is to be told of it.

#include "dialect/protocol_choice.hpp"
#include "libpq/execution.hpp"
#include "libpq/pipeline_exchange.hpp"
#include "libpq/pipeline_job.hpp"
#include "libpq/pipeline_outcomes.hpp"
#include "libpq/session.hpp"
#include "libpq/session_state.hpp"
#include "statement/lexer.hpp"
#include "types/type_registry.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using action = pipeline_step::action;

operation_outcome refused_stage(std::size_t index, std::size_t count, error_code code, const std::string& why,
                                std::string hint) {
    return failed_operation(code,
                            "stage " + std::to_string(index + 1) + " of " + std::to_string(count) +
                                " can't be run in a pipeline: " + why,
                            std::move(hint));
}

// What would confuse the answers, or not keep what the mode promises.
operation_outcome check_step(const session::state& session, const pipeline& work, std::size_t index) {
    const pipeline_step& step = work.steps()[index];
    const auto refused = [&](const std::string& why, std::string hint) {
        return refused_stage(index, work.size(), errc::unsupported, why, std::move(hint));
    };
    if (step.what == action::close)
        return {};
    if (step.work.simple_protocol())
        return refused("it asks for the simple protocol", "leave statement::simple_protocol out");
    if (step.work.parameter_count() > 65535)
        return refused_stage(index, work.size(), errc::invalid_parameter, "it has more than 65535 parameters", {});
    const char* const conforming = PQparameterStatus(session.handle.get(), "standard_conforming_strings");
    lexer_options options;
    options.backslash_escapes = conforming && std::string_view(conforming) == "off";
    sql_lexer lexer(step.work.sql(), options);
    while (lexer.next()) {
    }
    if (lexer.has_several_statements())
        return refused("the text has several statements", "make a stage of each, or use execute_script");
    if (is_keyword(lexer.first_word(), "copy"))
        return refused("it is a COPY", "run it outside of the pipeline");
    if (work.mode() == pipeline_mode::all_or_nothing && controls_transactions(lexer.first_word()))
        return refused("it begins or ends a transaction, and the stages are one (all_or_nothing)",
                       "leave it out, or use pipeline_mode::isolated");
    return {};
}

operation_outcome check_pipeline(const session::state& session, const pipeline& work) {
    if (avoids_pipelines(session.defaults) && !work.empty())
        return failed_operation(errc::unsupported, "the connection uses the simple protocol, which knows no pipelines",
                                "see statement_options::simple_protocol and simple_without_parameters");
    for (std::size_t i = 0; i != work.size(); ++i) {
        operation_outcome refused = check_step(session, work, i);
        if (refused.code)
            return refused;
    }
    return {};
}

bool has_transaction_control(const pipeline& work) {
    return std::any_of(work.steps().begin(), work.steps().end(), [](const pipeline_step& step) {
        sql_lexer lexer(step.work.sql());
        lexer.next();
        return step.what == action::run && controls_transactions(lexer.first_word());
    });
}

// Before anything is sent: what has to be known for that.
asio::awaitable<error_code> prepare_steps(session::state& session, pipeline& work, answer& received) {
    for (std::size_t i = 0; i != work.size(); ++i) {
        statement& one = work.steps()[i].work;
        error_code code = co_await resolve_parameters(session, one, received);
        if (code)
            co_return code;
        if (received.code == errc::invalid_parameter) {
            const operation_outcome refused =
                refused_stage(i, work.size(), received.code, received.details.message(), received.details.hint());
            received.details = refused.details;
        }
        if (received.code)
            co_return error_code();
    }
    error_code code = co_await drop_surplus(session);
    // Where text can't be read, the columns have to be known before the first run. What can't be described (as its
    // table is yet to be made) is run as it is.
    if (!has_readable_settings(session)) {
        for (pipeline_step& step : work.steps()) {
            if (code || step.what != action::run || !is_autocommit(session) || !may_be_binary(session, step.work) ||
                !is_preparable(session, step.work))
                continue;
            answer ignored;
            prepared_statement described;
            code = co_await prepare_and_describe(session, step.work, ignored, described);
        }
    }
    // If what stands ahead fails, the transaction that it fails in keeps isolated stages from being run, unless one of
    // them ends it.
    if (!code && work.mode() == pipeline_mode::isolated && needs_pipeline(session) && has_transaction_control(work))
        code = co_await send_ahead_alone(session, received);
    co_return code;
}

// Types of columns that nobody knows yet, of all stages in one round trip.
asio::awaitable<error_code> look_up_all_columns(session::state& session, pipeline_exchange& exchange) {
    if (!session.defaults.type_lookup() || PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR)
        co_return error_code();
    const std::shared_ptr<const type_catalog> types = session.types->catalog();
    std::vector<std::uint32_t> unknown;
    for (const pipeline_exchange::stage& one : exchange.stages())
        add_unknown_columns(*types, one.rows.get(), unknown);
    if (unknown.empty())
        co_return error_code();
    const std::vector<std::string> no_names;
    const error_code code = co_await look_up_types(session, unknown, no_names);
    co_return code;
}

// Runs the stages, and again those of which nothing has run because what was prepared didn't fit any more.
asio::awaitable<error_code> run_stages(session::state& session, pipeline_job& job, pipeline_outcomes& outcomes,
                                       answer& received) {
    error_code code = co_await prepare_steps(session, job.work, received);
    if (code || received.code)
        co_return code;
    const bool isolated = job.work.mode() == pipeline_mode::isolated;
    const bool may_repeat = !has_transaction_control(job.work);
    std::vector<std::size_t> due(job.work.size());
    std::iota(due.begin(), due.end(), std::size_t(0));
    for (bool again = false; !due.empty(); again = true) {
        std::vector<pipeline_exchange::stage> stages;
        stages.reserve(due.size());
        for (const std::size_t index : due) {
            pipeline_exchange::stage& added = stages.emplace_back(job.work.steps()[index]);
            if (job.observer && job.observer->wants(index)) {
                added.observer = job.observer.get();
                added.number = index;
            }
        }
        pipeline_exchange exchange(session, std::move(stages), isolated, again);
        code = co_await exchange.run();
        outcomes.note(exchange, due, code);
        if (!code && exchange.ahead().code) {
            received = std::move(exchange.ahead());
            if (exchange.setup_failed()) // a session without its settings isn't the one that was asked for
                code = errc::unsupported;
        } else if (!code && exchange.commit_error().code) {
            received = std::move(exchange.commit_error());
        }
        std::vector<std::size_t> repeated;
        if (!code && !received.code) {
            if (!again && may_repeat && !exchange.in_transaction())
                repeated = outcomes.repeatable(exchange, due);
            code = co_await look_up_all_columns(session, exchange);
            if (!code)
                exchange.describe_statements();
        }
        outcomes.keep_rows(exchange, due);
        if (code || received.code)
            break;
        due = std::move(repeated);
    }
    co_return code;
}

} // namespace

deadline deadline_of(const pipeline& work, const statement_options& options) {
    std::chrono::milliseconds least = work.timeout().value_or(options.timeout());
    for (const pipeline_step& step : work.steps()) {
        const std::chrono::milliseconds own = step.work.timeout().value_or(std::chrono::milliseconds(0));
        if (own.count() > 0 && (least.count() <= 0 || own < least))
            least = own;
    }
    deadline found;
    found.limit = least;
    if (least.count() > 0)
        found.when = saturated_deadline(least);
    return found;
}

asio::awaitable<operation_outcome> session::run_pipeline(pointer self, std::shared_ptr<pipeline_job> job,
                                                         deadline limit) {
    co_await asio::this_coro::throw_if_cancelled(false);
    state& session_state = *self->state_;
    if (const deadline own = deadline_of(job->work, session_state.defaults); own.when < limit.when)
        limit = own;
    operation_outcome outcome = co_await self->wait_until_free(limit);
    if (!outcome.code)
        outcome = self->check_free();
    if (!outcome.code)
        outcome = check_pipeline(session_state, job->work);
    if (outcome.code || job->work.empty())
        co_return outcome;
    const busy_guard busy(session_state);
    const deadline_guard timer(session_state, limit);
    session_state.used = true;
    mirror_deadline(session_state, limit);
    pipeline_outcomes outcomes(session_state, *job);
    answer received;
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    error_code code = asio::error::operation_aborted;
    const bool begins = !session_state.timed_out && cancellation.cancelled() == asio::cancellation_type::none;
    if (begins)
        code = co_await run_stages(session_state, *job, outcomes, received);
    if (code == errc::connection_lost)
        outcome = self->lost(code, outcomes.summary());
    else
        outcome = self->outcome_of(code, std::move(received), limit);
    if (!begins)
        outcome = known_not_run(std::move(outcome));
    outcomes.tell(outcome, limit);
    co_return outcome;
}

} // namespace coropq::detail
