// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_EXPRESSION_LIST_HPP
#define COROPQ_SRC_INSPECT_EXPRESSION_LIST_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// Behind the literal or quoted name that begins there, as the server writes it.
std::size_t end_of_quoted(std::string_view text, std::size_t begin);

/// The single expressions of a list that the server has written, which separates them by a comma and a space. Commas in
/// parentheses, brackets, literals and quoted names separate nothing.
std::vector<std::string> split_expressions(std::string_view list);

/// The condition in a definition of a trigger that the server has written, without the parentheses around it; nothing
/// if it has none.
std::optional<std::string> condition_in_definition(std::string_view definition);

} // namespace coropq::detail

#endif
