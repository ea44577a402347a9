// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_MULTIPRECISION_HPP
#define COROPQ_TYPES_MULTIPRECISION_HPP

// Numbers to calculate with. Not part of <coropq/coropq.hpp>, as Boost.Multiprecision takes long to compile.

#include <coropq/types/codec.hpp>
#include <coropq/types/decimal.hpp>

#include <boost/multiprecision/cpp_dec_float.hpp>

#include <cstdint>
#include <ios>
#include <limits>
#include <string>

namespace coropq {

/// The exact value. What boost::multiprecision::cpp_dec_float has beyond its nominal digits is converted, too.
/// Throws `value_error` if numeric can't hold it.
template <unsigned Digits, typename Exponent, typename Allocator,
          boost::multiprecision::expression_template_option Option>
decimal
to_decimal(const boost::multiprecision::number<boost::multiprecision::cpp_dec_float<Digits, Exponent, Allocator>,
                                               Option>& number) {
    return decimal::parse(number.str(0, std::ios_base::fmtflags()));
}

/// The nearest number of `Number`, which is a boost::multiprecision::number of cpp_dec_float: digits beyond its
/// precision are rounded. Throws `value_error` if it is beyond the range of its exponents.
template <typename Number>
Number decimal_to(const decimal& value) {
    if (value.is_nan())
        return std::numeric_limits<Number>::quiet_NaN();
    if (value.is_infinite())
        return value.is_negative() ? -std::numeric_limits<Number>::infinity() : std::numeric_limits<Number>::infinity();
    Number number(to_string(value));
    if (!isfinite(number))
        throw value_error("the number doesn't fit", value_error::problem::out_of_range);
    return number;
}

/// boost::multiprecision::number<cpp_dec_float<…>> ↔ numeric; also reads smallint, integer and bigint. Numerics with
/// more digits than the type has are rounded.
template <unsigned Digits, typename Exponent, typename Allocator,
          boost::multiprecision::expression_template_option Option>
struct codec<boost::multiprecision::number<boost::multiprecision::cpp_dec_float<Digits, Exponent, Allocator>, Option>> {
    using number =
        boost::multiprecision::number<boost::multiprecision::cpp_dec_float<Digits, Exponent, Allocator>, Option>;

    static constexpr type_reference type() { return type_oid::numeric; }
    static void encode(const number& value, value_writer& writer) { codec<decimal>::encode(to_decimal(value), writer); }
    static bool accepts(std::uint32_t type, const type_catalog& types) { return codec<decimal>::accepts(type, types); }
    static number decode(const value_view& value) { return decimal_to<number>(codec<decimal>::decode(value)); }
};

} // namespace coropq

#endif
