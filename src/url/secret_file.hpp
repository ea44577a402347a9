// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_SECRET_FILE_HPP
#define COROPQ_SRC_URL_SECRET_FILE_HPP

#include "url/wipe.hpp"

#include <cstddef>
#include <string>

#include <sys/stat.h>

namespace coropq::detail {

constexpr std::size_t largest_secret_file = std::size_t(1) << 20;

/// Reads a file that holds a secret, synchronously. What went wrong, as the rest of a sentence that begins with the
/// name of the file ("can't be read: …"); empty if nothing did. `seen`: what the file was when reading began.
std::string read_secret_file(const std::string& path, secret_buffer& contents, struct ::stat* seen = nullptr);

} // namespace coropq::detail

#endif
