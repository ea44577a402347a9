// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/statement.hpp>

#include "error/diagnostics_fields.hpp"

namespace coropq {

namespace {

[[noreturn]] void refuse(std::string message, std::string hint = {}) {
    throw_error(errc::invalid_parameter,
                detail::make_diagnostics(errc::invalid_parameter, std::move(message), std::move(hint)));
}

} // namespace

statement::statement(std::string_view sql, std::initializer_list<detail::argument> arguments, counted) : sql_(sql) {
    if (sql.find('\0') != std::string_view::npos)
        refuse("the text of the statement contains a NUL byte");
    parameters_.reserve(arguments.size());
    for (const detail::argument& each : arguments) {
        try {
            each.encode(each.value, parameters_);
        } catch (const value_error& problem) {
            refuse("parameter $" + std::to_string(parameter_count() + 1) + ": " + problem.what(), problem.hint());
        }
    }
}

} // namespace coropq
