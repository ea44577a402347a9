// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/redaction.hpp"

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace coropq::detail {

namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t piece_size = 8; // as many characters as fit into a piece_key
constexpr std::size_t shortest_secret = 4;
constexpr std::size_t longest_name = 63; // of anything in a PostgreSQL database

using piece_key = std::uint64_t; // eight characters in lower case, the last one in the lowest byte

piece_key append(piece_key key, char c) {
    const auto lower = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    return key << 8 | static_cast<unsigned char>(lower);
}

bool opens_value(char c) { return std::string_view("\"'( =,:[{").find(c) != std::string_view::npos; }

// In front of this place of a text.
bool closes_value(std::string_view text, std::size_t at) {
    return at == text.size() || std::string_view("\"'),:]}").find(text[at]) != std::string_view::npos ||
           (text[at] == '.' && at + 1 == text.size());
}

// What stands between an opening and the last closing parenthesis. The server writes values there as the session's
// settings have it, which needn't be as the library writes them.
void mask_values(std::string& text, std::string_view opening) {
    const std::size_t begin = text.find(opening);
    const std::size_t end = text.rfind(')');
    if (begin != std::string::npos && end != std::string::npos && end > begin + opening.size())
        text.replace(begin + opening.size(), end - begin - opening.size(), mask);
}

// The bytes of a type that the library doesn't know are the text where that type is an enum or something like text, and
// contain the texts where it is made of such.
std::string text_of_binary(const statement& source, std::size_t index) {
    const std::string_view bytes(source.parameter_data(index), source.parameter_size(index));
    std::string text;
    try {
        const std::uint32_t type = source.parameter_type(index).oid();
        if (type != type_oid::unknown_type)
            binary_to_text(type_catalog::built_in(), type, bytes, text);
    } catch (const value_error&) {
        text.clear();
    }
    return text.empty() ? std::string(bytes) : text;
}

} // namespace

// Notes which characters of a text have to go, then takes them all away. The effort is linear in the sizes of text and
// values, since a value may have many megabytes.
class redaction::eraser {
public:
    explicit eraser(std::string text) : text_(std::move(text)), hidden_(text_.size(), false) {}

    void hide_secret(std::string_view value) {
        if (value.size() >= piece_size)
            hide_pieces(value);
        else
            hide_where(value, [](std::size_t, std::size_t) { return true; });
    }

    void hide_value(std::string_view value) {
        hide_elements(value);
        if (value.size() >= piece_size) {
            hide_pieces(value);
        } else if (!value.empty()) {
            hide_where(value, [this](std::size_t begin, std::size_t end) {
                return begin != 0 && opens_value(text_[begin - 1]) && closes_value(text_, end);
            });
        }
    }

    // The elements of an array, the attributes of a composite value: servers show them by themselves as well
    // (`Key (id)=(7) already exists`, for one of many).
    void hide_elements(std::string_view value) {
        if (text_.empty() || value.empty() || std::string_view("{[(").find(value[0]) == std::string_view::npos)
            return;
        if (!indexed_words_)
            index_words();
        for (std::size_t begin = 0, end = 0; begin < value.size(); begin = end + 1) {
            end = std::min(value.find_first_of("{}[](),;\"\\", begin), value.size());
            const auto found = words_.find(value.substr(begin, end - begin));
            if (found == words_.end())
                continue;
            for (const std::size_t at : found->second)
                hide(at, end - begin);
            words_.erase(found); // once is enough
        }
    }

    void hide_whole(std::string_view value) {
        if (value.size() >= piece_size)
            hide_where(value, [](std::size_t, std::size_t) { return true; });
    }

    std::string result() && {
        if (std::find(hidden_.begin(), hidden_.end(), true) == hidden_.end())
            return std::move(text_);
        std::string shown;
        for (std::size_t i = 0; i != text_.size(); ++i) {
            if (!hidden_[i])
                shown += text_[i];
            else if (i == 0 || !hidden_[i - 1])
                shown += mask;
        }
        return shown;
    }

private:
    struct piece {
        piece(piece_key characters, std::size_t where) : key(characters), begin(where) {}

        piece_key key;
        std::size_t begin;
        bool found = false; ///< In a value; kept with the first place of each piece.

        friend bool operator<(const piece& left, const piece& right) {
            return std::pair(left.key, left.begin) < std::pair(right.key, right.begin);
        }
    };

    static std::size_t hash(piece_key key) { return (key * 0x9E3779B97F4A7C15U) >> 48; }

    void hide(std::size_t begin, std::size_t size) {
        std::fill_n(hidden_.begin() + static_cast<std::ptrdiff_t>(begin), size, true);
    }

    template <typename Predicate>
    void hide_where(std::string_view value, Predicate fits) {
        for (std::size_t at = text_.find(value); at != std::string::npos; at = text_.find(value, at + 1)) {
            if (fits(at, at + value.size()))
                hide(at, value.size());
        }
    }

    void index_pieces() {
        piece_key key = 0;
        for (std::size_t i = 0; i != text_.size(); ++i) {
            key = append(key, text_[i]);
            if (i + 1 >= piece_size)
                pieces_.push_back(piece(key, i + 1 - piece_size));
        }
        std::sort(pieces_.begin(), pieces_.end());
        for (const piece& it : pieces_)
            present_.set(hash(it.key));
    }

    // Whatever is shorter than a piece and stands where a value would.
    void index_words() {
        indexed_words_ = true;
        for (std::size_t begin = 1; begin < text_.size(); ++begin) {
            if (!opens_value(text_[begin - 1]))
                continue;
            for (std::size_t size = 1; size != piece_size && begin + size <= text_.size(); ++size) {
                if (closes_value(text_, begin + size))
                    words_[std::string_view(text_).substr(begin, size)].push_back(begin);
            }
        }
    }

    void hide_pieces(std::string_view value) {
        if (text_.size() < piece_size)
            return; // most fields of a message are short or empty, and a value may be long
        if (pieces_.empty())
            index_pieces();
        piece_key key = 0;
        for (std::size_t i = 0; i != value.size(); ++i) {
            key = append(key, value[i]);
            if (i + 1 < piece_size || !present_.test(hash(key)))
                continue;
            const auto first = std::lower_bound(pieces_.begin(), pieces_.end(), piece(key, 0));
            // Once is enough, however often a value repeats itself.
            if (first == pieces_.end() || first->key != key || std::exchange(first->found, true))
                continue;
            for (auto it = first; it != pieces_.end() && it->key == key; ++it)
                hide(it->begin, piece_size);
        }
    }

    std::string text_;
    std::vector<bool> hidden_;
    std::vector<piece> pieces_;
    std::unordered_map<std::string_view, std::vector<std::size_t>> words_; ///< Where they begin. Views of the text.
    bool indexed_words_ = false;
    std::bitset<1U << 16> present_;
};

void redaction::add_secret(const secret& value) {
    if (value.size() >= shortest_secret && std::find(secrets_.begin(), secrets_.end(), value) == secrets_.end())
        secrets_.push_back(value);
}

// Without passwords, and without the values of parameters where there is a way to hide them.
std::string redaction::without(std::string text, void (eraser::*hide_parameter)(std::string_view)) const {
    eraser erased(std::move(text));
    for (const secret& hidden : secrets_)
        erased.hide_secret(hidden.expose());
    for (std::size_t i = 0; statement_ && hide_parameter && i != statement_->parameter_count(); ++i) {
        if (statement_->parameter_data(i))
            (erased.*hide_parameter)(shown_value(i));
    }
    return std::move(erased).result();
}

// Most statements cause no message, and some cause thousands: converted when needed, once.
std::string_view redaction::shown_value(std::size_t index) const {
    const std::string_view bytes(statement_->parameter_data(index), statement_->parameter_size(index));
    if (statement_->parameter_format(index) == wire_format::text)
        return bytes;
    if (converted_.empty()) {
        converted_.resize(statement_->parameter_count());
        for (std::size_t i = 0; i != converted_.size(); ++i) {
            if (statement_->parameter_data(i) && statement_->parameter_format(i) != wire_format::text)
                converted_[i] = text_of_binary(*statement_, i);
        }
    }
    return converted_[index];
}

std::string redaction::apply(std::string text) const { return without(std::move(text), &eraser::hide_value); }

// Names of the schema. Programs compare them, so they don't suffer for having something in common with a parameter.
std::string redaction::apply_to_name(std::string name) const {
    const auto hide = name.size() > longest_name ? &eraser::hide_value : &eraser::hide_whole;
    return without(std::move(name), hide);
}

void redaction::apply(diagnostics_fields& fields) const {
    if (statement_ && statement_->parameter_count() != 0) {
        // "Failing row contains (…)": not null, check, view with check option. "Key (a)=(…) already exists" and its
        // kin.
        if (fields.sqlstate == "23502" || fields.sqlstate == "23514" || fields.sqlstate == "44000")
            mask_values(fields.detail, "(");
        else if (fields.sqlstate.starts_with("23"))
            mask_values(fields.detail, "=(");
    }
    for (std::string* text : {&fields.message, &fields.detail, &fields.hint, &fields.context})
        *text = apply(std::move(*text));
    for (std::string* name : {&fields.severity, &fields.sqlstate, &fields.schema_name, &fields.table_name,
                              &fields.column_name, &fields.data_type_name, &fields.constraint_name})
        *name = apply_to_name(std::move(*name));
}

void redaction::add_statement(diagnostics_fields& fields) const {
    if (!statement_)
        return;
    fields.statement = without(statement_->sql(), nullptr);
    if (fields.statement != statement_->sql())
        fields.position = 0;
}

} // namespace coropq::detail
