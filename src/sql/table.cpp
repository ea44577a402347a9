// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "error/near_names.hpp"
#include "sql/nodes.hpp"
#include "statement/refuse.hpp"

#include <coropq/inspect/table.hpp>
#include <coropq/sql/select.hpp>
#include <coropq/sql/table.hpp>

#include <algorithm>

namespace coropq::sql {

table::table(std::string_view name, std::string_view schema)
    : schema_(schema), name_(name), source_(tree::table(schema, name, {})) {}

table::table(const reflected::table& reflected) : table(reflected.relation.name, reflected.relation.schema) {
    columns_.reserve(reflected.columns.size());
    for (const reflected::column& each : reflected.columns)
        columns_.push_back(each.name);
}

table table::as(std::string_view alias) const {
    table other(*this);
    other.source_ = tree::table(schema_, name_, tree::checked_name(alias));
    return other;
}

tree::pointer table::node_of_column(std::string_view name) const {
    if (!columns_.empty() && std::find(columns_.begin(), columns_.end(), name) == columns_.end()) {
        const std::string near = coropq::detail::near_names(name, columns_);
        coropq::detail::refuse_statement("the table \"" + name_ + "\" has no column \"" + std::string(name) + '"',
                                         near.empty() ? std::string() : "did you mean " + near + "?");
    }
    return tree::column(source_, name);
}

select_query<detail::unknown_row> select(const table& from) {
    tree::select_body body;
    body.add_from(from.source());
    for (const std::string& name : from.column_names())
        body.add_item({from[name].node(), {}});
    if (from.column_names().empty())
        body.add_item({tree::all_columns(from.source()), {}});
    return select_query<detail::unknown_row>(std::move(body));
}

} // namespace coropq::sql
