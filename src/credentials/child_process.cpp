// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "credentials/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT: where POSIX keeps it

namespace coropq::detail {

namespace {

void check(int error) {
    if (error != 0)
        throw std::system_error(error, std::generic_category());
}

struct file_actions {
    file_actions() { check(::posix_spawn_file_actions_init(&value)); }
    file_actions(const file_actions&) = delete;
    file_actions& operator=(const file_actions&) = delete;
    ~file_actions() { ::posix_spawn_file_actions_destroy(&value); }

    posix_spawn_file_actions_t value{};
};

struct attributes {
    attributes() { check(::posix_spawnattr_init(&value)); }
    attributes(const attributes&) = delete;
    attributes& operator=(const attributes&) = delete;
    ~attributes() { ::posix_spawnattr_destroy(&value); }

    posix_spawnattr_t value{};
};

} // namespace

child_process::child_process(const std::vector<std::string>& command, int output) {
    file_actions files;
    check(::posix_spawn_file_actions_addopen(&files.value, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    check(::posix_spawn_file_actions_adddup2(&files.value, output, STDOUT_FILENO));
    check(::posix_spawn_file_actions_addopen(&files.value, STDERR_FILENO, "/dev/null", O_WRONLY, 0));
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    // Not every descriptor of a program is closed on exec: Asio's sockets aren't.
    check(::posix_spawn_file_actions_addclosefrom_np(&files.value, STDERR_FILENO + 1));
#endif
    // Threads that run event loops may block signals, and programs ignore SIGPIPE: the child begins afresh.
    attributes how;
    sigset_t none;
    sigset_t defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGINT);
    ::sigaddset(&defaults, SIGTERM);
    check(::posix_spawnattr_setsigmask(&how.value, &none));
    check(::posix_spawnattr_setsigdefault(&how.value, &defaults));
    check(::posix_spawnattr_setpgroup(&how.value, 0));
    check(
        ::posix_spawnattr_setflags(&how.value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP));
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    check(::posix_spawnp(&id_, arguments.front(), &files.value, &how.value, arguments.data(), environ));
}

child_process::~child_process() {
    if (ended_)
        return;
    ::kill(-id_, SIGKILL);
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool child_process::has_ended() {
    if (ended_)
        return true;
    int status = 0;
    const pid_t got = ::waitpid(id_, &status, WNOHANG);
    if (got == id_)
        status_ = status;
    ended_ = got == id_ || (got < 0 && errno == ECHILD);
    return ended_;
}

std::string child_process::complaint() const {
    if (!status_)
        return {};
    if (WIFSIGNALED(*status_))
        return "was ended by signal " + std::to_string(WTERMSIG(*status_));
    if (WEXITSTATUS(*status_) != 0)
        return "ended with status " + std::to_string(WEXITSTATUS(*status_));
    return {};
}

} // namespace coropq::detail
