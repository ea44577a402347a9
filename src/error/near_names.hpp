// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ERROR_NEAR_NAMES_HPP
#define COROPQ_SRC_ERROR_NEAR_NAMES_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// The number of characters that have to be added, dropped or replaced. Upper and lower case don't count.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// For hints: at most three of the known names that somebody may have meant, the nearest first, with commas between
/// them. Upper and lower case don't count. Empty: none is near.
std::string near_names(std::string_view name, const std::vector<std::string>& known);

} // namespace coropq::detail

#endif
