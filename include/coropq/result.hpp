// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_RESULT_HPP
#define COROPQ_RESULT_HPP

#include <coropq/row.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string_view>

namespace coropq {

/// What a statement answered: its rows, if it has any, and its command tag. Owns the rows; copies share them.
///
///     coropq::result users = co_await engine.execute("select id, name from users");
///     for (coropq::row user : users)
///         std::cout << user["id"].as<int>() << ' ' << user["name"].as<std::string_view>() << '\n';
///
/// Rows, fields and string views are views into the result. Several threads may read at once.
class result {
public:
    class iterator;
    using value_type = row;

    /// An empty result: no rows, no columns, no tag.
    result() noexcept = default;

    /// The number of rows.
    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    /// A row, counted from 0. Throws `result_error` (`errc::row_out_of_range`) if there is none.
    row operator[](std::size_t index) const;

    iterator begin() const noexcept;
    iterator end() const noexcept;

    /// The number of columns; 0 for statements that return no rows.
    std::size_t column_count() const noexcept;

    /// The name of a column, counted from 0. Throws `result_error` (`errc::unknown_column`) if there is none.
    std::string_view column_name(std::size_t column) const;

    /// The OID of a column's type. Throws `result_error` (`errc::unknown_column`) if there is none.
    std::uint32_t column_type(std::size_t column) const;

    /// The server's command tag, for example `SELECT 3` or `CREATE TABLE`.
    std::string_view command_tag() const noexcept;

    /// The number of rows that were inserted, updated, deleted, selected …; 0 for other statements.
    std::uint64_t affected_rows() const noexcept;

    /// For the library.
    explicit result(std::shared_ptr<const detail::result_data> data) noexcept : data_(std::move(data)) {}

private:
    std::shared_ptr<const detail::result_data> data_;
};

/// A random access iterator over the rows of a result.
class result::iterator {
public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag; // rows are made on access, so there are no references to them
    using value_type = row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = row;

    iterator() noexcept = default;
    iterator(const detail::result_data* data, std::size_t index) noexcept : data_(data), index_(index) {}

    row operator*() const noexcept { return {*data_, index_}; }
    row operator[](difference_type offset) const noexcept { return *(*this + offset); }

    iterator& operator++() noexcept { return *this += 1; }
    iterator& operator--() noexcept { return *this -= 1; }
    iterator operator++(int) noexcept {
        const iterator before = *this;
        ++*this;
        return before;
    }
    iterator operator--(int) noexcept {
        const iterator before = *this;
        --*this;
        return before;
    }
    iterator& operator+=(difference_type offset) noexcept {
        index_ += static_cast<std::size_t>(offset);
        return *this;
    }
    iterator& operator-=(difference_type offset) noexcept { return *this += -offset; }

    friend iterator operator+(iterator position, difference_type offset) noexcept { return position += offset; }
    friend iterator operator+(difference_type offset, iterator position) noexcept { return position += offset; }
    friend iterator operator-(iterator position, difference_type offset) noexcept { return position -= offset; }
    friend difference_type operator-(iterator left, iterator right) noexcept {
        return static_cast<difference_type>(left.index_) - static_cast<difference_type>(right.index_);
    }
    friend bool operator==(iterator left, iterator right) noexcept { return left.index_ == right.index_; }
    friend auto operator<=>(iterator left, iterator right) noexcept { return left.index_ <=> right.index_; }

private:
    const detail::result_data* data_ = nullptr;
    std::size_t index_ = 0;
};

} // namespace coropq

#endif
