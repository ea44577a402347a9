// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/leading_keyword.hpp"

#include "statement/lexer.hpp"

#include <algorithm>
#include <array>

namespace coropq::detail {

std::string_view leading_keyword(std::string_view sql) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!sql.empty() && is_letter(sql.front())) {
        std::size_t size = 1;
        while (size < sql.size() && is_letter(sql[size]))
            ++size;
        const bool ends = size == sql.size() || sql[size] == ' ' || sql[size] == '\n' || sql[size] == '\t';
        if (ends)
            return sql.substr(0, size);
    }
    sql_lexer lexer(sql); // comments, parentheses
    lexer.next();
    return lexer.first_word();
}

namespace {

// Most are these, written like that, and each is asked about.
bool begins_with_select(std::string_view sql) noexcept {
    constexpr std::string_view word = "select";
    if (sql.size() <= word.size() || (sql[word.size()] != ' ' && sql[word.size()] != '\n'))
        return false;
    for (std::size_t i = 0; i != word.size(); ++i) {
        if ((sql[i] | 0x20) != word[i]) // of a letter, the other case; nothing else becomes a letter
            return false;
    }
    return true;
}

} // namespace

bool is_about_data(std::string_view sql) {
    constexpr std::array<std::string_view, 8> words = {"select", "insert", "update", "delete",
                                                       "merge",  "values", "with",   "table"};
    if (begins_with_select(sql))
        return true;
    const std::string_view keyword = leading_keyword(sql);
    return std::any_of(words.begin(), words.end(),
                       [keyword](std::string_view word) { return is_keyword(keyword, word); });
}

} // namespace coropq::detail
