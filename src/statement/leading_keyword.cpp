// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/leading_keyword.hpp"

#include "statement/lexer.hpp"

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

} // namespace coropq::detail
