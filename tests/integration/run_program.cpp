// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "run_program.hpp"

#include "support/wait_until.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace coropq::test {

namespace {

int checked(int result, const char* what) {
    if (result < 0)
        throw std::runtime_error(what);
    return result;
}

} // namespace

temporary_directory::temporary_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "coropq-program-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    directory_ = name;
}

temporary_directory::~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::string temporary_directory::write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
}

std::string temporary_directory::read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void running_program::open_streams(streams kind, const std::string& input, int (&ends)[3]) {
    const auto file = [this](const char* name) {
        return checked(open(files_.path(name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), name);
    };
    std::array<int, 2> pipe_ends{};
    if (kind == streams::open_input) {
        checked(pipe2(pipe_ends.data(), O_CLOEXEC), "pipe");
        ends[0] = pipe_ends[0];
        kept_.push_back(pipe_ends[1]);
        if (::write(pipe_ends[1], input.data(), input.size()) != static_cast<ssize_t>(input.size()))
            throw std::runtime_error("the input doesn't fit into a pipe");
    } else {
        ends[0] = checked(open(files_.write("input", input).c_str(), O_RDONLY | O_CLOEXEC), "input");
    }
    if (kind == streams::full_output) {
        checked(pipe2(pipe_ends.data(), O_CLOEXEC), "pipe");
        ends[1] = pipe_ends[1];
        kept_.push_back(pipe_ends[0]);
    } else {
        ends[1] = file("output");
    }
    if (kind == streams::terminal) {
        winsize size{};
        size.ws_row = 24;
        size.ws_col = 70;
        checked(openpty(&terminal_, &ends[2], nullptr, nullptr, &size), "openpty");
        fcntl(terminal_, F_SETFD, FD_CLOEXEC);
        fcntl(ends[2], F_SETFD, FD_CLOEXEC);
    } else {
        ends[2] = file("errors");
    }
}

running_program::running_program(const std::vector<std::string>& command, const std::string& input, streams kind) {
    int ends[3] = {-1, -1, -1};
    open_streams(kind, input, ends);
    std::vector<char*> arguments;
    for (const std::string& each : command)
        arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    process_ = checked(fork(), "fork");
    if (process_ == 0) {
        for (int i = 0; i != 3; ++i)
            dup2(ends[i], i);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    for (const int each : ends)
        close(each);
}

running_program::~running_program() {
    if (runs()) {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    for (const int each : kept_)
        close(each);
    if (terminal_ >= 0)
        close(terminal_);
}

void running_program::signal(int number) {
    if (!runs()) // or it would go to everybody in our group
        throw std::runtime_error("there is no program to signal: it has ended");
    checked(kill(process_, number), "kill");
}

bool running_program::has_filled_output() const {
    int waiting = 0;
    checked(ioctl(kept_.front(), FIONREAD, &waiting), "FIONREAD");
    return 2 * waiting >= checked(fcntl(kept_.front(), F_GETPIPE_SZ), "F_GETPIPE_SZ");
}

bool running_program::runs() {
    std::array<char, 4096> buffer{};
    pollfd asked{};
    asked.fd = terminal_;
    asked.events = POLLIN;
    while (terminal_ >= 0 && poll(&asked, 1, 0) > 0) { // a full terminal would hold it up
        const ssize_t size = read(terminal_, buffer.data(), buffer.size());
        if (size <= 0)
            break; // EIO: nobody has the other side open any more
        terminal_text_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    if (process_ > 0 && waitpid(process_, &wait_status_, WNOHANG) == process_)
        process_ = 0;
    return process_ > 0;
}

program_end running_program::end() {
    if (!wait_until([this] { return !runs(); }, std::chrono::minutes(1)))
        throw std::runtime_error("the program doesn't end; stderr: " + files_.read("errors") + terminal_text_);
    runs(); // what it wrote at last
    program_end result;
    result.output = files_.read("output");
    result.errors = terminal_ >= 0 ? terminal_text_ : files_.read("errors");
    if (WIFEXITED(wait_status_))
        result.status = WEXITSTATUS(wait_status_);
    if (WIFSIGNALED(wait_status_))
        result.signal = WTERMSIG(wait_status_);
    return result;
}

} // namespace coropq::test
