// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_COMPOSITE_HPP
#define COROPQ_TYPES_COMPOSITE_HPP

// Structs and PostgreSQL's composite types:
//
//     struct address { std::string street; std::optional<int> houseNumber; };
//     BOOST_DESCRIBE_STRUCT(address, (), (street, houseNumber))
//
// Members, those of base classes included, find their attributes by name (see <coropq/column_names.hpp>); each needs
// one, and attributes without a member are ignored. Anonymous records, `row(1, 'x')`, have no names: there, the members
// take the attributes in order, and so do std::tuple and std::pair always.
//
// As a parameter, a struct is an untyped row literal with all members in order; where the server can't find its type
// out, `type_name` (<coropq/types/type_name.hpp>) says it.

#include <coropq/detail/composite_form.hpp>
#include <coropq/detail/described.hpp>
#include <coropq/detail/element.hpp>
#include <coropq/types/codec.hpp>
#include <coropq/types/type_name.hpp>

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coropq {

namespace detail {

template <typename Descriptor>
using member_type = decltype(type_of_member(Descriptor::pointer));

// A lazy `all of`: what comes after the first that isn't is left alone.
template <typename Descriptor>
using member_encodable = std::bool_constant<encodable_element<member_type<Descriptor>>>;
template <typename Descriptor>
using member_decodable = std::bool_constant<decodable_element<member_type<Descriptor>>>;
template <typename Descriptor>
using member_is_view = std::bool_constant<is_view<element_value_t<member_type<Descriptor>>>>;

template <typename T>
concept encodable_members = boost::mp11::mp_all_of<members_of<T>, member_encodable>::value;
template <typename T>
concept decodable_members = boost::mp11::mp_all_of<members_of<T>, member_decodable>::value;

/// Whether an attribute fits, if its type is known. What isn't known is found out with the value.
template <typename T>
bool accepts_attribute(std::uint32_t type, const type_catalog& types) {
    return type == type_oid::unknown_type || codec<element_value_t<T>>::accepts(type, types);
}

template <typename T>
T decode_attribute(const attribute& part, const value_view& whole) {
    require_part_type<T>(part.type, whole);
    return decode_part<T>(part.bytes, part.type, whole);
}

struct composite_codec {
    static constexpr std::uint32_t natural = type_oid::record;
    static constexpr wire_format format = wire_format::text;
};

} // namespace detail

/// Described structs ↔ composite types and records
template <detail::described_struct T>
struct codec<T> : detail::composite_codec {
    static constexpr bool is_view = boost::mp11::mp_any_of<detail::members_of<T>, detail::member_is_view>::value;

    static constexpr type_reference type()
        requires detail::encodable_members<T>
    {
        return detail::named_type<T>();
    }
    static void encode(const T& value, value_writer& writer)
        requires detail::encodable_members<T>
    {
        detail::composite_literal literal(writer);
        boost::mp11::mp_for_each<detail::members_of<T>>(
            [&]<typename Descriptor>(Descriptor) { literal.add(detail::text_of_part(value.*Descriptor::pointer)); });
        literal.finish();
    }

    static bool accepts(std::uint32_t type, const type_catalog& types)
        requires detail::decodable_members<T>
    {
        bool fits = detail::accepts_composite(type, types);
        boost::mp11::mp_for_each<detail::members_of<T>>([&]<typename Descriptor>(Descriptor) {
            fits = fits && detail::accepts_attribute<detail::member_type<Descriptor>>(
                               detail::attribute_type(type, types, detail::member_column<T, Descriptor>()), types);
        });
        return fits;
    }
    static T decode(const value_view& value)
        requires detail::decodable_members<T>
    {
        static_assert(std::is_default_constructible_v<T>, "coropq: a mapped struct needs a default constructor");
        std::array<detail::attribute, names.size()> attributes;
        detail::read_attributes(value, names, attributes);
        T result{};
        std::size_t index = 0;
        boost::mp11::mp_for_each<detail::members_of<T>>([&]<typename Descriptor>(Descriptor) {
            result.*Descriptor::pointer =
                detail::decode_attribute<detail::member_type<Descriptor>>(attributes[index++], value);
        });
        return result;
    }

private:
    template <typename... Descriptors>
    static constexpr std::array<std::string_view, sizeof...(Descriptors)>
    names_of(boost::mp11::mp_list<Descriptors...>) {
        return {detail::member_column<T, Descriptors>()...};
    }
    static constexpr auto names = names_of(boost::mp11::mp_rename<detail::members_of<T>, boost::mp11::mp_list>());
};

namespace detail {

template <typename Tuple, typename... Ts>
struct tuple_codec : composite_codec {
    static constexpr bool is_view = (detail::is_view<element_value_t<Ts>> || ...);

    static constexpr type_reference type()
        requires(encodable_element<Ts> && ...)
    {
        return {};
    }
    static void encode(const Tuple& value, value_writer& writer)
        requires(encodable_element<Ts> && ...)
    {
        composite_literal literal(writer);
        std::apply([&](const Ts&... members) { (literal.add(text_of_part(members)), ...); }, value);
        literal.finish();
    }

    static bool accepts(std::uint32_t type, const type_catalog& types)
        requires(decodable_element<Ts> && ...)
    {
        std::size_t index = 0;
        return accepts_composite(type, types) &&
               (accepts_attribute<Ts>(attribute_type(type, types, index++), types) && ...);
    }
    static Tuple decode(const value_view& value)
        requires(decodable_element<Ts> && ...)
    {
        std::array<attribute, sizeof...(Ts)> attributes;
        read_attributes(value, attributes);
        return decode_all(attributes, value, std::index_sequence_for<Ts...>());
    }

private:
    template <std::size_t... I>
    static Tuple decode_all([[maybe_unused]] const std::array<attribute, sizeof...(Ts)>& attributes,
                            [[maybe_unused]] const value_view& value, std::index_sequence<I...>) {
        return Tuple{decode_attribute<Ts>(attributes[I], value)...}; // braces: from left to right
    }
};

} // namespace detail

/// std::tuple ↔ composite types and records, in order
template <typename... Ts>
struct codec<std::tuple<Ts...>> : detail::tuple_codec<std::tuple<Ts...>, Ts...> {};

/// std::pair ↔ composite types and records of two attributes, in order
template <typename First, typename Second>
struct codec<std::pair<First, Second>> : detail::tuple_codec<std::pair<First, Second>, First, Second> {};

} // namespace coropq

#endif
