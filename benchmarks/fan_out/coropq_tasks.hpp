// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_COROPQ_TASKS_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_COROPQ_TASKS_HPP

#include "fan_out/workload.hpp"

#include <coropq/engine.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace coropq::bench {

/// An engine whose connections are all open: `work.connections` of them, or as many as there are tasks.
engine open_engine(boost::asio::io_context& context, const load& work);

/// Runs beside others, as soon as the context does. What it throws comes out of the context's `run`.
void start(boost::asio::io_context& context, boost::asio::awaitable<void> work);

} // namespace coropq::bench

#endif
