// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_LINE_TEXT_HPP
#define COROPQ_SRC_INSPECT_LINE_TEXT_HPP

#include <string>
#include <string_view>

namespace coropq::detail {

/// A text that fits into a line, and in which there is nothing that a terminal acts on: as it is, or as a JSON string.
std::string line_text(std::string_view text);

/// How many characters a UTF-8 text has.
std::size_t character_count(std::string_view text) noexcept;

} // namespace coropq::detail

#endif
