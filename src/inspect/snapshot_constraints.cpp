// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Indexes and constraints of the tables of a snapshot.

#include "inspect/borrowed_names.hpp"
#include "inspect/codes.hpp"
#include "inspect/expression_list.hpp"
#include "inspect/indexes.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/snapshot_tables.hpp"

#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>

namespace coropq::detail {

namespace {

using numbers = std::vector<std::int16_t>;

template <typename T>
void sort_by_name(std::vector<T>& all) {
    std::sort(all.begin(), all.end(), [](const T& a, const T& b) { return a.name < b.name; });
}

constexpr std::uint32_t default_collation = 100; // pg_collation.dat of PostgreSQL

} // namespace

// Expressions are counted out to the elements that aren't columns. False if something vanished.
bool snapshot_tables::add_elements(index_of_constraint& to, const entry& from, const raw_index_row& row) {
    const std::vector<std::string> expressions =
        row.expressions ? split_expressions(*row.expressions) : std::vector<std::string>();
    std::size_t used = 0;
    for (std::size_t i = 0; i != row.attributes.size(); ++i) {
        const int attribute = row.attributes[i];
        const std::string* const name = attribute == 0 ? nullptr : column_name(row.relation, attribute);
        if (attribute != 0 && !name)
            return false;
        if (i >= std::size_t(row.key_count)) {
            to.index.included.push_back(name ? *name : std::string());
            continue;
        }
        reflected::index_element& element = to.index.elements.emplace_back();
        std::uint32_t usual = default_collation;
        if (name) {
            element.column = *name;
            const auto place = std::find_if(from.collations.begin(), from.collations.end(),
                                            [&](const auto& each) { return each.first == attribute; });
            if (place != from.collations.end())
                usual = place->second;
        } else {
            if (used == expressions.size())
                return false;
            element.expression = expressions[used++];
        }
        element.descending = (row.options.at(i) & 1) != 0;
        element.nulls_first = (row.options.at(i) & 2) != 0;
        raw_names::operator_class of_class = names_.class_of(row.classes.at(i));
        element.operator_class = std::move(of_class.name);
        element.default_operator_class = of_class.is_default;
        if (row.collations.at(i) != usual)
            element.collation = names_.collation(row.collations[i]);
        if (!row.parameters || !row.parameter_positions)
            continue;
        for (std::size_t p = 0; p != std::min(row.parameters->size(), row.parameter_positions->size()); ++p)
            if (std::size_t((*row.parameter_positions)[p]) == i + 1)
                element.parameters.push_back((*row.parameters)[p]);
    }
    return true;
}

bool snapshot_tables::add_index(entry& to, const raw_index_row& row, const raw_constraint_row* constraint) {
    if ((row.has_predicate && !row.predicate) || (row.has_expressions && !row.expressions))
        return false;
    index_of_constraint found;
    reflected::index& index = found.index;
    index.oid = row.oid;
    index.name = row.name;
    index.method = names_.method(row.method).value_or(std::string());
    index.unique = row.is_unique;
    index.nulls_not_distinct = row.nulls_not_distinct;
    index.predicate = copy(row.predicate);
    index.valid = row.is_valid;
    index.clustered = row.is_clustered;
    index.replica_identity = row.is_replica_identity;
    index.storage_parameters = row.storage_parameters.value_or(std::vector<std::string>());
    index.tablespace = names_.tablespace(row.tablespace);
    if (row.parent_name)
        index.parent = names_.qualified(row.parent_name_space.value_or(0), *row.parent_name);
    index.comment = comment_on(false, row.oid);
    if (constraint) {
        index.constraint = constraint->name;
        index.role = index_role_of(constraint->type);
        found.constraint_oid = constraint->oid;
        found.deferrable = constraint->is_deferrable;
        found.initially_deferred = constraint->is_deferred;
        found.comment = comment_on(true, constraint->oid);
        if (constraint->operators && constraint->operator_schemas)
            for (std::size_t i = 0; i != constraint->operators->size(); ++i)
                found.operators.push_back({constraint->operator_schemas->at(i), (*constraint->operators)[i]});
    }
    if (!add_elements(found, to, row))
        return false;
    switch (index.role) {
    case reflected::index_role::primary_key: to.table->primary_key = key_of(found); break;
    case reflected::index_role::unique_constraint: to.table->unique_constraints.push_back(key_of(found)); break;
    case reflected::index_role::exclusion_constraint:
        to.table->exclusion_constraints.push_back(exclusion_of(found));
        break;
    case reflected::index_role::none: break;
    }
    to.table->indexes.push_back(std::move(found.index));
    return true;
}

bool snapshot_tables::add_check(entry& to, const raw_constraint_row& row) {
    if (!row.expression)
        return false;
    const numbers columns = row.columns.value_or(numbers());
    std::optional<std::string> expression(*row.expression);
    if (row.is_borrowed) {
        expression = with_own_names(*row.expression, lent_names_, columns,
                                    [&](int position) { return column_name(row.relation, position); });
        has_unclear_names_ = has_unclear_names_ || !expression;
    }
    reflected::check_constraint& check = to.table->check_constraints.emplace_back();
    check.oid = row.oid;
    check.name = row.name;
    check.expression = std::move(expression).value_or(std::string());
    check.validated = row.is_validated;
    check.no_inherit = row.no_inherit;
    check.inherited = !row.is_local;
    check.comment = comment_on(true, row.oid);
    for (const int position : columns)
        if (const std::string* const name = column_name(row.relation, position))
            check.columns.push_back(*name);
    return true;
}

bool snapshot_tables::add_foreign_key(entry& to, const raw_constraint_row& row) {
    std::optional<reflected::qualified_name> referred;
    if (row.referred_table && row.referred_name_space)
        referred = names_.qualified(*row.referred_name_space, *row.referred_table);
    const numbers columns = row.columns.value_or(numbers());
    const numbers referred_columns = row.referred_columns.value_or(numbers());
    if (!referred || columns.size() != referred_columns.size())
        return false;
    const numbers changed = row.changed_by_delete.value_or(numbers());
    reflected::foreign_key key;
    key.oid = row.oid;
    key.name = row.name;
    key.referred_table = std::move(*referred);
    key.referred_oid = row.referred_oid;
    key.match = match_type_of(row.match.value_or("s"));
    key.on_update = action_of(row.on_update.value_or("a"));
    key.on_delete = action_of(row.on_delete.value_or("a"));
    key.deferrable = row.is_deferrable;
    key.initially_deferred = row.is_deferred;
    key.validated = row.is_validated;
    key.inherited = !row.is_local;
    key.comment = comment_on(true, row.oid);
    for (std::size_t i = 0; i != columns.size(); ++i) {
        const std::string* const name = column_name(row.relation, columns[i]);
        if (!name)
            return false;
        key.columns.push_back(*name);
        if (std::find(changed.begin(), changed.end(), columns[i]) != changed.end())
            key.on_delete_columns.push_back(*name);
        const std::string* const other = column_name(row.referred_oid, referred_columns[i]);
        if (!other)
            return false;
        key.referred_columns.push_back(*other);
    }
    to.table->foreign_keys.push_back(std::move(key));
    return true;
}

void snapshot_tables::add_indexes_and_constraints(const std::vector<raw_index_row>& indexes,
                                                  const std::vector<raw_constraint_row>& constraints) {
    std::unordered_map<std::uint32_t, const raw_constraint_row*> of_index;
    for (const raw_constraint_row& row : constraints) {
        entry* const table = find(row.relation);
        bool is_whole = true;
        if (!table)
            continue;
        if (row.type == "f")
            is_whole = add_foreign_key(*table, row);
        else if (row.type == "c")
            is_whole = add_check(*table, row);
        else
            of_index.emplace(row.index, &row);
        if (!is_whole)
            table->is_lost = true;
    }
    for (const raw_index_row& row : indexes) {
        entry* const table = find(row.relation);
        if (!table)
            continue;
        const auto constraint = of_index.find(row.oid);
        if (!add_index(*table, row, constraint == of_index.end() ? nullptr : constraint->second))
            table->is_lost = true;
    }
    for (auto& [oid, each] : entries_) {
        sort_by_name(each.table->foreign_keys);
        sort_by_name(each.table->check_constraints);
        sort_by_name(each.table->unique_constraints);
        sort_by_name(each.table->exclusion_constraints);
        sort_by_name(each.table->indexes);
    }
}

} // namespace coropq::detail
