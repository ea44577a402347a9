// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/storage.hpp"

#include "inspect/sql_text.hpp"

#include <string_view>

namespace coropq::detail {

namespace {

using reflected::column_storage;
using reflected::type_kind;

// Of the types in pg_catalog: src/include/catalog/pg_type.dat of PostgreSQL, typstorage. All others are plain.
constexpr std::string_view extended =
    " bit bpchar bytea json jsonb jsonpath path pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_dependencies "
    "pg_mcv_list pg_ndistinct pg_node_tree pg_snapshot polygon refcursor text tsvector txid_snapshot varbit varchar "
    "xml ";
constexpr std::string_view main = " cidr inet numeric ";

bool is_in(std::string_view list, const std::string& name) {
    return list.find(' ' + name + ' ') != std::string_view::npos;
}

std::string_view storage_text(column_storage storage) noexcept {
    switch (storage) {
    case column_storage::plain: break;
    case column_storage::external: return "external";
    case column_storage::main: return "main";
    case column_storage::extended: return "extended";
    }
    return "plain";
}

} // namespace

std::optional<column_storage> default_storage(const reflected::data_type& type) {
    if (type.dimensions != 0)
        return column_storage::extended;
    switch (type.kind) {
    case type_kind::enumeration: return column_storage::plain;
    case type_kind::composite:
    case type_kind::range:
    case type_kind::multirange: return column_storage::extended;
    case type_kind::domain:
        if (!type.bases.empty())
            return default_storage(type.bases.front());
        return std::nullopt;
    case type_kind::base:
    case type_kind::pseudo: break;
    }
    if (type.schema != "pg_catalog")
        return std::nullopt;
    if (is_in(extended, type.name))
        return column_storage::extended;
    return is_in(main, type.name) ? column_storage::main : column_storage::plain;
}

std::vector<std::string> storage_changes(const reflected::column& column) {
    const std::string alter = "alter column " + quoted_name(column.name) + " set ";
    std::vector<std::string> changes;
    if (column.storage && default_storage(column.type) != *column.storage)
        changes.push_back(alter + "storage " + std::string(storage_text(*column.storage)));
    if (column.compression)
        changes.push_back(alter + "compression " + *column.compression);
    if (column.statistics_target)
        changes.push_back(alter + "statistics " + std::to_string(*column.statistics_target));
    if (!column.options.empty())
        changes.push_back(alter + quoted_options("", column.options).substr(1));
    return changes;
}

} // namespace coropq::detail
