// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/clauses.hpp"

#include "inspect/sql_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace coropq::detail {

namespace {

std::string constraint_name(const std::string& name) { return "constraint " + quoted_name(name) + ' '; }

std::string included_clause(const std::vector<std::string>& columns) {
    return columns.empty() ? std::string() : " include (" + quoted_names(columns) + ')';
}

std::string deferrable_clause(bool deferrable, bool initially_deferred) {
    if (!deferrable)
        return {};
    return initially_deferred ? " deferrable initially deferred" : " deferrable";
}

// Of an index or a partition key.
template <typename Element>
std::string element_begin(const Element& element) {
    return (element.column ? quoted_name(*element.column) : '(' + element.expression + ')') +
           collate_clause(element.collation);
}

std::string element_text(const reflected::index_element& element) {
    std::string text = element_begin(element);
    if (!element.default_operator_class || !element.parameters.empty())
        text += ' ' + quoted_name(element.operator_class) + quoted_options("", element.parameters);
    if (element.descending)
        text += " desc";
    if (element.nulls_first != element.descending)
        text += element.nulls_first ? " nulls first" : " nulls last";
    return text;
}

std::string where_clause(const std::optional<std::string>& predicate) {
    return predicate ? " where (" + *predicate + ')' : std::string();
}

std::string tablespace_of(const reflected::index* index, bool wanted, std::string_view keyword) {
    return wanted && index != nullptr && index->tablespace
               ? ' ' + std::string(keyword) + "tablespace " + quoted_name(*index->tablespace)
               : std::string();
}

std::string storage_of(const reflected::index* index) {
    return index != nullptr ? quoted_options("with", index->storage_parameters) : std::string();
}

std::string_view action_text(reflected::referential_action action) {
    switch (action) {
    case reflected::referential_action::no_action: break;
    case reflected::referential_action::restrict: return "restrict";
    case reflected::referential_action::cascade: return "cascade";
    case reflected::referential_action::set_null: return "set null";
    case reflected::referential_action::set_default: return "set default";
    }
    return {};
}

std::string action_clause(std::string_view event, reflected::referential_action action,
                          const std::vector<std::string>& columns = {}) {
    const std::string_view what = action_text(action);
    if (what.empty())
        return {};
    return " on " + std::string(event) + ' ' + std::string(what) +
           (columns.empty() ? std::string() : " (" + quoted_names(columns) + ')');
}

std::string identity_clause(const reflected::identity& identity, bool is_temporary) {
    std::string text = " generated " + std::string(identity.always ? "always" : "by default") + " as identity (";
    if (!is_temporary && !identity.sequence.name.empty())
        text += "sequence name " + quoted_name(identity.sequence) + ' ';
    return text + sequence_clauses(identity) + ')';
}

} // namespace

std::string collate_clause(const std::optional<reflected::qualified_name>& collation) {
    return collation ? " collate " + quoted_name(*collation) : std::string();
}

std::string foreign_options_clause(const std::vector<std::string>& options) {
    std::string list;
    for (const std::string& option : options) {
        const std::size_t equals = std::min(option.find('='), option.size());
        list += (list.empty() ? "" : ", ") + quoted_name(std::string_view(option).substr(0, equals)) + ' ' +
                quoted_literal(std::string_view(option).substr(std::min(equals + 1, option.size())));
    }
    return list.empty() ? list : " options (" + list + ')';
}

std::string partition_clause(const reflected::partition_key& key) {
    std::string text = " partition by ";
    switch (key.strategy) {
    case reflected::partition_strategy::list: text += "list ("; break;
    case reflected::partition_strategy::range: text += "range ("; break;
    case reflected::partition_strategy::hash: text += "hash ("; break;
    }
    for (bool is_first = true; const reflected::partition_element& element : key.elements)
        text += (std::exchange(is_first, false) ? "" : ", ") + element_begin(element) +
                (element.default_operator_class ? "" : ' ' + quoted_name(element.operator_class));
    return text + ')';
}

std::string column_definition(const reflected::column& column, bool is_temporary) {
    std::string text = quoted_name(column.name) + ' ' + type_text(column.type) +
                       foreign_options_clause(column.foreign_options) + collate_clause(column.collation);
    if (column.default_value)
        text += " default " + *column.default_value;
    if (column.generated)
        text += " generated always as (" + column.generated->expression + ')' +
                (column.generated->stored ? " stored" : " virtual");
    if (column.identity)
        text += identity_clause(*column.identity, is_temporary);
    return text + (column.nullable ? "" : " not null");
}

std::string key_definition(const reflected::unique_constraint& key, bool is_primary, const reflected::index* index,
                           bool with_tablespace) {
    return constraint_name(key.name) + (is_primary ? "primary key" : "unique") +
           (key.nulls_not_distinct ? " nulls not distinct" : "") + " (" + quoted_names(key.columns) + ')' +
           included_clause(key.included) + storage_of(index) + tablespace_of(index, with_tablespace, "using index ") +
           deferrable_clause(key.deferrable, key.initially_deferred);
}

std::string exclusion_definition(const reflected::exclusion_constraint& exclusion, const reflected::index* index,
                                 bool with_tablespace) {
    std::string elements;
    for (const reflected::exclusion_element& each : exclusion.elements)
        elements += (elements.empty() ? "" : ", ") + element_text(each.element) + " with operator(" +
                    quoted_name(each.operator_name.schema) + '.' + each.operator_name.name + ')';
    return constraint_name(exclusion.name) + "exclude using " + quoted_name(exclusion.method) + " (" + elements + ')' +
           included_clause(exclusion.included) + storage_of(index) +
           tablespace_of(index, with_tablespace, "using index ") + where_clause(exclusion.predicate) +
           deferrable_clause(exclusion.deferrable, exclusion.initially_deferred);
}

std::string check_definition(const reflected::check_constraint& check) {
    return constraint_name(check.name) + "check (" + check.expression + ')' + (check.no_inherit ? " no inherit" : "") +
           (check.validated ? "" : " not valid");
}

std::string foreign_key_definition(const reflected::foreign_key& key) {
    std::string text = constraint_name(key.name) + "foreign key (" + quoted_names(key.columns) + ") references " +
                       quoted_name(key.referred_table) + " (" + quoted_names(key.referred_columns) + ')';
    if (key.match == reflected::match_type::full)
        text += " match full";
    return text + action_clause("update", key.on_update) +
           action_clause("delete", key.on_delete, key.on_delete_columns) +
           deferrable_clause(key.deferrable, key.initially_deferred) + (key.validated ? "" : " not valid");
}

std::string index_definition(const reflected::index& index, bool with_tablespace) {
    std::string elements;
    for (const reflected::index_element& each : index.elements)
        elements += (elements.empty() ? "" : ", ") + element_text(each);
    return "using " + quoted_name(index.method) + " (" + elements + ')' + included_clause(index.included) +
           (index.nulls_not_distinct ? " nulls not distinct" : "") + storage_of(&index) +
           tablespace_of(&index, with_tablespace, "") + where_clause(index.predicate);
}

std::string index_statement(const reflected::index& index, const reflected::qualified_name& table, bool only,
                            bool with_tablespace) {
    return std::string("create ") + (index.unique ? "unique " : "") + "index " + quoted_name(index.name) + " on " +
           (only ? "only " : "") + quoted_name(table) + ' ' + index_definition(index, with_tablespace);
}

} // namespace coropq::detail
