// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "operation/run_operation.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using operation_strand = asio::strand<asio::any_io_executor>;

// co_spawn's own cancellation handler refers to memory that the caller's slot owns, and does so after a dispatch: a
// caller on another thread could have destroyed its slot by then. This one is shared by those who use it. The caller's
// slot isn't among them, because it may outlive the context that the strand belongs to.
struct cancellation_relay {
    explicit cancellation_relay(const operation_strand& target) : strand(target) {}

    operation_strand strand;
    asio::cancellation_signal signal; // emitted on the strand only
    bool ended = false;               // changed and read on the strand only
};

struct relay_cancellation {
    std::weak_ptr<cancellation_relay> target;

    void operator()(asio::cancellation_type type) const {
        const std::shared_ptr<cancellation_relay> relay = target.lock();
        if (!relay)
            return;
        asio::dispatch(relay->strand, [relay, type] {
            if (!relay->ended)
                relay->signal.emit(type);
        });
    }
};

// The outcome on its way to the handler: writes the caller's references and calls the handler, on its executor.
class delivery {
public:
    delivery(operation_handler handler, result* output, diagnostics* details)
        : handler_(std::move(handler)), output_(output), details_(details) {}

    void set(operation_outcome outcome) { outcome_ = std::move(outcome); }

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

} // namespace

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

namespace {

operation_outcome outcome_of(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const error& failure) {
        return {failure.code(), failure.details()};
    } catch (const boost::system::system_error& failure) {
        return failed_operation(failure.code(), failure.code().message());
    } catch (const std::bad_alloc&) {
        return {make_error_code(boost::system::errc::not_enough_memory), {}};
    } catch (const std::exception& failure) {
        return failed_operation(errc::unexpected, failure.what());
    }
}

// Where an operation leaves the strand. User code must never run on it: what a handler does would hold up the session,
// and a handler that waits for another operation of the same session or pool would wait for ever. So the delivery is
// posted, not dispatched, which could call it on the spot. What belongs to the strand stays behind: the handler's
// executor may be another context's, where the delivery could outlive ours.
template <typename HandlerExecutor>
class departure {
public:
    departure(asio::any_io_executor executor, const HandlerExecutor& handler_executor, delivery home,
              std::shared_ptr<cancellation_relay> relay)
        : executor_(std::move(executor))
        , handler_executor_(asio::prefer(handler_executor, asio::execution::outstanding_work.tracked))
        , home_(std::move(home))
        , relay_(std::move(relay)) {}

    void operator()(const std::exception_ptr& problem, operation_outcome outcome) {
        home_.set(problem ? outcome_of(problem) : std::move(outcome));
        asio::post(executor_, asio::bind_executor(handler_executor_, std::move(home_)));
    }

private:
    using tracking_executor = std::decay_t<decltype(asio::prefer(std::declval<const HandlerExecutor&>(),
                                                                 asio::execution::outstanding_work.tracked))>;

    asio::any_io_executor executor_;
    tracking_executor handler_executor_; // keeps its context at work while the operation goes on
    delivery home_;
    std::shared_ptr<cancellation_relay> relay_; // co_spawn uses its slot until the completion is called
};

// Ends the relay with the operation: a signal that comes late must not reach what the strand does next.
asio::awaitable<operation_outcome> relayed(asio::awaitable<operation_outcome> operation,
                                           std::shared_ptr<cancellation_relay> relay) {
    operation_outcome outcome = co_await std::move(operation);
    if (relay)
        relay->ended = true;
    co_return outcome;
}

} // namespace

operation_outcome failed_operation(boost::system::error_code code, std::string message, std::string hint) {
    return {code, make_diagnostics(code, std::move(message), std::move(hint))};
}

void run_operation(const operation_strand& strand, const asio::any_io_executor& executor,
                   asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
                   operation_handler handler) {
    const auto handler_executor = asio::get_associated_executor(handler, executor);
    std::shared_ptr<cancellation_relay> relay;
    asio::cancellation_slot inner;
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
        relay = std::make_shared<cancellation_relay>(strand);
        inner = relay->signal.slot();
        slot.emplace<relay_cancellation>(relay_cancellation{relay});
    }
    departure complete(executor, handler_executor, delivery(std::move(handler), output, details), relay);
    asio::co_spawn(strand, relayed(std::move(operation), std::move(relay)),
                   asio::bind_cancellation_slot(inner, asio::bind_executor(strand, std::move(complete))));
}

void throw_if_failed(boost::system::error_code code, const diagnostics& details) {
    if (code)
        throw_error(code, details);
}

} // namespace coropq::detail
