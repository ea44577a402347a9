// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_CODEC_SUPPORT_HPP
#define COROPQ_TESTS_UNIT_CODEC_SUPPORT_HPP

// Encoding and decoding as the library does it, without a server. Bytes are written in hexadecimal; those that the
// tests compare with come from PostgreSQL 15: select encode(numeric_send(1.50), 'hex').

#include <coropq/types/codec.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace codec_support {

using coropq::codec;
using coropq::type_catalog;
using coropq::value_error;
using coropq::value_view;
using coropq::value_writer;
using coropq::wire_format;

template <typename T>
std::string encoded(const T& value) {
    std::string bytes;
    value_writer writer(bytes);
    codec<T>::encode(value, writer);
    return bytes;
}

inline std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) >> 4]);
        text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) & 15]);
    }
    return text;
}

inline std::string unhex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    return bytes;
}

template <typename T>
T decoded(std::string_view bytes, std::uint32_t type, wire_format format = wire_format::binary,
          const type_catalog& types = type_catalog::built_in()) {
    return coropq::detail::decode<T>(value_view(bytes, type, format, types));
}

/// From the bytes that are written in hexadecimal.
template <typename T>
T from_hex(std::string_view text, std::uint32_t type) {
    return decoded<T>(unhex(text), type);
}

template <typename T>
T from_text(std::string_view text, std::uint32_t type) {
    return decoded<T>(text, type, wire_format::text);
}

/// What is written is read again as the same value, of the type that it is declared with.
template <typename T>
void expect_round_trip(const T& value) {
    const std::string bytes = encoded(value);
    EXPECT_TRUE((decoded<T>(bytes, coropq::detail::type_of(value).oid(), coropq::detail::format_of<T>()) == value))
        << hex(bytes);
}

/// No bytes do harm: every beginning of good ones, many with random changes, and random ones. A sanitizer sees the
/// rest.
template <typename T>
void expect_total(std::string_view good, std::uint32_t type, const type_catalog& types = type_catalog::built_in()) {
    // Exactly as large as the bytes, so that a sanitizer finds what is read behind them.
    const auto try_one = [&](std::string_view bytes) {
        const std::unique_ptr<char[]> copy(new char[bytes.size()]);
        bytes.copy(copy.get(), bytes.size());
        for (const wire_format format : {wire_format::binary, wire_format::text}) {
            try {
                static_cast<void>(decoded<T>({copy.get(), bytes.size()}, type, format, types));
            } catch (const value_error&) {
            }
        }
    };
    EXPECT_NO_THROW(static_cast<void>(decoded<T>(good, type, wire_format::binary, types)));
    for (std::size_t size = 0; size != good.size(); ++size)
        try_one(good.substr(0, size));
    std::mt19937 random(20260721);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (int round = 0; round != 3000; ++round) {
        std::string bytes(good);
        for (std::size_t changes = 1 + below(4); changes != 0 && !bytes.empty(); --changes) {
            const char values[] = {'\0', '\1', '\x7F', '\x80', '\xFF', static_cast<char>(below(256))};
            bytes[below(bytes.size())] = values[below(sizeof values)];
        }
        if (below(4) == 0)
            bytes.resize(below(bytes.size() + 8), static_cast<char>(below(256)));
        try_one(bytes);
    }
    for (int round = 0; round != 1000; ++round) {
        std::string bytes(below(64), '\0');
        for (char& byte : bytes)
            byte = static_cast<char>(below(256));
        try_one(bytes);
    }
}

} // namespace codec_support

#endif
