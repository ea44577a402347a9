// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_LEADING_KEYWORD_HPP
#define COROPQ_SRC_STATEMENT_LEADING_KEYWORD_HPP

#include <string_view>

namespace coropq::detail {

/// The first word of a statement, parentheses and comments skipped: a keyword, in the letters of the text. Looks no
/// further, unlike `sql_lexer`, which reads on to the first placeholder.
std::string_view leading_keyword(std::string_view sql);

/// Whether a statement reads or changes data: one that is planned, and can be run in a pipeline.
bool is_about_data(std::string_view sql);

} // namespace coropq::detail

#endif
