// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_LEXER_HPP
#define COROPQ_SRC_STATEMENT_LEXER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace coropq::detail {

/// `$n` or `:name` in a text.
struct placeholder {
    std::size_t begin; ///< Of the `$` or the colon.
    std::size_t size;
    std::uint32_t number;  ///< Of `$n`; what is too large becomes the largest number.
    std::string_view name; ///< Of `:name`, without the colon; empty otherwise.
};

struct lexer_options {
    /// `:name` is a placeholder, too: a colon with a letter or underscore right behind it, and no colon, word, `]` or
    /// `)` right in front of it. So in slices, `a[:upper]` has a placeholder; `a[1:upper]` and `a[: upper]` have none.
    bool names = false;
    /// `'…'` knows backslash escapes: standard_conforming_strings is off.
    bool backslash_escapes = false;
};

/// Finds the placeholders of an SQL text: those that stand where the server sees one, not in strings, quoted names or
/// comments. One pass; the effort is linear in the size of the text and nothing is allocated.
///
/// The rules are those of the server (src/backend/parser/scan.l, PostgreSQL 9.1 to 17) and, for where a statement ends,
/// those of psql (src/fe_utils/psqlscan.l). They are the same for every encoding whose multibyte characters have no
/// ASCII bytes in them, as UTF-8.
class sql_lexer {
public:
    explicit sql_lexer(std::string_view sql, lexer_options options = {}) noexcept : sql_(sql), options_(options) {}

    /// The next one, or none at the end of the text. The functions below speak of what has been read so far.
    std::optional<placeholder> next();

    /// The largest n of the `$n`.
    std::uint32_t highest_number() const noexcept { return highest_; }
    /// There is a `;` with something behind it, not counted those in parentheses (rules) and in `begin atomic … end`.
    bool has_several_statements() const noexcept { return several_; }
    /// A string, comment or quoted name doesn't end.
    bool is_unterminated() const noexcept { return unterminated_; }
    /// A `'…'` ends elsewhere when standard_conforming_strings is the other way round than in the options.
    bool is_ambiguous() const noexcept { return ambiguous_; }
    /// The first words of the text: keywords or names, parentheses skipped. The second is empty where no word follows
    /// the first directly.
    std::string_view first_word() const noexcept { return words_[0]; }
    std::string_view second_word() const noexcept { return words_[1]; }

private:
    enum class string_kind { plain, escape, standard, bits };

    char at(std::size_t position) const noexcept { return position < sql_.size() ? sql_[position] : '\0'; }
    bool looking_at(std::string_view text) const noexcept {
        return sql_.substr(position_).substr(0, text.size()) == text;
    }
    bool skip_ignored() noexcept;
    void skip_line_comment() noexcept;
    void skip_block_comment() noexcept;
    void read_string(string_kind kind) noexcept;
    std::size_t end_of_string(std::size_t from, bool backslashes, bool doubled) const noexcept;
    std::size_t continuation(std::size_t from) const noexcept;
    void read_quoted_name() noexcept;
    void read_number() noexcept;
    bool read_dollar_quote() noexcept;
    bool read_prefixed() noexcept;
    void read_word() noexcept;
    void count_word(std::string_view word) noexcept;
    std::optional<placeholder> read_parameter() noexcept;
    std::optional<placeholder> read_name() noexcept;
    void read_other() noexcept;

    std::string_view sql_;
    lexer_options options_;
    std::size_t position_ = 0;
    std::uint32_t highest_ = 0;
    std::size_t parentheses_ = 0;
    std::size_t blocks_ = 0;    ///< Of `begin atomic`, with the `case`s in it.
    std::string_view words_[4]; ///< The first ones, until something else comes.
    std::size_t word_count_ = 0;
    bool words_ended_ = false;
    bool has_content_ = false;
    bool statement_ended_ = false;
    bool several_ = false;
    bool unterminated_ = false;
    bool ambiguous_ = false;
};

/// Whether a keyword is this one, given in lower case.
bool is_keyword(std::string_view word, std::string_view lower_case) noexcept;

} // namespace coropq::detail

#endif
