// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "operation/run_operation.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "operation/departure.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>

#include <exception>
#include <memory>
#include <new>
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

// The relay is used by co_spawn until the completion is called.
class completion {
public:
    completion(departure home, std::shared_ptr<cancellation_relay> relay)
        : home_(std::move(home)), relay_(std::move(relay)) {}

    void operator()(const std::exception_ptr& problem, operation_outcome outcome) {
        home_.complete(problem ? outcome_of(problem) : std::move(outcome));
    }

private:
    departure home_;
    std::shared_ptr<cancellation_relay> relay_;
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

operation_outcome known_not_run(operation_outcome ended) {
    diagnostics_fields fields = fields_of(ended.details);
    fields.known_not_run = true;
    ended.details = diagnostics(ended.code, std::move(fields));
    return ended;
}

void run_operation(const operation_strand& strand, const asio::any_io_executor& executor,
                   asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
                   operation_handler handler) {
    departure home(executor, std::move(handler), output, details);
    std::shared_ptr<cancellation_relay> relay;
    asio::cancellation_slot inner;
    if (asio::cancellation_slot slot = home.slot(); slot.is_connected()) {
        relay = std::make_shared<cancellation_relay>(strand);
        inner = relay->signal.slot();
        slot.emplace<relay_cancellation>(relay_cancellation{relay});
    }
    completion complete(std::move(home), relay);
    asio::co_spawn(strand, relayed(std::move(operation), std::move(relay)),
                   asio::bind_cancellation_slot(inner, asio::bind_executor(strand, std::move(complete))));
}

std::exception_ptr exception_of(const operation_outcome& outcome) noexcept {
    if (!outcome.code)
        return nullptr;
    try {
        throw_error(outcome.code, outcome.details);
    } catch (...) {
        return std::current_exception();
    }
}

void throw_if_failed(boost::system::error_code code, const diagnostics& details) {
    if (code)
        throw_error(code, details);
}

} // namespace coropq::detail
