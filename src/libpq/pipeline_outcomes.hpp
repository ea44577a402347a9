// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_PIPELINE_OUTCOMES_HPP
#define COROPQ_SRC_LIBPQ_PIPELINE_OUTCOMES_HPP

#include "libpq/pipeline_exchange.hpp"
#include "libpq/pipeline_job.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace coropq::detail {

/// Says of each stage of a pipeline what has become of it, as far as that can be known.
class pipeline_outcomes {
public:
    pipeline_outcomes(session::state& session, pipeline_job& job)
        : session_(session), job_(job), rows_(job.work.size()), notes_(job.work.size()) {}
    pipeline_outcomes(const pipeline_outcomes&) = delete;
    pipeline_outcomes& operator=(const pipeline_outcomes&) = delete;

    using indexes = std::vector<std::size_t>;

    /// An exchange has ended, of the stages with these indexes.
    void note(pipeline_exchange& exchange, const indexes& due, boost::system::error_code code);
    /// Those of them of which nothing has run, and neither has anything behind them. They can be run again.
    indexes repeatable(pipeline_exchange& exchange, const indexes& due);
    void keep_rows(pipeline_exchange& exchange, const indexes& due);

    /// How many stages came how far.
    std::string summary() const;

    /// Completes what the caller is told, of the stages and of the operation.
    void tell(operation_outcome& ended, const deadline& limit);

private:
    struct note_of_stage {
        bool stale_plan = false;
        std::size_t parsed_by = no_stage;
    };

    bool is_isolated() const noexcept { return job_.work.mode() == pipeline_mode::isolated; }
    void note_isolated(pipeline_exchange& exchange, const indexes& due);
    void note_whole(pipeline_exchange& exchange, boost::system::error_code code);
    void tell_failure(std::size_t index, operation_outcome& ended, const deadline& limit);
    diagnostics without_values(boost::system::error_code code, const diagnostics& details) const;

    session::state& session_;
    pipeline_job& job_;
    std::vector<result_handle> rows_;
    std::vector<note_of_stage> notes_;
    std::size_t failed_ = no_stage; ///< The stage that made the others fail, where one does.
    bool in_transaction_ = false;
};

} // namespace coropq::detail

#endif
