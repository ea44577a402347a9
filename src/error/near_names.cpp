// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "error/near_names.hpp"

#include "characters.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace coropq::detail {

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j != row.size(); ++j)
        row[j] = j;
    for (std::size_t i = 0; i != left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j != right.size(); ++j) {
            const std::size_t replaced = diagonal + (to_lower(left[i]) == to_lower(right[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string near_names(std::string_view name, const std::vector<std::string>& known) {
    std::string wanted(name);
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), to_lower);
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const std::string& each : known) {
        std::string lower(each);
        std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
        const std::size_t distance = edit_distance(wanted, lower);
        const bool contains = wanted.size() >= 4 && lower.find(wanted) != std::string::npos;
        if (distance <= std::max<std::size_t>(2, wanted.size() / 3) || contains)
            ranked.emplace_back(distance, each);
    }
    std::sort(ranked.begin(), ranked.end());
    std::string text;
    for (std::size_t i = 0; i != std::min<std::size_t>(ranked.size(), 3); ++i)
        text += (i == 0 ? "" : ", ") + ranked[i].second;
    return text;
}

} // namespace coropq::detail
