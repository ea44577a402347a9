// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "scripted_server.hpp"
#include "wait_until.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace coropq::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

namespace {

/// Ends a script whose client is gone or whose server is destroyed.
struct script_ended {};

std::string printable(char type) {
    return type >= ' ' && type <= '~' ? std::string("'") + type + "'" : std::to_string(int(type));
}

} // namespace

struct scripted_session::implementation {
    implementation(std::size_t order, asio::ssl::context* identity) : number(order), tls_context(identity) {}

    /// Starts an asynchronous operation and waits for its end on the thread of the script: so that it can be given up.
    template <typename Initiate>
    std::size_t run(Initiate initiate, const char* what, clock::time_point deadline) {
        bool done = false;
        error_code error;
        std::size_t size = 0;
        const auto finish = [&](error_code code, std::size_t transferred = 0) {
            done = true;
            error = code;
            size = transferred;
        };
        initiate(finish);
        context.restart();
        while (!done && !stopping && context.run_one_until(deadline) != 0) {
        }
        if (!done) {
            // The operation refers to this frame: it has to end before.
            abandon();
            if (stopping)
                throw script_ended();
            throw script_failure("connection " + std::to_string(number) + ": waited too long " + what);
        }
        if (stopping || (error && error_is_the_clients(error)))
            throw script_ended();
        if (error)
            throw script_failure("connection " + std::to_string(number) + ": failed " + what + ": " + error.message());
        return size;
    }

    template <typename Initiate>
    std::size_t run(Initiate initiate, const char* what) {
        return run(std::move(initiate), what, clock::now() + limit);
    }

    static bool error_is_the_clients(error_code error) {
        return error == asio::error::eof || error == asio::error::connection_reset ||
               error == asio::error::broken_pipe || error == asio::error::not_connected ||
               error == asio::error::bad_descriptor || error == asio::ssl::error::stream_truncated;
    }

    /// Gives up what is going on, and waits until it has ended.
    void abandon() {
        error_code ignored;
        timer.cancel();
        socket.close(ignored);
        context.restart();
        context.run();
    }

    std::size_t read_some(char* to, std::size_t size) {
        const std::size_t got = run(
            [&](auto handler) {
                if (tls)
                    tls->async_read_some(asio::buffer(to, size), handler);
                else
                    socket.async_read_some(asio::buffer(to, size), handler);
            },
            "for the client to send something", reading_until());
        if (recording) {
            const std::lock_guard lock(mutex);
            received.append(to, got);
        }
        return got;
    }

    clock::time_point reading_until() const { return patient ? clock::time_point::max() : clock::now() + limit; }

    std::string read(std::size_t size) {
        std::string bytes(size, '\0');
        for (std::size_t have = 0; have != size;)
            have += read_some(bytes.data() + have, size - have);
        return bytes;
    }

    void send(std::string_view bytes) {
        run(
            [&](auto handler) {
                if (tls)
                    asio::async_write(*tls, asio::buffer(bytes), handler);
                else
                    asio::async_write(socket, asio::buffer(bytes), handler);
            },
            "for the client to take what is sent");
    }

    void drain() {
        patient = true;
        std::array<char, 4096> buffer;
        for (;;)
            read_some(buffer.data(), buffer.size());
    }

    /// Says that TLS ends, as PostgreSQL does when it closes a connection, and then FIN.
    void end_tls() {
        bool done = false;
        tls.value().async_shutdown([&done](error_code) { done = true; });
        const auto run_until = [&](clock::time_point deadline) {
            context.restart();
            while (!done && !stopping && context.run_one_until(deadline) != 0) {
            }
        };
        // It sends our word at once and then waits for the client's; FIN shall not wait for that.
        run_until(clock::now() + std::chrono::milliseconds(100));
        error_code ignored;
        socket.shutdown(tcp::socket::shutdown_send, ignored);
        run_until(clock::time_point::max());
        if (!done) {
            abandon();
            throw script_ended();
        }
        // What comes now is encrypted, and nobody decrypts it.
        tls.reset();
        recording = false;
    }

    /// On a thread of its own.
    void play(const scripted_server::script& script) {
        std::string text;
        try {
            scripted_session session(*this);
            script(session);
            session.close();
        } catch (const script_ended&) {
            // Nothing to tell.
        } catch (const std::exception& error) {
            text = error.what();
        }
        error_code ignored;
        // A client whose script failed shall see its end too, not wait for it.
        socket.close(ignored);
        const std::lock_guard lock(mutex);
        failure = std::move(text);
        ended = true;
    }

    const std::size_t number;
    asio::ssl::context* const tls_context;
    asio::io_context context{1};
    tcp::socket socket{context};
    asio::steady_timer timer{context};
    std::optional<asio::ssl::stream<tcp::socket&>> tls;
    std::chrono::milliseconds limit = std::chrono::seconds(20);
    bool recording = true;
    bool patient = false; ///< waits for the client's end, however long it takes
    std::atomic<bool> stopping = false;

    mutable std::mutex mutex; ///< for what follows
    std::string received;
    std::vector<wire::startup_packet> packets;
    std::vector<wire::frontend_message> messages;
    std::string failure;
    bool ended = false;
};

// --- scripted_session ---

std::size_t scripted_session::number() const noexcept { return implementation_.number; }
void scripted_session::limit(std::chrono::milliseconds time) noexcept { implementation_.limit = time; }
bool scripted_session::encrypted() const noexcept { return implementation_.tls.has_value(); }
std::string scripted_session::read(std::size_t size) { return implementation_.read(size); }
void scripted_session::send(std::string_view bytes) { implementation_.send(bytes); }

wire::startup_packet scripted_session::read_startup_packet() {
    const std::int32_t length = wire::read_int32(read(4));
    if (length < 8 || length > 100000)
        throw script_failure("this is no startup packet: it has a length of " + std::to_string(length));
    auto packet = wire::parse_startup_packet(read(static_cast<std::size_t>(length) - 4));
    const std::lock_guard lock(implementation_.mutex);
    implementation_.packets.push_back(packet);
    return packet;
}

wire::startup_packet scripted_session::accept_startup(char tls_answer, char gss_answer) {
    using kind = wire::startup_packet::kind;
    for (;;) {
        auto packet = read_startup_packet();
        if (packet.what == kind::startup || packet.what == kind::cancel_request)
            return packet;
        const char answer = packet.what == kind::ssl_request ? tls_answer : gss_answer;
        send({&answer, 1});
        if (packet.what == kind::ssl_request && answer == 'S' && implementation_.tls_context != nullptr)
            start_tls();
    }
}

wire::frontend_message scripted_session::read_message() {
    const std::string head = read(5);
    const std::int32_t length = wire::read_int32(head, 1);
    if (length < 4)
        throw script_failure("the client sent a message with the length " + std::to_string(length));
    wire::frontend_message message{head[0], read(static_cast<std::size_t>(length) - 4)};
    const std::lock_guard lock(implementation_.mutex);
    implementation_.messages.push_back(message);
    return message;
}

wire::frontend_message scripted_session::expect(char type) {
    auto message = read_message();
    if (message.type != type)
        throw script_failure("connection " + std::to_string(number()) + ": message " + printable(type) +
                             " was expected, " + printable(message.type) + " came");
    return message;
}

void scripted_session::read_until_end() { implementation_.drain(); }

void scripted_session::send_slowly(std::string_view bytes, std::size_t piece, std::chrono::milliseconds pause) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        send(bytes.substr(0, piece));
        wait(pause);
    }
}

void scripted_session::start_tls() {
    if (implementation_.tls_context == nullptr)
        throw script_failure("the scripted server has no certificate for TLS");
    implementation_.tls.emplace(implementation_.socket, *implementation_.tls_context);
    implementation_.run(
        [&](auto handler) {
            implementation_.tls->async_handshake(asio::ssl::stream_base::server,
                                                 [handler](error_code error) { handler(error); });
        },
        "in the TLS handshake");
}

wire::startup_packet scripted_session::log_in(const login_answer& answer) {
    auto packet = accept_startup(implementation_.tls_context != nullptr ? 'S' : 'N');
    if (packet.what == wire::startup_packet::kind::cancel_request)
        throw script_failure("a cancel request came where a login was expected");
    complete_login(answer);
    return packet;
}

void scripted_session::complete_login(const login_answer& answer) {
    if (answer.ask_password)
        ask_password();
    std::string bytes = wire::authentication_ok();
    for (const auto& [name, value] : answer.parameters)
        bytes += wire::parameter_status(name, value);
    if (answer.key_data)
        bytes += wire::backend_key_data(4711, 1234);
    send(bytes + wire::ready_for_query());
}

std::string scripted_session::ask_password() {
    send(wire::authentication_cleartext_password());
    std::string password = expect('p').body;
    if (!password.empty() && password.back() == '\0')
        password.pop_back();
    return password;
}

void scripted_session::serve(const std::function<std::string(const wire::frontend_message&)>& answer) {
    for (auto message = read_message(); message.type != 'X'; message = read_message()) {
        if (const std::string bytes = answer(message); !bytes.empty())
            send(bytes);
    }
}

void scripted_session::wait(std::chrono::milliseconds time) {
    implementation_.timer.expires_after(time);
    implementation_.run(
        [&](auto handler) { implementation_.timer.async_wait([handler](error_code error) { handler(error); }); },
        "for the time to pass", clock::time_point::max());
}

void scripted_session::half_close() {
    error_code ignored;
    implementation_.socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void scripted_session::close() {
    if (!implementation_.socket.is_open())
        return;
    if (encrypted())
        implementation_.end_tls();
    else
        half_close();
    implementation_.drain();
}

void scripted_session::reset() {
    error_code ignored;
    implementation_.socket.set_option(asio::socket_base::linger(true, 0), ignored);
    implementation_.socket.close(ignored);
}

// --- scripted_server ---

struct scripted_server::implementation {
    implementation(std::vector<script> all, const std::optional<tls_identity>& identity) : scripts(std::move(all)) {
        if (identity) {
            tls.emplace(asio::ssl::context::tls_server);
            tls->use_certificate_chain_file(identity->certificate_file);
            tls->use_private_key_file(identity->key_file, asio::ssl::context::pem);
        }
        port = acceptor.local_endpoint().port();
        accept();
        thread = std::thread([this] { context.run(); });
    }

    ~implementation() {
        asio::post(context, [this] { acceptor.close(); });
        thread.join();
        for (const auto& session : sessions) {
            session->stopping = true;
            // Wakes it, should it wait.
            asio::post(session->context, [] {});
        }
        for (std::thread& each : threads)
            each.join();
        if (std::exchange(reported, true))
            return;
        for (const auto& session : sessions) {
            if (!session->failure.empty())
                std::fprintf(stderr, "scripted server: %s\n", session->failure.c_str());
        }
    }

    void accept() {
        auto next = std::make_shared<scripted_session::implementation>(sessions.size(), tls ? &*tls : nullptr);
        auto& socket = next->socket;
        acceptor.async_accept(socket, [this, next = std::move(next)](error_code error) {
            if (!acceptor.is_open())
                return;
            if (!error)
                begin(next);
            accept();
        });
    }

    void begin(const std::shared_ptr<scripted_session::implementation>& session) {
        error_code ignored;
        session->socket.set_option(tcp::no_delay(true), ignored);
        const std::lock_guard lock(mutex);
        const script& todo = scripts[std::min(sessions.size(), scripts.size() - 1)];
        sessions.push_back(session);
        threads.emplace_back([session, &todo] { session->play(todo); });
    }

    scripted_session::implementation& session(std::size_t number) const {
        const std::lock_guard lock(mutex);
        return *sessions.at(number);
    }

    std::size_t count() const {
        const std::lock_guard lock(mutex);
        return sessions.size();
    }

    const std::vector<script> scripts;
    std::optional<asio::ssl::context> tls;
    asio::io_context context{1};
    tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::uint16_t port = 0;
    bool reported = false;
    mutable std::mutex mutex; ///< for what follows
    std::vector<std::shared_ptr<scripted_session::implementation>> sessions;
    std::vector<std::thread> threads;
    std::thread thread;
};

scripted_server::scripted_server(script every, std::optional<tls_identity> identity)
    : scripted_server(std::vector<script>{std::move(every)}, std::move(identity)) {}

scripted_server::scripted_server(std::vector<script> scripts, std::optional<tls_identity> identity)
    : implementation_(std::make_unique<implementation>(std::move(scripts), identity)) {}

scripted_server::~scripted_server() = default;

std::uint16_t scripted_server::port() const noexcept { return implementation_->port; }

std::string scripted_server::url() const {
    return "postgresql://scripted:scripted@" + host() + ":" + std::to_string(port()) +
           "/scripted?sslmode=" + (implementation_->tls ? "require" : "disable");
}

std::size_t scripted_server::connections() const { return implementation_->count(); }

bool scripted_server::wait_for_connections(std::size_t count) const {
    return wait_until([&] { return connections() >= count; });
}

std::string scripted_server::received(std::size_t connection) const {
    const auto& session = implementation_->session(connection);
    const std::lock_guard lock(session.mutex);
    return session.received;
}

std::vector<wire::startup_packet> scripted_server::startup_packets(std::size_t connection) const {
    const auto& session = implementation_->session(connection);
    const std::lock_guard lock(session.mutex);
    return session.packets;
}

std::vector<wire::frontend_message> scripted_server::messages(std::size_t connection) const {
    const auto& session = implementation_->session(connection);
    const std::lock_guard lock(session.mutex);
    return session.messages;
}

void scripted_server::wait(std::chrono::milliseconds limit) {
    const auto ended = [this](std::size_t number) {
        const auto& session = implementation_->session(number);
        const std::lock_guard lock(session.mutex);
        return session.ended;
    };
    const bool all = wait_until(
        [&] {
            for (std::size_t number = 0; number != connections(); ++number) {
                if (!ended(number))
                    return false;
            }
            return true;
        },
        limit);
    implementation_->reported = true;
    for (std::size_t number = 0; number != connections(); ++number) {
        const auto& session = implementation_->session(number);
        const std::lock_guard lock(session.mutex);
        if (!session.failure.empty())
            throw script_failure(session.failure);
    }
    if (!all)
        throw script_failure("a script has not ended, or its client has not closed the connection");
}

} // namespace coropq::test
