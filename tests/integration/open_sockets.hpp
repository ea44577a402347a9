// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_OPEN_SOCKETS_HPP
#define COROPQ_TESTS_INTEGRATION_OPEN_SOCKETS_HPP

#include <cstddef>
#include <filesystem>
#include <system_error>

namespace coropq::test {

/// How many sockets this process has open.
inline std::size_t open_sockets() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code ignored;
        if (std::filesystem::read_symlink(entry, ignored).string().starts_with("socket:"))
            ++count;
    }
    return count;
}

} // namespace coropq::test

#endif
