// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/secret_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace coropq::detail {

namespace {

/// An open file.
struct descriptor {
    explicit descriptor(const char* path) noexcept : number(::open(path, O_RDONLY | O_CLOEXEC)) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (number >= 0)
            ::close(number);
    }

    int number;
};

std::string cannot_read() { return "can't be read: " + std::generic_category().message(errno); }

} // namespace

// Not by a stream, whose buffer nobody overwrites.
std::string read_secret_file(const std::string& path, secret_buffer& contents, struct ::stat* seen) {
    const descriptor file(path.c_str());
    if (file.number < 0 || (seen && ::fstat(file.number, seen) != 0))
        return cannot_read();
    for (;;) {
        const std::size_t filled = contents.size();
        if (filled > largest_secret_file)
            return "is too long for a credentials file";
        contents.resize(filled + 4096);
        const ssize_t got = ::read(file.number, contents.data() + filled, contents.size() - filled);
        if (got < 0 && errno != EINTR)
            return cannot_read();
        contents.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0)
            return {};
    }
}

} // namespace coropq::detail
