// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_CELL_HPP
#define COROPQ_DETAIL_CELL_HPP

// How one value of a result is read as a C++ type. Not for users.

#include <coropq/detail/scalar.hpp>
#include <coropq/detail/type_text.hpp>
#include <coropq/types/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coropq::detail {

class result_data;

/// The bytes of one value; null for NULL.
struct cell {
    const char* data;
    std::size_t size;
};

/// What is known about a column before its values are looked at.
struct column_access {
    const result_data* data;
    std::size_t column;
    std::uint32_t type;
    wire_format format;
    const type_catalog* types;
    value_storage* storage;
};

column_access access_column(const result_data& data, std::size_t column) noexcept;
cell cell_of(const column_access& column, std::size_t row) noexcept;
inline value_view view_of(const column_access& column, const cell& value) noexcept {
    return {std::string_view(value.data, value.size), column.type, column.format, *column.types, column.storage};
}

/// A row that stands for all of them, in messages.
inline constexpr std::size_t every_row = static_cast<std::size_t>(-1);

// Each names the column, its type, the C++ type and the row.
[[noreturn]] void fail_null(const column_access& column, std::size_t row, std::string_view cpp_type);
[[noreturn]] void fail_type(const column_access& column, std::size_t row, std::string_view cpp_type);
[[noreturn]] void fail_value(const column_access& column, std::size_t row, std::string_view cpp_type,
                             const value_error& problem);

template <typename T>
struct without_optional {
    using type = T;
};
template <typename T>
struct without_optional<std::optional<T>> {
    using type = T;
};

/// A type that a column can be read as: one with a codec that decodes, or `std::optional` of such.
template <typename T>
concept readable = decodable<typename without_optional<T>::type>;

// The value apart from the assertion, or compilers explain the concept at length.
template <typename T>
inline constexpr bool is_readable = readable<T>;

template <typename T>
constexpr void check_readable() {
    static_assert(is_readable<T>,
                  "coropq: a column can't be read as this type: use one of the types in docs/values.md, "
                  "describe it (BOOST_DESCRIBE_STRUCT or BOOST_DESCRIBE_ENUM) and include its codec, or "
                  "specialise coropq::codec for it");
}

/// What stands in the place of a value that can't be read, so that no more errors follow `check_readable`'s. Doesn't
/// exist.
template <typename T>
[[noreturn]] T unreadable();

template <typename T>
void check_type(const column_access& column, std::size_t row) {
    using value_type = typename without_optional<T>::type;
    if (column.type != type_oid::unknown_type && !codec<value_type>::accepts(column.type, *column.types))
        fail_type(column, row, type_text<T>());
}

/// Reads a value of a column whose type was checked.
template <typename T>
T read_cell(const column_access& column, std::size_t row) {
    const cell found = cell_of(column, row);
    if constexpr (is_optional<T>) {
        if (found.data == nullptr)
            return std::nullopt;
    } else {
        if (found.data == nullptr) {
            if constexpr (requires { codec<T>::null(); })
                return codec<T>::null();
            else
                fail_null(column, row, type_text<T>());
        }
    }
    try {
        return decode<typename without_optional<T>::type>(view_of(column, found));
    } catch (const value_error& problem) {
        fail_value(column, row, type_text<T>(), problem);
    }
}

} // namespace coropq::detail

#endif
