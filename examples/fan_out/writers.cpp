// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "writers.hpp"

#include "../csv.hpp"

#include <coropq/types/type_oid.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include <algorithm>
#include <set>
#include <string_view>

namespace fan_out_example {

namespace {

std::string json_text(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string json_value(const coropq::field& value, std::uint32_t type) {
    namespace oid = coropq::type_oid;
    if (value.is_null())
        return "null";
    std::string text = value.text();
    switch (type) {
    case oid::boolean: return text == "t" ? "true" : "false";
    case oid::int2:
    case oid::int4:
    case oid::int8:
    case oid::oid:
    case oid::float4:
    case oid::float8:
    case oid::numeric:
        if (text.find_first_not_of("0123456789+-.e") == std::string::npos)
            return text;
        break;
    case oid::json:
    case oid::jsonb: // a line end in it can't be part of a string, which has \n there
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
        return text;
    default: break;
    }
    return json_text(text);
}

// As JSON texts.
std::vector<std::string> distinct_names(const coropq::result& rows) {
    std::set<std::string> used;
    std::vector<std::string> names;
    for (std::size_t i = 0; i != rows.column_count(); ++i) {
        std::string name(rows.column_name(i));
        for (int number = 2; !used.insert(name).second; ++number)
            name = std::string(rows.column_name(i)) + '_' + std::to_string(number);
        names.push_back(json_text(name));
    }
    return names;
}

} // namespace

void csv_writer::append(std::string& text, std::size_t index, const coropq::result& rows) {
    if (rows.column_count() == 0)
        return;
    std::string header = "statement";
    for (std::size_t i = 0; i != rows.column_count(); ++i) {
        header += ',';
        append_quoted(header, rows.column_name(i));
    }
    header += "\r\n";
    if (header != header_)
        text += header;
    header_ = std::move(header);
    for (const coropq::row row : rows) {
        text += std::to_string(index);
        for (const coropq::field value : row) {
            text += ',';
            if (!value.is_null())
                append_quoted(text, value.text());
        }
        text += "\r\n";
    }
}

void json_writer::append(std::string& text, std::size_t index, const coropq::result& rows) {
    text += "{\"statement\":" + std::to_string(index) + ",\"command\":" + json_text(rows.command_tag()) + ",\"rows\":[";
    const std::vector<std::string> names = distinct_names(rows);
    bool is_first = true;
    for (const coropq::row row : rows) {
        text += is_first ? "{" : ",{";
        is_first = false;
        for (std::size_t i = 0; i != names.size(); ++i) {
            text += i == 0 ? "" : ",";
            text += names[i] + ':' + json_value(row[i], rows.column_type(i));
        }
        text += '}';
    }
    text += "]}\n";
}

} // namespace fan_out_example
