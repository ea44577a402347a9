// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_BYTEA_HPP
#define COROPQ_TYPES_BYTEA_HPP

#include <coropq/detail/one_type.hpp>
#include <coropq/types/codec.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace coropq {

/// std::vector<std::byte> ↔ bytea
template <>
struct codec<std::vector<std::byte>> : detail::one_type<type_oid::bytea> {
    static void encode(const std::vector<std::byte>& value, value_writer& writer) { writer.write_bytes(value); }
    static std::vector<std::byte> decode(const value_view& value) {
        const std::span<const std::byte> bytes = value.bytes();
        return {bytes.begin(), bytes.end()};
    }
};

/// std::span<const std::byte> ↔ bytea; a view into the result
template <>
struct codec<std::span<const std::byte>> : detail::one_type<type_oid::bytea> {
    static constexpr bool is_view = true;
    static void encode(std::span<const std::byte> value, value_writer& writer) { writer.write_bytes(value); }
    static std::span<const std::byte> decode(const value_view& value) { return value.bytes(); }
};

/// std::span<std::byte> → bytea
template <>
struct codec<std::span<std::byte>> : detail::one_type<type_oid::bytea> {
    static void encode(std::span<const std::byte> value, value_writer& writer) { writer.write_bytes(value); }
};

/// std::array<std::byte, N> ↔ bytea of exactly N bytes
template <std::size_t Size>
struct codec<std::array<std::byte, Size>> : detail::one_type<type_oid::bytea> {
    static void encode(const std::array<std::byte, Size>& value, value_writer& writer) { writer.write_bytes(value); }
    static std::array<std::byte, Size> decode(const value_view& value) {
        std::array<std::byte, Size> bytes{};
        if (value.size() != Size)
            throw value_error("the number of bytes differs from that of the std::array");
        if constexpr (Size != 0)
            std::memcpy(bytes.data(), value.text().data(), Size);
        return bytes;
    }
};

} // namespace coropq

#endif
