// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/named_parameters.hpp"

#include <coropq/column_names.hpp>
#include <coropq/named.hpp>

#include "error/near_names.hpp"
#include "statement/lexer.hpp"
#include "statement/refuse.hpp"

#include <algorithm>

namespace coropq {

named_parameter::named_parameter(std::string_view name, const detail::argument& value, int) : name_(name) {
    if (value.is_named)
        detail::refuse_statement("parameter :" + name_ + ": its value has a name, too");
    detail::encode_or_refuse(value.value, value.encode, encoded_, name_);
}

detail::argument named_parameter::as_argument() const noexcept {
    constexpr auto copy = [](const void* encoded, detail::encoded_parameters& output) {
        output.add(*static_cast<const detail::encoded_parameters*>(encoded), 0);
    };
    return {.value = &encoded_, .encode = copy, .name = name_, .is_named = true};
}

namespace detail {

namespace {

std::string with_colon(std::string_view name) { return ":" + std::string(name); }

struct source {
    const void* value;
    encode_function encode;
    std::string_view name;
    bool is_member; ///< May be unused, and is found by a name that is written otherwise.
    std::string_view member;
    bool used = false;
};

std::vector<source> sources_of(std::span<const argument> arguments) {
    std::vector<source> sources;
    for (const argument& each : arguments) {
        if (each.encode)
            sources.push_back({each.value, each.encode, each.name, false, {}});
        for (const named_member& member : each.members)
            sources.push_back({each.value, member.encode, member.name, true, member.member});
    }
    for (auto it = sources.begin(); it != sources.end(); ++it) {
        const auto is_same = [it](const source& other) { return !other.is_member && other.name == it->name; };
        if (!it->is_member && std::any_of(it + 1, sources.end(), is_same))
            refuse_statement("parameter " + with_colon(it->name) + " is given twice");
    }
    return sources;
}

std::string hint_for(std::string_view name, const std::vector<std::string_view>& others, std::string_view listed) {
    constexpr std::size_t longest = 63; // longer ones aren't worth the effort
    constexpr std::size_t most = 8;
    std::string_view nearest;
    std::size_t distance = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (const std::string_view other : others) {
        if (name.size() > longest || other.size() > longest)
            continue;
        if (const std::size_t found = edit_distance(name, other); found < distance) {
            distance = found;
            nearest = other;
        }
    }
    if (!nearest.empty())
        return "did you mean :" + std::string(nearest) + "?";
    if (others.empty())
        return {};
    std::string hint = std::string(listed) + ": ";
    for (std::size_t i = 0; i != std::min(others.size(), most); ++i)
        hint += (i == 0 ? ":" : ", :") + std::string(others[i]);
    return others.size() > most ? hint + ", …" : hint;
}

[[noreturn]] void refuse_missing(std::string_view name, const std::vector<source>& sources) {
    std::vector<std::string_view> given;
    for (const source& each : sources)
        given.push_back(each.name);
    refuse_statement("no value is given for parameter " + with_colon(name), hint_for(name, given, "given are"));
}

// By exactly its name; else, as a member, by that in C++, or by one that differs in case and underscores only.
source& find_source(std::string_view name, std::vector<source>& sources) {
    const auto is_named = [name](const source& each) { return each.name == name; };
    const auto is_member = [name](const source& each) { return each.is_member && each.member == name; };
    const auto is_like = [name](const source& each) { return each.is_member && names_match(each.name, name); };
    const auto find = [&](const auto& fits) {
        const auto first = std::find_if(sources.begin(), sources.end(), fits);
        if (first != sources.end() && std::any_of(first + 1, sources.end(), fits))
            refuse_statement("parameter " + with_colon(name) + " is given twice",
                             "two members have that name, or a member and a value of its own");
        return first;
    };
    auto found = find(is_named);
    if (found == sources.end())
        found = find(is_member);
    if (found == sources.end())
        found = find(is_like);
    if (found == sources.end())
        refuse_missing(name, sources);
    return *found;
}

void encode_source(const source& from, std::string_view name, encoded_parameters& output) {
    if (!from.encode)
        refuse_statement("parameter " + with_colon(name) + ": the type of the member can't be a parameter",
                         "include the header of its codec, specialise coropq::codec for it, or describe it");
    encode_or_refuse(from.value, from.encode, output, name);
}

} // namespace

std::string bind_names(std::string_view sql, std::span<const argument> arguments, encoded_parameters& output) {
    std::vector<source> sources = sources_of(arguments);
    output.reserve(arguments.size());
    std::string text;
    text.reserve(sql.size());
    std::vector<std::string_view> names; // those of $1, $2, …
    std::size_t copied = 0;
    sql_lexer lexer(sql, {.names = true});
    while (const auto found = lexer.next()) {
        if (found->name.empty())
            refuse_statement("the statement has $" + std::to_string(found->number) + ", but its parameters have names",
                             "a statement has either named parameters or positional ones");
        auto known = std::find(names.begin(), names.end(), found->name);
        if (known == names.end()) {
            source& from = find_source(found->name, sources);
            encode_source(from, found->name, output);
            from.used = true;
            known = names.insert(names.end(), found->name);
        }
        text.append(sql.substr(copied, found->begin - copied));
        text += '$';
        text += std::to_string(known - names.begin() + 1);
        copied = found->begin + found->size;
    }
    if (lexer.is_ambiguous())
        refuse_statement("where a string of the statement ends depends on the server's standard_conforming_strings",
                         "write strings with backslashes as E'…', with doubled backslashes");
    if (lexer.is_unterminated())
        refuse_statement("the statement has a string, a quoted name or a comment that doesn't end");
    for (const source& each : sources) {
        if (!each.used && !each.is_member)
            refuse_statement("the statement has no parameter " + with_colon(each.name),
                             hint_for(each.name, names, "it has"));
    }
    text.append(sql.substr(copied));
    return text;
}

} // namespace detail

} // namespace coropq
