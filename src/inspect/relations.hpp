// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_RELATIONS_HPP
#define COROPQ_SRC_INSPECT_RELATIONS_HPP

#include "inspect/catalog.hpp"

#include <coropq/inspect/relation.hpp>
#include <coropq/inspect/relation_selection.hpp>

#include <boost/asio/awaitable.hpp>

namespace coropq::detail {

/// From the answer to `relations_query`.
reflected::by_relation<reflected::relation> relations_from(const result& rows, bool& is_complete);

boost::asio::awaitable<reflected::by_relation<reflected::relation>> read_relations(catalog::pointer source,
                                                                                   relation_selection selection);

} // namespace coropq::detail

#endif
