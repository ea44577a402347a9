// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/text.hpp"

#include "error/diagnostics_fields.hpp"

#include <coropq/error.hpp>

#include <boost/url/decode_view.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>

namespace coropq::detail {

namespace urls = boost::urls;

namespace {

// SQLAlchemy keeps + in the credentials and in the database, and / in the database. Of what RFC 3986 allows, @ is
// encoded everywhere and : in the credentials, so that a URL that we write can be read in one way only.
constexpr urls::grammar::lut_chars user_chars = urls::unreserved_chars + urls::grammar::lut_chars("+");
constexpr urls::grammar::lut_chars database_chars = urls::unreserved_chars + urls::grammar::lut_chars("+/:,=&!$'()*;");
constexpr urls::grammar::lut_chars query_chars = urls::unreserved_chars + urls::grammar::lut_chars("/:,*");

const urls::grammar::lut_chars& chars_of(url_part part) noexcept {
    static constexpr urls::grammar::lut_chars host_chars = urls::unreserved_chars;
    switch (part) {
    case url_part::user: return user_chars;
    case url_part::host: return host_chars;
    case url_part::database: return database_chars;
    case url_part::query: return query_chars;
    }
    return host_chars;
}

urls::decode_view decoded(std::string_view text, bool plus_is_space) {
    const auto valid = urls::make_pct_string_view(urls::string_view(text.data(), text.size()));
    if (!valid)
        throw_problem(problems::bad_escape);
    urls::encoding_opts options;
    options.space_as_plus = plus_is_space;
    return urls::decode_view(*valid, options);
}

constexpr bool is_token_char(char c) noexcept { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; }
constexpr bool is_line_break(char c) noexcept { return c == '\r' || c == '\n'; }

} // namespace

void throw_problem(const problem& what) {
    throw url_error(errc::invalid_url, make_diagnostics(errc::invalid_url, what.message, what.hint));
}

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return to_lower(a) == to_lower(b); });
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

void refuse_nul(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        throw_problem(problems::nul);
}

std::string decode(std::string_view text, bool plus_is_space) {
    const urls::decode_view characters = decoded(text, plus_is_space);
    std::string result(characters.begin(), characters.end());
    refuse_nul(result);
    return result;
}

secret decode_secret(std::string_view text) {
    const urls::decode_view characters = decoded(text, false);
    const secret_buffer buffer(characters.begin(), characters.end());
    refuse_nul(view(buffer));
    return secret(view(buffer));
}

bool has_valid_escapes(std::string_view text) noexcept {
    return urls::make_pct_string_view(urls::string_view(text.data(), text.size())).has_value();
}

std::size_t encoded_size(std::string_view text, url_part part) noexcept {
    return urls::encoded_size(urls::string_view(text.data(), text.size()), chars_of(part));
}

void append_encoded(std::string& out, std::string_view text, url_part part) {
    const std::size_t old_size = out.size();
    out.resize(old_size + encoded_size(text, part));
    urls::encode(out.data() + old_size, out.size() - old_size, urls::string_view(text.data(), text.size()),
                 chars_of(part));
}

secret normalize_password(secret password) {
    const std::string_view all = password.expose();
    const std::string_view trimmed = trim(all);
    const bool is_wrapped_token =
        std::any_of(trimmed.begin(), trimmed.end(), is_line_break) &&
        std::all_of(trimmed.begin(), trimmed.end(), [](char c) { return is_token_char(c) || is_line_break(c); });
    if (is_wrapped_token) {
        secret_buffer joined;
        joined.reserve(trimmed.size());
        std::copy_if(trimmed.begin(), trimmed.end(), std::back_inserter(joined),
                     [](char c) { return !is_line_break(c); });
        return secret(view(joined));
    }
    if (trimmed.size() != all.size())
        return secret(trimmed);
    return password;
}

bool is_secret_key(std::string_view key) noexcept {
    // The keywords that libpq (up to 18) marks as passwords (dispchar "*" in PQconninfoOption).
    for (std::string_view name :
         {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}) {
        if (equal_ignoring_case(key, name))
            return true;
    }
    return false;
}

} // namespace coropq::detail
