// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/keywords.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "libpq/handles.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace coropq::detail {

namespace {

// Asked of the library that runs, not of the header that was compiled: newer ones know more.
const std::vector<std::string>& known_keywords() {
    static const std::vector<std::string> names = [] {
        const conninfo_handle options(PQconndefaults());
        if (!options)
            throw std::bad_alloc();
        std::vector<std::string> found{"ssl"};
        for (const PQconninfoOption* option = options.get(); option->keyword; ++option)
            found.emplace_back(option->keyword);
        return found;
    }();
    return names;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j != row.size(); ++j)
        row[j] = j;
    for (std::size_t i = 0; i != left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j != right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

// A name that was mistyped may be shown. Anything else may be a password in the wrong place.
bool looks_like_a_name(std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
}

std::string nearest(std::string_view name) {
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const std::string& known : known_keywords()) {
        const std::size_t distance = edit_distance(name, known);
        const bool contains = name.size() >= 4 && known.find(name) != std::string::npos;
        if (distance <= std::max<std::size_t>(2, name.size() / 3) || contains)
            ranked.emplace_back(distance, known);
    }
    std::sort(ranked.begin(), ranked.end());
    std::string text;
    for (std::size_t i = 0; i != std::min<std::size_t>(ranked.size(), 3); ++i)
        text += (i == 0 ? "" : ", ") + ranked[i].second;
    return text;
}

} // namespace

void check_keyword(const std::string& name) {
    const std::vector<std::string>& known = known_keywords();
    if (std::find(known.begin(), known.end(), name) != known.end())
        return;
    std::string message = "unknown connection option";
    std::string hint = "the options are libpq's connection parameter key words, such as sslmode or connect_timeout";
    if (looks_like_a_name(name)) {
        message += " \"" + name + "\"";
        std::string lower = name;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (const std::string near = nearest(lower); !near.empty())
            hint = "did you mean " + near + "?";
    }
    throw_error(errc::invalid_option, make_diagnostics(errc::invalid_option, std::move(message), std::move(hint)));
}

bool is_secret_keyword(std::string_view name) noexcept {
    return name == "password" || name == "sslpassword" || name == "oauth_client_secret" || name.ends_with("_secret") ||
           name == "scram_client_key" || name == "scram_server_key";
}

} // namespace coropq::detail
