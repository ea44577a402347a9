// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/triggers.hpp"

#include "inspect/catalog.hpp"
#include "inspect/expression_list.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/relation_groups.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

/// A row of `triggers_query`: one for each trigger, in any order. `oid` is 0 when the relation has none.
struct trigger_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::uint32_t oid = 0;
    std::string_view name;
    int bits = 0;
    std::string_view state;
    bool is_conditional = false;
    std::optional<std::string_view> definition;
    bool is_constraint = false;
    bool is_deferrable = false;
    bool is_deferred = false;
    int column_count = 0;
    std::vector<std::string> column_names;
    int argument_count = 0;
    std::vector<std::string> arguments;
    std::optional<std::string_view> function_schema;
    std::optional<std::string_view> function_name;
    std::optional<std::string_view> referred_schema;
    std::optional<std::string_view> referred_name;
    std::optional<std::string_view> old_table;
    std::optional<std::string_view> new_table;
    std::optional<std::string_view> parent_schema;
    std::optional<std::string_view> parent_name;
    std::optional<std::string_view> comment;
};
BOOST_DESCRIBE_STRUCT(trigger_row, (),
                      (relation, schema_name, relation_name, oid, name, bits, state, is_conditional, definition,
                       is_constraint, is_deferrable, is_deferred, column_count, column_names, argument_count, arguments,
                       function_schema, function_name, referred_schema, referred_name, old_table, new_table,
                       parent_schema, parent_name, comment))

std::string declared() {
    return std::string(declared_triggers) + "on t.tgrelid = r.relation and " + std::string(is_declared_trigger);
}

// The arguments are bytes in the database's encoding, each followed by a zero: as digits, they can be taken apart.
constexpr std::string_view arguments =
    "array(select pg_catalog.convert_from(pg_catalog.decode(m.piece[1], 'hex'), pg_catalog.getdatabaseencoding()) "
    "from pg_catalog.regexp_matches(pg_catalog.encode(t.tgargs, 'hex'), '((?:[0-9a-f]{2})*?)00', 'g') "
    "with ordinality as m(piece, position) order by m.position)";

constexpr std::string_view columns =
    "case when pg_catalog.cardinality(cast(t.tgattr as int2[])) > 0 then array(select cast(a.attname as text) from "
    "pg_catalog.unnest(cast(t.tgattr as int2[])) "
    "with ordinality as k(attribute, position) join pg_catalog.pg_attribute a on a.attrelid = t.tgrelid "
    "and a.attnum = k.attribute order by k.position) else '{}' end";

std::string outputs() {
    return "select r.relation, cast(r.schema_name as text) as schema_name, "
           "cast(r.relation_name as text) as relation_name, coalesce(t.oid, 0) as oid, "
           "coalesce(cast(t.tgname as text), '') as name, cast(coalesce(t.tgtype, 0) as integer) as bits, "
           "coalesce(cast(t.tgenabled as text), '') as state, t.tgqual is not null as is_conditional, "
           "case when t.tgqual is not null then pg_catalog.pg_get_triggerdef(t.oid) end as definition, "
           "coalesce(t.tgconstraint, 0) <> 0 as is_constraint, coalesce(t.tgdeferrable, false) as is_deferrable, "
           "coalesce(t.tginitdeferred, false) as is_deferred, "
           "coalesce(pg_catalog.cardinality(cast(t.tgattr as int2[])), 0) as column_count, " +
           std::string(columns) +
           " as column_names, cast(coalesce(t.tgnargs, 0) as integer) as argument_count, case when t.tgnargs > 0 "
           "then " +
           std::string(arguments) +
           " else '{}' end as arguments, cast(fn.nspname as text) as function_schema, "
           "cast(f.proname as text) as function_name, cast(rn.nspname as text) as referred_schema, "
           "cast(rc.relname as text) as referred_name, cast(t.tgoldtable as text) as old_table, "
           "cast(t.tgnewtable as text) as new_table, cast(pn.nspname as text) as parent_schema, "
           "cast(pc.relname as text) as parent_name, ds.description as comment from chosen r left join " +
           declared();
}

constexpr std::string_view more =
    "left join pg_catalog.pg_proc f on f.oid = t.tgfoid "
    "left join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace "
    "left join pg_catalog.pg_class rc on rc.oid = t.tgconstrrelid "
    "left join pg_catalog.pg_namespace rn on rn.oid = rc.relnamespace "
    "left join pg_catalog.pg_trigger pt on pt.oid = t.tgparentid "
    "left join pg_catalog.pg_class pc on pc.oid = pt.tgrelid "
    "left join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace "
    "left join pg_catalog.pg_description ds on ds.classoid = cast('pg_catalog.pg_trigger' as pg_catalog.regclass) "
    "and ds.objoid = t.oid and ds.objsubid = 0";

reflected::trigger_state state_of(std::string_view code) {
    if (code == "D")
        return reflected::trigger_state::disabled;
    if (code == "R")
        return reflected::trigger_state::replica;
    return code == "A" ? reflected::trigger_state::always : reflected::trigger_state::origin;
}

// Bits of src/include/catalog/pg_trigger.h of PostgreSQL, TRIGGER_TYPE_ROW and those behind it.
constexpr int each_row = 1, before = 2, on_insert = 4, on_delete = 8, on_update = 16, on_truncate = 32, instead_of = 64;

// Nothing if a part of it is gone: then the relation is, too.
std::optional<reflected::trigger> trigger_from(trigger_row& row) {
    const auto function = name_of(row.function_schema, row.function_name);
    const auto has = [](const std::vector<std::string>& all, int count) {
        return all.size() == static_cast<std::size_t>(count);
    };
    if (!function || !has(row.column_names, row.column_count) || !has(row.arguments, row.argument_count))
        return std::nullopt;
    reflected::trigger found;
    if (row.is_conditional) {
        if (row.definition)
            found.condition = condition_in_definition(*row.definition);
        // The definition is that of now: it has none if the trigger was replaced meanwhile.
        if (!found.condition)
            return std::nullopt;
    }
    found.oid = row.oid;
    found.name = row.name;
    found.timing = (row.bits & before) != 0       ? reflected::trigger_timing::before
                   : (row.bits & instead_of) != 0 ? reflected::trigger_timing::instead_of
                                                  : reflected::trigger_timing::after;
    found.on_insert = (row.bits & on_insert) != 0;
    found.on_update = (row.bits & on_update) != 0;
    found.on_delete = (row.bits & on_delete) != 0;
    found.on_truncate = (row.bits & on_truncate) != 0;
    found.update_columns = std::move(row.column_names);
    found.for_each_row = (row.bits & each_row) != 0;
    found.function = *function;
    found.arguments = std::move(row.arguments);
    found.state = state_of(row.state);
    found.constraint = row.is_constraint;
    found.deferrable = row.is_deferrable;
    found.initially_deferred = row.is_deferred;
    found.referred_table = name_of(row.referred_schema, row.referred_name);
    found.old_table = copy(row.old_table);
    found.new_table = copy(row.new_table);
    found.parent = name_of(row.parent_schema, row.parent_name);
    found.comment = copy(row.comment);
    return found;
}

asio::awaitable<reflected::by_relation<std::vector<reflected::trigger>>> read_triggers(catalog::pointer source,
                                                                                       relation_selection selection) {
    return read_catalog(std::move(source), triggers_query(selection), &triggers_from);
}

statement definition_query(const std::string& table, const std::string& trigger,
                           const std::optional<std::string>& schema) {
    const std::string text = "with chosen as (" + selected_relations(named_relation(table, schema)) +
                             ") select pg_catalog.pg_get_triggerdef(t.oid) from chosen r join " + declared() +
                             "where t.tgname = cast(";
    const std::vector<std::string> tables = {table};
    if (!schema)
        return statement(text + "$2 as pg_catalog.text)", tables, trigger);
    const std::vector<std::string> schemas = {*schema};
    return statement(text + "$3 as pg_catalog.text)", schemas, tables, trigger);
}

asio::awaitable<std::string> read_definition(catalog::pointer source, std::string table, std::string trigger,
                                             std::optional<std::string> schema) {
    const result rows = co_await read_catalog(std::move(source), definition_query(table, trigger, schema));
    const std::optional<std::string> definition =
        rows.empty() ? std::nullopt : rows[0][0].as<std::optional<std::string>>();
    if (!definition)
        throw_no_relation(table, schema, "trigger \"" + trigger + "\" of a table or view");
    co_return *definition;
}

} // namespace

statement triggers_query(const relation_selection& selection, found_by way) {
    return detail::bind("with chosen as (" + selected_relations(selection, way) + ") " + outputs() + std::string(more),
                        selection);
}

reflected::by_relation<std::vector<reflected::trigger>> triggers_from(const result& rows, bool& is_complete) {
    relation_groups<std::vector<reflected::trigger>> groups;
    for (trigger_row row : rows.rows<trigger_row>()) {
        std::vector<reflected::trigger>& all = groups.of(row.relation, row.schema_name, row.relation_name);
        if (row.oid == 0)
            continue;
        if (std::optional<reflected::trigger> found = trigger_from(row))
            all.push_back(std::move(*found));
        else
            groups.leave_out(row.relation);
    }
    is_complete = is_complete && !groups.has_left_out();
    return groups.take([](std::uint32_t, std::vector<reflected::trigger>& all) {
        std::sort(all.begin(), all.end(),
                  [](const reflected::trigger& a, const reflected::trigger& b) { return a.name < b.name; });
    });
}

} // namespace detail

asio::awaitable<std::vector<reflected::trigger>> inspector::triggers(std::string table,
                                                                     std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_triggers(catalog_, detail::named_relation(table, schema)), table, schema,
                                 "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::trigger>>>
inspector::triggers(relation_selection selection) const {
    return detail::read_triggers(catalog_, std::move(selection));
}

asio::awaitable<std::string> inspector::trigger_definition(std::string table, std::string trigger,
                                                           std::optional<std::string> schema) const {
    return detail::read_definition(catalog_, std::move(table), std::move(trigger), std::move(schema));
}

} // namespace coropq
