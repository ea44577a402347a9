// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/query_service.hpp>

#include "characters.hpp"
#include "error/diagnostics_fields.hpp"
#include "statement/lexer.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

namespace coropq::query_service {

namespace {

// Shows nothing of what was given, which may be a token in the wrong place.
[[noreturn]] void refuse_database(const char* message) {
    throw_error(errc::invalid_url, detail::make_diagnostics(
                                       errc::invalid_url, message,
                                       "such a name looks like prod:all or prod:all?FLATTEN; it is on the credentials "
                                       "page"));
}

[[noreturn]] void refuse_name(const char* message, const char* hint) {
    throw_error(errc::invalid_parameter, detail::make_diagnostics(errc::invalid_parameter, message, hint));
}

void check_part(std::string_view part, std::string_view impossible, const char* empty, const char* wrong) {
    if (part.empty())
        refuse_database(empty);
    if (std::any_of(part.begin(), part.end(), [&](char c) {
            return detail::is_space(c) || detail::is_control(c) || impossible.find(c) != std::string_view::npos;
        }))
        refuse_database(wrong);
}

bool is_flag_name(std::string_view name) {
    return !name.empty() && !detail::is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || detail::is_digit(c) || c == '_';
    });
}

} // namespace

database::database(std::string_view sandbox, std::string_view target) : sandbox_(sandbox), target_(target) {
    check_part(sandbox_, ":?@/&=", "the name of the database has no sandbox",
               "the sandbox in the name of the database has a character that no sandbox has");
    check_part(target_, "?@&=", "the name of the database has no target behind the sandbox",
               "the target in the name of the database has a character that no table, dataset or schema has");
}

database database::parse(std::string_view name) {
    const std::size_t question = std::min(name.find('?'), name.size());
    const std::string_view place = name.substr(0, question);
    const std::size_t colon = place.find(':');
    if (colon == std::string_view::npos)
        refuse_database("the name of the database has no colon between sandbox and target");
    database parsed(place.substr(0, colon), place.substr(colon + 1));
    std::string_view flags = name.substr(question);
    while (!flags.empty()) {
        flags.remove_prefix(1);
        const std::size_t end = std::min(flags.find('&'), flags.size());
        parsed.flag(flags.substr(0, end));
        flags.remove_prefix(end);
    }
    return parsed;
}

database& database::flag(std::string_view name, bool on) {
    if (!is_flag_name(name))
        refuse_database("a flag of the name of the database isn't made of capitals, digits and _");
    std::erase(flags_, name);
    if (on)
        flags_.emplace_back(name);
    return *this;
}

std::string database::to_string() const {
    std::string text = sandbox_ + ":" + target_;
    for (const std::string& each : flags_)
        text += (&each == &flags_.front() ? "?" : "&") + each;
    return text;
}

std::ostream& operator<<(std::ostream& out, const database& value) { return out << value.to_string(); }

namespace {

// What Spark SQL (ANSI mode) and PostgreSQL reserve, and what Adobe's examples put into back-ticks.
bool is_reserved(std::string_view name) {
    constexpr std::array<std::string_view, 82> words = {
        "all",     "analyze",   "and",     "anti",   "any",     "array",    "as",           "asc",      "between",
        "both",    "by",        "case",    "cast",   "check",   "collate",  "column",       "create",   "cross",
        "current", "date",      "default", "delete", "desc",    "distinct", "drop",         "else",     "end",
        "escape",  "except",    "exists",  "false",  "fetch",   "filter",   "for",          "foreign",  "from",
        "full",    "grant",     "group",   "having", "in",      "inner",    "insert",       "interval", "intersect",
        "into",    "is",        "join",    "key",    "lateral", "leading",  "left",         "like",     "limit",
        "minus",   "natural",   "not",     "null",   "offset",  "on",       "only",         "or",       "order",
        "outer",   "partition", "primary", "right",  "select",  "semi",     "session_user", "set",      "some",
        "table",   "then",      "to",      "true",   "union",   "unique",   "update",       "user",     "using",
        "where"};
    return std::any_of(words.begin(), words.end(),
                       [name](std::string_view word) { return detail::is_keyword(name, word); });
}

bool is_plain(std::string_view name) {
    return !detail::is_digit(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return detail::is_alphanumeric(c) || c == '_'; }) &&
           !is_reserved(name);
}

std::string doubled(std::string_view name, char quote) {
    std::string text(1, quote);
    for (const char c : name) {
        if (c == quote)
            text += c;
        text += c;
    }
    return text + quote;
}

std::string in_back_ticks_if_needed(std::string_view name) {
    return is_plain(name) ? std::string(name) : doubled(name, '`');
}

void check_names(const std::vector<std::string>& names) {
    if (names.empty())
        refuse_name("a path has no names", "give one at least");
    for (const std::string& each : names) {
        if (each.empty())
            refuse_name("a path has an empty name", "give each level its name");
        if (each.find('\0') != std::string::npos)
            refuse_name("a path has a NUL byte in a name", "names are text");
    }
}

// The next name of a text, up to the dot behind it.
std::string take_name(std::string_view& text) {
    std::string name;
    if (!text.starts_with('`')) {
        const std::size_t end = std::min(text.find_first_of(".`"), text.size());
        name = text.substr(0, end);
        text.remove_prefix(end);
        return name;
    }
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text.front() == '`') {
            text.remove_prefix(1);
            if (!text.starts_with('`'))
                return name;
        }
        name += text.front();
    }
    refuse_name("a path has a back-tick that isn't closed", "write a back-tick inside of a name twice");
}

} // namespace

path::path(std::initializer_list<std::string_view> names) : names_(names.begin(), names.end()) { check_names(names_); }

path::path(std::vector<std::string> names) : names_(std::move(names)) { check_names(names_); }

path path::parse(std::string_view text) {
    std::vector<std::string> names;
    for (;;) {
        names.push_back(take_name(text));
        if (text.empty())
            return path(std::move(names));
        if (text.front() != '.')
            refuse_name("a path has something else than a dot behind a name",
                        "write it like commerce.`order`.priceTotal");
        text.remove_prefix(1);
    }
}

std::string path::dotted() const {
    std::string text;
    for (const std::string& each : names_)
        text += (text.empty() ? "" : ".") + in_back_ticks_if_needed(each);
    return text;
}

std::string path::bracketed() const {
    std::string text = in_back_ticks_if_needed(names_.front());
    for (std::size_t i = 1; i != names_.size(); ++i) {
        if (names_[i].find_first_of("'\\") != std::string::npos)
            refuse_name(
                "a name with a quote or a backslash can't stand in brackets, because how the server reads these "
                "isn't known",
                "use path::dotted");
        text += "['" + names_[i] + "']";
    }
    return text;
}

std::string path::flattened() const {
    std::string name;
    for (const std::string& each : names_)
        name += (name.empty() ? "" : ".") + each;
    return quote_name(name);
}

std::string quote_name(std::string_view name) {
    if (name.empty() || name.find('\0') != std::string_view::npos)
        refuse_name(name.empty() ? "a name is empty" : "a name has a NUL byte", "give the name of a table or column");
    return doubled(name, '"');
}

} // namespace coropq::query_service
