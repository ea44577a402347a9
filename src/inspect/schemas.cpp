// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/schemas.hpp"

#include "inspect/catalog.hpp"
#include "inspect/held_privileges.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/schema_objects.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

/// A row of `schemas_query`: one for each schema, in any order.
struct schema_row : held_privileges_row {
    std::uint32_t oid = 0;
    std::string_view name;
    std::optional<std::string_view> owner;
    std::optional<std::string_view> comment;
};
BOOST_DESCRIBE_STRUCT(schema_row, (held_privileges_row), (oid, name, owner, comment))

asio::awaitable<std::vector<reflected::schema>> read_schemas(catalog::pointer source,
                                                             std::optional<std::string> name = {}) {
    const result rows = co_await read_catalog(std::move(source), schemas_query(name));
    co_return schemas_from(rows);
}

} // namespace

// Not a LIKE 'pg_%', where the underscore stands for any character and hides schemas such as pgsql.
statement schemas_query(const std::optional<std::string>& name) {
    const std::string text =
        "select n.oid, cast(n.nspname as text) as name, cast(u.rolname as text) as owner, ds.description as comment, " +
        std::string(held_privileges_columns) +
        " from pg_catalog.pg_namespace n left join pg_catalog.pg_roles u on u.oid = n.nspowner "
        "left join pg_catalog.pg_description ds "
        "on ds.classoid = cast('pg_catalog.pg_namespace' as pg_catalog.regclass) and ds.objoid = n.oid "
        "and ds.objsubid = 0" +
        held_privileges_join("n.nspacl", 'n', "n.nspowner");
    if (name)
        return statement(text + "where n.nspname = cast($1 as pg_catalog.text)", *name);
    return statement(text + "where pg_catalog.left(n.nspname, 3) <> 'pg_'");
}

std::vector<reflected::schema> schemas_from(const result& rows) {
    std::vector<reflected::schema> all;
    for (schema_row row : rows.rows<schema_row>()) {
        reflected::schema& found = all.emplace_back();
        found.oid = row.oid;
        found.name = row.name;
        found.owner = row.owner.value_or(std::string_view());
        found.comment = copy(row.comment);
        found.privileges = privileges_of(std::move(row));
    }
    std::sort(all.begin(), all.end(),
              [](const reflected::schema& a, const reflected::schema& b) { return a.name < b.name; });
    return all;
}

} // namespace detail

asio::awaitable<std::vector<reflected::schema>> inspector::schemas() const { return detail::read_schemas(catalog_); }

asio::awaitable<reflected::schema> inspector::schema(std::string name) const {
    return detail::only_object(detail::read_schemas(catalog_, name), name, "schema");
}

} // namespace coropq
