// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_CONNECTION_FUNCTIONS_HPP
#define COROPQ_SRC_ENGINE_CONNECTION_FUNCTIONS_HPP

#include <coropq/pipeline.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace coropq::detail {

class lease;
class stage_observer;

/// `connection::execute`, for those who have the lease only. Doesn't keep the session from being given back.
boost::asio::awaitable<result> execute(std::shared_ptr<lease> held, statement work);

/// `connection::run_pipeline`, likewise; with somebody who reads the rows when they come, if there is one.
boost::asio::awaitable<pipeline_results> run_pipeline(std::shared_ptr<lease> held, pipeline work,
                                                      std::shared_ptr<stage_observer> observer = {});

/// Whether the session is in a transaction, be it one that has failed. Sends nothing.
boost::asio::awaitable<bool> is_in_transaction(std::shared_ptr<lease> held);

} // namespace coropq::detail

#endif
