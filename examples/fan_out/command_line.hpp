// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_COMMAND_LINE_HPP
#define COROPQ_EXAMPLES_FAN_OUT_COMMAND_LINE_HPP

#include <coropq/fan_out/options.hpp>
#include <coropq/options.hpp>
#include <coropq/url.hpp>

#include <optional>
#include <string>

namespace fan_out_example {

struct command_line {
    std::string statements; ///< A file, `-` for stdin; empty: there is a template.
    std::string text_of_template;
    std::string values = "-";       ///< A file, `-` for stdin.
    std::string output;             ///< A file; empty: stdout.
    std::optional<coropq::url> url; ///< There is one, unless help was asked for.
    coropq::pool_options pool;
    coropq::fan_out_options options;
    bool is_json = false;
    bool is_quiet = false;
    bool wants_help = false;
};

/// Throws `example::usage_error`, and `coropq::url_error`.
command_line parse_command_line(int argc, const char* const* argv);

std::string help_text();

} // namespace fan_out_example

#endif
