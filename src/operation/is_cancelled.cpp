// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "operation/is_cancelled.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace asio = boost::asio;

namespace coropq::detail {

asio::awaitable<bool> is_cancelled() {
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    co_return cancellation.cancelled() != asio::cancellation_type::none;
}

} // namespace coropq::detail
