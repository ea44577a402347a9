// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_PROGRESS_DISPLAY_HPP
#define COROPQ_EXAMPLES_FAN_OUT_PROGRESS_DISPLAY_HPP

#include <coropq/fan_out/options.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fan_out_example {

/// Shows on stderr how far a fan-out is: a bar that is drawn again and again in the last line of a terminal, or else a
/// plain line now and then. Error messages go through it as well, so that they don't end up in the middle of the bar.
class progress_display {
public:
    explicit progress_display(bool is_quiet);

    /// How often it wants to be told.
    std::chrono::milliseconds interval() const;
    /// `total`: how many statements there are, if it is known.
    void show(const coropq::fan_out_progress& now, std::optional<std::size_t> total);
    /// Before something else is written to the same terminal.
    void hide();
    /// Leaves the bar as it is, and goes to the next line.
    void end();
    /// Writes a line, also when it is quiet.
    void message(const std::string& text);

private:
    bool is_quiet_;
    bool is_terminal_;
    bool is_drawn_ = false;
};

/// `12 s`, `1:02:03` …
std::string duration_text(std::chrono::milliseconds time);

} // namespace fan_out_example

#endif
