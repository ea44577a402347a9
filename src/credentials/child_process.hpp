// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_CREDENTIALS_CHILD_PROCESS_HPP
#define COROPQ_SRC_CREDENTIALS_CHILD_PROCESS_HPP

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace coropq::detail {

/// A program that runs in a process group of its own, without input, its errors dropped. Destroying it ends the group.
class child_process {
public:
    /// Standard output goes to the descriptor. Returns when the program runs, or throws std::system_error if it can't.
    child_process(const std::vector<std::string>& command, int output);
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process();

    /// Whether it has ended; doesn't wait.
    bool has_ended();
    /// How it ended, if not well: "ended with status 3". Empty: well, or somebody else in the process was told.
    std::string complaint() const;

private:
    pid_t id_ = -1;
    bool ended_ = false;
    std::optional<int> status_;
};

} // namespace coropq::detail

#endif
