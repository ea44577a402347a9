// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/inspect/diff.hpp>

#include "inspect/ddl/clauses.hpp"
#include "inspect/ddl/routine_text.hpp"
#include "inspect/ddl/table_rest.hpp"
#include "inspect/ddl/table_statements.hpp"
#include "inspect/json_text.hpp"
#include "inspect/line_text.hpp"
#include "inspect/sql_text.hpp"

#include <algorithm>
#include <concepts>
#include <map>
#include <ostream>
#include <sstream>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coropq {

namespace detail {

namespace {

using reflected::by_relation;

template <typename T>
concept described = boost::describe::has_describe_members<T>::value;

template <described T, typename Function>
void for_each_member(Function function) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(function);
}

// --- what doesn't count ---

/// Gives all that doesn't count the same value.
class normalizer {
public:
    explicit normalizer(const diff_options& options) : options_(options) {}

    template <typename T>
    void operator()(T&) const {}
    template <typename T>
    void operator()(std::optional<T>& value) const {
        if (value)
            (*this)(*value);
    }
    template <typename T>
    void operator()(std::vector<T>& values) const {
        for (auto&& value : values)
            (*this)(value);
    }
    template <typename Key, typename T>
    void operator()(std::map<Key, T>& values) const {
        for (auto& [key, value] : values)
            (*this)(value);
    }
    template <described T>
    void operator()(T& value) const {
        for_each_member<T>([&](auto member) {
            if (is_ignored(member.name))
                value.*member.pointer = {};
            else
                (*this)(value.*member.pointer);
        });
        if constexpr (std::same_as<T, reflected::data_type>)
            value.text = type_text(value); // which has the schema in any case
        if constexpr (requires { value.schema; })
            if (is_temporary_schema(value.schema))
                value.schema = "pg_temp"; // each session has another one
        if constexpr (std::same_as<T, reflected::column>)
            value.position = 0; // has gaps; the order is looked at for itself
    }

private:
    bool is_ignored(std::string_view member) const {
        return member == "oid" || member.ends_with("_oid") || member == "visible" ||
               options_.ignored().contains(std::string(member));
    }

    const diff_options& options_;
};

// --- values as text ---

template <typename T>
std::string value_text(const T& value) {
    std::ostringstream text;
    write_json(text, value);
    return text.str();
}
std::string value_text(const std::string& value) { return value; }
std::string value_text(const reflected::column& value) { return column_definition(value, false); }
std::string value_text(const reflected::unique_constraint& value) {
    return key_definition(value, false, nullptr, false);
}
std::string value_text(const reflected::check_constraint& value) { return check_definition(value); }
std::string value_text(const reflected::foreign_key& value) { return foreign_key_definition(value); }
std::string value_text(const reflected::exclusion_constraint& value) {
    return exclusion_definition(value, nullptr, false);
}
std::string value_text(const reflected::index& value) {
    return std::string(value.unique ? "unique " : "") + "index " + quoted_name(value.name) + ' ' +
           index_definition(value, false);
}
std::string value_text(const reflected::trigger& value) {
    return "trigger " + quoted_name(value.name) + ' ' + trigger_definition(value);
}
std::string value_text(const reflected::privilege& value) {
    return value.name + (value.column ? " (" + quoted_name(*value.column) + ')' : std::string()) + " to " +
           (value.grantee ? quoted_name(*value.grantee) : std::string("public")) +
           (value.grantable ? " with grant option" : "") + " by " + quoted_name(value.grantor);
}
std::string value_text(const reflected::policy& value) {
    return "policy " + quoted_name(value.name) + ' ' + policy_definition(value);
}
std::string value_text(const reflected::routine& value) {
    return routine_kind_text(value.kind) + ' ' + routine_text(value);
}
std::string value_text(const reflected::sequence& value) {
    return "sequence as " + type_text(value.type) + ' ' + sequence_clauses(value);
}
std::string value_text(const reflected::extension& value) { return "extension, version " + value.version; }
std::string value_text(const reflected::table& value) { return std::string(kind_text(value.relation.kind)); }

std::optional<std::string> optional_text(const std::optional<reflected::primary_key>& value) {
    if (!value)
        return std::nullopt;
    return key_definition(*value, true, nullptr, false);
}
template <typename T>
std::optional<std::string> optional_text(const std::optional<T>& value) {
    if (!value)
        return std::nullopt;
    return value_text(*value);
}

// --- names of elements ---

std::string element_name(const reflected::qualified_name& name) { return quoted_name(name); }
std::string element_name(const reflected::routine& routine) { return routine_signature(routine); }
std::string element_name(const reflected::extension& extension) { return quoted_name(extension.name); }

template <typename T>
std::string element_name(const T& value)
    requires requires { value.name; }
{
    if constexpr (requires { value.schema; })
        return quoted_name({value.schema, value.name});
    else
        return quoted_name(value.name);
}

template <typename T>
concept named = requires(const T& value) {
    { value.name } -> std::convertible_to<std::string>;
} && !std::same_as<T, reflected::data_type>;

template <typename T>
std::map<std::string, const T*> by_name(const std::vector<T>& values) {
    std::map<std::string, const T*> all;
    for (const T& value : values)
        all.emplace(element_name(value), &value);
    if (all.size() == values.size())
        return all;
    // Overloaded: only what they are tells them apart.
    all.clear();
    for (const T& value : values)
        all.emplace(value_text(value), &value);
    return all;
}

// --- comparing ---

class comparison {
public:
    explicit comparison(const diff_options& options) : options_(options) {}

    schema_difference take() && { return std::move(found_); }

    template <described T>
    void compare_members(const T& before, const T& after) {
        for_each_member<T>([&](auto member) {
            if (before.*member.pointer == after.*member.pointer)
                return;
            path_.push_back({member.name, std::nullopt});
            compare(before.*member.pointer, after.*member.pointer);
            path_.pop_back();
        });
    }

private:
    void add(change_kind kind, std::optional<std::string> before, std::optional<std::string> after) {
        found_.changes.push_back({kind, path_, std::move(before), std::move(after)});
    }

    template <typename T>
    void compare(const T& before, const T& after) {
        if constexpr (std::same_as<T, reflected::data_type>) {
            if (before.text != after.text) // says it all
                return add(change_kind::changed, before.text, after.text);
        }
        if constexpr (described<T>)
            compare_members(before, after);
        else
            add(change_kind::changed, value_text(before), value_text(after));
    }

    template <typename T>
    void compare(const std::optional<T>& before, const std::optional<T>& after) {
        if (before && after)
            return compare(*before, *after);
        change_kind kind = change_kind::changed;
        if constexpr (described<T> && !std::same_as<T, reflected::qualified_name>)
            kind = before ? change_kind::removed : change_kind::added;
        add(kind, optional_text(before), optional_text(after));
    }

    void compare(const reflected::qualified_name& before, const reflected::qualified_name& after) {
        add(change_kind::changed, quoted_name(before), quoted_name(after));
    }

    template <typename T>
    void compare(const std::map<reflected::qualified_name, T>& before,
                 const std::map<reflected::qualified_name, T>& after) {
        std::map<std::string, const T*> left;
        std::map<std::string, const T*> right;
        for (const auto& [name, value] : before)
            left.emplace(element_name(name), &value);
        for (const auto& [name, value] : after)
            right.emplace(element_name(name), &value);
        compare_named(left, right);
    }

    template <typename T>
    void compare(const std::vector<T>& before, const std::vector<T>& after) {
        if constexpr (named<T>) {
            compare_named(by_name(before), by_name(after));
            if constexpr (std::same_as<T, reflected::column>)
                compare_order(before, after);
        } else if constexpr (described<T> && !std::same_as<T, reflected::qualified_name>) {
            compare_places(before, after);
        } else {
            add(change_kind::changed, value_text(before), value_text(after));
        }
    }

    template <typename T>
    void compare_named(const std::map<std::string, const T*>& before, const std::map<std::string, const T*>& after) {
        for (const auto& [name, value] : before) {
            const auto other = after.find(name);
            path_.back().element = name;
            if (other == after.end())
                add(change_kind::removed, value_text(*value), std::nullopt);
            else if (!(*value == *other->second))
                compare(*value, *other->second);
        }
        for (const auto& [name, value] : after) {
            path_.back().element = name;
            if (!before.contains(name))
                add(change_kind::added, std::nullopt, value_text(*value));
        }
        path_.back().element.reset();
    }

    template <typename T>
    void compare_places(const std::vector<T>& before, const std::vector<T>& after) {
        for (std::size_t i = 0; i != std::max(before.size(), after.size()); ++i) {
            path_.back().element = std::to_string(i + 1);
            if (i >= after.size())
                add(change_kind::removed, value_text(before[i]), std::nullopt);
            else if (i >= before.size())
                add(change_kind::added, std::nullopt, value_text(after[i]));
            else if (!(before[i] == after[i]))
                compare(before[i], after[i]);
        }
        path_.back().element.reset();
    }

    // Of those that are on both sides.
    void compare_order(const std::vector<reflected::column>& before, const std::vector<reflected::column>& after) {
        if (!options_.column_order())
            return;
        const auto common = [](const std::vector<reflected::column>& all,
                               const std::vector<reflected::column>& others) {
            std::vector<std::string> names;
            for (const reflected::column& column : all)
                if (std::any_of(others.begin(), others.end(),
                                [&](const reflected::column& other) { return other.name == column.name; }))
                    names.push_back(column.name);
            return names;
        };
        const std::vector<std::string> left = common(before, after);
        const std::vector<std::string> right = common(after, before);
        if (left == right)
            return;
        path_.push_back({"order", std::nullopt});
        add(change_kind::changed, quoted_names(left), quoted_names(right));
        path_.pop_back();
    }

    const diff_options& options_;
    std::vector<change_step> path_;
    schema_difference found_;
};

template <typename T>
schema_difference difference(T before, T after, const diff_options& options) {
    const normalizer normalize(options);
    normalize(before);
    normalize(after);
    comparison comparing(options);
    comparing.compare_members(before, after);
    return std::move(comparing).take();
}

// --- text ---

std::string step_text(const change_step& step) {
    std::string text = step.member;
    std::replace(text.begin(), text.end(), '_', ' ');
    if (!step.element)
        return text;
    if (text == "indexes")
        text = "index";
    else if (text.ends_with("ies"))
        text.replace(text.size() - 3, 3, "y");
    else if (text.ends_with('s'))
        text.pop_back();
    return text + ' ' + line_text(*step.element);
}

std::string change_text(const schema_change& change) {
    std::string text = change.kind == change_kind::added ? "+" : change.kind == change_kind::removed ? "-" : "~";
    bool is_first = true;
    for (const change_step& step : change.path)
        text += (std::exchange(is_first, false) ? " " : ", ") + step_text(step);
    text += ": ";
    if (change.kind == change_kind::changed)
        return text + (change.before ? line_text(*change.before) : "(none)") + " -> " +
               (change.after ? line_text(*change.after) : "(none)");
    return text + line_text(change.before ? *change.before : change.after.value_or(""));
}

} // namespace

} // namespace detail

std::string schema_difference::text() const {
    std::string all;
    for (const schema_change& change : changes)
        all += detail::change_text(change) + '\n';
    return all;
}

schema_difference reflected::diff(const reflected::table& before, const reflected::table& after,
                                  const diff_options& options) {
    return detail::difference(before, after, options);
}

schema_difference reflected::diff(const schema_snapshot& before, const schema_snapshot& after,
                                  const diff_options& options) {
    // Where something was read isn't what was read.
    const auto only_contents = [](schema_snapshot snapshot) {
        snapshot.database.clear();
        snapshot.server_version = 0;
        snapshot.search_path.clear();
        return snapshot;
    };
    return detail::difference(only_contents(before), only_contents(after), options);
}

std::ostream& operator<<(std::ostream& stream, const change_step& value) {
    detail::write_json(stream, value);
    return stream;
}
std::ostream& operator<<(std::ostream& stream, const schema_change& value) {
    detail::write_json(stream, value);
    return stream;
}
std::ostream& operator<<(std::ostream& stream, const schema_difference& value) { return stream << value.text(); }

} // namespace coropq
