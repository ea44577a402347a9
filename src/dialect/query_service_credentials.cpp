// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// URLs of what Query Service's credentials page and API give out.

#include <coropq/error.hpp>
#include <coropq/query_service.hpp>

#include "error/diagnostics_fields.hpp"
#include "url/secret_file.hpp"
#include "url/text.hpp"
#include "url/wipe.hpp"
#include "url/wiping_resource.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>

namespace json = boost::json;

namespace coropq::query_service {

namespace {

[[noreturn]] void refuse_command(const std::string& message, const char* hint) {
    throw_error(errc::invalid_url, detail::make_diagnostics(errc::invalid_url, message, hint));
}

[[noreturn]] void refuse_credentials(const std::string& subject, const std::string& what) {
    throw_error(errc::invalid_credentials_file,
                detail::make_diagnostics(errc::invalid_credentials_file, subject + ' ' + what,
                                         "it is a JSON object with host, port, dbName, username and token, as GET "
                                         "/connection_parameters gives it, or with technicalAccountId and credential, "
                                         "as the credentials page gives it for non-expiring credentials"));
}

bool is_missing(const std::optional<std::string>& part) { return !part || part->empty(); }

// What the page shows instead of the password.
bool is_masked(std::string_view password) {
    constexpr std::string_view bullet = "\xE2\x80\xA2";
    while (password.starts_with('*') || password.starts_with(bullet))
        password.remove_prefix(password.front() == '*' ? 1 : bullet.size());
    return password.empty();
}

// A member of a JSON object that is a text, without white space around it; the first name that is there.
std::optional<std::string_view> text_member(const json::object& object, std::initializer_list<const char*> names,
                                            const std::string& subject) {
    for (const char* const name : names) {
        const json::value* const found = object.if_contains(name);
        if (!found)
            continue;
        const json::string* const text = found->if_string();
        if (!text)
            refuse_credentials(subject, std::string("has a member ") + name + " that isn't a text");
        const std::string_view trimmed = detail::trim(std::string_view(text->data(), text->size()));
        if (trimmed.empty())
            refuse_credentials(subject, std::string("has an empty member ") + name);
        return trimmed;
    }
    return std::nullopt;
}

std::optional<int> port_member(const json::object& object, const std::string& subject) {
    const json::value* const found = object.if_contains("port");
    if (!found)
        return std::nullopt;
    int port = 0;
    if (const json::string* const text = found->if_string()) {
        const char* const end = text->data() + text->size();
        if (std::from_chars(text->data(), end, port).ptr != end)
            port = 0;
    } else {
        json::error_code inexact;
        port = found->to_number<int>(inexact);
        if (inexact)
            port = 0;
    }
    if (port < 1 || port > 65535)
        refuse_credentials(subject, "has a member port that isn't a number from 1 to 65535");
    return port;
}

void check_rest(const url& made, const std::string& subject) {
    const auto need = [&](bool is_there, const char* what) {
        if (!is_there)
            refuse_credentials(subject, std::string("doesn't say the ") + what +
                                            ", and neither does the URL beside it: give it there");
    };
    need(!made.hosts().empty() && !made.hosts().front().host.empty(), "host");
    need(!is_missing(made.user()), "user");
    need(!is_missing(made.database()), "database");
}

url from_object(const json::object& object, std::string_view text, const std::string& subject, const url& rest) {
    url_changes changes;
    if (object.contains("technicalAccountId") || object.contains("credential"))
        changes.password = credentials_from_json(text);
    else if (const auto token = text_member(object, {"token", "access_token"}, subject))
        changes.password = secret(*token);
    else
        refuse_credentials(subject, "has no member token, and no technicalAccountId and credential");
    const auto add = [&](url_change<std::string>& change, bool is_there, std::initializer_list<const char*> names) {
        const auto found = text_member(object, names, subject);
        if (found && !is_there)
            change = std::string(*found);
    };
    add(changes.user, !is_missing(rest.user()), {"username", "user"});
    add(changes.database, !is_missing(rest.database()), {"dbName", "dbname", "database"});
    const bool has_host = !rest.hosts().empty() && !rest.hosts().front().host.empty();
    add(changes.host, has_host, {"host"});
    if (const std::optional<int> port = port_member(object, subject); port && !rest.port() && !has_host)
        changes.port = *port;
    const url made = rest.set(std::move(changes));
    check_rest(made, subject);
    return made;
}

url from_json(std::string_view text, const std::string& subject, const url& rest) {
    if (text.starts_with("\xEF\xBB\xBF")) // the byte order mark that editors on Windows add
        text.remove_prefix(3);
    detail::wiping_resource memory;
    json::error_code failure;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), failure, &memory);
    if (failure)
        refuse_credentials(subject, "isn't valid JSON");
    const json::object* const object = value.if_object();
    if (!object)
        refuse_credentials(subject, "isn't a JSON object");
    return from_object(*object, text, subject, rest);
}

} // namespace

url from_psql_command(std::string_view command) {
    const url parsed = url::from_psql_command(command);
    constexpr const char* copy_again = "copy it anew, with the button beside the PSQL command on the credentials page";
    const auto need = [&](bool is_there, const char* what) {
        if (!is_there)
            refuse_command(std::string("the psql command has no ") + what, copy_again);
    };
    need(!parsed.hosts().empty() && !parsed.hosts().front().host.empty(), "host");
    need(!is_missing(parsed.user()), "user");
    need(!is_missing(parsed.database()), "database (dbname)");
    need(parsed.password() && !parsed.password()->empty(), "password");
    if (is_masked(parsed.password()->expose()))
        refuse_command("the psql command has a masked password",
                       "the page only shows it so: copy it with the button, not by selecting the text");
    const std::vector<std::string>* const mode = parsed.query("sslmode");
    const url unforced =
        mode && mode->size() == 1 && mode->front() == "require" ? parsed.difference_update_query({"sslmode"}) : parsed;
    url_changes changes;
    changes.drivername = std::string("queryservice");
    return unforced.set(std::move(changes));
}

namespace {

url nothing_else() {
    url_parts parts;
    parts.drivername = "queryservice";
    return url::create(std::move(parts));
}

} // namespace

url from_credentials_file(const std::string& path) { return from_credentials_file(path, nothing_else()); }

url from_credentials_json(std::string_view text) { return from_credentials_json(text, nothing_else()); }

url from_credentials_file(const std::string& path, const url& rest) {
    const std::string subject = "the credentials file " + path;
    detail::secret_buffer contents;
    if (const std::string wrong = detail::read_secret_file(path, contents); !wrong.empty())
        refuse_credentials(subject, wrong);
    return from_json(detail::view(contents), subject, rest);
}

url from_credentials_json(std::string_view text, const url& rest) {
    return from_json(text, "the text of the credentials", rest);
}

} // namespace coropq::query_service
