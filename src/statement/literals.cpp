// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/literals.hpp"

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>

#include "characters.hpp"
#include "statement/lexer.hpp"
#include "statement/refuse.hpp"
#include "statement/text_parameters.hpp"

#include <algorithm>
#include <vector>

namespace coropq::detail {

namespace {

constexpr std::uint32_t first_user_oid = 16384; // FirstNormalObjectId of the server

// Keywords of SQL mean the server's own types whatever the search_path. `char` and `bit` would mean a length of 1, and
// `char` another type.
std::string_view keyword_of(std::uint32_t type) {
    switch (type) {
    case type_oid::boolean: return "boolean";
    case type_oid::int2: return "smallint";
    case type_oid::int4: return "integer";
    case type_oid::int8: return "bigint";
    case type_oid::float4: return "real";
    case type_oid::float8: return "double precision";
    case type_oid::numeric: return "numeric";
    case type_oid::time: return "time without time zone";
    case type_oid::timetz: return "time with time zone";
    case type_oid::timestamp: return "timestamp without time zone";
    case type_oid::timestamptz: return "timestamp with time zone";
    case type_oid::interval: return "interval";
    case type_oid::char_type: return "pg_catalog.\"char\"";
    case type_oid::bpchar: return "pg_catalog.bpchar";
    case type_oid::varchar: return "pg_catalog.varchar";
    case type_oid::bit: return "pg_catalog.bit";
    case type_oid::varbit: return "pg_catalog.varbit";
    default: return {};
    }
}

// As SQL names the type; empty if it can't.
std::string name_in_sql(std::uint32_t oid, const type_catalog& types) {
    if (const std::string_view keyword = keyword_of(oid); !keyword.empty())
        return std::string(keyword);
    const type_description* type = types.find(oid);
    if (!type)
        return {};
    if (type->kind == type_kind::array) {
        const std::string element = name_in_sql(type->element, types);
        return element.empty() ? element : element + "[]";
    }
    if (type->name.empty())
        return {};
    return oid < first_user_oid ? "pg_catalog." + type->name : type->name;
}

// The same for a parameter, whose type may have been given by name.
std::string name_in_sql(type_reference type, const type_catalog& types) {
    return type.name().empty() ? name_in_sql(type.oid(), types) : std::string(type.name());
}

void append_quoted(std::string& output, std::string_view text) {
    const bool has_backslash = text.find('\\') != std::string_view::npos;
    output += has_backslash ? " E'" : "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            output += c;
        output += c;
    }
    output += '\'';
}

// With parentheses around it, so that neither an operator in front nor an index or field behind changes what is meant,
// and so that it doesn't go on a string that ends in the line above.
std::string literal_of(const statement& source, std::size_t index, const type_catalog& types) {
    const type_reference type = source.parameter_type(index);
    const std::string name = name_in_sql(type, types);
    if (name.empty() && !type.is_untyped())
        refuse_statement(numbered_parameter(index) + ": its type has no name that is known");
    std::string literal = name.empty() ? "(" : "(CAST(";
    if (source.parameter_data(index))
        append_quoted(literal, text_of_parameter(source, index, types));
    else
        literal += "NULL";
    return literal + (name.empty() ? ")" : " AS " + name + "))");
}

// Which characters end a string, and what begins an escape, isn't the same everywhere that PostgreSQL's protocol is
// spoken: in Spark, \' is a quote, and '' the end of one string and the beginning of the next. So there are none in it.
// With parentheses, as above.
std::string plain_literal_of(const statement& source, std::size_t index, const type_catalog& types) {
    if (!source.parameter_data(index))
        return "(NULL)";
    const std::string text = text_of_parameter(source, index, types);
    const type_reference type = source.parameter_type(index);
    if (type.oid() == type_oid::boolean)
        return text == "t" ? "(true)" : "(false)";
    const bool is_number = is_number_or_boolean(type) && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
    if (is_number)
        return "(" + text + ")";
    const bool is_plain =
        std::none_of(text.begin(), text.end(), [](char c) { return c == '\'' || c == '\\' || is_control(c); });
    if (!is_plain)
        refuse_statement(numbered_parameter(index) +
                             ": with this server, a value with a quote, a backslash or a control character "
                             "can't be written as a literal, because how it reads these isn't known",
                         "leave simple_protocol out: then it travels as a parameter");
    return "('" + text + "')";
}

// Puts what `literal_of(index)` gives in the places of the parameters.
template <typename LiteralOf>
std::string render_with(const statement& source, std::optional<bool> standard_conforming, LiteralOf&& literal_of) {
    const std::size_t count = source.parameter_count();
    const std::string& sql = source.sql();
    if (count == 0)
        return sql;
    std::vector<std::string> literals(count);
    std::string text;
    std::size_t copied = 0;
    sql_lexer lexer(sql, {.backslash_escapes = !standard_conforming.value_or(true)});
    while (const auto found = lexer.next()) {
        if (found->number == 0 || found->number > count)
            refuse_statement("the statement has $" + std::to_string(found->number) + ", for which there is no value");
        std::string& literal = literals[found->number - 1];
        if (literal.empty())
            literal = literal_of(found->number - 1);
        text.append(sql, copied, found->begin - copied);
        text += literal;
        copied = found->begin + found->size;
    }
    if (lexer.is_ambiguous() && !standard_conforming)
        refuse_statement("where a string of the statement ends depends on the server's standard_conforming_strings",
                         "write strings with backslashes as E'…', with doubled backslashes");
    if (lexer.highest_number() != count)
        refuse_statement("the statement has fewer parameters than values");
    text.append(sql, copied);
    return text;
}

} // namespace

std::string render_with_literals(const statement& source, const type_catalog& types,
                                 std::optional<bool> standard_conforming) {
    return render_with(source, standard_conforming,
                       [&](std::size_t index) { return literal_of(source, index, types); });
}

std::string render_with_plain_literals(const statement& source, const type_catalog& types) {
    return render_with(source, std::nullopt, [&](std::size_t index) { return plain_literal_of(source, index, types); });
}

} // namespace coropq::detail
