// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "hanging_connects.hpp"

#include "fake_names.hpp"
#include "support/odd_ports.hpp"
#include "support/scripted_server.hpp"
#include "support/tcp_proxy.hpp"
#include "support/wait_until.hpp"

#include <algorithm>
#include <utility>

namespace coropq::test {

namespace {

using namespace std::chrono_literals;

url parsed(const test_url& address) { return url::parse(address.to_string()); }

hanging_place slow_name() {
    struct resources {
        fake_name name{"slow.test", {"127.0.0.1"}, slow_look_up};
    };
    hanging_place place;
    forget_look_ups();
    place.address = parsed(without_tls(cluster().app_url()).host("slow.test"));
    place.reached = [] {
        const auto calls = look_ups();
        return std::any_of(calls.begin(), calls.end(), [](const look_up& call) { return call.name == "slow.test"; });
    };
    place.all_gone = [] { return cluster().wait_for_session_count(0); };
    place.keep = std::make_shared<resources>();
    return place;
}

hanging_place black_hole() {
    const auto port = std::make_shared<unanswering_port>();
    hanging_place place;
    place.address = parsed(without_tls(cluster().app_url()).host(unanswering_port::host()).port(port->port()));
    const std::size_t before = open_descriptors();
    place.reached = [before] { return open_descriptors() > before; };
    place.all_gone = [] { return true; };
    place.keep = port;
    return place;
}

// Hangs once the client has said so many bytes (the packets before the last one, and a part of that).
hanging_place silent_server(scripted_server::script script, std::size_t bytes, const std::string& sslmode,
                            const std::string& attributes = "any") {
    const auto server = std::make_shared<scripted_server>([script = std::move(script)](scripted_session& session) {
        script(session);
        session.read_until_end();
    });
    hanging_place place;
    place.address = parsed(without_tls(cluster().app_url())
                               .host(scripted_server::host())
                               .port(server->port())
                               .set("sslmode", sslmode)
                               .set("target_session_attrs", attributes));
    place.reached = [server, bytes] { return server->connections() != 0 && server->received(0).size() >= bytes; };
    place.all_gone = [server] {
        server->wait();
        return true;
    };
    place.keep = server;
    return place;
}

// A healthy server behind a network that swallows everything after so many of its bytes.
hanging_place swallowing_network(std::size_t bytes) {
    const auto proxy = std::make_shared<tcp_proxy>(cluster().port());
    proxy->at_byte(direction::to_client, bytes, fault::stall);
    hanging_place place;
    place.address = parsed(cluster().app_url().host("127.0.0.1").port(proxy->port()));
    place.reached = [proxy, bytes] { return proxy->bytes(direction::to_client) > bytes; };
    place.all_gone = [proxy] {
        proxy->clear_faults(); // for a connection that comes to it only now
        proxy->release();
        return proxy->wait_for_open_connections(0) && cluster().wait_for_session_count(0);
    };
    place.keep = proxy;
    return place;
}

} // namespace

std::vector<hanging_connect> hanging_connects() {
    const auto nothing = [](scripted_session&) {};
    const auto only_yes_to_tls = [](scripted_session& session) {
        session.read_startup_packet();
        session.send("S");
    };
    const auto asks_for_password = [](scripted_session& session) {
        session.accept_startup();
        session.ask_password();
    };
    const auto never_ready = [](scripted_session& session) {
        session.accept_startup();
        session.send(wire::authentication_ok() + wire::backend_key_data(1, 2));
    };
    // Servers before 14 don't say by themselves whether they can write, so libpq asks.
    const auto old_server = [](scripted_session& session) {
        session.log_in({.parameters = {{"server_version", "13.0"}, {"client_encoding", "UTF8"}}});
    };
    constexpr std::size_t request = 8;
    constexpr std::size_t startup = 60;
    return {
        {"name that resolves slowly", slow_name},
        {"no answer to TCP", black_hole},
        {"no answer to the request for TLS", [=] { return silent_server(nothing, request, "require"); }},
        {"no TLS handshake", [=] { return silent_server(only_yes_to_tls, request + 5, "require"); }},
        {"no answer to the startup packet", [=] { return silent_server(nothing, startup, "disable"); }},
        {"no answer to the password", [=] { return silent_server(asks_for_password, startup + 6, "disable"); }},
        {"never ready", [=] { return silent_server(never_ready, startup, "disable"); }},
        {"no answer about session attributes",
         [=] { return silent_server(old_server, startup + 6, "disable", "read-write"); }},
        {"network ends within the TLS handshake", [] { return swallowing_network(100); }},
        {"network ends within authentication", [] { return swallowing_network(1800); }},
    };
}

} // namespace coropq::test
