// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_STAGE_OBSERVER_HPP
#define COROPQ_SRC_OPERATION_STAGE_OBSERVER_HPP

#include <coropq/result.hpp>

#include <cstddef>

namespace coropq::detail {

/// Gets the rows of the stages of a pipeline when they come, and not at the end of it: what is made of them is made
/// while the server works on the next ones.
///
/// It is called on the strand of the session, so what takes long delays others that use its thread, but not the server
/// as long as the sockets have room. Whether a stage counts is known at the end, as always.
class stage_observer {
public:
    stage_observer() = default;
    stage_observer(const stage_observer&) = delete;
    stage_observer& operator=(const stage_observer&) = delete;
    virtual ~stage_observer() = default;

    virtual bool wants(std::size_t stage) const noexcept = 0;
    /// The rows of one that is wanted, in the order of the stages. Its outcome has only their columns.
    virtual void take(std::size_t stage, result rows) noexcept = 0;
};

} // namespace coropq::detail

#endif
