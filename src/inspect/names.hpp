// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_NAMES_HPP
#define COROPQ_SRC_INSPECT_NAMES_HPP

#include "inspect/catalog.hpp"

#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace coropq::detail {

/// The first column of a query, in the order of bytes.
boost::asio::awaitable<std::vector<std::string>> read_names(catalog::pointer source, statement query);

/// The same without the names that begin with `pg_`.
boost::asio::awaitable<std::vector<std::string>> read_unreserved_names(catalog::pointer source, statement query);

/// Whether a query has a row.
boost::asio::awaitable<bool> read_existence(catalog::pointer source, statement query);

} // namespace coropq::detail

#endif
