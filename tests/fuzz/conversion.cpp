// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fuzz/conversion.hpp"

#include <coropq/types/value_error.hpp>
#include <coropq/types/value_view.hpp>

#include "unit/type_text_examples.hpp"

#include <limits>
#include <vector>

namespace coropq::fuzz {

std::uint32_t choose_type(std::uint16_t number) {
    static const std::vector<std::uint32_t> types = [] {
        std::vector<std::uint32_t> all;
        for (std::uint32_t oid = 1; oid <= std::numeric_limits<std::uint16_t>::max(); ++oid)
            if (test::example_types().find(oid))
                all.push_back(oid);
        return all;
    }();
    return test::example_types().find(number) ? number : types[number % types.size()];
}

std::optional<std::string> to_text(std::uint32_t type, std::string_view binary) {
    try {
        std::string text;
        detail::binary_to_text(test::example_types(), type, binary, text);
        return text;
    } catch (const value_error&) {
        return std::nullopt;
    }
}

std::optional<std::string> to_binary(std::uint32_t type, std::string_view text) {
    try {
        std::string binary;
        detail::text_to_binary(test::example_types(), type, text, binary);
        return binary;
    } catch (const value_error&) {
        return std::nullopt;
    }
}

} // namespace coropq::fuzz
