// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/indexes.hpp"

#include "inspect/expression_list.hpp"
#include "inspect/indexes_query.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

using reflected::by_relation;
using reflected::index_role;

index_role index_role_of(std::string_view constraint_type) {
    if (constraint_type == "p")
        return index_role::primary_key;
    if (constraint_type == "u")
        return index_role::unique_constraint;
    return constraint_type == "x" ? index_role::exclusion_constraint : index_role::none;
}

// What is the same in all rows of an index.
namespace {

index_of_constraint whole_of(const index_row& row) {
    index_of_constraint found;
    reflected::index& index = found.index;
    index.oid = row.index_oid;
    index.name = row.index_name;
    index.method = row.method;
    index.unique = row.is_unique;
    index.nulls_not_distinct = row.nulls_not_distinct;
    index.predicate = copy(row.predicate);
    index.role = index_role_of(row.constraint_type);
    index.constraint = copy(row.constraint_name);
    index.valid = row.is_valid;
    index.clustered = row.is_clustered;
    index.replica_identity = row.is_replica_identity;
    index.storage_parameters = row.storage_parameters.value_or(std::vector<std::string>());
    index.tablespace = copy(row.tablespace);
    index.parent = name_of(row.parent_schema, row.parent_name);
    index.comment = copy(row.index_comment);
    found.constraint_oid = row.constraint_oid;
    found.deferrable = row.is_deferrable;
    found.initially_deferred = row.is_deferred;
    found.comment = copy(row.constraint_comment);
    return found;
}

reflected::index_element element_of(const index_row& row) {
    reflected::index_element element;
    element.column = copy(row.attribute_name);
    element.descending = (row.options & 1) != 0;
    element.nulls_first = (row.options & 2) != 0;
    element.operator_class =
        name_of(row.operator_class_schema, row.operator_class_name).value_or(reflected::qualified_name());
    element.default_operator_class = row.default_operator_class;
    element.collation = name_of(row.collation_schema, row.collation_name);
    element.parameters = row.parameters.value_or(std::vector<std::string>());
    return element;
}

// The rows of one index, in their order. Nothing if a part of it is gone.
std::optional<index_of_constraint> index_from(const std::vector<const index_row*>& rows) {
    const index_row& first = *rows.front();
    if ((first.has_predicate && !first.predicate) || (first.has_expressions && !first.expressions))
        return std::nullopt;
    index_of_constraint found = whole_of(first);
    const std::vector<std::string> expressions =
        first.expressions ? split_expressions(*first.expressions) : std::vector<std::string>();
    std::size_t used = 0;
    for (const index_row* row : rows) {
        if (row->attribute_number != 0 && !row->attribute_name)
            return std::nullopt;
        if (row->position > row->key_count) {
            found.index.included.emplace_back(row->attribute_name.value_or(std::string_view()));
            continue;
        }
        reflected::index_element element = element_of(*row);
        if (!element.column) {
            if (used == expressions.size())
                return std::nullopt;
            element.expression = expressions[used++];
        }
        found.index.elements.push_back(std::move(element));
        if (const auto name = name_of(row->operator_schema, row->operator_name))
            found.operators.push_back(*name);
    }
    return found;
}

} // namespace

by_relation<std::vector<index_of_constraint>> indexes_from(const result& answer, bool& is_complete) {
    const std::vector<index_row> rows = answer.all<index_row>(); // views into the answer
    relation_groups<std::vector<index_of_constraint>> groups;
    std::vector<const index_row*> order;
    for (const index_row& row : rows) {
        groups.of(row.relation, row.schema_name, row.relation_name);
        if (row.index_oid != 0)
            order.push_back(&row);
    }
    std::sort(order.begin(), order.end(), [](const index_row* a, const index_row* b) {
        return std::tie(a->relation, a->index_oid, a->position) < std::tie(b->relation, b->index_oid, b->position);
    });
    for (auto begin = order.begin(); begin != order.end();) {
        const auto end = std::find_if(begin, order.end(),
                                      [&](const index_row* row) { return row->index_oid != (*begin)->index_oid; });
        std::optional<index_of_constraint> found = index_from({begin, end});
        if (found)
            groups.of((*begin)->relation, {}, {}).push_back(std::move(*found));
        else // The server makes no text only if the table is gone.
            groups.leave_out((*begin)->relation);
        is_complete = is_complete && found;
        begin = end;
    }
    return groups.take([](std::uint32_t, std::vector<index_of_constraint>& all) {
        std::sort(all.begin(), all.end(), [](const index_of_constraint& a, const index_of_constraint& b) {
            return a.index.name < b.index.name;
        });
    });
}

asio::awaitable<by_relation<std::vector<index_of_constraint>>>
read_indexes(catalog::pointer source, relation_selection selection, std::optional<char> constraint_type) {
    return read_catalog(std::move(source), indexes_query(selection, constraint_type), &indexes_from);
}

} // namespace coropq::detail
