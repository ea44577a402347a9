// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_tables.hpp"

#include "inspect/codes.hpp"
#include "inspect/columns.hpp"
#include "inspect/held_privileges.hpp"
#include "inspect/optional_text.hpp"

#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>
#include <coropq/types/identifiers.hpp>

#include <algorithm>
#include <iterator>

namespace coropq::detail {

namespace {

std::uint64_t column_key(std::uint32_t relation, int position) {
    return std::uint64_t(relation) << 32 | static_cast<std::uint32_t>(position);
}

std::uint64_t comment_key(bool is_constraint, std::uint32_t oid) { return std::uint64_t(is_constraint) << 32 | oid; }

constexpr std::uint32_t default_collation = 100; // pg_collation.dat of PostgreSQL

std::vector<reflected::privilege> privileges_on(const std::string& column,
                                                const std::vector<std::optional<std::string>>& grants) {
    std::vector<reflected::privilege> all;
    for (std::size_t i = 0; i + 3 < grants.size(); i += 4) {
        reflected::privilege& found = all.emplace_back();
        found.grantee = grants[i];
        found.name = grants[i + 1].value_or(std::string());
        found.grantable = grants[i + 2] == "true";
        found.grantor = grants[i + 3].value_or(std::string());
        found.column = column;
    }
    sort_privileges(all);
    return all;
}

bool by_position(const reflected::column& column, int position) { return column.position < position; }

} // namespace

snapshot_tables::snapshot_tables(reflected::by_relation<reflected::relation> relations, const result& names,
                                 const result& types)
    : names_(names), types_(types, names_) {
    entries_.reserve(relations.size());
    for (auto& [name, relation] : relations) {
        reflected::table& table = tables_[name];
        entries_[relation.oid].table = &table;
        table.relation = std::move(relation);
    }
}

// Rows of one relation mostly stand together.
snapshot_tables::entry* snapshot_tables::find(std::uint32_t relation) {
    if (relation != last_relation_) {
        const auto place = entries_.find(relation);
        last_ = place == entries_.end() ? nullptr : &place->second;
        last_relation_ = relation;
    }
    return last_;
}

reflected::column* snapshot_tables::find_column(std::uint32_t relation, int position) {
    entry* const found = find(relation);
    if (!found)
        return nullptr;
    std::vector<reflected::column>& all = found->table->columns;
    const auto place = std::lower_bound(all.begin(), all.end(), position, by_position);
    return place == all.end() || place->position != position ? nullptr : &*place;
}

const std::string* snapshot_tables::column_name(std::uint32_t relation, int position) {
    // src/include/access/sysattr.h of PostgreSQL: from -1 down
    static const std::string system_columns[] = {"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
    if (position < 0)
        return position < -6 ? nullptr : &system_columns[-position - 1];
    if (const reflected::column* found = find_column(relation, position))
        return &found->name;
    const auto other = other_columns_.find(column_key(relation, position));
    return other == other_columns_.end() ? nullptr : &other->second;
}

void snapshot_tables::add_column(entry& to, const raw_column_row& row) {
    const raw_types::entry& type = types_.find(row.type, row.modifier.value_or(-1), row.text);
    if (!type.is_whole)
        to.is_lost = true;
    reflected::column& column = to.table->columns.emplace_back();
    column.name = row.name;
    column.position = row.position;
    column.type = type.type;
    if (column.type.array_oid != 0)
        column.type.dimensions = std::max(row.dimensions.value_or(0), 1);
    column.nullable = !row.not_null && !type.not_null;
    if (row.identity)
        column.identity.emplace().always = *row.identity == "a";
    if (row.generated)
        column.generated.emplace().stored = *row.generated == "s";
    column.local = row.is_local.value_or(true);
    column.inherited_count = row.inherited_count.value_or(0);
    column.storage = column_storage_of(row.storage.value_or("p"));
    if (row.compression)
        column.compression = compression_of(*row.compression);
    column.statistics_target = row.statistics_target;
    if (row.attribute_options)
        column.options = *row.attribute_options;
    if (row.foreign_options)
        column.foreign_options = *row.foreign_options;
    if (row.grants)
        to.privileges.emplace(row.position, privileges_on(column.name, *row.grants));
    const std::uint32_t collation = row.collation.value_or(type.collation == 0 ? 0 : default_collation);
    if (collation != type.collation)
        column.collation = names_.collation(collation);
    if (row.collation)
        to.collations.emplace_back(row.position, collation);
}

void snapshot_tables::add_columns(const result& answer) {
    // Columns are large, and moving them to a larger place costs as much as reading them.
    const std::vector<std::uint32_t> relations = answer.scalars<std::uint32_t>();
    for (auto begin = relations.begin(); begin != relations.end();) {
        const auto end = std::find_if(begin, relations.end(), [&](std::uint32_t each) { return each != *begin; });
        if (entry* const found = find(*begin))
            found->table->columns.reserve(found->table->columns.size() + std::size_t(end - begin));
        begin = end;
    }
    for (const raw_column_row& row : answer.rows<raw_column_row>()) {
        entry* const found = find(row.relation);
        if (!found) {
            other_columns_.emplace(column_key(row.relation, row.position), row.name);
            continue;
        }
        add_column(*found, row);
    }
    for (auto& [oid, each] : entries_) {
        std::vector<reflected::column>& all = each.table->columns;
        const auto earlier = [](const reflected::column& a, const reflected::column& b) {
            return a.position < b.position;
        };
        if (!std::is_sorted(all.begin(), all.end(), earlier))
            std::sort(all.begin(), all.end(), earlier);
    }
}

void snapshot_tables::add_other_columns(const result& answer) {
    for (const raw_other_column_row& row : answer.rows<raw_other_column_row>())
        other_columns_.emplace(column_key(row.relation, row.position), row.name);
}

void snapshot_tables::add_defaults(const std::vector<raw_default_row>& rows) {
    for (const raw_default_row& row : rows) {
        reflected::column* const column = find_column(row.relation, row.position);
        if (!column)
            continue;
        if (!row.expression)
            find(row.relation)->is_lost = true;
        else if (column->generated)
            column->generated->expression = *row.expression;
        else
            column->default_value = *row.expression;
    }
}

void snapshot_tables::add_sequences(const result& answer) {
    for (const raw_sequence_row& row : answer.rows<raw_sequence_row>()) {
        reflected::column* const column = find_column(row.relation, row.position);
        std::optional<reflected::qualified_name> name = names_.qualified(row.name_space, row.name);
        if (!column || !column->identity || !name)
            continue;
        reflected::identity& identity = *column->identity;
        identity.sequence = std::move(*name);
        identity.start = row.start;
        identity.increment = row.increment;
        identity.minimum = row.minimum;
        identity.maximum = row.maximum;
        identity.cache = row.cache;
        identity.cycle = row.cycle;
    }
}

void snapshot_tables::add_comments(const std::vector<raw_comment_row>& rows) {
    for (const raw_comment_row& row : rows) {
        if (row.position == 0)
            comments_.emplace(comment_key(row.is_constraint, row.object), row.comment);
        else if (reflected::column* const column = find_column(row.object, row.position); column && !row.is_constraint)
            column->comment = row.comment;
    }
}

std::optional<std::string> snapshot_tables::comment_on(bool is_constraint, std::uint32_t oid) const {
    const auto place = comments_.find(comment_key(is_constraint, oid));
    if (place == comments_.end())
        return std::nullopt;
    return std::string(place->second);
}

reflected::by_relation<reflected::table> snapshot_tables::take(bool& is_complete) {
    for (auto& [oid, each] : entries_) {
        for (reflected::column& column : each.table->columns) {
            column.auto_increment = counts_by_itself(column);
            if ((column.identity && column.identity->sequence.name.empty()) ||
                (column.generated && column.generated->expression.empty()))
                each.is_lost = true;
        }
        for (auto& [position, some] : each.privileges)
            each.table->privileges.insert(each.table->privileges.end(), std::make_move_iterator(some.begin()),
                                          std::make_move_iterator(some.end()));
        if (!each.is_lost)
            continue;
        is_complete = false;
        const reflected::qualified_name name{each.table->relation.schema, each.table->relation.name};
        tables_.erase(name);
    }
    entries_.clear();
    return std::move(tables_);
}

} // namespace coropq::detail
