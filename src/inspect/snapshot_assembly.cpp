// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_assembly.hpp"

#include "inspect/children.hpp"
#include "inspect/composite_types.hpp"
#include "inspect/extensions.hpp"
#include "inspect/policies.hpp"
#include "inspect/privileges.hpp"
#include "inspect/range_types.hpp"
#include "inspect/raw_names.hpp"
#include "inspect/relations.hpp"
#include "inspect/routines.hpp"
#include "inspect/sequences.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/triggers.hpp"
#include "inspect/user_types.hpp"

#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace coropq::detail {

using reflected::by_relation;

namespace {

// Whether nothing has been renamed since the snapshot that is in the text of a type.
bool are_named_so(const reflected::schema_snapshot& found) {
    const auto of_composite = [](const reflected::composite_type& type) {
        return std::all_of(type.attributes.begin(), type.attributes.end(),
                           [](const reflected::attribute& each) { return has_its_name(each.type); });
    };
    const auto of_range = [](const reflected::range_type& range) { return has_its_name(range.subtype); };
    const auto of_routine = [](const reflected::routine& routine) {
        return (!routine.result || has_its_name(*routine.result)) &&
               std::all_of(routine.arguments.begin(), routine.arguments.end(),
                           [](const reflected::routine_argument& each) { return has_its_name(each.type); });
    };
    return std::all_of(found.composite_types.begin(), found.composite_types.end(), of_composite) &&
           std::all_of(found.range_types.begin(), found.range_types.end(), of_range) &&
           std::all_of(found.routines.begin(), found.routines.end(), of_routine);
}

// Tables without an entry have lost something, and are left out.
template <typename T>
void move_to(by_relation<reflected::table>& tables, by_relation<T> parts, T reflected::table::*member,
             bool& is_complete) {
    is_complete =
        std::erase_if(tables, [&](const auto& each) { return !parts.contains(each.first); }) == 0 && is_complete;
    for (auto& [name, table] : tables)
        table.*member = std::move(parts.find(name)->second);
}

} // namespace

void snapshot_assembly::take_constraints(const result& answer) {
    constraints_ = kept_.emplace_back(answer).all<raw_constraint_row>();
}

void snapshot_assembly::take_indexes(const result& answer) {
    indexes_ = kept_.emplace_back(answer).all<raw_index_row>();
}

void snapshot_assembly::take_defaults(const result& answer) {
    defaults_ = kept_.emplace_back(answer).all<raw_default_row>();
}

void snapshot_assembly::take_comments(const result& answer) {
    comments_ = kept_.emplace_back(answer).all<raw_comment_row>();
}

void snapshot_assembly::take_header(const result& answer) {
    auto header = answer.one<snapshot_header_row>();
    found_.database = std::move(header.database);
    found_.server_version = header.server_version;
    found_.search_path = std::move(header.search_path);
    lent_names_ = std::move(header.lent_names);
}

void snapshot_assembly::take_relations(const result& answer) { relations_ = relations_from(answer, is_complete_); }

void snapshot_assembly::take_names(const result& answer) { names_ = answer; }

void snapshot_assembly::take_types(const result& answer) {
    tables_.emplace(std::move(relations_), names_, answer);
    tables_->lend_names(std::move(lent_names_));
}

void snapshot_assembly::take_columns(const result& answer) {
    tables_->add_columns(kept_.emplace_back(answer));
    tables_->add_defaults(defaults_);
    tables_->add_comments(comments_);
}

void snapshot_assembly::take_other_columns(const result& answer) {
    tables_->add_other_columns(answer);
    tables_->add_indexes_and_constraints(indexes_, constraints_);
    has_unclear_names_ = tables_->has_unclear_names();
}

void snapshot_assembly::take_column_sequences(const result& answer) {
    tables_->add_sequences(answer);
    found_.tables = tables_->take(is_complete_);
}

void snapshot_assembly::take_triggers(const result& answer) {
    move_to(found_.tables, triggers_from(answer, is_complete_), &reflected::table::triggers, is_complete_);
}

// Those of the columns are there already.
void snapshot_assembly::take_privileges(const result& answer) {
    by_relation<std::vector<reflected::privilege>> privileges = privileges_from(answer);
    for (auto& [name, of_table] : privileges)
        if (const auto place = found_.tables.find(name); place != found_.tables.end())
            std::move(place->second.privileges.begin(), place->second.privileges.end(), std::back_inserter(of_table));
    move_to(found_.tables, std::move(privileges), &reflected::table::privileges, is_complete_);
}

void snapshot_assembly::take_children(const result& answer) {
    move_to(found_.tables, children_from(answer), &reflected::table::children, is_complete_);
}

void snapshot_assembly::take_enums(const result& answer) { found_.enums = enums_from(answer); }

void snapshot_assembly::take_domains(const result& answer) { found_.domains = domains_from(answer, is_complete_); }

void snapshot_assembly::take_composite_types(const result& answer) {
    found_.composite_types = composite_types_from(answer, is_complete_);
}

void snapshot_assembly::take_range_types(const result& answer) {
    found_.range_types = range_types_from(answer, is_complete_);
}

void snapshot_assembly::take_sequences(const result& answer) { found_.sequences = sequences_from(answer); }

void snapshot_assembly::take_routines(const result& answer) { found_.routines = routines_from(answer, is_complete_); }

void snapshot_assembly::take_extensions(const result& answer) { found_.extensions = extensions_from(answer); }

void snapshot_assembly::take_policies(const result& answer) {
    move_to(found_.tables, policies_from(answer, is_complete_), &reflected::table::policies, is_complete_);
}

reflected::schema_snapshot snapshot_assembly::finish(bool& is_complete) {
    is_complete = is_complete && is_complete_ && are_named_so(found_);
    return std::move(found_);
}

} // namespace coropq::detail
