// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_DEPARTURE_HPP
#define COROPQ_SRC_OPERATION_DEPARTURE_HPP

#include "operation/run_operation.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>

#include <optional>

namespace coropq::detail {

/// Where an operation leaves the strand: the way of its outcome to the handler.
///
/// User code must never run on the strand: what a handler does would hold up the session, and a handler that waits for
/// another operation of the same session or pool would wait for ever. So the outcome is posted, not dispatched, which
/// could call the handler on the spot. What belongs to the strand stays behind: the handler's executor may be another
/// context's, where the delivery could outlive ours.
///
/// Until it is used or destroyed, it keeps the contexts of both executors at work.
class departure {
public:
    /// `output`, `details`: the caller's, or null; written just before the handler is called, on its executor.
    departure(const boost::asio::any_io_executor& executor, operation_handler handler, result* output,
              diagnostics* details);

    boost::asio::cancellation_slot slot() const { return boost::asio::get_associated_cancellation_slot(handler_); }

    /// Sends the outcome on its way. Once.
    void complete(operation_outcome outcome);

private:
    boost::asio::any_io_executor executor_;
    std::optional<boost::asio::any_completion_executor> elsewhere_; ///< The handler's, if it isn't the same.
    operation_handler handler_;
    result* output_;
    diagnostics* details_;
};

} // namespace coropq::detail

#endif
