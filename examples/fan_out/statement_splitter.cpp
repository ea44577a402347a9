// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement_splitter.hpp"

#include <stdexcept>
#include <utility>

namespace fan_out_example {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As the server's scanner has it, every byte beyond ASCII belongs to a name.
bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

void statement_splitter::feed(std::string_view text) {
    for (const char c : text) {
        step(c);
        if (c == '\n')
            ++line_;
    }
}

void statement_splitter::finish() {
    if (state_ == state::dollar_tag)
        state_ = state::code;
    if (state_ != state::code && state_ != state::line_comment)
        throw std::runtime_error("what begins in line " + std::to_string(begin_line_) +
                                 ", a string, a quoted name or a comment, doesn't end");
    end_statement();
}

std::optional<std::string> statement_splitter::next() {
    if (statements_.empty())
        return std::nullopt;
    std::optional<std::string> statement(std::move(statements_.front()));
    statements_.pop_front();
    return statement;
}

void statement_splitter::step(char c) {
    switch (state_) {
    case state::code: step_in_code(c); return;
    case state::block_comment: step_in_comment(c); return;
    case state::dollar_tag: step_in_dollar_tag(c); return;
    default: text_ += c;
    }
    if (state_ == state::line_comment) {
        if (c == '\n')
            state_ = state::code;
    } else if (state_ == state::quoted_name) {
        if (c == '"') // of "a""b", both halves are one
            state_ = state::code;
    } else if (state_ == state::dollar_body) {
        if (c == '$' && text_.size() - body_ >= tag_.size() && text_.ends_with(tag_))
            state_ = state::code;
    } else if (is_escaped_) {
        is_escaped_ = false;
    } else if (c == '\\' && escapes_) {
        is_escaped_ = true;
    } else if (c == '\'') {
        state_ = state::code;
        continues_ = true;
    }
}

void statement_splitter::step_in_code(char c) {
    if (begins_word(c) || (!word_.empty() && (is_digit(c) || c == '$'))) {
        word_ += lower(c);
        text_ += c;
        has_content_ = true;
        continues_ = false;
        previous_ = c;
        return;
    }
    const bool escapes = word_ == "e";
    end_word();
    if (c == ';' && parentheses_ == 0 && blocks_ == 0) {
        end_statement();
        return;
    }
    if (is_space(c)) {
        if (!text_.empty())
            text_ += c;
        previous_ = c;
        return;
    }
    text_ += c;
    if ((c == '-' || c == '*') && previous_ == (c == '-' ? '-' : '/')) {
        has_content_ = had_content_;
        comments_ = 1;
        enter(c == '-' ? state::line_comment : state::block_comment);
        return;
    }
    had_content_ = has_content_;
    has_content_ = true;
    previous_ = c;
    if (c == '\'') {
        escapes_ = escapes || (continues_ && escapes_);
        enter(state::string);
    } else if (c == '"') {
        enter(state::quoted_name);
    } else if (c == '$') {
        tag_ = c;
        enter(state::dollar_tag);
    } else if (c == '(') {
        ++parentheses_;
    } else if (c == ')' && parentheses_ > 0) {
        --parentheses_;
    }
    continues_ = false;
}

void statement_splitter::enter(state quoted) {
    state_ = quoted;
    begin_line_ = line_;
    previous_ = 0;
}

// Comments nest, unlike those of C.
void statement_splitter::step_in_comment(char c) {
    text_ += c;
    if (previous_ == '/' && c == '*') {
        ++comments_;
        previous_ = 0;
    } else if (previous_ == '*' && c == '/') {
        if (--comments_ == 0)
            state_ = state::code;
        previous_ = 0;
    } else {
        previous_ = c;
    }
}

void statement_splitter::step_in_dollar_tag(char c) {
    if (c != '$' && !begins_word(c) && !(is_digit(c) && tag_.size() > 1)) { // $1 is a parameter
        state_ = state::code;
        step_in_code(c);
        return;
    }
    text_ += c;
    tag_ += c;
    if (c == '$') {
        state_ = state::dollar_body;
        body_ = text_.size();
    }
}

// The semicolons between BEGIN ATOMIC and END belong to the function. Which words count is what psql goes by, too.
void statement_splitter::end_word() {
    if (word_.empty())
        return;
    const bool counts =
        word_ == "create" || word_ == "or" || word_ == "replace" || word_ == "function" || word_ == "procedure";
    if (words_.size() < 4)
        words_ += counts ? word_[0] : '.';
    const bool is_routine =
        words_.starts_with("cf") || words_.starts_with("cp") || words_ == "corf" || words_ == "corp";
    if (is_routine && parentheses_ == 0) {
        if (word_ == "begin" || (word_ == "case" && blocks_ > 0))
            ++blocks_;
        else if (word_ == "end" && blocks_ > 0)
            --blocks_;
    }
    word_.clear();
}

void statement_splitter::end_statement() {
    end_word();
    while (!text_.empty() && is_space(text_.back()))
        text_.pop_back();
    if (has_content_)
        statements_.push_back(std::move(text_));
    text_.clear();
    words_.clear();
    previous_ = 0;
    parentheses_ = 0;
    blocks_ = 0;
    has_content_ = false;
    continues_ = false;
}

} // namespace fan_out_example
