// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/pipeline_outcomes.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace coropq::detail {

using progress = pipeline_exchange::stage::progress;
using action = pipeline_step::action;

namespace {

diagnostics with_hint(error_code code, const diagnostics& details, std::string hint) {
    diagnostics_fields fields = fields_of(details);
    fields.hint = std::move(hint);
    return diagnostics(code, std::move(fields));
}

// What is prepared isn't taken back by anything.
bool stays(const pipeline_exchange::stage& one) {
    return one.now == progress::answered && one.step->what != action::run;
}

} // namespace

void pipeline_outcomes::note(pipeline_exchange& exchange, const indexes& due, error_code code) {
    in_transaction_ = exchange.in_transaction();
    failed_ = no_stage;
    for (std::size_t i = 0; i != due.size(); ++i) {
        pipeline_exchange::stage& one = exchange.stages()[i];
        stage_outcome& outcome = job_.outcomes[due[i]];
        outcome = {};
        notes_[due[i]] = {one.stale_plan, one.parsed_by == no_stage ? no_stage : due[one.parsed_by]};
        if (one.now != progress::failed)
            continue;
        outcome.status = stage_status::failed;
        outcome.error = one.code;
        outcome.details = std::move(one.details);
        if (failed_ == no_stage)
            failed_ = due[i];
    }
    if (is_isolated())
        note_isolated(exchange, due);
    else
        note_whole(exchange, code);
}

void pipeline_outcomes::note_isolated(pipeline_exchange& exchange, const indexes& due) {
    const bool ahead_failed = bool(exchange.ahead().code);
    for (std::size_t i = 0; i != due.size(); ++i) {
        const pipeline_exchange::stage& one = exchange.stages()[i];
        stage_outcome& outcome = job_.outcomes[due[i]];
        switch (one.now) {
        case progress::unsent:
        case progress::skipped: break;
        case progress::sent:
            if (exchange.may_have_run(i))
                outcome.status = stage_status::in_doubt;
            break;
        case progress::answered:
            outcome.status = one.settled || in_transaction_ || stays(one) ? stage_status::done : stage_status::in_doubt;
            break;
        case progress::failed:
            // In a transaction, an error is that of the others as well; a commit of it has run, and rolled back.
            if (ahead_failed)
                outcome = {};
            else if (due[i] != failed_ && !one.rows && outcome.error == sqlstate::in_failed_sql_transaction)
                outcome.status = stage_status::not_run;
            break;
        }
    }
    failed_ = no_stage;
}

// Nothing has happened unless the commit has; in somebody else's transaction, that is his affair.
void pipeline_outcomes::note_whole(pipeline_exchange& exchange, error_code code) {
    const bool in_doubt = code && exchange.may_have_committed() && failed_ == no_stage;
    for (std::size_t i = 0; i != job_.outcomes.size(); ++i) {
        const pipeline_exchange::stage& one = exchange.stages()[i];
        stage_outcome& outcome = job_.outcomes[i];
        if (exchange.ahead().code) {
            outcome = {};
            continue;
        }
        if (one.now == progress::failed || one.now == progress::skipped || one.now == progress::unsent)
            continue;
        if (one.now == progress::sent && failed_ != no_stage)
            continue;
        if (stays(one) || (one.now == progress::answered && (in_transaction_ || exchange.committed())))
            outcome.status = stage_status::done;
        else if (in_doubt || (in_transaction_ && exchange.may_have_run(i)))
            outcome.status = stage_status::in_doubt;
        else if (one.now == progress::answered || exchange.may_have_run(i))
            outcome.status = stage_status::rolled_back;
    }
}

pipeline_outcomes::indexes pipeline_outcomes::repeatable(pipeline_exchange& exchange, const indexes& due) {
    const std::vector<pipeline_exchange::stage>& stages = exchange.stages();
    indexes found;
    if (!is_isolated()) {
        const bool stale = failed_ != no_stage && notes_[failed_].stale_plan && notes_[failed_].parsed_by == no_stage;
        return stale ? due : found;
    }
    for (std::size_t i = due.size(); i-- != 0;) {
        if (stages[i].now == progress::failed && stages[i].stale_plan)
            found.push_back(due[i]);
        else if (!stays(stages[i]))
            break;
    }
    std::reverse(found.begin(), found.end());
    return found;
}

void pipeline_outcomes::keep_rows(pipeline_exchange& exchange, const indexes& due) {
    for (std::size_t i = 0; i != due.size(); ++i)
        rows_[due[i]] = std::move(exchange.stages()[i].rows);
}

std::string pipeline_outcomes::summary() const {
    const auto count = [this](stage_status status) {
        return std::count_if(job_.outcomes.begin(), job_.outcomes.end(),
                             [status](const stage_outcome& one) { return one.status == status; });
    };
    std::string text = "of the " + std::to_string(job_.outcomes.size()) + " stages of the pipeline, ";
    text += std::to_string(count(stage_status::done) + count(stage_status::failed)) + " had ended, ";
    if (const auto taken_back = count(stage_status::rolled_back); taken_back != 0)
        text += std::to_string(taken_back) + " were taken back, ";
    text += std::to_string(count(stage_status::in_doubt)) + " may or may not have run, and ";
    return text + std::to_string(count(stage_status::not_run)) + " weren't run";
}

// An error of one stage, or of the commit, may show values of another one.
diagnostics pipeline_outcomes::without_values(error_code code, const diagnostics& details) const {
    diagnostics_fields fields = fields_of(details);
    redaction& redact = session_.notices.redact;
    for (const pipeline_step& step : job_.work.steps()) {
        if (step.work.parameter_count() == 0)
            continue;
        redact.set_statement(&step.work);
        redact.apply(fields);
    }
    redact.set_statement(nullptr);
    return diagnostics(code, std::move(fields));
}

void pipeline_outcomes::tell_failure(std::size_t index, operation_outcome& ended, const deadline& limit) {
    stage_outcome& one = job_.outcomes[index];
    const note_of_stage& known = notes_[index];
    if (known.stale_plan && known.parsed_by != no_stage) { // the error of the stage that was to prepare it
        one.error = job_.outcomes[known.parsed_by].error;
        one.details = job_.outcomes[known.parsed_by].details;
    } else if (known.stale_plan && !in_transaction_) {
        one.details = with_hint(one.error, one.details,
                                "what was prepared didn't fit any more, and wasn't run again because stages behind it "
                                "had run; run the stage again. (Behind a pooler that shares sessions, use "
                                "statement_options::prepared_statements(0).)");
    } else if (one.error == sqlstate::query_canceled && session_.defaults.server_timeout() && limit.passed()) {
        // The server's own limit is the same, and either of them may be the first to notice.
        const operation_outcome late = deadline_passed(limit, "running");
        one.error = late.code;
        one.details = late.details;
        if (!ended.code)
            ended = late;
    }
    if (!is_isolated())
        one.details = without_values(one.error, one.details);
}

void pipeline_outcomes::tell(operation_outcome& ended, const deadline& limit) {
    const auto is_known = [](const stage_outcome& one) { return one.status != stage_status::not_run; };
    if (ended.code && !is_isolated() && !ended.details.sqlstate().empty())
        ended.details = without_values(ended.code, ended.details);
    else if ((ended.code == boost::asio::error::operation_aborted || ended.code == errc::timeout) &&
             std::any_of(job_.outcomes.begin(), job_.outcomes.end(), is_known))
        ended.details = with_hint(ended.code, ended.details, summary());
    for (std::size_t i = 0; i != job_.outcomes.size(); ++i) {
        if (job_.outcomes[i].status == stage_status::failed)
            tell_failure(i, ended, limit);
    }
    const std::string reason = failed_ != no_stage ? "stage " + std::to_string(failed_ + 1) +
                                                         " failed: " + job_.outcomes[failed_].details.message()
                                                   : ended.details.message();
    const diagnostics rolled_back = make_diagnostics(errc::rolled_back, "the stage was rolled back: " + reason);
    const diagnostics not_run = make_diagnostics(errc::not_run, "the stage wasn't run: " + reason);
    const diagnostics in_doubt =
        make_diagnostics(ended.code, "the stage was sent, and may or may not have run: " + reason);
    const std::shared_ptr<const type_catalog> types = session_.types->catalog();
    for (std::size_t i = 0; i != job_.outcomes.size(); ++i) {
        stage_outcome& one = job_.outcomes[i];
        switch (one.status) {
        case stage_status::failed: break;
        case stage_status::done:
            if (rows_[i]) {
                std::vector<result_handle> rows;
                rows.push_back(std::move(rows_[i]));
                one.output = make_result(rows, types, may_be_binary(session_, job_.work.steps()[i].work));
            }
            break;
        case stage_status::rolled_back:
            one.error = errc::rolled_back;
            one.details = rolled_back;
            break;
        case stage_status::in_doubt:
            one.error = ended.code;
            one.details = in_doubt;
            break;
        case stage_status::not_run:
            if (one.error)
                break;
            one.error = errc::not_run;
            one.details = not_run;
            break;
        }
    }
}

pipeline_results pipeline_job::results(error_code ended) {
    const diagnostics not_run = make_diagnostics(errc::not_run, "the stage wasn't run: " + ended.message());
    for (stage_outcome& one : outcomes) {
        if (one.status != stage_status::not_run || one.error)
            continue;
        one.error = errc::not_run;
        one.details = not_run;
    }
    return {work.id(), std::move(outcomes)};
}

} // namespace coropq::detail
