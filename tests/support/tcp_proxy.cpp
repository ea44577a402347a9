// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "tcp_proxy.hpp"
#include "wait_until.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <future>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace coropq::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t index(direction way) { return way == direction::to_server ? 0 : 1; }
constexpr std::array both_ways{direction::to_server, direction::to_client};

/// Enough for a delayed connection at full speed; then the sender has to wait.
constexpr std::size_t kept_back_at_most = std::size_t(16) << 20;

struct planned_fault {
    std::size_t count = 0;
    fault what{};
    unsigned number = 0; ///< tells this plan from a later one with the same count
};

/// What is in force for one direction of all connections.
struct way_settings {
    clock::duration delay{};
    std::size_t piece = 0;
    std::chrono::microseconds pause{};
    bool stalled = false;
    std::optional<planned_fault> plan;
};

struct proxy_state {
    std::array<way_settings, 2> ways;
    std::array<std::size_t, 2> bytes{};
    std::size_t round_trips = 0;
    std::size_t connections = 0;
    unsigned plans = 0;
};

/// One connection of a client and the one to the server that belongs to it. Everything happens on the proxy's thread.
class link : public std::enable_shared_from_this<link> {
public:
    link(proxy_state& state, tcp::socket client, std::function<void(const std::shared_ptr<link>&)> finished)
        : state_(state)
        , finished_(std::move(finished))
        , sockets_{tcp::socket(client.get_executor()), std::move(client)}
        , channels_{channel(sockets_[0].get_executor()), channel(sockets_[0].get_executor())} {}

    void start(const tcp::endpoint& server) {
        sockets_[0].async_connect(server, [self = shared_from_this()](error_code error) {
            if (self->over_)
                return;
            if (error)
                return self->reset();
            self->connected();
        });
    }

    void reset() {
        error_code ignored;
        for (tcp::socket& socket : sockets_) {
            socket.set_option(asio::socket_base::linger(true, 0), ignored);
            socket.close(ignored);
        }
        end();
    }

    /// FIN both ways. Closing would do for the ends, but it turns into RST when a byte arrives that nobody reads; so
    /// the link remains and throws away what comes until both ends have closed too.
    void cut() {
        for (const direction way : both_ways)
            half_close(way);
    }

    void half_close(direction way) {
        channel& it = channels_[index(way)];
        it.queue.clear();
        it.kept = 0;
        it.discard = true;
        // Reading may have paused as too much was kept.
        read(way);
        shut(way);
    }

    void pump(direction way) {
        channel& it = channels_[index(way)];
        const way_settings& settings = state_.ways[index(way)];
        while (connected_ && !over_ && !it.waiting && !it.stalled && !settings.stalled) {
            const bool planned = settings.plan && settings.plan->number != it.fault_done;
            if (planned && it.passed == settings.plan->count) {
                it.fault_done = settings.plan->number;
                apply(way, settings.plan->what);
                continue;
            }
            if (it.queue.empty() || it.discard)
                return;
            packet& front = it.queue.front();
            if (front.due > clock::now())
                return wait(way, front.due);
            if (front.end_of_file) {
                it.queue.pop_front();
                shut(way);
                continue;
            }
            std::size_t size = front.bytes.size() - front.written;
            if (settings.piece != 0)
                size = std::min(size, settings.piece);
            if (planned && it.passed < settings.plan->count)
                size = std::min(size, settings.plan->count - it.passed);
            if (!write(way, front, size))
                return;
            if (settings.piece != 0 && settings.pause.count() != 0)
                return wait(way, clock::now() + settings.pause);
        }
    }

    void release(direction way) {
        channels_[index(way)].stalled = false;
        pump(way);
    }

private:
    struct packet {
        clock::time_point due;
        std::vector<char> bytes;
        std::size_t written = 0;
        bool end_of_file = false;
    };

    /// One direction: what was read from its source and isn't written to its sink yet.
    struct channel {
        explicit channel(const tcp::socket::executor_type& executor) : timer(executor) {}

        std::deque<packet> queue;
        std::array<char, 65536> buffer;
        asio::steady_timer timer;
        std::size_t kept = 0;
        std::size_t passed = 0;
        unsigned fault_done = 0;
        bool reading = false;
        bool waiting = false; ///< for the timer or for room in the sink
        bool stalled = false; ///< by a planned fault, this connection only
        bool discard = false; ///< after an end that the proxy made
        bool source_ended = false;
        bool sink_shut = false;
    };

    tcp::socket& source(direction way) { return sockets_[1 - index(way)]; }
    tcp::socket& sink(direction way) { return sockets_[index(way)]; }

    void connected() {
        error_code ignored;
        for (tcp::socket& socket : sockets_) {
            socket.set_option(tcp::no_delay(true), ignored);
            socket.non_blocking(true, ignored);
        }
        connected_ = true;
        for (const direction way : both_ways) {
            read(way);
            // A fault may be planned in front of the first byte.
            pump(way);
        }
    }

    void read(direction way) {
        channel& it = channels_[index(way)];
        if (over_ || !connected_ || it.reading || it.source_ended || it.kept >= kept_back_at_most)
            return;
        it.reading = true;
        source(way).async_read_some(asio::buffer(it.buffer),
                                    [self = shared_from_this(), way](error_code error, std::size_t size) {
                                        if (!self->over_)
                                            self->arrived(way, error, size);
                                    });
    }

    void arrived(direction way, error_code error, std::size_t size) {
        channel& it = channels_[index(way)];
        it.reading = false;
        if (error && error != asio::error::eof)
            return reset();
        it.source_ended = bool(error);
        if (size != 0) {
            state_.bytes[index(way)] += size;
            if (way == direction::to_client && spoke_last_ == direction::to_server)
                ++state_.round_trips;
            spoke_last_ = way;
        }
        if (!it.discard) {
            packet next{clock::now() + state_.ways[index(way)].delay, {}, 0, bool(error)};
            next.bytes.assign(it.buffer.begin(), it.buffer.begin() + static_cast<std::ptrdiff_t>(size));
            it.queue.push_back(std::move(next));
            it.kept += size;
        }
        read(way);
        pump(way);
        end_if_finished();
    }

    /// False when it has to be gone on with later, or not at all.
    bool write(direction way, packet& front, std::size_t size) {
        channel& it = channels_[index(way)];
        error_code error;
        const std::size_t written = sink(way).write_some(asio::buffer(front.bytes.data() + front.written, size), error);
        if (error == asio::error::would_block) {
            it.waiting = true;
            sink(way).async_wait(tcp::socket::wait_write, [self = shared_from_this(), way](error_code) {
                self->channels_[index(way)].waiting = false;
                self->pump(way);
            });
            return false;
        }
        if (error) {
            reset();
            return false;
        }
        it.passed += written;
        it.kept -= written;
        front.written += written;
        if (front.written == front.bytes.size())
            it.queue.pop_front();
        read(way);
        return true;
    }

    void wait(direction way, clock::time_point until) {
        channel& it = channels_[index(way)];
        it.waiting = true;
        it.timer.expires_at(until);
        it.timer.async_wait([self = shared_from_this(), way](error_code) {
            self->channels_[index(way)].waiting = false;
            self->pump(way);
        });
    }

    void apply(direction way, fault what) {
        switch (what) {
        case fault::cut: return cut();
        case fault::reset: return reset();
        case fault::stall: channels_[index(way)].stalled = true; return;
        case fault::half_close: return half_close(way);
        }
    }

    void shut(direction way) {
        channel& it = channels_[index(way)];
        if (!std::exchange(it.sink_shut, true)) {
            error_code ignored;
            sink(way).shutdown(tcp::socket::shutdown_send, ignored);
        }
        end_if_finished();
    }

    void end_if_finished() {
        const auto finished = [](const channel& it) { return it.source_ended && it.sink_shut; };
        if (!over_ && std::all_of(channels_.begin(), channels_.end(), finished))
            end();
    }

    void end() {
        if (std::exchange(over_, true))
            return;
        error_code ignored;
        for (tcp::socket& socket : sockets_)
            socket.close(ignored);
        for (channel& it : channels_)
            it.timer.cancel();
        finished_(shared_from_this());
    }

    proxy_state& state_;
    std::function<void(const std::shared_ptr<link>&)> finished_;
    std::array<tcp::socket, 2> sockets_; ///< by direction: the sink of it
    std::array<channel, 2> channels_;
    direction spoke_last_ = direction::to_client;
    bool connected_ = false;
    bool over_ = false;
};

} // namespace

struct tcp_proxy::implementation {
    implementation(std::uint16_t server_port, const std::string& server_address)
        : server(asio::ip::make_address(server_address), server_port)
        , acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        port = acceptor.local_endpoint().port();
        accept();
        thread = std::thread([this] { context.run(); });
    }

    ~implementation() {
        call([this] {
            acceptor.close();
            // A link leaves the set when it ends.
            for (const auto& each : copy_of_links())
                each->reset();
        });
        work.reset();
        thread.join();
    }

    /// Runs it on the proxy's thread, between two events, and waits for the end.
    template <typename Function>
    auto call(Function function) -> decltype(function()) {
        std::packaged_task<decltype(function())()> task(std::move(function));
        auto result = task.get_future();
        asio::post(context, [task = std::move(task)]() mutable { task(); });
        return result.get();
    }

    std::vector<std::shared_ptr<link>> copy_of_links() { return {links.begin(), links.end()}; }

    void accept() {
        acceptor.async_accept([this](error_code error, tcp::socket client) {
            // Closed by refuse(), which begins anew, or at the end.
            if (error == asio::error::operation_aborted || !acceptor.is_open())
                return;
            if (!error) {
                ++state.connections;
                auto next = std::make_shared<link>(state, std::move(client),
                                                   [this](const std::shared_ptr<link>& ended) { links.erase(ended); });
                links.insert(next);
                next->start(server);
            }
            accept();
        });
    }

    void refuse(bool yes) {
        if (yes == refusing)
            return;
        refusing = yes;
        if (!yes) {
            acceptor.listen();
            return accept();
        }
        // The port stays ours: bound, but nobody listens.
        acceptor.close();
        acceptor.open(tcp::v4());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    }

    void stall(std::initializer_list<direction> ways) {
        for (const direction way : ways)
            state.ways[index(way)].stalled = true;
    }

    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    tcp::endpoint server;
    tcp::acceptor acceptor;
    std::uint16_t port = 0;
    bool refusing = false;
    proxy_state state;
    std::set<std::shared_ptr<link>> links;
    std::thread thread;
};

tcp_proxy::tcp_proxy(std::uint16_t server_port, std::string server_address)
    : implementation_(std::make_unique<implementation>(server_port, server_address)) {}

tcp_proxy::~tcp_proxy() = default;

std::uint16_t tcp_proxy::port() const noexcept { return implementation_->port; }

void tcp_proxy::delay(direction way, std::chrono::milliseconds time) {
    implementation_->call([&] { implementation_->state.ways[index(way)].delay = time; });
}

void tcp_proxy::split(direction way, std::size_t piece, std::chrono::microseconds pause) {
    implementation_->call([&] {
        way_settings& settings = implementation_->state.ways[index(way)];
        settings.piece = piece;
        settings.pause = pause;
    });
}

void tcp_proxy::stall() {
    implementation_->call([&] { implementation_->stall({direction::to_server, direction::to_client}); });
}

void tcp_proxy::stall(direction way) {
    implementation_->call([&] { implementation_->stall({way}); });
}

void tcp_proxy::release() {
    implementation_->call([&] {
        for (const direction way : both_ways) {
            implementation_->state.ways[index(way)].stalled = false;
            for (const auto& each : implementation_->copy_of_links())
                each->release(way);
        }
    });
}

void tcp_proxy::cut() {
    implementation_->call([&] {
        for (const auto& each : implementation_->copy_of_links())
            each->cut();
    });
}

void tcp_proxy::reset() {
    implementation_->call([&] {
        for (const auto& each : implementation_->copy_of_links())
            each->reset();
    });
}

void tcp_proxy::half_close(direction way) {
    implementation_->call([&] {
        for (const auto& each : implementation_->copy_of_links())
            each->half_close(way);
    });
}

void tcp_proxy::at_byte(direction way, std::size_t count, fault what) {
    implementation_->call([&] {
        proxy_state& state = implementation_->state;
        state.ways[index(way)].plan = planned_fault{count, what, ++state.plans};
        for (const auto& each : implementation_->copy_of_links())
            each->pump(way);
    });
}

void tcp_proxy::clear_faults() {
    implementation_->call([&] {
        for (way_settings& each : implementation_->state.ways)
            each.plan.reset();
    });
}

void tcp_proxy::refuse(bool yes) {
    implementation_->call([&] { implementation_->refuse(yes); });
}

std::size_t tcp_proxy::bytes(direction way) const {
    return implementation_->call([&] { return implementation_->state.bytes[index(way)]; });
}

std::size_t tcp_proxy::round_trips() const {
    return implementation_->call([&] { return implementation_->state.round_trips; });
}

std::size_t tcp_proxy::connections() const {
    return implementation_->call([&] { return implementation_->state.connections; });
}

std::size_t tcp_proxy::open_connections() const {
    return implementation_->call([&] { return implementation_->links.size(); });
}

void tcp_proxy::reset_counters() {
    implementation_->call([&] {
        proxy_state& state = implementation_->state;
        state.bytes = {};
        state.round_trips = state.connections = 0;
    });
}

bool tcp_proxy::wait_for_connections(std::size_t count) const {
    return wait_until([&] { return connections() >= count; });
}

bool tcp_proxy::wait_for_open_connections(std::size_t count) const {
    return wait_until([&] { return open_connections() == count; });
}

bool tcp_proxy::wait_for_bytes(direction way, std::size_t least) const {
    return wait_until([&] { return bytes(way) >= least; });
}

} // namespace coropq::test
