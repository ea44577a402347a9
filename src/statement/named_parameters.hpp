// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_NAMED_PARAMETERS_HPP
#define COROPQ_SRC_STATEMENT_NAMED_PARAMETERS_HPP

#include <coropq/detail/arguments.hpp>

#include <span>
#include <string>
#include <string_view>

namespace coropq::detail {

/// The text with `$n` in the place of `:name`; the parameters are encoded in the order of their first use. All
/// arguments have names. Throws `option_error`: see `named`.
std::string bind_names(std::string_view sql, std::span<const argument> arguments, encoded_parameters& output);

} // namespace coropq::detail

#endif
