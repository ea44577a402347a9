// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_RUN_OPERATION_HPP
#define COROPQ_SRC_OPERATION_RUN_OPERATION_HPP

#include <coropq/detail/outcome.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <string>
#include <utility>

namespace coropq::detail {

/// An operation that ended before it began.
operation_outcome failed_operation(boost::system::error_code code, std::string message, std::string hint = {});
/// The same outcome, of an operation that certainly has had no effect (`diagnostics::known_not_run`).
operation_outcome known_not_run(operation_outcome ended);

/// Runs an operation, a coroutine, on a strand. When it ends, the references of the caller are filled in and the
/// handler is called, both on the handler's associated executor, by default `executor`. The handler's cancellation slot
/// cancels the operation: every type of cancellation reaches it.
void run_operation(const boost::asio::strand<boost::asio::any_io_executor>& strand,
                   const boost::asio::any_io_executor& executor, boost::asio::awaitable<operation_outcome> operation,
                   result* output, diagnostics* details, operation_handler handler);

/// The exception that belongs to an outcome; null if it is none.
std::exception_ptr exception_of(const operation_outcome& outcome) noexcept;

/// What the awaitable forms do with an outcome: nothing, or throw the exception that belongs to it.
void throw_if_failed(boost::system::error_code code, const diagnostics& details);

} // namespace coropq::detail

#endif
