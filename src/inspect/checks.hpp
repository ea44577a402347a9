// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_CHECKS_HPP
#define COROPQ_SRC_INSPECT_CHECKS_HPP

#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/result.hpp>

#include <vector>

namespace coropq::detail {

/// From the answer to `checks_query`. What vanished meanwhile isn't there; then it isn't complete.
reflected::by_relation<std::vector<reflected::check_constraint>> checks_from(const result& rows, bool& is_complete);

} // namespace coropq::detail

#endif
