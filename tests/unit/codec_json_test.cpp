// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/hstore.hpp>
#include <coropq/types/json.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace {

using namespace codec_support;
using coropq::hstore;
using coropq::type_reference;
namespace type_oid = coropq::type_oid;

TEST(codec_json, values) {
    using boost::json::value;
    const value object{{"a", 1}};
    EXPECT_EQ(codec<value>::type(), type_reference(type_oid::jsonb));
    EXPECT_EQ(encoded(object), "\1{\"a\":1}");
    EXPECT_EQ(from_hex<value>("017b2261223a20317d", type_oid::jsonb), object);
    EXPECT_EQ(from_text<value>("{\"a\": 1}", type_oid::jsonb), object);
    EXPECT_EQ(from_text<value>("{\"a\": 1}", type_oid::json), object);
    EXPECT_EQ(decoded<value>("{\"a\": 1}", type_oid::json), object);
    EXPECT_EQ(from_text<value>("null", type_oid::jsonb), value(nullptr));
    EXPECT_NO_THROW(from_text<value>(std::string(900, '[') + std::string(900, ']'), type_oid::json));
    EXPECT_THROW(from_text<value>(std::string(100000, '[') + std::string(100000, ']'), type_oid::json), value_error);
    EXPECT_THROW(from_text<value>("{\"a\"", type_oid::jsonb), value_error);
    EXPECT_THROW(from_text<value>("", type_oid::jsonb), value_error);
    EXPECT_THROW(from_hex<value>("027b7d", type_oid::jsonb), value_error);
    EXPECT_THROW(encoded(value{{"a", {1, std::nan("")}}}), value_error);
    EXPECT_THROW(encoded(value(HUGE_VAL)), value_error);
    expect_round_trip(value{{"text", std::string(10000, 'x')}, {"list", {1, -2.5, nullptr, true}}});
    expect_total<value>(encoded(object), type_oid::jsonb);
}

TEST(codec_hstore, keys_and_values) {
    constexpr std::uint32_t type = 20010;
    coropq::type_description description;
    description.oid = type;
    description.name = "hstore";
    description.kind = coropq::type_kind::base;
    description.is_binary = true;
    description.is_hstore = true;
    const auto types = type_catalog::built_in().with({description});
    const hstore value{{"a", "1"}, {"b", std::nullopt}};
    EXPECT_EQ(
        decoded<hstore>(unhex("00000002000000016100000001310000000162ffffffff"), type, wire_format::binary, *types),
        value);
    EXPECT_EQ(decoded<hstore>("\"a\"=>\"1\", \"b\"=>NULL", type, wire_format::text, *types), value);
    EXPECT_EQ(codec<hstore>::type(), type_reference("hstore"));
    EXPECT_EQ(encoded(value), R"("a"=>"1","b"=>NULL)");
    const hstore odd{{"", "NULL"}, {"x\"y\\", "=>,"}};
    EXPECT_EQ(encoded(odd), R"(""=>"NULL","x\"y\\"=>"=>,")");
    EXPECT_EQ(decoded<hstore>(encoded(odd), type, wire_format::text, *types), odd);
    EXPECT_THROW(encoded(hstore{{std::string("a\0", 2), ""}}), value_error);
    EXPECT_TRUE(codec<hstore>::accepts(type, *types));
    EXPECT_FALSE(codec<hstore>::accepts(type_oid::text, *types));
    expect_total<hstore>(unhex("00000002000000016100000001310000000162ffffffff"), type, *types);
}

} // namespace
