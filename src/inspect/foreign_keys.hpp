// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_FOREIGN_KEYS_HPP
#define COROPQ_SRC_INSPECT_FOREIGN_KEYS_HPP

#include "inspect/catalog.hpp"

#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/relation_selection.hpp>

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace coropq::detail {

/// From the answer to `foreign_keys_query`. What vanished meanwhile isn't there; then it isn't complete.
reflected::by_relation<std::vector<reflected::foreign_key>> foreign_keys_from(const result& rows, bool& is_complete);

boost::asio::awaitable<reflected::by_relation<std::vector<reflected::foreign_key>>>
read_foreign_keys(catalog::pointer source, relation_selection selection);

} // namespace coropq::detail

#endif
