// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_ROW_HPP
#define COROPQ_ROW_HPP

#include <coropq/detail/index_iterator.hpp>
#include <coropq/field.hpp>
#include <coropq/mapping.hpp>

#include <cstddef>
#include <string_view>

namespace coropq {

namespace detail {

/// What iterators over the fields of a row have a copy of.
struct field_source {
    const result_data* data = nullptr;
    std::size_t row = 0;

    field element(std::size_t column) const noexcept { return {*data, row, column}; }
};

} // namespace detail

/// One row of a result, a range of fields. A view: valid as long as the result (or a copy of it) lives. Several threads
/// may read at once.
class row {
public:
    using value_type = field;
    using iterator = detail::index_iterator<detail::field_source, field>;

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

    /// The row as a described struct (members find their columns by name, see `column_names`), as a `std::tuple` or
    /// `std::pair` (columns in order, as many as there are), or as any other type with a codec (the only column).
    /// Throws `result_error` if it doesn't fit. For many rows, `result::rows` checks the columns once.
    template <typename T>
    T as() const {
        return detail::row_reader<T>(*data_).read(index_);
    }

    iterator begin() const noexcept { return {detail::field_source{data_, index_}, 0}; }
    iterator end() const noexcept { return {detail::field_source{data_, index_}, size()}; }

    /// For the library.
    row(const detail::result_data& data, std::size_t index) noexcept : data_(&data), index_(index) {}

private:
    field at(std::size_t column) const;

    const detail::result_data* data_;
    std::size_t index_;
};

} // namespace coropq

#endif
