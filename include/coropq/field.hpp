// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FIELD_HPP
#define COROPQ_FIELD_HPP

#include <coropq/detail/cell.hpp>
#include <coropq/types/scalar_codecs.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace coropq {

/// One value of a result. A view: valid as long as the result (or a copy of it) lives. Cheap to copy. Several threads
/// may read at once.
class field {
public:
    bool is_null() const noexcept { return detail::cell_of(column_, row_).data == nullptr; }

    /// The name of the column.
    std::string_view name() const noexcept;

    /// The OID of the column's type.
    std::uint32_t type() const noexcept { return column_.type; }

    /// The value in the server's text form (dates ISO, intervals as PostgreSQL writes them by default, times in UTC);
    /// empty for NULL. Throws `result_error` (`errc::wrong_type`) if the value makes no sense.
    std::string text() const;

    /// The value as a C++ type: every type that has a codec (docs/values.md lists them), or `std::optional` of it,
    /// which is empty for NULL. Views (`std::string_view`, `std::span<const std::byte>`) refer to the result.
    ///
    /// Throws `result_error`: `errc::null_value` for NULL without `std::optional`, `errc::wrong_type` when the column
    /// has another type or the value doesn't fit. The error names the column, its type, the C++ type and the row, not
    /// the value.
    template <typename T>
    T as() const {
        detail::check_readable<T>();
        if constexpr (detail::readable<T>) {
            detail::check_type<T>(column_, row_);
            return detail::read_cell<T>(column_, row_);
        } else {
            return detail::unreadable<T>();
        }
    }

    /// For the library.
    field(const detail::result_data& data, std::size_t row, std::size_t column) noexcept
        : column_(detail::access_column(data, column)), row_(row) {}

private:
    detail::column_access column_;
    std::size_t row_;
};

} // namespace coropq

#endif
