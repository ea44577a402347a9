// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "https/connection_answer.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "libpq/redaction.hpp"
#include "url/text.hpp"
#include "url/wiping_resource.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace json = boost::json;

namespace coropq::detail {

namespace {

[[noreturn]] void fail(std::string message, std::string hint) {
    throw_error(errc::authentication_failed,
                make_diagnostics(errc::authentication_failed, std::move(message), std::move(hint)));
}

bool is_visible(char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7F'; }

/// The members of the answer, each of which has to be what it should be.
class members {
public:
    members(const json::object& object, const std::string& where) : object_(object), where_(where) {}

    std::string_view text(const char* name) const {
        const json::value* found = object_.if_contains(name);
        const json::string* value = found ? found->if_string() : nullptr;
        if (!value)
            refuse(name, found ? "isn't a text" : "is missing");
        const std::string_view characters(value->data(), value->size());
        if (characters.empty())
            refuse(name, "is empty");
        return characters;
    }

    /// A text that becomes part of an address or a login: no white space, and nothing that can't be seen.
    std::string word(const char* name) const {
        const std::string_view characters = text(name);
        if (!std::all_of(characters.begin(), characters.end(), is_visible))
            refuse(name, "has characters that don't belong there");
        return std::string(characters);
    }

    secret token(const char* name) const {
        secret found = normalize_password(secret(text(name)));
        const std::string_view characters = found.expose();
        if (characters.empty() || !std::all_of(characters.begin(), characters.end(), is_visible))
            refuse(name, "has characters that don't belong there");
        return found;
    }

    bool has(const char* name) const {
        const json::value* found = object_.if_contains(name);
        return found && !found->is_null();
    }

    std::uint16_t port(const char* name) const {
        const json::value* found = object_.if_contains(name);
        json::error_code inexact;
        const std::uint16_t number = found ? found->to_number<std::uint16_t>(inexact) : std::uint16_t(0);
        if (!found || inexact || number == 0)
            refuse(name, found ? "isn't a number from 1 to 65535" : "is missing");
        return number;
    }

private:
    [[noreturn]] void refuse(const char* name, const char* what) const {
        fail(where_ + " answers with something else than connection parameters: the member " + name + ' ' + what,
             "see whether that host is the API of Adobe Experience Platform");
    }

    const json::object& object_;
    const std::string& where_;
};

} // namespace

query_service::connection_parameters parse_connection_parameters(std::string_view body, const std::string& where) {
    wiping_resource memory;
    json::error_code error;
    const json::value value = json::parse(json::string_view(body.data(), body.size()), error, &memory);
    const json::object* object = error ? nullptr : value.if_object();
    if (!object)
        fail(where + " answers with something else than a JSON object",
             "see whether that host is the API of Adobe Experience Platform");
    const members all(*object, where);
    query_service::connection_parameters found;
    found.user = all.word("username");
    found.host = all.word("host");
    found.port = all.port("port");
    found.database = all.word("dbName");
    found.token = all.token("token");
    if (all.has("compressedToken"))
        found.compressed_token = all.token("compressedToken");
    found.expires = jwt_expiry(found.token.expose());
    return found;
}

namespace {

constexpr std::size_t longest_message = 300;

// Adobe's gateway says `message` (and `error_code`), its services `detail` and `title` (RFC 9457), or `errors`.
std::string_view message_in(const json::value& body, int depth = 0) {
    const json::object* object = body.if_object();
    if (!object)
        return {};
    for (const char* name : {"message", "detail", "title", "error_description"}) {
        const json::value* found = object->if_contains(name);
        if (const json::string* text = found ? found->if_string() : nullptr; text && !text->empty())
            return {text->data(), text->size()};
    }
    const json::value* several = object->if_contains("errors");
    const json::array* errors = several ? several->if_array() : nullptr;
    if (errors && !errors->empty() && depth == 0)
        return message_in(errors->front(), 1);
    return {};
}

// In one line, and not cut within a character (of valid UTF-8, which the parser has seen to).
std::string shown(std::string_view message) {
    std::string text(message.substr(0, longest_message));
    if (text.size() < message.size()) {
        while (!text.empty() && (static_cast<unsigned char>(message[text.size()]) & 0xC0U) == 0x80U)
            text.pop_back();
        text += "...";
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, ' ');
    return text;
}

std::string hint_for(const https_answer& answer) {
    switch (answer.status) {
    case 401: return "the access token isn't good any more, or was made with another API key";
    case 403:
        return "the organization, the API key and the sandbox have to be those of the access token, which needs "
               "the permission for Query Service";
    case 404: return "see whether api_options::host is right";
    case 429:
        return answer.retry_after.empty()
                   ? "it is asked too often"
                   : "it is asked too often, and wants to be left alone for " + answer.retry_after + " s";
    default:
        if (answer.status >= 300 && answer.status < 400)
            return "redirections aren't followed, as they would take the access token elsewhere";
        return answer.status >= 500 ? "the service has a problem of its own; try again later" : "";
    }
}

} // namespace

void refuse_answer(const https_answer& answer, const std::string& where, const secret& token, const secret& key) {
    std::string text = where + " answers with status " + std::to_string(answer.status);
    wiping_resource memory;
    json::error_code error;
    const json::value body = json::parse(json::string_view(answer.body.data(), answer.body.size()), error, &memory);
    if (const std::string_view message = error ? std::string_view() : message_in(body); !message.empty()) {
        redaction hidden;
        hidden.add_secret(token);
        hidden.add_secret(key);
        // First the whole, then cut: a piece that is cut off may be too short to be recognised.
        text += ": " + shown(hidden.apply(std::string(message)));
    }
    fail(std::move(text), hint_for(answer));
}

} // namespace coropq::detail
