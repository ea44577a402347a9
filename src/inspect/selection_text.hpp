// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SELECTION_TEXT_HPP
#define COROPQ_SRC_INSPECT_SELECTION_TEXT_HPP

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/statement.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coropq::detail {

/// The selection of one relation by its name.
relation_selection named_relation(const std::string& name, const std::optional<std::string>& schema);

/// What the functions of the inspector take as the name of a schema; without one, the search path counts.
schema_selection selection_of(const std::optional<std::string>& schema);

/// Who says what is visible on the search path.
enum class found_by : std::uint8_t {
    server, ///< A function of it, which looks at what is there at that moment.
    rows    ///< The rows that the statement sees.
};

/// A catalog of objects that are found on the search path.
struct visible_objects {
    std::string_view catalog;
    std::string_view prefix; ///< Of the names of its columns.
    std::string_view function;
    std::string_view same = ""; ///< What else tells those of one name apart, of the rows o and h.
};
inline constexpr visible_objects visible_relations{"pg_class", "rel", "pg_table_is_visible"};
inline constexpr visible_objects visible_types{"pg_type", "typ", "pg_type_is_visible"};
inline constexpr visible_objects visible_routines{"pg_proc", "pro", "pg_function_is_visible",
                                                  " and h.proargtypes = o.proargtypes"};

/// Whether the search path leads to `o`, a row of that catalog, whose schema is `pg_namespace n`.
std::string visibility(found_by way, const visible_objects& objects);

/// A condition on `pg_namespace n`, and for the search path the function that says of `object` whether it is visible.
/// Parameter $1 is the names, if the selection is of some.
std::string schema_condition(const schema_selection& schemas, std::string_view visible, std::string_view object);

/// Whether `schema`, a row of pg_namespace, is among the selected ones; for the search path, whether it is on that.
/// Parameter $1 as above.
std::string is_selected(const schema_selection& schemas, const std::string& schema);

/// The same for `o`, a row of that catalog.
std::string schema_condition(const schema_selection& schemas, found_by way, const visible_objects& objects);

/// A query of the relations that were selected: `relation` (their OID), `schema_name`, `relation_name`. Takes the
/// parameters that `bind` gives.
std::string selected_relations(const relation_selection& selection, found_by way = found_by::server);

/// A condition on a row of pg_class and the row of pg_namespace beside it: those that were selected, but on the search
/// path whatever is in its schemas, visible or not. The same parameters.
std::string relation_condition(const relation_selection& selection, const std::string& relation,
                               const std::string& schema);

/// A statement from a text that contains one of the above.
statement bind(const std::string& text, const relation_selection& selection);
statement bind(const std::string& text, const schema_selection& schemas);

/// A condition for the objects of one name, and a statement with it: without a name, it is empty. `column` is that of
/// their names.
std::string name_condition(const schema_selection& schemas, const std::optional<std::string>& name,
                           std::string_view column);
statement bind(const std::string& text, const schema_selection& schemas, const std::optional<std::string>& name);

} // namespace coropq::detail

#endif
