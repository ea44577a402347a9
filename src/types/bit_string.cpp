// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/bit_string.hpp>

#include "types/reading.hpp"

#include <limits>
#include <ostream>

namespace coropq {

bit_string bit_string::parse(std::string_view text) {
    bit_string result(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '0' && text[i] != '1')
            throw value_error("the text isn't made of 0 and 1");
        result.set(i, text[i] == '1');
    }
    return result;
}

std::string to_string(const bit_string& value) {
    std::string text(value.size(), '0');
    for (std::size_t i = 0; i != value.size(); ++i)
        if (value[i])
            text[i] = '1';
    return text;
}

std::ostream& operator<<(std::ostream& stream, const bit_string& value) { return stream << to_string(value); }

// varbit_send in the server's src/backend/utils/adt/varbit.c
void codec<bit_string>::encode(const bit_string& value, value_writer& writer) {
    if (value.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw value_error("there are too many bits");
    writer.write(static_cast<std::int32_t>(value.size()));
    writer.write_bytes(value.bytes_);
}

bit_string codec<bit_string>::decode(const value_view& value) {
    value_reader reader(value);
    const auto size = reader.read<std::int32_t>();
    if (size < 0 || reader.remaining() != (static_cast<std::size_t>(size) + 7) / 8)
        detail::senseless();
    bit_string result;
    result.size_ = static_cast<std::size_t>(size);
    const std::span<const std::byte> bytes = value.bytes().subspan(sizeof size);
    result.bytes_.assign(bytes.begin(), bytes.end());
    if (size % 8 != 0)
        result.bytes_.back() &= static_cast<std::byte>(0xFF00U >> (size % 8) & 0xFFU);
    return result;
}

void detail::fail_bit_count() {
    throw value_error("the number of bits differs from that of the std::bitset", "read it as coropq::bit_string");
}

} // namespace coropq

std::size_t std::hash<coropq::bit_string>::operator()(const coropq::bit_string& value) const noexcept {
    const std::string_view bytes(reinterpret_cast<const char*>(value.bytes_.data()), value.bytes_.size());
    return std::hash<std::string_view>()(bytes) * 31 + value.size_;
}
