// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPED_ROWS_HPP
#define COROPQ_TYPED_ROWS_HPP

#include <coropq/mapping.hpp>
#include <coropq/row.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace coropq {

namespace detail {

/// What iterators over rows have a copy of.
struct row_source {
    const result_data* data = nullptr;
    std::size_t first = 0;

    row element(std::size_t index) const noexcept { return {*data, first + index}; }
};

template <typename T>
struct object_source {
    const row_reader<T>* reader = nullptr;
    std::size_t first = 0;

    T element(std::size_t index) const { return reader->read(first + index); }
};

} // namespace detail

/// Rows as C++ objects that are decoded on access: a random access range. Owns the rows together with the result. The
/// iterators belong to the range; views in the objects belong to the rows.
///
/// Several threads may read at once.
template <typename T>
class typed_rows {
public:
    using value_type = T;
    using iterator = detail::index_iterator<detail::object_source<T>, T>;

    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }

    /// Undefined if there is no such row, as for a `std::vector`. Throws `result_error` if the row doesn't fit.
    T operator[](std::size_t index) const { return reader_->read(first_ + index); }

    iterator begin() const noexcept { return {source(), 0}; }
    iterator end() const noexcept { return {source(), count_}; }

    /// For the library. Throws `result_error` if the columns don't fit.
    typed_rows(std::shared_ptr<const detail::result_data> data, std::size_t first, std::size_t count)
        : data_(std::move(data)), first_(first), count_(count) {
        if (data_)
            reader_.emplace(*data_);
    }

private:
    detail::object_source<T> source() const noexcept { return {reader_ ? &*reader_ : nullptr, first_}; }

    std::shared_ptr<const detail::result_data> data_;
    std::optional<detail::row_reader<T>> reader_;
    std::size_t first_;
    std::size_t count_;
};

} // namespace coropq

#endif
