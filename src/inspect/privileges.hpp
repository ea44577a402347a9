// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_PRIVILEGES_HPP
#define COROPQ_SRC_INSPECT_PRIVILEGES_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/privilege.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/relation_selection.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <vector>

namespace coropq::detail {

/// Those of relations, and of their columns if they are wanted.
statement privileges_query(const relation_selection& selection, bool with_columns, found_by way = found_by::server);
reflected::by_relation<std::vector<reflected::privilege>> privileges_from(const result& rows);

} // namespace coropq::detail

#endif
