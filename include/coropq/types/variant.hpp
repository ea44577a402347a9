// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_VARIANT_HPP
#define COROPQ_TYPES_VARIANT_HPP

#include <coropq/detail/element.hpp>
#include <coropq/types/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace coropq {

/// std::monostate ↔ NULL; also reads void, what a procedure-like function returns
template <>
struct codec<std::monostate> {
    static constexpr type_reference type() { return {}; }
    static constexpr wire_format format = wire_format::text;
    static constexpr bool reads_text = true;
    static constexpr bool is_null(std::monostate) noexcept { return true; }
    static constexpr std::monostate null() noexcept { return {}; }
    static void encode(std::monostate, value_writer&) {}
    static bool accepts(std::uint32_t type, const type_catalog&) { return type == type_oid::void_type; }
    static std::monostate decode(const value_view&) { return {}; }
};

namespace detail {

template <typename T>
consteval bool encodes_text() {
    if constexpr (std::is_same_v<T, std::monostate>)
        return false;
    else
        return format_of<T>() == wire_format::text;
}

[[noreturn]] void fail_no_alternative();

} // namespace detail

/// std::variant ↔ what it holds. A parameter has the type of the held alternative. A column is read as the first
/// alternative that can hold its type: std::string, which can hold all of them, belongs behind the others.
/// std::monostate is NULL.
template <typename... Ts>
struct codec<std::variant<Ts...>> {
    using variant = std::variant<Ts...>;

    static constexpr wire_format format = [] {
        if constexpr ((detail::encodable<Ts> && ...)) {
            if ((detail::encodes_text<Ts>() || ...))
                return wire_format::text;
        }
        return wire_format::binary;
    }();
    static constexpr bool reads_text = true;
    static constexpr bool is_view = (detail::is_view<Ts> || ...);

    static constexpr type_reference type()
        requires(detail::encodable<Ts> && ...)
    {
        return {};
    }
    static type_reference type_of(const variant& value)
        requires(detail::encodable<Ts> && ...)
    {
        return std::visit([](const auto& held) { return detail::type_of(held); }, value);
    }
    static bool is_null(const variant& value) {
        return std::visit([](const auto& held) { return detail::is_null_part(held); }, value);
    }
    static void encode(const variant& value, value_writer& writer)
        requires(detail::encodable<Ts> && ...)
    {
        std::visit(
            [&]<typename T>(const T& held) {
                if constexpr (format == wire_format::binary)
                    codec<T>::encode(held, writer);
                else
                    detail::append_text_form(held, writer.buffer());
            },
            value);
    }

    static variant null()
        requires(std::is_same_v<Ts, std::monostate> || ...)
    {
        return std::monostate();
    }
    static bool accepts(std::uint32_t type, const type_catalog& types)
        requires(detail::decodable<Ts> && ...)
    {
        return (codec<Ts>::accepts(type, types) || ...);
    }
    static variant decode(const value_view& value)
        requires(detail::decodable<Ts> && ...)
    {
        return decode_from<0>(value);
    }

private:
    // Text whose type the server doesn't say goes to the first one.
    template <std::size_t I>
    static variant decode_from(const value_view& value) {
        if constexpr (I == sizeof...(Ts)) {
            detail::fail_no_alternative();
        } else {
            using alternative = std::variant_alternative_t<I, variant>;
            const bool fits = value.type() == type_oid::unknown_type
                                  ? !std::is_same_v<alternative, std::monostate>
                                  : codec<alternative>::accepts(value.type(), value.types());
            if (fits)
                return variant(std::in_place_index<I>, detail::decode<alternative>(value));
            return decode_from<I + 1>(value);
        }
    }
};

} // namespace coropq

#endif
