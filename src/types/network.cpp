// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/network.hpp>

#include "types/reading.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

// The binary forms are those of inet_send, macaddr_send and macaddr8_send in the server's
// src/backend/utils/adt/{network,mac,mac8}.c.

namespace coropq {

namespace ip = boost::asio::ip;

namespace {

constexpr std::uint8_t family_v4 = 2;
constexpr std::uint8_t family_v6 = 3;

[[noreturn]] void wrong_version() {
    throw value_error("the address has the other version of the internet protocol",
                      "read it as coropq::inet, which holds both");
}

void write_network(const ip::address& address, std::size_t prefix_length, bool is_cidr, value_writer& writer) {
    if (prefix_length > (address.is_v4() ? 32U : 128U))
        throw value_error("the prefix is longer than the address");
    const auto write = [&](std::uint8_t family, const auto& bytes) {
        writer.write(family);
        writer.write(static_cast<std::uint8_t>(prefix_length));
        writer.write(static_cast<std::uint8_t>(is_cidr));
        writer.write(static_cast<std::uint8_t>(bytes.size()));
        for (const unsigned char byte : bytes)
            writer.write(byte);
    };
    if (address.is_v4()) {
        write(family_v4, address.to_v4().to_bytes());
    } else {
        if (address.to_v6().scope_id() != 0)
            throw value_error("the address has a scope, which PostgreSQL's inet can't hold");
        write(family_v6, address.to_v6().to_bytes());
    }
}

template <typename Bytes>
Bytes read_bytes(value_reader& reader) {
    Bytes bytes;
    const std::string_view read = reader.read_bytes(bytes.size());
    std::ranges::transform(read, bytes.begin(), [](char c) { return static_cast<unsigned char>(c); });
    reader.finish();
    return bytes;
}

} // namespace

void codec<inet>::encode(const inet& value, value_writer& writer) {
    write_network(value.address, value.prefix_length, value.is_cidr, writer);
}

inet codec<inet>::decode(const value_view& value) {
    value_reader reader(value);
    const auto family = reader.read<std::uint8_t>();
    inet result;
    result.prefix_length = reader.read<std::uint8_t>();
    result.is_cidr = reader.read<std::uint8_t>() != 0;
    const auto size = reader.read<std::uint8_t>();
    if (family == family_v4 && size == 4 && result.prefix_length <= 32)
        result.address = ip::address_v4(read_bytes<ip::address_v4::bytes_type>(reader));
    else if (family == family_v6 && size == 16 && result.prefix_length <= 128)
        result.address = ip::address_v6(read_bytes<ip::address_v6::bytes_type>(reader));
    else
        detail::senseless();
    return result;
}

void codec<ip::address>::encode(const ip::address& value, value_writer& writer) {
    write_network(value, value.is_v4() ? 32 : 128, false, writer);
}

ip::address codec<ip::address>::decode(const value_view& value) {
    const inet whole = codec<inet>::decode(value);
    if (whole.prefix_length != (whole.address.is_v4() ? 32 : 128))
        throw value_error("the address stands for a network", "read it as coropq::inet");
    return whole.address;
}

void codec<ip::network_v4>::encode(const ip::network_v4& value, value_writer& writer) {
    write_network(value.address(), value.prefix_length(), false, writer);
}

ip::network_v4 codec<ip::network_v4>::decode(const value_view& value) {
    const inet whole = codec<inet>::decode(value);
    if (!whole.address.is_v4())
        wrong_version();
    return {whole.address.to_v4(), whole.prefix_length};
}

void codec<ip::network_v6>::encode(const ip::network_v6& value, value_writer& writer) {
    write_network(value.address(), value.prefix_length(), false, writer);
}

ip::network_v6 codec<ip::network_v6>::decode(const value_view& value) {
    const inet whole = codec<inet>::decode(value);
    if (!whole.address.is_v6())
        wrong_version();
    return {whole.address.to_v6(), whole.prefix_length};
}

void codec<mac_address>::encode(const mac_address& value, value_writer& writer) {
    writer.write_bytes(std::as_bytes(std::span(value.bytes)));
}

mac_address codec<mac_address>::decode(const value_view& value) {
    value_reader reader(value);
    return {read_bytes<std::array<std::uint8_t, 6>>(reader)};
}

void codec<mac_address8>::encode(const mac_address8& value, value_writer& writer) {
    writer.write_bytes(std::as_bytes(std::span(value.bytes)));
}

mac_address8 codec<mac_address8>::decode(const value_view& value) {
    value_reader reader(value);
    return {read_bytes<std::array<std::uint8_t, 8>>(reader)};
}

namespace {

template <std::size_t Size>
std::string hexadecimal(const std::array<std::uint8_t, Size>& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        if (!text.empty())
            text.push_back(':');
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

template <std::size_t Size>
std::size_t hash_of(const std::array<std::uint8_t, Size>& bytes) noexcept {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

} // namespace

std::string to_string(const inet& value) {
    return detail::text_of_binary(value.is_cidr ? type_oid::cidr : type_oid::inet,
                                  [&](value_writer& writer) { codec<inet>::encode(value, writer); });
}
std::string to_string(const mac_address& value) { return hexadecimal(value.bytes); }
std::string to_string(const mac_address8& value) { return hexadecimal(value.bytes); }

std::ostream& operator<<(std::ostream& stream, const inet& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const mac_address& value) { return stream << to_string(value); }
std::ostream& operator<<(std::ostream& stream, const mac_address8& value) { return stream << to_string(value); }

} // namespace coropq

std::size_t std::hash<coropq::mac_address>::operator()(const coropq::mac_address& value) const noexcept {
    return coropq::hash_of(value.bytes);
}
std::size_t std::hash<coropq::mac_address8>::operator()(const coropq::mac_address8& value) const noexcept {
    return coropq::hash_of(value.bytes);
}
