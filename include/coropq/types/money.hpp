// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_MONEY_HPP
#define COROPQ_TYPES_MONEY_HPP

#include <coropq/types/codec.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace coropq {

/// An amount of the database's currency, in its smallest units: cents, or yen. How many of them make a whole, and how
/// an amount is written, is the server's affair (its setting `lc_monetary`), so there is no text for it here.
struct money {
    std::int64_t units = 0;

    friend constexpr auto operator<=>(const money&, const money&) noexcept = default;
};

/// coropq::money ↔ money
template <>
struct codec<money> {
    static constexpr type_reference type() { return type_oid::money; }
    static void encode(money value, value_writer& writer) { writer.write(value.units); }
    static constexpr bool reads_text = true;
    static bool accepts(std::uint32_t type, const type_catalog&) { return type == type_oid::money; }
    static money decode(const value_view& value);
};

} // namespace coropq

template <>
struct std::hash<coropq::money> {
    std::size_t operator()(coropq::money value) const noexcept { return std::hash<std::int64_t>()(value.units); }
};

#endif
