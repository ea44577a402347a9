// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/raw_names.hpp"

#include "inspect/codes.hpp"
#include "inspect/data_type_reader.hpp"

#include <coropq/mapping.hpp>

#include <algorithm>
#include <utility>

namespace coropq::detail {

raw_names::raw_names(const result& answer) : answer_(answer) {
    for (const raw_name_row& row : answer_.rows<raw_name_row>()) {
        if (row.catalog == "namespace")
            name_spaces_.emplace(row.oid, row);
        else if (row.catalog == "collation")
            collations_.emplace(row.oid, row);
        else if (row.catalog == "opclass")
            classes_.emplace(row.oid, row);
        else if (row.catalog == "am")
            methods_.emplace(row.oid, row);
        else
            tablespaces_.emplace(row.oid, row);
    }
}

namespace {

std::optional<std::string> plain(const std::unordered_map<std::uint32_t, raw_name_row>& all, std::uint32_t oid) {
    const auto place = all.find(oid);
    if (place == all.end())
        return std::nullopt;
    return std::string(place->second.name);
}

} // namespace

std::optional<std::string> raw_names::method(std::uint32_t oid) const { return plain(methods_, oid); }
std::optional<std::string> raw_names::tablespace(std::uint32_t oid) const { return plain(tablespaces_, oid); }
std::optional<std::string> raw_names::name_space(std::uint32_t oid) const { return plain(name_spaces_, oid); }

std::optional<reflected::qualified_name> raw_names::qualified(std::uint32_t name_space, std::string_view name) const {
    const auto place = name_spaces_.find(name_space);
    if (place == name_spaces_.end())
        return std::nullopt;
    return reflected::qualified_name{std::string(place->second.name), std::string(name)};
}

std::optional<reflected::qualified_name> raw_names::find(const names& all, std::uint32_t oid) const {
    const auto place = all.find(oid);
    if (place == all.end())
        return std::nullopt;
    return qualified(place->second.name_space, place->second.name);
}

std::optional<reflected::qualified_name> raw_names::collation(std::uint32_t oid) const {
    return find(collations_, oid);
}

raw_names::operator_class raw_names::class_of(std::uint32_t oid) const {
    operator_class found;
    if (std::optional<reflected::qualified_name> name = find(classes_, oid)) {
        found.name = std::move(*name);
        found.is_default = classes_.find(oid)->second.is_default;
    }
    return found;
}

raw_types::raw_types(const result& answer, const raw_names& names) : answer_(answer), names_(names) {
    rows_.reserve(answer_.size());
    for (const raw_type_row& row : answer_.rows<raw_type_row>())
        rows_.emplace(row.oid, row);
}

const raw_type_row* raw_types::row_of(std::uint32_t oid) const {
    const auto place = rows_.find(oid);
    return place == rows_.end() ? nullptr : &place->second;
}

namespace {

constexpr std::uint32_t first_of_users = 16384; // FirstNormalObjectId: src/include/access/transam.h of PostgreSQL

std::string in_quotes(std::string_view name) {
    std::string text = "\"";
    for (const char c : name)
        text += c == '"' ? "\"\"" : std::string(1, c);
    return text + '"';
}

// Whether a text of the type begins with the name that it has in the snapshot, quoted or not, in a schema or not. (The
// server writes the name that it has at that moment.)
bool is_named_so(std::string_view text, std::string_view schema, std::string_view name) {
    for (const std::string& before : {std::string(), std::string(schema) + '.', in_quotes(schema) + '.'})
        if (text.starts_with(before + std::string(name)) || text.starts_with(before + in_quotes(name)))
            return true;
    return false;
}

} // namespace

bool has_its_name(const reflected::data_type& type) {
    return (type.oid < first_of_users || is_named_so(type.text, type.schema, type.name)) &&
           std::all_of(type.bases.begin(), type.bases.end(), has_its_name);
}

// False if it isn't there, or vanished while its text was made.
bool raw_types::fill(reflected::data_type& type, const raw_type_row& row, int modifier,
                     const std::optional<std::string_view>& text, int dimensions) const {
    const raw_type_row* element = row.element == 0 ? &row : row_of(row.element);
    if (!element)
        return false;
    std::optional<std::string> schema = names_.name_space(element->name_space);
    type.text = text.value_or(row.text);
    type.oid = element->oid;
    type.modifier = modifier;
    decode_modifier(type);
    if (!text && modifier != -1 && row.element == 0)
        add_modifier_text(type);
    if (!schema || type.text.empty() || type.text.starts_with("???") ||
        (element->oid >= first_of_users && !is_named_so(type.text, *schema, element->name)))
        return false;
    type.schema = std::move(*schema);
    type.name = element->name;
    type.kind = type_kind_of(element->kind);
    type.array_oid = row.element == 0 ? 0 : row.oid;
    type.dimensions = row.element == 0 ? 0 : std::max(dimensions, 1);
    return true;
}

raw_types::entry raw_types::make(std::uint32_t oid, int modifier, const std::optional<std::string_view>& text) const {
    entry made;
    const raw_type_row* row = row_of(oid);
    if (!row || !fill(made.type, *row, modifier, text, 0))
        return made;
    made.collation = row->collation;
    bool itself = made.type.dimensions == 0; // of an array of domains, whose elements say nothing about the whole
    for (const raw_type_row* domain = row_of(made.type.oid); domain && domain->base != 0;) {
        made.not_null = made.not_null || (itself && domain->not_null);
        const raw_type_row* base = row_of(domain->base);
        reflected::data_type step;
        if (!base || !fill(step, *base, domain->base_modifier, domain->base_text, domain->base_dimensions))
            return made;
        itself = itself && step.dimensions == 0;
        domain = row_of(step.oid);
        made.type.bases.push_back(std::move(step));
    }
    made.is_whole = true;
    return made;
}

const raw_types::entry& raw_types::find(std::uint32_t oid, int modifier, const std::optional<std::string_view>& text) {
    const std::uint64_t key = std::uint64_t(oid) << 32 | static_cast<std::uint32_t>(modifier);
    const auto place = made_.find(key);
    if (place != made_.end())
        return place->second;
    return made_.emplace(key, make(oid, modifier, text)).first->second;
}

} // namespace coropq::detail
