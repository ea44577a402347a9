// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_ENUMERATION_HPP
#define COROPQ_TYPES_ENUMERATION_HPP

// C++ enums and PostgreSQL's:
//
//     enum class mood { sad, ok, very_happy };
//     BOOST_DESCRIBE_ENUM(mood, sad, ok, very_happy)
//
// A label is the enumerator's name, or what `enum_labels` says. As a parameter, an enum is an untyped literal; where
// the server can't find its type out, `type_name` (<coropq/types/type_name.hpp>) says it.

#include <coropq/types/codec.hpp>
#include <coropq/types/type_name.hpp>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace coropq {

/// One enumerator whose label is another than its name.
template <typename Enum>
struct enum_label {
    Enum value;
    std::string_view label;
};
template <typename Enum>
enum_label(Enum, std::string_view) -> enum_label<Enum>;

/// Specialise it for an enum with labels that aren't the names of its enumerators; what isn't listed keeps its name:
///
///     template <>
///     struct coropq::enum_labels<mood> {
///         static constexpr std::array renames{coropq::enum_label{mood::very_happy, "very happy"}};
///     };
template <typename Enum>
struct enum_labels {};

namespace detail {

template <typename T>
concept enumeration = std::is_enum_v<T> && !std::is_same_v<T, std::byte>;

template <typename T>
inline constexpr bool is_described_enum = boost::describe::has_describe_enumerators<T>::value;

struct enumerator {
    std::uint64_t value;
    std::string_view label;
};

template <typename Enum>
constexpr std::uint64_t enum_bits(Enum value) {
    return static_cast<std::uint64_t>(static_cast<std::underlying_type_t<Enum>>(value));
}

template <typename Enum>
constexpr auto make_enumerators() {
    using list = boost::describe::describe_enumerators<Enum>;
    std::array<enumerator, boost::mp11::mp_size<list>::value> result{};
    std::size_t index = 0;
    boost::mp11::mp_for_each<list>([&](auto described) {
        enumerator& entry = result[index++];
        entry = {enum_bits(described.value), described.name};
        if constexpr (requires { enum_labels<Enum>::renames; }) {
            for (const enum_label<Enum>& rename : enum_labels<Enum>::renames)
                if (rename.value == described.value)
                    entry.label = rename.label;
        }
    });
    return result;
}

template <typename Enum>
inline constexpr auto enumerators = make_enumerators<Enum>();

// Both throw `value_error`.
std::string_view find_label(std::span<const enumerator> enumerators, std::uint64_t value);
std::uint64_t find_enumerator(std::span<const enumerator> enumerators, std::string_view label);
/// Enums, and text.
bool accepts_label(std::uint32_t type, const type_catalog& types) noexcept;

} // namespace detail

/// Described enums ↔ enums and text
template <detail::enumeration Enum>
struct codec<Enum> {
    static constexpr std::uint32_t natural = type_oid::text;
    static constexpr wire_format format = wire_format::text;
    static constexpr bool reads_text = true;

    static constexpr type_reference type() { return detail::named_type<Enum>(); }
    static void encode(Enum value, value_writer& writer) {
        check();
        if constexpr (detail::is_described_enum<Enum>)
            writer.write_text(detail::find_label(detail::enumerators<Enum>, detail::enum_bits(value)));
    }
    static bool accepts(std::uint32_t type, const type_catalog& types) { return detail::accepts_label(type, types); }
    static Enum decode(const value_view& value) {
        check();
        if constexpr (detail::is_described_enum<Enum>)
            return static_cast<Enum>(static_cast<std::underlying_type_t<Enum>>(
                detail::find_enumerator(detail::enumerators<Enum>, value.text())));
        else
            return Enum();
    }

private:
    static constexpr void check() {
        static_assert(
            detail::is_described_enum<Enum>,
            "coropq: this enum isn't described: write BOOST_DESCRIBE_ENUM(name, enumerators…) in its namespace, "
            "specialise coropq::codec for it, or convert it to an integer");
    }
};

} // namespace coropq

#endif
