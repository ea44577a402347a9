// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_NETWORK_HPP
#define COROPQ_TYPES_NETWORK_HPP

#include <coropq/detail/one_type.hpp>
#include <coropq/types/codec.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace coropq {

/// An address with the length of its network's prefix, as PostgreSQL's inet and cidr.
struct inet {
    boost::asio::ip::address address; ///< Without a scope.
    std::uint8_t prefix_length = 32;  ///< Up to 32 (version 4) or 128 (version 6); then it stands for one host.
    bool is_cidr = false;             ///< A network, whose other bits are 0. As a parameter, it has the type cidr then.

    friend bool operator==(const inet&, const inet&) = default;
    friend std::strong_ordering operator<=>(const inet&, const inet&) = default;
};

/// A hardware address of 6 bytes.
struct mac_address {
    std::array<std::uint8_t, 6> bytes{};

    friend constexpr auto operator<=>(const mac_address&, const mac_address&) noexcept = default;
};

/// A hardware address of 8 bytes (EUI-64).
struct mac_address8 {
    std::array<std::uint8_t, 8> bytes{};

    friend constexpr auto operator<=>(const mac_address8&, const mac_address8&) noexcept = default;
};

/// The server's text: `10.0.0.1`, `10.0.0.0/8`, `08:00:2b:01:02:03`.
std::string to_string(const inet& value);
std::string to_string(const mac_address& value);
std::string to_string(const mac_address8& value);
std::ostream& operator<<(std::ostream& stream, const inet& value);
std::ostream& operator<<(std::ostream& stream, const mac_address& value);
std::ostream& operator<<(std::ostream& stream, const mac_address8& value);

namespace detail {

struct network_codec {
    static constexpr type_reference type() { return type_oid::inet; }
    static bool accepts(std::uint32_t type, const type_catalog&) {
        return type == type_oid::inet || type == type_oid::cidr;
    }
};

} // namespace detail

/// coropq::inet ↔ inet, cidr
template <>
struct codec<inet> : detail::network_codec {
    static type_reference type_of(const inet& value) { return value.is_cidr ? type_oid::cidr : type_oid::inet; }
    static void encode(const inet& value, value_writer& writer);
    static inet decode(const value_view& value);
};

/// boost::asio::ip::address ↔ inet; what is read must be one host: the netmask isn't there or is the full one
template <>
struct codec<boost::asio::ip::address> : detail::network_codec {
    static void encode(const boost::asio::ip::address& value, value_writer& writer);
    static boost::asio::ip::address decode(const value_view& value);
};

/// boost::asio::ip::network_v4 ↔ inet, which keeps the bits of the host; also reads cidr
template <>
struct codec<boost::asio::ip::network_v4> : detail::network_codec {
    static void encode(const boost::asio::ip::network_v4& value, value_writer& writer);
    static boost::asio::ip::network_v4 decode(const value_view& value);
};

/// boost::asio::ip::network_v6 ↔ inet, which keeps the bits of the host; also reads cidr
template <>
struct codec<boost::asio::ip::network_v6> : detail::network_codec {
    static void encode(const boost::asio::ip::network_v6& value, value_writer& writer);
    static boost::asio::ip::network_v6 decode(const value_view& value);
};

/// mac_address ↔ macaddr
template <>
struct codec<mac_address> : detail::one_type<type_oid::macaddr> {
    static void encode(const mac_address& value, value_writer& writer);
    static mac_address decode(const value_view& value);
};

/// mac_address8 ↔ macaddr8
template <>
struct codec<mac_address8> : detail::one_type<type_oid::macaddr8> {
    static void encode(const mac_address8& value, value_writer& writer);
    static mac_address8 decode(const value_view& value);
};

} // namespace coropq

template <>
struct std::hash<coropq::inet> {
    std::size_t operator()(const coropq::inet& value) const noexcept {
        return (std::hash<boost::asio::ip::address>()(value.address) * 131 + value.prefix_length) * 2 +
               static_cast<std::size_t>(value.is_cidr);
    }
};
template <>
struct std::hash<coropq::mac_address> {
    std::size_t operator()(const coropq::mac_address& value) const noexcept;
};
template <>
struct std::hash<coropq::mac_address8> {
    std::size_t operator()(const coropq::mac_address8& value) const noexcept;
};

#endif
