// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "test_url.hpp"

#include <algorithm>

namespace coropq::test {

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (plain)
            result += character;
        else
            result.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return result;
}

test_url& test_url::set(std::string_view name, std::string value) {
    const auto found =
        std::find_if(parameters_.begin(), parameters_.end(), [&](const auto& each) { return each.first == name; });
    if (found != parameters_.end())
        found->second = std::move(value);
    else
        parameters_.emplace_back(name, std::move(value));
    return *this;
}

test_url& test_url::remove(std::string_view name) {
    std::erase_if(parameters_, [&](const auto& each) { return each.first == name; });
    return *this;
}

std::string test_url::to_string() const {
    std::string text = "postgresql://" + percent_encode(user_);
    if (!password_.empty())
        text += ":" + percent_encode(password_);
    text += "@" + (host_.find(':') != std::string::npos ? "[" + host_ + "]" : percent_encode(host_));
    if (port_ != 0)
        text += ":" + std::to_string(port_);
    text += "/" + percent_encode(database_);
    char separator = '?';
    for (const auto& [name, value] : parameters_) {
        text += separator + percent_encode(name) + "=" + percent_encode(value);
        separator = '&';
    }
    return text;
}

} // namespace coropq::test
