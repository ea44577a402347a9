// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_CONNECTION_FUNCTIONS_HPP
#define COROPQ_SRC_ENGINE_CONNECTION_FUNCTIONS_HPP

#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace coropq::detail {

class lease;

/// `connection::execute`, for those who have the lease only. Doesn't keep the session from being given back.
boost::asio::awaitable<result> execute(std::shared_ptr<lease> held, statement work);

} // namespace coropq::detail

#endif
