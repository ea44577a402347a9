// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_VALUE_DELIVERY_HPP
#define COROPQ_SRC_ENGINE_VALUE_DELIVERY_HPP

#include <coropq/detail/outcome.hpp>

#include <boost/asio/associator.hpp>

#include <utility>

namespace coropq::detail {

/// A handler that calls a function right before another handler, where that one runs: to write what the caller gave a
/// reference for. What is associated is that of the other
/// one, but for its memory (see `may_forward`).
template <typename Write>
class value_delivery {
public:
    value_delivery(Write write, operation_handler handler) : write_(std::move(write)), handler_(std::move(handler)) {}

    void operator()(boost::system::error_code code) {
        write_(code);
        std::move(handler_)(code);
    }

    const operation_handler& handler() const noexcept { return handler_; }

private:
    Write write_;
    operation_handler handler_;
};

} // namespace coropq::detail

template <template <typename, typename> class Associator, typename Write, typename Default>
    requires coropq::detail::may_forward<Associator, coropq::detail::operation_handler>
struct boost::asio::associator<Associator, coropq::detail::value_delivery<Write>, Default>
    : Associator<coropq::detail::operation_handler, Default> {
    static typename Associator<coropq::detail::operation_handler, Default>::type
    get(const coropq::detail::value_delivery<Write>& delivery) noexcept {
        return Associator<coropq::detail::operation_handler, Default>::get(delivery.handler());
    }
    static auto get(const coropq::detail::value_delivery<Write>& delivery, const Default& fallback) noexcept {
        return Associator<coropq::detail::operation_handler, Default>::get(delivery.handler(), fallback);
    }
};

#endif
