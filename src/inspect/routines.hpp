// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_ROUTINES_HPP
#define COROPQ_SRC_INSPECT_ROUTINES_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/routine.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// All functions and procedures, or those of one name.
statement routines_query(const schema_selection& schemas, const std::optional<std::string>& name = {},
                         found_by way = found_by::server);
/// From the answer. What vanished meanwhile isn't there; then it isn't complete.
std::vector<reflected::routine> routines_from(const result& rows, bool& is_complete);

} // namespace coropq::detail

#endif
