// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/connect_plan.hpp"

#include <coropq/error.hpp>

#include "dialect/query_service.hpp"
#include "dialect/resolution.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/handles.hpp"
#include "libpq/keywords.hpp"
#include "libpq/name_resolution.hpp"
#include "libpq/server_message.hpp"

#include <algorithm>
#include <charconv>
#include <new>
#include <utility>

namespace coropq::detail {

namespace {

using argument_map = std::map<std::string, secret>;

[[noreturn]] void fail(std::string message, std::string hint = {}) {
    throw_error(errc::invalid_option, make_diagnostics(errc::invalid_option, std::move(message), std::move(hint)));
}

void check(const std::string& name, const secret& value) {
    check_keyword(name);
    if (value.expose().find('\0') != std::string_view::npos)
        fail("the connection option \"" + name + "\" contains a NUL byte");
}

// "a,b" as libpq splits it: empty parts count.
std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    if (list.empty())
        return parts;
    std::size_t begin = 0;
    for (;;) {
        const std::size_t comma = list.find(',', begin);
        parts.push_back(list.substr(begin, comma - begin));
        if (comma == std::string::npos)
            return parts;
        begin = comma + 1;
    }
}

void add_hosts(const url& address, argument_map& arguments) {
    std::string hosts;
    std::string ports;
    bool any_host = false;
    bool any_port = false;
    for (const auto& server : address.hosts()) {
        if (&server != &address.hosts().front()) {
            hosts += ',';
            ports += ',';
        }
        hosts += server.host;
        any_host = any_host || !server.host.empty();
        if (server.port) {
            ports += std::to_string(*server.port);
            any_port = true;
        }
    }
    if (any_host)
        arguments.insert_or_assign("host", hosts);
    if (any_port)
        arguments.insert_or_assign("port", ports);
}

argument_map arguments_of(const url& address, const connect_options& options, dialect spoken) {
    argument_map arguments;
    if (address.user())
        arguments.emplace("user", *address.user());
    if (address.password())
        arguments.emplace("password", *address.password());
    if (address.database())
        arguments.emplace("dbname", *address.database());
    add_hosts(address, arguments);
    for (const auto& [name, values] : address.query()) {
        if (name == "host" || name == "port")
            continue; // part of hosts()
        if (values.size() != 1)
            fail("a connection option is given more than once in the query of the URL",
                 "give each option one value; only host and port may be lists");
        check(name, values.front());
        arguments.insert_or_assign(name, values.front());
    }
    for (const auto& [name, value] : options.connect_args()) {
        check(name, value);
        arguments.insert_or_assign(name, value);
    }
    // JDBC's spelling, which libpq accepts in URLs only.
    if (const auto ssl = arguments.find("ssl"); ssl != arguments.end()) {
        if (ssl->second.expose() != "true")
            fail("the connection option \"ssl\" can only be true", "use sslmode for everything else");
        arguments.erase(ssl);
        arguments.emplace("sslmode", "require");
    }
    // Texts are UTF-8 throughout the library, whatever the environment says.
    arguments.emplace("client_encoding", "UTF8");
    if (spoken == dialect::query_service) {
        // Both came with libpq 16.
        const bool has_system_roots = is_known_keyword("require_auth");
        complete_query_service_arguments(arguments,
                                         {is_known_keyword, has_system_roots, options.credentials() != nullptr});
    }
    arguments.emplace("fallback_application_name", "coropq");
    return arguments;
}

// What libpq makes of the arguments, its environment variables and the service file. libpq tells this of a connection
// object only, so one is made that can't go anywhere: the impossible sslmode ends PQconnectStartParams before it
// touches the network.
class effective_options {
public:
    explicit effective_options(const argument_map& arguments) {
        static constexpr const char* impossible = "coropq-asks-only";
        std::vector<const char*> names;
        std::vector<const char*> values;
        redaction redact;
        for (const auto& [name, value] : arguments) {
            if (name == "sslmode")
                continue;
            names.push_back(name.c_str());
            values.push_back(value.expose().data());
            if (is_secret_keyword(name))
                redact.add_secret(value);
        }
        names.insert(names.end(), {"sslmode", nullptr});
        values.insert(values.end(), {impossible, nullptr});
        const connection_handle probe(PQconnectStartParams(names.data(), values.data(), 0));
        if (!probe)
            throw std::bad_alloc();
        options_.reset(PQconninfo(probe.get()));
        if (!options_)
            throw std::bad_alloc();
        if ((*this)("sslmode") != impossible) { // it failed earlier: a service that isn't defined, and the like
            std::string message = redact.apply(PQerrorMessage(probe.get()));
            while (!message.empty() && message.back() == '\n')
                message.pop_back();
            fail("the connection options can't be used: " + message);
        }
        if (const char* host = PQhost(probe.get()); host && (*this)("host").empty() && (*this)("hostaddr").empty())
            default_host_ = host;
    }

    // The directory of sockets that libpq was built with, where no host is given.
    const std::string& default_host() const noexcept { return default_host_; }

    std::string operator()(std::string_view name) const {
        for (const PQconninfoOption* option = options_.get(); option->keyword; ++option) {
            if (name == option->keyword)
                return option->val ? option->val : "";
        }
        return {};
    }

private:
    conninfo_handle options_;
    std::string default_host_;
};

void check_port(const std::string& port) {
    unsigned number = 0;
    const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (code != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535)
        fail("the connection option \"port\" isn't a number from 1 to 65535");
}

std::vector<server_place> servers_of(const effective_options& effective, const argument_map& arguments,
                                     dialect spoken) {
    const bool is_query_service = spoken == dialect::query_service;
    const std::vector<std::string> hosts = split(effective("host"));
    // There is no value that would mean that the environment's (PGHOSTADDR) doesn't count.
    const std::vector<std::string> addresses =
        is_query_service && !arguments.contains("hostaddr") ? std::vector<std::string>() : split(effective("hostaddr"));
    std::vector<std::string> ports = split(effective("port"));
    const std::size_t count = std::max<std::size_t>({hosts.size(), addresses.size(), 1});
    if (!hosts.empty() && !addresses.empty() && hosts.size() != addresses.size())
        fail("there are " + std::to_string(hosts.size()) + " hosts, but " + std::to_string(addresses.size()) +
                 " entries in the connection option \"hostaddr\"",
             "give each host its address, or no addresses at all");
    if (ports.empty())
        ports.emplace_back();
    if (ports.size() != 1 && ports.size() != count)
        fail("there are " + std::to_string(count) + " hosts, but " + std::to_string(ports.size()) + " ports",
             "give each host its port, or one port for all");
    std::vector<server_place> servers(count);
    for (std::size_t i = 0; i != count; ++i) {
        servers[i].host = i < hosts.size() ? hosts[i] : effective.default_host();
        servers[i].hostaddr = i < addresses.size() ? addresses[i] : "";
        if (!servers[i].hostaddr.empty() && !is_ip_address(servers[i].hostaddr))
            fail("the connection option \"hostaddr\" isn't an IP address", "names belong into the option \"host\"");
        servers[i].port = ports[ports.size() == 1 ? 0 : i];
        if (servers[i].port.empty())
            servers[i].port = is_query_service ? "80" : "5432";
        check_port(servers[i].port);
    }
    return servers;
}

std::chrono::milliseconds address_limit(const connect_options& options, const effective_options& effective) {
    if (options.connect_timeout())
        return std::max(*options.connect_timeout(), std::chrono::milliseconds(0));
    const std::string text = effective("connect_timeout");
    if (text.empty())
        return std::chrono::seconds(30);
    int seconds = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (code != std::errc() || end != text.data() + text.size())
        fail("the connection option \"connect_timeout\" isn't a whole number of seconds");
    return std::chrono::seconds(std::max(seconds, 0)); // libpq: zero, negative: no limit
}

} // namespace

connect_plan make_connect_plan(const url& address, const connect_options& options) {
    connect_plan plan;
    plan.spoken = dialect_for(address, options);
    plan.arguments = arguments_of(address, options, plan.spoken);
    const effective_options effective(plan.arguments);
    plan.servers = servers_of(effective, plan.arguments, plan.spoken);
    plan.target_session_attrs = effective("target_session_attrs");
    plan.random_order = effective("load_balance_hosts") == "random";
    plan.address_limit = address_limit(options, effective);
    plan.total_limit = std::max(options.total_connect_timeout(), std::chrono::milliseconds(0));
    plan.user = effective("user");
    plan.database = effective("dbname");
    if (plan.database.empty())
        plan.database = plan.user; // the server's default
    plan.on_notice = options.on_notice();
    // Without one, OpenSSL would ask for the password of an encrypted key on the terminal, and wait for it. A key that
    // isn't encrypted doesn't care.
    if (effective("sslpassword").empty())
        plan.arguments.insert_or_assign("sslpassword", " ");
    for (const char* handled : {"host", "hostaddr", "port", "target_session_attrs", "connect_timeout"})
        plan.arguments.erase(handled);
    return plan;
}

} // namespace coropq::detail
