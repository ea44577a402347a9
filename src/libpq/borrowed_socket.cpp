// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/borrowed_socket.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace asio = boost::asio;

namespace coropq::detail {

using boost::system::error_code;

void borrowed_socket::take(int socket) {
    give_back();
    if (socket < 0)
        return;
    const int duplicate = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0)
        throw boost::system::system_error(errno, boost::system::system_category(), "duplicating a socket");
    error_code code;
    descriptor_.assign(duplicate, code);
    if (code) {
        ::close(duplicate);
        throw boost::system::system_error(code, "watching a socket");
    }
}

void borrowed_socket::give_back() noexcept {
    error_code ignored;
    if (descriptor_.is_open())
        descriptor_.close(ignored);
}

void borrowed_socket::cancel() noexcept {
    error_code ignored;
    if (descriptor_.is_open())
        descriptor_.cancel(ignored);
}

asio::awaitable<error_code> borrowed_socket::wait_readable() {
    error_code code;
    co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                                    asio::redirect_error(asio::use_awaitable, code));
    co_return code;
}

asio::awaitable<error_code> borrowed_socket::wait_writable() {
    error_code code;
    co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_write,
                                    asio::redirect_error(asio::use_awaitable, code));
    co_return code;
}

asio::awaitable<error_code> borrowed_socket::wait_readable_or_writable(bool& readable) {
    const auto [order, read_code, write_code] =
        co_await asio::experimental::make_parallel_group(
            descriptor_.async_wait(asio::posix::descriptor_base::wait_read, asio::deferred),
            descriptor_.async_wait(asio::posix::descriptor_base::wait_write, asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    readable = !read_code;
    if (!read_code || !write_code)
        co_return error_code();
    co_return order[0] == 0 ? read_code : write_code;
}

} // namespace coropq::detail
