// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/array.hpp>
#include <coropq/types/bytea.hpp>
#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/scalar_codecs.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A type of an extension, with an OID that only a database knows.
struct vector_element {
    std::int32_t number = 0;
};

template <>
struct coropq::codec<vector_element> {
    static constexpr type_reference type() { return type_reference("audit.number"); }
    static void encode(const vector_element& value, value_writer& writer) { writer.write(value.number); }
};

namespace {

using namespace codec_support;
using coropq::decimal;
using coropq::type_reference;
namespace type_oid = coropq::type_oid;
using strings = std::vector<std::string>;

constexpr std::uint32_t int4_array = 1007;
constexpr std::uint32_t text_array = 1009;
constexpr const char* two_by_two = "000000020000000000000017000000020000000000000002000000050000000400000001"
                                   "000000040000000200000004000000030000000400000004";

TEST(codec_array, writes_the_servers_bytes) {
    using optionals = std::vector<std::optional<int>>;
    const char* const with_null = "00000001000000010000001700000003000000010000000400000001ffffffff0000000400000003";
    EXPECT_EQ(hex(encoded(optionals{1, std::nullopt, 3})), with_null);
    EXPECT_EQ(from_hex<optionals>(with_null, int4_array), (optionals{1, std::nullopt, 3}));
    EXPECT_EQ(hex(encoded(std::vector<int>())), "000000000000000000000017");
    EXPECT_TRUE(from_hex<std::vector<int>>("000000000000000000000017", int4_array).empty());
    EXPECT_THROW(from_hex<std::vector<int>>(with_null, int4_array), value_error);
    EXPECT_EQ(from_hex<std::vector<std::optional<std::string>>>(
                  "0000000100000001000000190000000300000001000000016100000000ffffffff", text_array),
              (std::vector<std::optional<std::string>>{"a", "", std::nullopt}));

    const coropq::array<int> whole{{{2, 0}, {2, 5}}, {1, 2, 3, 4}};
    EXPECT_EQ(hex(encoded(whole)), two_by_two);
    EXPECT_EQ(from_hex<coropq::array<int>>(two_by_two, int4_array), whole);
    EXPECT_EQ(from_text<coropq::array<int>>("[0:1][5:6]={{1,2},{3,4}}", int4_array), whole);
    EXPECT_EQ(from_hex<std::vector<std::vector<int>>>(two_by_two, int4_array),
              (std::vector<std::vector<int>>{{1, 2}, {3, 4}}));
}

TEST(codec_array, types) {
    EXPECT_EQ(codec<std::vector<bool>>::type(), type_reference(1000));
    EXPECT_EQ(codec<std::vector<std::optional<decimal>>>::type(), type_reference(1231));
    EXPECT_EQ((codec<std::array<std::array<double, 2>, 2>>::type()), type_reference(1022));
    EXPECT_EQ(codec<std::vector<std::chrono::sys_seconds>>::type(), type_reference(1185));
    EXPECT_EQ(codec<std::vector<std::vector<std::byte>>>::type(), type_reference(1001));
    EXPECT_TRUE(codec<strings>::type().is_untyped());
    EXPECT_EQ(codec<std::vector<vector_element>>::type(), type_reference("audit.number[]"));
    static_assert(coropq::detail::decodable<std::vector<std::string_view>>);
    static_assert(coropq::detail::is_view<std::vector<std::string_view>> && !coropq::detail::is_view<strings>);
    static_assert(!coropq::detail::decodable<std::vector<vector_element>>);
    static_assert(!coropq::detail::decodable<std::vector<void*>> && !coropq::detail::encodable<std::vector<char>>);
    // PostgreSQL has no arrays with NULL in the place of an array.
    static_assert(!coropq::detail::decodable<std::vector<std::optional<std::vector<int>>>>);
    const auto& types = coropq::type_catalog::built_in();
    EXPECT_TRUE(codec<std::vector<int>>::accepts(int4_array, types));
    EXPECT_TRUE(codec<std::vector<int>>::accepts(type_oid::int2vector, types));
    EXPECT_FALSE(codec<std::vector<int>>::accepts(text_array, types));
    EXPECT_FALSE(codec<std::vector<int>>::accepts(type_oid::int4, types));
}

TEST(codec_array, round_trips) {
    expect_round_trip(std::vector<bool>{true, false, true});
    expect_round_trip(coropq::array<bool>{{{2, -1}}, {true, false}});
    expect_round_trip(std::vector<std::vector<std::vector<std::int64_t>>>{{{1, 2}, {3, 4}, {5, 6}}});
    expect_round_trip(std::array<std::vector<decimal>, 2>{{{decimal(1)}, {decimal(2)}}});
    expect_round_trip(std::vector<std::vector<std::byte>>{{std::byte(1)}, {}});
    expect_round_trip(std::vector<std::array<std::byte, 2>>{{std::byte(1), std::byte(2)}});
    expect_round_trip(std::array<int, 0>());
    expect_round_trip(std::vector<std::vector<int>>());
}

TEST(codec_array, text_is_written_as_a_literal) {
    const auto literal = [](const auto& value) { return encoded(value); };
    EXPECT_EQ(literal(strings{"a", "", "NULL", "x\"y\\z", "{,}"}), R"({"a","","NULL","x\"y\\z","{,}"})");
    EXPECT_EQ(literal(strings()), "{}");
    EXPECT_EQ(literal(std::vector<strings>{{"a"}, {"b"}}), R"({{"a"},{"b"}})");
    EXPECT_EQ(literal(std::vector<strings>{{}, {}}), "{}");
    EXPECT_EQ(literal(std::vector<std::optional<std::string>>{std::nullopt, "b"}), R"({NULL,"b"})");
    EXPECT_EQ(literal(std::vector<const char*>{nullptr, "b"}), R"({NULL,"b"})");
    EXPECT_EQ(literal(coropq::array<std::string>{{{2, 0}, {1, -5}}, {"a", "b"}}), R"([0:1][-5:-5]={{"a"},{"b"}})");
    EXPECT_THROW(literal(strings{std::string("a\0b", 3)}), value_error);
    // And the library reads it.
    const std::vector<std::vector<std::optional<std::string>>> nested{{"a\"\\", std::nullopt}, {"", "null"}};
    EXPECT_EQ((from_text<std::vector<std::vector<std::optional<std::string>>>>(literal(nested), text_array)), nested);
    EXPECT_EQ(from_text<strings>("{a,b}", type_oid::unknown_type), (strings{"a", "b"}));
    EXPECT_EQ(from_text<std::vector<int>>("1 2", type_oid::int2vector), (std::vector<int>{1, 2}));
}

TEST(codec_array, types_with_a_name_are_filled_in_later) {
    std::string bytes;
    value_writer writer(bytes);
    codec<std::vector<vector_element>>::encode({{7}}, writer);
    ASSERT_EQ(writer.pending_types().size(), 1U);
    EXPECT_EQ(writer.pending_types()[0].position, 8U);
    EXPECT_EQ(writer.pending_types()[0].name, "audit.number");
    EXPECT_EQ(hex(bytes), "00000001000000000000000000000001000000010000000400000007");
}

TEST(codec_array, shapes_that_do_not_fit) {
    using nested = std::vector<std::vector<int>>;
    EXPECT_THROW(encoded(nested{{1, 2}, {3}}), value_error);
    EXPECT_THROW(encoded(nested{{}, {3}}), value_error);
    EXPECT_THROW(encoded(std::vector<strings>{{"a"}, {}}), value_error);
    EXPECT_THROW(encoded(coropq::array<int>{{{3, 1}}, {1, 2}}), value_error);
    EXPECT_THROW(encoded(coropq::array<int>{{}, {1}}), value_error);
    EXPECT_THROW(encoded(coropq::array<int>{{{-1, 1}, {-1, 1}}, {1}}), value_error);
    EXPECT_THROW(encoded(coropq::array<int>{{{1, std::numeric_limits<std::int32_t>::max()}}, {1}}), value_error);
    EXPECT_THROW(encoded(coropq::array<int>{std::vector<coropq::array_dimension>(7, {1, 1}), {1}}), value_error);
    EXPECT_THROW(encoded(std::vector<std::uint64_t>{1, ~std::uint64_t(0)}), value_error);
    EXPECT_EQ(encoded(std::vector<std::uint64_t>{1}), encoded(std::vector<std::int64_t>{1}));
    try {
        from_hex<std::vector<int>>(two_by_two, int4_array);
        ADD_FAILURE() << "two dimensions fit into one";
    } catch (const value_error& error) {
        EXPECT_NE(std::string(error.hint()).find("coropq::array"), std::string::npos) << error.hint();
    }
    EXPECT_THROW(decoded<nested>(encoded(std::vector<int>{1}), int4_array), value_error);
    EXPECT_THROW((decoded<std::array<int, 2>>(encoded(std::vector<int>{1}), int4_array)), value_error);
    EXPECT_THROW((decoded<std::array<int, 2>>(encoded(std::vector<int>()), int4_array)), value_error);
    // The elements say which type they have.
    EXPECT_THROW(decoded<std::vector<int>>(encoded(std::vector<double>{1}), int4_array), value_error);
}

TEST(codec_array, any_bytes_are_a_value_or_an_error) {
    expect_total<std::vector<std::optional<int>>>(encoded(std::vector<int>{1, 2, 3}), int4_array);
    expect_total<coropq::array<std::string>>(unhex(two_by_two), int4_array);
    expect_total<std::vector<std::vector<decimal>>>(unhex(two_by_two), int4_array);
    expect_total<std::array<std::array<int, 2>, 2>>(unhex(two_by_two), int4_array);
    // Many more elements than bytes, so that their product would overflow, and more dimensions than there are
    EXPECT_THROW(from_hex<coropq::array<int>>("00000002000000000000001740000000000000014000000000000001", int4_array),
                 value_error);
    EXPECT_THROW(from_hex<coropq::array<int>>("0000000100000000000000177fffffff00000001", int4_array), value_error);
    EXPECT_THROW(from_hex<coropq::array<int>>("000000070000000000000017" + std::string(7 * 16, '0'), int4_array),
                 value_error);
    EXPECT_THROW(from_hex<coropq::array<int>>("00000001000000000000001780000000"
                                              "00000001",
                                              int4_array),
                 value_error);
}

} // namespace
