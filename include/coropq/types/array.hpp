// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_ARRAY_HPP
#define COROPQ_TYPES_ARRAY_HPP

// Arrays of everything that has a codec.
//
// std::vector<T> and std::array<T, N> are arrays of one dimension, nested ones of more; elements that may be NULL are
// std::optional<T>. They don't say where the indexes begin; `array<T>` holds that, too, and any number of dimensions.
//
// As parameters, arrays of types with an OID of their own are binary. Others (text, described enums and structs) are
// written as array literals, whose type the server finds out unless the element's type has a name.

#include <coropq/detail/array_form.hpp>
#include <coropq/detail/array_oid.hpp>
#include <coropq/detail/element.hpp>
#include <coropq/detail/scalar.hpp>
#include <coropq/types/codec.hpp>
#include <coropq/types/type_name.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq {

/// An array as PostgreSQL has it: any number of dimensions (up to 6), each with an index where it begins. Its elements
/// are in order, the last dimension's next to each other. An empty array has no dimension.
template <typename T>
struct array {
    std::vector<array_dimension> dimensions;
    std::vector<T> elements;

    friend bool operator==(const array&, const array&) = default;
};

namespace detail {

/// How deep a C++ type is nested as an array, and what its elements are. std::byte and characters make no arrays.
template <typename T>
struct array_shape {
    static constexpr std::size_t rank = 0;
    using element = T;
};

template <typename T>
inline constexpr bool makes_array = !std::same_as<T, std::byte> && !character<T>;

template <typename T>
    requires makes_array<T>
struct array_shape<std::vector<T>> {
    static constexpr std::size_t rank = 1 + array_shape<T>::rank;
    using element = typename array_shape<T>::element;
    static constexpr bool fixed_size = false;
};
template <typename T, std::size_t Size>
    requires makes_array<T>
struct array_shape<std::array<T, Size>> {
    static constexpr std::size_t rank = 1 + array_shape<T>::rank;
    using element = typename array_shape<T>::element;
    static constexpr bool fixed_size = true;
};

/// Arrays of arrays are arrays of more dimensions, and those of an array with NULL arrays in it don't exist.
template <typename T>
inline constexpr bool is_array = array_shape<T>::rank != 0;
template <typename T>
inline constexpr bool is_array<array<T>> = true;
template <typename T>
concept array_element = !is_array<element_value_t<T>>;

template <typename Element>
constexpr type_reference element_type() {
    return codec<element_value_t<Element>>::type();
}

/// What the array of such elements is as a parameter.
template <typename Element>
constexpr type_reference array_type() {
    constexpr type_reference element = element_type<Element>();
    if constexpr (!element.name().empty())
        return type_reference(array_type_name<codec<element_value_t<Element>>>::value);
    else
        return array_oid(element.oid());
}

template <typename Element>
consteval wire_format array_format() {
    if constexpr (encodable_element<Element>) {
        if (format_of<element_value_t<Element>>() == wire_format::binary && !array_type<Element>().is_untyped())
            return wire_format::binary;
    }
    return wire_format::text;
}

/// What the codecs of all arrays of T have in common.
template <array_element Element>
struct array_codec {
    static constexpr std::uint32_t natural = array_oid(natural_type<element_value_t<Element>>());
    static constexpr wire_format format = array_format<Element>();
    static constexpr bool is_view = detail::is_view<element_value_t<Element>>;

    static constexpr type_reference type()
        requires encodable_element<Element>
    {
        return array_type<Element>();
    }
    static bool accepts(std::uint32_t type, const type_catalog& types)
        requires decodable_element<Element>
    {
        const std::uint32_t element = element_of_array(type, types);
        return element != type_oid::unknown_type && codec<element_value_t<Element>>::accepts(element, types);
    }

protected:
    /// `for_each` calls a function with each element, in order.
    template <typename ForEach>
    static void encode_elements(std::span<const array_dimension> dimensions, std::size_t count, ForEach for_each,
                                value_writer& writer) {
        if constexpr (format == wire_format::binary) {
            using value_codec = codec<element_value_t<Element>>;
            bool has_null = false;
            for_each([&](const Element& element) {
                if (is_null_part(element))
                    has_null = true;
                else if constexpr (requires { value_codec::type_of(part_value(element)); })
                    if (value_codec::type_of(part_value(element)) != element_type<Element>())
                        fail_element_type();
            });
            write_array_header(dimensions, count, has_null, element_type<Element>(), writer);
            for_each([&](const Element& element) { write_part(element, writer); });
        } else {
            array_literal literal(dimensions, count, writer);
            for_each([&](const Element& element) { literal.add(text_of_part(element)); });
            literal.finish();
        }
    }
};

/// Vectors and std::arrays, nested or not.
template <typename Nested>
struct nested_array_codec : array_codec<typename array_shape<Nested>::element> {
    using element = typename array_shape<Nested>::element;
    static constexpr std::size_t rank = array_shape<Nested>::rank;
    static_assert(rank <= max_dimensions, "coropq: PostgreSQL's arrays have at most 6 dimensions");

    static void encode(const Nested& value, value_writer& writer)
        requires encodable_element<element>
    {
        array_dimension dimensions[rank];
        measure(value, dimensions);
        std::size_t count = 1;
        for (const array_dimension& dimension : dimensions)
            count *= static_cast<std::size_t>(dimension.size);
        nested_array_codec::encode_elements(
            dimensions, count, [&](auto function) { visit(value, dimensions, function); }, writer);
    }
    static Nested decode(const value_view& value)
        requires decodable_element<element>
    {
        array_reader reader(value);
        reader.require_rank(rank);
        require_part_type<element>(reader.element_type(), value);
        Nested result{};
        read(reader, value, 0, result);
        reader.finish();
        return result;
    }

private:
    template <typename Level>
    static void measure(const Level& level, array_dimension* dimension) {
        dimension->size = array_size(level.size());
        if constexpr (array_shape<Level>::rank > 1) {
            if (level.size() != 0)
                measure(level.front(), dimension + 1);
        }
    }
    template <typename Level, typename Function>
    static void visit(const Level& level, const array_dimension* dimension, Function& function) {
        if (level.size() != static_cast<std::size_t>(dimension->size))
            fail_not_rectangular();
        for (const auto& part : level) {
            if constexpr (array_shape<Level>::rank > 1)
                visit(part, dimension + 1, function);
            else
                function(part);
        }
    }
    template <typename Level>
    static void read(array_reader& reader, const value_view& value, std::size_t depth, Level& level) {
        const std::size_t size = reader.count() == 0 ? 0 : static_cast<std::size_t>(reader.dimensions()[depth].size);
        if constexpr (array_shape<Level>::fixed_size)
            array_reader::require_size(size, level.size());
        else
            level.reserve(size);
        for (std::size_t i = 0; i != size; ++i) {
            if constexpr (array_shape<Level>::rank > 1) {
                if constexpr (!array_shape<Level>::fixed_size)
                    level.emplace_back();
                read(reader, value, depth + 1, level[i]);
            } else if constexpr (array_shape<Level>::fixed_size) {
                level[i] = decode_part<element>(reader.next(), reader.element_type(), value);
            } else {
                level.push_back(decode_part<element>(reader.next(), reader.element_type(), value));
            }
        }
    }
};

} // namespace detail

/// std::vector<T> ↔ arrays of one dimension, nested vectors ↔ arrays of more. What is written must be rectangular;
/// where indexes begin isn't read. std::vector<std::byte> is a bytea (<coropq/types/bytea.hpp>).
template <typename T>
    requires detail::makes_array<T> && detail::array_element<typename detail::array_shape<T>::element>
struct codec<std::vector<T>> : detail::nested_array_codec<std::vector<T>> {};

/// std::array<T, N> ↔ arrays of exactly N elements
template <typename T, std::size_t Size>
    requires detail::makes_array<T> && detail::array_element<typename detail::array_shape<T>::element>
struct codec<std::array<T, Size>> : detail::nested_array_codec<std::array<T, Size>> {};

/// coropq::array<T> ↔ arrays of any dimensions
template <detail::array_element T>
struct codec<array<T>> : detail::array_codec<T> {
    static void encode(const array<T>& value, value_writer& writer)
        requires detail::encodable_element<T>
    {
        detail::check_dimensions(value.dimensions, value.elements.size());
        const auto for_each = [&](auto function) {
            for (const T& element : value.elements) // std::vector<bool> has no references
                function(element);
        };
        codec::encode_elements(value.dimensions, value.elements.size(), for_each, writer);
    }
    static array<T> decode(const value_view& value)
        requires detail::decodable_element<T>
    {
        detail::array_reader reader(value);
        detail::require_part_type<T>(reader.element_type(), value);
        array<T> result;
        result.dimensions.assign(reader.dimensions().begin(), reader.dimensions().end());
        result.elements.reserve(reader.count());
        for (std::size_t i = 0; i != reader.count(); ++i)
            result.elements.push_back(detail::decode_part<T>(reader.next(), reader.element_type(), value));
        reader.finish();
        return result;
    }
};

} // namespace coropq

#endif
