// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/representation.hpp"
#include "url/text.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace coropq {

namespace {

using namespace detail;

constexpr std::string_view hidden = "***";

void append_server(std::string& out, const host_port& server) {
    const bool is_socket = server.host.starts_with('/') || server.host.starts_with('@');
    if (!is_socket && server.host.find(':') != std::string::npos) {
        // An IPv6 address; of its characters only the % in front of the zone needs encoding.
        out += '[';
        for (std::size_t from = 0; from != server.host.size();) {
            const std::size_t colon = std::min(server.host.find(':', from), server.host.size());
            append_encoded(out, std::string_view(server.host).substr(from, colon - from), url_part::host);
            from = colon;
            if (from != server.host.size()) {
                out += ':';
                ++from;
            }
        }
        out += ']';
    } else {
        append_encoded(out, server.host, url_part::host);
    }
    if (server.port)
        out += ':' + std::to_string(*server.port);
}

/// An upper bound, so that a text that shows secrets is written into one piece of memory.
std::size_t rendered_size(const url::representation& parts) {
    constexpr std::size_t separators = 8;
    std::size_t size = parts.drivername.size() + separators;
    if (parts.user)
        size += encoded_size(*parts.user, url_part::user);
    if (parts.password)
        size += std::max(encoded_size(parts.password->expose(), url_part::user), hidden.size());
    for (const host_port& server : parts.authority)
        size += 3 * server.host.size() + separators;
    if (parts.database)
        size += encoded_size(*parts.database, url_part::database);
    for (const query_parameter& parameter : parts.query) {
        for (const std::string& value : parameter.values)
            size += encoded_size(parameter.key, url_part::query) +
                    std::max(encoded_size(value, url_part::query), hidden.size()) + 2;
    }
    return size;
}

std::string render(const url::representation& parts, bool show) {
    std::string out;
    out.reserve(rendered_size(parts));
    out += parts.drivername;
    out += "://";
    if (parts.user)
        append_encoded(out, *parts.user, url_part::user);
    if (parts.password) {
        out += ':';
        if (show)
            append_encoded(out, parts.password->expose(), url_part::user);
        else
            out += hidden; // for an empty one as well
    }
    if (parts.user || parts.password)
        out += '@';
    for (const host_port& server : parts.authority) {
        if (&server != &parts.authority.front())
            out += ',';
        append_server(out, server);
    }
    if (parts.database) {
        out += '/';
        append_encoded(out, *parts.database, url_part::database);
    }
    std::vector<const query_parameter*> query;
    for (const query_parameter& parameter : parts.query)
        query.push_back(&parameter);
    std::sort(query.begin(), query.end(), [](const auto* left, const auto* right) { return left->key < right->key; });
    char separator = '?';
    for (const query_parameter* parameter : query) {
        for (const std::string& value : parameter->values) {
            out += std::exchange(separator, '&');
            append_encoded(out, parameter->key, url_part::query);
            out += '=';
            if (!show && is_secret_key(parameter->key))
                out += hidden;
            else
                append_encoded(out, value, url_part::query);
        }
    }
    return out;
}

} // namespace

std::string url::to_string() const { return render(*parts_, false); }

std::string url::to_string(show_password_t) const { return render(*parts_, true); }

std::ostream& operator<<(std::ostream& out, const url& value) { return out << value.to_string(); }

} // namespace coropq
