// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/inspect/text.hpp>

#include "inspect/ddl/clauses.hpp"
#include "inspect/ddl/routine_text.hpp"
#include "inspect/ddl/table_rest.hpp"
#include "inspect/ddl/table_statements.hpp"
#include "inspect/line_text.hpp"
#include "inspect/sql_text.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace coropq {

namespace detail {

namespace {

using reflected::index_role;
using reflected::relation_kind;

std::string capitalized(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

std::string title_of(const reflected::relation& relation) {
    std::string kind(relation.kind == relation_kind::partitioned_table ? "partitioned table"
                                                                       : kind_text(relation.kind));
    if (relation.persistence == reflected::persistence::unlogged)
        kind = "unlogged " + kind;
    if (relation.persistence == reflected::persistence::temporary)
        kind = "temporary " + kind;
    return capitalized(kind) + ' ' + line_text(quoted_name({relation.schema, relation.name})) + '\n';
}

/// Lines of cells below each other; what is empty in all lines isn't shown.
class grid {
public:
    explicit grid(std::vector<std::string> titles) : titles_(std::move(titles)) {}

    void add(std::vector<std::string> cells) {
        for (std::string& cell : cells)
            cell = line_text(cell);
        lines_.push_back(std::move(cells));
    }

    std::string text() const {
        std::vector<std::size_t> shown;
        std::vector<std::size_t> widths(titles_.size(), 0);
        for (std::size_t column = 0; column != titles_.size(); ++column) {
            for (const auto& line : lines_)
                widths[column] = std::max(widths[column], character_count(line[column]));
            if (widths[column] != 0 || column == 0)
                shown.push_back(column);
            widths[column] = std::max(widths[column], character_count(titles_[column]));
        }
        std::string rule;
        for (const std::size_t column : shown)
            rule += (rule.empty() ? "-" : "+-") + std::string(widths[column] + 1, '-');
        std::string all = line(titles_, shown, widths) + rule + '\n';
        for (const auto& cells : lines_)
            all += line(cells, shown, widths);
        return all;
    }

private:
    static std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& shown,
                            const std::vector<std::size_t>& widths) {
        std::string text;
        for (const std::size_t column : shown)
            text += (text.empty() ? " " : "| ") + cells[column] +
                    std::string(widths[column] - character_count(cells[column]) + 1, ' ');
        text.erase(text.find_last_not_of(' ') + 1);
        return text + '\n';
    }

    std::vector<std::string> titles_;
    std::vector<std::vector<std::string>> lines_;
};

std::string default_of(const reflected::column& column) {
    if (column.generated)
        return "generated always as (" + column.generated->expression + (column.generated->stored ? ") stored" : ")");
    if (column.identity)
        return std::string("generated ") + (column.identity->always ? "always" : "by default") + " as identity";
    return column.default_value.value_or("");
}

std::string columns_of(const reflected::table& table) {
    grid all({"Column", "Type", "Collation", "Nullable", "Default", "Comment"});
    for (const reflected::column& column : table.columns)
        all.add({column.name, column.type.text, column.collation ? quoted_name(*column.collation) : "",
                 column.nullable ? "" : "not null", default_of(column), column.comment.value_or("")});
    return all.text();
}

void add_section(std::string& text, std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty())
        return;
    text += std::string(title) + ":\n";
    for (const std::string& line : lines)
        text += "    " + line_text(line) + '\n';
}

std::string_view role_text(index_role role) noexcept {
    switch (role) {
    case index_role::none: break;
    case index_role::primary_key: return "primary key, ";
    case index_role::unique_constraint: return "unique constraint, ";
    case index_role::exclusion_constraint: return "exclusion constraint, ";
    }
    return "";
}

std::string index_line(const reflected::index& index) {
    std::string text = quoted_name(index.name) + ": " + std::string(role_text(index.role)) +
                       (index.role == index_role::none && index.unique ? "unique, " : "") +
                       index_definition(index, true);
    for (const auto& [counts, what] : {std::pair(!index.valid, ", invalid"), std::pair(index.clustered, ", clustered"),
                                       std::pair(index.replica_identity, ", replica identity")})
        if (counts)
            text += what;
    return text;
}

template <typename T, typename Function>
std::vector<std::string> lines_of(const std::vector<T>& values, Function function) {
    std::vector<std::string> lines;
    for (const T& value : values)
        lines.push_back(function(value));
    return lines;
}

std::string definition_text(std::string_view definition) {
    std::string text;
    while (!definition.empty()) {
        const std::size_t end = std::min(definition.find('\n'), definition.size());
        text += line_text(definition.substr(0, end)) + '\n';
        definition.remove_prefix(std::min(end + 1, definition.size()));
    }
    return text;
}

std::string trigger_line(const reflected::trigger& trigger) {
    std::string text = quoted_name(trigger.name) + ": " + trigger_definition(trigger);
    if (trigger.state != reflected::trigger_state::origin)
        text += std::string(", ") + boost::describe::enum_to_string(trigger.state, "");
    return text;
}

std::vector<std::string> options_of(const reflected::relation& relation) {
    std::vector<std::string> lines = relation.options.storage_parameters;
    if (relation.partition_key)
        lines.push_back(partition_clause(*relation.partition_key).substr(1));
    if (relation.options.server)
        lines.push_back("server " + quoted_name(*relation.options.server) +
                        foreign_options_clause(relation.options.foreign_options));
    if (relation.options.of_type)
        lines.push_back("of the type " + quoted_name(*relation.options.of_type));
    if (relation.options.tablespace)
        lines.push_back("tablespace " + quoted_name(*relation.options.tablespace));
    if (relation.options.access_method && *relation.options.access_method != "heap")
        lines.push_back("access method " + quoted_name(*relation.options.access_method));
    if (relation.row_security)
        lines.emplace_back(relation.force_row_security ? "row-level security, for the owner as well"
                                                       : "row-level security");
    if (!relation.populated)
        lines.emplace_back("without data");
    return lines;
}

} // namespace

} // namespace detail

std::string reflected::to_text(const reflected::table& table) {
    const reflected::relation& relation = table.relation;
    std::string text = detail::title_of(relation) + detail::columns_of(table);
    std::vector<std::string> parents;
    for (const reflected::qualified_name& parent : relation.options.parents)
        parents.push_back(detail::quoted_name(parent) +
                          (relation.partition_bound ? ' ' + *relation.partition_bound : std::string()));
    detail::add_section(text, relation.is_partition ? "Partition of" : "Inherits", parents);
    detail::add_section(text, "Indexes", detail::lines_of(table.indexes, detail::index_line));
    detail::add_section(text, "Check constraints", detail::lines_of(table.check_constraints, detail::check_definition));
    detail::add_section(text, "Foreign keys", detail::lines_of(table.foreign_keys, detail::foreign_key_definition));
    detail::add_section(text, "Exclusion constraints",
                        detail::lines_of(table.exclusion_constraints, [](const auto& exclusion) {
                            return detail::exclusion_definition(exclusion, nullptr, false);
                        }));
    detail::add_section(text, "Triggers", detail::lines_of(table.triggers, detail::trigger_line));
    detail::add_section(text, "Policies", detail::lines_of(table.policies, [](const reflected::policy& policy) {
                            return detail::quoted_name(policy.name) + ": " + detail::policy_definition(policy);
                        }));
    detail::add_section(text, relation.partition_key ? "Partitions" : "Children",
                        detail::lines_of(table.children, [](const reflected::qualified_name& child) {
                            return detail::quoted_name(child);
                        }));
    detail::add_section(text, "Options", detail::options_of(relation));
    if (relation.comment)
        detail::add_section(text, "Comment", {*relation.comment});
    if (table.view_definition)
        text += "Definition:\n" + detail::definition_text(*table.view_definition);
    return text;
}

namespace detail {

namespace {

template <typename T>
std::string title_of(std::string_view kind, const T& value) {
    return std::string(kind) + ' ' + line_text(quoted_name({value.schema, value.name})) + '\n';
}

std::string text_of(const reflected::composite_type& type) {
    std::string text = title_of("Composite type", type);
    add_section(text, "Attributes", lines_of(type.attributes, [](const reflected::attribute& attribute) {
                    return quoted_name(attribute.name) + ' ' + type_text(attribute.type);
                }));
    return text + '\n';
}

std::string text_of(const reflected::range_type& type) {
    std::string text = title_of("Range", type);
    add_section(text, "Definition", {"of " + type_text(type.subtype)});
    return text + '\n';
}

std::string text_of(const reflected::sequence& sequence) {
    std::string text = title_of("Sequence", sequence);
    std::vector<std::string> lines{type_text(sequence.type) + ' ' + sequence_clauses(sequence)};
    if (sequence.owned_by)
        lines.push_back("owned by " + quoted_name(sequence.owned_by->table) + '.' +
                        quoted_name(sequence.owned_by->column));
    add_section(text, "Definition", lines);
    return text + '\n';
}

template <typename T>
std::string texts_of(const std::vector<T>& values) {
    std::string text;
    for (const T& value : values)
        text += text_of(value);
    return text;
}

// A line for each: there are many.
std::string lists_of(const reflected::schema_snapshot& snapshot) {
    std::string text;
    add_section(text, "Extensions", lines_of(snapshot.extensions, [](const reflected::extension& extension) {
                    return quoted_name(extension.name) + ' ' + extension.version + " in the schema " +
                           quoted_name(extension.schema);
                }));
    add_section(text, "Functions and procedures", lines_of(snapshot.routines, [](const reflected::routine& routine) {
                    return routine_kind_text(routine.kind) + ' ' + routine_text(routine);
                }));
    return text.empty() ? text : text + '\n';
}

} // namespace

} // namespace detail

std::string reflected::to_text(const reflected::schema_snapshot& snapshot) {
    std::string text = detail::lists_of(snapshot);
    for (const reflected::enum_type& type : snapshot.enums) {
        text += "Enum " + detail::line_text(detail::quoted_name({type.schema, type.name})) + '\n';
        detail::add_section(text, "Labels", type.labels);
        text += '\n';
    }
    for (const reflected::domain_type& type : snapshot.domains) {
        text += "Domain " + detail::line_text(detail::quoted_name({type.schema, type.name})) + '\n';
        std::vector<std::string> lines{detail::type_text(type.type) + (type.nullable ? "" : " not null")};
        if (type.default_value)
            lines.push_back("default " + *type.default_value);
        for (const reflected::domain_constraint& constraint : type.constraints)
            lines.push_back("constraint " + detail::quoted_name(constraint.name) + " check (" + constraint.expression +
                            ')');
        detail::add_section(text, "Definition", lines);
        text += '\n';
    }
    text += detail::texts_of(snapshot.composite_types) + detail::texts_of(snapshot.range_types) +
            detail::texts_of(snapshot.sequences);
    for (const auto& [name, table] : snapshot.tables)
        text += to_text(table) + '\n';
    return text;
}

} // namespace coropq
