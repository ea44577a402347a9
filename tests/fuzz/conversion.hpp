// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_FUZZ_CONVERSION_HPP
#define COROPQ_TESTS_FUZZ_CONVERSION_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coropq::fuzz {

/// A type of `coropq::test::example_types`: the one with that OID, or, if there is none, some other. Seeds stay what
/// they are when types are added.
std::uint32_t choose_type(std::uint16_t number);

// Nothing for a value_error.
std::optional<std::string> to_text(std::uint32_t type, std::string_view binary);
std::optional<std::string> to_binary(std::uint32_t type, std::string_view text);

} // namespace coropq::fuzz

#endif
