// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_REFUSE_HPP
#define COROPQ_SRC_STATEMENT_REFUSE_HPP

#include <coropq/detail/arguments.hpp>

#include <string>
#include <string_view>

namespace coropq::detail {

/// Throws `option_error` with `errc::invalid_parameter`.
[[noreturn]] void refuse_statement(std::string message, std::string hint = {});

/// Adds a parameter; messages call it by its name, or by its number where that is empty.
void encode_or_refuse(const void* value, encode_function encode, encoded_parameters& output, std::string_view name);

} // namespace coropq::detail

#endif
