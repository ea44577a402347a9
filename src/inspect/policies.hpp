// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_POLICIES_HPP
#define COROPQ_SRC_INSPECT_POLICIES_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/policy.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/relation_selection.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <vector>

namespace coropq::detail {

statement policies_query(const relation_selection& selection, found_by way = found_by::server);
/// From the answer. What vanished meanwhile isn't there; then it isn't complete.
reflected::by_relation<std::vector<reflected::policy>> policies_from(const result& rows, bool& is_complete);

} // namespace coropq::detail

#endif
