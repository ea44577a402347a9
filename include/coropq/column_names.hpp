// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_COLUMN_NAMES_HPP
#define COROPQ_COLUMN_NAMES_HPP

// How the members of a described struct find their columns, or their attributes of a composite type: by the same name,
// or by one that differs in upper and lower case and in underscores only, so that `firstName` finds `first_name`.
// `column_names` is for members whose column is called something else.

#include <array>
#include <cstddef>
#include <string_view>

namespace coropq {

/// One renamed member: the name in C++ and the name in the database.
struct column_name {
    std::string_view member;
    std::string_view column;
};

/// Specialise it for a struct with members whose columns have other names; what isn't listed keeps its own name:
///
///     template <>
///     struct coropq::column_names<user> {
///         static constexpr std::array renames{coropq::column_name{"id", "user_id"}, coropq::column_name{"mail",
///         "e-mail"}};
///     };
///
/// A renamed member must find its column by exactly that name or by one that differs in case and underscores only, too.
template <typename T>
struct column_names {};

namespace detail {

/// What the member of T is called in the database.
template <typename T>
constexpr std::string_view column_name_of(std::string_view member) noexcept {
    if constexpr (requires { column_names<T>::renames; }) {
        for (const column_name& rename : column_names<T>::renames)
            if (rename.member == member)
                return rename.column;
    }
    return member;
}

constexpr char lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether the names are the same but for case (of ASCII letters) and underscores.
constexpr bool names_match(std::string_view member, std::string_view column) noexcept {
    std::size_t i = 0;
    std::size_t j = 0;
    for (;;) {
        while (i != member.size() && member[i] == '_')
            ++i;
        while (j != column.size() && column[j] == '_')
            ++j;
        if (i == member.size() || j == column.size())
            return i == member.size() && j == column.size();
        if (lower_case(member[i++]) != lower_case(column[j++]))
            return false;
    }
}

} // namespace detail

} // namespace coropq

#endif
