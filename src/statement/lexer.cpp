// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/lexer.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

namespace coropq::detail {

namespace {

constexpr auto npos = std::string_view::npos;

enum : unsigned char { space = 1, newline = 2, digit = 4, tag_begin = 8, tag = 16, word = 32 };

// One look-up for each character: every statement goes through here.
constexpr std::array<unsigned char, 256> classes = [] {
    std::array<unsigned char, 256> result{};
    const auto add = [&result](std::string_view characters, int kind) {
        for (const char c : characters)
            result[static_cast<unsigned char>(c)] =
                static_cast<unsigned char>(result[static_cast<unsigned char>(c)] | kind);
    };
    add("\n\r", newline);
    add(" \t\n\r\f\v", space); // PostgreSQL 16 has added \v; before, it is an error wherever it stands
    add("0123456789", digit | tag | word);
    add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", tag_begin | tag | word);
    add("$", word);
    for (std::size_t c = 0x80; c != result.size(); ++c)
        result[c] = tag_begin | tag | word;
    return result;
}();

bool is(char c, int kind) { return (classes[static_cast<unsigned char>(c)] & kind) != 0; }
bool is_white(char c) { return is(c, space); }
bool is_decimal(char c) { return is(c, digit); }
bool is_newline(char c) { return is(c, newline); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool starts_word(char c) { return is(c, tag_begin); }
bool continues_tag(char c) { return is(c, tag); }
bool continues_word(char c) { return is(c, word); }

} // namespace

bool is_keyword(std::string_view word, std::string_view lower_case) noexcept {
    return std::equal(word.begin(), word.end(), lower_case.begin(), lower_case.end(),
                      [](char left, char right) { return lower(left) == right; });
}

std::optional<placeholder> sql_lexer::next() {
    while (position_ < sql_.size()) {
        if (skip_ignored())
            continue;
        const char c = sql_[position_];
        if (c != ';') {
            several_ = several_ || statement_ended_;
            has_content_ = true;
        }
        std::optional<placeholder> found;
        if (starts_word(c)) {
            if (!read_prefixed())
                read_word();
            continue;
        }
        words_ended_ = words_ended_ || (c != '(' && c != ';') || word_count_ != 0;
        if (c == '\'')
            read_string(string_kind::plain);
        else if (c == '"')
            read_quoted_name();
        else if (is_decimal(c))
            read_number();
        else if (c == '$' && is_decimal(at(position_ + 1)))
            found = read_parameter();
        else if (c == ':')
            found = read_name();
        else if (c != '$' || !read_dollar_quote())
            read_other();
        if (found)
            return found;
    }
    return std::nullopt;
}

bool sql_lexer::skip_ignored() noexcept {
    const char c = sql_[position_];
    if (is_white(c))
        ++position_;
    else if (c == '-' && at(position_ + 1) == '-')
        skip_line_comment();
    else if (c == '/' && at(position_ + 1) == '*')
        skip_block_comment();
    else
        return false;
    return true;
}

void sql_lexer::skip_line_comment() noexcept {
    while (position_ < sql_.size() && !is_newline(sql_[position_]))
        ++position_;
}

void sql_lexer::skip_block_comment() noexcept {
    std::size_t depth = 0;
    do {
        if (position_ + 1 >= sql_.size()) {
            position_ = sql_.size();
            unterminated_ = true;
            return;
        }
        if (looking_at("/*")) {
            ++depth;
            position_ += 2;
        } else if (looking_at("*/")) {
            --depth;
            position_ += 2;
        } else {
            ++position_;
        }
    } while (depth != 0);
}

// The position behind the closing quote; npos if there is none.
std::size_t sql_lexer::end_of_string(std::size_t from, bool backslashes, bool doubled) const noexcept {
    const std::string_view ends = backslashes ? "'\\" : "'";
    for (std::size_t i = sql_.find_first_of(ends, from); i != npos; i = sql_.find_first_of(ends, i)) {
        if (sql_[i] == '\\')
            i += 2;
        else if (doubled && at(i + 1) == '\'')
            i += 2;
        else
            return i + 1;
    }
    return npos;
}

// A string goes on after a line break, with comments in between: the position behind the quote that it goes on with.
std::size_t sql_lexer::continuation(std::size_t from) const noexcept {
    bool has_newline = false;
    std::size_t i = from;
    for (; i < sql_.size(); ++i) {
        if (is_newline(sql_[i])) {
            has_newline = true;
        } else if (sql_[i] == '-' && at(i + 1) == '-') {
            while (i + 1 < sql_.size() && !is_newline(sql_[i + 1]))
                ++i;
        } else if (!is_white(sql_[i])) {
            break;
        }
    }
    return has_newline && at(i) == '\'' ? i + 1 : npos;
}

// Starts at the opening quote. Every part of a string that goes on has the rules of the first one. Two quotes in bits
// are the end of them and the beginning of a plain string, since the server has them so.
void sql_lexer::read_string(string_kind kind) noexcept {
    for (std::size_t begin = position_ + 1; begin != npos; begin = continuation(position_)) {
        const bool backslashes =
            kind == string_kind::escape || (kind == string_kind::plain && options_.backslash_escapes);
        const std::size_t end = end_of_string(begin, backslashes, kind != string_kind::bits);
        // Both readings are the same from here on if they end at the same place.
        if (kind == string_kind::plain && !ambiguous_ && sql_.substr(begin, end - begin).find('\\') != npos)
            ambiguous_ = end_of_string(begin, !backslashes, true) != end;
        if (end == npos) {
            position_ = sql_.size();
            unterminated_ = true;
            return;
        }
        position_ = end;
    }
}

void sql_lexer::read_quoted_name() noexcept {
    std::size_t end = sql_.find('"', position_ + 1);
    while (end != npos && at(end + 1) == '"')
        end = sql_.find('"', end + 2);
    unterminated_ = unterminated_ || end == npos;
    position_ = end == npos ? sql_.size() : end + 1;
}

// Where a number ends matters when $1 or a letter follows: `1e5$1` is two tokens, `e5$1` is one.
void sql_lexer::read_number() noexcept {
    const auto skip_digits = [this] {
        while (is_decimal(at(position_)) || (at(position_) == '_' && is_decimal(at(position_ + 1))))
            ++position_;
    };
    // Without a digit behind it, `0b` is a zero and a word, or the beginning of b'…'.
    const auto is_hex = [](char c) { return is_decimal(c) || (lower(c) >= 'a' && lower(c) <= 'f'); };
    const auto has_hex = [this, is_hex](std::size_t from) {
        return is_hex(at(from)) || (at(from) == '_' && is_hex(at(from + 1)));
    };
    const char base = lower(at(position_ + 1));
    if (at(position_) == '0' && (base == 'x' || base == 'o' || base == 'b') && has_hex(position_ + 2)) {
        for (position_ += 2; has_hex(position_);)
            ++position_;
        return;
    }
    skip_digits();
    if (at(position_) == '.' && at(position_ + 1) != '.') {
        ++position_;
        skip_digits();
    }
    if (lower(at(position_)) == 'e') {
        const char sign = at(position_ + 1);
        const std::size_t digits = position_ + (sign == '+' || sign == '-' ? 2 : 1);
        if (is_decimal(at(digits))) {
            position_ = digits;
            skip_digits();
        }
    }
}

bool sql_lexer::read_dollar_quote() noexcept {
    std::size_t end = position_ + 1;
    if (starts_word(at(end)))
        while (continues_tag(at(end)))
            ++end;
    if (at(end) != '$')
        return false;
    const std::string_view delimiter = sql_.substr(position_, end + 1 - position_);
    const std::size_t closing = sql_.find(delimiter, end + 1);
    unterminated_ = unterminated_ || closing == npos;
    position_ = closing == npos ? sql_.size() : closing + delimiter.size();
    return true;
}

// E'…' and its kin: one letter, directly in front of the quote, and not the end of a longer word.
bool sql_lexer::read_prefixed() noexcept {
    const char letter = lower(sql_[position_]);
    const bool has_ampersand = letter == 'u' && at(position_ + 1) == '&';
    const std::size_t quote = position_ + (has_ampersand ? 2 : 1);
    const bool is_name = has_ampersand && at(quote) == '"';
    const bool is_string =
        at(quote) == '\'' && (has_ampersand || letter == 'e' || letter == 'b' || letter == 'x' || letter == 'n');
    if (!is_name && !is_string)
        return false;
    words_ended_ = true;
    position_ = quote;
    if (is_name)
        read_quoted_name();
    else if (letter == 'e')
        read_string(string_kind::escape);
    else if (letter == 'u')
        read_string(string_kind::standard);
    else if (letter == 'n')
        read_string(string_kind::plain);
    else
        read_string(string_kind::bits);
    return true;
}

void sql_lexer::read_word() noexcept {
    const std::size_t begin = position_;
    while (position_ < sql_.size() && continues_word(sql_[position_]))
        ++position_;
    count_word(sql_.substr(begin, position_ - begin));
}

void sql_lexer::count_word(std::string_view word) noexcept {
    if (!words_ended_ && word_count_ != std::size(words_))
        words_[word_count_++] = word;
    if (parentheses_ != 0 || !is_keyword(words_[0], "create"))
        return;
    const auto is_routine = [](std::string_view kind) {
        return is_keyword(kind, "function") || is_keyword(kind, "procedure");
    };
    if (!is_routine(words_[1]) && !(is_keyword(words_[1], "or") && is_routine(words_[3])))
        return;
    if (is_keyword(word, "begin") || (blocks_ != 0 && is_keyword(word, "case")))
        ++blocks_;
    else if (blocks_ != 0 && is_keyword(word, "end"))
        --blocks_;
}

std::optional<placeholder> sql_lexer::read_parameter() noexcept {
    constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
    const std::size_t begin = position_++;
    std::uint64_t number = 0;
    for (; is_decimal(at(position_)); ++position_)
        number = std::min<std::uint64_t>(number * 10 + static_cast<std::uint64_t>(at(position_) - '0'), largest);
    highest_ = std::max(highest_, static_cast<std::uint32_t>(number));
    return placeholder{begin, position_ - begin, static_cast<std::uint32_t>(number), {}};
}

std::optional<placeholder> sql_lexer::read_name() noexcept {
    const std::size_t begin = position_;
    const char before = begin == 0 ? ' ' : sql_[begin - 1];
    const bool ends_value = continues_word(before) || before == ']' || before == ')';
    if (at(begin + 1) == ':' || !options_.names || ends_value || !starts_word(at(begin + 1))) {
        while (at(position_) == ':')
            ++position_;
        return std::nullopt;
    }
    do
        ++position_;
    while (continues_tag(at(position_)));
    return placeholder{begin, position_ - begin, 0, sql_.substr(begin + 1, position_ - begin - 1)};
}

// One character. Comments begin in the middle of what would be an operator, too.
void sql_lexer::read_other() noexcept {
    const char c = sql_[position_++];
    if (c == '(')
        ++parentheses_;
    else if (c == ')' && parentheses_ != 0)
        --parentheses_;
    else if (c == ';' && parentheses_ == 0 && blocks_ == 0)
        statement_ended_ = has_content_;
}

} // namespace coropq::detail
