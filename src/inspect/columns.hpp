// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_COLUMNS_HPP
#define COROPQ_SRC_INSPECT_COLUMNS_HPP

#include "inspect/catalog.hpp"

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/relation_selection.hpp>

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace coropq::detail {

/// `reflected::column::auto_increment` of a column that has everything else.
bool counts_by_itself(const reflected::column& column);

/// From the answer to `columns_query`. Relations of which something vanished meanwhile aren't there; then it isn't
/// complete.
reflected::by_relation<std::vector<reflected::column>> columns_from(const result& rows, bool& is_complete);

boost::asio::awaitable<reflected::by_relation<std::vector<reflected::column>>>
read_columns(catalog::pointer source, relation_selection selection);

} // namespace coropq::detail

#endif
