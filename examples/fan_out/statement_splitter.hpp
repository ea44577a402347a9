// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_STATEMENT_SPLITTER_HPP
#define COROPQ_EXAMPLES_FAN_OUT_STATEMENT_SPLITTER_HPP

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace fan_out_example {

/// Takes SQL text apart into statements, at the semicolons where psql does it as well: not in strings ('…', E'…',
/// $tag$…$tag$), quoted names, comments, parentheses, or the BEGIN … END body of a function. Assumes
/// `standard_conforming_strings`, the default of servers. Statements come without their semicolon; empty ones don't.
///
/// The text may be fed in pieces of any size.
class statement_splitter {
public:
    using record = std::string;

    void feed(std::string_view text);
    /// The text is at its end: what is left is the last statement. Throws `std::runtime_error` if that is in the
    /// middle of a string, a quoted name or a comment.
    void finish();
    /// The next complete statement.
    std::optional<std::string> next();

private:
    enum class state { code, string, quoted_name, line_comment, block_comment, dollar_tag, dollar_body };

    void step(char c);
    void step_in_code(char c);
    void step_in_comment(char c);
    void step_in_dollar_tag(char c);
    void end_word();
    void end_statement();
    void enter(state quoted);

    std::deque<std::string> statements_;
    std::string text_;  ///< Of the statement that isn't complete yet.
    std::string word_;  ///< In lower case; of the name or keyword that isn't complete yet.
    std::string tag_;   ///< `$tag$`
    std::string words_; ///< The first letters of the first words, up to four.
    state state_ = state::code;
    char previous_ = 0;
    std::size_t body_ = 0; ///< Where the dollar-quoted string begins.
    std::size_t line_ = 1;
    std::size_t begin_line_ = 1; ///< Of what has to end.
    int parentheses_ = 0;
    int blocks_ = 0;
    int comments_ = 0;
    bool has_content_ = false;
    bool had_content_ = false; ///< Before the character that may begin a comment.
    bool escapes_ = false;     ///< The string knows backslashes.
    bool continues_ = false;   ///< Behind a string with nothing but space: another one would belong to it.
    bool is_escaped_ = false;
};

} // namespace fan_out_example

#endif
