// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/network.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace {

using namespace codec_support;
using coropq::inet;
using coropq::type_reference;
namespace ip = boost::asio::ip;
namespace type_oid = coropq::type_oid;

TEST(codec_network, addresses) {
    const std::pair<inet, const char*> known[] = {
        {{ip::make_address("10.1.2.3"), 32, false}, "022000040a010203"},
        {{ip::make_address("10.1.2.3"), 8, false}, "020800040a010203"},
        {{ip::make_address("10.0.0.0"), 8, true}, "020801040a000000"},
        {{ip::make_address("2001:db8::1"), 128, false}, "0380001020010db8000000000000000000000001"},
    };
    const char* const texts[] = {"10.1.2.3", "10.1.2.3/8", "10.0.0.0/8", "2001:db8::1"};
    for (std::size_t i = 0; i != std::size(known); ++i) {
        const auto& [value, bytes] = known[i];
        const std::uint32_t type = value.is_cidr ? type_oid::cidr : type_oid::inet;
        EXPECT_EQ(codec<inet>::type_of(value), type_reference(type));
        EXPECT_EQ(hex(encoded(value)), bytes);
        EXPECT_EQ(from_hex<inet>(bytes, type), value);
        EXPECT_EQ(to_string(value), texts[i]);
        EXPECT_EQ(from_text<inet>(texts[i], type), value);
        expect_total<inet>(unhex(bytes), type);
    }
    EXPECT_EQ(from_hex<ip::address>(known[0].second, type_oid::inet), known[0].first.address);
    EXPECT_THROW(from_hex<ip::address>(known[1].second, type_oid::inet), value_error);
    EXPECT_EQ(from_hex<ip::network_v4>(known[1].second, type_oid::inet), ip::make_network_v4("10.1.2.3/8"));
    EXPECT_THROW(from_hex<ip::network_v4>(known[3].second, type_oid::inet), value_error);
    EXPECT_THROW(from_hex<ip::network_v6>(known[0].second, type_oid::inet), value_error);
    expect_round_trip(ip::make_address("::ffff:10.0.0.1"));
    expect_round_trip(ip::make_network_v6("2001:db8::1/32"));
    expect_round_trip(ip::make_network_v4("10.1.2.3/0"));
    EXPECT_THROW(encoded(ip::make_address("fe80::1%7")), value_error);
    EXPECT_THROW(encoded(inet{ip::make_address("10.1.2.3"), 33}), value_error);
    EXPECT_THROW(from_hex<inet>("022100040a010203", type_oid::inet), value_error);
}

TEST(codec_network, hardware_addresses) {
    const coropq::mac_address six{{0x08, 0x00, 0x2b, 0x01, 0x02, 0x03}};
    EXPECT_EQ(hex(encoded(six)), "08002b010203");
    EXPECT_EQ(to_string(six), "08:00:2b:01:02:03");
    EXPECT_EQ(from_text<coropq::mac_address>("08:00:2b:01:02:03", type_oid::macaddr), six);
    const coropq::mac_address8 eight{{0x08, 0x00, 0x2b, 0x01, 0x02, 0x03, 0x04, 0x05}};
    EXPECT_EQ(hex(encoded(eight)), "08002b0102030405");
    EXPECT_EQ(to_string(eight), "08:00:2b:01:02:03:04:05");
    EXPECT_EQ(from_text<coropq::mac_address8>("08:00:2b:01:02:03:04:05", type_oid::macaddr8), eight);
    expect_total<coropq::mac_address>(encoded(six), type_oid::macaddr);
    expect_total<coropq::mac_address8>(encoded(eight), type_oid::macaddr8);
}

} // namespace
