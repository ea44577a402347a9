// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_STATEMENT_SENDING_HPP
#define COROPQ_SRC_LIBPQ_STATEMENT_SENDING_HPP

#include "libpq/execution.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace coropq::detail {

// The ways to give a statement to libpq, which sends it. False if the connection is lost, or, for the first, if there
// is an error in `received`.
bool put_simple(session::state& session, const statement& work, answer& received);
bool put_unprepared(session::state& session, const statement& work, const wire_parameters& parameters);
bool put_prepared(session::state& session, const prepared_statement& prepared, const statement& work,
                  const wire_parameters& parameters);

// The ways to send a statement, with what stands ahead of it, and to read what comes back, in one round trip.

/// As text of the simple protocol, values as literals in it.
boost::asio::awaitable<boost::system::error_code> run_simple(session::state& session, const statement& work,
                                                             answer& received);

/// Parsed, bound and run.
boost::asio::awaitable<boost::system::error_code> run_unprepared(session::state& session, const statement& work,
                                                                 const wire_parameters& parameters, answer& received);

/// What was prepared before.
boost::asio::awaitable<boost::system::error_code> run_prepared(session::state& session,
                                                               const prepared_statement& prepared,
                                                               const statement& work, const wire_parameters& parameters,
                                                               answer& received);

/// Prepares under that name and runs. `prepared`: it is there from now on.
boost::asio::awaitable<boost::system::error_code> run_first(session::state& session, const std::string& name,
                                                            const statement& work, const wire_parameters& parameters,
                                                            answer& received, bool& prepared);

} // namespace coropq::detail

#endif
