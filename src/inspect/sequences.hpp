// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SEQUENCES_HPP
#define COROPQ_SRC_INSPECT_SEQUENCES_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/schema_selection.hpp>
#include <coropq/inspect/sequence.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// All sequences, or those of one name.
statement sequences_query(const schema_selection& schemas, const std::optional<std::string>& name = {},
                          found_by way = found_by::server);
std::vector<reflected::sequence> sequences_from(const result& rows);

} // namespace coropq::detail

#endif
