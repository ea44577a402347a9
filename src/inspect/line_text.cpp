// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/line_text.hpp"

#include "inspect/json_text.hpp"

#include <algorithm>
#include <sstream>

namespace coropq::detail {

std::string line_text(std::string_view text) {
    const bool is_plain = std::none_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (is_plain)
        return std::string(text);
    std::ostringstream quoted;
    write_json_string(quoted, text);
    return std::move(quoted).str();
}

std::size_t character_count(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

} // namespace coropq::detail
