// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/foreign_keys.hpp"

#include "inspect/codes.hpp"
#include "inspect/constraint_rows.hpp"
#include "inspect/constraints_query.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

std::optional<reflected::foreign_key> key_from(const std::vector<const foreign_key_row*>& rows) {
    const foreign_key_row& first = *rows.front();
    const std::optional<reflected::qualified_name> referred = name_of(first.referred_schema, first.referred_table);
    if (!referred)
        return std::nullopt;
    reflected::foreign_key key;
    key.oid = first.oid;
    key.name = first.name;
    key.referred_table = *referred;
    key.referred_oid = first.referred_oid;
    key.match = match_type_of(first.match);
    key.on_update = action_of(first.on_update);
    key.on_delete = action_of(first.on_delete);
    key.deferrable = first.is_deferrable;
    key.initially_deferred = first.is_deferred;
    key.validated = first.is_validated;
    key.inherited = first.is_inherited;
    key.comment = copy(first.comment);
    for (const foreign_key_row* row : rows) {
        if (!row->column_name || !row->referred_column)
            return std::nullopt;
        key.columns.emplace_back(*row->column_name);
        key.referred_columns.emplace_back(*row->referred_column);
        if (row->changed_by_delete)
            key.on_delete_columns.emplace_back(*row->column_name);
    }
    return key;
}

} // namespace

reflected::by_relation<std::vector<reflected::foreign_key>> foreign_keys_from(const result& rows, bool& is_complete) {
    return constraints_from<reflected::foreign_key>(rows.all<foreign_key_row>(), key_from, is_complete);
}

asio::awaitable<reflected::by_relation<std::vector<reflected::foreign_key>>>
read_foreign_keys(catalog::pointer source, relation_selection selection) {
    return read_catalog(std::move(source), foreign_keys_query(selection), &foreign_keys_from);
}

} // namespace detail

asio::awaitable<std::vector<reflected::foreign_key>> inspector::foreign_keys(std::string table,
                                                                             std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_foreign_keys(catalog_, detail::named_relation(table, schema)), table,
                                 schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::foreign_key>>>
inspector::foreign_keys(relation_selection selection) const {
    return detail::read_foreign_keys(catalog_, std::move(selection));
}

} // namespace coropq
