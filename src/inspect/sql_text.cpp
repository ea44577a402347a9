// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/sql_text.hpp"

#include <algorithm>

namespace coropq {

namespace detail {

namespace {

// What is a keyword to some extent in a PostgreSQL from 13 to 18, but for the unreserved ones: the words that its
// quote_identifier puts in quotes (manual, appendix "SQL Key Words").
constexpr std::string_view keywords =
    " all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean "
    "both case cast char character check coalesce collate collation column concurrently constraint create "
    "cross current_catalog current_date current_role current_schema current_time current_timestamp "
    "current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch "
    "float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout "
    "int integer intersect interval into is isnull join json json_array json_arrayagg json_exists "
    "json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading "
    "least left like limit localtime localtimestamp merge_action national natural nchar none normalize not "
    "notnull null nullif numeric offset on only or order out outer overlaps overlay placing position "
    "precision primary real references returning right row select session_user setof similar smallint some "
    "substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union "
    "unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat "
    "xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable ";

bool begins_name(char c) noexcept { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_in_name(char c) noexcept { return begins_name(c) || (c >= '0' && c <= '9'); }

bool needs_quotes(std::string_view name) {
    return name.empty() || !begins_name(name.front()) || !std::all_of(name.begin(), name.end(), is_in_name) ||
           keywords.find(' ' + std::string(name) + ' ') != std::string_view::npos;
}

std::string doubled(std::string_view text, std::string_view what) {
    std::string all;
    for (const char c : text) {
        if (what.find(c) != std::string_view::npos)
            all += c;
        all += c;
    }
    return all;
}

// Behind the name, quoted or not, that begins there.
std::size_t end_of_name(std::string_view text, std::size_t begin) {
    if (begin == text.size() || text[begin] != '"')
        return std::min(text.find_first_of(".([ ", begin), text.size());
    std::size_t i = begin + 1;
    while (i != text.size()) {
        if (text[i] != '"')
            ++i;
        else if (i + 1 != text.size() && text[i + 1] == '"')
            i += 2;
        else
            return i + 1;
    }
    return i;
}

// What the server writes behind the name of a type that isn't its own: `(Point,4326)`.
std::string_view modifier_text(std::string_view text) {
    std::size_t end = end_of_name(text, 0);
    if (end != text.size() && text[end] == '.')
        end = end_of_name(text, end + 1);
    return text.substr(end);
}

} // namespace

std::string quoted_name(std::string_view name) {
    return needs_quotes(name) ? '"' + doubled(name, "\"") + '"' : std::string(name);
}

bool is_temporary_schema(std::string_view schema) noexcept {
    return schema == "pg_temp" || schema.starts_with("pg_temp_");
}

std::string quoted_name(const reflected::qualified_name& name) {
    const std::string_view schema = is_temporary_schema(name.schema) ? std::string_view("pg_temp") : name.schema;
    return (schema.empty() ? std::string() : quoted_name(schema) + '.') + quoted_name(name.name);
}

std::string quoted_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + quoted_name(name);
    return list;
}

std::string quoted_literal(std::string_view text) {
    // The space keeps it from growing together with what is in front of it.
    if (text.find('\\') != std::string_view::npos)
        return " E'" + doubled(text, "'\\") + '\'';
    return '\'' + doubled(text, "'") + '\'';
}

std::string quoted_options(std::string_view keyword, const std::vector<std::string>& options) {
    constexpr std::string_view toast = "toast.";
    std::string list;
    for (const std::string& option : options) {
        const std::size_t equals = std::min(option.find('='), option.size());
        std::string_view name = std::string_view(option).substr(0, equals);
        list += list.empty() ? "" : ", ";
        if (name.starts_with(toast)) { // no part of the name
            list += toast;
            name.remove_prefix(toast.size());
        }
        list += quoted_name(name);
        if (equals != option.size())
            list += '=' + quoted_literal(std::string_view(option).substr(equals + 1));
    }
    return list.empty() ? list : ' ' + std::string(keyword) + (keyword.empty() ? "(" : " (") + list + ')';
}

std::string type_text(const reflected::data_type& type) {
    std::string_view text = type.text;
    for (std::string_view brackets = "[]"; type.dimensions != 0 && text.ends_with(brackets);)
        text.remove_suffix(brackets.size());
    // Its own types have names of several words, and modifiers in between: `timestamp(3) with time zone`.
    std::string written = type.schema == "pg_catalog"
                              ? std::string(text)
                              : quoted_name({type.schema, type.name}) + std::string(modifier_text(text));
    for (int i = 0; i != type.dimensions; ++i)
        written += "[]";
    return written;
}

} // namespace detail

} // namespace coropq
