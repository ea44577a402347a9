// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_BIT_STRING_HPP
#define COROPQ_TYPES_BIT_STRING_HPP

#include <coropq/types/codec.hpp>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace coropq {

/// Bits in a row, as PostgreSQL's bit and bit varying. Bit 0 is the leftmost one of the text.
class bit_string {
public:
    bit_string() noexcept = default;
    /// So many zeros.
    explicit bit_string(std::size_t size) : bytes_((size + 7) / 8), size_(size) {}
    /// From text of `0` and `1`. Throws `value_error` for other text.
    static bit_string parse(std::string_view text);

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    /// `index` must be less than `size()`.
    bool operator[](std::size_t index) const noexcept {
        return (static_cast<unsigned>(bytes_[index / 8]) >> (7 - index % 8) & 1U) != 0;
    }
    /// `index` must be less than `size()`.
    void set(std::size_t index, bool bit = true) noexcept {
        const auto mask = static_cast<std::byte>(1U << (7 - index % 8));
        bytes_[index / 8] = bit ? bytes_[index / 8] | mask : bytes_[index / 8] & ~mask;
    }
    void push_back(bool bit) {
        if (size_ % 8 == 0)
            bytes_.emplace_back();
        set(size_++, bit);
    }

    friend bool operator==(const bit_string&, const bit_string&) = default;

private:
    friend struct codec<bit_string>;
    friend struct std::hash<bit_string>;

    std::vector<std::byte> bytes_; // the first bit is the highest one; the bits behind the last are 0
    std::size_t size_ = 0;
};

/// The server's text: `101`.
std::string to_string(const bit_string& value);
std::ostream& operator<<(std::ostream& stream, const bit_string& value);

/// bit_string ↔ bit varying; also reads bit
template <>
struct codec<bit_string> {
    static constexpr type_reference type() { return type_oid::varbit; }
    static void encode(const bit_string& value, value_writer& writer);
    static bool accepts(std::uint32_t type, const type_catalog&) {
        return type == type_oid::varbit || type == type_oid::bit;
    }
    static bit_string decode(const value_view& value);
};

namespace detail {

[[noreturn]] void fail_bit_count();

} // namespace detail

/// std::bitset<N> ↔ bit varying, bit, of exactly N bits; the leftmost one of the text is the highest one of the bitset,
/// as in `std::bitset::to_string`
template <std::size_t Size>
struct codec<std::bitset<Size>> : codec<bit_string> {
    static void encode(const std::bitset<Size>& value, value_writer& writer) {
        bit_string bits(Size);
        for (std::size_t i = 0; i != Size; ++i)
            bits.set(i, value[Size - 1 - i]);
        codec<bit_string>::encode(bits, writer);
    }
    static std::bitset<Size> decode(const value_view& value) {
        const bit_string bits = codec<bit_string>::decode(value);
        if (bits.size() != Size)
            detail::fail_bit_count();
        std::bitset<Size> result;
        for (std::size_t i = 0; i != Size; ++i)
            result[Size - 1 - i] = bits[i];
        return result;
    }
};

} // namespace coropq

template <>
struct std::hash<coropq::bit_string> {
    std::size_t operator()(const coropq::bit_string& value) const noexcept;
};

#endif
