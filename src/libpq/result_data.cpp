// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "result/result_data.hpp"

#include <libpq-fe.h>

#include <utility>

namespace coropq::detail {

result_data::~result_data() {
    PQclear(handle_);
    // One after the other: a script can have more results than the stack has room for nested destructors.
    std::shared_ptr<const result_data> next = std::move(previous_);
    while (next && next.use_count() == 1)
        next = std::exchange(const_cast<result_data&>(*next).previous_, nullptr);
}

bool result_data::is_small(const pg_result* answer) noexcept {
    constexpr int most_cells = 16;
    constexpr int most_bytes = 512;
    const int rows = PQntuples(answer);
    const int columns = PQnfields(answer);
    if (rows > most_cells || columns > most_cells || rows * columns > most_cells)
        return false;
    int bytes = 0;
    for (int row = 0; row != rows; ++row) {
        for (int column = 0; column != columns && bytes <= most_bytes; ++column)
            bytes += PQgetlength(answer, row, column);
    }
    return bytes <= most_bytes;
}

// PQcmdStatus takes a mutable result but only reads it.
result_data::result_data(const pg_result* small, columns_pointer columns, std::shared_ptr<const type_catalog> types,
                         std::shared_ptr<const result_data> previous)
    : handle_(nullptr)
    , columns_(std::move(columns))
    , types_(std::move(types))
    , previous_(std::move(previous))
    , copied_(true)
    , tag_(PQcmdStatus(const_cast<pg_result*>(small)))
    , copied_columns_(static_cast<std::size_t>(PQnfields(small))) {
    for (int row = 0, count = PQntuples(small); row != count; ++row)
        append_row(small, row);
}

void result_data::append(const pg_result* single_row) { append_row(single_row, 0); }

void result_data::append_row(const pg_result* rows, int row) {
    ++copied_rows_;
    for (int column = 0, count = static_cast<int>(copied_columns_); column != count; ++column) {
        const int size = PQgetlength(rows, row, column);
        if (size == 0) {
            cells_.push_back({bytes_.size(), PQgetisnull(rows, row, column) != 0 ? -1 : 0});
            continue;
        }
        cells_.push_back({bytes_.size(), size});
        const char* const value = PQgetvalue(rows, row, column);
        bytes_.insert(bytes_.end(), value, value + size);
    }
}

std::size_t result_data::row_count() const noexcept {
    if (copied_)
        return copied_rows_;
    return static_cast<std::size_t>(PQntuples(handle_));
}

std::size_t result_data::column_count() const noexcept { return static_cast<std::size_t>(PQnfields(described())); }

std::string_view result_data::column_name(std::size_t column) const noexcept {
    return PQfname(described(), static_cast<int>(column));
}

std::uint32_t result_data::column_type(std::size_t column) const noexcept {
    return PQftype(described(), static_cast<int>(column));
}

wire_format result_data::column_format(std::size_t column) const noexcept {
    return PQfformat(described(), static_cast<int>(column)) == 0 ? wire_format::text : wire_format::binary;
}

std::uint32_t result_data::column_table(std::size_t column) const noexcept {
    return PQftable(described(), static_cast<int>(column));
}

int result_data::column_position(std::size_t column) const noexcept {
    return PQftablecol(described(), static_cast<int>(column));
}

int result_data::column_modifier(std::size_t column) const noexcept {
    return PQfmod(described(), static_cast<int>(column));
}

cell result_data::at(std::size_t row, std::size_t column) const noexcept {
    if (copied_) {
        const copied_cell& copy = cells_[row * copied_columns_ + column];
        if (copy.size < 0)
            return {nullptr, 0};
        return {bytes_.data() + copy.offset, static_cast<std::size_t>(copy.size)};
    }
    const int row_index = static_cast<int>(row);
    const int column_index = static_cast<int>(column);
    const int size = PQgetlength(handle_, row_index, column_index);
    if (size == 0 && PQgetisnull(handle_, row_index, column_index) != 0)
        return {nullptr, 0};
    return {PQgetvalue(handle_, row_index, column_index), static_cast<std::size_t>(size)};
}

// Here, because it is called for each value: beside `at` it costs one call instead of two.
cell cell_of(const column_access& column, std::size_t row) noexcept { return column.data->at(row, column.column); }

std::string_view result_data::command_tag() const noexcept {
    return handle_ ? std::string_view(PQcmdStatus(handle_)) : std::string_view(tag_);
}

// Where a tag has a number of rows, it is its end (PostgreSQL manual, "Message Formats", CommandComplete).
std::string_view result_data::affected_rows() const noexcept {
    if (handle_)
        return PQcmdTuples(handle_);
    const std::string_view tag = tag_;
    return tag.substr(tag.find_last_not_of("0123456789") + 1);
}

} // namespace coropq::detail
