// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_INITIATION_HPP
#define COROPQ_DETAIL_INITIATION_HPP

// What the asynchronous functions of connection and engine share: handlers are type-erased at the boundary, so that
// the bodies are compiled once, in the library. Not for users.

#include <coropq/diagnostics.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <source_location>
#include <utility>

namespace coropq {

class connect_options;
class connection;
class pipeline;
class pipeline_results;
class result;
class statement;
class url;

namespace detail {

class lease;
class session;
class engine_state;

using operation_handler = boost::asio::any_completion_handler<void(boost::system::error_code)>;

// The starting points of the operations. The references of the caller are written just before the handler is called,
// on the handler's executor. Without a session (a connection that was moved from, or went back to its engine) they end
// with not_connected.
void start_connect(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor, url address,
                   connect_options options, diagnostics* details, operation_handler handler);
void start_execute(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor, statement work,
                   result* output, diagnostics* details, operation_handler handler);
void start_run_pipeline(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor,
                        pipeline work, pipeline_results* output, diagnostics* details, operation_handler handler);
void start_rows(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor, statement work,
                diagnostics* details, operation_handler handler);
void start_read_rows(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor,
                     std::size_t limit, result* output, diagnostics* details, operation_handler handler);
void start_end_rows(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor,
                    diagnostics* details, operation_handler handler);
void start_ping(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor,
                diagnostics* details, operation_handler handler);
void start_close(const std::shared_ptr<lease>& target, const boost::asio::any_io_executor& executor,
                 diagnostics* details, operation_handler handler);
void start_engine_run_pipeline(const std::shared_ptr<engine_state>& target,
                               const boost::asio::any_io_executor& executor, pipeline work, pipeline_results* output,
                               diagnostics* details, operation_handler handler);
void start_get_connection(const std::shared_ptr<engine_state>& target, const boost::asio::any_io_executor& executor,
                          std::source_location where, connection* output, diagnostics* details,
                          operation_handler handler);
void start_engine_drain(const std::shared_ptr<engine_state>& target, const boost::asio::any_io_executor& executor,
                        std::chrono::milliseconds limit, std::size_t* cut, diagnostics* details,
                        operation_handler handler);
void start_engine_dispose(const std::shared_ptr<engine_state>& target, const boost::asio::any_io_executor& executor,
                          diagnostics* details, operation_handler handler);

// A class with a constructor, not a lambda or an aggregate: GCC 12 destroys temporaries of those twice when they stand
// in a co_await expression (docs/decisions.md).
template <typename Target, auto Start>
class initiation {
public:
    using executor_type = boost::asio::any_io_executor;

    initiation(std::shared_ptr<Target> target, boost::asio::any_io_executor executor)
        : target_(std::move(target)), executor_(std::move(executor)) {}

    executor_type get_executor() const noexcept { return executor_; }

    template <typename Handler, typename... Arguments>
    void operator()(Handler&& handler, Arguments&&... arguments) const {
        Start(target_, executor_, std::forward<Arguments>(arguments)...,
              operation_handler(std::forward<Handler>(handler)));
    }

private:
    std::shared_ptr<Target> target_;
    boost::asio::any_io_executor executor_;
};

template <typename Token>
concept operation_token = boost::asio::completion_token_for<Token, void(boost::system::error_code)>;

} // namespace detail
} // namespace coropq

#endif
