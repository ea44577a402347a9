// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/result.hpp>

#include "error/diagnostics_fields.hpp"
#include "result/result_data.hpp"

#include <charconv>

namespace coropq {

namespace {

[[noreturn]] void fail(errc code, std::string message, std::string hint = {}) {
    throw_error(code, detail::make_diagnostics(code, std::move(message), std::move(hint)));
}

std::string count_of_columns(std::size_t count) {
    return "the result has " + std::to_string(count) + (count == 1 ? " column" : " columns");
}

void check_column(const detail::result_data* data, std::size_t column) {
    const std::size_t count = data ? data->column_count() : 0;
    if (column >= count)
        fail(errc::unknown_column,
             "no column with index " + std::to_string(column) + ": " + count_of_columns(count) + ", counted from 0");
}

} // namespace

std::size_t row::size() const noexcept { return data_->column_count(); }

field row::at(std::size_t column) const {
    check_column(data_, column);
    return {*data_, index_, column};
}

field row::operator[](std::string_view column) const {
    const std::size_t count = data_->column_count();
    std::size_t found = count;
    for (std::size_t i = 0; i != count; ++i) {
        if (data_->column_name(i) != column)
            continue;
        if (found != count)
            fail(errc::ambiguous_column, "several columns have the name \"" + std::string(column) + "\"",
                 "give them different names with AS, or reach them by index");
        found = i;
    }
    if (found == count) {
        std::string names;
        for (std::size_t i = 0; i != count; ++i)
            names += (i == 0 ? "" : ", ") + std::string(data_->column_name(i));
        fail(errc::unknown_column, "no column has the name \"" + std::string(column) + "\"",
             count == 0 ? "the statement returns no columns" : "the columns are: " + names);
    }
    return {*data_, index_, found};
}

std::size_t result::size() const noexcept { return data_ ? data_->row_count() : 0; }

row result::operator[](std::size_t index) const {
    if (index >= size())
        fail(errc::row_out_of_range,
             "no row with index " + std::to_string(index) + ": the result has " + std::to_string(size()) + " rows");
    return {*data_, index};
}

result::iterator result::begin() const noexcept { return {data_.get(), 0}; }

result::iterator result::end() const noexcept { return {data_.get(), size()}; }

std::size_t result::column_count() const noexcept { return data_ ? data_->column_count() : 0; }

std::string_view result::column_name(std::size_t column) const {
    check_column(data_.get(), column);
    return data_->column_name(column);
}

std::uint32_t result::column_type(std::size_t column) const {
    check_column(data_.get(), column);
    return data_->column_type(column);
}

std::string_view result::command_tag() const noexcept { return data_ ? data_->command_tag() : std::string_view(); }

std::uint64_t result::affected_rows() const noexcept {
    const std::string_view text = data_ ? data_->affected_rows() : std::string_view();
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

} // namespace coropq
