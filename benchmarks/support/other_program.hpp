// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SUPPORT_OTHER_PROGRAM_HPP
#define COROPQ_BENCHMARKS_SUPPORT_OTHER_PROGRAM_HPP

#include "support/child_process.hpp"

#include <string>
#include <vector>

namespace coropq::bench {

/// Puts the server into libpq's environment variables (PGHOST …), where other programs find it. Without TLS.
void set_environment(const std::string& address);

/// What the program has written. Throws `std::runtime_error` if it fails.
child_end run_program(const std::vector<std::string>& command);

/// Whether it is a file that can be run.
bool is_program(const std::string& file);

/// The programs in a directory, in the order of their names.
std::vector<std::string> peers_in(const std::string& directory);

/// The last part of a program's name.
std::string short_name(const std::string& program);

} // namespace coropq::bench

#endif
