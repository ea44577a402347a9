// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_ENGINE_STATE_HPP
#define COROPQ_SRC_ENGINE_ENGINE_STATE_HPP

#include <coropq/connection.hpp>
#include <coropq/detail/initiation.hpp>
#include <coropq/options.hpp>
#include <coropq/pipeline.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>
#include <coropq/url.hpp>

#include "pool/pool.hpp"
#include "statement/refused_statements.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <source_location>

namespace coropq::detail {

class stage_observer;

/// What all handles of one engine share. When the last of them goes, and the last operation that uses it, so does the
/// pool; sessions that are leased then are closed when they are given back.
class engine_state {
public:
    using pointer = std::shared_ptr<engine_state>;

    engine_state(const boost::asio::any_io_executor& executor, url address, const engine_options& options);
    engine_state(const engine_state&) = delete;
    engine_state& operator=(const engine_state&) = delete;
    ~engine_state();

    const boost::asio::any_io_executor& executor() const noexcept { return pool_->executor(); }
    const std::shared_ptr<pool>& connections() const noexcept { return pool_; }
    coropq::dialect dialect() const noexcept { return dialect_; }
    const statement_options& statements() const noexcept { return statements_; }
    /// What the inspector has found out about the server.
    refused_statements& refused() noexcept { return refused_; }

private:
    engine_state(engine_options resolved, const boost::asio::any_io_executor& executor, url address);

    const coropq::dialect dialect_;
    const statement_options statements_;
    refused_statements refused_;
    const std::shared_ptr<pool> pool_;
};

/// A connection for the caller alone: an idle one at once, on the caller's thread; else whoever destroys the coroutine
/// leaves the queue. Throws what the pool says.
boost::asio::awaitable<std::shared_ptr<lease>> acquire(engine_state::pointer engine, lease_origin origin,
                                                       deadline limit = {});

/// `engine::stream_rows`.
boost::asio::awaitable<row_stream> stream_rows(engine_state::pointer engine, statement work, stream_options options);

/// `engine::connect`.
boost::asio::awaitable<connection> connect(engine_state::pointer engine, std::source_location where);

/// `engine::run_pipeline`, with somebody who reads the rows when they come, if there is one.
boost::asio::awaitable<pipeline_results> run_pipeline(engine_state::pointer engine, pipeline work,
                                                      std::shared_ptr<stage_observer> observer = {});

/// `engine::execute`, for those who have the state only.
boost::asio::awaitable<result> execute(const engine_state::pointer& engine, statement&& work);

} // namespace coropq::detail

#endif
