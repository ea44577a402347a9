// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/data_type_reader.hpp"
#include "inspect/query_service.hpp"
#include "types/built_in_types.hpp"

namespace coropq::detail {

namespace {

// What format_type writes in parentheses: behind the name, or behind the first word of `timestamp without time zone`.
std::string text_of(const reflected::data_type& type, std::string name) {
    std::string arguments;
    if (type.length)
        arguments = std::to_string(*type.length);
    else if (type.precision)
        arguments = std::to_string(*type.precision) + (type.scale ? "," + std::to_string(*type.scale) : "");
    if (!type.interval_fields.empty())
        name += " " + type.interval_fields;
    if (!arguments.empty()) {
        const bool has_zone = name.ends_with(" time zone");
        name.insert(has_zone ? name.find(' ') : name.size(), "(" + arguments + ")");
    }
    return type.dimensions == 0 ? name : name + "[]";
}

} // namespace

reflected::data_type described_type(std::uint32_t oid, const std::string& name, int modifier) {
    reflected::data_type type;
    type.oid = oid;
    type.modifier = modifier;
    const type_description* found = find_built_in_type(oid);
    if (found == nullptr) {
        type.text = name;
        type.name = name;
        return type;
    }
    if (found->kind == type_kind::array) {
        type.array_oid = oid;
        type.dimensions = 1;
        type.oid = found->element;
        found = find_built_in_type(found->element);
    }
    type.schema = "pg_catalog";
    type.name = find_built_in_catalog_name(type.oid);
    if (found != nullptr && found->kind == type_kind::range)
        type.kind = reflected::type_kind::range;
    else if (found != nullptr && found->kind == type_kind::multirange)
        type.kind = reflected::type_kind::multirange;
    decode_modifier(type);
    type.text = text_of(type, found == nullptr ? type.name : found->name);
    return type;
}

} // namespace coropq::detail
