// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_ENGINE_STATE_HPP
#define COROPQ_SRC_ENGINE_ENGINE_STATE_HPP

#include <coropq/detail/initiation.hpp>
#include <coropq/options.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>
#include <coropq/url.hpp>

#include "operation/run_operation.hpp"
#include "pool/pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace coropq::detail {

/// What all handles of one engine share.
class engine_state : public std::enable_shared_from_this<engine_state> {
public:
    using pointer = std::shared_ptr<engine_state>;

    engine_state(const boost::asio::any_io_executor& executor, url address, engine_options options)
        : pool_(executor, std::move(address), std::move(options)) {}

    const boost::asio::any_io_executor& executor() const noexcept { return pool_.executor(); }

    /// Runs an operation on the pool's strand and completes a handler on the handler's executor.
    void run(boost::asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
             operation_handler handler);

    // Operations, for `run`.
    static boost::asio::awaitable<operation_outcome> execute(pointer self, statement work);
    static boost::asio::awaitable<operation_outcome> dispose(pointer self);
    /// A session for the caller alone, who gives it back with `give_back`.
    static boost::asio::awaitable<operation_outcome> lend(pointer self, std::shared_ptr<session>& lent);

    /// From any thread, without waiting.
    void give_back(std::shared_ptr<session> lent) noexcept;

private:
    pool pool_;
};

/// `engine::stream_rows`.
boost::asio::awaitable<row_stream> stream_rows(engine_state::pointer engine, statement work, stream_options options);

/// `engine::execute`, for those who have the state only.
boost::asio::awaitable<result> execute(engine_state::pointer engine, statement work);

} // namespace coropq::detail

#endif
