// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_COMPOSITE_TYPES_HPP
#define COROPQ_SRC_INSPECT_COMPOSITE_TYPES_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/composite_type.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// All composite types, or those of one name.
statement composite_types_query(const schema_selection& schemas, const std::optional<std::string>& name = {},
                                found_by way = found_by::server);
/// From the answer. What vanished meanwhile isn't there; then it isn't complete.
std::vector<reflected::composite_type> composite_types_from(const result& rows, bool& is_complete);

} // namespace coropq::detail

#endif
