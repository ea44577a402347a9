// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/relations.hpp"

#include "inspect/codes.hpp"
#include "inspect/expression_list.hpp"
#include "inspect/locking_texts.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/relations_query.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;

reflected::partition_strategy strategy_of(std::string_view code) {
    if (code == "l")
        return reflected::partition_strategy::list;
    return code == "h" ? reflected::partition_strategy::hash : reflected::partition_strategy::range;
}

reflected::replica_identity replica_identity_of(std::string_view code) {
    if (code == "n")
        return reflected::replica_identity::nothing;
    if (code == "f")
        return reflected::replica_identity::all_columns;
    return code == "i" ? reflected::replica_identity::by_index : reflected::replica_identity::by_primary_key;
}

// Nothing if a part of it is gone.
std::optional<reflected::partition_key> partition_key_of(const relation_row& row) {
    if (!row.key_columns || (row.has_key_expressions && !row.key_expressions))
        return std::nullopt;
    const std::vector<std::string> expressions =
        row.key_expressions ? split_expressions(*row.key_expressions) : std::vector<std::string>();
    std::size_t used = 0;
    reflected::partition_key key;
    key.strategy = strategy_of(*row.partition_strategy);
    for (std::size_t i = 0; i != row.key_columns->size(); ++i) {
        reflected::partition_element& element = key.elements.emplace_back();
        element.column = row.key_columns->at(i);
        if (!element.column && used == expressions.size())
            return std::nullopt;
        if (!element.column)
            element.expression = expressions[used++];
        element.operator_class = {row.key_class_schemas->at(i).value_or(""), row.key_classes->at(i).value_or("")};
        element.default_operator_class = row.key_default_classes->at(i);
        if (row.key_collation_schemas->at(i) && row.key_collations->at(i))
            element.collation = {*row.key_collation_schemas->at(i), *row.key_collations->at(i)};
    }
    return key;
}

reflected::relation relation_from(const relation_row& row) {
    reflected::relation found;
    found.oid = row.relation;
    found.schema = row.schema_name;
    found.name = row.relation_name;
    found.kind = relation_kind_of(row.kind);
    found.persistence = persistence_of(row.persistence);
    found.owner = row.owner.value_or(std::string_view());
    found.options.access_method = copy(row.access_method);
    found.options.tablespace = copy(row.tablespace);
    found.options.storage_parameters = row.storage_parameters.value_or(std::vector<std::string>());
    for (std::size_t i = 0; i != std::min(row.parent_schemas.size(), row.parent_names.size()); ++i)
        found.options.parents.push_back({row.parent_schemas[i], row.parent_names[i]});
    for (std::size_t i = 0; i != std::min(row.source_schemas.size(), row.source_names.size()); ++i)
        found.sources.push_back({row.source_schemas[i], row.source_names[i]});
    found.options.toast_parameters = row.toast_parameters.value_or(std::vector<std::string>());
    found.options.of_type = name_of(row.type_schema, row.type_name);
    found.options.server = copy(row.server);
    found.options.foreign_options = row.foreign_options.value_or(std::vector<std::string>());
    found.is_partition = row.is_partition;
    found.partition_bound = copy(row.partition_bound);
    if (row.partition_strategy)
        found.partition_key = partition_key_of(row);
    found.row_security = row.row_security;
    found.force_row_security = row.force_row_security;
    found.populated = row.is_populated;
    found.replica_identity = replica_identity_of(row.replica_identity);
    found.comment = copy(row.comment);
    found.extension = copy(row.extension);
    return found;
}

// One part of each relation.
template <typename T>
asio::awaitable<by_relation<T>> read_part(catalog::pointer source, relation_selection selection,
                                          T (*part)(reflected::relation&)) {
    by_relation<reflected::relation> relations = co_await read_relations(std::move(source), std::move(selection));
    by_relation<T> found;
    for (auto& [name, relation] : relations)
        found.emplace(name, part(relation));
    co_return found;
}

std::optional<std::string> comment_of(reflected::relation& relation) { return std::move(relation.comment); }
reflected::table_options options_of(reflected::relation& relation) { return std::move(relation.options); }

asio::awaitable<std::string> read_view_definition(catalog::pointer source, std::string view,
                                                  std::optional<std::string> schema) {
    relation_selection selection = named_relation(view, schema);
    selection.kinds({reflected::relation_kind::view, reflected::relation_kind::materialized_view});
    const bool within = co_await source->is_in_transaction();
    const result rows = co_await read_locking(std::move(source), view_definition_query(selection, within), within);
    const std::optional<std::string> definition =
        rows.empty() ? std::nullopt : rows[0][0].as<std::optional<std::string>>();
    if (!definition)
        throw_no_relation(view, schema, "view");
    co_return *definition;
}

} // namespace

by_relation<reflected::relation> relations_from(const result& rows, bool& is_complete) {
    by_relation<reflected::relation> found;
    for (const relation_row& row : rows.rows<relation_row>()) {
        const reflected::qualified_name name{std::string(row.schema_name), std::string(row.relation_name)};
        reflected::relation relation = relation_from(row);
        if (row.partition_strategy && !relation.partition_key)
            is_complete = false;
        else
            found.emplace(name, std::move(relation));
    }
    return found;
}

asio::awaitable<by_relation<reflected::relation>> read_relations(catalog::pointer source,
                                                                 relation_selection selection) {
    return read_catalog(std::move(source), relations_query(selection), &relations_from);
}

} // namespace detail

asio::awaitable<reflected::relation> inspector::relation(std::string name, std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_relations(catalog_, detail::named_relation(name, schema)), name, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<reflected::relation>> inspector::relations(relation_selection selection) const {
    return detail::read_relations(catalog_, std::move(selection));
}

asio::awaitable<std::optional<std::string>> inspector::table_comment(std::string table,
                                                                     std::optional<std::string> schema) const {
    return detail::only_relation(
        detail::read_part(catalog_, detail::named_relation(table, schema), &detail::comment_of), table, schema,
        "table or view");
}

asio::awaitable<reflected::by_relation<std::optional<std::string>>>
inspector::table_comment(relation_selection selection) const {
    return detail::read_part(catalog_, std::move(selection), &detail::comment_of);
}

asio::awaitable<reflected::table_options> inspector::table_options(std::string table,
                                                                   std::optional<std::string> schema) const {
    return detail::only_relation(
        detail::read_part(catalog_, detail::named_relation(table, schema), &detail::options_of), table, schema,
        "table or view");
}

asio::awaitable<reflected::by_relation<reflected::table_options>>
inspector::table_options(relation_selection selection) const {
    return detail::read_part(catalog_, std::move(selection), &detail::options_of);
}

asio::awaitable<std::string> inspector::view_definition(std::string view, std::optional<std::string> schema) const {
    return detail::read_view_definition(catalog_, std::move(view), std::move(schema));
}

} // namespace coropq
