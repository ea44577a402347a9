// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_SCRIPTED_SERVER_HPP
#define COROPQ_TESTS_SUPPORT_SCRIPTED_SERVER_HPP

#include "wire.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::test {

/// The client did something else than the script expects, or nothing for too long.
class script_failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// PEM files; `{cluster.server_certificate_file(), cluster.server_key_file()}` for instance.
struct tls_identity {
    std::string certificate_file;
    std::string key_file;
};

/// What a script tells about itself in a login; the defaults look like PostgreSQL 15.
struct login_answer {
    std::vector<std::pair<std::string, std::string>> parameters = {{"server_version", "15.0"},
                                                                   {"server_encoding", "UTF8"},
                                                                   {"client_encoding", "UTF8"},
                                                                   {"DateStyle", "ISO, MDY"},
                                                                   {"TimeZone", "UTC"},
                                                                   {"integer_datetimes", "on"},
                                                                   {"standard_conforming_strings", "on"}};
    bool key_data = true;      ///< whether BackendKeyData is sent: process 4711, key 1234
    bool ask_password = false; ///< cleartext
};

/// One connection of a client, as its script sees it. A script runs on a thread of its own, so its calls simply wait.
///
/// A call that waits for the client fails with `script_failure` after `limit()`. When the client ends the connection,
/// or the server object is destroyed, the script is ended by an exception that isn't reported; don't catch it (`...`).
class scripted_session {
public:
    scripted_session(const scripted_session&) = delete;
    scripted_session& operator=(const scripted_session&) = delete;

    /// 0 for the first connection to the server, 1 for the next…
    std::size_t number() const noexcept;
    /// How long a call waits for the client; 20 seconds unless told.
    void limit(std::chrono::milliseconds time) noexcept;

    // --- the client's words; everything that is read is recorded ---

    /// A packet as connections begin with it, whatever it is. Not answered.
    wire::startup_packet read_startup_packet();
    /// Answers requests for TLS and GSS with these bytes, until the startup packet (or a cancel request) comes. When
    /// the answer to TLS is 'S' and the server has an identity, TLS begins.
    wire::startup_packet accept_startup(char tls_answer = 'N', char gss_answer = 'N');
    wire::frontend_message read_message();
    /// The next message, which must be of that type: `Q`, `P`, `p`, `X`…
    wire::frontend_message expect(char type);
    /// So many bytes, whatever they are.
    std::string read(std::size_t size);
    /// Reads until the client ends the connection. Does nothing else: so it is a server that never answers as well.
    void read_until_end();

    // --- our words ---

    void send(std::string_view bytes);
    /// In pieces, with a pause after each.
    void send_slowly(std::string_view bytes, std::size_t piece, std::chrono::milliseconds pause);
    /// The server's side of the handshake. `script_failure` when it fails, for instance as the client doesn't trust us.
    void start_tls();
    bool encrypted() const noexcept;

    // --- whole conversations ---

    /// Startup (with TLS when the server has an identity and the client asks), authentication, ReadyForQuery. Returns
    /// what the client said.
    wire::startup_packet log_in(const login_answer& answer = {});
    /// Everything after the startup packet up to ReadyForQuery.
    void complete_login(const login_answer& answer = {});
    /// Asks for the password in cleartext.
    std::string ask_password();
    /// Answers each message by what the function returns (nothing where it is empty), until Terminate or the end.
    void serve(const std::function<std::string(const wire::frontend_message&)>& answer);

    // --- time and ends ---

    void wait(std::chrono::milliseconds time);
    /// Tells the client that nothing more will come (FIN); reading goes on.
    void half_close();
    /// The end of TLS where there is TLS, FIN, then reads until the client closes too: so it never turns into a reset.
    /// A script that returns ends so.
    void close();
    /// RST: "connection reset by peer".
    void reset();

private:
    friend class scripted_server;
    struct implementation;
    explicit scripted_session(implementation& it) : implementation_(it) {}

    implementation& implementation_;
};

/// A server on the loopback that does what a test tells it to, for everything that a real PostgreSQL never does:
///
///     scripted_server server([](scripted_session& session) {
///         session.log_in();
///         session.expect('Q');
///         session.send(wire::row_description({{.name = "x"}}));
///         session.reset();                                       // in the middle of a result
///     });
///     const std::string url = server.url();
///     …
///     server.wait();                                             // throws when the script met something else
///
/// Every connection runs a script, several at once where there are several. Destroying the server ends all of them.
class scripted_server {
public:
    using script = std::function<void(scripted_session&)>;

    /// The same for every connection.
    explicit scripted_server(script every, std::optional<tls_identity> identity = {});
    /// The first for the first connection, and so on; the last one for all further connections.
    explicit scripted_server(std::vector<script> scripts, std::optional<tls_identity> identity = {});
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;
    /// Ends the connections; writes failures of scripts that no `wait()` reported to the standard error.
    ~scripted_server();

    static std::string host() { return "127.0.0.1"; }
    std::uint16_t port() const noexcept;
    /// User, password and database `scripted`; `sslmode=disable`, or `require` where the server has an identity.
    std::string url() const;

    /// How many there were.
    std::size_t connections() const;
    bool wait_for_connections(std::size_t count) const;

    /// What the client of one connection has sent so far: without the encryption, packets and messages as bytes.
    std::string received(std::size_t connection) const;
    /// The packets and messages that its script has read as such.
    std::vector<wire::startup_packet> startup_packets(std::size_t connection) const;
    std::vector<wire::frontend_message> messages(std::size_t connection) const;

    /// Waits until every script that began has ended, and so has its connection. Throws the first `script_failure`; one
    /// too when it takes longer than the limit. A client that only connects may be faster than our accepting: then wait
    /// for its connection first.
    void wait(std::chrono::milliseconds limit = std::chrono::seconds(20));

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace coropq::test

#endif
