// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SUPPORT_CHILD_PROCESS_HPP
#define COROPQ_BENCHMARKS_SUPPORT_CHILD_PROCESS_HPP

#include <functional>
#include <string>

struct rusage;

namespace coropq::bench {

/// What a child process has left.
struct child_end {
    std::string output;     ///< What it has written.
    double cpu_seconds = 0; ///< Of all its threads, in the program and in the kernel on its behalf.
    int status = 0;         ///< As `wait` gives it: 0 when all was well.
};

/// Runs a function in a child process, with a file descriptor to write to, and waits for its end. The child exits with
/// 0 when the function returns; it must not throw. The calling process must have one thread. Throws
/// `std::runtime_error` when there can be no child.
child_end run_child(const std::function<void(int output)>& work);

/// The CPU time of a process, the kernel's on its behalf included.
double cpu_seconds_of(const rusage& used);

} // namespace coropq::bench

#endif
