// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "operation/departure.hpp"

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

// The outcome on its way: writes the caller's references and calls the handler.
class delivery {
public:
    delivery(operation_handler handler, result* output, diagnostics* details, operation_outcome outcome)
        : handler_(std::move(handler)), output_(output), details_(details), outcome_(std::move(outcome)) {}

    void operator()() {
        if (output_)
            *output_ = std::move(outcome_.output);
        if (details_)
            *details_ = std::move(outcome_.details);
        std::move(handler_)(outcome_.code);
    }

    const operation_handler& handler() const noexcept { return handler_; }

private:
    operation_handler handler_;
    result* output_;
    diagnostics* details_;
    operation_outcome outcome_;
};

// Most handlers belong to a coroutine that runs where the engine does: then there is no way to go, and the outcome is
// delivered from the first stop.
bool is_same(const asio::any_completion_executor& handlers, const asio::any_io_executor& ours) {
    return handlers == asio::any_completion_executor(ours);
}

} // namespace

departure::departure(const asio::any_io_executor& executor, operation_handler handler, result* output,
                     diagnostics* details)
    : executor_(asio::prefer(asio::require(executor, asio::execution::blocking.never),
                             asio::execution::outstanding_work.tracked))
    , handler_(std::move(handler))
    , output_(output)
    , details_(details) {
    asio::any_completion_executor handlers = asio::get_associated_executor(handler_, executor);
    if (!is_same(handlers, executor))
        elsewhere_ = asio::prefer(handlers, asio::execution::outstanding_work.tracked);
}

} // namespace coropq::detail

// Memory that Asio needs for the delivery comes from the handler's allocator.
template <class Allocator>
struct boost::asio::associated_allocator<coropq::detail::delivery, Allocator> {
    using inner = boost::asio::associated_allocator<coropq::detail::operation_handler, Allocator>;
    using type = typename inner::type;

    static type get(const coropq::detail::delivery& object, const Allocator& fallback = Allocator()) noexcept {
        return inner::get(object.handler(), fallback);
    }
};

namespace coropq::detail {

void departure::complete(operation_outcome outcome) {
    delivery home(std::move(handler_), output_, details_, std::move(outcome));
    // Both may be the last that keeps the session's owner at work, so they go when this returns, and not before.
    const std::optional<asio::any_completion_executor> elsewhere = std::move(elsewhere_);
    if (elsewhere)
        asio::post(executor_, asio::bind_executor(*elsewhere, std::move(home)));
    else
        executor_.execute(std::move(home));
    executor_ = asio::any_io_executor();
}

} // namespace coropq::detail
