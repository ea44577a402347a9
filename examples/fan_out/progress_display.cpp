// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "progress_display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace fan_out_example {

namespace {

constexpr const char* erase_line = "\r\x1b[K"; // ECMA-48: erase in line

bool stderr_is_terminal() {
    const char* const kind = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

// Asked each time, as windows change.
std::size_t terminal_width() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string counts_text(const coropq::fan_out_progress& now, std::optional<std::size_t> total) {
    const auto seconds = std::chrono::duration<double>(now.elapsed).count();
    char rate[32];
    std::snprintf(rate, sizeof rate, seconds > 0 && static_cast<double>(now.done) < 100 * seconds ? "%.1f" : "%.0f",
                  seconds > 0 ? static_cast<double>(now.done) / seconds : 0.0);
    std::string text = std::to_string(now.done);
    if (total)
        text += '/' + std::to_string(*total);
    text += " done, " + std::to_string(now.failed) + " failed, " + std::to_string(now.running) + " running, ";
    text += std::to_string(now.rows) + " rows, " + duration_text(now.elapsed) + ", " + rate + "/s";
    return text;
}

std::string bar_text(std::size_t done, std::size_t total, std::size_t width) {
    constexpr std::size_t narrowest = 12, widest = 52;
    if (width < narrowest)
        return {};
    const std::size_t inside = std::min(width, widest) - 3;
    const std::size_t filled = total == 0 ? inside : inside * std::min(done, total) / total;
    return '[' + std::string(filled, '#') + std::string(inside - filled, '.') + "] ";
}

} // namespace

std::string duration_text(std::chrono::milliseconds time) {
    char text[64];
    const long long seconds = time.count() / 1000;
    if (seconds < 60)
        std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(time.count()) / 1000);
    else if (seconds < 3600)
        std::snprintf(text, sizeof text, "%lld:%02lld", seconds / 60, seconds % 60);
    else
        std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return text;
}

progress_display::progress_display(bool is_quiet) : is_quiet_(is_quiet), is_terminal_(stderr_is_terminal()) {}

std::chrono::milliseconds progress_display::interval() const {
    return std::chrono::milliseconds(is_terminal_ ? 100 : 1000);
}

void progress_display::show(const coropq::fan_out_progress& now, std::optional<std::size_t> total) {
    if (is_quiet_)
        return;
    std::string line = counts_text(now, total);
    if (is_terminal_) {
        const std::size_t width = terminal_width() - 1; // the last column would begin a new line
        if (total && line.size() < width)
            line.insert(0, bar_text(now.done, *total, width - line.size()));
        std::cerr << "\r" + line.substr(0, width) + "\x1b[K" << std::flush;
        is_drawn_ = true;
    } else {
        std::cerr << "fan_out: " + line + '\n';
    }
}

void progress_display::hide() {
    if (is_drawn_)
        std::cerr << erase_line << std::flush;
    is_drawn_ = false;
}

void progress_display::end() {
    if (is_drawn_)
        std::cerr << '\n';
    is_drawn_ = false;
}

void progress_display::message(const std::string& text) {
    hide();
    std::cerr << "fan_out: " + text + '\n';
}

} // namespace fan_out_example
