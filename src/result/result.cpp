// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/result.hpp>

#include "error/diagnostics_fields.hpp"
#include "result/column_lookup.hpp"
#include "result/result_data.hpp"

#include <algorithm>
#include <charconv>

namespace coropq {

namespace {

[[noreturn]] void fail(errc code, std::string message, std::string hint = {}) {
    throw_error(code, detail::make_diagnostics(code, std::move(message), std::move(hint)));
}

std::string count_of(std::size_t count, const char* what) {
    return "the result has " + std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void check_column(const detail::result_data* data, std::size_t column) {
    const std::size_t count = data ? data->column_count() : 0;
    if (column >= count)
        fail(errc::unknown_column,
             "no column with index " + std::to_string(column) + ": " + count_of(count, "column") + ", counted from 0");
}

} // namespace

std::string_view field::name() const noexcept { return column_.data->column_name(column_.column); }

std::string field::text() const { return is_null() ? std::string() : as<std::string>(); }

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
    if (found == count)
        fail(errc::unknown_column, "no column has the name \"" + std::string(column) + "\"",
             detail::column_list(*data_));
    return {*data_, index_, found};
}

row row_range::operator[](std::size_t index) const {
    if (index >= count_)
        fail(errc::row_out_of_range,
             "no row with index " + std::to_string(index) + ": " + count_of(count_, "row") + ", counted from 0");
    return {*data_, first_ + index};
}

void row_range::check_one() const {
    if (count_ == 0)
        fail(errc::no_row, "one row was expected, and there is none", "allow for none with one_or_none or optional");
    if (count_ > 1)
        fail(errc::several_rows, "one row was expected, and there are " + std::to_string(count_));
}

std::vector<std::map<std::string, std::optional<std::string>>> row_range::mappings() const {
    std::vector<std::map<std::string, std::optional<std::string>>> maps;
    maps.reserve(size());
    for (const row entry : *this) {
        auto& map = maps.emplace_back();
        for (const field value : entry)
            map.insert_or_assign(std::string(value.name()), value.as<std::optional<std::string>>());
    }
    return maps;
}

std::vector<row_range> row_range::partitions(std::size_t size) const {
    if (size == 0)
        fail(errc::row_out_of_range, "rows can't be divided into pieces of 0 rows", "give the size of a piece");
    std::vector<row_range> pieces;
    for (std::size_t begin = 0; begin < count_; begin += size)
        pieces.emplace_back(data_, first_ + begin, std::min(size, count_ - begin));
    return pieces;
}

namespace {

row_range all_of(std::shared_ptr<const detail::result_data> data) noexcept {
    const std::size_t count = data ? data->row_count() : 0;
    return {std::move(data), 0, count};
}

} // namespace

result::result(std::shared_ptr<const detail::result_data> data) noexcept : row_range(all_of(std::move(data))) {}

std::size_t result::column_count() const noexcept { return data() ? data()->column_count() : 0; }

std::string_view result::column_name(std::size_t column) const {
    check_column(data().get(), column);
    return data()->column_name(column);
}

std::uint32_t result::column_type(std::size_t column) const {
    check_column(data().get(), column);
    return data()->column_type(column);
}

std::vector<column> result::columns() const {
    std::vector<column> known;
    for (std::size_t i = 0; i != column_count(); ++i) {
        column& one = known.emplace_back();
        one.name = data()->column_name(i);
        one.type = data()->column_type(i);
        one.type_name = data()->types().name_of(one.type);
        one.type_modifier = data()->column_modifier(i);
        one.table = data()->column_table(i);
        one.position_in_table = data()->column_position(i);
    }
    return known;
}

std::string_view result::command_tag() const noexcept { return data() ? data()->command_tag() : std::string_view(); }

bool result::possibly_truncated() const noexcept { return data() && data()->possibly_truncated(); }

std::uint64_t result::affected_rows() const noexcept {
    const std::string_view text = data() ? data()->affected_rows() : std::string_view();
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

} // namespace coropq
