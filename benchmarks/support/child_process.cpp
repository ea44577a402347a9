// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/child_process.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace coropq::bench {

namespace {

std::string read_all(int file) {
    std::string text;
    char buffer[4096];
    for (ssize_t size = 0; (size = read(file, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(size));
    return text;
}

} // namespace

double cpu_seconds_of(const rusage& used) {
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

child_end run_child(const std::function<void(int output)>& work) {
    int ends[2];
    if (pipe(ends) != 0)
        throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child < 0)
        throw std::runtime_error("no child process");
    if (child == 0) {
        close(ends[0]);
        work(ends[1]);
        std::_Exit(0);
    }
    close(ends[1]);
    child_end left;
    left.output = read_all(ends[0]);
    close(ends[0]);
    rusage used{};
    wait4(child, &left.status, 0, &used);
    left.cpu_seconds = cpu_seconds_of(used);
    return left;
}

} // namespace coropq::bench
