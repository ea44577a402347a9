// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_statements.hpp"

#include "inspect/children.hpp"
#include "inspect/composite_types.hpp"
#include "inspect/extensions.hpp"
#include "inspect/policies.hpp"
#include "inspect/privileges.hpp"
#include "inspect/range_types.hpp"
#include "inspect/raw_names.hpp"
#include "inspect/raw_query.hpp"
#include "inspect/relations.hpp"
#include "inspect/relations_query.hpp"
#include "inspect/routines.hpp"
#include "inspect/sequences.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/snapshot_tables.hpp"
#include "inspect/triggers.hpp"
#include "inspect/user_types.hpp"
#include "inspect/user_types_query.hpp"

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

snapshot_statements::snapshot_statements(const snapshot_request& wanted)
    : has_types_(wanted.has_types)
    , has_sequences_(wanted.has_sequences)
    , has_routines_(wanted.has_routines)
    , has_extensions_(wanted.has_extensions)
    , want_generic_plans_(wanted.relations.names().has_value()) {
    const relation_selection& relations = wanted.relations;
    first_part_.push_back(raw_constraints_query(relations));
    first_part_.push_back(raw_indexes_query(relations));
    first_part_.push_back(raw_defaults_query(relations));
    first_part_.push_back(raw_comments_query(relations));
    second_part_.push_back(snapshot_header_query());
    second_part_.push_back(relations_query(relations, found_by::rows));
    second_part_.push_back(raw_names_query(relations));
    second_part_.push_back(raw_types_query(relations));
    second_part_.push_back(raw_columns_query(relations));
    second_part_.push_back(raw_other_columns_query(relations));
    second_part_.push_back(raw_sequences_query(relations));
    second_part_.push_back(triggers_query(relations, found_by::rows));
    second_part_.push_back(privileges_query(relations, false, found_by::rows));
    second_part_.push_back(children_query(relations, found_by::rows));
    if (has_types_) {
        second_part_.push_back(enums_query(relations.schemas(), found_by::rows));
        second_part_.push_back(domains_query(relations.schemas(), found_by::rows));
        second_part_.push_back(composite_types_query(relations.schemas(), {}, found_by::rows));
        second_part_.push_back(range_types_query(relations.schemas(), {}, found_by::rows));
    }
    if (has_sequences_)
        second_part_.push_back(sequences_query(relations.schemas(), {}, found_by::rows));
    if (has_routines_)
        second_part_.push_back(routines_query(relations.schemas(), {}, found_by::rows));
    if (has_extensions_)
        second_part_.push_back(extensions_in_query(relations.schemas()));
    second_part_.push_back(policies_query(relations, found_by::rows));
}

reflected::schema_snapshot snapshot_statements::read(const std::vector<result>& answers, bool& is_complete) const {
    const result& constraints = answers.at(0);
    const result& indexes = answers.at(1);
    const result& defaults = answers.at(2);
    const result& comments = answers.at(3);
    std::size_t next = first_part_.size();
    const auto answer = [&]() -> const result& { return answers.at(next++); };
    reflected::schema_snapshot found;
    auto header = answer().one<snapshot_header_row>();
    found.database = std::move(header.database);
    found.server_version = header.server_version;
    found.search_path = std::move(header.search_path);
    by_relation<reflected::relation> relations = relations_from(answer(), is_complete);
    const result& names = answer();
    snapshot_tables tables(std::move(relations), names, answer());
    tables.add_columns(answer());
    tables.add_other_columns(answer());
    tables.add_defaults(defaults);
    tables.add_sequences(answer());
    tables.add_comments(comments);
    tables.add_indexes_and_constraints(indexes, constraints);
    found.tables = tables.take(is_complete);
    move_to(found.tables, triggers_from(answer(), is_complete), &reflected::table::triggers, is_complete);
    by_relation<std::vector<reflected::privilege>> privileges = privileges_from(answer());
    for (auto& [name, of_table] : privileges)
        if (const auto place = found.tables.find(name); place != found.tables.end())
            std::move(place->second.privileges.begin(), place->second.privileges.end(), std::back_inserter(of_table));
    move_to(found.tables, std::move(privileges), &reflected::table::privileges, is_complete);
    move_to(found.tables, children_from(answer()), &reflected::table::children, is_complete);
    if (has_types_) {
        found.enums = enums_from(answer());
        found.domains = domains_from(answer(), is_complete);
        found.composite_types = composite_types_from(answer(), is_complete);
        found.range_types = range_types_from(answer(), is_complete);
    }
    if (has_sequences_)
        found.sequences = sequences_from(answer());
    if (has_routines_)
        found.routines = routines_from(answer(), is_complete);
    if (has_extensions_)
        found.extensions = extensions_from(answer());
    is_complete = is_complete && are_named_so(found);
    move_to(found.tables, policies_from(answer(), is_complete), &reflected::table::policies, is_complete);
    return found;
}

} // namespace coropq::detail
