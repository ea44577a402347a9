// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/composite_types.hpp"

#include "inspect/catalog.hpp"
#include "inspect/data_type_reader.hpp"
#include "inspect/domain_steps.hpp"
#include "inspect/extension_join.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/schema_objects.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

/// A row of `composite_types_query`, in any order. Depth 0: an attribute; its position is 0 when the type has none.
/// Depth n > 0: what the n-th domain on the way down from the type `origin` is made of; nothing else is filled in then.
struct attribute_row : data_type_row {
    std::uint32_t origin = 0;
    int depth = 0;
    std::uint32_t oid = 0;
    std::string_view schema_name;
    std::string_view name;
    bool is_visible = false;
    std::optional<std::string_view> owner;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
    int position = 0;
    std::string_view attribute_name;
    std::optional<std::string_view> collation_schema;
    std::optional<std::string_view> collation_name;
    std::optional<std::string_view> attribute_comment;
};
BOOST_DESCRIBE_STRUCT(attribute_row, (data_type_row),
                      (origin, depth, oid, schema_name, name, is_visible, owner, comment, extension, position,
                       attribute_name, collation_schema, collation_name, attribute_comment))

std::string chosen(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return "chosen as (select o.oid, o.typrelid as relation, n.nspname as schema_name, o.typname as name, "
           "o.typowner as owner, coalesce(" +
           visibility(way, visible_types) +
           ", false) as is_visible "
           "from pg_catalog.pg_type o join pg_catalog.pg_namespace n on n.oid = o.typnamespace "
           "join pg_catalog.pg_class c on c.oid = o.typrelid and c.relkind = 'c' where o.typtype = 'c' and " +
           schema_condition(schemas, way, visible_types) + name_condition(schemas, name, "o.typname") + ")";
}

constexpr std::string_view used = "used(type) as (select a.atttypid from chosen r join pg_catalog.pg_attribute a "
                                  "on a.attrelid = r.relation and a.attnum > 0 and not a.attisdropped)";

constexpr std::string_view outputs =
    "select 0 as origin, 0 as depth, r.oid, cast(r.schema_name as text) as schema_name, cast(r.name as text) as name, "
    "r.is_visible, cast(u.rolname as text) as owner, ds.description as comment, made.extension, "
    "cast(coalesce(a.attnum, 0) as integer) as position, coalesce(cast(a.attname as text), '') as attribute_name, "
    "cast(cn.nspname as text) as collation_schema, cast(co.collname as text) as collation_name, "
    "da.description as attribute_comment, ";

// A comment on the type belongs to it, those on its attributes to the relation behind it.
constexpr std::string_view sources =
    "left join pg_catalog.pg_roles u on u.oid = r.owner "
    "left join pg_catalog.pg_collation co on co.oid = a.attcollation and a.attcollation <> t.typcollation "
    "left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_type' as pg_catalog.regclass) "
    "and ds.objoid = r.oid and ds.objsubid = 0 "
    "left join pg_catalog.pg_description da on da.classoid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
    "and da.objoid = a.attrelid and da.objsubid = a.attnum";

constexpr std::string_view step_outputs =
    " union all select p.origin, p.depth, 0, '', '', false, null, null, null, 0, '', "
    "null, null, null, ";

reflected::attribute attribute_of(const attribute_row& row) {
    reflected::attribute found;
    found.name = row.attribute_name;
    found.position = row.position;
    found.type = to_data_type(row);
    found.collation = name_of(row.collation_schema, row.collation_name);
    found.comment = copy(row.attribute_comment);
    return found;
}

asio::awaitable<std::vector<reflected::composite_type>>
read_composite_types(catalog::pointer source, schema_selection schemas, std::optional<std::string> name = {}) {
    return read_catalog(std::move(source), composite_types_query(schemas, name), &composite_types_from);
}

} // namespace

statement composite_types_query(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return detail::bind("with recursive " + chosen(schemas, name, way) + ", " + std::string(used) + ", " +
                            std::string(domain_steps_query) + std::string(outputs) +
                            data_type_columns("a.atttypmod", "a.attndims") +
                            " from chosen r left join pg_catalog.pg_attribute a on a.attrelid = r.relation "
                            "and a.attnum > 0 and not a.attisdropped" +
                            data_type_joins("a.atttypid") + std::string(sources) + extension_join("pg_type", "r.oid") +
                            std::string(step_outputs) + data_type_columns("p.modifier", "p.dimensions") +
                            " from step p" + data_type_joins("p.type"),
                        schemas, name);
}

std::vector<reflected::composite_type> composite_types_from(const result& rows, bool& is_complete) {
    std::unordered_map<std::uint32_t, reflected::composite_type> types;
    std::unordered_set<std::uint32_t> vanished;
    domain_steps steps;
    for (const attribute_row& row : rows.rows<attribute_row>()) {
        if (row.depth != 0) {
            if (is_vanished(row))
                steps.add_vanished(row.origin);
            else
                steps.add(row.origin, row.depth, to_data_type(row));
            continue;
        }
        reflected::composite_type& found = types[row.oid];
        found.oid = row.oid;
        found.schema = row.schema_name;
        found.name = row.name;
        found.visible = row.is_visible;
        found.owner = row.owner.value_or(std::string_view());
        found.comment = copy(row.comment);
        found.extension = copy(row.extension);
        if (row.position != 0 && is_vanished(row))
            vanished.insert(row.oid);
        else if (row.position != 0)
            found.attributes.push_back(attribute_of(row));
    }
    std::vector<reflected::composite_type> all;
    for (auto& [oid, found] : types) {
        bool whole = !vanished.contains(oid);
        for (reflected::attribute& each : found.attributes)
            whole = steps.complete(each.type) && whole;
        is_complete = is_complete && whole;
        if (!whole)
            continue;
        std::sort(found.attributes.begin(), found.attributes.end(),
                  [](const reflected::attribute& a, const reflected::attribute& b) { return a.position < b.position; });
        all.push_back(std::move(found));
    }
    sort_by_name(all);
    return all;
}

} // namespace detail

asio::awaitable<std::vector<reflected::composite_type>> inspector::composite_types(schema_selection schemas) const {
    return detail::read_composite_types(catalog_, std::move(schemas));
}

asio::awaitable<reflected::composite_type> inspector::composite_type(std::string name,
                                                                     std::optional<std::string> schema) const {
    return detail::only_object(detail::read_composite_types(catalog_, detail::selection_of(schema), name), name, schema,
                               "composite type");
}

} // namespace coropq
