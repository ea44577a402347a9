// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/columns.hpp"

#include "inspect/codes.hpp"
#include "inspect/columns_query.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/query_service.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>
#include <coropq/types/type_oid.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

bool counts_by_itself(const reflected::column& column) {
    if (column.identity)
        return true;
    const reflected::data_type& type = column.type.bases.empty() ? column.type : column.type.bases.back();
    const bool integer = type.dimensions == 0 && column.type.dimensions == 0 &&
                         (type.oid == type_oid::int2 || type.oid == type_oid::int4 || type.oid == type_oid::int8);
    return integer && column.default_value && column.default_value->starts_with("nextval(");
}

namespace {

using columns = std::vector<reflected::column>;

struct step {
    std::uint32_t relation = 0;
    int position = 0;
    int depth = 0;
    bool not_null = false; ///< The domain, not what it is made of.
    reflected::data_type type;
};

reflected::identity identity_of(const column_row& row) {
    reflected::identity identity;
    identity.always = row.identity == "a";
    identity.sequence = {std::string(*row.sequence_schema), std::string(*row.sequence_name)};
    identity.start = row.sequence_start.value();
    identity.increment = row.sequence_increment.value();
    identity.minimum = row.sequence_minimum.value();
    identity.maximum = row.sequence_maximum.value();
    identity.cache = row.sequence_cache.value();
    identity.cycle = row.sequence_cycle.value();
    return identity;
}

reflected::column column_of(const column_row& row) {
    reflected::column column;
    column.name = row.name;
    column.position = row.position;
    column.type = to_data_type(row);
    column.nullable = !row.not_null;
    if (!row.generated.empty() && row.expression)
        column.generated = {std::string(*row.expression), row.generated == "s"};
    else
        column.default_value = copy(row.expression);
    if (row.sequence_name)
        column.identity = identity_of(row);
    column.collation = name_of(row.collation_schema, row.collation_name);
    column.comment = copy(row.description);
    column.local = row.is_local;
    column.inherited_count = row.inherited_count;
    column.storage = column_storage_of(row.storage);
    column.compression = compression_of(row.compression);
    column.statistics_target = row.statistics_target;
    column.options = row.options.value_or(std::vector<std::string>());
    column.foreign_options = row.foreign_options.value_or(std::vector<std::string>());
    return column;
}

// Where each column's domains lead to. Columns are in the order of their positions.
void add_steps(columns& all, std::vector<step>& steps) {
    for (step& each : steps) {
        const auto place =
            std::lower_bound(all.begin(), all.end(), each.position,
                             [](const reflected::column& c, int position) { return c.position < position; });
        if (place == all.end() || place->position != each.position)
            continue;
        // A domain that isn't NULL says nothing about an array of it, which may be.
        bool itself = place->type.dimensions == 0;
        for (const reflected::data_type& above : place->type.bases)
            itself = itself && above.dimensions == 0;
        if (itself && each.not_null)
            place->nullable = false;
        place->type.bases.push_back(std::move(each.type));
    }
}

} // namespace

reflected::by_relation<columns> columns_from(const result& rows, bool& is_complete) {
    relation_groups<columns> groups;
    std::vector<step> steps;
    for (const column_row& row : rows.rows<column_row>()) {
        if (row.depth != 0) {
            steps.push_back({row.relation, row.position, row.depth, row.not_null, to_data_type(row)});
            if (is_vanished(row))
                groups.leave_out(row.relation);
            continue;
        }
        columns& all = groups.of(row.relation, row.schema_name, row.relation_name);
        if (row.position == 0)
            continue;
        const bool lost_expression = row.has_default && !row.expression;
        const bool lost_sequence = !row.identity.empty() && !(row.sequence_schema && row.sequence_name);
        if (is_vanished(row) || lost_expression || lost_sequence)
            groups.leave_out(row.relation);
        else
            all.push_back(column_of(row));
    }
    is_complete = is_complete && !groups.has_left_out();
    std::unordered_map<std::uint32_t, std::vector<step>> steps_of;
    for (step& each : steps)
        steps_of[each.relation].push_back(std::move(each));
    return groups.take([&](std::uint32_t relation, columns& all) {
        std::sort(all.begin(), all.end(),
                  [](const reflected::column& a, const reflected::column& b) { return a.position < b.position; });
        if (const auto place = steps_of.find(relation); place != steps_of.end()) {
            std::sort(place->second.begin(), place->second.end(),
                      [](const step& a, const step& b) { return a.depth < b.depth; });
            add_steps(all, place->second);
        }
        for (reflected::column& column : all)
            column.auto_increment = counts_by_itself(column);
    });
}

asio::awaitable<reflected::by_relation<columns>> read_columns(catalog::pointer source, relation_selection selection) {
    return read_catalog(std::move(source), columns_query(selection), &columns_from);
}

} // namespace detail

asio::awaitable<std::vector<reflected::column>> inspector::columns(std::string table,
                                                                   std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_any_columns(catalog_, detail::named_relation(table, schema)), table,
                                 schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::column>>>
inspector::columns(relation_selection selection) const {
    return detail::read_any_columns(catalog_, std::move(selection));
}

} // namespace coropq
