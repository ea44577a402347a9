// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/url.hpp>

#include "url/hosts.hpp"
#include "url/query.hpp"
#include "url/representation.hpp"
#include "url/text.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace coropq {

namespace {

using namespace detail;

/// In lower case, if it is one that we know.
std::string check_drivername(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), to_lower);
    const std::string_view all = name;
    const std::string_view backend = all.substr(0, all.find('+'));
    const std::string_view driver = all.substr(std::min(backend.size() + 1, all.size()));
    const bool driver_ok = std::all_of(driver.begin(), driver.end(), [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '+' || c == '-' || c == '.';
    });
    if ((backend != "postgresql" && backend != "postgres" && backend != "queryservice") || !driver_ok ||
        (driver.empty() && backend.size() != all.size()))
        throw_problem(problems::unknown_scheme);
    return name;
}

std::uint16_t check_port(int port) {
    if (port < 1 || port > 65535)
        throw_problem(problems::bad_port);
    return static_cast<std::uint16_t>(port);
}

/// Host and port of the parts, or its list of hosts, as one list. A single host without name and port is no host.
std::vector<host_port> make_authority(url_parts& parts) {
    std::vector<host_port> servers = std::move(parts.hosts);
    if (!servers.empty() && (parts.host || parts.port))
        throw_problem(problems::host_and_hosts);
    if (parts.host) {
        for (std::string_view host : split_list(*parts.host))
            servers.push_back({std::string(host), {}});
    }
    if (parts.port) {
        if (servers.empty())
            servers.emplace_back();
        for (host_port& server : servers)
            server.port = check_port(*parts.port);
    }
    for (const host_port& server : servers) {
        // A comma would be read as two hosts; a port of 0 can only come from a list.
        if (server.host.find(',') != std::string::npos)
            throw_problem(problems::bad_host);
        if (server.port)
            check_port(*server.port);
        if (const problem* wrong = check_host(server.host))
            throw_problem(*wrong);
    }
    if (servers.size() == 1 && servers.front() == host_port{})
        servers.clear();
    return servers;
}

std::size_t mix(std::size_t seed, std::size_t value) noexcept {
    return seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2));
}

} // namespace

url url::create(url_parts parts) {
    auto made = std::make_shared<representation>();
    made->drivername = check_drivername(std::move(parts.drivername));
    for (const auto* text : {&parts.user, &parts.database}) {
        if (*text)
            refuse_nul(**text);
    }
    made->user = std::move(parts.user);
    made->database = std::move(parts.database);
    if (parts.password) {
        refuse_nul(parts.password->expose());
        made->password = normalize_password(std::move(*parts.password));
        // A URL can't express a password without a user; libpq takes an empty user for none.
        if (!made->user)
            made->user.emplace();
    }
    made->authority = make_authority(parts);
    if (!made->authority.empty() && (made->authority.size() > 1 || !made->authority.front().host.empty()))
        made->host = made->authority.front().host;
    made->query = normalize_query(parts.query);
    made->hosts = effective_hosts(made->authority, made->query);
    return url(std::move(made));
}

url url::set(url_changes changes) const {
    url_parts parts;
    const auto choose = [](auto& change, const auto& old) {
        return change.changes() ? std::move(change).value() : std::optional(old);
    };
    parts.drivername = choose(changes.drivername, parts_->drivername).value_or("postgresql");
    parts.user = changes.user.changes() ? changes.user.value() : parts_->user;
    parts.password = changes.password.changes() ? changes.password.value() : parts_->password;
    parts.database = changes.database.changes() ? changes.database.value() : parts_->database;
    parts.query = choose(changes.query, parts_->query).value_or(query_parameters{});
    if (changes.hosts.changes()) {
        if (changes.host.changes() || changes.port.changes())
            throw_problem(problems::host_and_hosts);
        parts.hosts = changes.hosts.value().value_or(std::vector<host_port>{});
    } else if (changes.host.changes()) {
        parts.host = changes.host.value();
        if (changes.port.changes())
            parts.port = changes.port.value();
        else if (const auto old = port())
            parts.port = *old;
    } else {
        parts.hosts = parts_->authority;
        if (changes.port.changes()) {
            if (parts.hosts.empty())
                parts.port = changes.port.value();
            for (host_port& server : parts.hosts) {
                server.port.reset();
                if (const auto& port = changes.port.value())
                    server.port = check_port(*port);
            }
        }
    }
    return create(std::move(parts));
}

const std::string& url::drivername() const noexcept { return parts_->drivername; }

std::string_view url::backend_name() const noexcept {
    const std::string_view name = parts_->drivername;
    const std::string_view backend = name.substr(0, name.find('+'));
    return backend == "postgres" ? "postgresql" : backend;
}

std::string_view url::driver_name() const noexcept {
    const std::string_view name = parts_->drivername;
    const std::size_t plus = name.find('+');
    return plus == std::string_view::npos ? "coropq" : name.substr(plus + 1);
}

const std::optional<std::string>& url::user() const noexcept { return parts_->user; }

const std::optional<secret>& url::password() const noexcept { return parts_->password; }

const std::optional<std::string>& url::host() const noexcept { return parts_->host; }

std::optional<std::uint16_t> url::port() const noexcept {
    return parts_->authority.empty() ? std::nullopt : parts_->authority.front().port;
}

const std::optional<std::string>& url::database() const noexcept { return parts_->database; }

const query_parameters& url::query() const noexcept { return parts_->query; }

const std::vector<std::string>* url::query(std::string_view name) const noexcept {
    for (const query_parameter& parameter : parts_->query) {
        if (parameter.key == name)
            return &parameter.values;
    }
    return nullptr;
}

const std::vector<host_port>& url::hosts() const noexcept { return parts_->hosts; }

bool operator==(const url& left, const url& right) noexcept {
    const url::representation& a = *left.parts_;
    const url::representation& b = *right.parts_;
    if (&a == &b)
        return true;
    return a.drivername == b.drivername && a.user == b.user && a.password == b.password && a.authority == b.authority &&
           a.database == b.database && a.query.size() == b.query.size() &&
           std::all_of(a.query.begin(), a.query.end(), [&](const query_parameter& parameter) {
               const auto* values = right.query(parameter.key);
               return values && *values == parameter.values;
           });
}

} // namespace coropq

std::size_t std::hash<coropq::url>::operator()(const coropq::url& value) const noexcept {
    const std::hash<std::string> text;
    std::size_t result = text(value.drivername());
    for (const auto* part : {&value.user(), &value.host(), &value.database()})
        result = coropq::mix(result, *part ? text(**part) : 1);
    for (const coropq::host_port& server : value.hosts())
        result = coropq::mix(coropq::mix(result, text(server.host)), server.port.value_or(0));
    // Added up, because the order of the names doesn't count.
    std::size_t query = 0;
    for (const coropq::query_parameter& parameter : value.query()) {
        std::size_t one = text(parameter.key);
        for (const std::string& each : parameter.values)
            one = coropq::mix(one, coropq::detail::is_secret_key(parameter.key) ? 1 : text(each));
        query += one;
    }
    return coropq::mix(result, query);
}
