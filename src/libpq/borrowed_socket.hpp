// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_BORROWED_SOCKET_HPP
#define COROPQ_SRC_LIBPQ_BORROWED_SOCKET_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace coropq::detail {

using session_strand = boost::asio::strand<boost::asio::any_io_executor>;

/// libpq's socket, registered with the event loop for as long as it is known to be the same one.
///
/// libpq owns its socket and may close it and open another one at any PQconnectPoll, even one with the same number, of
/// which the kernel's poller then knows nothing. So it is given back before each call that may do so, and taken again
/// afterwards, unconditionally.
///
/// libpq also closes it by itself when it notices that the connection is lost. From then on the number may be that of a
/// stranger, opened by another thread, whose registration we would take away with ours. So what is registered is a
/// duplicate: a number that nobody else gets until we close it.
///
/// All functions are called on the strand.
class borrowed_socket {
public:
    explicit borrowed_socket(const session_strand& strand) : descriptor_(strand) {}
    borrowed_socket(const borrowed_socket&) = delete;
    borrowed_socket& operator=(const borrowed_socket&) = delete;
    ~borrowed_socket() { give_back(); }

    /// Watches this socket from now on; -1 watches nothing.
    void take(int socket);

    /// Stops watching; libpq's own number isn't touched. Waits in progress end with operation_aborted.
    void give_back() noexcept;

    /// Ends waits in progress with operation_aborted.
    void cancel() noexcept;

    /// The same as below, without a coroutine. Called on the strand.
    template <typename Handler>
    void async_wait_readable(Handler handler) {
        descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read, std::move(handler));
    }
    template <typename Handler>
    void async_wait_writable(Handler handler) {
        descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_write, std::move(handler));
    }

    boost::asio::awaitable<boost::system::error_code> wait_readable();
    boost::asio::awaitable<boost::system::error_code> wait_writable();

    /// Waits until the socket can be read or written. `readable` tells whether it can be read.
    boost::asio::awaitable<boost::system::error_code> wait_readable_or_writable(bool& readable);

private:
    boost::asio::posix::stream_descriptor descriptor_;
};

} // namespace coropq::detail

#endif
