// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Check constraints.

#include "inspect/checks.hpp"

#include "inspect/catalog.hpp"
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

std::optional<reflected::check_constraint> check_from(const std::vector<const check_row*>& rows) {
    const check_row& first = *rows.front();
    if (!first.expression)
        return std::nullopt;
    reflected::check_constraint check;
    check.oid = first.oid;
    check.name = first.name;
    check.expression = *first.expression;
    check.validated = first.is_validated;
    check.no_inherit = first.no_inherit;
    check.inherited = first.is_inherited;
    check.comment = copy(first.comment);
    for (const check_row* row : rows)
        if (row->column_name)
            check.columns.emplace_back(*row->column_name);
    return check;
}

} // namespace

reflected::by_relation<std::vector<reflected::check_constraint>> checks_from(const result& rows, bool& is_complete) {
    return constraints_from<reflected::check_constraint>(rows.all<check_row>(), check_from, is_complete);
}

namespace {

asio::awaitable<reflected::by_relation<std::vector<reflected::check_constraint>>>
read_checks(catalog::pointer source, relation_selection selection) {
    return read_catalog(std::move(source), checks_query(selection), &checks_from);
}

} // namespace

} // namespace detail

asio::awaitable<std::vector<reflected::check_constraint>>
inspector::check_constraints(std::string table, std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_checks(catalog_, detail::named_relation(table, schema)), table, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::check_constraint>>>
inspector::check_constraints(relation_selection selection) const {
    return detail::read_checks(catalog_, std::move(selection));
}

} // namespace coropq
