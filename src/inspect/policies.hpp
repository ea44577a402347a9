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

#include <cstdint>
#include <vector>

namespace coropq::detail {

statement policies_query(const relation_selection& selection, found_by way = found_by::server);
/// From the answer. What vanished meanwhile isn't there; then it isn't complete.
/// Expressions with subqueries are empty in it: they have to be read by themselves, for the reason that
/// locking_texts.hpp tells.
reflected::by_relation<std::vector<reflected::policy>> policies_from(const result& rows, bool& is_complete);

/// Adds those that have such an expression.
void add_unread(std::vector<reflected::policy*>& to, std::vector<reflected::policy>& all);
/// Asks for the expressions of one. `within`: see `without_waiting`.
statement policy_expressions_query(std::uint32_t policy, bool within);
/// From the answer. False if it isn't there any more.
bool take_policy_expressions(reflected::policy& to, const result& rows);
/// Those that have vanished.
void leave_out_unread(std::vector<reflected::policy>& all);

} // namespace coropq::detail

#endif
