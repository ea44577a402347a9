// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// SQL text with parameters: two values (their sizes in front of them), then the text. Whatever stands in a value, the
// statement keeps its structure: its strings, comments, names and statements begin and end where they did.

#include "fuzz/target.hpp"

#include <coropq/error.hpp>
#include <coropq/named.hpp>
#include <coropq/statement.hpp>
#include <coropq/types/array.hpp>
#include <coropq/types/bytea.hpp>

#include "statement/lexer.hpp"
#include "statement/literals.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace coropq::fuzz;

namespace {

using coropq::named_parameter;
using coropq::statement;
using coropq::detail::sql_lexer;

struct structure {
    std::vector<std::string> names; // of all ":name"
    std::vector<std::uint32_t> numbers;
    bool several = false;
    bool unterminated = false;

    friend bool operator==(const structure&, const structure&) = default;
};

structure structure_of(std::string_view sql, bool backslash_escapes) {
    structure result;
    std::size_t end = 0;
    sql_lexer lexer(sql, {.names = true, .backslash_escapes = backslash_escapes});
    while (const auto found = lexer.next()) {
        require(found->begin >= end && found->size >= 2, "placeholders come one after the other");
        end = found->begin + found->size;
        require(end <= sql.size(), "placeholders are inside of the text");
        require(sql[found->begin] == (found->name.empty() ? '$' : ':'), "a placeholder begins with its sign");
        if (found->name.empty())
            result.numbers.push_back(found->number);
        else
            result.names.emplace_back(found->name);
    }
    result.several = lexer.has_several_statements();
    result.unterminated = lexer.is_unterminated();
    return result;
}

// ":a$1" and ":e'…'" go on where names aren't asked for, and so when values are put in.
bool has_odd_names(std::string_view sql, bool backslash_escapes) {
    sql_lexer lexer(sql, {.names = true, .backslash_escapes = backslash_escapes});
    while (const auto found = lexer.next()) {
        const std::size_t end = found->begin + found->size;
        if (!found->name.empty() && end != sql.size() &&
            std::string_view("$'&").find(sql[end]) != std::string_view::npos)
            return true;
    }
    return false;
}

bool is_ambiguous(std::string_view sql) {
    sql_lexer lexer(sql);
    while (lexer.next())
        ;
    return lexer.is_ambiguous();
}

// Nothing for an option_error.
template <typename Function>
auto attempt(Function function) -> std::optional<decltype(function())> {
    try {
        return function();
    } catch (const coropq::option_error&) {
        return std::nullopt;
    }
}

// Text, binary and array literals, as untyped and typed literals.
std::optional<statement> with_values(std::string_view sql, std::size_t count, std::string_view one,
                                     std::string_view two) {
    const auto* bytes = reinterpret_cast<const std::byte*>(two.data());
    const std::vector<std::byte> binary(bytes, bytes + two.size());
    const std::vector<std::string> list{std::string(one), std::string(two)};
    return attempt([&] {
        switch (count) {
        case 1: return statement(sql, one);
        case 2: return statement(sql, one, binary);
        case 3: return statement(sql, one, binary, list);
        default: return statement(sql, one, binary, list, two);
        }
    });
}

void check_literals(std::string_view sql, std::string_view one, std::string_view two) {
    const structure original = structure_of(sql, false);
    if (original.numbers.empty() || has_odd_names(sql, false) || has_odd_names(sql, true))
        return;
    const std::size_t count = *std::max_element(original.numbers.begin(), original.numbers.end());
    if (count == 0 || count > 4)
        return;
    const std::optional<statement> source = with_values(sql, count, one, two);
    if (!source)
        return;
    for (const std::optional<bool> standard : {std::optional<bool>(), std::optional(true), std::optional(false)}) {
        const auto rendered = attempt(
            [&] { return coropq::detail::render_with_literals(*source, coropq::type_catalog::built_in(), standard); });
        if (!rendered)
            continue;
        for (const bool backslash_escapes : {false, true}) {
            if (standard && *standard == backslash_escapes)
                continue;
            structure expected = structure_of(sql, backslash_escapes);
            expected.numbers.clear();
            require(structure_of(*rendered, backslash_escapes) == expected, "values don't change the structure");
        }
        require(is_ambiguous(*rendered) == is_ambiguous(sql), "values don't make strings ambiguous");
    }
}

void check_names(std::string_view sql, std::string_view value) {
    structure expected = structure_of(sql, false);
    std::vector<std::string> names;
    std::vector<named_parameter> parameters;
    for (const std::string& name : expected.names) {
        const auto found = std::find(names.begin(), names.end(), name);
        expected.numbers.push_back(static_cast<std::uint32_t>(found - names.begin() + 1));
        if (found == names.end())
            names.push_back(name);
    }
    if (names.empty() || names.size() > 16 || expected.numbers.size() != expected.names.size())
        return;
    const auto result = attempt([&] {
        for (const std::string& name : names)
            parameters.emplace_back(name, value);
        return statement::with(sql, parameters);
    });
    if (!result)
        return;
    expected.names.clear();
    require(result->parameter_count() == names.size(), "there is a parameter for each name");
    require(structure_of(result->sql(), false) == expected, "numbers stand where the names stood");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices choice(data, size);
    const std::string_view one = choice.text();
    const std::string_view two = choice.text();
    const std::string_view sql = choice.rest();
    structure_of(sql, false);
    structure_of(sql, true);
    check_literals(sql, one, two);
    check_names(sql, one);
    return 0;
}
