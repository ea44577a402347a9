// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Between the server's text and binary forms, without a server: edge values that were written down by hand, text that
// no setting of a server makes, and bytes that make no sense. Thousands of values are compared with a server's
// elsewhere.

#include "type_text_examples.hpp"

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace {

using namespace coropq::test;
namespace type_oid = coropq::type_oid;

std::string to_text(std::uint32_t type, std::string_view binary) {
    std::string text;
    coropq::detail::binary_to_text(example_types(), type, binary, text);
    return text;
}

std::string to_binary(std::uint32_t type, std::string_view text) {
    std::string binary;
    coropq::detail::text_to_binary(example_types(), type, text, binary);
    return binary;
}

std::string message(std::uint32_t type, std::string_view text) {
    return example_types().name_of(type) + ": " + std::string(text.substr(0, 100));
}

// A value or a value_error; everything else, and what the sanitizers find, fails.
void read_hostile(std::uint32_t type, std::string_view bytes) {
    try {
        to_text(type, bytes);
    } catch (const coropq::value_error&) {
    }
}

void read_hostile_text(std::uint32_t type, std::string_view text) {
    try {
        to_binary(type, text);
    } catch (const coropq::value_error&) {
    }
}

// --- values ---

TEST(examples, are_the_same_in_both_forms) {
    for (const example& it : examples()) {
        EXPECT_NO_THROW({
            EXPECT_EQ(to_text(it.type, from_hex(it.binary)), it.text) << message(it.type, it.text);
            EXPECT_EQ(to_hex(to_binary(it.type, it.text)), to_hex(from_hex(it.binary))) << message(it.type, it.text);
        }) << message(it.type, it.text);
    }
}

TEST(examples, are_appended) {
    std::string text = "before ", binary = "before ";
    coropq::detail::binary_to_text(example_types(), 1007, to_binary(1007, "{1,2}"), text);
    coropq::detail::text_to_binary(example_types(), type_oid::int2, "258", binary);
    coropq::detail::text_to_binary(example_types(), type_oid::numeric, "1.5", binary);
    EXPECT_EQ(text, "before {1,2}");
    EXPECT_EQ(to_hex(binary), to_hex("before " + from_hex("0102 0002 0000 0000 0001 0001 1388")));
}

TEST(other_spellings, mean_the_same) {
    for (const spelling& it : other_spellings())
        EXPECT_NO_THROW({
            EXPECT_EQ(to_hex(to_binary(it.type, it.text)), to_hex(to_binary(it.type, it.same_as)))
                << message(it.type, it.text);
        }) << message(it.type, it.text);
}

TEST(senseless_text, is_an_error) {
    for (const bad_text& it : bad_texts())
        EXPECT_THROW(to_binary(it.type, it.text), coropq::value_error) << message(it.type, it.text);
}

TEST(senseless_bytes, are_an_error) {
    for (const bad_bytes& it : bad_binaries())
        EXPECT_THROW(to_text(it.type, from_hex(it.bytes)), coropq::value_error) << message(it.type, it.bytes);
}

TEST(numbers_that_are_too_large, are_out_of_range) {
    for (const auto& [type, text] : {std::pair{type_oid::int2, "32768"},
                                     {type_oid::int4, "99999999999"},
                                     {type_oid::int8, "9223372036854775808"},
                                     {type_oid::oid, "4294967296"},
                                     {type_oid::float4, "1e39"},
                                     {type_oid::float8, "1e400"},
                                     {type_oid::date, "5874898-06-03"},
                                     {type_oid::timestamp, "294277-01-01 00:00:00"},
                                     {type_oid::interval, "178956971 years"}}) {
        try {
            to_binary(type, text);
            ADD_FAILURE() << message(type, text);
        } catch (const coropq::value_error& error) {
            EXPECT_EQ(error.kind(), coropq::value_error::problem::out_of_range) << message(type, text);
        }
    }
}

TEST(styles_that_are_not_read, are_named_in_a_hint) {
    for (const char* const text : {"04.07.2026", "07/04/2026", "07-04-2026"}) {
        try {
            to_binary(type_oid::date, text);
            ADD_FAILURE() << text;
        } catch (const coropq::value_error& error) {
            EXPECT_STREQ(error.hint(), "set DateStyle to ISO") << text;
        }
    }
    for (const char* const text : {"1-2", "+1-2 +3 +4:05:06", "3 4:05:06"}) { // sql_standard
        try {
            to_binary(type_oid::interval, text);
            ADD_FAILURE() << text;
        } catch (const coropq::value_error& error) {
            EXPECT_STREQ(error.hint(), "set IntervalStyle to postgres") << text;
        }
    }
}

TEST(numeric, has_all_of_its_digits) {
    const std::string nines(131072, '9');
    EXPECT_EQ(to_text(type_oid::numeric, to_binary(type_oid::numeric, nines)), nines);
    const std::string small = "-0." + std::string(16382, '0') + "1";
    EXPECT_EQ(to_text(type_oid::numeric, to_binary(type_oid::numeric, small)), small);
    const std::string both = nines + "." + std::string(16383, '9');
    EXPECT_EQ(to_text(type_oid::numeric, to_binary(type_oid::numeric, both)), both);
    EXPECT_THROW(to_binary(type_oid::numeric, nines + "9"), coropq::value_error);
    EXPECT_THROW(to_binary(type_oid::numeric, small + "0"), coropq::value_error);
    EXPECT_EQ(to_hex(to_binary(type_oid::numeric, std::string(200000, '0') + "7")),
              to_hex(to_binary(type_oid::numeric, "7")));
}

TEST(parts_that_the_library_does_not_know, stay_text) {
    EXPECT_EQ(to_binary(type_oid::money, "$1.00"), "$1.00");
    EXPECT_EQ(to_binary(99999, "{x}"), "{x}");
    EXPECT_EQ(to_hex(to_binary(791, "{$1.00}")),
              to_hex(from_hex("00000001 00000000 00000316 00000001 00000001 00000005 24312e3030")));
    EXPECT_EQ(to_hex(to_binary(type_oid::record, "(1,,\"\")")),
              to_hex(from_hex("00000003 00000000 00000001 31 00000000 ffffffff 00000000 00000000")));
    for (const std::uint32_t type : {type_oid::money, type_oid::xml, type_oid::tsvector, 99999U, 0U})
        EXPECT_THROW(to_text(type, "1234"), coropq::value_error);
    EXPECT_THROW(to_text(791, to_binary(791, "{$1.00}")), coropq::value_error);
    EXPECT_EQ(to_text(791, to_binary(791, "{}")), "{}");
    EXPECT_THROW(to_text(type_oid::record, to_binary(type_oid::record, "(1)")), coropq::value_error);
}

// --- hostile bytes ---

TEST(hostile_bytes, truncated_anywhere) {
    for (const example& it : examples()) {
        const std::string whole = from_hex(it.binary);
        for (std::size_t size = 0; size != whole.size(); ++size)
            read_hostile(it.type, std::string(whole, 0, size)); // a copy: the sanitizer sees what is behind it
        for (std::size_t size = 0; size != it.text.size(); ++size)
            read_hostile_text(it.type, std::string(it.text, 0, size));
    }
}

TEST(hostile_bytes, too_many) {
    for (const example& it : examples()) {
        // Text has no end of its own.
        if (!example_types().has_text_bytes(it.type) && it.type != type_oid::bytea && it.type != type_oid::jsonb) {
            EXPECT_THROW(to_text(it.type, from_hex(it.binary) + '\0'), coropq::value_error)
                << message(it.type, it.text);
        }
    }
}

TEST(hostile_bytes, changed_at_random) {
    std::mt19937_64 random(1);
    for (const example& it : examples()) {
        const std::string whole = from_hex(it.binary);
        for (int i = 0; i != 300; ++i) {
            std::string binary = whole, text(it.text);
            for (std::uint64_t changes = random() % 4 + 1; changes != 0; --changes) {
                constexpr unsigned char interesting[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0xfe, 0x40, 0xc0};
                const auto byte = random() % 2 == 0 ? static_cast<unsigned char>(random() & 255)
                                                    : interesting[random() % sizeof interesting];
                if (!binary.empty())
                    binary[random() % binary.size()] = static_cast<char>(byte);
                constexpr std::string_view characters = "\"\\{}[](),;:=-+.0123456789eEPTYMDS \n\t<>NULLnaif";
                if (!text.empty())
                    text[random() % text.size()] = characters[random() % characters.size()];
                if (random() % 8 == 0)
                    text.insert(random() % (text.size() + 1), 1, characters[random() % characters.size()]);
            }
            read_hostile(it.type, binary);
            read_hostile_text(it.type, text);
        }
    }
}

TEST(hostile_bytes, random) {
    std::mt19937_64 random(2);
    std::uint32_t last = 0;
    for (const example& it : examples()) {
        if (it.type == last)
            continue;
        last = it.type;
        for (int i = 0; i != 2000; ++i) {
            std::string bytes(random() % 80, '\0');
            const std::uint64_t mask = random() % 2 == 0 ? 255 : 3; // small numbers look more like values
            for (char& byte : bytes)
                byte = static_cast<char>(static_cast<unsigned char>(random() & mask));
            read_hostile(it.type, bytes);
            read_hostile_text(it.type, bytes);
        }
    }
}

TEST(hostile_bytes, that_announce_more_than_there_is) {
    const std::string many = from_hex("7fffffff"), element = from_hex("00000017");
    // An array of 2^31 - 1 elements, of 2^93 elements, one that ends behind the largest index
    EXPECT_THROW(to_text(1007, from_hex("00000001 00000000") + element + many + from_hex("00000001")),
                 coropq::value_error);
    EXPECT_THROW(to_text(1007, from_hex("00000003 00000000") + element + many + from_hex("00000001") + many +
                                   from_hex("00000001") + many + from_hex("00000001")),
                 coropq::value_error);
    EXPECT_THROW(to_text(1007, from_hex("00000001 00000000") + element + from_hex("00000002") + many +
                                   from_hex("ffffffff ffffffff")),
                 coropq::value_error);
    for (const std::uint32_t type : {type_oid::polygon, type_oid::record, type_oid::int4multirange, type_oid::varbit,
                                     example_oid::hstore, example_oid::pair})
        EXPECT_THROW(to_text(type, many), coropq::value_error) << message(type, "");
}

// One in the other: nothing recurses as deep as the bytes want.
TEST(hostile_bytes, that_are_nested_deeply) {
    std::string record = from_hex("00000000");
    std::string array = from_hex("00000000 00000000 000008c9");
    for (int i = 0; i != 20000; ++i) {
        std::string length(4, '\0');
        for (std::size_t byte = 0; byte != 4; ++byte)
            length[byte] = static_cast<char>(static_cast<unsigned char>(record.size() >> (24 - 8 * byte)));
        if (record.size() < 400000)
            record = from_hex("00000001 000008c9") + length + record;
    }
    EXPECT_THROW(to_text(type_oid::record, record), coropq::value_error);
    EXPECT_EQ(to_text(2287, array), "{}");
}

// Quotes are doubled on each level.
TEST(hostile_bytes, whose_text_would_fill_the_memory) {
    std::string record = from_hex("00000001 00000019 00000001 22");
    for (int i = 0; i != 40; ++i) {
        std::string length = from_hex("0000 0000");
        length[2] = static_cast<char>(static_cast<unsigned char>(record.size() >> 8));
        length[3] = static_cast<char>(static_cast<unsigned char>(record.size() & 255));
        record = from_hex("00000001 000008c9") + length + record;
    }
    EXPECT_THROW(to_text(type_oid::record, record), coropq::value_error);
}

// Types that contain themselves, as a server could describe them.
TEST(hostile_types, end_somewhere) {
    for (const std::uint32_t type : {example_oid::circle_a, example_oid::circle_b, example_oid::array_of_itself,
                                     example_oid::range_of_itself, example_oid::composite_of_itself}) {
        for (const char* const text :
             {"", "x", "{}", "{{}}", "(,)", "()", "((()))", "[(,),(,)]", "empty", "{\"{\\\"{}\\\"}\"}"})
            read_hostile_text(type, text);
        for (const char* const bytes : {"", "00", "01", "00000000", "00000001 00000000 00000000 00000001 00000001"})
            read_hostile(type, from_hex(bytes));
    }
    EXPECT_THROW(to_text(example_oid::circle_a, ""), coropq::value_error);
    EXPECT_THROW(to_binary(example_oid::circle_a, ""), coropq::value_error);
}

} // namespace
