// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/column_names.hpp>
#include <coropq/detail/composite_form.hpp>
#include <coropq/types/type_oid.hpp>

#include "types/reading.hpp"

#include <vector>

// The binary form is that of record_send, the text form that of record_out in the server's
// src/backend/utils/adt/rowtypes.c.

namespace coropq::detail {

namespace {

constexpr std::size_t not_found = static_cast<std::size_t>(-1);

std::size_t find_attribute(const std::vector<type_attribute>& attributes, std::string_view name) noexcept {
    for (std::size_t i = 0; i != attributes.size(); ++i)
        if (attributes[i].name == name)
            return i;
    for (std::size_t i = 0; i != attributes.size(); ++i)
        if (names_match(name, attributes[i].name))
            return i;
    return not_found;
}

/// Null if the names aren't known: of records, whose attributes differ from value to value, and of other types.
const std::vector<type_attribute>* attributes_of(std::uint32_t type, const type_catalog& types) noexcept {
    if (type == type_oid::record)
        return nullptr;
    const type_description* description = types.find(type);
    return description && description->kind == type_kind::composite ? &description->attributes : nullptr;
}

[[noreturn]] void wrong_count() {
    throw value_error("the composite value has another number of attributes than the C++ type");
}

std::size_t read_count(value_reader& reader) {
    const auto count = reader.read<std::int32_t>();
    // Each takes eight bytes at least.
    if (count < 0 || static_cast<std::size_t>(count) > reader.remaining() / 8)
        senseless();
    return static_cast<std::size_t>(count);
}

attribute read_attribute(value_reader& reader) {
    attribute result;
    result.type = reader.read<std::uint32_t>();
    std::string_view bytes;
    if (reader.read_value(bytes))
        result.bytes = bytes;
    return result;
}

} // namespace

bool accepts_composite(std::uint32_t type, const type_catalog& types) noexcept {
    return type == type_oid::record || types.kind_of(type) == type_kind::composite;
}

std::uint32_t attribute_type(std::uint32_t type, const type_catalog& types, std::string_view name) noexcept {
    const std::vector<type_attribute>* attributes = attributes_of(type, types);
    if (!attributes)
        return type_oid::unknown_type;
    const std::size_t index = find_attribute(*attributes, name);
    return index == not_found ? type_oid::unknown_type : types.base_of((*attributes)[index].type);
}

std::uint32_t attribute_type(std::uint32_t type, const type_catalog& types, std::size_t index) noexcept {
    const std::vector<type_attribute>* attributes = attributes_of(type, types);
    if (!attributes || index >= attributes->size())
        return type_oid::unknown_type;
    return types.base_of((*attributes)[index].type);
}

void read_attributes(const value_view& value, std::span<const std::string_view> names,
                     std::span<attribute> attributes) {
    const std::vector<type_attribute>* known = attributes_of(value.type(), value.types());
    if (!known)
        return read_attributes(value, attributes);
    value_reader reader(value);
    const std::size_t count = read_count(reader);
    if (count != known->size())
        throw value_error("the composite type has changed since the library looked it up");
    std::vector<attribute> all(count);
    for (std::size_t i = 0; i != count; ++i) {
        all[i] = read_attribute(reader);
        if (value.format() == wire_format::binary && all[i].type != (*known)[i].type)
            throw value_error("the composite type has changed since the library looked it up");
    }
    reader.finish();
    for (std::size_t i = 0; i != names.size(); ++i) {
        const std::size_t index = find_attribute(*known, names[i]);
        if (index == not_found)
            throw value_error("the composite type has no attribute for a member of the struct",
                              "coropq::column_names says what attributes are called");
        attributes[i] = all[index];
    }
}

void read_attributes(const value_view& value, std::span<attribute> attributes) {
    value_reader reader(value);
    if (read_count(reader) != attributes.size())
        wrong_count();
    for (attribute& one : attributes)
        one = read_attribute(reader);
    reader.finish();
}

void composite_literal::add(const std::optional<std::string>& text) {
    if (!first_)
        writer_.write_text(",");
    first_ = false;
    if (!text)
        return; // NULL
    writer_.write_text("\"");
    for (const char c : *text) {
        if (c == '"' || c == '\\')
            writer_.buffer().push_back(c);
        writer_.buffer().push_back(c);
    }
    writer_.write_text("\"");
}

} // namespace coropq::detail
