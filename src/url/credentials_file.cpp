// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "error/diagnostics_fields.hpp"
#include "url/secret_file.hpp"
#include "url/text.hpp"
#include "url/wipe.hpp"
#include "url/wiping_resource.hpp"

#include <coropq/credentials.hpp>
#include <coropq/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace coropq {

namespace {

using namespace detail;

namespace json = boost::json;

/// `subject` is "the credentials file /some/path" or "the credentials".
[[noreturn]] void fail(const std::string& subject, const std::string& what) {
    throw url_error(errc::invalid_credentials_file,
                    make_diagnostics(errc::invalid_credentials_file, subject + ' ' + what,
                                     "download the file of the non-expiring credentials again; it is a JSON object "
                                     "with the members technicalAccountId and credential"));
}

/// A member that has to be there, without white space around it.
std::string_view member(const json::object& object, const char* name, const std::string& subject) {
    const json::value* found = object.if_contains(name);
    if (!found)
        fail(subject, std::string("has no member ") + name);
    const json::string* text = found->if_string();
    if (!text)
        fail(subject, std::string("has a member ") + name + " that isn't a text");
    const std::string_view trimmed = trim(std::string_view(text->data(), text->size()));
    if (trimmed.empty())
        fail(subject, std::string("has an empty member ") + name);
    if (trimmed.find('\0') != std::string_view::npos)
        fail(subject, std::string("has a NUL byte in its member ") + name);
    return trimmed;
}

secret parse(std::string_view text, const std::string& subject) {
    if (text.starts_with("\xEF\xBB\xBF")) // the byte order mark that editors on Windows add
        text.remove_prefix(3);
    wiping_resource memory;
    json::error_code error;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), error, &memory);
    if (error)
        fail(subject, "isn't valid JSON");
    const json::object* object = value.if_object();
    if (!object)
        fail(subject, "isn't a JSON object");
    const std::string_view id = member(*object, "technicalAccountId", subject);
    const std::string_view credential = member(*object, "credential", subject);
    secret_buffer password;
    password.reserve(id.size() + 1 + credential.size());
    password.insert(password.end(), id.begin(), id.end());
    password.push_back(':');
    password.insert(password.end(), credential.begin(), credential.end());
    return secret(view(password));
}

} // namespace

secret read_credentials_file(const std::string& path) {
    const std::string subject = "the credentials file " + path;
    secret_buffer contents;
    if (const std::string problem = read_secret_file(path, contents); !problem.empty())
        fail(subject, problem);
    return parse(view(contents), subject);
}

secret credentials_from_json(std::string_view text) { return parse(text, "the text of the credentials"); }

} // namespace coropq
