// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_CSV_HPP
#define COROPQ_EXAMPLES_CSV_HPP

#include <string>
#include <string_view>

/// Adds a value to a line of CSV, in quotes where it needs them (RFC 4180).
inline void append_quoted(std::string& line, std::string_view text) {
    if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
        line += text;
        return;
    }
    line += '"'; // an empty text, too: nothing at all is NULL
    for (const char c : text) {
        if (c == '"')
            line += '"';
        line += c;
    }
    line += '"';
}

#endif
