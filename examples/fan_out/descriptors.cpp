// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "descriptors.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace asio = boost::asio;

namespace fan_out_example {

namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// Files are always ready; epoll doesn't know them.
bool is_ready(int descriptor, short events) {
    pollfd asked{};
    asked.fd = descriptor;
    asked.events = events;
    return poll(&asked, 1, 0) > 0;
}

} // namespace

int open_input(const std::string& path) {
    const int descriptor =
        path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        fail(path == "-" ? "stdin" : path);
    return descriptor;
}

int open_output(const std::string& path) {
    const int descriptor = path.empty() ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                                        : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        fail(path.empty() ? "stdout" : path);
    return descriptor;
}

bool is_regular_file(int descriptor) {
    struct stat found {};
    return fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
}

asio::awaitable<std::string> byte_input::read() {
    std::string text(65536, '\0');
    for (;;) {
        while (!is_ready(descriptor_.native_handle(), POLLIN))
            co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        const ssize_t size = ::read(descriptor_.native_handle(), text.data(), text.size());
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            fail("reading");
        if (size >= 0) {
            text.resize(static_cast<std::size_t>(size));
            co_return text;
        }
    }
}

byte_output::byte_output(const asio::any_io_executor& executor, int descriptor)
    : descriptor_(executor, descriptor)
    , piece_(is_regular_file(descriptor) ? std::numeric_limits<std::size_t>::max() : PIPE_BUF) {}

asio::awaitable<void> byte_output::write(std::string_view text) {
    while (!text.empty()) {
        while (!is_ready(descriptor_.native_handle(), POLLOUT))
            co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_write, asio::use_awaitable);
        const ssize_t size = ::write(descriptor_.native_handle(), text.data(), std::min(text.size(), piece_));
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            fail("writing the output");
        if (size > 0)
            text.remove_prefix(static_cast<std::size_t>(size));
    }
}

} // namespace fan_out_example
