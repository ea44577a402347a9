// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_TYPE_NAME_HPP
#define COROPQ_TYPES_TYPE_NAME_HPP

#include <coropq/types/value_writer.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace coropq {

/// The PostgreSQL type of a described enum or struct, for parameters: specialise it where the server can't find the
/// type out from where the parameter stands. Written as in SQL; the name is looked up once per database:
///
///     template <>
///     struct coropq::type_name<mood> {
///         static constexpr std::string_view value = "audit.mood";
///     };
template <typename T>
struct type_name {};

namespace detail {

template <typename T>
constexpr type_reference named_type() {
    if constexpr (requires { type_name<T>::value; })
        return type_reference(std::string_view(type_name<T>::value));
    else
        return {};
}

/// Where the name of an array type lives. `Codec` is that of its elements.
template <typename Codec>
struct array_type_name {
    static constexpr std::string_view element = Codec::type().name();
    static constexpr auto characters = [] {
        std::array<char, element.size() + 2> result{};
        std::size_t i = 0;
        for (const char c : element)
            result[i++] = c;
        result[i++] = '[';
        result[i] = ']';
        return result;
    }();
    static constexpr std::string_view value{characters.data(), characters.size()};
};

} // namespace detail

} // namespace coropq

#endif
