// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/borrowed_names.hpp"

#include "inspect/expression_list.hpp"
#include "inspect/sql_text.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace coropq::detail {

std::string may_borrow_names(std::string_view columns) {
    const std::string all(columns);
    return "coalesce(1 <= all (" + all + ") and 33 >= all (" + all + "), true)";
}

namespace {

bool begins_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_in_word(char c) noexcept { return begins_word(c) || (c >= '0' && c <= '9') || c == '$'; }

// Whether a word of the server's text that stands there can be the name of a column: not what belongs to a function, a
// type, a collation, a field or an argument.
bool may_be_column(std::string_view text, std::size_t begin, std::size_t end, std::string_view word_before) {
    const std::string_view before = text.substr(0, begin);
    const std::string_view behind = text.substr(end);
    return !before.ends_with('.') && !before.ends_with("::") && !behind.starts_with('.') && !behind.starts_with('(') &&
           !behind.starts_with(" =>") && word_before != "COLLATE" && word_before != "NAME" && word_before != "AS";
}

} // namespace

std::optional<std::string> with_own_names(std::string_view expression, const std::vector<std::string>& lent,
                                          const std::vector<std::int16_t>& used,
                                          const std::function<const std::string*(int)>& own) {
    std::string text;
    std::set<int> found;
    std::string_view word_before;
    for (std::size_t begin = 0; begin != expression.size();) {
        const char first = expression[begin];
        std::size_t end = begin + 1;
        if (first == '\'' || first == '"')
            end = end_of_quoted(expression, begin);
        else if (is_in_word(first)) // a number as well
            end = static_cast<std::size_t>(std::find_if_not(expression.begin() + static_cast<std::ptrdiff_t>(begin),
                                                            expression.end(), is_in_word) -
                                           expression.begin());
        const std::string_view word = expression.substr(begin, end - begin);
        const auto place = begins_word(first) ? std::find(lent.begin(), lent.end(), word) : lent.end();
        if (place != lent.end() && may_be_column(expression, begin, end, word_before)) {
            const int number = static_cast<int>(place - lent.begin()) + 1;
            const std::string* const name =
                std::find(used.begin(), used.end(), number) == used.end() ? nullptr : own(number);
            if (!name)
                return std::nullopt;
            found.insert(number);
            text += quoted_name(*name);
        } else {
            text += word;
        }
        if (begins_word(first))
            word_before = word;
        else if (first != ' ')
            word_before = {};
        begin = end;
    }
    if (!std::all_of(used.begin(), used.end(), [&](int number) { return found.contains(number); }))
        return std::nullopt;
    return text;
}

} // namespace coropq::detail
