// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/bit_string.hpp>
#include <coropq/types/bytea.hpp>
#include <coropq/types/uuid.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bitset>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace codec_support;
using coropq::bit_string;
namespace type_oid = coropq::type_oid;

TEST(codec_bytea, all_shapes) {
    const std::vector<std::byte> bytes{std::byte(0), std::byte(255), std::byte('x')};
    EXPECT_EQ(hex(encoded(bytes)), "00ff78");
    EXPECT_EQ(hex(encoded(std::span<const std::byte>(bytes))), "00ff78");
    EXPECT_EQ(from_hex<std::vector<std::byte>>("00ff78", type_oid::bytea), bytes);
    EXPECT_EQ(from_text<std::vector<std::byte>>("\\x00ff78", type_oid::bytea), bytes);
    EXPECT_TRUE(from_hex<std::vector<std::byte>>("", type_oid::bytea).empty());
    const std::string raw = unhex("00ff78");
    EXPECT_EQ(decoded<std::span<const std::byte>>(raw, type_oid::bytea).data(), std::as_bytes(std::span(raw)).data());
    using three = std::array<std::byte, 3>;
    EXPECT_EQ(from_hex<three>("00ff78", type_oid::bytea), (three{bytes[0], bytes[1], bytes[2]}));
    EXPECT_THROW(from_hex<three>("00ff", type_oid::bytea), value_error);
    EXPECT_THROW(from_hex<three>("00ff7800", type_oid::bytea), value_error);
    expect_round_trip(std::array<std::byte, 0>());
    expect_total<three>(raw, type_oid::bytea);
}

TEST(codec_uuid, bytes_and_text) {
    const char* const bytes = "a0eebc999c0b4ef8bb6d6bb9bd380a11";
    const auto uuid = from_hex<boost::uuids::uuid>(bytes, type_oid::uuid);
    EXPECT_EQ(hex(encoded(uuid)), bytes);
    EXPECT_EQ(from_text<boost::uuids::uuid>("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", type_oid::uuid), uuid);
    expect_total<boost::uuids::uuid>(unhex(bytes), type_oid::uuid);
}

TEST(codec_bit_string, bits) {
    EXPECT_EQ(hex(encoded(bit_string::parse("101000001"))), "00000009a080");
    EXPECT_EQ(hex(encoded(bit_string())), "00000000");
    EXPECT_EQ(from_hex<bit_string>("00000009a080", type_oid::varbit), bit_string::parse("101000001"));
    EXPECT_EQ(from_text<bit_string>("101000001", type_oid::bit), bit_string::parse("101000001"));
    EXPECT_EQ(to_string(bit_string::parse("0110")), "0110");
    EXPECT_THROW(bit_string::parse("012"), value_error);
    bit_string built;
    for (const bool bit : {true, false, true, false, false, false, false, false, true})
        built.push_back(bit);
    EXPECT_EQ(built, bit_string::parse("101000001"));
    built.set(0, false);
    EXPECT_EQ(to_string(built), "001000001");
    // Bits behind the last one don't count.
    EXPECT_EQ(from_hex<bit_string>("00000003bf", type_oid::varbit), bit_string::parse("101"));
    EXPECT_EQ(encoded(std::bitset<9>("101000001")), encoded(bit_string::parse("101000001")));
    EXPECT_EQ(from_hex<std::bitset<9>>("00000009a080", type_oid::bit).to_string(), "101000001");
    EXPECT_THROW(from_hex<std::bitset<8>>("00000009a080", type_oid::bit), value_error);
    EXPECT_THROW(from_hex<bit_string>("7fffffff00", type_oid::bit), value_error);
    EXPECT_THROW(from_hex<bit_string>("ffffffff", type_oid::bit), value_error);
    expect_round_trip(std::bitset<0>());
    expect_round_trip(std::bitset<64>(12345));
    expect_total<bit_string>(unhex("00000009a080"), type_oid::varbit);
    expect_total<std::bitset<9>>(unhex("00000009a080"), type_oid::varbit);
}

} // namespace
