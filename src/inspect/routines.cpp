// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/routines.hpp"

#include "inspect/catalog.hpp"
#include "inspect/domain_steps.hpp"
#include "inspect/expression_list.hpp"
#include "inspect/optional_text.hpp"
#include "inspect/routines_query.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/types/array.hpp>

#include <algorithm>
#include <compare>
#include <map>
#include <unordered_map>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

namespace {

using reflected::argument_mode;
using reflected::routine;
using reflected::routine_kind;

routine_kind kind_of(std::string_view code) {
    if (code == "p")
        return routine_kind::procedure;
    if (code == "a")
        return routine_kind::aggregate;
    return code == "w" ? routine_kind::window : routine_kind::function;
}

argument_mode mode_of(std::string_view code) {
    if (code == "o")
        return argument_mode::out;
    if (code == "b")
        return argument_mode::in_out;
    if (code == "v")
        return argument_mode::variadic;
    return code == "t" ? argument_mode::table : argument_mode::in;
}

std::string_view word_of_volatility(std::string_view code) {
    return code == "i" ? "immutable" : code == "s" ? "stable" : "volatile";
}

std::string_view word_of_parallel(std::string_view code) {
    return code == "s" ? "safe" : code == "r" ? "restricted" : "unsafe";
}

/// A routine, and what isn't at its place yet.
struct unfinished {
    routine found;
    std::map<int, reflected::routine_argument> arguments; ///< By their positions.
    std::vector<std::string> defaults;                    ///< Of the last arguments that are given.
    bool is_there = false;
    bool is_whole = true;
};

void add_whole(unfinished& place, routine_row& row) {
    routine& found = place.found;
    place.is_there = true;
    found.oid = row.oid;
    found.schema = row.schema_name;
    found.name = row.name;
    found.visible = row.is_visible;
    found.kind = kind_of(row.kind);
    if (row.returns_type)
        found.result = to_data_type(row);
    found.returns_set = row.returns_set;
    found.language = row.language.value_or(std::string_view());
    found.volatility = word_of_volatility(row.volatility);
    found.parallel = word_of_parallel(row.parallel);
    found.strict = row.is_strict;
    found.security_definer = row.is_security_definer;
    found.leakproof = row.is_leakproof;
    found.owner = row.owner.value_or(std::string_view());
    found.comment = copy(row.comment);
    found.extension = copy(row.extension);
    if (row.default_count > 0)
        place.defaults = split_expressions(row.defaults.value_or(std::string_view()));
    place.is_whole = place.is_whole && place.defaults.size() == static_cast<std::size_t>(row.default_count);
    found.settings = std::move(row.settings).value_or(std::vector<std::string>());
    found.privileges = privileges_of(std::move(row));
}

reflected::routine_argument argument_of(const routine_row& row) {
    reflected::routine_argument found;
    found.name = row.argument_name;
    found.mode = mode_of(row.argument_mode);
    found.type = to_data_type(row);
    return found;
}

bool is_given(const reflected::routine_argument& argument) {
    return argument.mode != argument_mode::out && argument.mode != argument_mode::table;
}

// False: a part of it is gone.
bool finish(unfinished& place, const domain_steps& steps) {
    if (!place.is_there || !place.is_whole || (place.found.result && !steps.complete(*place.found.result)))
        return false;
    for (auto& [position, argument] : place.arguments) {
        if (!steps.complete(argument.type))
            return false;
        place.found.arguments.push_back(std::move(argument));
    }
    for (auto each = place.found.arguments.rbegin(); each != place.found.arguments.rend(); ++each) {
        if (place.defaults.empty() || !is_given(*each))
            continue;
        each->default_value = std::move(place.defaults.back());
        place.defaults.pop_back();
    }
    return true;
}

// Several may have the same name.
bool comes_before(const routine& a, const routine& b) {
    if (const auto order = std::tie(a.schema, a.name) <=> std::tie(b.schema, b.name); order != 0)
        return order < 0;
    return std::lexicographical_compare(
        a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
        [](const auto& left, const auto& right) { return left.type.text < right.type.text; });
}

asio::awaitable<std::vector<routine>> read_routines(catalog::pointer source, schema_selection schemas,
                                                    std::optional<std::string> name = {}) {
    return read_catalog(std::move(source), routines_query(schemas, name), &routines_from);
}

} // namespace

std::vector<routine> routines_from(const result& rows, bool& is_complete) {
    std::unordered_map<std::uint32_t, unfinished> places;
    domain_steps steps;
    for (routine_row row : rows.rows<routine_row>()) {
        if (row.depth != 0) {
            if (is_vanished(row))
                steps.add_vanished(row.origin);
            else
                steps.add(row.origin, row.depth, to_data_type(row));
            continue;
        }
        unfinished& place = places[row.oid];
        if (is_vanished(row) && (row.position != 0 || row.returns_type))
            place.is_whole = false;
        else if (row.position == 0)
            add_whole(place, row);
        else
            place.arguments.emplace(row.position, argument_of(row));
    }
    std::vector<routine> all;
    for (auto& [oid, place] : places)
        if (finish(place, steps))
            all.push_back(std::move(place.found));
        else
            is_complete = false;
    std::sort(all.begin(), all.end(), comes_before);
    return all;
}

} // namespace detail

asio::awaitable<std::vector<reflected::routine>> inspector::routines(schema_selection schemas) const {
    return detail::read_routines(catalog_, std::move(schemas));
}

asio::awaitable<std::vector<reflected::routine>> inspector::routines_named(std::string name,
                                                                           schema_selection schemas) const {
    return detail::read_routines(catalog_, std::move(schemas), std::move(name));
}

} // namespace coropq
