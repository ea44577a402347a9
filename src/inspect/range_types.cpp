// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/range_types.hpp"

#include "inspect/catalog.hpp"
#include "inspect/data_type_reader.hpp"
#include "inspect/domain_steps.hpp"
#include "inspect/extension_join.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/schema_objects.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

/// A row of `range_types_query`, in any order. Depth 0: a range type and its subtype. Depth n > 0: what the n-th domain
/// on the way down from the type `origin` is made of; nothing else is filled in then.
struct range_row : data_type_row {
    std::uint32_t origin = 0;
    int depth = 0;
    std::uint32_t oid = 0;
    std::string_view schema_name;
    std::string_view name;
    bool is_visible = false;
    std::optional<std::string_view> owner;
    std::optional<std::string_view> operator_class_schema;
    std::optional<std::string_view> operator_class_name;
    bool is_default_operator_class = true;
    std::optional<std::string_view> collation_schema;
    std::optional<std::string_view> collation_name;
    bool has_canonical = false;
    std::optional<std::string_view> canonical_schema;
    std::optional<std::string_view> canonical_name;
    bool has_difference = false;
    std::optional<std::string_view> difference_schema;
    std::optional<std::string_view> difference_name;
    std::optional<std::string_view> multirange_schema;
    std::optional<std::string_view> multirange_name;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
};
BOOST_DESCRIBE_STRUCT(range_row, (data_type_row),
                      (origin, depth, oid, schema_name, name, is_visible, owner, operator_class_schema,
                       operator_class_name, is_default_operator_class, collation_schema, collation_name, has_canonical,
                       canonical_schema, canonical_name, has_difference, difference_schema, difference_name,
                       multirange_schema, multirange_name, comment, extension))

// rngmultitypid is there since PostgreSQL 14, which the text of a statement can't ask for.
std::string chosen(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return "chosen as (select o.oid, n.nspname as schema_name, o.typname as name, o.typowner as owner, "
           "coalesce(" +
           visibility(way, visible_types) +
           ", false) as is_visible, g.rngsubtype as subtype, "
           "g.rngsubopc as class, g.rngcollation as collated, cast(g.rngcanonical as oid) as canonical, "
           "cast(g.rngsubdiff as oid) as difference, "
           "cast(pg_catalog.to_jsonb(g) ->> 'rngmultitypid' as oid) as multirange "
           "from pg_catalog.pg_type o join pg_catalog.pg_namespace n on n.oid = o.typnamespace "
           "join pg_catalog.pg_range g on g.rngtypid = o.oid where " +
           schema_condition(schemas, way, visible_types) + name_condition(schemas, name, "o.typname") + ")";
}

constexpr std::string_view outputs =
    "select 0 as origin, 0 as depth, r.oid, cast(r.schema_name as text) as schema_name, cast(r.name as text) as name, "
    "r.is_visible, cast(u.rolname as text) as owner, cast(opn.nspname as text) as operator_class_schema, "
    "cast(op.opcname as text) as operator_class_name, coalesce(op.opcdefault, true) as is_default_operator_class, "
    "cast(cn.nspname as text) as collation_schema, cast(co.collname as text) as collation_name, "
    "r.canonical <> 0 as has_canonical, cast(fcn.nspname as text) as canonical_schema, "
    "cast(fc.proname as text) as canonical_name, r.difference <> 0 as has_difference, "
    "cast(fdn.nspname as text) as difference_schema, cast(fd.proname as text) as difference_name, "
    "cast(mn.nspname as text) as multirange_schema, cast(m.typname as text) as multirange_name, "
    "ds.description as comment, made.extension, ";

constexpr std::string_view sources =
    "left join pg_catalog.pg_roles u on u.oid = r.owner "
    "left join pg_catalog.pg_opclass op on op.oid = r.class "
    "left join pg_catalog.pg_namespace opn on opn.oid = op.opcnamespace "
    "left join pg_catalog.pg_collation co on co.oid = r.collated and r.collated <> t.typcollation "
    "left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace "
    "left join pg_catalog.pg_proc fc on fc.oid = r.canonical "
    "left join pg_catalog.pg_namespace fcn on fcn.oid = fc.pronamespace "
    "left join pg_catalog.pg_proc fd on fd.oid = r.difference "
    "left join pg_catalog.pg_namespace fdn on fdn.oid = fd.pronamespace "
    "left join pg_catalog.pg_type m on m.oid = r.multirange "
    "left join pg_catalog.pg_namespace mn on mn.oid = m.typnamespace "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_type' as pg_catalog.regclass) "
    "and ds.objoid = r.oid and ds.objsubid = 0";

constexpr std::string_view step_outputs =
    " union all select p.origin, p.depth, 0, '', '', false, null, null, null, "
    "true, null, null, false, null, null, false, null, null, null, null, null, null, ";

// Nothing if a part of it is gone.
std::optional<reflected::range_type> range_from(const range_row& row) {
    const auto operator_class = name_of(row.operator_class_schema, row.operator_class_name);
    if (is_vanished(row) || !operator_class || (row.has_canonical && !row.canonical_name) ||
        (row.has_difference && !row.difference_name))
        return std::nullopt;
    reflected::range_type found;
    found.oid = row.oid;
    found.schema = row.schema_name;
    found.name = row.name;
    found.visible = row.is_visible;
    found.owner = row.owner.value_or(std::string_view());
    found.subtype = to_data_type(row);
    found.operator_class = *operator_class;
    found.default_operator_class = row.is_default_operator_class;
    found.collation = name_of(row.collation_schema, row.collation_name);
    found.canonical = name_of(row.canonical_schema, row.canonical_name);
    found.difference = name_of(row.difference_schema, row.difference_name);
    found.multirange_type = name_of(row.multirange_schema, row.multirange_name);
    found.comment = copy(row.comment);
    found.extension = copy(row.extension);
    return found;
}

asio::awaitable<std::vector<reflected::range_type>> read_range_types(catalog::pointer source, schema_selection schemas,
                                                                     std::optional<std::string> name = {}) {
    return read_catalog(std::move(source), range_types_query(schemas, name), &range_types_from);
}

} // namespace

statement range_types_query(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return detail::bind("with recursive " + chosen(schemas, name, way) +
                            ", used(type) as (select r.subtype from chosen r), " + std::string(domain_steps_query) +
                            std::string(outputs) + data_type_columns("-1", "0") + " from chosen r" +
                            data_type_joins("r.subtype") + std::string(sources) + extension_join("pg_type", "r.oid") +
                            std::string(step_outputs) + data_type_columns("p.modifier", "p.dimensions") +
                            " from step p" + data_type_joins("p.type"),
                        schemas, name);
}

std::vector<reflected::range_type> range_types_from(const result& rows, bool& is_complete) {
    std::vector<reflected::range_type> found;
    domain_steps steps;
    for (const range_row& row : rows.rows<range_row>()) {
        if (row.depth == 0) {
            std::optional<reflected::range_type> range = range_from(row);
            if (range)
                found.push_back(std::move(*range));
            is_complete = is_complete && range;
        } else if (is_vanished(row))
            steps.add_vanished(row.origin);
        else
            steps.add(row.origin, row.depth, to_data_type(row));
    }
    if (std::erase_if(found, [&](reflected::range_type& range) { return !steps.complete(range.subtype); }) != 0)
        is_complete = false;
    sort_by_name(found);
    return found;
}

} // namespace detail

asio::awaitable<std::vector<reflected::range_type>> inspector::range_types(schema_selection schemas) const {
    return detail::read_range_types(catalog_, std::move(schemas));
}

asio::awaitable<reflected::range_type> inspector::range_type(std::string name,
                                                             std::optional<std::string> schema) const {
    return detail::only_object(detail::read_range_types(catalog_, detail::selection_of(schema), name), name, schema,
                               "range type");
}

} // namespace coropq
