// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Partitions, and tables that inherit from others.

#include "inspect/children.hpp"

#include "inspect/catalog.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using children = std::vector<reflected::qualified_name>;

/// A row of `children_query`: one for each child, in any order. Without a name: the relation has none.
struct child_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::optional<std::string_view> child_schema;
    std::optional<std::string_view> child_name;
};
BOOST_DESCRIBE_STRUCT(child_row, (), (relation, schema_name, relation_name, child_schema, child_name))

asio::awaitable<reflected::by_relation<children>> read_children(catalog::pointer source, relation_selection selection) {
    const result rows = co_await read_catalog(std::move(source), children_query(selection));
    co_return children_from(rows);
}

} // namespace

statement children_query(const relation_selection& selection, found_by way) {
    return detail::bind("with chosen as (" + selected_relations(selection, way) +
                            ") select r.relation, cast(r.schema_name as text) as schema_name, "
                            "cast(r.relation_name as text) as relation_name, cast(hn.nspname as text) as child_schema, "
                            "cast(hc.relname as text) as child_name from chosen r "
                            "left join pg_catalog.pg_inherits h on h.inhparent = r.relation "
                            "left join pg_catalog.pg_class hc on hc.oid = h.inhrelid "
                            "left join pg_catalog.pg_namespace hn on hn.oid = hc.relnamespace",
                        selection);
}

reflected::by_relation<children> children_from(const result& rows) {
    relation_groups<children> groups;
    for (const child_row& row : rows.rows<child_row>()) {
        children& all = groups.of(row.relation, row.schema_name, row.relation_name);
        if (auto child = name_of(row.child_schema, row.child_name))
            all.push_back(std::move(*child));
    }
    return groups.take([](std::uint32_t, children& all) { std::sort(all.begin(), all.end()); });
}

} // namespace detail

asio::awaitable<std::vector<reflected::qualified_name>> inspector::children(std::string table,
                                                                            std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_children(catalog_, detail::named_relation(table, schema)), table, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::qualified_name>>>
inspector::children(relation_selection selection) const {
    return detail::read_children(catalog_, std::move(selection));
}

} // namespace coropq
