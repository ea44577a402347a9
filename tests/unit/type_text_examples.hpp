// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_TYPE_TEXT_EXAMPLES_HPP
#define COROPQ_TESTS_UNIT_TYPE_TEXT_EXAMPLES_HPP

#include <coropq/types/type_catalog.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Values in the server's text and binary forms, and what is neither.
namespace coropq::test {

/// Types of a database, as in `example_types`.
namespace example_oid {
inline constexpr std::uint32_t mood = 20000;
inline constexpr std::uint32_t citext = 20002;
inline constexpr std::uint32_t hstore = 20004;
inline constexpr std::uint32_t small = 20006; ///< a domain over integer
inline constexpr std::uint32_t small_array = 20007;
inline constexpr std::uint32_t pair = 20008; ///< (text, small)
inline constexpr std::uint32_t pair_array = 20009;
inline constexpr std::uint32_t nested = 20010; ///< (pair, pair[])
inline constexpr std::uint32_t text_range = 20012;
inline constexpr std::uint32_t text_multirange = 20014;
inline constexpr std::uint32_t no_attributes = 20016;
// What no server has.
inline constexpr std::uint32_t circle_a = 21000;
inline constexpr std::uint32_t circle_b = 21001;
inline constexpr std::uint32_t array_of_itself = 21002;
inline constexpr std::uint32_t range_of_itself = 21003;
inline constexpr std::uint32_t composite_of_itself = 21004;
} // namespace example_oid

const type_catalog& example_types();

struct example {
    std::uint32_t type;
    std::string_view text;
    std::string_view binary; ///< hexadecimal, with spaces
};
/// Those of a type stand together.
std::span<const example> examples();

struct spelling {
    std::uint32_t type;
    std::string_view text;
    std::string_view same_as;
};
std::span<const spelling> other_spellings();

struct bad_text {
    std::uint32_t type;
    std::string_view text;
};
std::span<const bad_text> bad_texts();

struct bad_bytes {
    std::uint32_t type;
    std::string_view bytes; ///< hexadecimal, with spaces
};
std::span<const bad_bytes> bad_binaries();

std::string from_hex(std::string_view digits);
std::string to_hex(std::string_view bytes);

} // namespace coropq::test

#endif
