// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Enums and domains.

#include "inspect/user_types.hpp"

#include "inspect/catalog.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/schema_objects.hpp"
#include "inspect/user_types_query.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

std::vector<reflected::enum_type> enums_from(const result& rows) {
    std::vector<reflected::enum_type> all;
    for (enum_row row : rows.rows<enum_row>()) {
        reflected::enum_type& found = all.emplace_back();
        found.oid = row.oid;
        found.schema = row.schema_name;
        found.name = row.name;
        found.visible = row.is_visible;
        found.owner = row.owner.value_or(std::string_view());
        found.labels = std::move(row.labels);
        found.comment = copy(row.comment);
        found.extension = copy(row.extension);
    }
    sort_by_name(all);
    return all;
}

namespace {

// The rows of one domain, by depth. Nothing if a part of it is gone.
std::optional<reflected::domain_type> domain_from(const std::vector<const domain_row*>& rows) {
    const domain_row& first = *rows.front();
    if (first.depth != 0 || is_vanished(first) || (first.has_default && !first.default_value))
        return std::nullopt;
    reflected::domain_type domain;
    domain.oid = first.oid;
    domain.schema = first.schema_name;
    domain.name = first.name;
    domain.visible = first.is_visible;
    domain.owner = first.owner.value_or(std::string_view());
    domain.type = to_data_type(first);
    domain.nullable = !first.not_null;
    domain.default_value = copy(first.default_value);
    domain.collation = name_of(first.collation_schema, first.collation_name);
    domain.comment = copy(first.comment);
    domain.extension = copy(first.extension);
    for (std::size_t i = 0; i != first.constraint_names.size(); ++i) {
        if (!first.constraint_expressions[i])
            return std::nullopt;
        domain.constraints.push_back(
            {first.constraint_names[i], *first.constraint_expressions[i], first.constraints_validated[i]});
    }
    bool itself = domain.type.dimensions == 0; // not elements of an array, which say nothing about the whole
    for (std::size_t i = 1; i != rows.size(); ++i) {
        if (is_vanished(*rows[i]))
            return std::nullopt;
        if (itself && rows[i]->not_null)
            domain.nullable = false;
        domain.type.bases.push_back(to_data_type(*rows[i]));
        itself = itself && domain.type.bases.back().dimensions == 0;
    }
    return domain;
}

} // namespace

std::vector<reflected::domain_type> domains_from(const result& answer, bool& is_complete) {
    const std::vector<domain_row> rows = answer.all<domain_row>(); // views into the answer
    std::vector<const domain_row*> order;
    for (const domain_row& row : rows)
        order.push_back(&row);
    std::sort(order.begin(), order.end(), [](const domain_row* a, const domain_row* b) {
        return std::tie(a->oid, a->depth) < std::tie(b->oid, b->depth);
    });
    std::vector<reflected::domain_type> all;
    for (auto begin = order.begin(); begin != order.end();) {
        const auto end =
            std::find_if(begin, order.end(), [&](const domain_row* row) { return row->oid != (*begin)->oid; });
        if (std::optional<reflected::domain_type> found = domain_from({begin, end}))
            all.push_back(std::move(*found));
        else
            is_complete = false;
        begin = end;
    }
    sort_by_name(all);
    return all;
}

namespace {

asio::awaitable<std::vector<reflected::enum_type>> read_enums(catalog::pointer source, schema_selection schemas) {
    const result rows = co_await read_catalog(std::move(source), enums_query(schemas));
    co_return enums_from(rows);
}

asio::awaitable<std::vector<reflected::domain_type>> read_domains(catalog::pointer source, schema_selection schemas) {
    return read_catalog(std::move(source), domains_query(schemas), &domains_from);
}

} // namespace

} // namespace detail

asio::awaitable<std::vector<reflected::enum_type>> inspector::enums(schema_selection schemas) const {
    return detail::read_enums(catalog_, std::move(schemas));
}

asio::awaitable<std::vector<reflected::domain_type>> inspector::domains(schema_selection schemas) const {
    return detail::read_domains(catalog_, std::move(schemas));
}

} // namespace coropq
