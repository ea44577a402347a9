// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/hosts.hpp"

#include "url/text.hpp"

#include <boost/url/ipv6_address.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace coropq::detail {

namespace {

bool is_socket(std::string_view host) noexcept { return host.starts_with('/') || host.starts_with('@'); }

/// An IPv6 address, possibly with a zone: "fe80::1%eth0".
bool is_ipv6(std::string_view text) noexcept {
    const std::string_view address = text.substr(0, text.find('%'));
    return (address.size() == text.size() || address.size() + 1 < text.size()) &&
           boost::urls::parse_ipv6_address(boost::urls::string_view(address.data(), address.size())).has_value();
}

/// Letters of every language: whether a name can be resolved is for the resolver to say.
constexpr bool is_host_char(char c) noexcept {
    return is_alphanumeric(c) || c == '.' || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// One host of a URL's authority, still percent-encoded.
const problem* parse_server(std::string_view text, std::vector<host_port>* out) {
    if (text.find('@') != std::string_view::npos) // an abstract socket is written %40name
        return &problems::bad_host;
    std::string_view host = text;
    std::string_view port;
    const bool bracketed = text.starts_with('[');
    if (bracketed) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos)
            return &problems::bad_ipv6;
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && !port.starts_with(':'))
            return &problems::bad_port;
        port.remove_prefix(port.empty() ? 0 : 1);
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        if (is_ipv6(text))
            return &problems::bare_ipv6;
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    host_port server;
    server.port = parse_port(port);
    if (!server.port && !port.empty())
        return &problems::bad_port;
    if (!has_valid_escapes(host))
        return bracketed ? &problems::bad_ipv6 : &problems::bad_escape;
    server.host = decode(host);
    if (bracketed && !is_ipv6(server.host))
        return &problems::bad_ipv6;
    if (const problem* wrong = check_host(server.host))
        return wrong;
    if (out)
        out->push_back(std::move(server));
    return nullptr;
}

/// One host of the query: SQLAlchemy's host:port where it can be one, otherwise a host as it stands (its issue #10069).
host_port parse_query_host(std::string_view text, bool alone, bool& has_port) {
    if (is_socket(text))
        return {std::string(text), {}};
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1)) ||
            (end + 1 != text.size() && text[end + 1] != ':'))
            throw_problem(problems::bad_ipv6);
        host = text.substr(1, end - 1);
        if (end + 1 == text.size())
            return {std::string(host), {}};
        port = text.substr(end + 2);
    } else {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos || is_ipv6(text))
            return {std::string(text), {}};
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (alone && !std::all_of(port.begin(), port.end(), is_digit))
            return {std::string(text), {}};
    }
    has_port = true;
    host_port server{std::string(host), parse_port(port)};
    if (!server.port && !port.empty())
        throw_problem(problems::bad_port);
    return server;
}

const std::vector<std::string>* find(const query_parameters& query, std::string_view key) noexcept {
    const auto found =
        std::find_if(query.begin(), query.end(), [key](const query_parameter& each) { return each.key == key; });
    return found == query.end() ? nullptr : &found->values;
}

std::vector<std::string_view> split_values(const std::vector<std::string>& values) {
    std::vector<std::string_view> result;
    for (const std::string& value : values) {
        for (std::string_view item : split_list(value))
            result.push_back(item);
    }
    return result;
}

void apply_ports(std::vector<host_port>& hosts, const std::vector<std::optional<std::uint16_t>>& ports) {
    if (hosts.empty() && ports.size() == 1)
        hosts.emplace_back();
    if (ports.size() != 1 && ports.size() != hosts.size())
        throw_problem(problems::host_count);
    for (std::size_t i = 0; i != hosts.size(); ++i)
        hosts[i].port = ports[ports.size() == 1 ? 0 : i];
}

} // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

const problem* check_host(std::string_view host) noexcept {
    if (host.find('\0') != std::string_view::npos)
        return &problems::nul;
    if (is_socket(host) || is_ipv6(host))
        return nullptr;
    if (!std::all_of(host.begin(), host.end(), is_host_char))
        return &problems::bad_host;
    // The second half of a user name with a raw @; never a host, and nothing must be sent there.
    if (equal_ignoring_case(host, "AdobeOrg"))
        return &problems::adobe_host;
    return nullptr;
}

std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> result;
    for (;;) {
        const std::size_t comma = text.find(',');
        result.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos)
            return result;
        text.remove_prefix(comma + 1);
    }
}

const problem* parse_authority(std::string_view text, std::vector<host_port>* out) {
    for (std::string_view server : split_list(text)) {
        if (const problem* wrong = parse_server(server, out))
            return wrong;
    }
    return nullptr;
}

std::vector<host_port> effective_hosts(const std::vector<host_port>& authority, const query_parameters& query) {
    std::vector<host_port> hosts = authority;
    bool ports_in_hosts = false;
    if (const auto* values = find(query, "host")) {
        hosts.clear();
        ports_in_hosts = values->size() > 1; // SQLAlchemy's form, in which a missing port is the default one
        const std::vector<std::string_view> items = split_values(*values);
        for (std::string_view item : items)
            hosts.push_back(parse_query_host(item, items.size() == 1, ports_in_hosts));
    }
    if (const auto* values = find(query, "port")) {
        if (ports_in_hosts)
            throw_problem(problems::host_and_port_mixed);
        std::vector<std::optional<std::uint16_t>> ports;
        for (std::string_view item : split_values(*values)) {
            ports.push_back(parse_port(trim(item)));
            if (!ports.back() && !trim(item).empty())
                throw_problem(problems::bad_port);
        }
        apply_ports(hosts, ports);
    } else if (find(query, "host") && !ports_in_hosts) {
        // As with libpq, only the host of the authority is replaced, its ports stay.
        std::vector<std::optional<std::uint16_t>> ports;
        ports.reserve(authority.size());
        for (const host_port& server : authority)
            ports.push_back(server.port);
        if (std::any_of(ports.begin(), ports.end(), [](const auto& port) { return port.has_value(); }))
            apply_ports(hosts, ports);
    }
    if (hosts.size() == 1 && hosts.front() == host_port{})
        hosts.clear();
    return hosts;
}

} // namespace coropq::detail
