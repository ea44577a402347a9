// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_IS_CANCELLED_HPP
#define COROPQ_SRC_OPERATION_IS_CANCELLED_HPP

#include <boost/asio/awaitable.hpp>

namespace coropq::detail {

/// Whether the coroutine that awaits this has been cancelled.
boost::asio::awaitable<bool> is_cancelled();

} // namespace coropq::detail

#endif
