// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "leak_check.hpp"

#include <algorithm>
#include <random>

namespace coropq::test {

std::string leaked_piece(std::string_view secret, std::string_view text, std::size_t piece_size) {
    const std::size_t size = std::min(piece_size, secret.size());
    std::string_view longest;
    if (size == 0)
        return {};
    for (std::size_t begin = 0; begin + size <= secret.size(); ++begin) {
        for (std::size_t found = text.find(secret.substr(begin, size)); found != std::string_view::npos;
             found = text.find(secret.substr(begin, size), found + 1)) {
            const std::string_view rest = text.substr(found);
            const std::string_view piece = secret.substr(begin);
            const auto end = std::mismatch(piece.begin(), piece.end(), rest.begin(), rest.end()).first;
            const auto length = static_cast<std::size_t>(end - piece.begin());
            if (length > longest.size())
                longest = piece.substr(0, length);
        }
    }
    return std::string(longest);
}

std::string marked_token(std::size_t size, unsigned seed) {
    static constexpr std::string_view characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::minstd_rand random(seed);
    std::string token = "eyJhbGciOiJSUzI1NiJ9";
    const std::size_t first_dot = token.size();
    while (token.size() < size)
        token += characters[(random() >> 8) % characters.size()];
    token[first_dot] = '.';
    token[first_dot + (size - first_dot) * 3 / 4] = '.';
    return token;
}

} // namespace coropq::test
