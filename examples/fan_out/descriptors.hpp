// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_DESCRIPTORS_HPP
#define COROPQ_EXAMPLES_FAN_OUT_DESCRIPTORS_HPP

// Files, pipes and terminals, whose slowness must not hold up the event loop: it has Ctrl-C and time limits to see to.
// They stay blocking descriptors, because other programs may share them: each is used when poll(2) says that it can be.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <string>
#include <string_view>

namespace fan_out_example {

/// Opens a file to read, or another name of stdin for `-`. Throws `std::system_error`.
int open_input(const std::string& path);
/// Creates or empties a file, or opens another name of stdout if there is none. Throws `std::system_error`.
int open_output(const std::string& path);
/// Whether all of it is there now, and it can be read a second time.
bool is_regular_file(int descriptor);

class byte_input {
public:
    byte_input(const boost::asio::any_io_executor& executor, int descriptor) : descriptor_(executor, descriptor) {}

    /// Some bytes; none at the end. Throws `std::system_error`.
    boost::asio::awaitable<std::string> read();

private:
    boost::asio::posix::stream_descriptor descriptor_;
};

class byte_output {
public:
    byte_output(const boost::asio::any_io_executor& executor, int descriptor);

    /// Throws `std::system_error`, also when nobody reads any more.
    boost::asio::awaitable<void> write(std::string_view text);

private:
    boost::asio::posix::stream_descriptor descriptor_;
    std::size_t piece_; ///< What a pipe that is ready takes without blocking, or as much as there is.
};

} // namespace fan_out_example

#endif
