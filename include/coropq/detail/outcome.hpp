// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_OUTCOME_HPP
#define COROPQ_DETAIL_OUTCOME_HPP

// How an operation tells its handler how it ended. Not for users.

#include <coropq/detail/initiation.hpp>
#include <coropq/result.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>

#include <type_traits>
#include <utility>

namespace coropq::detail {

/// How an operation ended.
struct operation_outcome {
    operation_outcome() = default;
    operation_outcome(boost::system::error_code failure, diagnostics what) : code(failure), details(std::move(what)) {}

    boost::system::error_code code;
    diagnostics details;
    result output;
};

/// Called once, with an outcome to take from.
using outcome_handler = boost::asio::any_completion_handler<void(operation_outcome&)>;

/// What has another handler inside, whose executor, allocator and cancellation slot are its own.
template <typename Handler>
class outcome_adaptor {
public:
    using handler_type = Handler;

    const Handler& handler() const noexcept { return handler_; }

protected:
    explicit outcome_adaptor(Handler handler) : handler_(std::move(handler)) {}

    Handler handler_;
};

/// Writes what the caller gave references to, and gives a code. `output` and `details` may be null.
template <typename Handler>
class reference_writer : public outcome_adaptor<Handler> {
public:
    reference_writer(Handler handler, result* output, diagnostics* details)
        : outcome_adaptor<Handler>(std::move(handler)), output_(output), details_(details) {}

    void operator()(operation_outcome& outcome) {
        if (output_)
            *output_ = std::move(outcome.output);
        if (details_)
            *details_ = std::move(outcome.details);
        std::move(this->handler_)(outcome.code);
    }

private:
    result* output_;
    diagnostics* details_;
};

/// Where the library's own executor is the handler's as well, the way from one to the other is saved.
template <typename Handler>
bool runs_on(const Handler& handler, const boost::asio::any_io_executor& executor) {
    const auto own = boost::asio::get_associated_executor(handler, executor);
    if constexpr (std::is_constructible_v<boost::asio::any_io_executor, decltype(own)>)
        return boost::asio::any_io_executor(own) == executor;
    else
        return false;
}

template <typename T>
concept outcome_adapting =
    requires { typename T::handler_type; } && std::is_base_of_v<outcome_adaptor<typename T::handler_type>, T>;

template <typename Handler>
inline constexpr bool is_type_erased = false;
template <typename... Signatures>
inline constexpr bool is_type_erased<boost::asio::any_completion_handler<Signatures...>> = true;

template <template <typename, typename> class Associator>
inline constexpr bool is_about_memory = false;
template <>
inline constexpr bool is_about_memory<boost::asio::associated_allocator> = true;

/// Whether what has a handler inside may take what is associated with that for its own. Not the memory of a type-erased
/// one: with Boost 1.81, an any_completion_handler that is destroyed frees its memory by the allocator of the handler
/// in it, which would be gone with that.
template <template <typename, typename> class Associator, typename Handler>
inline constexpr bool may_forward = !(is_about_memory<Associator> && is_type_erased<Handler>);

void start_engine_execute(const std::shared_ptr<engine_state>& target, statement work, bool at_home,
                          outcome_handler handler);

/// The starting point of `engine::async_execute`.
class execute_initiation {
public:
    using executor_type = boost::asio::any_io_executor;

    execute_initiation(std::shared_ptr<engine_state> target, boost::asio::any_io_executor executor)
        : target_(std::move(target)), executor_(std::move(executor)) {}

    executor_type get_executor() const noexcept { return executor_; }

    template <typename Handler, typename Statement>
    void operator()(Handler&& handler, Statement&& work, result* output, diagnostics* details) const {
        const bool at_home = runs_on(handler, executor_);
        start_engine_execute(target_, std::forward<Statement>(work), at_home,
                             reference_writer<std::decay_t<Handler>>(std::forward<Handler>(handler), output, details));
    }

private:
    std::shared_ptr<engine_state> target_;
    boost::asio::any_io_executor executor_;
};

} // namespace coropq::detail

template <template <typename, typename> class Associator, coropq::detail::outcome_adapting Adaptor, typename Default>
    requires coropq::detail::may_forward<Associator, typename Adaptor::handler_type>
struct boost::asio::associator<Associator, Adaptor, Default> : Associator<typename Adaptor::handler_type, Default> {
    static typename Associator<typename Adaptor::handler_type, Default>::type get(const Adaptor& adaptor) noexcept {
        return Associator<typename Adaptor::handler_type, Default>::get(adaptor.handler());
    }
    static auto get(const Adaptor& adaptor, const Default& fallback) noexcept {
        return Associator<typename Adaptor::handler_type, Default>::get(adaptor.handler(), fallback);
    }
};

#endif
