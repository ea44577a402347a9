// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/credential_provider.hpp>

#include "url/wipe.hpp"
#include "url/wiping_resource.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <exception>

namespace json = boost::json;

namespace coropq {

namespace {

using time_point = std::chrono::system_clock::time_point;

constexpr std::size_t longest_token = std::size_t(64) << 10;
constexpr std::int64_t latest_milliseconds = 9'000'000'000'000; // in 2255: what nanoseconds can count, and some less

// RFC 4648, section 5; -1 for other characters.
int base64url_digit(char c) noexcept {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-' || c == '+')
        return 62;
    return c == '_' || c == '/' ? 63 : -1;
}

bool decode(std::string_view text, detail::secret_buffer& decoded) {
    while (!text.empty() && text.back() == '=')
        text.remove_suffix(1);
    decoded.reserve(text.size() / 4 * 3 + 3);
    unsigned bits = 0;
    int count = 0;
    for (char c : text) {
        const int digit = base64url_digit(c);
        if (digit < 0)
            return false;
        bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            decoded.push_back(static_cast<char>(bits >> count & 0xFF));
        }
    }
    return count < 6; // one digit alone is no byte
}

// A whole number or a text of one, as Adobe has them.
std::optional<std::int64_t> integer(const json::object& claims, const char* name) {
    const json::value* value = claims.if_contains(name);
    if (!value)
        return std::nullopt;
    if (const std::int64_t* number = value->if_int64())
        return *number;
    if (const double* number = value->if_double(); number && std::abs(*number) < 1e15)
        return static_cast<std::int64_t>(*number); // NumericDate may have a fraction (RFC 7519, 2)
    if (const json::string* text = value->if_string()) {
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (code == std::errc() && end == text->data() + text->size())
            return number;
    }
    return std::nullopt;
}

std::optional<time_point> at(std::int64_t milliseconds) {
    if (milliseconds <= 0 || milliseconds > latest_milliseconds)
        return std::nullopt;
    return time_point(std::chrono::milliseconds(milliseconds));
}

std::optional<time_point> expiry_of(const json::object& claims) {
    if (const std::optional<std::int64_t> ends = integer(claims, "exp"))
        return *ends > 0 && *ends <= latest_milliseconds / 1000 ? at(*ends * 1000) : std::nullopt;
    const std::optional<std::int64_t> created = integer(claims, "created_at");
    const std::optional<std::int64_t> lifetime = integer(claims, "expires_in");
    if (!created || !lifetime || *created <= 0 || *lifetime <= 0 || *created > latest_milliseconds ||
        *lifetime > latest_milliseconds)
        return std::nullopt;
    return at(*created + *lifetime);
}

} // namespace

std::optional<time_point> jwt_expiry(std::string_view token) noexcept try {
    if (token.size() > longest_token)
        return std::nullopt;
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return std::nullopt;
    detail::secret_buffer payload;
    if (!decode(token.substr(first + 1, second - first - 1), payload))
        return std::nullopt;
    detail::wiping_resource memory;
    json::error_code error;
    const json::value claims = json::parse(json::string_view(payload.data(), payload.size()), error, &memory);
    if (error || !claims.is_object())
        return std::nullopt;
    return expiry_of(claims.get_object());
} catch (const std::exception&) {
    return std::nullopt; // out of memory: it is refreshed when a server refuses it
}

} // namespace coropq
