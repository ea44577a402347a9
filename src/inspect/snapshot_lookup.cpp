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
const T* find_object(const std::vector<T>& objects, const std::vector<std::string>& search_path, std::string_view name,
                     const std::optional<std::string_view>& schema) {
    const auto in_schema = [&](std::string_view wanted) -> const T* {
        const auto place = std::find_if(objects.begin(), objects.end(),
                                        [&](const T& each) { return each.schema == wanted && each.name == name; });
        return place == objects.end() ? nullptr : &*place;
    };
    const auto anywhere = [&] {
        std::vector<const T*> found;
        for (const T& each : objects)
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
    return find_object(enums, search_path, name, schema);
}

const domain_type* schema_snapshot::find_domain(std::string_view name, std::optional<std::string_view> schema) const {
    return find_object(domains, search_path, name, schema);
}

const composite_type* schema_snapshot::find_composite_type(std::string_view name,
                                                           std::optional<std::string_view> schema) const {
    return find_object(composite_types, search_path, name, schema);
}

const range_type* schema_snapshot::find_range_type(std::string_view name,
                                                   std::optional<std::string_view> schema) const {
    return find_object(range_types, search_path, name, schema);
}

const sequence* schema_snapshot::find_sequence(std::string_view name, std::optional<std::string_view> schema) const {
    return find_object(sequences, search_path, name, schema);
}

const extension* schema_snapshot::find_extension(std::string_view name) const {
    const auto place =
        std::find_if(extensions.begin(), extensions.end(), [&](const extension& each) { return each.name == name; });
    return place == extensions.end() ? nullptr : &*place;
}

std::vector<const routine*> schema_snapshot::routines_named(std::string_view name,
                                                            std::optional<std::string_view> schema) const {
    std::vector<const routine*> found;
    for (const routine& each : routines)
        if (each.name == name && (!schema || each.schema == *schema))
            found.push_back(&each);
    return found;
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
