// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Tables as one value, and what can be looked up in them.

#include "error/diagnostics_fields.hpp"
#include "error/near_names.hpp"
#include "inspect/sql_text.hpp"

#include <coropq/error.hpp>
#include <coropq/inspect/table.hpp>

#include <algorithm>
#include <utility>

namespace coropq {

namespace detail {

namespace {

template <typename T>
const T* find(const std::vector<T>& all, std::string_view name) noexcept {
    const auto place = std::find_if(all.begin(), all.end(), [&](const T& each) { return each.name == name; });
    return place == all.end() ? nullptr : &*place;
}

} // namespace

} // namespace detail

namespace reflected {

qualified_name table::name() const { return {relation.schema, relation.name}; }

std::string table::quoted_name() const { return detail::quoted_name(name()); }

const column* table::find_column(std::string_view name) const noexcept { return detail::find(columns, name); }

const column& table::column(std::string_view name) const {
    if (const reflected::column* found = find_column(name))
        return *found;
    std::vector<std::string> names;
    for (const reflected::column& each : columns)
        names.push_back(each.name);
    const std::string near = detail::near_names(name, names);
    throw_error(errc::no_such_object,
                detail::make_diagnostics(
                    errc::no_such_object, "there is no column \"" + std::string(name) + "\" in " + quoted_name(),
                    near.empty() ? "names are compared as they are: without quotes, upper and lower case count"
                                 : "did you mean " + near + "?"));
}

std::vector<std::string> table::primary_key_columns() const {
    return primary_key ? primary_key->columns : std::vector<std::string>();
}

const index* table::find_index(std::string_view name) const noexcept { return detail::find(indexes, name); }

const foreign_key* table::find_foreign_key(std::string_view name) const noexcept {
    return detail::find(foreign_keys, name);
}

} // namespace reflected

} // namespace coropq
