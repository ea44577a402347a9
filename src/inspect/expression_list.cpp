// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/expression_list.hpp"

namespace coropq::detail {

// The server doubles quotes in both, and writes a literal with a
// backslash as E'…', where it doubles these as well: a backslash never hides a quote.
// (src/backend/utils/adt/ruleutils.c, simple_quote_literal)
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
    const char quote = text[begin];
    for (std::size_t i = begin + 1; i != text.size(); ++i) {
        if (text[i] != quote)
            continue;
        if (i + 1 == text.size() || text[i + 1] != quote)
            return i + 1;
        ++i;
    }
    return text.size();
}

std::vector<std::string> split_expressions(std::string_view list) {
    std::vector<std::string> found;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < list.size();) {
        const char c = list[i];
        if (c == '\'' || c == '"') {
            i = end_of_quoted(list, i);
            continue;
        }
        if (c == '(' || c == '[')
            ++depth;
        else if (c == ')' || c == ']')
            --depth;
        else if (c == ',' && depth == 0) {
            found.emplace_back(list.substr(begin, i - begin));
            begin = i + 1;
            if (begin != list.size() && list[begin] == ' ')
                ++begin;
        }
        ++i;
    }
    found.emplace_back(list.substr(begin));
    return found;
}

// In front of the condition there are only names, which have quotes around them as soon as there is more in them than
// lower-case letters, digits and underscores. (src/backend/utils/adt/ruleutils.c, pg_get_triggerdef_worker)
std::optional<std::string> condition_in_definition(std::string_view definition) {
    constexpr std::string_view when = " WHEN (";
    int depth = 0;
    std::size_t begin = 0; // of the condition: 0 as long as it isn't found
    for (std::size_t i = 0; i < definition.size();) {
        const char c = definition[i];
        if (c == '\'' || c == '"') {
            i = end_of_quoted(definition, i);
            continue;
        }
        if (begin == 0 && definition.substr(i).starts_with(when)) {
            i = begin = i + when.size();
            depth = 1;
            continue;
        }
        if (c == '(')
            ++depth;
        else if (c == ')' && --depth == 0 && begin != 0)
            return std::string(definition.substr(begin, i - begin));
        ++i;
    }
    return std::nullopt;
}

} // namespace coropq::detail
