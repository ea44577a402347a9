// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Looking for something in a snapshot by its name.

#include <coropq/error.hpp>
#include <coropq/inspect/schema_snapshot.hpp>

#include "error/diagnostics_fields.hpp"

#include <algorithm>

namespace coropq::reflected {

namespace {

// `find(schema)` gives the one of the name in that schema, `all()` those in any.
template <typename T, typename Find, typename All>
const T* look_up(const std::vector<std::string>& search_path, const std::optional<std::string_view>& schema, Find find,
                 All all) {
    if (schema)
        return find(*schema);
    for (const std::string& each : search_path)
        if (const T* found = find(each))
            return found;
    const std::vector<const T*> anywhere = all();
    return anywhere.size() == 1 ? anywhere.front() : nullptr;
}

template <typename T>
const T* find_type(const std::vector<T>& types, const std::vector<std::string>& search_path, std::string_view name,
                   const std::optional<std::string_view>& schema) {
    const auto in_schema = [&](std::string_view wanted) -> const T* {
        const auto place = std::find_if(types.begin(), types.end(),
                                        [&](const T& each) { return each.schema == wanted && each.name == name; });
        return place == types.end() ? nullptr : &*place;
    };
    const auto anywhere = [&] {
        std::vector<const T*> found;
        for (const T& each : types)
            if (each.name == name)
                found.push_back(&each);
        return found;
    };
    return look_up<T>(search_path, schema, in_schema, anywhere);
}

} // namespace

const table* schema_snapshot::find_table(std::string_view name, std::optional<std::string_view> schema) const {
    const auto in_schema = [&](std::string_view wanted) -> const reflected::table* {
        const auto place = tables.find({std::string(wanted), std::string(name)});
        return place == tables.end() ? nullptr : &place->second;
    };
    const auto anywhere = [&] {
        std::vector<const reflected::table*> found;
        for (const auto& [each, there] : tables)
            if (each.name == name)
                found.push_back(&there);
        return found;
    };
    return look_up<reflected::table>(search_path, schema, in_schema, anywhere);
}

const enum_type* schema_snapshot::find_enum(std::string_view name, std::optional<std::string_view> schema) const {
    return find_type(enums, search_path, name, schema);
}

const domain_type* schema_snapshot::find_domain(std::string_view name, std::optional<std::string_view> schema) const {
    return find_type(domains, search_path, name, schema);
}

const table& schema_snapshot::table(std::string_view name, std::optional<std::string_view> schema) const {
    if (const reflected::table* found = find_table(name, schema))
        return *found;
    std::string message = "there is no table or view \"" + std::string(name) + "\" in the snapshot";
    std::string hint = "a snapshot knows what was selected for it, as it was then; names are compared as they are: "
                       "without quotes, upper and lower case count";
    if (schema)
        message += " in the schema \"" + std::string(*schema) + "\"";
    else
        hint += "; if several schemas have one, and none of them is on the search path, name the schema";
    throw_error(errc::no_such_object,
                detail::make_diagnostics(errc::no_such_object, std::move(message), std::move(hint)));
}

} // namespace coropq::reflected
