// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/pipeline.hpp>

#include "error/diagnostics_fields.hpp"

#include <algorithm>
#include <atomic>
#include <string>

namespace coropq {

namespace {

// Tells the stages of one pipeline from those of another, which would be read as what they aren't.
std::uint64_t next_id() noexcept {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

[[noreturn]] void refuse(std::string message) {
    throw_error(errc::invalid_parameter, detail::make_diagnostics(errc::invalid_parameter, std::move(message)));
}

bool is_done(const stage_outcome& one) noexcept { return one.status == stage_status::done; }

} // namespace

pipeline::pipeline(pipeline_mode mode) : mode_(mode), id_(next_id()) {}

pipeline_stage<void> pipeline::close(std::string_view sql) {
    // Only the text matters, so it may have parameters without values.
    statement text("");
    text.prefix(sql);
    return add(detail::pipeline_step::action::close, std::move(text), &detail::stage_without_result);
}

std::size_t pipeline::add_step(detail::pipeline_step::action what, statement work) {
    steps_.emplace_back(what, std::move(work));
    return steps_.size() - 1;
}

const stage_outcome& pipeline_results::outcome(const stage_reference& stage) const {
    if (stage.pipeline() != pipeline_)
        refuse("the stage belongs to another pipeline than these results");
    return outcome(stage.index());
}

const stage_outcome& pipeline_results::outcome(std::size_t index) const {
    if (index >= outcomes_.size())
        refuse("there is no stage " + std::to_string(index) + " (counted from 0): the pipeline that was run has " +
               std::to_string(outcomes_.size()));
    return outcomes_[index];
}

const result& pipeline_results::output(const stage_reference& stage) const {
    const stage_outcome& found = outcome(stage);
    if (!is_done(found))
        throw_error(found.error, found.details);
    return found.output;
}

bool pipeline_results::all_done() const noexcept { return std::all_of(outcomes_.begin(), outcomes_.end(), is_done); }

void pipeline_results::throw_if_failed() const {
    auto found = std::find_if(outcomes_.begin(), outcomes_.end(),
                              [](const stage_outcome& one) { return one.status == stage_status::failed; });
    if (found == outcomes_.end())
        found = std::find_if_not(outcomes_.begin(), outcomes_.end(), is_done);
    if (found != outcomes_.end())
        throw_error(found->error, found->details);
}

} // namespace coropq
