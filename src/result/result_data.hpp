// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_RESULT_RESULT_DATA_HPP
#define COROPQ_SRC_RESULT_RESULT_DATA_HPP

#include <coropq/result.hpp>
#include <coropq/types/type_catalog.hpp>

#include "types/value_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_result;

namespace coropq::detail {

/// The rows of one answer, in our own terms: libpq's result as a whole, or rows that were taken one by one and copied
/// together. Implemented below src/libpq/.
class result_data {
public:
    /// Takes the result over. `previous`: the result of the statement before, of the same text.
    result_data(pg_result* handle, std::shared_ptr<const type_catalog> types,
                std::shared_ptr<const result_data> previous = nullptr) noexcept
        : handle_(handle), types_(std::move(types)), previous_(std::move(previous)) {}
    result_data(const result_data&) = delete;
    result_data& operator=(const result_data&) = delete;
    ~result_data();

    /// From now on the rows are those that are added; the result gives the columns.
    void start_copying() noexcept {
        copied_ = true;
        copied_columns_ = column_count();
    }
    /// Adds a row of a result with the same columns.
    void append(const pg_result* single_row);

    std::size_t copied_bytes() const noexcept { return bytes_.size(); }

    std::size_t row_count() const noexcept;
    std::size_t column_count() const noexcept;
    std::string_view column_name(std::size_t column) const noexcept;
    std::uint32_t column_type(std::size_t column) const noexcept;
    wire_format column_format(std::size_t column) const noexcept;
    std::uint32_t column_table(std::size_t column) const noexcept;
    int column_position(std::size_t column) const noexcept;
    int column_modifier(std::size_t column) const noexcept;
    cell at(std::size_t row, std::size_t column) const noexcept;
    std::string_view command_tag() const noexcept;
    std::string_view affected_rows() const noexcept;

    const type_catalog& types() const noexcept { return *types_; }
    const std::shared_ptr<const result_data>& previous() const noexcept { return previous_; }
    value_storage& storage() const noexcept { return storage_; }

private:
    struct copied_cell {
        std::size_t offset; ///< Where it begins in `bytes_`.
        int size;           ///< -1 for NULL.
    };

    pg_result* handle_;
    std::shared_ptr<const type_catalog> types_;
    std::shared_ptr<const result_data> previous_;
    mutable value_storage storage_;
    bool copied_ = false;
    std::string bytes_; ///< Of the rows that were added, cell after cell.
    std::vector<copied_cell> cells_;
    std::size_t copied_columns_ = 0;
    std::size_t copied_rows_ = 0;
};

} // namespace coropq::detail

#endif
