// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/sequences.hpp"

#include "inspect/catalog.hpp"
#include "inspect/codes.hpp"
#include "inspect/data_type_reader.hpp"
#include "inspect/extension_join.hpp"
#include "inspect/held_privileges.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/schema_objects.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

/// A row of `sequences_query`: one for each sequence, in any order.
struct sequence_row : data_type_row, held_privileges_row {
    std::uint32_t oid = 0;
    std::string_view schema_name;
    std::string_view name;
    bool is_visible = false;
    std::string_view persistence;
    std::optional<std::string_view> owner;
    std::int64_t start = 0;
    std::int64_t increment = 0;
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
    std::int64_t cache = 0;
    bool does_cycle = false;
    std::optional<std::string_view> table_schema;
    std::optional<std::string_view> table_name;
    std::optional<std::string_view> column_name;
    bool is_identity = false;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
};
BOOST_DESCRIBE_STRUCT(sequence_row, (data_type_row, held_privileges_row),
                      (oid, schema_name, name, is_visible, persistence, owner, start, increment, minimum, maximum,
                       cache, does_cycle, table_schema, table_name, column_name, is_identity, comment, extension))

constexpr std::string_view outputs =
    "select o.oid, cast(n.nspname as text) as schema_name, cast(o.relname as text) as name, "
    "cast(o.relpersistence as text) as persistence, cast(u.rolname as text) as owner, s.seqstart as start, "
    "s.seqincrement as increment, s.seqmin as minimum, s.seqmax as maximum, s.seqcache as cache, "
    "s.seqcycle as does_cycle, cast(tbn.nspname as text) as table_schema, cast(tb.relname as text) as table_name, "
    "cast(a.attname as text) as column_name, coalesce(p.deptype = 'i', false) as is_identity, "
    "ds.description as comment, made.extension, ";

// What ties a sequence to a column is automatic ('a': serial, "owned by") or internal ('i': identity). Without the
// class, an object of another catalog with the same OID would count.
constexpr std::string_view sources =
    " from pg_catalog.pg_class o join pg_catalog.pg_namespace n on n.oid = o.relnamespace "
    "join pg_catalog.pg_sequence s on s.seqrelid = o.oid "
    "left join pg_catalog.pg_roles u on u.oid = o.relowner "
    "left join pg_catalog.pg_depend p on p.classid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
    "and p.objid = o.oid and p.objsubid = 0 "
    "and p.refclassid = cast('pg_catalog.pg_class' as pg_catalog.regclass) and p.refobjsubid > 0 "
    "and p.deptype in ('a', 'i') "
    "left join pg_catalog.pg_class tb on tb.oid = p.refobjid "
    "left join pg_catalog.pg_namespace tbn on tbn.oid = tb.relnamespace "
    "left join pg_catalog.pg_attribute a on a.attrelid = p.refobjid and a.attnum = p.refobjsubid "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_class' as pg_catalog.regclass) "
    "and ds.objoid = o.oid and ds.objsubid = 0";

reflected::sequence sequence_from(sequence_row& row) {
    reflected::sequence found;
    found.oid = row.oid;
    found.schema = row.schema_name;
    found.name = row.name;
    found.visible = row.is_visible;
    found.persistence = persistence_of(row.persistence);
    found.owner = row.owner.value_or(std::string_view());
    found.type = to_data_type(row);
    found.start = row.start;
    found.increment = row.increment;
    found.minimum = row.minimum;
    found.maximum = row.maximum;
    found.cache = row.cache;
    found.cycle = row.does_cycle;
    if (const auto table = name_of(row.table_schema, row.table_name); table && row.column_name)
        found.owned_by = {*table, std::string(*row.column_name), row.is_identity};
    found.privileges = privileges_of(std::move(row));
    found.comment = copy(row.comment);
    found.extension = copy(row.extension);
    return found;
}

asio::awaitable<std::vector<reflected::sequence>> read_sequences(catalog::pointer source, schema_selection schemas,
                                                                 std::optional<std::string> name = {}) {
    const result rows = co_await read_catalog(std::move(source), sequences_query(schemas, name));
    co_return sequences_from(rows);
}

} // namespace

statement sequences_query(const schema_selection& schemas, const std::optional<std::string>& name, found_by way) {
    return detail::bind(std::string(outputs) + "coalesce(" + visibility(way, visible_relations) +
                            ", false) as is_visible, " + std::string(held_privileges_columns) + ", " +
                            data_type_columns("-1", "0") + std::string(sources) + data_type_joins("s.seqtypid") +
                            held_privileges_join("o.relacl", 's', "o.relowner") + extension_join("pg_class", "o.oid") +
                            "where o.relkind = 'S' and " + schema_condition(schemas, way, visible_relations) +
                            name_condition(schemas, name, "o.relname"),
                        schemas, name);
}

std::vector<reflected::sequence> sequences_from(const result& rows) {
    std::vector<reflected::sequence> all;
    for (sequence_row row : rows.rows<sequence_row>())
        all.push_back(sequence_from(row));
    sort_by_name(all);
    return all;
}

} // namespace detail

asio::awaitable<std::vector<reflected::sequence>> inspector::sequences(schema_selection schemas) const {
    return detail::read_sequences(catalog_, std::move(schemas));
}

asio::awaitable<reflected::sequence> inspector::sequence(std::string name, std::optional<std::string> schema) const {
    return detail::only_object(detail::read_sequences(catalog_, detail::selection_of(schema), name), name, schema,
                               "sequence");
}

} // namespace coropq
