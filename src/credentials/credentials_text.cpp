// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "credentials/credentials_text.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "url/text.hpp"
#include "url/wiping_resource.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>

namespace json = boost::json;

namespace coropq::detail {

namespace {

[[noreturn]] void fail(const std::string& subject, const std::string& what) {
    throw url_error(errc::invalid_credentials_file,
                    make_diagnostics(errc::invalid_credentials_file, subject + ' ' + what,
                                     "the forms are: a password or token as plain text; a JSON object with "
                                     "technicalAccountId and credential, or with token, access_token or password"));
}

// The first of these members that is there; it must be a text.
const json::string* member(const json::object& object, std::initializer_list<const char*> names,
                           const std::string& subject) {
    for (const char* name : names) {
        if (const json::value* found = object.if_contains(name)) {
            if (const json::string* text = found->if_string())
                return text;
            fail(subject, std::string("has a member ") + name + " that isn't a text");
        }
    }
    return nullptr;
}

std::string_view characters_of(const json::string& text) { return {text.data(), text.size()}; }

credentials parse_object(std::string_view text, const std::string& subject) {
    wiping_resource memory;
    json::error_code error;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), error, &memory);
    const json::object* object = error ? nullptr : value.if_object();
    if (!object)
        fail(subject, "begins with a brace and isn't a JSON object");
    if (object->contains("technicalAccountId"))
        return credentials(credentials_from_json(text));
    const json::string* token = member(*object, {"token", "access_token", "password"}, subject);
    if (!token)
        fail(subject, "has no member token, access_token or password");
    credentials found(normalize_password(secret(characters_of(*token))));
    if (const json::string* user = member(*object, {"username", "user"}, subject))
        found.user(std::string(characters_of(*user)));
    if (const json::value* ends = object->if_contains("expires_at")) {
        json::error_code inexact;
        const std::int64_t seconds = ends->to_number<std::int64_t>(inexact);
        if (inexact || seconds < 0 || seconds > 9'000'000'000)
            fail(subject, "has a member expires_at that isn't a number of seconds since 1970");
        found.expires(credentials::time_point(std::chrono::seconds(seconds)));
    }
    return found;
}

} // namespace

credentials parse_credentials(std::string_view text, const std::string& subject) {
    if (text.starts_with("\xEF\xBB\xBF")) // the byte order mark that editors on Windows add
        text.remove_prefix(3);
    const std::string_view trimmed = trim(text);
    if (trimmed.empty())
        fail(subject, "is empty");
    if (trimmed.front() == '{')
        return parse_object(trimmed, subject);
    return credentials(normalize_password(secret(trimmed)));
}

} // namespace coropq::detail
