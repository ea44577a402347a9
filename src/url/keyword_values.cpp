// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/keyword_values.hpp"

#include "url/hosts.hpp"
#include "url/text.hpp"

#include <algorithm>
#include <iterator>

namespace coropq {

namespace detail {

namespace {

/// Reads one value at the front of `text`, in quotes or not, into `value` and removes it from the text.
void take_value(std::string_view& text, secret_buffer& value) {
    value.clear();
    const bool quoted = text.starts_with('\'');
    if (quoted)
        text.remove_prefix(1);
    for (;;) {
        if (text.empty()) {
            if (quoted)
                throw_problem(problems::keyword_quote);
            return;
        }
        const char c = text.front();
        text.remove_prefix(1);
        if (quoted ? c == '\'' : is_space(c))
            return;
        if (c != '\\') {
            value.push_back(c);
        } else if (!text.empty()) { // a backslash at the end is nothing
            value.push_back(text.front());
            text.remove_prefix(1);
        }
    }
}

void skip_space(std::string_view& text) noexcept {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
}

bool is_keyword(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

const keyword_value* find(const std::vector<keyword_value>& entries, std::string_view keyword) noexcept {
    const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                    [keyword](const keyword_value& each) { return each.keyword == keyword; });
    return found == entries.rend() ? nullptr : &*found;
}

/// The list in the value of a keyword; an empty list if there is none or the value is empty.
std::vector<std::string_view> list_of(const std::vector<keyword_value>& entries, std::string_view keyword) {
    const keyword_value* entry = find(entries, keyword);
    return entry && !entry->value.empty() ? split_list(view(entry->value)) : std::vector<std::string_view>();
}

std::vector<host_port> servers_of(const std::vector<keyword_value>& entries) {
    std::vector<host_port> servers;
    for (std::string_view host : list_of(entries, "host"))
        servers.push_back({std::string(host), {}});
    // Addresses count as hosts without names; they themselves are for libpq.
    if (servers.empty())
        servers.resize(std::max<std::size_t>(list_of(entries, "hostaddr").size(), 1));
    const std::vector<std::string_view> ports = list_of(entries, "port");
    if (ports.size() > 1 && ports.size() != servers.size())
        throw_problem(problems::host_count);
    for (std::size_t i = 0; i != servers.size() && !ports.empty(); ++i) {
        const std::string_view port = trim(ports[ports.size() == 1 ? 0 : i]);
        servers[i].port = parse_port(port);
        if (!servers[i].port && !port.empty())
            throw_problem(problems::bad_port);
    }
    return servers;
}

} // namespace

std::vector<keyword_value> parse_keyword_values(std::string_view text) {
    refuse_nul(text);
    std::vector<keyword_value> entries;
    secret_buffer value;
    for (skip_space(text); !text.empty(); skip_space(text)) {
        const std::string_view keyword =
            text.substr(0, static_cast<std::size_t>(
                               std::find_if(text.begin(), text.end(), [](char c) { return c == '=' || is_space(c); }) -
                               text.begin()));
        text.remove_prefix(keyword.size());
        skip_space(text);
        if (!text.starts_with('='))
            throw_problem(problems::keyword_no_equals);
        if (!is_keyword(keyword))
            throw_problem(problems::keyword_name);
        text.remove_prefix(1);
        skip_space(text);
        take_value(text, value);
        entries.push_back({std::string(keyword), secret_buffer(value.begin(), value.end())});
    }
    return entries;
}

url from_entries(const std::vector<keyword_value>& entries) {
    url_parts parts;
    parts.hosts = servers_of(entries);
    for (const keyword_value& entry : entries) {
        const std::string_view value = view(entry.value);
        if (entry.keyword == "user") {
            parts.user = value;
        } else if (entry.keyword == "password") {
            parts.password = secret(value);
        } else if (entry.keyword == "dbname") {
            parts.database = value;
        } else if (entry.keyword != "host" && entry.keyword != "port" && &entry == find(entries, entry.keyword)) {
            parts.query.emplace_back(entry.keyword, value);
        }
    }
    return url::create(std::move(parts));
}

bool is_libpq_keyword(std::string_view text) noexcept {
    constexpr std::string_view keywords[] = {"application_name",
                                             "channel_binding",
                                             "client_encoding",
                                             "connect_timeout",
                                             "dbname",
                                             "fallback_application_name",
                                             "gssdelegation",
                                             "gssencmode",
                                             "gsslib",
                                             "host",
                                             "hostaddr",
                                             "keepalives",
                                             "keepalives_count",
                                             "keepalives_idle",
                                             "keepalives_interval",
                                             "krbsrvname",
                                             "load_balance_hosts",
                                             "max_protocol_version",
                                             "min_protocol_version",
                                             "oauth_client_id",
                                             "oauth_client_secret",
                                             "oauth_issuer",
                                             "oauth_scope",
                                             "options",
                                             "passfile",
                                             "password",
                                             "port",
                                             "replication",
                                             "require_auth",
                                             "requirepeer",
                                             "scram_client_key",
                                             "scram_server_key",
                                             "service",
                                             "ssl_max_protocol_version",
                                             "ssl_min_protocol_version",
                                             "sslcert",
                                             "sslcertmode",
                                             "sslcompression",
                                             "sslcrl",
                                             "sslcrldir",
                                             "sslkey",
                                             "sslkeylogfile",
                                             "sslmode",
                                             "sslnegotiation",
                                             "sslpassword",
                                             "sslrootcert",
                                             "sslsni",
                                             "target_session_attrs",
                                             "tcp_user_timeout",
                                             "user"};
    return std::binary_search(std::begin(keywords), std::end(keywords), text);
}

} // namespace detail

url url::from_keyword_values(std::string_view text) { return detail::from_entries(detail::parse_keyword_values(text)); }

} // namespace coropq
