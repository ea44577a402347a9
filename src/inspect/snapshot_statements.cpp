// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_statements.hpp"

#include "inspect/children.hpp"
#include "inspect/composite_types.hpp"
#include "inspect/extensions.hpp"
#include "inspect/policies.hpp"
#include "inspect/privileges.hpp"
#include "inspect/range_types.hpp"
#include "inspect/raw_query.hpp"
#include "inspect/relations_query.hpp"
#include "inspect/routines.hpp"
#include "inspect/sequences.hpp"
#include "inspect/snapshot_query.hpp"
#include "inspect/triggers.hpp"
#include "inspect/user_types_query.hpp"

namespace coropq::detail {

snapshot_statements::snapshot_statements(const snapshot_request& wanted)
    : want_generic_plans_(wanted.relations.names().has_value()) {
    using into = snapshot_assembly;
    const relation_selection& relations = wanted.relations;
    const schema_selection& schemas = relations.schemas();
    constexpr found_by rows = found_by::rows;
    first_part_ = {{raw_constraints_query(relations, wanted.borrows_names), &into::take_constraints},
                   {raw_indexes_query(relations), &into::take_indexes},
                   {raw_defaults_query(relations), &into::take_defaults},
                   {raw_comments_query(relations), &into::take_comments}};
    second_part_ = {{snapshot_header_query(), &into::take_header},
                    {relations_query(relations, rows), &into::take_relations},
                    {raw_names_query(relations), &into::take_names},
                    {raw_types_query(relations), &into::take_types},
                    {raw_columns_query(relations), &into::take_columns},
                    {raw_other_columns_query(relations), &into::take_other_columns},
                    {raw_sequences_query(relations), &into::take_column_sequences},
                    {triggers_query(relations, rows), &into::take_triggers},
                    {privileges_query(relations, false, rows), &into::take_privileges},
                    {children_query(relations, rows), &into::take_children}};
    if (wanted.has_types) {
        second_part_.push_back({enums_query(schemas, rows), &into::take_enums});
        second_part_.push_back({domains_query(schemas, rows), &into::take_domains});
        second_part_.push_back({composite_types_query(schemas, {}, rows), &into::take_composite_types});
        second_part_.push_back({range_types_query(schemas, {}, rows), &into::take_range_types});
    }
    if (wanted.has_sequences)
        second_part_.push_back({sequences_query(schemas, {}, rows), &into::take_sequences});
    if (wanted.has_routines)
        second_part_.push_back({routines_query(schemas, {}, rows), &into::take_routines});
    if (wanted.has_extensions)
        second_part_.push_back({extensions_in_query(schemas), &into::take_extensions});
    second_part_.push_back({policies_query(relations, rows), &into::take_policies});
}

} // namespace coropq::detail
