// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_PIPELINE_JOB_HPP
#define COROPQ_SRC_LIBPQ_PIPELINE_JOB_HPP

#include <coropq/pipeline.hpp>

#include <boost/system/error_code.hpp>

#include <utility>
#include <vector>

namespace coropq::detail {

/// A pipeline that is to be run, and what has become of its stages.
struct pipeline_job {
    explicit pipeline_job(pipeline what) : work(std::move(what)), outcomes(work.size()) {}

    /// What the caller gets. Where nothing else is known of a stage, it wasn't run because of that error of the
    /// operation.
    pipeline_results results(boost::system::error_code ended);

    pipeline work;
    std::vector<stage_outcome> outcomes; ///< As many as there are stages.
};

} // namespace coropq::detail

#endif
