// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/statement.hpp>

#include "error/diagnostics_fields.hpp"

#include <charconv>
#include <cmath>

namespace coropq {

std::string_view statement::checked(std::string_view sql) {
    if (sql.find('\0') != std::string_view::npos)
        throw_error(errc::invalid_parameter,
                    detail::make_diagnostics(errc::invalid_parameter, "the text of the statement contains a NUL byte"));
    return sql;
}

void statement::append(std::string_view text) {
    values_.push_back({buffer_.size(), text.size(), false});
    buffer_ += text;
    buffer_ += '\0';
}

void statement::add_null() { values_.push_back({0, 0, true}); }

void statement::add_text(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        const std::string position = "$" + std::to_string(values_.size() + 1);
        throw_error(errc::invalid_parameter,
                    detail::make_diagnostics(errc::invalid_parameter, "parameter " + position + " contains a NUL byte",
                                             "PostgreSQL's text types can't hold one; bytea can"));
    }
    append(text);
}

namespace {

template <typename Number>
std::string_view to_text(char (&buffer)[64], Number number) {
    return {buffer, static_cast<std::size_t>(std::to_chars(buffer, buffer + sizeof buffer, number).ptr - buffer)};
}

template <typename Number>
std::string_view floating_text(char (&buffer)[64], Number number) {
    if (std::isnan(number))
        return "NaN";
    if (std::isinf(number))
        return number < 0 ? "-Infinity" : "Infinity";
    return to_text(buffer, number); // the shortest text that reads back as the same number
}

} // namespace

void statement::add_integer(long long number) {
    char buffer[64];
    append(to_text(buffer, number));
}

void statement::add_unsigned(unsigned long long number) {
    char buffer[64];
    append(to_text(buffer, number));
}

void statement::add_float(float number) {
    char buffer[64];
    append(floating_text(buffer, number));
}

void statement::add_double(double number) {
    char buffer[64];
    append(floating_text(buffer, number));
}

} // namespace coropq
