// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/extensions.hpp"

#include "inspect/catalog.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/schema_objects.hpp"
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

/// A row of `extensions_query`: one for each extension, in any order.
struct extension_row {
    std::uint32_t oid = 0;
    std::string_view name;
    std::string_view version;
    std::string_view schema_name;
    bool is_relocatable = false;
    std::optional<std::string_view> owner;
    std::vector<std::string> required;
    std::optional<std::string_view> comment;
};
BOOST_DESCRIBE_STRUCT(extension_row, (), (oid, name, version, schema_name, is_relocatable, owner, required, comment))

constexpr std::string_view extensions =
    "select o.oid, cast(o.extname as text) as name, coalesce(o.extversion, '') as version, "
    "cast(n.nspname as text) as schema_name, o.extrelocatable as is_relocatable, cast(u.rolname as text) as owner, "
    "array(select cast(e.extname as text) from pg_catalog.pg_depend d join pg_catalog.pg_extension e "
    "on e.oid = d.refobjid where d.classid = cast('pg_catalog.pg_extension' as pg_catalog.regclass) "
    "and d.objid = o.oid and d.refclassid = cast('pg_catalog.pg_extension' as pg_catalog.regclass) "
    "order by e.extname collate \"C\") as required, "
    "ds.description as comment from pg_catalog.pg_extension o "
    "join pg_catalog.pg_namespace n on n.oid = o.extnamespace "
    "left join pg_catalog.pg_roles u on u.oid = o.extowner "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_extension' as pg_catalog.regclass) "
    "and ds.objoid = o.oid and ds.objsubid = 0";

asio::awaitable<std::vector<reflected::extension>> read_extensions(catalog::pointer source,
                                                                   std::optional<std::string> name = {}) {
    const result rows = co_await read_catalog(std::move(source), extensions_query(name));
    co_return extensions_from(rows);
}

asio::awaitable<bool> exists(catalog::pointer source, std::string name) {
    const result rows = co_await read_catalog(std::move(source), extensions_query(name));
    co_return !rows.empty();
}

} // namespace

statement extensions_query(const std::optional<std::string>& name) {
    const std::string text(extensions);
    if (name)
        return statement(text + " where o.extname = cast($1 as pg_catalog.text)", *name);
    return statement(text);
}

statement extensions_in_query(const schema_selection& schemas) {
    return detail::bind(std::string(extensions) + " where " + is_selected(schemas, "n"), schemas);
}

std::vector<reflected::extension> extensions_from(const result& rows) {
    std::vector<reflected::extension> all;
    for (extension_row row : rows.rows<extension_row>()) {
        reflected::extension& found = all.emplace_back();
        found.oid = row.oid;
        found.name = row.name;
        found.version = row.version;
        found.schema = row.schema_name;
        found.relocatable = row.is_relocatable;
        found.owner = row.owner.value_or(std::string_view());
        found.required = std::move(row.required);
        found.comment = copy(row.comment);
    }
    std::sort(all.begin(), all.end(),
              [](const reflected::extension& a, const reflected::extension& b) { return a.name < b.name; });
    return all;
}

} // namespace detail

asio::awaitable<std::vector<reflected::extension>> inspector::extensions() const {
    return detail::read_extensions(catalog_);
}

asio::awaitable<reflected::extension> inspector::extension(std::string name) const {
    return detail::only_object(detail::read_extensions(catalog_, name), name, "extension");
}

asio::awaitable<bool> inspector::has_extension(std::string name) const {
    return detail::exists(catalog_, std::move(name));
}

} // namespace coropq
