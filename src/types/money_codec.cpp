// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/money.hpp>

#include "types/reading.hpp"

#include <string_view>

namespace coropq {

// The server writes money as its locale does (cash_out in src/backend/utils/adt/cash.c), and always with all of the
// currency's fraction digits: so all digits together, read as one number, are the smallest units.
money codec<money>::decode(const value_view& value) {
    if (value.format() == wire_format::binary)
        return {detail::read_number<std::int64_t>(value)};
    const std::string_view text = value.text();
    const bool negative = text.find_first_of("-(") != std::string_view::npos;
    std::int64_t units = 0; // negative all the way, as that range is larger
    bool has_digits = false;
    for (const char c : text) {
        if (c < '0' || c > '9')
            continue;
        has_digits = true;
        if (__builtin_mul_overflow(units, 10, &units) || __builtin_sub_overflow(units, c - '0', &units))
            throw value_error("the amount doesn't fit", value_error::problem::out_of_range);
    }
    if (!has_digits)
        throw value_error("the text isn't an amount of money");
    if (!negative && __builtin_sub_overflow(std::int64_t(0), units, &units))
        throw value_error("the amount doesn't fit", value_error::problem::out_of_range);
    return {units};
}

} // namespace coropq
