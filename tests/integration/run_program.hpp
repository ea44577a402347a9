// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_RUN_PROGRAM_HPP
#define COROPQ_TESTS_INTEGRATION_RUN_PROGRAM_HPP

#include <sys/types.h>

#include <string>
#include <vector>

namespace coropq::test {

/// A directory with files, gone at the end of the scope.
class temporary_directory {
public:
    temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory();

    std::string path(const std::string& name) const { return directory_ + '/' + name; }
    /// Writes a file, and gives its path.
    std::string write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;

private:
    std::string directory_;
};

/// What became of a program.
struct program_end {
    std::string output;
    std::string errors; ///< What it wrote to stderr, or to the terminal.
    int status = -1;    ///< -1 if a signal ended it.
    int signal = 0;
};

/// A program that runs. Throws `std::runtime_error` where the system fails.
class running_program {
public:
    enum class streams {
        files,       ///< stdin is the text, stdout and stderr are kept.
        open_input,  ///< stdin is a pipe that has the text, and doesn't end.
        full_output, ///< stdout is a pipe that nobody reads.
        terminal,    ///< stderr is a terminal of 70 columns.
    };

    running_program(const std::vector<std::string>& command, const std::string& input, streams kind = streams::files);
    running_program(const running_program&) = delete;
    running_program& operator=(const running_program&) = delete;
    ~running_program();

    /// Throws if it has ended.
    void signal(int number);
    /// Whether what it writes fills at least half of the pipe that nobody reads.
    bool has_filled_output() const;
    /// Whether it hasn't ended yet.
    bool runs();
    /// Waits for its end; kills it, and throws, when that doesn't come within a minute.
    program_end end();

private:
    void open_streams(streams kind, const std::string& input, int (&ends)[3]);

    temporary_directory files_;
    std::string terminal_text_;
    std::vector<int> kept_; ///< Our ends of pipes.
    int terminal_ = -1;
    pid_t process_ = -1;
    int wait_status_ = 0;
};

} // namespace coropq::test

#endif
