// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/detail/cell.hpp>
#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "result/result_data.hpp"

namespace coropq::detail {

namespace {

[[noreturn]] void fail(const column_access& column, std::size_t row, errc code, const std::string& problem,
                       std::string hint) {
    diagnostics_fields fields;
    fields.column_name = column.data->column_name(column.column);
    fields.data_type_name = column.types->name_of(column.type);
    fields.message = "column \"" + fields.column_name + "\" (" + fields.data_type_name + ")";
    if (row != every_row)
        fields.message += ", row " + std::to_string(row);
    fields.message += ": " + problem;
    fields.hint = std::move(hint);
    throw_error(code, diagnostics(code, std::move(fields)));
}

} // namespace

column_access access_column(const result_data& data, std::size_t column) noexcept {
    return {&data, column, data.column_type(column), data.column_format(column), &data.types(), &data.storage()};
}

void fail_null(const column_access& column, std::size_t row, std::string_view cpp_type) {
    const std::string type(cpp_type);
    fail(column, row, errc::null_value, "NULL can't be read as " + type, "read it as std::optional<" + type + ">");
}

void fail_type(const column_access& column, std::size_t row, std::string_view cpp_type) {
    fail(column, row, errc::wrong_type, "this type can't be read as " + std::string(cpp_type),
         "read it as a type that fits or as std::string, or cast it in the statement");
}

void fail_value(const column_access& column, std::size_t row, std::string_view cpp_type, const value_error& problem) {
    const errc code = problem.kind() == value_error::problem::null ? errc::null_value : errc::wrong_type;
    fail(column, row, code, "the value can't be read as " + std::string(cpp_type) + ": " + problem.what(),
         problem.hint());
}

} // namespace coropq::detail
