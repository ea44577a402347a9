// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_PIPELINE_JOB_HPP
#define COROPQ_SRC_LIBPQ_PIPELINE_JOB_HPP

#include <coropq/pipeline.hpp>

#include "operation/stage_observer.hpp"

#include <boost/system/error_code.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace coropq::detail {

/// A pipeline that is to be run, and what has become of its stages.
struct pipeline_job {
    explicit pipeline_job(pipeline what, std::shared_ptr<stage_observer> watching = {})
        : work(std::move(what)), observer(std::move(watching)), outcomes(work.size()) {}

    /// What the caller gets. Where nothing else is known of a stage, it wasn't run because of that error of the
    /// operation.
    pipeline_results results(boost::system::error_code ended);

    pipeline work;
    std::shared_ptr<stage_observer> observer; ///< Null: nobody.
    std::vector<stage_outcome> outcomes;      ///< As many as there are stages.
};

} // namespace coropq::detail

#endif
