// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SELECTION_TEXT_HPP
#define COROPQ_SRC_INSPECT_SELECTION_TEXT_HPP

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/statement.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coropq::detail {

/// The selection of one relation by its name.
relation_selection named_relation(const std::string& name, const std::optional<std::string>& schema);

/// What the functions of the inspector take as the name of a schema; without one, the search path counts.
schema_selection selection_of(const std::optional<std::string>& schema);

/// A condition on `pg_namespace n`, and for the search path the function that says of `object` whether it is visible.
/// Parameter $1 is the names, if the selection is of some.
std::string schema_condition(const schema_selection& schemas, std::string_view visible, std::string_view object);

/// A query of the relations that were selected: `relation` (their OID), `schema_name`, `relation_name`. Takes the
/// parameters that `bind` gives.
std::string selected_relations(const relation_selection& selection);

/// A statement from a text that contains one of the above.
statement bind(const std::string& text, const relation_selection& selection);
statement bind(const std::string& text, const schema_selection& schemas);

} // namespace coropq::detail

#endif
