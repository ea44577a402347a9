// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_DESCRIBED_HPP
#define COROPQ_DETAIL_DESCRIBED_HPP

// Structs described with Boost.Describe, and tuples. Not for users.

#include <coropq/column_names.hpp>

#include <boost/describe/bases.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>

#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coropq::detail {

template <typename T>
concept described_struct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <typename T>
inline constexpr bool is_tuple = false;
template <typename... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;
template <typename First, typename Second>
inline constexpr bool is_tuple<std::pair<First, Second>> = true;

template <typename T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <typename Class, typename Member>
Class class_of_member(Member Class::*);
template <typename Class, typename Member>
Member type_of_member(Member Class::*);

/// The name of a member's column: renames of the struct itself come before those of its base class.
template <typename T, typename Descriptor>
constexpr std::string_view member_column() {
    using owner = decltype(class_of_member(Descriptor::pointer));
    constexpr std::string_view member = Descriptor::name;
    if constexpr (!std::is_same_v<owner, T>) {
        if (column_name_of<T>(member) == member)
            return column_name_of<owner>(member);
    }
    return column_name_of<T>(member);
}

} // namespace coropq::detail

#endif
