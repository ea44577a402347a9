// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_MAPPED_TABLE_HPP
#define COROPQ_SQL_MAPPED_TABLE_HPP

// Described structs as tables:
//
//     struct user { std::int64_t id = 0; std::string name; std::optional<int> age; };
//     BOOST_DESCRIBE_STRUCT(user, (), (id, name, age))
//
//     template <>
//     struct coropq::mapped_table<user> {
//         static constexpr std::string_view name = "users";
//         static constexpr auto primary_key = coropq::members<&user::id>;
//         static constexpr auto server_defaults = coropq::members<&user::id>;
//     };
//
// Columns are called as the members, or as `column_names` says, exactly.

#include <coropq/detail/described.hpp>
#include <coropq/sql/tree.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace coropq {

/// A list of members, `members<&user::id, &user::name>`.
template <auto... Members>
struct member_list {};
template <auto... Members>
inline constexpr member_list<Members...> members{};

/// Specialise it for a described struct whose objects are rows of a table. It has
///
/// - `static constexpr std::string_view name`: that of the table or view, as the catalog has it, without quotes;
///
/// and may have
///
/// - `static constexpr std::string_view schema`: without it, the table is the one that the search path leads to;
/// - `static constexpr auto primary_key = members<…>`;
/// - `static constexpr auto server_defaults = members<…>`: columns that the server fills in. When an object is
/// inserted,
///   such a member is left to the server if its value is that of a default-constructed object;
/// - `static constexpr auto version = members<&T::version>`: the column that counts the changes of a row.
template <typename T>
struct mapped_table {};

namespace sql::detail {

template <typename T>
inline constexpr bool is_mapped_table = requires { mapped_table<T>::name; };

template <typename T>
constexpr void check_mapped_table() {
    static_assert(coropq::detail::described_struct<T>,
                  "coropq: this struct isn't described: write BOOST_DESCRIBE_STRUCT(name, (), (members…))");
    static_assert(is_mapped_table<T> || !coropq::detail::described_struct<T>,
                  "coropq: nobody said which table this struct is a row of: specialise coropq::mapped_table");
}

template <typename T>
constexpr std::string_view schema_of() {
    if constexpr (requires { mapped_table<T>::schema; })
        return mapped_table<T>::schema;
    else
        return {};
}

template <typename T>
const tree::source_pointer& source_of_table() {
    static const tree::source_pointer source = [] {
        if constexpr (is_mapped_table<T>)
            return tree::table(schema_of<T>(), mapped_table<T>::name, {});
        else
            return tree::source_pointer();
    }();
    return source;
}

template <auto Member, typename Descriptor>
constexpr bool is_member() {
    if constexpr (std::is_same_v<decltype(Member), std::remove_cv_t<decltype(Descriptor::pointer)>>)
        return Member == Descriptor::pointer;
    else
        return false;
}

/// The name of a member's column in the table of T; empty if it isn't described.
template <typename T, auto Member, typename... Descriptors>
constexpr std::string_view find_column(boost::mp11::mp_list<Descriptors...>) {
    std::string_view found;
    ((is_member<Member, Descriptors>() ? void(found = coropq::detail::member_column<T, Descriptors>()) : void()), ...);
    return found;
}

template <typename T, auto Member>
constexpr std::string_view column_of() {
    if constexpr (coropq::detail::described_struct<T>)
        return find_column<T, Member>(boost::mp11::mp_rename<coropq::detail::members_of<T>, boost::mp11::mp_list>());
    else
        return {};
}

template <typename Descriptor, auto... Members>
constexpr bool contains_member(member_list<Members...>) {
    return (is_member<Members, Descriptor>() || ...);
}

template <typename T, typename Descriptor>
constexpr bool has_server_default() {
    if constexpr (requires { mapped_table<T>::server_defaults; })
        return contains_member<Descriptor>(mapped_table<T>::server_defaults);
    else
        return false;
}

} // namespace sql::detail

} // namespace coropq

#endif
