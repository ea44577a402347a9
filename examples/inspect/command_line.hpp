// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_INSPECT_COMMAND_LINE_HPP
#define COROPQ_EXAMPLES_INSPECT_COMMAND_LINE_HPP

#include <coropq/inspect/ddl.hpp>
#include <coropq/inspect/diff.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/url.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace inspect_example {

enum class output_format : std::uint8_t { text, json, ddl };

/// Where something is read from: a database, or a file with what this program has written as JSON (`-`: stdin).
using source = std::variant<coropq::url, std::string>;

struct command_line {
    std::optional<source> what;   ///< There is one, unless help was asked for.
    std::optional<source> before; ///< What it is compared with.
    std::optional<std::string> table;
    coropq::schema_selection schemas;
    output_format format = output_format::text;
    coropq::ddl_options ddl;
    coropq::diff_options diff;
    bool wants_help = false;
};

/// Throws `example::usage_error`, and `coropq::url_error`.
command_line parse_command_line(int argc, const char* const* argv);

std::string help_text();

} // namespace inspect_example

#endif
