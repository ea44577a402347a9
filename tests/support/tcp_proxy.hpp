// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_TCP_PROXY_HPP
#define COROPQ_TESTS_SUPPORT_TCP_PROXY_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace coropq::test {

/// Which way bytes go.
enum class direction { to_server, to_client };

/// What happens to a connection in the proxy.
enum class fault {
    cut,       ///< ended in order (FIN) on both sides; the ends read an end of file
    reset,     ///< ended by RST on both sides: "connection reset by peer"
    stall,     ///< nothing is passed any more in that direction, as if the network had gone; `release()` ends it
    half_close ///< FIN to the receiver of that direction; the other direction goes on
};

/// Stands between a client and a server on the loopback and does what bad networks do. It runs on a thread of its own,
/// so that it works while the test's own thread is busy or blocked:
///
///     tcp_proxy proxy(cluster.port());
///     const auto url = cluster.app_url().port(proxy.port()).to_string();
///     proxy.delay(direction::to_client, 50ms);
///
/// Every function may be called at any time, from any thread. What it switches is in force when it returns, for the
/// connections that exist and for those to come (where nothing else is said). Bytes that arrived are never reordered,
/// lost or duplicated, except for those that a cut, a reset or a half close throws away. What an end still sends after
/// a cut or half close is read and thrown away.
///
/// It listens on 127.0.0.1, which the cluster's certificates hold too.
class tcp_proxy {
public:
    explicit tcp_proxy(std::uint16_t server_port, std::string server_address = "127.0.0.1");
    tcp_proxy(const tcp_proxy&) = delete;
    tcp_proxy& operator=(const tcp_proxy&) = delete;
    /// Resets the connections that there are.
    ~tcp_proxy();

    std::uint16_t port() const noexcept;

    // --- slow and odd networks ---

    /// Every byte comes that much later; throughput stays. Zero (as in the beginning) switches it off. Bytes that are
    /// on their way keep the delay that they were given.
    void delay(direction way, std::chrono::milliseconds time);

    /// Bytes are passed in pieces of at most that many, with a pause after each; 0 switches it off. With a pause of a
    /// few hundred microseconds the receiver sees each piece alone; without one the system may put some together.
    void split(direction way, std::size_t piece, std::chrono::microseconds pause = std::chrono::microseconds(0));

    /// Keeps back everything until `release()`: both ways, or one. New connections are accepted and stalled as well,
    /// and so are ends of file. Bytes are kept, so a client can go on sending for a while.
    void stall();
    void stall(direction way);
    /// Ends all stalls, those of `at_byte` too; what was kept back is passed now.
    void release();

    // --- ends ---

    /// Ends every connection there is at the moment, in order; bytes not yet passed are thrown away.
    void cut();
    /// The same by RST.
    void reset();
    /// Tells the receivers of that direction that nothing more will come; bytes not yet passed are thrown away.
    void half_close(direction way);

    /// On each connection the fault happens as soon as that many of its bytes were passed in that direction, before the
    /// next one is. Counted from the beginning of the connection: 0 is in front of the first byte. Connections that
    /// have passed more already aren't touched. One fault a direction: the next call replaces it.
    void at_byte(direction way, std::size_t count, fault what);
    /// For connections that haven't come to it.
    void clear_faults();

    /// While true, new connections are refused by the system ("connection refused"), existing ones go on.
    void refuse(bool yes);

    // --- counting: since the beginning, or since the last `reset_counters()` ---

    /// Bytes that arrived to be passed in that direction.
    std::size_t bytes(direction way) const;
    /// How often the server began to answer what the client had said, over all connections. That is what a client
    /// waits for one after the other; statements of a pipeline that travel together count once.
    std::size_t round_trips() const;
    /// Connections accepted.
    std::size_t connections() const;
    /// Connections that there are now; not touched by `reset_counters()`. One counts until both of its ends have
    /// closed.
    std::size_t open_connections() const;
    void reset_counters();

    /// Waits until it is so, for at most 20 seconds; false when it still isn't.
    bool wait_for_connections(std::size_t count) const;
    bool wait_for_open_connections(std::size_t count) const;
    bool wait_for_bytes(direction way, std::size_t least) const;

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace coropq::test

#endif
