// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/query_service.hpp"

#include "inspect/codes.hpp"
#include "inspect/columns.hpp"
#include "inspect/names.hpp"
#include "inspect/names_query.hpp"

#include <coropq/error.hpp>
#include <coropq/inspect/inspector.hpp>
#include <coropq/sqlstate.hpp>
#include <coropq/statement.hpp>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using names = std::vector<std::string>;
using columns = std::vector<reflected::column>;
using reflected::by_relation;

// PostgreSQL may refuse them as well, to a user who may not read them.
bool may_have_catalogs(const catalog& source) { return source.dialect() != dialect::query_service; }

bool is_unanswered(const inspection_error& problem) { return problem.code() == errc::unsupported; }

std::string in_quotes(std::string_view name) {
    std::string text = "\"";
    for (const char c : name)
        text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + '"';
}

// One schema, if it is one that is asked about; one name likewise. More are looked for here: arrays, and lists of
// parameters, aren't documented.
statement relations_statement(const relation_selection& selection) {
    std::string text = "select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on "
                       "n.oid = c.relnamespace where c.relkind in (";
    if (selection.kinds()) {
        for (const reflected::relation_kind kind : *selection.kinds())
            text += std::string("'") + code_of(kind) + "', ";
        text += "'')";
    } else {
        text += "'r', 'p', 'f', 'v', 'm')";
    }
    if (selection.temporary())
        text += *selection.temporary() ? " and c.relpersistence = 't'" : " and c.relpersistence <> 't'";
    const schema_selection& schemas = selection.schemas();
    if (schemas.which() == schema_selection::scope::search_path)
        text += " and n.nspname <> 'pg_catalog' and pg_catalog.pg_table_is_visible(c.oid)";
    const bool one_name = selection.names() && selection.names()->size() == 1;
    const bool one_schema = schemas.which() == schema_selection::scope::named && schemas.names().size() == 1;
    if (one_name)
        text += " and c.relname = cast($1 as text)";
    if (one_schema)
        text += std::string(" and n.nspname = cast(") + (one_name ? "$2" : "$1") + " as text)";
    if (one_name && one_schema)
        return statement(text, selection.names()->front(), schemas.names().front());
    if (one_name)
        return statement(text, selection.names()->front());
    if (one_schema)
        return statement(text, schemas.names().front());
    return statement(text);
}

bool contains(const names& all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

bool is_selected(const relation_selection& selection, const reflected::qualified_name& name) {
    if (selection.names() && !contains(*selection.names(), name.name))
        return false;
    switch (selection.schemas().which()) {
    case schema_selection::scope::named: return contains(selection.schemas().names(), name.schema);
    case schema_selection::scope::all: return !name.schema.starts_with("pg_") && name.schema != "information_schema";
    case schema_selection::scope::search_path: break;
    }
    return true;
}

asio::awaitable<std::vector<reflected::qualified_name>> read_relation_names(catalog::pointer source,
                                                                            relation_selection selection) {
    const result rows = co_await read_catalog(std::move(source), relations_statement(selection));
    std::vector<reflected::qualified_name> found;
    for (const auto& [schema, name] : rows.rows<std::string, std::string>()) {
        reflected::qualified_name candidate{schema, name};
        if (is_selected(selection, candidate))
            found.push_back(std::move(candidate));
    }
    co_return found;
}

columns described_columns(const result& nothing) {
    columns found;
    int position = 0;
    for (const coropq::column& each : nothing.columns()) {
        reflected::column column;
        column.name = each.name;
        column.position = ++position;
        column.type = described_type(each.type, each.type_name, each.type_modifier);
        found.push_back(std::move(column));
    }
    return found;
}

// Not LIMIT 0, which on Query Service means that there is no limit. A schema is only written where one was asked for:
// names in quotes and dots don't go together everywhere there.
asio::awaitable<std::optional<columns>> describe(catalog::pointer source, reflected::qualified_name name,
                                                 bool with_schema) {
    const std::string qualified = (with_schema ? in_quotes(name.schema) + "." : std::string()) + in_quotes(name.name);
    statement question("select * from " + qualified + " where 1 = 0");
    question.prepare(false);
    try {
        const result nothing = co_await source->execute(std::move(question));
        co_return described_columns(nothing);
    } catch (const server_error& problem) {
        if (problem.code() != sqlstate::undefined_table)
            throw;
    }
    co_return std::nullopt; // It has vanished.
}

asio::awaitable<by_relation<columns>> read_described_columns(catalog::pointer source, relation_selection selection) {
    const bool with_schema = selection.schemas().which() != schema_selection::scope::search_path;
    by_relation<columns> found;
    const std::vector<reflected::qualified_name> all = co_await read_relation_names(source, std::move(selection));
    for (const reflected::qualified_name& name : all) {
        std::optional<columns> of_relation = co_await describe(source, name, with_schema);
        if (of_relation)
            found.emplace(name, std::move(*of_relation));
    }
    co_return found;
}

relation_selection selection_of_table(const std::string& table, const std::optional<std::string>& schema) {
    relation_selection selection{schema ? schema_selection(*schema) : schema_selection()};
    selection.names({table});
    return selection;
}

std::optional<bool> truth_of(const std::optional<std::string>& text) {
    if (text == "t" || text == "true" || text == "TRUE")
        return true;
    if (text == "f" || text == "false" || text == "FALSE")
        return false;
    return std::nullopt;
}

std::string in_lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

reflected::dataset dataset_of(const std::map<std::string, std::optional<std::string>>& row) {
    std::map<std::string, std::optional<std::string>> values;
    for (const auto& [column, value] : row)
        values[in_lower_case(column)] = value;
    reflected::dataset found;
    found.name = values["name"].value_or("");
    found.id = values["datasetid"];
    found.title = values["dataset"];
    found.description = values["description"];
    found.resolved = truth_of(values["resolved"]);
    found.type = values["type"];
    return found;
}

} // namespace

asio::awaitable<by_relation<columns>> read_any_columns(catalog::pointer source, relation_selection selection) {
    std::optional<by_relation<columns>> found;
    try {
        if (may_have_catalogs(*source))
            found = co_await read_columns(source, selection);
    } catch (const inspection_error& problem) {
        if (!is_unanswered(problem))
            throw;
    }
    if (!found)
        found = co_await read_described_columns(std::move(source), std::move(selection));
    co_return std::move(*found);
}

asio::awaitable<bool> read_any_column_existence(catalog::pointer source, std::string table, std::string column,
                                                std::optional<std::string> schema) {
    std::optional<bool> found;
    try {
        if (may_have_catalogs(*source))
            found = co_await read_existence(source, column_query(table, column, schema));
    } catch (const inspection_error& problem) {
        if (!is_unanswered(problem))
            throw;
    }
    if (found)
        co_return *found;
    const by_relation<columns> all =
        co_await read_described_columns(std::move(source), selection_of_table(table, schema));
    co_return !all.empty() && std::any_of(all.begin()->second.begin(), all.begin()->second.end(),
                                          [&](const reflected::column& each) { return each.name == column; });
}

asio::awaitable<names> read_any_existing_tables(catalog::pointer source, names candidates,
                                                std::optional<std::string> schema) {
    std::optional<names> found;
    try {
        if (may_have_catalogs(*source))
            found = co_await read_names(source, existing_tables_query(candidates, schema));
    } catch (const inspection_error& problem) {
        if (!is_unanswered(problem))
            throw;
    }
    if (found)
        co_return std::move(*found);
    relation_selection selection{schema ? schema_selection(*schema) : schema_selection()};
    selection.names(std::move(candidates));
    names existing;
    const std::vector<reflected::qualified_name> all =
        co_await read_relation_names(std::move(source), std::move(selection));
    for (const reflected::qualified_name& each : all)
        existing.push_back(each.name);
    std::sort(existing.begin(), existing.end());
    co_return existing;
}

asio::awaitable<std::vector<reflected::dataset>> read_datasets(catalog::pointer source) {
    const result rows = co_await read_what_few_have(std::move(source), statement("show tables"));
    std::vector<reflected::dataset> found;
    for (const auto& row : rows.mappings())
        found.push_back(dataset_of(row));
    std::sort(found.begin(), found.end(),
              [](const reflected::dataset& a, const reflected::dataset& b) { return a.name < b.name; });
    co_return found;
}

} // namespace detail

asio::awaitable<std::vector<reflected::dataset>> inspector::datasets() const { return detail::read_datasets(catalog_); }

} // namespace coropq
