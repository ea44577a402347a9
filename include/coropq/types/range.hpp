// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_RANGE_HPP
#define COROPQ_TYPES_RANGE_HPP

// Ranges and multiranges over everything that has a codec.
//
// As parameters, those of integers, decimals, dates and timestamps have PostgreSQL's own range types; others are
// written as text whose type the server finds out.

#include <coropq/detail/element.hpp>
#include <coropq/detail/range_form.hpp>
#include <coropq/types/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq {

/// The values between two bounds, each of which belongs to the range (inclusive) or not, or is infinitely far away; or
/// no value at all. Equal means equal bounds: [1,2] and [1,3) are different here, though the server, which knows that
/// integers have no values in between, turns the first into the second.
template <typename T>
class range {
public:
    /// The empty range.
    range() noexcept = default;
    /// With the lower bound and without the upper one: [lower,upper). Throws `value_error` if they are in the wrong
    /// order.
    range(T lower, T upper)
        : range(std::optional<T>(std::move(lower)), std::optional<T>(std::move(upper)), true, false) {}
    /// No bound is an infinite one. Without a value that fits, the range is the empty one. Throws `value_error` if the
    /// bounds are in the wrong order.
    range(std::optional<T> lower, std::optional<T> upper, bool lower_inclusive, bool upper_inclusive)
        : range(unchecked(), std::move(lower), std::move(upper), lower_inclusive, upper_inclusive) {
        if constexpr (requires(const T& bound) { bound < bound; }) {
            if (lower_ && upper_) {
                if (*upper_ < *lower_)
                    detail::fail_reversed_range();
                if (!(*lower_ < *upper_) && !(lower_inclusive_ && upper_inclusive_))
                    *this = range();
            }
        }
    }

    /// [lower,upper]
    static range closed(T lower, T upper) { return {std::move(lower), std::move(upper), true, true}; }
    /// (lower,upper)
    static range open(T lower, T upper) { return {std::move(lower), std::move(upper), false, false}; }
    static range at_least(T lower) { return {std::move(lower), std::nullopt, true, false}; }
    static range greater_than(T lower) { return {std::move(lower), std::nullopt, false, false}; }
    static range at_most(T upper) { return {std::nullopt, std::move(upper), false, true}; }
    static range less_than(T upper) { return {std::nullopt, std::move(upper), false, false}; }
    /// Every value.
    static range all() { return {std::nullopt, std::nullopt, false, false}; }

    bool is_empty() const noexcept { return empty_; }
    /// Nothing if the range has no end there, or is empty.
    const std::optional<T>& lower() const noexcept { return lower_; }
    const std::optional<T>& upper() const noexcept { return upper_; }
    /// Whether the bound belongs to the range; false if there is none.
    bool lower_inclusive() const noexcept { return lower_inclusive_; }
    bool upper_inclusive() const noexcept { return upper_inclusive_; }

    bool contains(const T& value) const {
        if (empty_)
            return false;
        if (lower_ && (value < *lower_ || (!lower_inclusive_ && !(*lower_ < value))))
            return false;
        return !upper_ || !(*upper_ < value || (!upper_inclusive_ && !(value < *upper_)));
    }

    friend bool operator==(const range&, const range&) = default;

private:
    friend struct codec<range>;
    struct unchecked {};

    // What a server sends is in its own order, which for text isn't that of C++.
    range(unchecked, std::optional<T> lower, std::optional<T> upper, bool lower_inclusive, bool upper_inclusive)
        : lower_(std::move(lower))
        , upper_(std::move(upper))
        , lower_inclusive_(lower_inclusive && lower_)
        , upper_inclusive_(upper_inclusive && upper_)
        , empty_(false) {}

    std::optional<T> lower_;
    std::optional<T> upper_;
    bool lower_inclusive_ = false;
    bool upper_inclusive_ = false;
    bool empty_ = true;
};

/// Several ranges. The server sorts and merges them; this is what was given.
template <typename T>
struct multirange {
    std::vector<range<T>> ranges;

    friend bool operator==(const multirange&, const multirange&) = default;
};

/// coropq::range<T> ↔ ranges of what T can hold
template <typename T>
struct codec<range<T>> {
    static constexpr std::uint32_t natural = detail::range_oid(detail::natural_type<T>());
    static constexpr bool is_view = detail::is_view<T>;
    static constexpr wire_format format = [] {
        if constexpr (detail::encodable<T>) {
            if (detail::format_of<T>() == wire_format::binary && detail::range_oid(codec<T>::type().oid()) != 0)
                return wire_format::binary;
        }
        return wire_format::text;
    }();

    static constexpr type_reference type()
        requires detail::encodable<T>
    {
        return detail::range_oid(codec<T>::type().oid());
    }
    static void encode(const range<T>& value, value_writer& writer)
        requires detail::encodable<T>
    {
        if constexpr (format == wire_format::binary) {
            const auto presence = [](const std::optional<T>& bound) {
                return bound ? std::optional<bool>(true) : std::nullopt;
            };
            detail::write_range_flags({presence(value.lower()), presence(value.upper()), value.lower_inclusive(),
                                       value.upper_inclusive(), value.is_empty()},
                                      writer);
            if (value.lower())
                detail::write_part(*value.lower(), writer);
            if (value.upper())
                detail::write_part(*value.upper(), writer);
        } else {
            detail::write_range_text({detail::text_of_part(value.lower()), detail::text_of_part(value.upper()),
                                      value.lower_inclusive(), value.upper_inclusive(), value.is_empty()},
                                     writer);
        }
    }

    static bool accepts(std::uint32_t type, const type_catalog& types)
        requires detail::decodable<T>
    {
        const std::uint32_t element = detail::element_of_range(type, types);
        return element != type_oid::unknown_type && codec<T>::accepts(element, types);
    }
    static range<T> decode(const value_view& value)
        requires detail::decodable<T>
    {
        const auto parts = detail::read_range(value);
        if (parts.empty)
            return {};
        const std::uint32_t element = value.types().element_of(value.type());
        detail::require_part_type<T>(element, value);
        const auto bound = [&](const std::optional<std::string_view>& bytes) {
            return detail::decode_part<std::optional<T>>(bytes, element, value);
        };
        std::optional<T> lower = bound(parts.lower);
        return range<T>(typename range<T>::unchecked(), std::move(lower), bound(parts.upper), parts.lower_inclusive,
                        parts.upper_inclusive);
    }
};

/// coropq::multirange<T> ↔ multiranges of what T can hold
template <typename T>
struct codec<multirange<T>> {
    static constexpr std::uint32_t natural = detail::multirange_oid(detail::natural_type<T>());
    static constexpr bool is_view = detail::is_view<T>;
    static constexpr wire_format format = codec<range<T>>::format;

    static constexpr type_reference type()
        requires detail::encodable<T>
    {
        return detail::multirange_oid(codec<T>::type().oid());
    }
    static void encode(const multirange<T>& value, value_writer& writer)
        requires detail::encodable<T>
    {
        if constexpr (format == wire_format::binary) {
            writer.write(static_cast<std::int32_t>(value.ranges.size()));
            for (const range<T>& part : value.ranges)
                detail::write_part(part, writer);
        } else {
            writer.write_text("{");
            for (std::size_t i = 0; i != value.ranges.size(); ++i) {
                writer.write_text(i == 0 ? "" : ",");
                codec<range<T>>::encode(value.ranges[i], writer);
            }
            writer.write_text("}");
        }
    }

    static bool accepts(std::uint32_t type, const type_catalog& types)
        requires detail::decodable<T>
    {
        return codec<range<T>>::accepts(detail::range_of_multirange(type, types), types);
    }
    static multirange<T> decode(const value_view& value)
        requires detail::decodable<T>
    {
        const std::uint32_t type = detail::range_of_multirange(value.type(), value.types());
        multirange<T> result;
        const std::vector<std::string_view> parts = detail::read_multirange(value);
        result.ranges.reserve(parts.size());
        for (const std::string_view part : parts)
            result.ranges.push_back(codec<range<T>>::decode(value.part(part, type)));
        return result;
    }
};

/// The server's text: `[1,3)`, `empty`, `(,2024-01-01)`.
template <detail::encodable T>
std::string to_string(const range<T>& value) {
    std::string text;
    detail::append_text_form(value, text);
    return text;
}
template <detail::encodable T>
std::string to_string(const multirange<T>& value) {
    std::string text;
    detail::append_text_form(value, text);
    return text;
}

} // namespace coropq

#endif
