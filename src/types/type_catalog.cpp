// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/type_catalog.hpp>
#include <coropq/types/type_oid.hpp>

#include "types/built_in_types.hpp"

#include <utility>

namespace coropq {

namespace {

// A catalog is made from what a server says, which may be nonsense: types that contain themselves, or so many of each
// other that it would take years to visit them all.
constexpr int deepest = 64;
constexpr int most_visits = 10'000;

bool is_binary_type(const type_catalog& types, std::uint32_t oid, int depth, int& visits) noexcept {
    if (depth > deepest || ++visits > most_visits)
        return false;
    const type_description* type = types.find(oid);
    if (!type)
        return false;
    switch (type->kind) {
    case type_kind::unknown: return false;
    case type_kind::base: return type->is_binary || type->has_text_bytes || type->is_hstore;
    case type_kind::enumeration: return true;
    case type_kind::array:
    case type_kind::vector:
    case type_kind::range:
    case type_kind::multirange:
    case type_kind::domain: return is_binary_type(types, type->element, depth + 1, visits);
    case type_kind::composite:
        // The types of a record's attributes stand in its binary form only.
        if (oid == type_oid::record)
            return false;
        for (const type_attribute& attribute : type->attributes)
            if (!is_binary_type(types, attribute.type, depth + 1, visits))
                return false;
        return true;
    }
    return false;
}

} // namespace

const type_catalog& type_catalog::built_in() {
    // Never destroyed, like the types themselves.
    static const type_catalog& catalog = *new type_catalog;
    return catalog;
}

const type_description* type_catalog::find(std::uint32_t oid) const noexcept {
    // The server's own first: they are the usual ones, and no database has others in their place.
    if (const type_description* type = detail::find_built_in_type(oid))
        return type;
    if (types_.empty())
        return nullptr;
    const auto found = types_.find(oid);
    return found == types_.end() ? nullptr : &found->second;
}

std::uint32_t type_catalog::find_by_name(std::string_view name) const noexcept {
    if (!names_.empty()) {
        const auto found = names_.find(std::string(name));
        if (found != names_.end())
            return found->second;
    }
    return detail::find_built_in_name(name);
}

type_kind type_catalog::kind_of(std::uint32_t oid) const noexcept {
    const type_description* type = find(oid);
    return type ? type->kind : type_kind::unknown;
}

std::uint32_t type_catalog::base_of(std::uint32_t oid) const noexcept {
    std::uint32_t base = oid;
    for (int depth = 0; depth != deepest; ++depth) {
        const type_description* type = find(base);
        if (!type || type->kind != type_kind::domain)
            return base;
        base = type->element;
    }
    return oid;
}

std::uint32_t type_catalog::element_of(std::uint32_t oid) const noexcept {
    const type_description* type = find(base_of(oid));
    return type && type->kind != type_kind::domain ? type->element : 0;
}

std::uint32_t type_catalog::array_of(std::uint32_t oid) const noexcept {
    const type_description* type = find(oid);
    return type ? type->array : 0;
}

std::string type_catalog::name_of(std::uint32_t oid) const {
    const type_description* type = find(oid);
    if (type && !type->name.empty())
        return type->name;
    return "the type with OID " + std::to_string(oid);
}

bool type_catalog::is_binary(std::uint32_t oid) const noexcept {
    int visits = 0;
    return is_binary_type(*this, oid, 0, visits);
}

bool type_catalog::has_text_bytes(std::uint32_t oid) const noexcept {
    const type_description* type = find(base_of(oid));
    return type && (type->has_text_bytes || type->kind == type_kind::enumeration);
}

std::shared_ptr<const type_catalog> type_catalog::with(std::vector<type_description> types,
                                                       std::vector<std::pair<std::string, std::uint32_t>> names) const {
    auto larger = std::make_shared<type_catalog>(*this);
    for (type_description& type : types) {
        const std::uint32_t oid = type.oid;
        larger->types_.insert_or_assign(oid, std::move(type));
    }
    for (auto& [name, oid] : names)
        larger->names_.insert_or_assign(std::move(name), oid);
    return larger;
}

} // namespace coropq
