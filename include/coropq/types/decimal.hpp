// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_DECIMAL_HPP
#define COROPQ_TYPES_DECIMAL_HPP

#include <coropq/detail/scalar.hpp>
#include <coropq/types/codec.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>

namespace coropq {

/// An exact number, as PostgreSQL's numeric: up to 131072 digits before the decimal point and 16383 behind it, NaN and
/// the infinities. It remembers how many digits are shown behind the point: 1.50 stays 1.50, and equals 1.5.
///
/// A value to carry, compare and print; to calculate, convert it to a type that does
/// (<coropq/types/multiprecision.hpp>).
class decimal {
public:
    /// 0
    decimal() noexcept = default;
    template <detail::integer Integer>
    decimal(Integer number) {
        if constexpr (std::is_signed_v<Integer>)
            assign(static_cast<std::int64_t>(number));
        else
            assign(static_cast<std::uint64_t>(number));
    }
    /// The shortest number that is read as the same double or float again: 0.1 is 0.1.
    template <std::floating_point Number>
        requires(sizeof(Number) <= sizeof(double))
    explicit decimal(Number number) {
        assign(number);
    }

    /// As PostgreSQL reads it: `12.50`, `-.5`, `1e-7`, `NaN`, `Infinity`, `-inf`, in any case, with spaces around it.
    /// Throws `value_error` for other text and for what numeric can't hold.
    static decimal parse(std::string_view text);
    static decimal nan() noexcept;
    static decimal infinity() noexcept;
    static decimal negative_infinity() noexcept;

    bool is_nan() const noexcept { return kind_ == kind::nan; }
    bool is_infinite() const noexcept { return kind_ == kind::infinity; }
    bool is_finite() const noexcept { return kind_ == kind::finite; }
    bool is_zero() const noexcept { return is_finite() && digits_.empty(); }
    /// Whether it is less than 0.
    bool is_negative() const noexcept { return negative_; }
    /// How many digits are shown behind the point, 0…16383.
    int scale() const noexcept { return scale_; }

    /// Throws `value_error` for fractions, NaN, infinities and what doesn't fit.
    std::int64_t to_int64() const;
    /// The nearest double. Throws `value_error` for finite numbers that no double comes near to.
    double to_double() const;

    /// By value, whatever the scale. As PostgreSQL orders them: NaN equals itself and is greater than everything else.
    friend bool operator==(const decimal& left, const decimal& right) noexcept {
        return left.kind_ == right.kind_ && left.negative_ == right.negative_ && left.weight_ == right.weight_ &&
               left.digits_ == right.digits_;
    }
    friend std::weak_ordering operator<=>(const decimal& left, const decimal& right) noexcept {
        return left.compare(right);
    }

private:
    friend struct codec<decimal>;
    friend struct std::hash<decimal>;
    friend std::string to_string(const decimal& number);

    enum class kind : std::uint8_t { finite, infinity, nan };

    void assign(std::int64_t number);
    void assign(std::uint64_t number);
    void assign(double number);
    void assign(float number);
    void normalise() noexcept;
    std::weak_ordering compare(const decimal& other) const noexcept;
    std::size_t hash() const noexcept;

    // In base 10000, the most significant first, without zeros at either end. A string because it holds seven of them
    // (up to 28 decimal digits) without allocating.
    std::u16string digits_;
    std::int16_t weight_ = 0; // the first digit counts 10000^weight
    std::int16_t scale_ = 0;
    kind kind_ = kind::finite;
    bool negative_ = false; // never with NaN or 0
};

/// The server's text: all digits, `NaN`, `Infinity`, `-Infinity`. `decimal::parse` reads it.
std::string to_string(const decimal& number);
std::ostream& operator<<(std::ostream& stream, const decimal& number);

/// decimal ↔ numeric; also reads smallint, integer and bigint
template <>
struct codec<decimal> {
    static constexpr type_reference type() { return type_oid::numeric; }
    static void encode(const decimal& value, value_writer& writer);
    static bool accepts(std::uint32_t type, const type_catalog& types);
    static decimal decode(const value_view& value);
};

} // namespace coropq

template <>
struct std::hash<coropq::decimal> {
    std::size_t operator()(const coropq::decimal& number) const noexcept { return number.hash(); }
};

#endif
