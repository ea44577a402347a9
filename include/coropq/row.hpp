// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_ROW_HPP
#define COROPQ_ROW_HPP

#include <coropq/detail/scalar.hpp>
#include <coropq/field.hpp>

#include <cstddef>
#include <string_view>

namespace coropq {

/// One row of a result. A view: valid as long as the result (or a copy of it) lives. Several threads may read at once.
class row {
public:
    /// The number of columns.
    std::size_t size() const noexcept;

    /// The value in a column, counted from 0. Throws `result_error` (`errc::unknown_column`) if there is none.
    template <detail::integer Index>
    field operator[](Index column) const {
        return at(static_cast<std::size_t>(column)); // what is negative becomes a column that no result has
    }

    /// The value in the column of that name, compared exactly as the server reports it. Throws `result_error`:
    /// `errc::unknown_column`, or `errc::ambiguous_column` if several columns have the name (reach them by index).
    field operator[](std::string_view column) const;

    /// For the library.
    row(const detail::result_data& data, std::size_t index) noexcept : data_(&data), index_(index) {}

private:
    field at(std::size_t column) const;

    const detail::result_data* data_;
    std::size_t index_;
};

} // namespace coropq

#endif
