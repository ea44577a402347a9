// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/identifiers.hpp>
#include <coropq/types/money.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace {

using namespace codec_support;
using coropq::money;
namespace type_oid = coropq::type_oid;

TEST(codec_identifiers, bytes_and_text) {
    EXPECT_EQ(hex(encoded(coropq::tid{7, 3})), "000000070003");
    EXPECT_EQ(to_string(coropq::tid{7, 3}), "(7,3)");
    EXPECT_EQ(hex(encoded(coropq::pg_lsn{0x16B374D848})), "00000016b374d848");
    EXPECT_EQ(to_string(coropq::pg_lsn{0x16B374D848}), "16/B374D848");
    EXPECT_EQ(to_string(coropq::pg_lsn{0}), "0/0");
    EXPECT_EQ(to_string(coropq::pg_lsn{~std::uint64_t(0)}), "FFFFFFFF/FFFFFFFF");
    EXPECT_EQ(hex(encoded(coropq::xid8{5'000'000'000})), "000000012a05f200");
    EXPECT_EQ(to_string(coropq::oid{4294967295}), "4294967295");
    EXPECT_EQ(from_text<coropq::tid>("(7,3)", type_oid::tid), (coropq::tid{7, 3}));
    EXPECT_EQ(from_text<coropq::pg_lsn>("16/B374D848", type_oid::pg_lsn), coropq::pg_lsn{0x16B374D848});
    EXPECT_EQ(from_text<coropq::xid8>("5000000000", type_oid::xid8), coropq::xid8{5'000'000'000});
    expect_round_trip(coropq::oid{4294967295});
    expect_round_trip(coropq::xid{7});
    expect_total<coropq::oid>(encoded(coropq::oid{1}), type_oid::oid);
    expect_total<coropq::tid>(encoded(coropq::tid{7, 3}), type_oid::tid);
    expect_total<coropq::pg_lsn>(encoded(coropq::pg_lsn{7}), type_oid::pg_lsn);
}

TEST(codec_char, one_byte) {
    for (int byte = 0; byte != 256; ++byte)
        expect_round_trip(static_cast<char>(static_cast<unsigned char>(byte)));
    EXPECT_EQ(from_text<char>("", type_oid::char_type), '\0');
    EXPECT_EQ(from_text<char>("\\377", type_oid::char_type), '\xFF');
    EXPECT_EQ(from_text<char>("\\", type_oid::char_type), '\\');
    EXPECT_EQ(decoded<char>("x", type_oid::bpchar), 'x');
    for (const char* text : {"\\400", "\\38x", "xy", "\\-12"})
        EXPECT_THROW(from_text<char>(text, type_oid::char_type), value_error) << text;
    EXPECT_THROW(decoded<char>("", type_oid::bpchar), value_error);
    EXPECT_THROW(decoded<char>("\\377", type_oid::bpchar), value_error);
}

TEST(codec_money, text_of_any_locale) {
    EXPECT_EQ(hex(encoded(money{-1234})), "fffffffffffffb2e");
    EXPECT_EQ(from_hex<money>("fffffffffffffb2e", type_oid::money), money{-1234});
    for (const char* text : {"-$12.34", "($12.34)", "-12,34 \u20ac", "\u20ac -12,34", "12.34-"})
        EXPECT_EQ(from_text<money>(text, type_oid::money), money{-1234}) << text;
    EXPECT_EQ(from_text<money>("$1,234,567.89", type_oid::money), money{123456789});
    EXPECT_EQ(from_text<money>("\u00a51234", type_oid::money), money{1234});
    EXPECT_EQ(from_text<money>("$0.00", type_oid::money), money{0});
    EXPECT_EQ(from_text<money>("-$92,233,720,368,547,758.08", type_oid::money),
              money{std::numeric_limits<std::int64_t>::min()});
    EXPECT_THROW(from_text<money>("$92,233,720,368,547,758.08", type_oid::money), value_error);
    EXPECT_THROW(from_text<money>("$999,999,999,999,999,999.99", type_oid::money), value_error);
    EXPECT_THROW(from_text<money>("$", type_oid::money), value_error);
    expect_total<money>(encoded(money{1}), type_oid::money);
}

} // namespace
