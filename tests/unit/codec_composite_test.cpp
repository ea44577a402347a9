// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/array.hpp>
#include <coropq/types/composite.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/enumeration.hpp>
#include <coropq/types/scalar_codecs.hpp>
#include <coropq/types/variant.hpp>

#include "codec_support.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace shop {

enum class mood : signed char { sad = -1, ok, very_happy };
BOOST_DESCRIBE_ENUM(mood, sad, ok, very_happy)

struct identified {
    int id = 0;
    friend bool operator==(const identified&, const identified&) = default;
};
BOOST_DESCRIBE_STRUCT(identified, (), (id))

struct address : identified {
    std::string streetName;
    std::optional<int> number;
    friend bool operator==(const address&, const address&) = default;
};
BOOST_DESCRIBE_STRUCT(address, (identified), (streetName, number))

struct customer {
    std::string name;
    mood current_mood = mood::ok;
    std::vector<address> addresses;
    friend bool operator==(const customer&, const customer&) = default;
};
BOOST_DESCRIBE_STRUCT(customer, (), (name, current_mood, addresses))

struct unreadable {
    void* pointer = nullptr;
};
BOOST_DESCRIBE_STRUCT(unreadable, (), (pointer))

struct nothing {
    friend bool operator==(const nothing&, const nothing&) = default;
};
BOOST_DESCRIBE_STRUCT(nothing, (), ())

} // namespace shop

template <>
struct coropq::enum_labels<shop::mood> {
    static constexpr std::array renames{coropq::enum_label{shop::mood::very_happy, "very happy"}};
};
template <>
struct coropq::type_name<shop::mood> {
    static constexpr std::string_view value = "shop.mood";
};
template <>
struct coropq::column_names<shop::customer> {
    static constexpr std::array renames{coropq::column_name{"name", "full name"}};
};

namespace {

using namespace codec_support;
using coropq::type_description;
using coropq::type_kind;
using coropq::type_reference;
using shop::address;
using shop::customer;
using shop::mood;
namespace type_oid = coropq::type_oid;

constexpr std::uint32_t mood_type = 20000;
constexpr std::uint32_t address_type = 20002;
constexpr std::uint32_t address_array = 20003;
constexpr std::uint32_t customer_type = 20004;

type_description describe(std::uint32_t oid, std::string name, type_kind kind) {
    type_description description;
    description.oid = oid;
    description.name = std::move(name);
    description.kind = kind;
    return description;
}

std::shared_ptr<const type_catalog> shop_types() {
    std::vector<type_description> types{describe(mood_type, "mood", type_kind::enumeration),
                                        describe(address_type, "address", type_kind::composite),
                                        describe(address_array, "address[]", type_kind::array),
                                        describe(customer_type, "customer", type_kind::composite)};
    types[0].has_text_bytes = types[0].is_binary = true;
    types[1].attributes = {{"remark", type_oid::text},
                           {"number", type_oid::int4},
                           {"street_name", type_oid::text},
                           {"id", type_oid::int8}};
    types[2].element = address_type;
    types[3].attributes = {{"full name", type_oid::varchar}, {"addresses", address_array}, {"current_mood", mood_type}};
    return type_catalog::built_in().with(std::move(types));
}

const customer ada{"Ada \"x\"", mood::very_happy, {{{1}, "A (b), c\\", 5}, {{2}, "", std::nullopt}}};

TEST(codec_composite, attributes_are_found_by_name) {
    const auto types = shop_types();
    const char* const text =
        R"x(("Ada ""x""","{""(r,5,\\""A (b), c\\\\\\\\\\"",1)"",""(,,\\""\\"",2)""}","very happy"))x";
    EXPECT_TRUE(codec<customer>::accepts(customer_type, *types));
    EXPECT_EQ(decoded<customer>(text, customer_type, wire_format::text, *types), ada);
    std::string binary;
    coropq::detail::text_to_binary(*types, customer_type, text, binary);
    EXPECT_EQ(decoded<customer>(binary, customer_type, wire_format::binary, *types), ada);
    expect_total<customer>(binary, customer_type, *types);
}

TEST(codec_composite, types_that_do_not_fit) {
    std::vector<type_description> changed{describe(address_type, "address", type_kind::composite)};
    changed[0].attributes = {{"number", type_oid::int4}, {"street_name", type_oid::text}, {"id", type_oid::text}};
    auto types = shop_types()->with(changed);
    EXPECT_FALSE(codec<address>::accepts(address_type, *types)); // text isn't an int
    changed[0].attributes = {{"number", type_oid::int4}, {"street_name", type_oid::text}};
    types = shop_types()->with(changed);
    EXPECT_TRUE(codec<address>::accepts(address_type, *types));
    EXPECT_THROW(decoded<address>("(1,x)", address_type, wire_format::text, *types), value_error); // no id
    EXPECT_FALSE(codec<address>::accepts(type_oid::int4, *types));
}

TEST(codec_composite, records_go_by_position) {
    const char* const bytes = "0000000300000017000000040000000100000019000000017800000017ffffffff";
    using row = std::tuple<int, std::string_view, std::optional<int>>;
    const std::string owned = unhex(bytes); // the row has a view of it
    EXPECT_EQ(decoded<row>(owned, type_oid::record), (row{1, "x", std::nullopt}));
    EXPECT_EQ(from_hex<address>(bytes, type_oid::record), (address{{1}, "x", std::nullopt}));
    EXPECT_EQ(from_text<address>("(1,x,)", type_oid::record), (address{{1}, "x", std::nullopt}));
    EXPECT_EQ((from_text<std::pair<coropq::decimal, mood>>("(1.50,\"very happy\")", type_oid::record)),
              (std::pair(coropq::decimal::parse("1.5"), mood::very_happy)));
    EXPECT_THROW((from_hex<std::pair<int, std::string>>(bytes, type_oid::record)), value_error);
    EXPECT_THROW((from_hex<std::tuple<int, std::string, int>>(bytes, type_oid::record)), value_error);        // NULL
    EXPECT_THROW((from_hex<std::tuple<int, int, std::optional<int>>>(bytes, type_oid::record)), value_error); // text
    expect_total<row>(unhex(bytes), type_oid::record);
    expect_total<address>(unhex(bytes), type_oid::record);
}

TEST(codec_composite, parameters_are_row_literals) {
    EXPECT_EQ(encoded(address{{1}, "A \"b\"\\", std::nullopt}), R"(("1","A ""b""\\",))");
    EXPECT_EQ(encoded(shop::nothing()), "()");
    EXPECT_EQ(encoded(std::tuple(true, std::string(), coropq::decimal::parse("1.50"))), R"(("t","","1.50"))");
    EXPECT_TRUE(codec<address>::type().is_untyped());
    EXPECT_EQ(from_text<address>(encoded(ada.addresses[0]), type_oid::record), ada.addresses[0]);
    EXPECT_EQ(from_text<customer>(encoded(ada), type_oid::record), ada);
    static_assert(!coropq::detail::encodable<shop::unreadable> && !coropq::detail::decodable<shop::unreadable>);
    static_assert(!coropq::detail::decodable<std::vector<shop::unreadable>>);
    static_assert(coropq::detail::is_view<std::tuple<int, std::string_view>> && !coropq::detail::is_view<customer>);
}

TEST(codec_enumeration, labels) {
    EXPECT_EQ(encoded(mood::sad), "sad");
    EXPECT_EQ(encoded(mood::very_happy), "very happy");
    EXPECT_EQ(codec<mood>::type(), type_reference("shop.mood"));
    EXPECT_EQ(codec<std::vector<mood>>::type(), type_reference("shop.mood[]"));
    EXPECT_EQ(encoded(std::vector<mood>{mood::sad, mood::very_happy}), R"({"sad","very happy"})");
    EXPECT_EQ(decoded<mood>("very happy", type_oid::text), mood::very_happy);
    EXPECT_EQ(decoded<mood>("sad", mood_type, wire_format::binary, *shop_types()), mood::sad);
    EXPECT_EQ(from_text<mood>("ok", type_oid::unknown_type), mood::ok);
    EXPECT_TRUE(codec<mood>::accepts(mood_type, *shop_types()));
    EXPECT_FALSE(codec<mood>::accepts(type_oid::int4, *shop_types()));
    for (const char* label : {"", "Sad", "very_happy", "very happy ", "angry"})
        EXPECT_THROW(decoded<mood>(label, type_oid::text), value_error) << label;
    EXPECT_THROW(encoded(static_cast<mood>(7)), value_error);
}

TEST(codec_variant, the_held_alternative_is_written) {
    using numbers = std::variant<int, double>;
    EXPECT_EQ(codec<numbers>::type_of(numbers(1)), type_reference(type_oid::int4));
    EXPECT_EQ(codec<numbers>::type_of(numbers(1.5)), type_reference(type_oid::float8));
    EXPECT_EQ(encoded(numbers(1)), encoded(1));
    using mixed = std::variant<std::monostate, int, std::string>;
    static_assert(codec<numbers>::format == wire_format::binary && codec<mixed>::format == wire_format::text);
    EXPECT_EQ(encoded(mixed(-7)), "-7");
    EXPECT_EQ(encoded(mixed("x")), "x");
    EXPECT_TRUE(codec<mixed>::is_null(mixed()));
    EXPECT_FALSE(codec<mixed>::is_null(mixed(0)));
    EXPECT_EQ(encoded(std::vector<mixed>{mixed(), mixed(1), mixed("b")}), R"({NULL,"1","b"})");
}

TEST(codec_variant, the_first_alternative_that_fits_is_read) {
    using mixed = std::variant<std::monostate, int, coropq::decimal, std::string>;
    EXPECT_EQ(from_hex<mixed>("00000007", type_oid::int4), mixed(7));
    EXPECT_EQ(from_text<mixed>("7", type_oid::int4), mixed(7));
    EXPECT_EQ(from_text<mixed>("1.5", type_oid::numeric), mixed(coropq::decimal::parse("1.5")));
    EXPECT_EQ(from_hex<mixed>("01", type_oid::boolean), mixed("t"));
    EXPECT_EQ(codec<mixed>::null(), mixed());
    using pair = std::pair<mixed, mixed>;
    EXPECT_EQ(from_hex<pair>("000000020000001700000004000000010000"
                             "0019ffffffff",
                             type_oid::record),
              (pair(1, {})));
    using numbers = std::variant<int, double>;
    EXPECT_FALSE(codec<numbers>::accepts(type_oid::text, type_catalog::built_in()));
    EXPECT_THROW(from_hex<numbers>("78", type_oid::text), value_error);
    EXPECT_EQ(decoded<std::monostate>("", type_oid::void_type), std::monostate());
    expect_total<mixed>(encoded(coropq::decimal::parse("-1.5")), type_oid::numeric);
}

} // namespace
