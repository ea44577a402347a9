// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/keywords.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "error/near_names.hpp"
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

// A name that was mistyped may be shown. Anything else may be a password in the wrong place.
bool looks_like_a_name(std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
}

} // namespace

bool is_known_keyword(std::string_view name) {
    const std::vector<std::string>& known = known_keywords();
    return std::find(known.begin(), known.end(), name) != known.end();
}

void check_keyword(const std::string& name) {
    if (is_known_keyword(name))
        return;
    const std::vector<std::string>& known = known_keywords();
    std::string message = "unknown connection option";
    std::string hint = "the options are libpq's connection parameter key words, such as sslmode or connect_timeout";
    if (looks_like_a_name(name)) {
        message += " \"" + name + "\"";
        if (const std::string near = near_names(name, known); !near.empty())
            hint = "did you mean " + near + "?";
    }
    throw_error(errc::invalid_option, make_diagnostics(errc::invalid_option, std::move(message), std::move(hint)));
}

bool is_secret_keyword(std::string_view name) noexcept {
    return name == "password" || name == "sslpassword" || name == "oauth_client_secret" || name.ends_with("_secret") ||
           name == "scram_client_key" || name == "scram_server_key";
}

} // namespace coropq::detail
