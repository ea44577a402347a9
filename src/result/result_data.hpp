// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_RESULT_RESULT_DATA_HPP
#define COROPQ_SRC_RESULT_RESULT_DATA_HPP

#include <coropq/result.hpp>
#include <coropq/types/type_catalog.hpp>

#include "types/value_storage.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct pg_result;

namespace coropq::detail {

/// The rows of one answer, in our own terms: libpq's result as a whole, or rows that were copied. Implemented below
/// src/libpq/.
class result_data {
public:
    /// What is the same for all answers to a prepared statement: libpq's result without rows.
    using columns_pointer = std::shared_ptr<const pg_result>;

    /// Takes the result over. `previous`: the result of the statement before, of the same text.
    result_data(pg_result* handle, std::shared_ptr<const type_catalog> types,
                std::shared_ptr<const result_data> previous = nullptr) noexcept
        : handle_(handle), types_(std::move(types)), previous_(std::move(previous)) {}
    /// A copy of a small answer with those columns, which point to nothing if it has none: libpq's memory for it can be
    /// used for the next one at once, and it needs less itself. The owner of the columns may own the types as well.
    result_data(const pg_result* small, columns_pointer columns, std::shared_ptr<const type_catalog> types,
                std::shared_ptr<const result_data> previous = nullptr);
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

    /// See `result::possibly_truncated`.
    bool possibly_truncated() const noexcept { return possibly_truncated_; }
    void set_possibly_truncated(bool is_cut) noexcept { possibly_truncated_ = is_cut; }

    const type_catalog& types() const noexcept { return *types_; }
    const std::shared_ptr<const result_data>& previous() const noexcept { return previous_; }
    value_storage& storage() const noexcept { return storage_; }

    /// Whether an answer is so small that copying it is cheaper than keeping libpq's.
    static bool is_small(const pg_result* answer) noexcept;

private:
    void append_row(const pg_result* rows, int row);

    struct copied_cell {
        std::size_t offset; ///< Where it begins in `bytes_`.
        int size;           ///< -1 for NULL.
    };

    static constexpr std::size_t few_cells = 4;
    static constexpr std::size_t few_bytes = 48;

    const pg_result* described() const noexcept { return handle_ ? handle_ : columns_.get(); }

    pg_result* handle_; ///< Null for a copy.
    columns_pointer columns_;
    std::shared_ptr<const type_catalog> types_;
    std::shared_ptr<const result_data> previous_;
    mutable value_storage storage_;
    bool copied_ = false;
    bool possibly_truncated_ = false;
    boost::container::small_vector<char, few_bytes> bytes_; ///< Of the rows that were added, cell after cell.
    boost::container::small_vector<copied_cell, few_cells> cells_;
    std::string tag_; ///< Of a copy.
    std::size_t copied_columns_ = 0;
    std::size_t copied_rows_ = 0;
};

} // namespace coropq::detail

#endif
