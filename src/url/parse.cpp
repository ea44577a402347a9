// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// A URL in which users left @, :, / or ? unquoted can often be read in one way only, and sometimes in several, one of
// which would send the tail of the password to a wrong host as the name of a database. So every @ of the text is
// tried as the end of the credentials, and "no credentials" too; a reading counts if its hosts, ports and query are
// possible. Exactly one: taken. Several: refused. None: the error of the most likely one.

#include "url/hosts.hpp"
#include "url/query.hpp"
#include "url/text.hpp"

#include <coropq/url.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace coropq {

namespace {

using namespace detail;

constexpr auto npos = std::string_view::npos;

/// One way to read what stands behind "://". Still percent-encoded.
struct reading {
    std::optional<std::string_view> user;
    std::optional<std::string_view> password;
    std::string_view authority;
    std::optional<std::string_view> database;
    std::string_view query;
};

/// Reads the text with the credentials ending at the @ at `at`, or without credentials if that is npos.
reading read(std::string_view text, std::size_t at) {
    reading result;
    if (at != npos) {
        const std::string_view credentials = text.substr(0, at);
        const std::size_t colon = credentials.find(':');
        result.user = credentials.substr(0, colon);
        if (colon != npos)
            result.password = credentials.substr(colon + 1);
        text.remove_prefix(at + 1);
    }
    result.authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(result.authority.size());
    if (text.starts_with('/')) {
        text.remove_prefix(1);
        result.database = text.substr(0, text.find('?'));
        text.remove_prefix(result.database->size());
    }
    if (!text.empty())
        result.query = text.substr(1);
    return result;
}

/// Query parameters whose values contain an @ in practice, so that "?user=a@b" isn't taken for a part of a password.
bool is_text_parameter(std::string_view key) noexcept {
    constexpr std::string_view names[] = {
        "application_name", "fallback_application_name", "host", "options", "password", "sslpassword", "user"};
    return std::find(std::begin(names), std::end(names), key) != std::end(names);
}

/// The parameter that the end of the text lies in: "user" for "h/db?user=a".
std::string_view last_parameter(std::string_view text) noexcept {
    const std::size_t question = text.find('?');
    if (question == npos)
        return {};
    text.remove_prefix(question + 1);
    if (const std::size_t ampersand = text.rfind('&'); ampersand != npos)
        text.remove_prefix(ampersand + 1);
    const std::size_t equals = text.find('=');
    return equals == npos ? std::string_view() : text.substr(0, equals);
}

/// What makes a reading impossible, or null.
const problem* check(const reading& candidate) {
    if (candidate.user && candidate.user->find_first_of("/?") != npos)
        return &problems::user_separator;
    if (candidate.password && is_text_parameter(last_parameter(*candidate.password)))
        return &problems::ambiguous;
    if (const problem* wrong = parse_authority(candidate.authority, nullptr))
        return wrong;
    // A third slash in front of "user:password@host" would make all of it the name of a database.
    if (candidate.database &&
        candidate.database->find('@', std::min(candidate.database->find(':'), candidate.database->size())) != npos)
        return &problems::ambiguous;
    // A raw @ in the query can be the one that ends the credentials, unless it clearly stands in a value.
    std::string_view query = candidate.query;
    while (!query.empty()) {
        const std::string_view item = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(item.size() + 1, query.size()));
        const std::size_t equals = item.find('=');
        if (item.find('@') < equals)
            return equals == npos ? &problems::query_no_value : &problems::ambiguous;
    }
    return nullptr;
}

/// The only possible reading.
reading choose(std::string_view text) {
    constexpr std::size_t most_at_signs = 32; // each is tried, which makes the work quadratic
    std::vector<std::size_t> candidates{npos};
    for (std::size_t at = text.find('@'); at != npos; at = text.find('@', at + 1))
        candidates.push_back(at);
    if (candidates.size() > most_at_signs)
        throw_problem(problems::too_many_at_signs);

    // The reading of RFC 3986, except that it is the last @ that ends the credentials.
    const std::size_t authority_end = std::min(text.find_first_of("/?"), text.size());
    const std::size_t usual = text.substr(0, authority_end).rfind('@');

    std::optional<reading> found;
    const problem* usual_problem = nullptr;
    for (std::size_t at : candidates) {
        const reading candidate = read(text, at);
        const problem* wrong = check(candidate);
        if (at == usual)
            usual_problem = wrong;
        if (wrong)
            continue;
        if (found)
            throw_problem(problems::ambiguous);
        found = candidate;
    }
    if (!found)
        throw_problem(*usual_problem);
    return *found;
}

void refuse_control_characters(std::string_view text) {
    if (std::any_of(text.begin(), text.end(), is_control))
        throw_problem(problems::control_character);
}

} // namespace

url url::parse(const char* text) {
    if (!text)
        throw_problem(problems::null_pointer);
    return parse(std::string_view(text));
}

url url::parse(std::string_view text) {
    text = trim(text);
    refuse_nul(text);
    const std::size_t scheme_end = text.find("://");
    if (scheme_end == npos)
        throw_problem(problems::no_scheme);

    url_parts parts;
    parts.drivername = text.substr(0, scheme_end);
    text.remove_prefix(scheme_end + 3);
    const reading chosen = choose(text);
    // Line breaks are tolerated in the password only, where they are no part of anything else.
    for (std::string_view part :
         {chosen.user.value_or(""), chosen.authority, chosen.database.value_or(""), chosen.query})
        refuse_control_characters(part);

    if (chosen.user)
        parts.user = decode(*chosen.user);
    if (chosen.password)
        parts.password = decode_secret(*chosen.password);
    parse_authority(chosen.authority, &parts.hosts);
    if (chosen.database)
        parts.database = decode(*chosen.database);
    query_text query = parse_query(chosen.query);
    parts.query = std::move(query.parameters);
    if (!query.flags.empty()) {
        if (parts.database.value_or("").empty())
            throw_problem(problems::query_too_early);
        *parts.database += '?' + query.flags;
    }
    return create(std::move(parts));
}

} // namespace coropq
